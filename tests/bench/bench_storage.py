"""How fast the library answers a click at 100k and 1M photos, loads, and takes new rows.

The targets leave most of a click's budget (docs/adr/0020-facet-index.md) to the window.
"""

import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from hashlib import blake2b
from pathlib import Path
from statistics import quantiles

from album.domain.photo import Examination, Fingerprint, MediaKind, Metadata, PhotoId
from album.domain.query import Query, Sort
from album.domain.query_text import parse_query
from album.storage.columns import PhotoColumns
from album.storage.database import Database
from album.storage.facets import FacetIndex
from album.storage.folders import add_folder
from album.storage.jobs import enqueue
from album.storage.photos import ExaminedFile, store_examined
from album.storage.search import Browser
from album.testing.figures import Figure, report
from album.testing.libraries import synthetic_library, synthetic_taxonomy

ROUNDS = 40
WRITTEN = 20_000
BATCH = 200
QUERIES = (
    "",
    "scene:tag-0",
    "scene:tag-0,tag-4 event:tag-1",
    "-scene:tag-0 kind:photo",
    "rating:3..5 2012..2020",
)
COUNTS_MS = {100_000: 5.0, 1_000_000: 25.0}
FIND_MS = {100_000: 5.0, 1_000_000: 20.0}
FIRST_PAGE_S = {100_000: 0.5, 1_000_000: 1.5}
STORE_MS = 0.15
"""A file's share of the import rate (1,200 files a second, overall)."""


def p95_ms(call: Callable[[], object]) -> float:
    """95th percentile of a call's time in ms; the first call is not counted."""
    call()
    taken: list[float] = []
    for _ in range(ROUNDS):
        start_s = time.perf_counter()
        call()
        taken.append((time.perf_counter() - start_s) * 1e3)
    return quantiles(taken, n=20)[-1]


def browsing(directory: Path, photos: int) -> list[Figure]:
    """A library of this size: loading, counting, finding, updating."""
    taxonomy = synthetic_taxonomy()
    path = directory / f"{photos}" / "library.db"
    synthetic_library(path, photos)
    size = f"{photos // 1000}k photos"
    with Database(path) as database:
        browser = Browser(FacetIndex(taxonomy), PhotoColumns(), taxonomy)
        queries = [parse_query(text, taxonomy) for text in QUERIES]

        def counts(query: Query) -> object:
            return database.query(lambda connection: browser.counts(connection, query))

        def find(query: Query, sort: Sort) -> object:
            return database.query(lambda connection: browser.find(connection, query, sort))

        start_s = time.perf_counter()
        find(Query(), Sort.NEWEST)
        first_page_s = time.perf_counter() - start_s
        counts(Query())
        loaded_s = time.perf_counter() - start_s
        slowest_counts = max(p95_ms(lambda query=query: counts(query)) for query in queries)  # type: ignore[misc]
        slowest_find = max(
            p95_ms(lambda query=query, sort=sort: find(query, sort))  # type: ignore[misc]
            for query in queries
            for sort in (Sort.NEWEST, Sort.QUALITY)
        )
        changed = [PhotoId(number) for number in range(1, BATCH + 1)]
        updated = p95_ms(lambda: database.query(lambda c: browser.update(c, changed)))
    return [
        Figure(f"all facet counts, p95, {size}", slowest_counts, "ms", COUNTS_MS[photos]),
        Figure(f"page of a query, p95, {size}", slowest_find, "ms", FIND_MS[photos]),
        Figure(f"first page after opening, {size}", first_page_s, "s", FIRST_PAGE_S[photos]),
        Figure(f"first page and counts after opening, {size}", loaded_s, "s"),
        Figure(f"index after {BATCH} photos changed, p95, {size}", updated, "ms"),
    ]


def writing(directory: Path) -> list[Figure]:
    """New files with metadata and keywords, in batches, as the importer writes them."""
    taxonomy = synthetic_taxonomy()
    files = [
        ExaminedFile(
            Path(f"holiday/IMG_{number}.jpg"),
            3_000_000,
            1_700_000_000_000_000_000 + number,
            number,
            Examination(
                Fingerprint("jpeg1", blake2b(b"%d" % number, digest_size=16).digest()),
                MediaKind.PHOTO,
                "jpeg",
                Metadata(width=4000, height=3000, camera="Pixel 8", keywords=("tag 1", "grandma")),
            ),
        )
        for number in range(WRITTEN)
    ]
    with Database(directory / "written" / "library.db") as database:
        folder = database.write(lambda db: add_folder(db, Path("/photos"))).result()
        start_s = time.perf_counter()
        for first in range(0, WRITTEN, BATCH):
            some = files[first : first + BATCH]
            database.write(
                lambda db, some=some: enqueue(  # type: ignore[misc]
                    db, store_examined(db, folder.id, some, taxonomy), "tagger@1"
                )
            ).result()
        each_ms = (time.perf_counter() - start_s) / WRITTEN * 1e3
    return [Figure("a new file written, with keywords, text and job", each_ms, "ms", STORE_MS)]


def main() -> None:
    """Measure everything; libraries of a million photos take a minute to make."""
    sizes = [100_000] if "--quick" in sys.argv[1:] else [100_000, 1_000_000]
    with tempfile.TemporaryDirectory() as name:
        figures = writing(Path(name))
        for photos in sizes:
            figures += browsing(Path(name), photos)
    if os.name == "posix":
        peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        figures.append(Figure("peak memory of all of this", peak_mib, "MiB"))
    report(figures)


if __name__ == "__main__":
    main()
