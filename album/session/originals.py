"""Full-size pictures and their subjects, decoded off the caller's thread."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from album.analysis.protocol import Cutout, Hint, Pixels
from album.domain.photo import PhotoId
from album.errors import AlbumError, FileProblem, Interrupted
from album.pictures import advice
from album.pictures.decode import Decoder
from album.storage.database import Database
from album.storage.photos import locate

T = TypeVar("T")

THREADS = 2

Segment = Callable[[Pixels, Sequence[Hint]], Future[Cutout]]


class Originals:
    """Decodes originals on two threads.

    Args:
        database: says where they lie.
        decoder: decodes them.
        segment: finds the subject, on the inference thread.
    """

    def __init__(self, database: Database, decoder: Decoder, segment: Segment) -> None:
        self._database = database
        self._decoder = decoder
        self._segment = segment
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="album-picture")

    def picture(self, photo_id: PhotoId, longest_px: int | None) -> Future[Pixels]:
        """The upright picture; None: full size."""
        return self._submit(lambda: self._decode(photo_id, longest_px))

    def cutout(self, photo_id: PhotoId, hints: Sequence[Hint]) -> Future[tuple[Pixels, Cutout]]:
        """The full-size picture and its subject."""
        wanted = tuple(hints)

        def work() -> tuple[Pixels, Cutout]:
            pixels = self._decode(photo_id, None)
            return pixels, self._segment(pixels, wanted).result()

        return self._submit(work)

    def close(self) -> None:
        """Finish what is being decoded, cancel the rest; may be called again."""
        self._pool.shutdown(cancel_futures=True)

    def _submit(self, work: Callable[[], T]) -> Future[T]:
        try:
            return self._pool.submit(work)
        except RuntimeError:
            future: Future[T] = Future()
            future.set_exception(Interrupted("The library has been closed."))
            return future

    def _decode(self, photo_id: PhotoId, longest_px: int | None) -> Pixels:
        """From the first of its files that can be decoded."""
        place = self._database.query(lambda c: locate(c, [photo_id])).get(photo_id)
        if place is None:
            raise AlbumError(f"There is no photo {photo_id} in the library.")
        problem = FileProblem(Path(), "none of its files is there", advice=advice.BACK)
        for path in place.paths:
            try:
                return self._decoder.picture(path, longest_px)
            except FileProblem as found:
                problem = found
        raise problem
