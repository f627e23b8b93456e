"""Names of tags that complete what is being typed, looked up off the GUI thread."""

from functools import partial

from PySide6.QtCore import QObject, QStringListModel, Signal
from PySide6.QtWidgets import QCompleter, QLineEdit, QListView

from album.session import LibrarySession
from album_ui.background import in_background
from album_ui.bridge import Bridge

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

    def _offer(self, names: list[str]) -> None:
        self._names.setStringList(names)
        if names and self._field.hasFocus() and self._field.text():
            self._completer.complete()
        else:
            self._popup.hide()
