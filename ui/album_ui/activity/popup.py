"""A small panel that opens over the status line and closes by itself."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from album_ui.theme import CONTROL_RADIUS_PX, GRID_PX, Theme

POPUP_PX = 380


class Popup(QFrame):
    """Opens above a widget; a click elsewhere or Esc closes it."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self.theme = theme
        self.setObjectName("popup")
        self.setFixedWidth(POPUP_PX)
        self.column = QVBoxLayout(self)
        margin = 4 * GRID_PX
        self.column.setContentsMargins(margin, 3 * GRID_PX, margin, 3 * GRID_PX)
        self.column.setSpacing(2 * GRID_PX)
        theme.changed.connect(self._colour)
        self._colour()

    def _colour(self) -> None:
        palette = self.theme.palette
        self.setStyleSheet(
            f"QFrame#popup {{ background: {palette.field}; border: 1px solid {palette.line};"
            f" border-radius: {CONTROL_RADIUS_PX}px; }}"
        )

    def show_above(
        self, widget: QWidget, side: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft
    ) -> None:
        """Open with the lower edge over `widget`."""
        self.adjustSize()
        corner = widget.mapToGlobal(QPoint(0, 0))
        left = corner.x()
        if side is Qt.AlignmentFlag.AlignRight:
            left += widget.width() - self.width()
        self.move(max(0, left), corner.y() - self.height() - 2 * GRID_PX)
        self.show()
        self.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc closes."""
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)
