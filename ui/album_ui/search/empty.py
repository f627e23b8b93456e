"""What stands where photos would be: what could be here, and what helps."""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from album.domain.query import Query, Sort, WordTerm, parts_of
from album.domain.tag import Facet
from album.session import LibrarySession
from album.storage.problems import Problem
from album.storage.search import Page
from album_ui import words
from album_ui.bridge import Bridge
from album_ui.labels import PlainLabel, plain_words
from album_ui.search import choices
from album_ui.search.chips import chip_words
from album_ui.search.choices import Chip
from album_ui.words import tr


class EmptyPage(QWidget):
    """Shown instead of the grid when a query has no photo.

    Signals:
        query_wanted(Query): one of its offers was taken.
        folder_wanted(): the library is empty; the user wants to add a folder.
    """

    query_wanted = Signal(object)
    folder_wanted = Signal()

    def __init__(
        self, session: LibrarySession, bridge: Bridge, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session, self._bridge = session, bridge
        self._query = Query()
        self._title = PlainLabel()
        self._title.setProperty("role", "title")
        self._text = PlainLabel()
        self._text.setProperty("role", "second")
        self._text.setWordWrap(True)
        self._offers = QVBoxLayout()
        self._offers.setSpacing(6)
        column = QVBoxLayout(self)
        column.setContentsMargins(40, 0, 40, 0)
        column.setSpacing(8)
        column.addStretch(2)
        for label in (self._title, self._text):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            column.addWidget(label)
        column.addSpacing(8)
        column.addLayout(self._offers)
        column.addStretch(3)

    def show_query(self, query: Query) -> None:
        """Say why there is nothing, and offer what would give something."""
        self._query = query
        self._clear()
        if not query.terms:
            self._title.setText(tr("No photos yet"))
            self._text.setText(tr("Drop a folder anywhere on this window, or choose one."))
            self._offer(tr("Choose a folder…"), self.folder_wanted.emit, main=True)
            self._bridge.call(
                self._session.problems(), self._on_problems, owner=self, latest="problems"
            )
            return
        title, text = _reason(query)
        self._title.setText(title)
        self._text.setText(text)
        self._say_what_nobody_has(query)
        self._offer_spellings(query)
        for chip in choices.chips(query) if len(choices.chips(query)) > 1 else []:
            self._try_without(query, chip)
        self._offer(tr("Show all photos"), lambda: self.query_wanted.emit(Query()))

    def _say_what_nobody_has(self, query: Query) -> None:
        """Name what is the reason by itself: the library holds no photo of it at all."""
        if choices.chosen(query, Facet.FLAG):
            return  # what is left to decide or to like may well be nothing
        nobody: dict[int, str] = {}

        def on_page(place: int, name: str, page: Page) -> None:
            if not page.total and query == self._query:
                nobody[place] = f"“{name}”"  # answers come in any order
                names = ", ".join(nobody[one] for one in sorted(nobody))
                self._text.setText(tr("No photo has {names}.", names=names))

        parts = zip(choices.chips(query), parts_of(query), strict=True)
        for place, (chip, part) in enumerate(parts):
            small, text = chip_words(query, chip, self._session.tag_name)
            name = text if chip.value is not None or not small else f"{small} {text}"
            name = name.strip("“”")
            found = self._session.browse(part, Sort.NEWEST)
            self._bridge.call(found, partial(on_page, place, name), owner=self)

    def _on_problems(self, problems: Sequence[Problem]) -> None:
        """There may be files, only none that could be read: that is no empty library."""
        if self._query.terms or not problems:
            return
        self._title.setText(tr("No photo could be read"))
        self._text.setText(
            words.count(
                "{n} file could not be read. Problems, in the sidebar, says why.",
                "{n} files could not be read. Problems, in the sidebar, says why.",
                len(problems),
            )
        )

    def _offer_spellings(self, query: Query) -> None:
        for place, term in enumerate(query.terms):
            if not isinstance(term, WordTerm) or term.negated:
                continue
            for name in self._session.suggest(term.text)[:1]:
                if name.casefold() == term.text.casefold():
                    continue
                terms = list(query.terms)
                terms[place] = WordTerm(name)
                other = Query(tuple(terms))
                text = tr("Did you mean “{word}”?", word=name)
                self._offer(text, partial(self.query_wanted.emit, other), main=True)

    def _try_without(self, query: Query, chip: Chip) -> None:
        rest = choices.without(query, chip)
        small, text = chip_words(query, chip, self._session.tag_name)
        name = f"{small} {text}".strip()

        def on_page(page: Page) -> None:
            if page.total and query == self._query:
                found = words.count("{n} photo", "{n} photos", page.total)
                offer = tr("Without {choice}: {photos}", choice=name, photos=found)
                self._offer(offer, lambda: self.query_wanted.emit(rest))

        self._bridge.call(self._session.browse(rest, Sort.NEWEST), on_page, owner=self)

    def _offer(self, text: str, slot: Callable[[], object], *, main: bool = False) -> None:
        button = QPushButton(plain_words(text))
        if main:
            button.setProperty("kind", "main")
        button.clicked.connect(lambda: slot())
        row = QHBoxLayout()
        row.addStretch()
        row.addWidget(button)
        row.addStretch()
        self._offers.addLayout(row)

    def _clear(self) -> None:
        while (item := self._offers.takeAt(0)) is not None:
            inner = item.layout()
            while inner is not None and (part := inner.takeAt(0)) is not None:
                widget = part.widget()
                if widget is not None:
                    widget.hide()
                    widget.deleteLater()


def _reason(query: Query) -> tuple[str, str]:
    flags: Sequence[str] = choices.chosen(query, Facet.FLAG)
    if flags == ("favourite",) and len(query.terms) == 1:
        return tr("No favourites yet"), tr("Press F on a photo, or click the heart at its corner.")
    if flags == ("review",) and len(query.terms) == 1:
        return tr("Nothing to review"), tr("Suggested tags appear here until you decide them.")
    return tr("No photo is like that"), tr("Nothing in the library fits all that is chosen.")
