"""Brings pictures for the viewer: a thumbnail at once, then sharp, neighbours ahead of time."""

from collections import OrderedDict
from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from album.analysis.protocol import Pixels
from album.domain.photo import PhotoId
from album.errors import AlbumError, FileProblem
from album.pictures.service import Urgency
from album.pictures.thumbnails import LARGE_PX
from album.session import LibrarySession
from album_ui.background import in_background
from album_ui.bridge import Bridge
from album_ui.viewer.levels import Levels, build_levels, levels_of

if TYPE_CHECKING:
    from concurrent.futures import Future

BUDGET_BYTES = 600 * 1024 * 1024
"""Of all pictures that are kept; the one that is shown is kept whatever its size."""

MOST_KEPT = 6


@dataclass(frozen=True, slots=True)
class Loaded:
    """A picture as far as it is there.

    Attributes:
        longest_px: what was asked for; None: full size.
        preliminary: a thumbnail that something sharper follows.
    """

    photo_id: PhotoId
    levels: Levels
    longest_px: int | None
    preliminary: bool = False


class PictureLoader(QObject):
    """Loads what is shown and what may be shown next; what nobody waits for any more is cancelled.

    Signals:
        loaded(Loaded): something to show, perhaps sharper than before.
        failed(int, AlbumError): a photo that cannot be shown.
    """

    loaded = Signal(object)
    failed = Signal(int, object)

    def __init__(
        self, session: LibrarySession, bridge: Bridge, budget_bytes: int = BUDGET_BYTES
    ) -> None:
        super().__init__()
        self._session = session
        self._bridge = bridge
        self._budget_bytes = budget_bytes
        self._kept: OrderedDict[PhotoId, Loaded] = OrderedDict()
        self._asked: dict[tuple[PhotoId, int | None], Future[Pixels]] = {}
        self._wanted: tuple[PhotoId, ...] = ()
        self._unsubscribe = session.thumbnails.subscribe(self._on_thumbnail)

    @property
    def held_bytes(self) -> int:
        """Memory of all pictures that are kept."""
        return sum(loaded.levels.size_bytes for loaded in self._kept.values())

    def want(self, photo_id: PhotoId, next_ids: Collection[PhotoId], longest_px: int) -> None:
        """Show this photo at this size; have the next ones ready."""
        self._wanted = (photo_id, *next_ids)
        for key in [key for key in self._asked if key[0] not in self._wanted]:
            self._asked.pop(key).cancel()
        self._trim()
        known = self._kept.get(photo_id)
        if known is not None:
            self._kept.move_to_end(photo_id)
            self.loaded.emit(known)
        else:
            self._session.thumbnails.request([photo_id], LARGE_PX, Urgency.VISIBLE)
        for one in self._wanted:
            if one not in self._kept or self._kept[one].preliminary:
                self._ask(one, longest_px)

    def want_full(self, photo_id: PhotoId) -> None:
        """Its own pixels are wanted."""
        known = self._kept.get(photo_id)
        if known is None or known.longest_px is not None or known.preliminary:
            self._ask(photo_id, None)

    def forget(self, photo_ids: Collection[PhotoId] = ()) -> None:
        """Cancel everything and let go of these (none given: all) pictures."""
        for photo_id in tuple(photo_ids) or tuple(self._kept):
            self._kept.pop(photo_id, None)
        if not photo_ids:
            self._wanted = ()
            for future in self._asked.values():
                future.cancel()
            self._asked.clear()

    def close(self) -> None:
        """Hear of no thumbnail any more."""
        self._unsubscribe()
        self.forget()

    def _ask(self, photo_id: PhotoId, longest_px: int | None) -> None:
        key = (photo_id, longest_px)
        if key in self._asked or (photo_id, None) in self._asked:
            return
        future = self._asked[key] = self._session.picture(photo_id, longest_px)
        self._bridge.call(
            future,
            lambda pixels: self._on_pixels(key, pixels),
            lambda problem: self._on_failed(key, problem),
            owner=self,
        )

    def _on_pixels(self, key: tuple[PhotoId, int | None], pixels: Pixels) -> None:
        if key[0] in self._wanted:
            self._bridge.call(
                in_background(lambda: build_levels(pixels)),
                lambda levels: self._keep(Loaded(key[0], levels, key[1])),
                owner=self,
            )

    def _on_failed(self, key: tuple[PhotoId, int | None], problem: AlbumError) -> None:
        self._asked.pop(key, None)
        if key[0] in self._wanted:
            self.failed.emit(key[0], problem)

    def _on_thumbnail(self, photo_id: PhotoId, size_px: int, answer: bytes | FileProblem) -> None:
        """Worker thread: a stand-in for the photo that is shown."""
        if size_px != LARGE_PX or self._wanted[:1] != (photo_id,) or not isinstance(answer, bytes):
            return
        image = QImage.fromData(answer)
        if not image.isNull():
            levels = levels_of(image.convertToFormat(QImage.Format.Format_RGB32))
            stand_in = Loaded(photo_id, levels, LARGE_PX, preliminary=True)
            self._bridge.post(lambda: self._keep(stand_in))

    def _keep(self, loaded: Loaded) -> None:
        self._asked.pop((loaded.photo_id, loaded.longest_px), None)
        known = self._kept.get(loaded.photo_id)
        if loaded.photo_id not in self._wanted or _sharper(known, loaded):
            return
        self._kept[loaded.photo_id] = loaded
        self._kept.move_to_end(loaded.photo_id)
        self._trim()
        if loaded.photo_id == self._wanted[0]:
            self.loaded.emit(loaded)

    def _trim(self) -> None:
        """Keep within the budget: what nobody wants goes first, then what is farthest."""
        shown = self._wanted[:1]
        unwanted = [one for one in self._kept if one not in self._wanted]
        ahead = [one for one in self._kept if one in self._wanted and one not in shown]
        for photo_id in unwanted:
            if len(self._kept) > MOST_KEPT or self.held_bytes > self._budget_bytes:
                del self._kept[photo_id]
        for photo_id in ahead:
            if self.held_bytes > self._budget_bytes:
                del self._kept[photo_id]


def _sharper(known: Loaded | None, other: Loaded) -> bool:
    """Whether what is known is at least as good as the other."""
    if known is None or known.preliminary:
        return False
    return other.preliminary or known.levels.size.width() >= other.levels.size.width()
