"""The search field: what is typed becomes the query, and the query shows as text."""

from typing import Final

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QPushButton, QWidget

from album.domain.query import Query
from album.domain.query_text import Understood, print_query, read_query
from album.errors import QueryProblem
from album.session import LibrarySession
from album_ui import shortcuts
from album_ui.bridge import Bridge
from album_ui.fields import LineField
from album_ui.labels import PlainLabel
from album_ui.search.browsing import Browsing
from album_ui.search.chips import value_name
from album_ui.search.completions import Completions
from album_ui.theme import CONTROL_PX, Theme
from album_ui.words import repeated, told_of, tr

THROTTLE_MS: Final = 150
_WIDEST_PX: Final = 640
_INDENT_PX: Final = 30


class SearchField(LineField):
    """Ctrl+F; asks 150 ms after the last letter; completes names of tags.

    `left` by Enter, which asks at once, and by Esc, which brings back what was asked last.

    Signals:
        remarked(str): what is to be said about the text that stands here; empty: nothing.
    """

    remarked = Signal(str)

    def __init__(
        self,
        session: LibrarySession,
        bridge: Bridge,
        browsing: Browsing,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._browsing = browsing
        self._theme = theme
        self.completions = Completions(session, bridge, self)
        self._timer = QTimer(self, singleShot=True, interval=THROTTLE_MS)
        self._timer.timeout.connect(self.ask_now)
        self._sign = PlainLabel(parent=self)
        self._key = PlainLabel(shortcuts.shown("search"), self)
        self._clear = QPushButton(self)
        self._set_up()
        self.textEdited.connect(self._on_edited)
        browsing.query_changed.connect(self._on_query_changed)
        theme.changed.connect(self._paint_icons)
        self._paint_icons()

    def _set_up(self) -> None:
        self.setMaximumWidth(_WIDEST_PX)
        self.setMinimumWidth(160)
        self.setFixedHeight(CONTROL_PX)
        self.setTextMargins(_INDENT_PX - 8, 0, 60, 0)
        example = tr("beach, dog, July 2024, “happy birthday”, camera:nikon")
        self.setPlaceholderText(tr("Search: {example}", example=example))
        self.setAccessibleName(tr("Search"))
        self.setToolTip(shortcuts.tip("search"))
        self._key.setProperty("role", "key")
        self._key.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._sign.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._clear.setProperty("kind", "icon")
        self._clear.setCursor(Qt.CursorShape.ArrowCursor)
        self._clear.setAccessibleName(tr("Clear the search"))
        self._clear.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._clear.clicked.connect(self._on_clear)
        self._clear.hide()
        self.completions.taken.connect(self._on_completed)

    def ask_now(self) -> None:
        """Ask for what is typed, without waiting for the next letter."""
        self._timer.stop()
        try:
            said = read_query(self.text(), self._session.taxonomy)
        except QueryProblem as problem:
            self._say_wrong(True)
            self.remarked.emit(told_of(problem))
            return
        self._say_wrong(False)
        self._browsing.ask(said.query)
        self.remarked.emit(self._remarks(said))

    def _remarks(self, said: Understood) -> str:
        """What is wrong, doubtful, or understood by another name, in the user's language."""
        meanings = (
            tr(
                "“{word}” is also understood as “{name}”.",
                word=one.word,
                name=value_name(one.facet, one.slug, self._session.tag_name),
            )
            for one in said.meanings
        )
        return " ".join((*map(told_of, said.wrong), *map(repeated, said.doubts), *meanings))

    def _on_edited(self, text: str) -> None:
        self._clear.setVisible(bool(text))
        self._key.setVisible(not text)
        self._timer.start()
        self.completions.look_up(text, text.rsplit(" ", 1)[-1].lstrip("-"))

    def _on_completed(self, name: str) -> None:
        before, space, last = self.text().rpartition(" ")
        minus = "-" if last.startswith("-") else ""
        quoted = f'"{name}"' if " " in name else name
        self.setText(f"{before}{space}{minus}{quoted} ")
        self.ask_now()

    def _on_query_changed(self, query: Query) -> None:
        if self.hasFocus() and (self._timer.isActive() or self._means(query)):
            return
        self._show(query)
        self.setCursorPosition(0)
        self._clear.setVisible(bool(self.text()))
        self._key.setVisible(not self.text())

    def _means(self, query: Query) -> bool:
        try:
            return self._session.parse(self.text()) == query
        except QueryProblem:
            return False

    def _on_clear(self) -> None:
        self.clear()
        self.ask_now()

    def _say_wrong(self, wrong: bool) -> None:
        if bool(self.property("wrong")) != wrong:
            self.setProperty("wrong", wrong)
            self.style().unpolish(self)
            self.style().polish(self)

    def _paint_icons(self) -> None:
        self._sign.setPixmap(self._theme.icon("magnifying-glass").pixmap(QSize(16, 16)))
        self._clear.setIcon(self._theme.icon("x"))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter asks at once and goes to the photos; Esc goes back to them."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._on_entered()
            event.accept()
        elif event.key() == Qt.Key.Key_Escape:
            self._timer.stop()
            self._show(self._browsing.query)
            self.clearFocus()
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def _on_entered(self) -> None:
        self.completions.hide()
        self.ask_now()
        if not self.property("wrong"):
            self.clearFocus()
            self.left.emit()

    def _show(self, query: Query) -> None:
        text = print_query(query)
        self.setText(text)
        self._say_wrong(False)
        self.remarked.emit(self._remarks(read_query(text, self._session.taxonomy)))

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The whole text is taken, so that typing begins anew."""
        super().focusInEvent(event)
        if event.reason() is Qt.FocusReason.ShortcutFocusReason:
            self.selectAll()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the magnifier at the left and the key at the right."""
        super().resizeEvent(event)
        middle = self.height() // 2
        self._sign.adjustSize()
        self._sign.move(10, middle - self._sign.height() // 2)
        self._key.adjustSize()
        self._key.move(self.width() - self._key.width() - 9, middle - self._key.height() // 2)
        self._clear.setFixedSize(24, 24)
        self._clear.move(self.width() - 28, middle - 12)

    def changeEvent(self, event: QEvent) -> None:
        """The style sheet may have changed how large the key is."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.StyleChange and hasattr(self, "_key"):
            self._key.adjustSize()
