"""Looking at photos in the background: the pipeline, what holds it up, and how far it is."""

import threading
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from album.analysis.inference import InferenceThread
from album.analysis.pipeline import Pipeline, PipelineEvents
from album.analysis.protocol import Analyser
from album.analysis.smalls import SmallPictures
from album.domain.photo import PhotoId
from album.domain.taxonomy import Taxonomy
from album.jobs.activity import ActivityBoard, ActivityKind, ActivityState
from album.notices import Notices
from album.pictures.thumbnails import ThumbnailStore
from album.session.thumbnails import Thumbnails
from album.storage.database import Database
from album.storage.jobs import JobCounts, counts

COUNT_EVERY_S = 2.0
USER, BATTERY, IMPORT = "user", "battery", "import"


@dataclass(frozen=True, slots=True)
class LookingEvents:
    """What looking tells, on its own threads.

    Attributes:
        looked: these photos have been looked at.
        failed: these could not be.
        gone: files of these photos are not where they were.
    """

    looked: Callable[[Collection[PhotoId]], None]
    failed: Callable[[Collection[PhotoId]], None]
    gone: Callable[[Collection[PhotoId]], None]


class Looking:
    """The pipeline with its holds and its activity; looks from `start` until `close`."""

    def __init__(
        self,
        database: Database,
        store: ThumbnailStore,
        thumbnails: Thumbnails,
        inference: InferenceThread,
        analysers: Sequence[Analyser],
        taxonomy: Taxonomy,
        notices: Notices,
        activity: ActivityBoard,
        events: LookingEvents,
    ) -> None:
        self.looked = 0
        self._database = database
        self._inference = inference
        self._activity = activity
        self._events = events
        self._lock = threading.Lock()
        self._holds: set[str] = set()
        self._run_done = 0
        self._pending = 0
        self._counted_s = 0.0
        pictures = SmallPictures(store, thumbnails.ask)
        self._unsubscribe = thumbnails.subscribe(pictures.on_ready, sketches=False)
        self._pipeline = Pipeline(
            database,
            pictures,
            inference,
            analysers,
            taxonomy,
            notices,
            PipelineEvents(self._on_looked, self._on_failed, events.gone, self._on_idle),
        )

    def start(self) -> None:
        """Begin to look, unless something holds it; called once."""
        self._pipeline.start()

    @property
    def idle(self) -> bool:
        """Whether nothing is left to look at."""
        return self._pipeline.idle

    @property
    def device(self) -> str:
        """Where the networks run; empty until they are loaded."""
        return self._inference.device

    def hold(self, reason: str) -> None:
        """Wait for this reason (USER, BATTERY, IMPORT)."""
        self._holds.add(reason)
        self._pipeline.hold(reason)
        self._report()

    def lift(self, reason: str) -> None:
        """Wait for this reason no longer."""
        self._holds.discard(reason)
        self._pipeline.lift(reason)
        self._report()

    def wake(self) -> None:
        """There may be new work."""
        with self._lock:
            self._counted_s = 0.0
        self._pipeline.wake()
        self._report()

    def want(self, ids: Sequence[PhotoId]) -> None:
        """Look at these first."""
        self._pipeline.want(ids)

    def close(self) -> None:
        """Stop; may be called again."""
        self._unsubscribe()
        self._pipeline.close()

    def _on_looked(self, ids: Collection[PhotoId]) -> None:
        self.looked += len(ids)
        self._count(len(ids))
        self._events.looked(ids)

    def _on_failed(self, ids: Collection[PhotoId]) -> None:
        self._count(len(ids))
        self._events.failed(ids)

    def _count(self, done: int) -> None:
        with self._lock:
            self._run_done += done
            self._pending = max(0, self._pending - done)
        self._report()

    def _on_idle(self) -> None:
        with self._lock:
            self._run_done = self._pending = 0
        self._activity.finish(ActivityKind.ANALYSING)

    def _report(self) -> None:
        """Show how far it is; the queue itself is counted every few seconds, off this thread."""
        with self._lock:
            due = time.monotonic() - self._counted_s > COUNT_EVERY_S
            if due:
                self._counted_s = time.monotonic()
        if due:
            counted = self._database.read(counts)
            counted.add_done_callback(
                lambda future: None if future.exception() else self._on_counted(future.result())
            )
        self._show()

    def _on_counted(self, found: JobCounts) -> None:
        with self._lock:
            self._pending = found.pending + found.running
        self._show()

    def _show(self) -> None:
        with self._lock:
            done, total = self._run_done, self._run_done + self._pending
        if total == 0 or self.idle or self._holds == {IMPORT}:
            return
        state = ActivityState.RUNNING
        if self._holds:
            state = ActivityState.PAUSED if USER in self._holds else ActivityState.ON_BATTERY
        self._activity.report(
            ActivityKind.ANALYSING, done, total, state=state, note=self._inference.device
        )
