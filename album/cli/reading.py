"""The library for a question: one read-only connection, nothing started, so it answers at once."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from album.cli.library import DATABASE, existing_library, photo_of
from album.cli.options import Common
from album.domain.photo import PhotoId
from album.domain.query import Query, Sort
from album.domain.query_text import Understood, read_query
from album.domain.tag import Facet
from album.domain.taxonomy import Taxonomy
from album.storage.columns import PhotoColumns
from album.storage.connections import connect_readonly
from album.storage.database import Database
from album.storage.facets import FacetCount, FacetIndex
from album.storage.failures import explained
from album.storage.rows import PhotoDetails, photo_details
from album.storage.schema import APPLICATION_ID, VERSION
from album.storage.search import Browser, Page
from album.taxonomies import built_in_taxonomy


@dataclass(frozen=True, slots=True)
class Reading:
    """The library as it stood when it was opened.

    Looking writes nothing: a library on a read-only disk, or of somebody else, can be read.
    """

    path: Path
    connection: sqlite3.Connection
    taxonomy: Taxonomy

    def browser(self) -> Browser:
        """Everything that is searched and counted, loaded."""
        browser = Browser(FacetIndex(self.taxonomy), PhotoColumns(), self.taxonomy)
        browser.load(self.connection)
        return browser

    def read(self, text: str) -> Understood:
        """The query that this text means, and what is to be said about it; QueryProblem."""
        return read_query(text, self.taxonomy)

    def find(self, browser: Browser, query: Query, sort: Sort = Sort.NEWEST) -> Page:
        """The photos that match."""
        return browser.find(self.connection, query, sort)

    def counts(self, browser: Browser, query: Query) -> dict[Facet, list[FacetCount]]:
        """All values of all facets with their counts, but those that the query leaves out."""
        found = browser.counts(self.connection, query)
        return {facet: [one for one in found[facet] if not one.excluded] for facet in found}

    def photo_at(self, file: Path) -> PhotoId | None:
        """The photo that lies at this path, as written or with its links resolved."""
        return photo_of(self.connection, file)

    def details(self, photo_id: PhotoId) -> PhotoDetails:
        """All that is known of a photo that is there."""
        found = photo_details(self.connection, photo_id)
        if found is None:
            raise LookupError(f"photo {photo_id} is gone")
        return found


@contextmanager
def reading(common: Common) -> Iterator[Reading]:
    """The library that the user means, as it stands now; it may be in use meanwhile."""
    path = existing_library(common) / DATABASE
    try:
        if not _is_current(path):
            Database(path).open().close()
        with closing(connect_readonly(path)) as connection:
            connection.execute("BEGIN")
            yield Reading(path, connection, built_in_taxonomy())
    except sqlite3.Error as error:
        raise explained(error, path) or error from error


def _is_current(path: Path) -> bool:
    """Whether it can be read as it is; if not, opening it for good migrates it or says why not."""
    try:
        with closing(connect_readonly(path)) as connection:
            (version,) = connection.execute("PRAGMA user_version").fetchone()
            (application,) = connection.execute("PRAGMA application_id").fetchone()
    except sqlite3.Error:
        return False
    return (version, application) == (VERSION, APPLICATION_ID)
