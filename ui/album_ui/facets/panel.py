"""The sidebar: places of the library, then every facet that has values, then albums."""

from collections.abc import Mapping, Sequence
from typing import Final

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from album.domain.colours import COLOURS
from album.domain.query import FacetTerm, Query
from album.domain.query_text import print_query
from album.domain.tag import Facet
from album.errors import QueryProblem
from album.session import Change, ChangeKind, LibrarySession
from album.storage.albums import SavedAlbum
from album.storage.facets import TAG_FACETS, FacetCount
from album.storage.problems import Problem
from album_ui import words
from album_ui.bridge import Bridge
from album_ui.facets.items import Item, Kind, Section, place
from album_ui.facets.model import SidebarModel
from album_ui.facets.view import SidebarView
from album_ui.search import choices
from album_ui.search.browsing import Browsing, Counts
from album_ui.theme import Theme
from album_ui.words import mark, tr

TITLES: Final = {
    Facet.SCENE: mark("Scene"),
    Facet.EVENT: mark("Event"),
    Facet.THING: mark("Thing"),
    Facet.STYLE: mark("Style"),
    Facet.KEYWORD: mark("Keyword"),
    Facet.COLOUR: mark("Colour"),
    Facet.CAMERA: mark("Camera"),
    Facet.YEAR: mark("Year"),
    Facet.FOLDER: mark("Folder"),
}
"""The facets of the sidebar in their order."""

FAVOURITES: Final = Query((FacetTerm(Facet.FLAG, ("favourite",)),))
VIDEOS: Final = Query((FacetTerm(Facet.KIND, ("video",)),))

_PLACES: Final = {
    "all": (mark("All photos"), "image", Query()),
    "favourites": (mark("Favourites"), "heart", FAVOURITES),
    "videos": (mark("Videos"), "video-camera", VIDEOS),
}
_PAGES: Final = {
    "review": (mark("To review"), "check-square"),
    "problems": (mark("Problems"), "warning"),
}
"""Places that are pages of their own."""
_ALBUMS: Final = "albums"


class FacetPanel(QWidget):
    """Everything to browse by, with the counts of this moment.

    Signals:
        problems_wanted(): the user wants to see what went wrong.
        review_wanted(): the user wants to decide suggestions.
        library_wanted(): the user chose photos; the library should come up.
    """

    problems_wanted = Signal()
    review_wanted = Signal()
    library_wanted = Signal()

    def __init__(
        self,
        session: LibrarySession,
        bridge: Bridge,
        browsing: Browsing,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._bridge, self._browsing = session, bridge, browsing
        self._albums: dict[str, SavedAlbum] = {}
        self._albums_folded = False
        self._sought = ""
        self._page_place = ""
        self._totals: dict[str, int | None] = {}
        self._chosen: Query | None = None
        self._counted: Query | None = None
        self._sections = {
            facet: Section(facet, tr(title), self._named) for facet, title in TITLES.items()
        }
        self._model = SidebarModel()
        self.view = SidebarView(self._model, theme, self)
        self.setFocusProxy(self.view)
        self.setAccessibleName(tr("Browse by"))
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 1, 0)
        whole.addWidget(self.view)
        self._connect()
        self._on_query_changed(browsing.query)
        self._fetch_albums()
        self._fetch_problems()

    @property
    def items(self) -> Sequence[Item]:
        """The lines that are shown, from the top."""
        return self._model.items

    @property
    def albums(self) -> list[Item]:
        """The lines of the saved searches, by name."""
        return [one for one in self.items if one.key in self._albums]

    def values(self, facet: Facet) -> list[Item]:
        """The lines of a facet's values."""
        return [one for one in self.items if one.value and one.facet is facet]

    def place(self, name: str) -> Item:
        """The line of a place: `all`, `favourites`, `videos`, `review`, `problems`."""
        return next(one for one in self.items if one.key == name)

    def show_page_place(self, place: str) -> None:
        """Which place is a page of its own that the window shows: `review`, `problems`, or none."""
        self._page_place = place if place in _PAGES else ""
        self._show()

    def reveal_album(self, album: SavedAlbum) -> None:
        """Bring the line of a saved search into sight, as soon as it is there."""
        self._sought = _album_key(album)
        self._albums_folded = False
        self._show()
        self._reveal()

    def _connect(self) -> None:
        self.view.activated_item.connect(self._on_activated)
        self.view.excluded.connect(lambda one: self._choose(choices.excluding, one))
        self.view.only.connect(lambda one: self._choose(choices.only, one))
        self.view.context_wanted.connect(self._offer)
        self.view.typed.connect(self._on_typed)
        self._browsing.query_changed.connect(self._on_query_changed)
        self._browsing.counts_changed.connect(self._on_counts_changed)
        self._browsing.library_changed.connect(self._on_library_changed)
        self._bridge.changed.connect(self._on_changed)

    # What is shown

    def _show(self) -> None:
        items = self._places()
        for section in self._sections.values():
            items += section.items()
        self._model.show(items + self._album_items())

    def _places(self) -> list[Item]:
        query, shown = self._browsing.query, self._page_place
        return [
            place(key, tr(text), icon, self._totals.get(key), marked=query == wanted and not shown)
            for key, (text, icon, wanted) in _PLACES.items()
        ] + [
            place(key, tr(text), icon, self._totals.get(key), marked=key == shown)
            for key, (text, icon) in _PAGES.items()
        ]

    def _album_items(self) -> list[Item]:
        if not self._albums:
            return []
        heading = Item(Kind.HEADING, _ALBUMS, tr("Albums"), folded=self._albums_folded)
        if self._albums_folded:
            return [heading]
        asked = print_query(self._browsing.query)
        return [heading] + [
            place(key, one.name, "book-bookmark", marked=one.query == asked)
            for key, one in self._albums.items()
        ]

    def _named(self, facet: Facet, one: FacetCount) -> str:
        if facet is Facet.COLOUR:
            return COLOURS.name(one.slug, words.language())
        if facet in TAG_FACETS and one.slug in self._session.taxonomy:
            return self._session.taxonomy.name(one.slug, words.language())
        return one.name

    def _on_query_changed(self, query: Query) -> None:
        if query != self._chosen:
            self._chosen = None
        for section in self._sections.values():
            section.take_query(query)
        if not self._browsing.is_answered:  # else all is shown with the counts
            self._show()

    def _on_counts_changed(self, counts: Counts) -> None:
        """What is chosen here, or counted anew under the pointer, leaves all in its place."""
        query = self._browsing.query
        refreshed = query == self._counted and self.view.underMouse()
        keep = refreshed or query == self._chosen
        for facet, section in self._sections.items():
            section.take_counts(counts.get(facet, ()), query, keep_order=keep)
        self._counted = query
        self._show()

    def _on_library_changed(self, counts: Counts) -> None:
        self._totals |= {
            "all": sum(one.count for one in counts.get(Facet.YEAR, ())) or None,
            "favourites": _count(counts, Facet.FLAG, "favourite"),
            "videos": _count(counts, Facet.KIND, "video"),
            "review": _count(counts, Facet.FLAG, "review"),
        }
        self._show()

    def _on_changed(self, change: Change) -> None:
        if change.kind is ChangeKind.ALBUMS:
            self._fetch_albums()
        elif change.kind is ChangeKind.PROBLEMS:
            self._fetch_problems()

    def _fetch_problems(self) -> None:
        self._bridge.call(
            self._session.problems(), self._on_problems, owner=self, latest="problems"
        )

    def _on_problems(self, problems: Sequence[Problem]) -> None:
        self._totals["problems"] = len(problems) or None
        self._show()

    def _fetch_albums(self) -> None:
        self._bridge.call(self._session.albums(), self._on_albums, owner=self, latest="albums")

    def _on_albums(self, albums: Sequence[SavedAlbum]) -> None:
        self._albums = {_album_key(one): one for one in albums}
        self._show()
        self._reveal()

    def _reveal(self) -> None:
        if self._sought in self._albums:
            self.view.go_to(self._sought)
            self.view.scrollTo(self.view.currentIndex())
            self._sought = ""

    # What the user does

    def _on_activated(self, item: Item) -> None:
        if item.value:
            self._choose(choices.toggled, item)
        elif item.kind is Kind.HEADING:
            self._fold(item)
        elif item.kind is Kind.MORE and item.facet is not None:
            self._open_or_close(self._sections[item.facet])
        elif item.key in self._albums:
            self._open_album(self._albums[item.key])
        elif item.key in _PLACES:
            self._go(_PLACES[item.key][2])
        elif item.key == "review":
            self.review_wanted.emit()
        else:
            self.problems_wanted.emit()

    def _choose(self, change: choices.Change, item: Item) -> None:
        if item.facet is None or not item.value:
            return
        self._chosen = change(self._browsing.query, item.facet, item.value)
        self._go(self._chosen)

    def _go(self, query: Query) -> None:
        self._browsing.ask(query)
        self.library_wanted.emit()

    def _fold(self, item: Item) -> None:
        if item.facet is None:
            self._albums_folded = not self._albums_folded
        else:
            self._sections[item.facet].fold()
        self._show()

    def _open_or_close(self, section: Section) -> None:
        field = self.view.field(section.facet)
        field.setPlaceholderText(tr("Find in {section}", section=section.title))
        field.setAccessibleName(field.placeholderText())
        field.clear()
        section.show_more()
        self._show()
        if section.open:
            self.view.go_to(section.facet)
            field.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_typed(self, facet: Facet, text: str) -> None:
        self._sections[facet].wanted = text
        self._show()

    def _open_album(self, album: SavedAlbum) -> None:
        try:
            self._go(self._session.parse(album.query))
        except QueryProblem as problem:
            self._session.notices.tell_problem(problem)

    def _offer(self, item: Item, at: QPoint) -> None:
        album = self._albums.get(item.key)
        if album is None:
            return
        menu = QMenu(self)
        menu.addAction(tr("Remove album"), lambda: self._remove(album))
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(at)

    def _remove(self, album: SavedAlbum) -> None:
        self._bridge.call(self._session.remove_album(album.id), lambda _: None, owner=self)


def _album_key(album: SavedAlbum) -> str:
    return f"album:{album.id}"


def _count(counts: Mapping[Facet, Sequence[FacetCount]], facet: Facet, slug: str) -> int | None:
    return next((one.count or None for one in counts.get(facet, ()) if one.slug == slug), None)
