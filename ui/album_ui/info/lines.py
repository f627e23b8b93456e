"""A line of words behind its icon."""

from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from album_ui.info.facts import FactLine
from album_ui.labels import CutLabel, PlainLabel, plain_tip
from album_ui.theme import GRID_PX, Theme

_ICON_PX: Final = 14


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
