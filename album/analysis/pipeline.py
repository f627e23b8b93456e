"""From the queue in the library to findings in the library: decode, prepare, analyse, store.

Decoder threads stay ahead of the network by a bounded number of pictures; the network always has
its next batch waiting; what it found is stored by the batch. Whatever is under way when the process
dies is `running` in the queue and is looked at again.
"""

import logging
import threading
from collections import Counter, deque
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

import numpy as np
import sqlite_utils
from numpy.typing import NDArray

from album.analysis.agree import agreed
from album.analysis.failures import record_failures
from album.analysis.inference import InferenceThread
from album.analysis.packs import Capability
from album.analysis.protocol import Analyser, Findings, Sample
from album.analysis.registry import model_of
from album.analysis.smalls import SmallPictures
from album.analysis.taught import suggest_taught
from album.domain.photo import PhotoId
from album.domain.taxonomy import Taxonomy
from album.errors import AlbumError, EnvironmentProblem, FileProblem, Interrupted
from album.manners import give_way
from album.notices import Notices
from album.pictures import advice
from album.pictures.original import FileChanged
from album.storage.database import Database
from album.storage.jobs import Job, claim, fail, finish, prioritise, release
from album.storage.photos import Located, locate
from album.storage.problems import Stage, resolve_photos
from album.storage.tags import Observation, drop_suggestions, store_observations
from album.storage.values import now_s

DECODERS = 2
AHEAD_BATCHES = 4
AT_DEVICE = 2
"""Batches handed to the inference thread: one that is looked at, one that waits."""
MOST_ATTEMPTS = 5
RETRY_WRITE_S = 10.0

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Picture:
    """A photo on its way; `prepared` as the analysers want it, in their order."""

    job: Job
    prepared: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class _Unreadable:
    """A photo that could not be decoded."""

    job: Job
    problem: AlbumError
    gone: bool


@dataclass(frozen=True, slots=True)
class PipelineEvents:
    """What the pipeline tells, on its own thread.

    Attributes:
        looked: these photos have been looked at, and stored.
        failed: these could not be.
        gone: files of these photos are not there, or are being written to.
        idle: nothing is left to do for now.
    """

    looked: Callable[[Collection[PhotoId]], None]
    failed: Callable[[Collection[PhotoId]], None]
    gone: Callable[[Collection[PhotoId]], None]
    idle: Callable[[], None]


class Pipeline:
    """Looks at photos in the background, from `start` until `close`.

    Args:
        database: with the queue.
        pictures: what to look at.
        inference: runs the analysers.
        analysers: the same ones.
        taxonomy: of their tags.
        notices: told when nothing can be looked at, and when findings cannot be stored.
        events: see there.
    """

    def __init__(
        self,
        database: Database,
        pictures: SmallPictures,
        inference: InferenceThread,
        analysers: Sequence[Analyser],
        taxonomy: Taxonomy,
        notices: Notices,
        events: PipelineEvents,
    ) -> None:
        self._database = database
        self._pictures = pictures
        self._inference = inference
        self._analysers = tuple(analysers)
        self._retired = {*Capability} - {one.name for one in self._analysers}
        self._taxonomy = taxonomy
        self._notices = notices
        self._events = events
        self._changed = threading.Condition()
        self._claiming = threading.Lock()
        self._holds: set[str] = set()
        self._wanted: tuple[PhotoId, ...] = ()
        self._jobs: deque[Job] = deque()
        self._claimed: dict[int, Job] = {}
        self._absent: list[Job] = []
        self._absences: Counter[PhotoId] = Counter()
        self._places: dict[PhotoId, Located] = {}
        self._ready: deque[_Picture] = deque()
        self._unreadable: deque[_Unreadable] = deque()
        self._batch_size = 0
        self._wakes = 0
        self._exhausted_at = -1
        self._unavailable = False
        self._closed = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Begin; whoever hears its events exists by now. Called once."""
        self._threads += [
            threading.Thread(target=self._run, name="album-pipeline", daemon=True),
            *(
                threading.Thread(target=self._decode, name=f"album-decoder-{number}", daemon=True)
                for number in range(DECODERS)
            ),
        ]
        for thread in self._threads:
            thread.start()

    @property
    def available(self) -> bool:
        """Whether photos can be looked at at all: the analysers could be loaded."""
        return not self._unavailable

    @property
    def idle(self) -> bool:
        """Whether nothing is left to do for now."""
        with self._changed:
            busy = len(self._claimed) > len(self._absent)
            through = self._exhausted_at == self._wakes and not busy
        alive = all(thread.is_alive() for thread in self._threads)
        return self._unavailable or through or not alive

    def wake(self) -> None:
        """There may be new work: photos were queued, a folder is back, files have changed."""
        with self._changed:
            self._wakes += 1
            absent, self._absent = self._absent, []
            self._changed.notify_all()
        self._give_back(absent)

    def want(self, ids: Sequence[PhotoId]) -> None:
        """Look at these first; takes effect when the next photos are taken from the queue."""
        with self._changed:
            self._wanted = tuple(ids)

    def hold(self, reason: str) -> None:
        """Begin no more photos until this reason is lifted; those under way are finished."""
        with self._changed:
            self._holds.add(reason)

    def lift(self, reason: str) -> None:
        """This reason to wait is gone."""
        with self._changed:
            self._holds.discard(reason)
            self._changed.notify_all()

    def close(self) -> None:
        """Stop, and give back what was claimed; may be called again."""
        with self._changed:
            self._closed.set()
            self._changed.notify_all()
        self._pictures.close()
        for thread in self._threads:
            if thread is not threading.current_thread():
                thread.join()
        with self._changed:
            left = list(self._claimed.values())
        # What cannot be given back is `running`, and pending again at the next start.
        self._database.write(lambda db: release(db, left)).exception()
        self._done(left)

    # Decoder threads

    def _decode(self) -> None:
        give_way()
        while (job := self._next_job()) is not None:
            try:
                done = self._prepare(job)
            except Interrupted:
                return
            except Exception:  # noqa: BLE001 (one photo never stops the others)
                _log.exception("preparing photo %d", job.photo_id)
                problem = AlbumError("Albumen could not look at it.", advice=advice.REPORT)
                done = _Unreadable(job, problem, gone=False)
            self._hand_on(done)

    def _next_job(self) -> Job | None:
        """The next photo; waits while there is none, work is held, or the network is far behind."""
        while True:
            with self._changed:
                self._changed.wait_for(self._may_go_on)
                if self._closed.is_set():
                    return None
                if self._jobs:
                    return self._jobs.popleft()
            if self._claiming.acquire(timeout=0.05):
                try:
                    self._claim()
                finally:
                    self._claiming.release()

    def _may_go_on(self) -> bool:
        if self._closed.is_set():
            return True
        if self._holds or self._unavailable:
            return False
        if len(self._ready) >= AHEAD_BATCHES * max(1, self._batch_size):
            return False
        return bool(self._jobs) or self._exhausted_at != self._wakes

    def _claim(self) -> None:
        """Take some jobs from the library; note when there are none."""
        with self._changed:
            if self._jobs or self._closed.is_set():
                return
            wakes = self._wakes
            wanted, self._wanted = self._wanted, ()
        try:
            jobs = self._database.write(lambda db: self._take_jobs(db, wanted)).result()
            ids = [job.photo_id for job in jobs]
            places = self._database.query(lambda c: locate(c, ids)) if ids else {}
        except AlbumError as problem:
            self._wait_for_library(problem)
            return
        with self._changed:
            self._claimed.update((job.id, job) for job in jobs)
            self._places.update(places)
            exhausted = not jobs and self._exhausted_at != wakes
            if not jobs:
                self._exhausted_at = wakes
        if jobs and not self._batch_size:
            self._load(jobs)
        with self._changed:
            self._jobs.extend(() if self._unavailable else jobs)
            self._changed.notify_all()
        if exhausted and not self._claimed:
            self._events.idle()

    def _load(self, jobs: Sequence[Job]) -> None:
        """Have the analysers loaded before anything is prepared for them."""
        try:
            self._batch_size = max(1, self._inference.load().result())
        except Interrupted:
            return
        except AlbumError as problem:
            self._give_up(problem)
            self._give_back(jobs)

    def _give_up(self, problem: AlbumError) -> None:
        """The analysers cannot be used: say it once, keep the queue as it is."""
        _log.info("photos cannot be looked at: %s", problem)
        with self._changed:
            self._unavailable = True
        self._notices.tell_problem(problem, replaces="analysers")
        self._events.idle()

    def _prepare(self, job: Job) -> _Picture | _Unreadable:
        place = self._places.pop(job.photo_id, None)
        if place is None:
            return _Unreadable(job, AlbumError("The photo is gone."), gone=True)
        try:
            pixels = self._pictures.get(job.photo_id, place.fingerprint)
        except FileProblem as problem:
            there = any(path.exists() for path in place.paths)
            return _Unreadable(job, problem, gone=not there or isinstance(problem, FileChanged))
        sample = Sample(pixels)
        return _Picture(job, tuple(one.prepare(sample) for one in self._analysers))

    def _hand_on(self, done: _Picture | _Unreadable) -> None:
        with self._changed:
            if isinstance(done, _Picture):
                self._ready.append(done)
            else:
                self._unreadable.append(done)
            self._changed.notify_all()

    # The pipeline's own thread

    def _run(self) -> None:
        give_way()
        running: deque[tuple[list[_Picture], Future[Any]]] = deque()
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._has_work(running))
                if self._closed.is_set():
                    return
                batch = self._take_batch(len(running))
                unreadable, self._unreadable = list(self._unreadable), deque()
                self._changed.notify_all()
            if batch:
                future = self._inference.analyse([picture.prepared for picture in batch])
                future.add_done_callback(self._on_analysed)
                running.append((batch, future))
            if unreadable:
                self._conclude_unreadable(unreadable)
            if running and running[0][1].done():
                self._conclude(*running.popleft())

    def _has_work(self, running: Sequence[tuple[list[_Picture], Future[Any]]]) -> bool:
        return bool(
            self._closed.is_set()
            or self._unreadable
            or (running and running[0][1].done())
            or self._can_start(len(running))
        )

    def _can_start(self, running: int) -> bool:
        """A full batch goes to the device as soon as it has room, a smaller one when it is idle."""
        if not self._ready or running >= AT_DEVICE:
            return False
        return running == 0 or len(self._ready) >= self._batch_size

    def _take_batch(self, running: int) -> list[_Picture]:
        if not self._can_start(running):
            return []
        size = min(len(self._ready), max(1, self._batch_size))
        return [self._ready.popleft() for _ in range(size)]

    def _on_analysed(self, future: Future[Any]) -> None:
        with self._changed:
            self._changed.notify_all()

    def _conclude(
        self,
        batch: Sequence[_Picture],
        future: Future[list[tuple[Findings, ...] | AlbumError]],
    ) -> None:
        """Store what was found in a batch, and what could not be looked at."""
        try:
            answers = future.result()
        except Interrupted:
            return
        except AlbumError as problem:
            self._give_up(problem)
            self._give_back([picture.job for picture in batch])
            return
        looked = {
            picture.job: answer
            for picture, answer in zip(batch, answers, strict=True)
            if not isinstance(answer, AlbumError)
        }
        failed = {
            picture.job: answer
            for picture, answer in zip(batch, answers, strict=True)
            if isinstance(answer, AlbumError)
        }
        if self._write(lambda db: self._store(db, looked)):
            self._events.looked([job.photo_id for job in looked])
            self._done(looked)
        self._fail(failed, Stage.ANALYSE)
        self._tell_idle()

    def _conclude_unreadable(self, unreadable: Sequence[_Unreadable]) -> None:
        self._absences.update(one.job.photo_id for one in unreadable if one.gone)
        broken = {
            one.job: one.problem
            for one in unreadable
            if not one.gone or self._absences[one.job.photo_id] >= MOST_ATTEMPTS
        }
        gone = [one.job for one in unreadable if one.job not in broken]
        with self._changed:
            self._absent += gone
        if gone:
            self._events.gone([job.photo_id for job in gone])
        self._fail(broken, Stage.DECODE)
        self._tell_idle()

    def _fail(self, failed: Mapping[Job, AlbumError], stage: Stage) -> None:
        if failed and self._write(lambda db: self._store_failures(db, failed, stage)):
            self._events.failed([job.photo_id for job in failed])
            self._done(failed)

    def _done(self, jobs: Collection[Job]) -> None:
        with self._changed:
            for job in jobs:
                self._claimed.pop(job.id, None)

    def _tell_idle(self) -> None:
        if self.idle:
            self._events.idle()

    def _write(self, fn: Callable[[sqlite_utils.Database], None]) -> bool:
        """Store, and when the disk refuses, again and again: findings are kept until it can be."""
        while True:
            try:
                self._database.write(fn).result()
            except Interrupted:
                return False
            except EnvironmentProblem as problem:
                self._notices.tell_problem(problem, replaces="library")
                if self._closed.wait(RETRY_WRITE_S):
                    return False
            else:
                return True

    def _wait_for_library(self, problem: AlbumError) -> None:
        if not isinstance(problem, Interrupted):
            self._notices.tell_problem(problem, replaces="library")
            self._closed.wait(RETRY_WRITE_S)

    def _give_back(self, jobs: Sequence[Job]) -> None:
        if jobs:
            self._database.write(lambda db: release(db, jobs))
            self._done(jobs)

    # In the write thread

    def _take_jobs(self, db: sqlite_utils.Database, wanted: Sequence[PhotoId]) -> list[Job]:
        if wanted:
            prioritise(db, wanted, now_s())
        return claim(db, 2 * max(8, self._batch_size))

    def _store(self, db: sqlite_utils.Database, looked: Mapping[Job, tuple[Findings, ...]]) -> None:
        ids = [job.photo_id for job in looked]
        drop_suggestions(db, ids, self._retired)
        settled = [(job.photo_id, agreed(findings)) for job, findings in looked.items()]
        for place, analyser in enumerate(self._analysers):
            observations = [
                _observation(photo_id, findings[place]) for photo_id, findings in settled
            ]
            store_observations(db, model_of(analyser), observations, self._taxonomy)
            suggest_taught(db, model_of(analyser), _embeddings(looked, place))
        resolve_photos(db, ids, (Stage.DECODE, Stage.ANALYSE))
        finish(db, list(looked))

    def _store_failures(
        self, db: sqlite_utils.Database, failed: Mapping[Job, AlbumError], stage: Stage
    ) -> None:
        problems = {job.photo_id: problem for job, problem in failed.items()}
        # Thumbnails are what is decoded, and count their own attempts.
        record_failures(db, problems, stage, attempted=stage is not Stage.DECODE)
        fail(db, {job.id: problem.text for job, problem in failed.items()})


def _embeddings(
    looked: Mapping[Job, tuple[Findings, ...]], place: int
) -> dict[PhotoId, NDArray[np.float16]]:
    """What the analyser at this place made for taught tags."""
    found = {job.photo_id: findings[place].embedding for job, findings in looked.items()}
    return {photo_id: vector for photo_id, vector in found.items() if vector is not None}


def _observation(photo_id: PhotoId, findings: Findings) -> Observation:
    return Observation(
        photo_id,
        tags=findings.tags + findings.style,
        colours=findings.colours,
        quality=findings.quality,
        regions=findings.regions,
        embedding=None if findings.embedding is None else findings.embedding.tobytes(),
    )
