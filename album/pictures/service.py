"""Thumbnails on demand: what is on the screen first, what scrolled away not at all."""

import logging
import threading
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

from album.domain.photo import Fingerprint, PhotoId
from album.errors import EnvironmentProblem, FileProblem, Interrupted
from album.manners import give_way
from album.pictures import advice
from album.pictures.thumbnails import (
    LARGE_PX,
    SMALL_PX,
    PictureSource,
    Rendered,
    ThumbnailStore,
    render,
    sketch,
)

_log = logging.getLogger(__name__)
_JOIN_S = 30.0


class Urgency(IntEnum):
    """How soon a thumbnail is wanted; the lower goes first."""

    VISIBLE = 0
    NEAR = 1
    BACKGROUND = 2


@dataclass(frozen=True, slots=True)
class Located:
    """A photo's identity and its files, the likeliest first."""

    fingerprint: Fingerprint
    paths: Sequence[Path]


Locate = Callable[[PhotoId], Located | None]
"""Asked on a worker thread; None where the photo is gone."""

OnReady = Callable[[PhotoId, int, bytes | FileProblem], None]
"""Called on a worker thread with photo, size and JPEG, or why there is none."""

OnSketch = Callable[[PhotoId, bytes], None]
"""Called on a worker thread with a JPEG of the small size that is not kept."""


class ThumbnailService:
    """Answers requests for thumbnails from the store, or by rendering.

    What is on the screen and not in the store is sketched first, where that is cheap: a page is
    there before the thumbnails are made.

    Args:
        store: where thumbnails are kept.
        decoder: decodes originals.
        locate: says where a photo's files are.
        on_ready: gets each answer.
        on_sketch: gets sketches, for which the answer follows later; None: there shall be none.
        threads: how many at once.
    """

    def __init__(
        self,
        store: ThumbnailStore,
        decoder: PictureSource,
        locate: Locate,
        *,
        on_ready: OnReady,
        on_sketch: OnSketch | None = None,
        threads: int = 1,
    ) -> None:
        self._store = store
        self._decoder = decoder
        self._locate = locate
        self._on_ready = on_ready
        self._on_sketch = on_sketch
        self._changed = threading.Condition()
        self._pending = _Pending()
        self._busy: set[PhotoId] = set()
        self._closed = False
        self._threads = [
            threading.Thread(target=self._run, name=f"thumbnails-{n}", daemon=True)
            for n in range(threads)
        ]
        for thread in self._threads:
            thread.start()

    def request(
        self,
        photo_ids: Iterable[PhotoId],
        size_px: int = SMALL_PX,
        urgency: Urgency = Urgency.VISIBLE,
    ) -> None:
        """Want thumbnails, in this order; of one urgency, the latest request goes first."""
        with self._changed:
            self._pending.add(photo_ids, size_px, urgency)
            self._changed.notify_all()

    def wanted(self, photo_ids: Collection[PhotoId]) -> None:
        """Drop what was requested for the screen but is not among these, which are on it now."""
        with self._changed:
            self._pending.keep(frozenset(photo_ids))

    def cancel(self, photo_ids: Collection[PhotoId]) -> None:
        """Forget requests for these photos, whatever their urgency."""
        with self._changed:
            self._pending.drop(frozenset(photo_ids))

    def close(self) -> None:
        """Finish what is being rendered, drop the rest, end the threads. Idempotent."""
        with self._changed:
            self._closed = True
            self._pending = _Pending()
            self._changed.notify_all()
        for thread in self._threads:
            if thread is not threading.current_thread():
                thread.join(_JOIN_S)

    def _run(self) -> None:
        give_way()
        while (taken := self._take()) is not None:
            photo_id, sizes, urgency = taken
            try:
                self._answer(photo_id, sizes, urgency)
            except Interrupted:
                _log.debug("closed while the thumbnail of photo %d was made", photo_id)
            except Exception:  # noqa: BLE001 - the outermost loop of the thread
                _log.exception("thumbnail of photo %d", photo_id)
            finally:
                with self._changed:
                    self._busy.discard(photo_id)
                    self._changed.notify_all()

    def _take(self) -> tuple[PhotoId, list[int], Urgency] | None:
        """The next photo, all sizes that are wanted of it, and how soon; None when closing."""
        with self._changed:
            while True:
                if self._closed:
                    return None
                photo_id = self._pending.first(self._busy)
                if photo_id is not None:
                    self._busy.add(photo_id)
                    return photo_id, *self._pending.pop(photo_id)
                self._changed.wait()

    def _answer(self, photo_id: PhotoId, sizes: list[int], urgency: Urgency) -> None:
        located = self._locate(photo_id)
        if located is None:
            return
        missing = []
        for size_px in sizes:
            jpeg = self._store.get(located.fingerprint, size_px)
            if jpeg is None:
                missing.append(size_px)
            else:
                self._on_ready(photo_id, size_px, jpeg)
        if missing == [SMALL_PX] and urgency is Urgency.VISIBLE and self._sketch(photo_id, located):
            self.request([photo_id], SMALL_PX, Urgency.BACKGROUND)
        elif missing:
            made = self._render(photo_id, located)
            for size_px in missing:
                answer = made if isinstance(made, FileProblem) else made.jpeg(size_px)
                self._on_ready(photo_id, size_px, answer)

    def _sketch(self, photo_id: PhotoId, located: Located) -> bool:
        """Show something at once, if that is cheap; what fails is said by rendering."""
        if self._on_sketch is None or not located.paths:
            return False
        try:
            jpeg = sketch(self._decoder, located.paths[0])
        except FileProblem:
            return False
        if jpeg is None:
            return False
        self._on_sketch(photo_id, jpeg)
        return True

    def _render(self, photo_id: PhotoId, located: Located) -> Rendered | FileProblem:
        """From the first file that can be decoded, or the problem of the last."""
        problem = FileProblem(Path(), "none of its files is there", advice=advice.BACK)
        for path in located.paths:
            try:
                made = render(self._decoder, path)
            except FileProblem as found:
                problem = found
                continue
            self._keep(located.fingerprint, made)
            return made
        return problem

    def _keep(self, fingerprint: Fingerprint, made: Rendered) -> None:
        try:
            self._store.put(fingerprint, SMALL_PX, made.small)
            self._store.put(fingerprint, LARGE_PX, made.large)
        except EnvironmentProblem as problem:
            _log.info("%s", problem)  # shown all the same; made anew next time


class _Pending:
    """What is wanted and not yet begun, by urgency; of one urgency the latest request first."""

    def __init__(self) -> None:
        self._requests: dict[Urgency, dict[PhotoId, set[int]]] = {u: {} for u in Urgency}

    def add(self, photo_ids: Iterable[PhotoId], size_px: int, urgency: Urgency) -> None:
        """Put a request on top; a photo waits only once, at its most urgent place."""
        for photo_id in reversed(list(photo_ids)):
            sizes = {size_px}
            place = urgency
            for other, waiting in self._requests.items():
                if photo_id in waiting:
                    sizes |= waiting.pop(photo_id)
                    place = min(place, other)
            self._requests[place][photo_id] = sizes

    def keep(self, photo_ids: frozenset[PhotoId]) -> None:
        """Drop visible and near ones that are not among these."""
        for urgency in (Urgency.VISIBLE, Urgency.NEAR):
            waiting = self._requests[urgency]
            for photo_id in [i for i in waiting if i not in photo_ids]:
                del waiting[photo_id]

    def drop(self, photo_ids: frozenset[PhotoId]) -> None:
        """Forget these."""
        for waiting in self._requests.values():
            for photo_id in photo_ids & waiting.keys():
                del waiting[photo_id]

    def first(self, busy: Collection[PhotoId]) -> PhotoId | None:
        """The next one that nobody works on."""
        for waiting in self._requests.values():
            for photo_id in reversed(waiting):
                if photo_id not in busy:
                    return photo_id
        return None

    def pop(self, photo_id: PhotoId) -> tuple[list[int], Urgency]:
        """Take one out: the sizes that are wanted of it, small first, and how soon."""
        urgency = next(one for one, waiting in self._requests.items() if photo_id in waiting)
        return sorted(self._requests[urgency].pop(photo_id)), urgency
