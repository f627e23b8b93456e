"""What the window asks of the library: query, order, history, and the answers as they come."""

from collections.abc import Mapping, Sequence
from concurrent.futures import Future, wait
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from album.domain.query import FacetTerm, Query, Sort
from album.domain.tag import Facet
from album.errors import AlbumError
from album.session import Change, ChangeKind, LibrarySession
from album.storage.facets import FacetCount
from album.storage.search import Page
from album_ui.bridge import Bridge

REFRESH_MS = 250
"""While the library changes (indexing), the page is asked for again at most this often."""

PATIENCE_MS = 16
"""Answers that come so soon are shown in one frame with the question; later ones in their own."""

MOST_REMEMBERED = 100

Counts = Mapping[Facet, Sequence[FacetCount]]


class Browsing(QObject):
    """One query at a time; the newest answer wins, older ones are dropped.

    Signals:
        first_photos(Page): what the library begins with, while all of it is being read.
        query_changed(Query): something else is asked; the answers follow.
        page_changed(Page): the photos of the query, also when the library changed under it.
        counts_changed(Counts): every facet's values under the query.
        library_changed(Counts): every facet's values in the whole library.
        failed(AlbumError): the page could not be had.
    """

    first_photos = Signal(object)
    query_changed = Signal(object)
    page_changed = Signal(object)
    counts_changed = Signal(object)
    library_changed = Signal(object)
    failed = Signal(object)

    def __init__(
        self, session: LibrarySession, bridge: Bridge, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._bridge = bridge
        self._query = Query()
        self._sort = Sort.NEWEST
        self._back: list[Query] = []
        self._forward: list[Query] = []
        self._answered = False
        self._stale: set[ChangeKind] = set()
        self._timer = QTimer(self, singleShot=True, interval=REFRESH_MS)
        self._timer.timeout.connect(self._on_timeout)
        bridge.changed.connect(self._on_changed)

    @property
    def query(self) -> Query:
        """What is asked."""
        return self._query

    @property
    def sort(self) -> Sort:
        """In which order."""
        return self._sort

    @property
    def is_answered(self) -> bool:
        """Whether the answers to a query that is told just now come in the same frame with it."""
        return self._answered

    @property
    def can_go_back(self) -> bool:
        """Whether something was asked before this."""
        return bool(self._back)

    @property
    def can_go_forward(self) -> bool:
        """Whether the user went back from somewhere."""
        return bool(self._forward)

    def ask(self, query: Query) -> None:
        """Show this, and remember what was shown before."""
        if query == self._query:
            return
        self._back = [*self._back, self._query][-MOST_REMEMBERED:]
        self._forward.clear()
        self._go(query)

    def order(self, sort: Sort) -> None:
        """Show the same photos in another order."""
        if sort is not self._sort:
            self._sort = sort
            self._fetch_page()
            self.query_changed.emit(self._query)

    def back(self) -> None:
        """Show what was shown before."""
        if self._back:
            self._forward.append(self._query)
            self._go(self._back.pop())

    def forward(self) -> None:
        """Show again what `back` went away from."""
        if self._forward:
            self._back.append(self._query)
            self._go(self._forward.pop())

    def begin(self) -> None:
        """Ask for the first time: the first photos before all else."""
        future = self._session.first_page(self._sort)
        self._bridge.call(future, self._on_first, self._on_failed, self, latest="first")

    def refresh(self) -> None:
        """Ask again for all that is shown."""
        self._fetch_page()
        self._fetch_counts()
        self._fetch_library()

    def _go(self, query: Query) -> None:
        self._query = query
        answers: list[Future[Any]] = [self._fetch_page(), self._fetch_counts()]
        wait(answers, timeout=PATIENCE_MS / 1000)
        self._answered = all(one.done() and one.exception() is None for one in answers)
        self.query_changed.emit(query)
        self._answered = False

    def _fetch_page(self) -> Future[Page]:
        future = self._session.browse(self._query, self._sort)
        self._bridge.call(future, self._on_page, self._on_failed, self, latest="page")
        return future

    def _fetch_counts(self) -> Future[dict[Facet, list[FacetCount]]]:
        future = self._session.facet_counts(self._query)
        self._bridge.call(future, self._on_counts, self._on_failed, self, latest="counts")
        return future

    def _fetch_library(self) -> None:
        if not self._query.terms:
            return  # the query's own counts are the library's
        future = self._session.facet_counts(Query())
        done = self.library_changed.emit
        self._bridge.call(future, done, self._on_failed, self, latest="library")

    def _on_first(self, page: Page | None) -> None:
        if page is not None and not self._query.terms:
            self.first_photos.emit(page)
        self.refresh()

    def _on_page(self, page: Page) -> None:
        self.page_changed.emit(page)

    def _on_counts(self, counts: Counts) -> None:
        self.counts_changed.emit(counts)
        if not self._query.terms:
            self.library_changed.emit(counts)

    def _on_failed(self, problem: AlbumError) -> None:
        self.failed.emit(problem)

    def _on_changed(self, change: Change) -> None:
        if change.kind not in {ChangeKind.PHOTOS, ChangeKind.FACETS, ChangeKind.FOLDERS}:
            return
        self._stale.add(change.kind)
        if not self._timer.isActive():
            self._timer.start()

    def _on_timeout(self) -> None:
        stale, self._stale = self._stale, set()
        if stale != {ChangeKind.FACETS} or self._depends_on_tags():
            self._fetch_page()
        self._fetch_counts()
        self._fetch_library()

    def _depends_on_tags(self) -> bool:
        unchanging = {Facet.YEAR, Facet.CAMERA, Facet.FOLDER, Facet.KIND}
        return any(
            not isinstance(term, FacetTerm) or term.facet not in unchanging
            for term in self._query.terms
        )
