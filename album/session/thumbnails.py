"""Thumbnails of the library's photos: on demand for the screen, in the background for all."""

import io
import logging
import os
import threading
import time
from collections.abc import Callable, Collection, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import TypeVar

from PIL import Image

from album.analysis.failures import record_failures
from album.domain.photo import Fingerprint, PhotoId
from album.errors import AlbumError, FileProblem
from album.jobs.activity import ActivityBoard, ActivityKind
from album.pictures import advice
from album.pictures.decode import Decoder
from album.pictures.original import FileChanged
from album.pictures.service import Located, ThumbnailService, Urgency
from album.pictures.thumbnails import SMALL_PX, ThumbnailStore
from album.storage.database import Database
from album.storage.photos import locate, set_thumbnail_colours
from album.storage.problems import Stage

Decoded = TypeVar("Decoded")
Answer = bytes | FileProblem
Listener = Callable[[PhotoId, int, Answer], None]

COLOURS_AT_ONCE = 200
COLOURS_EVERY_S = 1.0
_log = logging.getLogger(__name__)

_NOWHERE = Located(Fingerprint("none", bytes(16)), ())


class Thumbnails:
    """Small pictures of photos. Listeners are called on worker threads.

    Args:
        database: says where photos lie, takes their average colours and what cannot be decoded.
        store: keeps them.
        decoder: decodes originals.
        activity: shows the work in the background.
        on_photos: told which photos look different now.
        on_failed: told which photos cannot be decoded; not where their files are merely not there.
        records: whether to record those as problems.
    """

    def __init__(
        self,
        database: Database,
        store: ThumbnailStore,
        decoder: Decoder,
        activity: ActivityBoard,
        *,
        on_photos: Callable[[Collection[PhotoId]], None],
        on_failed: Callable[[Collection[PhotoId]], None],
        records: bool,
    ) -> None:
        self._database = database
        self._store = store
        self._decoder = decoder
        self._activity = activity
        self._on_photos = on_photos
        self._on_failed = on_failed
        self._records = records
        self._lock = threading.Lock()
        self._service: ThumbnailService | None = None
        self._listeners: tuple[Listener, ...] = ()
        self._patient: tuple[Listener, ...] = ()
        self._left: set[PhotoId] = set()
        self._done = 0
        self._colours: dict[PhotoId, int] = {}
        self._stored_s = time.monotonic()
        self._failed: dict[PhotoId, FileProblem] = {}
        self._closed = False

    @property
    def idle(self) -> bool:
        """Whether all photos have their thumbnails."""
        with self._lock:
            return not self._left

    @property
    def done(self) -> tuple[int, int]:
        """How many of how many have been made in the background."""
        with self._lock:
            return self._done, self._done + len(self._left)

    def request(
        self,
        ids: Iterable[PhotoId],
        size_px: int = SMALL_PX,
        urgency: Urgency = Urgency.VISIBLE,
    ) -> None:
        """Want thumbnails (SMALL_PX, LARGE_PX); listeners get each, or why there is none."""
        service = self._started()
        if service is not None:
            service.request(ids, size_px, urgency)

    def subscribe(self, listener: Listener, *, sketches: bool = True) -> Callable[[], None]:
        """Call `listener(photo id, size, JPEG or FileProblem)`; returns what ends it.

        Args:
            listener: called on worker threads.
            sketches: also with what is shown until the thumbnail is made, which then follows.
        """
        with self._lock:
            if sketches:
                self._listeners = (*self._listeners, listener)
            else:
                self._patient = (*self._patient, listener)
        return partial(self._forget, listener)

    def make(self, ids: Collection[PhotoId]) -> None:
        """Make thumbnails of these photos in the background; failed ones are tried again."""
        with self._lock:
            if self._closed:
                return
            self._left.update(ids)
            for photo_id in ids:
                self._failed.pop(photo_id, None)
        self.request(ids, SMALL_PX, Urgency.BACKGROUND)

    def ask(self, ids: Sequence[PhotoId]) -> None:
        """As `request` in the background; what failed before is answered at once."""
        with self._lock:
            failed = {photo_id: self._failed.get(photo_id) for photo_id in ids}
        for photo_id, problem in failed.items():
            if problem is not None:
                self._tell(photo_id, SMALL_PX, problem)
        self.request(
            [one for one, problem in failed.items() if problem is None],
            SMALL_PX,
            Urgency.BACKGROUND,
        )

    def close(self) -> None:
        """Stop; may be called again."""
        with self._lock:
            self._closed = True
            service = self._service
        if service is not None:
            service.close()
        self._store_colours(at_least=1)

    def _started(self) -> ThumbnailService | None:
        with self._lock:
            if self._service is None and not self._closed:
                self._service = ThumbnailService(
                    self._store,
                    _Careful(self._decoder),
                    self._locate,
                    on_ready=self._on_ready,
                    on_sketch=self._on_sketch,
                    threads=max(2, min(4, os.cpu_count() or 2)),
                )
            return self._service

    def _forget(self, listener: Listener) -> None:
        with self._lock:
            self._listeners = tuple(one for one in self._listeners if one != listener)
            self._patient = tuple(one for one in self._patient if one != listener)

    # On the service's threads

    def _locate(self, photo_id: PhotoId) -> Located:
        try:
            found = self._database.query(lambda c: locate(c, [photo_id])).get(photo_id)
        except AlbumError:
            return _NOWHERE
        return _NOWHERE if found is None else Located(found.fingerprint, found.paths)

    def _on_ready(self, photo_id: PhotoId, size_px: int, answer: Answer) -> None:
        if isinstance(answer, FileProblem):
            self._note_failure(photo_id, answer)
        self._tell(photo_id, size_px, answer)
        if photo_id in self._left and size_px == SMALL_PX and isinstance(answer, bytes):
            colour = _average_colour(answer)
            with self._lock:
                self._colours[photo_id] = colour
        with self._lock:
            counted = photo_id in self._left
            if counted:
                self._left.discard(photo_id)
                self._done += 1
            done, left = self._done, len(self._left)
        late = time.monotonic() - self._stored_s > COLOURS_EVERY_S
        self._store_colours(at_least=1 if late or not left else COLOURS_AT_ONCE)
        if counted and left:
            self._activity.report(ActivityKind.THUMBNAILS, done, done + left)
        elif counted:
            self._activity.finish(ActivityKind.THUMBNAILS)

    def _on_sketch(self, photo_id: PhotoId, jpeg: bytes) -> None:
        for listener in self._listeners:
            listener(photo_id, SMALL_PX, jpeg)

    def _tell(self, photo_id: PhotoId, size_px: int, answer: Answer) -> None:
        for listener in (*self._listeners, *self._patient):
            listener(photo_id, size_px, answer)

    def _note_failure(self, photo_id: PhotoId, problem: FileProblem) -> None:
        if isinstance(problem, FileChanged) or not problem.path.is_file():
            return
        with self._lock:
            known = photo_id in self._failed
            self._failed[photo_id] = problem
        if self._records and not known:
            _log.info("%s: %s (%s)", problem.path, problem.reason, problem.detail)
            written = self._database.write(
                lambda db: record_failures(db, {photo_id: problem}, Stage.DECODE)
            )
            written.add_done_callback(lambda _: self._on_failed([photo_id]))

    def _store_colours(self, *, at_least: int) -> None:
        with self._lock:
            if len(self._colours) < at_least:
                return
            colours, self._colours = self._colours, {}
            self._stored_s = time.monotonic()
        written = self._database.write(lambda db: set_thumbnail_colours(db, colours))
        written.add_done_callback(lambda _: self._on_photos(colours.keys()))


class _Careful:
    """A decoder whose bugs cost one file: they are logged, and a problem of that file."""

    def __init__(self, decoder: Decoder) -> None:
        self._decoder = decoder

    def image(self, path: Path, longest_px: int | None) -> Image.Image:
        """As `Decoder.image`."""
        return self._carefully(path, lambda: self._decoder.image(path, longest_px))

    def sketch(self, path: Path, longest_px: int) -> Image.Image | None:
        """As `Decoder.sketch`."""
        return self._carefully(path, lambda: self._decoder.sketch(path, longest_px))

    def _carefully(self, path: Path, decode: Callable[[], Decoded]) -> Decoded:
        try:
            return decode()
        except AlbumError:
            raise
        except Exception as error:
            _log.exception("decoding %s", path)
            reason = "Albumen could not decode it"
            raise FileProblem(path, reason, advice=advice.REPORT) from error


def _average_colour(jpeg: bytes) -> int:
    """0xRRGGBB, from the stored thumbnail: the same whoever made it, and after a kill too."""
    with Image.open(io.BytesIO(jpeg)) as image:
        image.draft("RGB", (SMALL_PX // 8, SMALL_PX // 8))
        red, green, blue = image.convert("RGB").resize((1, 1), Image.Resampling.BOX).tobytes()
    return red << 16 | green << 8 | blue
