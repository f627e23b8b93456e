"""Words on the window that may come from a file, a tag or a folder: shown as they are written."""

from PySide6.QtCore import Qt
from PySide6.QtGui import Qt as RichText
from PySide6.QtWidgets import QLabel, QWidget


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
