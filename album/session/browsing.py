"""The indexes in memory behind every page and count: loaded when first needed, kept up to date."""

import sqlite3
from collections.abc import Collection

from album.domain.photo import PhotoId
from album.domain.query import Query, Sort
from album.domain.tag import Facet
from album.domain.taxonomy import Taxonomy
from album.storage.columns import PhotoColumns
from album.storage.database import Database
from album.storage.facets import FacetCount, FacetIndex
from album.storage.firstpage import first_page
from album.storage.search import Browser, Page


class Browsing:
    """Answers about the library as it stands; all methods with a connection run on read threads."""

    def __init__(self, database: Database, taxonomy: Taxonomy) -> None:
        self._database = database
        self._browser = Browser(FacetIndex(taxonomy), PhotoColumns(), taxonomy)

    def first_page(self, connection: sqlite3.Connection, sort: Sort) -> Page | None:
        """The first photos of the library; None when all of it can be had as fast."""
        return None if self._browser.is_loaded else first_page(connection, sort)

    def find(self, connection: sqlite3.Connection, query: Query, sort: Sort) -> Page:
        """The photos that match, in order."""
        return self._browser.find(connection, query, sort)

    def counts(self, connection: sqlite3.Connection, query: Query) -> dict[Facet, list[FacetCount]]:
        """The values of all facets with their counts."""
        return self._browser.counts(connection, query)

    def suggest(self, text: str, most: int) -> list[str]:
        """Nearest names of tags in use."""
        return self._browser.suggest(text, most)

    def keyword(self, slug: str) -> str:
        """A keyword as it was written."""
        return self._browser.keyword(slug)

    def refresh(self, ids: Collection[PhotoId] | None) -> None:
        """Take in what has changed; None: anything may have. Waits."""
        self._database.query(lambda connection: self.update(connection, ids))

    def update(self, connection: sqlite3.Connection, ids: Collection[PhotoId] | None) -> None:
        """The same, on a read thread."""
        self._browser.update(connection, ids)
