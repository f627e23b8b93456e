"""Words on the window that may come from a file, a tag or a folder: shown as they are written."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtGui import Qt as RichText
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from album_ui.guard import guarded


def plain_tip(text: str) -> str:
    """A tooltip that shows this as it is written: Qt takes what looks like markup for markup."""
    return RichText.convertFromPlainText(text) if RichText.mightBeRichText(text) else text


def plain_words(text: str) -> str:
    """Words on a button or in a menu as they are written: Qt takes `&` for the key of the word."""
    return text.replace("&", "&&")


class PlainLabel(QLabel):
    """A label that takes nothing for markup: a file may be called `<img src=x>.jpg`."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setTextFormat(Qt.TextFormat.PlainText)


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
