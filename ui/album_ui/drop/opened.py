"""A single picture that was opened or dropped: shown as soon as the library has it."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject

from album.domain.photo import PhotoId
from album.session import LibrarySession
from album_ui.bridge import Bridge
from album_ui.search.browsing import Browsing


class OpenedPicture(QObject):
    """Waits for one file to become a photo; whatever else is asked meanwhile ends the waiting.

    Args:
        session: knows which photo a file is.
        bridge: brings its answers.
        browsing: tells when there are other photos.
        show: shows a photo; False while it cannot, since the page does not have it yet.
        parent: Qt's.
    """

    def __init__(
        self,
        session: LibrarySession,
        bridge: Bridge,
        browsing: Browsing,
        show: Callable[[PhotoId], bool],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._bridge = bridge
        self._show = show
        self._awaited: Path | None = None
        browsing.page_changed.connect(lambda _: self._look())
        browsing.query_changed.connect(lambda _: self.await_only(()))

    def await_only(self, paths: Sequence[Path]) -> None:
        """Wait for this path, if it is one file; for none, if there are several."""
        alone = len(paths) == 1 and paths[0].is_file()
        # As the library calls it: the real folder, and in it the name, be that a link or not.
        self._awaited = paths[0].parent.resolve() / paths[0].name if alone else None

    def _look(self) -> None:
        if self._awaited is not None:
            photo = self._session.photo_at(self._awaited)
            self._bridge.call(photo, self._on_answered, owner=self, latest="opened")

    def _on_answered(self, photo_id: PhotoId | None) -> None:
        if photo_id is not None and self._awaited is not None and self._show(photo_id):
            self._awaited = None
