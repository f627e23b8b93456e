"""Names of tags that complete what is being typed, looked up off the GUI thread."""

from functools import partial

from PySide6.QtCore import QEvent, QModelIndex, QObject, QStringListModel, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCompleter, QLineEdit, QListView, QWidget

from album.session import LibrarySession
from album_ui.background import in_background
from album_ui.bridge import Bridge

_EDGES_PX = 12
"""Border and padding of the list, above and below."""

SHORTEST = 2
"""Letters before anything is offered."""


class Completions(QObject):
    """A list under a field.

    Args:
        session: knows the names.
        bridge: brings them.
        field: where the user types; the list stands under it.

    Signals:
        taken(str): the user chose this name.
    """

    taken = Signal(str)

    def __init__(self, session: LibrarySession, bridge: Bridge, field: QLineEdit) -> None:
        super().__init__(field)
        self._session, self._bridge, self._field = session, bridge, field
        self._names = QStringListModel(self)
        self._popup = QListView()
        self._popup.setObjectName("completions")
        self._completer = QCompleter(self._names, self)
        self._completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        self._completer.setPopup(self._popup)
        self._completer.setWidget(field)
        self._completer.activated.connect(self.taken)
        self._popup.installEventFilter(self)
        self._above: QWidget | None = None

    def stay_below(self, widget: QWidget) -> None:
        """Leave this to be seen while it is: what was typed stands there as it was understood."""
        self._above = widget

    @property
    def popup(self) -> QListView:
        """The list, where there is something to offer."""
        return self._popup

    @property
    def names(self) -> list[str]:
        """What is offered now."""
        return self._names.stringList()

    def look_up(self, text: str, word: str) -> None:
        """Offer completions of the text, whose last word is this; nothing for very short ones."""
        if len(word) < SHORTEST:
            self.hide()
            return
        found = in_background(partial(self._session.suggest, text))
        self._bridge.call(found, self._offer, owner=self, latest="names")

    def hide(self) -> None:
        """Offer nothing any more."""
        self._names.setStringList([])
        self._popup.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """In the list Enter takes what is marked and Esc closes it, before the field hears them."""
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            marked = self._popup.currentIndex()
            if event.key() == Qt.Key.Key_Escape:
                self.hide()
                return True
            if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and marked.isValid():
                name = str(marked.data())
                self.hide()
                self.taken.emit(name)
                return True
        return super().eventFilter(watched, event)

    def _offer(self, names: list[str]) -> None:
        self._names.setStringList(names)
        if names and self._field.hasFocus() and self._field.text():
            self._completer.complete()
            self._popup.setCurrentIndex(QModelIndex())  # Enter means what was typed
            rows = min(len(names), self._completer.maxVisibleItems())
            self._popup.setFixedHeight(rows * self._popup.sizeHintForRow(0) + _EDGES_PX)
            self._make_way()
        else:
            self._popup.hide()

    def _make_way(self) -> None:
        if self._above is not None and self._above.isVisible():
            lowest = self._above.mapToGlobal(self._above.rect().bottomLeft()).y()
            self._popup.move(self._popup.x(), max(self._popup.y(), lowest))
