"""A line of text that is typed on the way to something else, and left again with Esc."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QLineEdit


class LineField(QLineEdit):
    """Undoes its own text while it holds any; an empty one leaves Ctrl+Z to the library.

    Signals:
        left(): Esc; whoever owns the field takes the focus elsewhere.
    """

    left = Signal()

    def event(self, event: QEvent) -> bool:
        """Claim no key of the window that would do nothing here."""
        if (
            isinstance(event, QKeyEvent)
            and event.type() is QEvent.Type.ShortcutOverride
            and event.matches(QKeySequence.StandardKey.Undo)
            and not self.text()
        ):
            event.ignore()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc leaves."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)
