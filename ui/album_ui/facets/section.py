"""One facet of the sidebar: its largest values, the rest on demand with a field to find one."""

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from album.domain.query import Query
from album.domain.tag import Facet
from album.storage.facets import FacetCount
from album_ui.facets.row import TEXT_PX, Choice, Swatch, ValueRow
from album_ui.flow import FlowLayout
from album_ui.palette import SWATCHES
from album_ui.search import choices
from album_ui.theme import Theme
from album_ui.words import count as counted
from album_ui.words import tr

LARGEST: Final = 6
MOST_SHOWN: Final = 300
"""Values that «Show more» opens at most; the filter field finds the others."""

SPARE: Final = 32
"""Rows out of sight that are kept: the next choice often shows them again."""

Naming = Callable[[Facet, FacetCount], str]


class SectionHeader(QWidget):
    """The heading of a section, with a caret that folds it."""

    folded = Signal(bool)

    def __init__(self, title: str, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._is_folded = False
        label = QLabel(title.upper())
        label.setProperty("role", "section")
        self._caret = QPushButton()
        self._caret.setProperty("kind", "link")
        self._caret.setIconSize(QSize(12, 12))
        self._caret.setAccessibleName(tr("Fold {section}", section=title))
        self._caret.clicked.connect(self._on_clicked)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 12, 6, 2)
        row.addWidget(label, 1)
        row.addWidget(self._caret)
        theme.changed.connect(self._paint_icon)
        self._paint_icon()

    def _on_clicked(self) -> None:
        self._is_folded = not self._is_folded
        self._paint_icon()
        self.folded.emit(self._is_folded)

    def _paint_icon(self) -> None:
        name = "caret-right" if self._is_folded else "caret-down"
        self._caret.setIcon(self._theme.icon(name, "third"))


class FacetSection(QWidget):
    """The values of one facet; rows stay and change in place.

    Signals:
        query_wanted(Query): the user changed the choice.
    """

    query_wanted = Signal(object)

    def __init__(
        self,
        facet: Facet,
        title: str,
        naming: Naming,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._facet = facet
        self._naming = naming
        self._theme = theme
        self._query = Query()
        self._counts: Sequence[FacetCount] = ()
        self._open = False
        self._rows: dict[str, ValueRow] = {}
        self._order: list[str] = []
        header = SectionHeader(title, theme)
        self._body = QWidget()
        self.filter = QLineEdit()
        self.more = QPushButton()
        self._lay_out(header, title)
        header.folded.connect(self._on_folded)

    @property
    def rows(self) -> list[ValueRow]:
        """The rows that are shown, from the top."""
        return [] if self._body.isHidden() else [self._rows[value] for value in self._order]

    def show_counts(self, counts: Sequence[FacetCount], query: Query) -> None:
        """Show these values, what the query says of them first of all."""
        self._counts, self._query = counts, query
        self._fill()

    def show_query(self, query: Query) -> None:
        """Show what the query says of these values; their counts follow."""
        facet, before = self._facet, self._query
        self._query = query
        if (choices.chosen(before, facet), choices.excluded(before, facet)) != (
            choices.chosen(query, facet),
            choices.excluded(query, facet),
        ):
            self._fill()

    def _lay_out(self, header: SectionHeader, title: str) -> None:
        self.filter.setPlaceholderText(tr("Find in {section}", section=title))
        self.filter.setAccessibleName(self.filter.placeholderText())
        self.filter.textChanged.connect(self._fill)
        self.filter.hide()
        self.more.setProperty("kind", "link")
        self.more.clicked.connect(self._on_more)
        self._list: QVBoxLayout | FlowLayout
        body = QVBoxLayout(self._body)
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(0)
        if self._facet is Facet.COLOUR:
            self._list = FlowLayout(across=0, down=1)
            self._list.setContentsMargins(4, 2, 4, 2)
        else:
            self._list = QVBoxLayout()
            self._list.setSpacing(0)
        body.addWidget(self.filter)
        body.addLayout(self._list)
        more = QHBoxLayout()
        more.setContentsMargins(TEXT_PX, 3, 0, 2)
        more.addWidget(self.more)
        more.addStretch()
        body.addLayout(more)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(header)
        column.addWidget(self._body)

    def _fill(self) -> None:
        counts = {one.slug: one for one in self._counts}
        chosen = choices.chosen(self._query, self._facet)
        excluded = choices.excluded(self._query, self._facet)
        asked = {
            one.slug: Choice.CHOSEN for one in self._counts if one.chosen or one.slug in chosen
        } | dict.fromkeys(excluded, Choice.EXCLUDED)
        for value in (*chosen, *excluded):
            if value not in counts and not any(one.chosen for one in self._counts):
                counts[value] = FacetCount(value, value, 0)
        for value in excluded:
            counts.setdefault(value, FacetCount(value, value, 0))
        shown = self._shown(counts, asked)
        self._arrange([one.slug for one in shown])
        for one in shown:
            choice = asked.get(one.slug, Choice.NONE)
            count = None if choice is Choice.EXCLUDED and not one.count else one.count
            self._rows[one.slug].show_value(self._naming(self._facet, one), count, choice)
        self._show_more(len(counts) - min(LARGEST, len(counts)))
        self.setVisible(bool(counts))

    def _shown(self, counts: dict[str, FacetCount], asked: dict[str, Choice]) -> list[FacetCount]:
        found = list(counts.values())
        if self._facet is Facet.COLOUR:
            places = {name: place for place, name in enumerate(SWATCHES)}
            return sorted(found, key=lambda one: places.get(one.slug, len(places)))
        if not self._open:
            return found[:LARGEST] + [one for one in found[LARGEST:] if one.slug in asked]
        wanted = self.filter.text().strip().casefold()
        return [
            one
            for one in found
            if one.slug in asked or wanted in self._naming(self._facet, one).casefold()
        ][:MOST_SHOWN]

    def _arrange(self, values: list[str]) -> None:
        if values == self._order:
            return
        for value in self._order:
            if value not in values:
                self._list.removeWidget(self._rows[value])
                self._rows[value].hide()
        kept = [value for value in self._order if value in values]
        if kept != values[: len(kept)] or isinstance(self._list, FlowLayout):
            for value in kept:
                self._list.removeWidget(self._rows[value])
            kept = []
        for value in values[len(kept) :]:
            known = value in self._rows
            row = self._rows[value] if known else self._rows.setdefault(value, self._make(value))
            self._list.addWidget(row)
            if known:
                row.show()
        self._order = values
        for value in [one for one in self._rows if one not in values][:-SPARE]:
            self._rows.pop(value).deleteLater()

    def _make(self, value: str) -> ValueRow:
        if self._facet is Facet.COLOUR:
            colour = QColor(SWATCHES.get(value, self._theme.palette.chip))
            row: ValueRow = Swatch(value, colour, self._theme)
        else:
            row = ValueRow(value, self._theme)
        row.toggled_by_user.connect(lambda: self._ask(choices.toggled, value))
        row.excluded_by_user.connect(lambda: self._ask(choices.excluding, value))
        row.only_by_user.connect(lambda: self._ask(choices.only, value))
        row.moved.connect(lambda way: self._move(row, way))
        return row

    def _ask(self, change: Callable[[Query, Facet, str], Query], value: str) -> None:
        self.query_wanted.emit(change(self._query, self._facet, value))

    def _move(self, row: ValueRow, way: int) -> None:
        """The panel knows the rows of all sections."""
        self.moved_from.emit(row, way)

    moved_from = Signal(object, int)

    def _show_more(self, hidden: int) -> None:
        if self._facet is Facet.COLOUR or hidden <= 0:
            self.more.hide()
            return
        more = counted("Show {n} more", "Show {n} more", hidden)
        self.more.setText(tr("Show less") if self._open else more)
        self.more.show()

    def _on_more(self) -> None:
        self._open = not self._open
        self.filter.clear()
        self.filter.setVisible(self._open)
        self._fill()
        if self._open:
            self.filter.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_folded(self, folded: bool) -> None:
        self._body.setVisible(not folded)
