"""The indexes in memory behind every page and count: loaded when first needed, kept up to date."""

import sqlite3
import threading
from collections.abc import Collection

from album.domain.photo import PhotoId
from album.domain.query import Query, Sort
from album.domain.tag import Facet
from album.domain.taxonomy import Taxonomy
from album.storage.columns import PhotoColumns
from album.storage.database import Database
from album.storage.facets import FacetCount, FacetIndex
from album.storage.search import Browser, Page


class Browsing:
    """Answers about the library as it stands; all methods with a connection run on read threads."""

    def __init__(self, database: Database, taxonomy: Taxonomy) -> None:
        self._database = database
        self._browser = Browser(FacetIndex(taxonomy), PhotoColumns(), taxonomy)
        self._lock = threading.Lock()
        self._loaded = False

    def find(self, connection: sqlite3.Connection, query: Query, sort: Sort) -> Page:
        """The photos that match, in order."""
        return self._ready(connection).find(connection, query, sort)

    def counts(self, connection: sqlite3.Connection, query: Query) -> dict[Facet, list[FacetCount]]:
        """The values of all facets with their counts."""
        return self._ready(connection).counts(connection, query)

    def suggest(self, text: str, most: int) -> list[str]:
        """Nearest names of tags in use."""
        return self._browser.suggest(text, most) if self._loaded else []

    def refresh(self, ids: Collection[PhotoId] | None) -> None:
        """Take in what has changed; None: anything may have. Waits; nothing to do until loaded."""
        if self._loaded:
            self._database.query(lambda connection: self.update(connection, ids))

    def update(self, connection: sqlite3.Connection, ids: Collection[PhotoId] | None) -> None:
        """The same, on a read thread."""
        if not self._loaded:
            return
        if ids is None:
            self._browser.load(connection)
        else:
            self._browser.update(connection, ids)

    def load(self, connection: sqlite3.Connection) -> None:
        """Load now, so that the first page need not wait."""
        self._ready(connection)

    def _ready(self, connection: sqlite3.Connection) -> Browser:
        with self._lock:
            if not self._loaded:
                self._browser.load(connection)
                self._loaded = True
        return self._browser
