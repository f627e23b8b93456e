"""The watched folders: how they are, and what can be done with them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QSize, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from album.session import FolderStatus, LibrarySession
from album_ui.activity.popup import Popup
from album_ui.bridge import Bridge
from album_ui.labels import PlainLabel, plain_tip
from album_ui.theme import GRID_PX, Theme
from album_ui.words import count, tr

_WORST_FIRST = ("unreadable", "offline", "polling", "healthy")
_ROLES = {"unreadable": "no", "offline": "no", "polling": "accent", "healthy": "yes"}


@dataclass(frozen=True, slots=True)
class Health:
    """How the folders are, taken together.

    Attributes:
        text: «2 folders watched».
        role: of the palette, for the dot.
        detail: one line for each folder that is not well, or that all are.
    """

    text: str
    role: str
    detail: str


def state_words(state: str) -> str:
    """The state of a folder in words."""
    return {
        "healthy": tr("watched"),
        "offline": tr("offline: not connected now, nothing is lost"),
        "polling": tr("looked at every few minutes"),
        "unreadable": tr("cannot be read"),
    }.get(state, state)


def health(folders: Sequence[FolderStatus]) -> Health:
    """What the dot in the status line says."""
    if not folders:
        return Health(tr("No folder watched"), "third", tr("Add a folder to begin."))
    sick = [folder for folder in folders if folder.state != "healthy"]
    text = count("{n} folder watched", "{n} folders watched", len(folders))
    if not sick:
        return Health(text, "yes", tr("All folders are healthy."))
    worst = min(sick, key=lambda folder: _WORST_FIRST.index(folder.state))
    if worst.state in ("offline", "unreadable"):
        away = sum(folder.state in ("offline", "unreadable") for folder in sick)
        text = count("{n} folder offline", "{n} folders offline", away)
        if worst.state == "unreadable":
            text = count("{n} folder cannot be read", "{n} folders cannot be read", away)
    lines = [f"{folder.path}: {folder.note or state_words(folder.state)}" for folder in sick]
    return Health(text, _ROLES[worst.state], "\n".join(lines))


class FolderPopup(Popup):
    """The list of watched folders, over the status line.

    Signals:
        folder_wanted(): the user wants to add one.
        folder_removed(str): one with this name is watched no longer; there is something to undo.
    """

    folder_wanted = Signal()
    folder_removed = Signal(str)

    def __init__(
        self, session: LibrarySession, bridge: Bridge, theme: Theme, parent: QWidget
    ) -> None:
        super().__init__(theme, parent)
        self._session = session
        self._bridge = bridge
        self._folders: list[FolderStatus] = []
        heading = PlainLabel(tr("Folders"))
        heading.setProperty("role", "heading")
        add = QPushButton(tr("Add a folder…"))
        add.clicked.connect(self._on_add)
        top = QHBoxLayout()
        top.addWidget(heading)
        top.addStretch()
        top.addWidget(add)
        self._list = QVBoxLayout()
        self._list.setSpacing(3 * GRID_PX)
        self.column.addLayout(top)
        self.column.addLayout(self._list)

    def show_folders(self, folders: Sequence[FolderStatus]) -> None:
        """List these, one below the other."""
        if self._folders == list(folders):
            return
        self._folders = list(folders)
        while (item := self._list.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for folder in self._folders:
            self._list.addWidget(self._row(folder))
        if self.isVisible():
            self.adjustSize()

    def _row(self, folder: FolderStatus) -> QWidget:
        row = QWidget()
        grid = QGridLayout(row)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(2 * GRID_PX)
        grid.setVerticalSpacing(1)
        dot = PlainLabel()
        dot.setPixmap(self.theme.icon("circle-fill", _ROLES.get(folder.state, "no")).pixmap(8, 8))
        name = PlainLabel(_short(folder.path))
        name.setToolTip(plain_tip(str(folder.path)))
        photos = count("{n} photo", "{n} photos", folder.photos)
        note = PlainLabel(f"{photos} · {folder.note or state_words(folder.state)}")
        note.setProperty("role", "small")
        note.setWordWrap(True)
        grid.addWidget(dot, 0, 0, Qt.AlignmentFlag.AlignVCenter)
        grid.addWidget(name, 0, 1)
        grid.addWidget(note, 1, 1)
        grid.setColumnStretch(1, 1)
        show = self._button("folder-open", tr("Show {path}", path=folder.path.name))
        show.clicked.connect(lambda: _show(folder.path))
        rescan = self._button(
            "arrow-clockwise", tr("Look through {path} again", path=folder.path.name)
        )
        rescan.clicked.connect(lambda: self._session.rescan(folder.id))
        remove = self._button("x", tr("Stop watching {path}", path=folder.path.name))
        remove.clicked.connect(lambda: self._remove(folder))
        for column, button in enumerate((show, rescan, remove), start=2):
            grid.addWidget(button, 0, column, 2, 1)
        return row

    def _button(self, icon: str, text: str) -> QPushButton:
        button = QPushButton(self.theme.icon(icon), "")
        button.setProperty("kind", "icon")
        button.setIconSize(QSize(16, 16))
        button.setToolTip(plain_tip(text))
        button.setAccessibleName(text)
        return button

    def _remove(self, folder: FolderStatus) -> None:
        self.close()
        removed = self._session.remove_folder(folder.id)
        self._bridge.call(removed, lambda _: self.folder_removed.emit(folder.path.name), owner=self)

    def _on_add(self) -> None:
        self.close()
        self.folder_wanted.emit()


def _show(folder: Path) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))


def _short(path: Path) -> str:
    """A path with the user's home as ~."""
    home = Path.home()
    return (
        f"~/{path.relative_to(home)}" if path.is_relative_to(home) and path != home else str(path)
    )
