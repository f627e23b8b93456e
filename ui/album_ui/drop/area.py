"""The whole window takes folders and files; while they hover over it, it says so."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QRect, Qt, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QFont,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QWidget

from album_ui.background import in_background
from album_ui.bridge import Bridge
from album_ui.drop.incoming import (
    PORTAL,
    Dropped,
    accepts,
    ask_portal,
    local_paths,
    sort_dropped,
)
from album_ui.theme import CONTROL_RADIUS_PX, GRID_PX, Size, Theme
from album_ui.words import tr

_CARD_PX = (600, 116)


class DropArea(QWidget):
    """Lies over the window while something is dragged across it, and takes what is dropped.

    Signals:
        dropped(list[Path]): folders and files that can be used.
        refused(str): why something cannot.
    """

    dropped = Signal(object)
    refused = Signal(str)

    def __init__(self, bridge: Bridge, theme: Theme, window: QWidget) -> None:
        super().__init__(window)
        self._bridge = bridge
        self._theme = theme
        self._window = window
        self.setAccessibleName(tr("Drop folders and photos here"))
        self.setAcceptDrops(True)
        self.hide()
        window.setAcceptDrops(True)
        window.installEventFilter(self)

    def take(self, paths: Sequence[Path]) -> None:
        """Sort these and say what can be used; the disk is asked off the GUI thread."""
        self._bridge.call(in_background(lambda: sort_dropped(paths)), self._on_sorted, owner=self)

    def _on_sorted(self, dropped: Dropped) -> None:
        for problem in dropped.problems:
            self.refused.emit(problem.said())
        usable = [*dropped.folders, *dropped.files]
        if usable:
            self.dropped.emit(usable)

    def _on_portal(self, paths: list[Path], problem: str) -> None:
        if problem:
            self.refused.emit(problem)
        else:
            self.take(paths)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Come up when a drag enters the window."""
        if isinstance(event, QDragEnterEvent) and watched is self._window:
            if self._wants(event):
                self.setGeometry(self._window.rect())
                self.raise_()
                self.show()
                event.acceptProposedAction()
            return True
        return super().eventFilter(watched, event)

    @staticmethod
    def _wants(event: QDropEvent) -> bool:
        """Whether it comes from another program and may hold files."""
        return event.source() is None and accepts(event.mimeData())

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take it."""
        if self._wants(event):
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Take it anywhere."""
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """It went away again."""
        self.hide()

    def dropEvent(self, event: QDropEvent) -> None:
        """Take what was dropped: the portal's files where there is a key, plain paths else."""
        self.hide()
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        mime = event.mimeData()
        if mime.hasFormat(PORTAL):
            key = bytes(mime.data(PORTAL).data()).rstrip(b"\0").decode("utf-8", "replace")
            ask_portal(key, self, self._on_portal)
        else:
            self.take(local_paths(mime.urls()))

    def paintEvent(self, event: QPaintEvent) -> None:
        """A veil, a dashed line, and what a drop will do."""
        palette = self._theme.palette
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            veil = palette.colour("page")
            veil.setAlphaF(0.88)
            painter.fillRect(self.rect(), veil)
            painter.setPen(QPen(palette.colour("accent"), 2, Qt.PenStyle.DashLine))
            edge = 4 * GRID_PX
            inside = self.rect().adjusted(edge, edge, -edge, -edge)
            painter.drawRoundedRect(inside, 2 * CONTROL_RADIUS_PX, 2 * CONTROL_RADIUS_PX)
            self._say(painter, inside.center().y())

    def _say(self, painter: QPainter, middle: int) -> None:
        palette = self._theme.palette
        width, height = min(_CARD_PX[0], self.width()), _CARD_PX[1]
        card = QRect((self.width() - width) // 2, middle - height // 2 + 2, width, height)
        painter.setPen(QPen(palette.colour("line"), 1))
        painter.setBrush(palette.colour("field"))
        painter.drawRoundedRect(card, CONTROL_RADIUS_PX, CONTROL_RADIUS_PX)

        def line(text: str, font: QFont, role: str, top: int) -> None:
            painter.setFont(font)
            painter.setPen(palette.colour(role))
            painter.drawText(0, top, self.width(), 40, Qt.AlignmentFlag.AlignCenter, text)

        line(
            tr("Drop to watch this folder"),
            self._theme.font(Size.TITLE, strong=True),
            "text",
            middle - 34,
        )
        line(
            tr("A photo adds the folder it lies in. Your files stay where they are, unchanged."),
            self._theme.font(),
            "second",
            middle,
        )
