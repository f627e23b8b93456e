"""The sidebar: places of the library, then every facet that has values, then albums."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Final

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QMenu, QScrollArea, QVBoxLayout, QWidget

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
from album_ui.facets.row import PlaceRow, SidebarRow
from album_ui.facets.section import FacetSection, SectionHeader
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

_PAGES: Final = ("review", "problems")
"""Places that are pages of their own."""


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
        self._session, self._bridge = session, bridge
        self._browsing, self._theme = browsing, theme
        self._albums: list[PlaceRow] = []
        self._page_place = ""
        self.places = self._make_places()
        self._sections = {
            facet: FacetSection(facet, tr(title), self._named, theme)
            for facet, title in TITLES.items()
        }
        self._album_header = SectionHeader(tr("Albums"), theme)
        self._album_list = QWidget()
        self._lay_out()
        self._connect()
        self._on_query_changed(browsing.query)
        self._fetch_albums()
        self._fetch_problems()

    @property
    def albums(self) -> list[PlaceRow]:
        """The saved searches, by name."""
        return self._albums

    def section(self, facet: Facet) -> FacetSection:
        """The part of one facet."""
        return self._sections[facet]

    def show_page_place(self, place: str) -> None:
        """Which place is a page of its own that the window shows: `review`, `problems`, or none."""
        self._page_place = place if place in _PAGES else ""
        self._on_query_changed(self._browsing.query)

    def _make_places(self) -> dict[str, PlaceRow]:
        made = {
            "all": (tr("All photos"), "image", lambda: self._go(Query())),
            "favourites": (tr("Favourites"), "heart", lambda: self._go(FAVOURITES)),
            "videos": (tr("Videos"), "video-camera", lambda: self._go(VIDEOS)),
            "review": (tr("To review"), "check-square", self.review_wanted.emit),
            "problems": (tr("Problems"), "warning", self.problems_wanted.emit),
        }
        places: dict[str, PlaceRow] = {}
        for name, (text, icon, slot) in made.items():
            places[name] = self._place(text, icon, slot)
        return places

    def _place(self, text: str, icon: str, slot: Callable[[], object]) -> PlaceRow:
        row = PlaceRow(text, icon, self._theme)
        row.clicked.connect(lambda: slot())
        row.moved.connect(lambda way: self._on_moved(row, way))
        return row

    def _lay_out(self) -> None:
        inside = QWidget()
        inside.setObjectName("scrolled")
        column = QVBoxLayout(inside)
        column.setContentsMargins(8, 12, 0, 16)
        column.setSpacing(0)
        for row in self.places.values():
            column.addWidget(row)
        for section in self._sections.values():
            column.addWidget(section)
        albums = QVBoxLayout(self._album_list)
        albums.setContentsMargins(0, 0, 0, 0)
        albums.setSpacing(0)
        column.addWidget(self._album_header)
        column.addWidget(self._album_list)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidget(inside)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.verticalScrollBar().rangeChanged.connect(self._on_range_changed)
        self._scroll = scroll
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 1, 0)
        whole.addWidget(scroll)
        self.setAccessibleName(tr("Browse by"))

    def _on_range_changed(self, lowest: int, highest: int) -> None:
        """The bar keeps its room, so that nothing jumps, and shows only where it can be moved."""
        bar = self._scroll.verticalScrollBar()
        idle = lowest == highest
        if bar.property("idle") != idle:
            bar.setProperty("idle", idle)
            bar.style().unpolish(bar)
            bar.style().polish(bar)

    def _connect(self) -> None:
        for section in self._sections.values():
            section.query_wanted.connect(self._go)
            section.moved_from.connect(self._on_moved)
        self._album_header.folded.connect(self._album_list.setHidden)
        self._browsing.query_changed.connect(self._on_query_changed)
        self._browsing.counts_changed.connect(self._on_counts_changed)
        self._browsing.library_changed.connect(self._on_library_changed)
        self._bridge.changed.connect(self._on_changed)

    def _named(self, facet: Facet, one: FacetCount) -> str:
        if facet in TAG_FACETS or facet is Facet.COLOUR:
            known = self._session.taxonomy.get(one.slug)
            if known is not None:
                return self._session.taxonomy.name(one.slug, words.language())
        return one.name

    def _go(self, query: Query) -> None:
        self._browsing.ask(query)
        self.library_wanted.emit()

    def _on_query_changed(self, query: Query) -> None:
        marks = {"all": Query(), "favourites": FAVOURITES, "videos": VIDEOS}
        for name, place in marks.items():
            self.places[name].setChecked(query == place and not self._page_place)
        for name in _PAGES:
            self.places[name].setChecked(name == self._page_place)
        for row in self._albums:
            row.setChecked(row.property("query") == print_query(query))
        for section in self._sections.values():
            section.show_query(query)

    def _on_counts_changed(self, counts: Counts) -> None:
        for facet, section in self._sections.items():
            section.show_counts(counts.get(facet, ()), self._browsing.query)

    def _on_library_changed(self, counts: Counts) -> None:
        self.places["all"].set_count(sum(one.count for one in counts.get(Facet.YEAR, ())) or None)
        self.places["favourites"].set_count(_count(counts, Facet.FLAG, "favourite"))
        self.places["videos"].set_count(_count(counts, Facet.KIND, "video"))
        self.places["review"].set_count(_count(counts, Facet.FLAG, "review"))

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
        self.places["problems"].set_count(len(problems) or None)

    def _fetch_albums(self) -> None:
        self._bridge.call(self._session.albums(), self._on_albums, owner=self, latest="albums")

    def _on_albums(self, albums: Sequence[SavedAlbum]) -> None:
        layout = self._album_list.layout()
        for row in self._albums:
            row.hide()
            row.deleteLater()
        self._albums = []
        for album in albums:
            row = self._place(album.name, "book-bookmark", partial(self._open, album))
            row.setProperty("query", album.query)
            row.context_wanted.connect(partial(self._offer, album))
            self._albums.append(row)
            if layout is not None:
                layout.addWidget(row)
        self._album_header.setVisible(bool(albums))
        self._on_query_changed(self._browsing.query)

    def _open(self, album: SavedAlbum) -> None:
        try:
            self._go(self._session.parse(album.query))
        except QueryProblem as problem:
            self._session.notices.tell_problem(problem)

    def _offer(self, album: SavedAlbum, at: QPoint) -> None:
        menu = QMenu(self)
        menu.addAction(tr("Remove album"), lambda: self._remove(album))
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(at)

    def _remove(self, album: SavedAlbum) -> None:
        self._bridge.call(self._session.remove_album(album.id), lambda _: None, owner=self)

    def _on_moved(self, row: SidebarRow, way: int) -> None:
        rows: list[SidebarRow] = [*self.places.values()]
        for section in self._sections.values():
            if section.isVisibleTo(self):
                rows.extend(section.rows)
        rows.extend(self._albums)
        if row in rows:
            target = rows[min(max(0, rows.index(row) + way), len(rows) - 1)]
            target.setFocus(Qt.FocusReason.TabFocusReason)
            self._scroll.ensureWidgetVisible(target, 0, 40)


def _count(counts: Mapping[Facet, Sequence[FacetCount]], facet: Facet, slug: str) -> int | None:
    return next((one.count or None for one in counts.get(facet, ()) if one.slug == slug), None)
