"""A line of words behind its icon; names that know no place to break are cut in their middle."""

from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from album_ui.guard import guarded
from album_ui.info.facts import FactLine
from album_ui.labels import PlainLabel, plain_tip
from album_ui.theme import GRID_PX, Theme

_ICON_PX: Final = 14


@guarded
class CutLabel(PlainLabel):
    """One line of plain text that gives its middle where there is no room for it."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def minimumSizeHint(self) -> QSize:
        """As narrow as one likes."""
        return QSize(0, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw what there is room for."""
        room = self.contentsRect()
        metrics = self.fontMetrics()
        shown = metrics.elidedText(self.text(), Qt.TextElideMode.ElideMiddle, room.width())
        with QPainter(self) as painter:
            painter.drawText(room, self.alignment(), shown)


class FactRow(QWidget):
    """An icon and what it is about."""

    def __init__(self, line: FactLine, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        sign = PlainLabel()
        sign.setPixmap(theme.icon(line.icon).pixmap(QSize(_ICON_PX, _ICON_PX)))
        text = CutLabel(line.text) if line.cut else PlainLabel(line.text)
        text.setProperty("role", "second")
        text.setToolTip(plain_tip(line.tip))
        text.setAccessibleName(line.tip or line.text)
        if not line.cut:
            text.setWordWrap(True)
            text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        sign.setFixedHeight(text.fontMetrics().height())
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2 * GRID_PX)
        row.addWidget(sign, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(text, 1)
