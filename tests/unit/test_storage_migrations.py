"""Libraries of every version open, and are backed up before they change."""

import shutil
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from album.domain.query import Query
from album.domain.query_text import parse_query
from album.domain.tag import Facet, Tag, TagState
from album.domain.taxonomy import Taxonomy
from album.errors import LibraryTooNew
from album.storage.albums import albums
from album.storage.columns import PhotoColumns
from album.storage.database import Database
from album.storage.facets import FacetIndex
from album.storage.jobs import JobCounts, counts
from album.storage.problems import problems
from album.storage.rows import photo_details
from album.storage.schema import MIGRATIONS, VERSION, Migration
from album.storage.search import Browser
from album.storage.upkeep import prepare

FIXTURES = Path(__file__).parents[1] / "fixtures/libraries"
TAXONOMY = Taxonomy([Tag("beach", Facet.SCENE, {"en": "beach"}), Tag("dog", Facet.THING, {})])


def schema_of(path: Path) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(
            "SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name"
        ).fetchall()


def version_of(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        return int(version)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "library" / "library.db"


@pytest.fixture
def old_library(path: Path) -> Path:
    path.parent.mkdir()
    shutil.copy(FIXTURES / f"v{VERSION}.db", path)
    return path


def test_there_is_a_library_of_every_version() -> None:
    found = {int(file.stem.removeprefix("v")) for file in FIXTURES.glob("v*.db")}
    assert found == set(range(1, VERSION + 1))


@pytest.mark.parametrize("version", range(1, VERSION + 1))
def test_a_library_of_any_version_becomes_a_current_one(path: Path, version: int) -> None:
    path.parent.mkdir()
    shutil.copy(FIXTURES / f"v{version}.db", path)
    fresh = path.with_name("fresh.db")
    Database(fresh).open().close()
    with Database(path) as database:
        assert database.check() == []
    assert version_of(path) == VERSION
    assert schema_of(path) == schema_of(fresh)


def test_everything_in_an_old_library_is_still_there(old_library: Path) -> None:
    with Database(old_library) as database:
        browser = Browser(FacetIndex(TAXONOMY), PhotoColumns(), TAXONOMY)
        database.query(browser.load)
        assert database.query(lambda c: browser.find(c, Query())).total == 3
        page = database.query(lambda c: browser.find(c, parse_query("花园", TAXONOMY)))
        details = database.query(lambda c: photo_details(c, page.ids[0].item()))
        assert details is not None
        assert {tag.slug: tag.state for tag in details.rejected} == {"dog": TagState.REJECTED}
        assert details.rating == 4
        (favourite,) = database.query(albums)
        page = database.query(lambda c: browser.find(c, parse_query(favourite.query, TAXONOMY)))
        details = database.query(lambda c: photo_details(c, page.ids[0].item()))
        assert details is not None
        assert {tag.slug: tag.state for tag in details.tags} == {
            "beach": TagState.IMPORTED,
            "grandma": TagState.IMPORTED,
            "dog": TagState.CONFIRMED,
        }
        assert len(details.files) == 2
        assert database.query(counts) == JobCounts(pending=1, done=2)
        assert [problem.reason for problem in database.query(problems)] == ["cut short"]


def _add_column(connection: sqlite3.Connection) -> None:
    connection.execute("ALTER TABLE album ADD COLUMN cover INTEGER")


def _fail_halfway(connection: sqlite3.Connection) -> None:
    connection.execute("ALTER TABLE album ADD COLUMN colour INTEGER")
    raise RuntimeError("halfway")


LATER = (*MIGRATIONS, Migration("m_cover", _add_column))


def backups(path: Path) -> list[Path]:
    return sorted((path.parent / "backups").glob("*.db"))


def test_a_backup_is_made_before_a_migration(old_library: Path) -> None:
    before = schema_of(old_library)
    prepare(old_library, 1.0, LATER)
    assert version_of(old_library) == VERSION + 1
    (backup,) = backups(old_library)
    assert (version_of(backup), schema_of(backup)) == (VERSION, before)
    with Database(backup) as database:
        assert len(database.query(albums)) == 1


def test_a_library_is_migrated_once(old_library: Path) -> None:
    for _ in range(2):
        prepare(old_library, 1.0, LATER)
    assert len(backups(old_library)) == 1


def test_a_new_or_current_library_needs_no_backup(path: Path) -> None:
    for _ in range(2):
        prepare(path, 1.0)
    assert backups(path) == []


def test_a_migration_that_fails_leaves_its_library_as_it_was(old_library: Path) -> None:
    failing = (*LATER, Migration("m_broken", _fail_halfway))
    with pytest.raises(RuntimeError, match="halfway"):
        prepare(old_library, 1.0, failing)
    assert version_of(old_library) == VERSION + 1
    assert not any(
        "colour INTEGER" in sql for name, sql in schema_of(old_library) if name == "album"
    )
    prepare(old_library, 1.0, LATER)


def test_a_migration_that_ends_its_transaction_still_reports_its_error(old_library: Path) -> None:
    def full_disk(connection: sqlite3.Connection) -> None:
        connection.execute("ROLLBACK")
        raise RuntimeError("the disk was full")

    with pytest.raises(RuntimeError, match="disk was full"):
        prepare(old_library, 1.0, (*MIGRATIONS, Migration("m_full", full_disk)))
    assert version_of(old_library) == VERSION


class Watched(tuple[Migration, ...]):
    """Migrations that tell when somebody starts to go through them."""

    started = threading.Event()

    def __iter__(self) -> Iterator[Migration]:
        self.started.set()
        return super().__iter__()


def test_two_programs_may_migrate_at_the_same_time(old_library: Path) -> None:
    runs: list[str] = []

    def slowly(connection: sqlite3.Connection) -> None:
        runs.append("first")
        second.start()
        assert Watched.started.wait(30)
        _add_column(connection)

    def never(_: sqlite3.Connection) -> None:
        runs.append("second")

    waiting = Watched((*MIGRATIONS, Migration("m_cover", never)))
    second = threading.Thread(target=prepare, args=(old_library, 30.0, waiting))
    prepare(old_library, 30.0, (*MIGRATIONS, Migration("m_cover", slowly)))
    second.join(30)
    assert runs == ["first"]
    assert version_of(old_library) == VERSION + 1
    assert sorted((old_library.parent / "backups").iterdir()) == backups(old_library)


def test_an_older_program_refuses_what_a_newer_one_migrated(old_library: Path) -> None:
    prepare(old_library, 1.0, LATER)
    with pytest.raises(LibraryTooNew):
        Database(old_library).open()
