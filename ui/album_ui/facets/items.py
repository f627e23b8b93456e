"""What stands in the sidebar, line by line, as values; no widget."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from album.domain.query import FacetTerm, Query, Term
from album.domain.tag import Facet
from album.storage.facets import FacetCount
from album_ui import words
from album_ui.palette import SWATCHES
from album_ui.search import choices
from album_ui.words import count as counted
from album_ui.words import tr

LARGEST: Final = 6
MOST_SHOWN: Final = 300
"""Values that «Show more» opens at most; the filter field finds the others."""

Naming = Callable[[Facet, FacetCount], str]


class Kind(Enum):
    """What a line of the sidebar is."""

    PLACE = auto()
    HEADING = auto()
    FIELD = auto()
    VALUE = auto()
    SWATCH = auto()
    MORE = auto()


class Choice(Enum):
    """What the query says of a value."""

    NONE = auto()
    CHOSEN = auto()
    EXCLUDED = auto()


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the sidebar (colours: one disc).

    Attributes:
        kind: what it is.
        key: names it as long as the sidebar lives.
        text: what it says.
        count: the number at the right, None for none.
        choice: what the query says of a value.
        marked: whether a place is the one that is shown.
        folded: whether a heading hides what is under it.
        facet, value: of a heading, a value, «Show more».
        icon: of a place.
    """

    kind: Kind
    key: str
    text: str
    count: int | None = None
    choice: Choice = Choice.NONE
    marked: bool = False
    folded: bool = False
    facet: Facet | None = None
    value: str = ""
    icon: str = ""

    @property
    def chosen(self) -> bool:
        """Whether it is among what is shown: a place that is, or a value that is asked for."""
        return self.marked or self.choice is Choice.CHOSEN


def place(key: str, text: str, icon: str, count: int | None = None, *, marked: bool) -> Item:
    """A place of the library, a page of its own, or an album."""
    return Item(Kind.PLACE, key, text, count, marked=marked, icon=icon)


def spoken(item: Item) -> str:
    """What a screen reader says of a line."""
    parts = [item.text]
    if item.count is not None:
        parts.append(counted("{n} photo", "{n} photos", item.count))
    if item.choice is Choice.CHOSEN:
        parts.append(tr("chosen"))
    if item.choice is Choice.EXCLUDED:
        return tr("{name}, left out", name=", ".join(parts))
    if item.kind is Kind.HEADING:
        parts.append(tr("folded") if item.folded else tr("unfolded"))
    return ", ".join(parts)


def hint(item: Item) -> str:
    """What the pointer is told over a line; empty for nothing."""
    if item.kind is Kind.SWATCH:
        number = "" if item.count is None else words.count("{n} photo", "{n} photos", item.count)
        return f"{item.text} · {number}" if number else item.text
    if item.kind is Kind.VALUE:
        return tr("Click: choose. Alt-click: leave out. Double click: only this.")
    return ""


class Section:
    """One facet of the sidebar: its largest values, the rest on demand.

    Args:
        facet: which.
        title: its heading.
        naming: how a value is called.
    """

    def __init__(self, facet: Facet, title: str, naming: Naming) -> None:
        self.facet = facet
        self.title = title
        self.folded = False
        self.open = False
        self.wanted = ""
        self._naming = naming
        self._by_count: Sequence[FacetCount] = ()
        self._counts: Sequence[FacetCount] = ()
        self._places: dict[str, None] = {}
        self._counted = Query()
        self._query = Query()
        self._said: tuple[Hashable, list[Item]] = ((), [])

    def take_counts(
        self, counts: Sequence[FacetCount], query: Query, *, keep_order: bool = False
    ) -> None:
        """These are the values under the query, the most frequent first.

        Where the order is kept, values stay in their places, and what is new follows them: nothing
        moves away from under the pointer.
        """
        self._by_count = counts
        if not keep_order:
            self._places = {}
        by_slug = {one.slug: one for one in counts}
        self._places |= dict.fromkeys(by_slug)
        self._counts = [by_slug[slug] for slug in self._places if slug in by_slug]
        self._counted, self._query = query, query
        self._said = ((), [])

    def fold(self) -> None:
        """Hide what is under the heading, or show it: the most frequent first."""
        self.folded = not self.folded
        self._sort()

    def show_more(self) -> None:
        """Show all values, or the largest alone: the most frequent first."""
        self.open = not self.open
        self._sort()

    def _sort(self) -> None:
        self._places = dict.fromkeys(one.slug for one in self._by_count)
        self._counts = self._by_count
        self._said = ((), [])

    def take_query(self, query: Query) -> None:
        """This is asked; the counts follow."""
        if self._own(query) != self._own(self._query):
            self._said = ((), [])
        self._query = query

    def items(self) -> list[Item]:
        """The lines from the top; none when the facet has no value."""
        state = (self.folded, self.open, self.wanted)
        if self._said[0] != state:
            self._said = (state, self._items())
        return self._said[1]

    def _items(self) -> list[Item]:
        if not self._counts:
            return []
        heading = Item(Kind.HEADING, self.facet, self.title, folded=self.folded, facet=self.facet)
        if self.folded:
            return [heading]
        field = Item(Kind.FIELD, f"{self.facet}/field", "", facet=self.facet)
        fields = [field] if self.open else []
        return [heading, *fields, *self.values(), *self._more()]

    def values(self) -> list[Item]:
        """The lines of its values."""
        if self.folded:
            return []
        kind = Kind.SWATCH if self.facet is Facet.COLOUR else Kind.VALUE
        return [
            Item(
                kind,
                f"{self.facet}:{one.slug}",
                self._naming(self.facet, one),
                one.count,
                choice,
                facet=self.facet,
                value=one.slug,
            )
            for one, choice in self._shown()
        ]

    def _own(self, query: Query) -> list[Term]:
        return [
            one for one in query.terms if isinstance(one, FacetTerm) and one.facet is self.facet
        ]

    def _shown(self) -> list[tuple[FacetCount, Choice]]:
        picked = self._picked()
        if self.facet is Facet.COLOUR:
            places = {name: place for place, name in enumerate(SWATCHES)}
            shown = sorted(self._counts, key=lambda one: places.get(one.slug, len(places)))
        elif not self.open:
            rest = [one for one in self._counts[LARGEST:] if one.slug in picked] if picked else []
            shown = [*self._counts[:LARGEST], *rest]
        else:
            wanted = self.wanted.strip().casefold()
            shown = [
                one
                for one in self._counts
                if one.slug in picked or wanted in self._naming(self.facet, one).casefold()
            ][:MOST_SHOWN]
        return [(one, picked.get(one.slug, Choice.NONE)) for one in shown]

    def _picked(self) -> dict[str, Choice]:
        """The values that the query asks for or leaves out.

        The counts know what typed words mean; until they are there the words themselves must do.
        """
        if self._counted == self._query:
            chosen = [one.slug for one in self._counts if one.chosen]
            excluded = [one.slug for one in self._counts if one.excluded]
        else:
            chosen = list(choices.chosen(self._query, self.facet))
            excluded = list(choices.excluded(self._query, self.facet))
        return dict.fromkeys(chosen, Choice.CHOSEN) | dict.fromkeys(excluded, Choice.EXCLUDED)

    def _more(self) -> list[Item]:
        hidden = len(self._counts) - LARGEST
        if hidden <= 0 or self.facet is Facet.COLOUR:
            return []
        text = counted("Show {n} more", "Show {n} more", hidden)
        text = tr("Show less") if self.open else text
        return [Item(Kind.MORE, f"{self.facet}/more", text, facet=self.facet)]
