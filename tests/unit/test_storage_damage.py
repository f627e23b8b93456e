"""Library files that cannot be what they should be: newer, foreign, cut short, damaged."""

import os
import shutil
import sqlite3
from pathlib import Path

import pytest

from album.errors import LibraryDamaged, LibraryTooNew
from album.storage.albums import albums, save_album
from album.storage.database import Database
from album.storage.schema import VERSION


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "library" / "library.db"


def save(database: Database, name: str) -> None:
    database.write(lambda db: save_album(db, name, "beach")).result(30)


def test_a_newer_library_is_refused_and_left_alone(path: Path) -> None:
    with Database(path):
        pass
    with sqlite3.connect(path) as connection:
        connection.execute(f"PRAGMA user_version = {VERSION + 1}")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(LibraryTooNew, match="newer Albumen") as caught:
        Database(path).open()
    assert "Update Albumen" in caught.value.advice
    assert path.read_bytes() == before


def test_what_is_no_database_is_refused_and_left_alone(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"My holiday diary" * 1000)
    with pytest.raises(LibraryDamaged, match="no SQLite database") as caught:
        Database(path).open()
    assert "no backup" in caught.value.advice
    assert path.read_bytes() == b"My holiday diary" * 1000


def test_the_database_of_another_program_is_refused(path: Path) -> None:
    path.parent.mkdir()
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE bookmark (url TEXT)")
    connection.close()
    with pytest.raises(LibraryDamaged, match="another program"):
        Database(path).open()


def test_a_library_cut_short_names_its_newest_backup(path: Path) -> None:
    fill(path)
    with Database(path) as database:
        for name in ("older.db", "newer.db"):
            database.backup(path.parent / "backups" / name)
    os.utime(path.parent / "backups" / "older.db", (0, 0))
    path.write_bytes(path.read_bytes()[:-8192])
    with pytest.raises(LibraryDamaged, match="damaged") as caught:
        Database(path).open()
    assert "newer.db" in caught.value.advice


@pytest.mark.parametrize("trace", ["backups", "thumbnails"])
def test_an_emptied_library_is_refused_and_left_alone(path: Path, trace: str) -> None:
    (path.parent / trace).mkdir(parents=True)
    path.touch()
    if trace == "backups":
        (path.parent / "backups/mine.db").touch()
    with pytest.raises(LibraryDamaged, match="it is empty") as caught:
        Database(path).open()
    assert ("mine.db" if trace == "backups" else "no backup") in caught.value.advice
    assert path.stat().st_size == 0


def test_an_empty_file_that_no_library_was_in_becomes_one(path: Path) -> None:
    path.parent.mkdir()
    path.touch()
    with Database(path) as database:
        assert database.check() == []


def fill(path: Path) -> None:
    with Database(path) as database:
        for number in range(300):
            save(database, f"{number} " + "x" * 500)


def test_a_library_with_bad_pages_is_refused(path: Path) -> None:
    fill(path)
    content = bytearray(path.read_bytes())
    content[-60_000:-20_000] = os.urandom(40_000)
    path.write_bytes(content)
    with pytest.raises(LibraryDamaged, match="damaged"):
        Database(path).open()


def test_what_a_kill_left_beside_a_damaged_library_is_left_alone(path: Path) -> None:
    fill(path)
    with Database(path) as database:
        save(database, "the last one")
        shutil.copytree(path.parent, path.parent.parent / "killed")
    library = path.parent.parent / "killed" / path.name
    log = library.with_name(f"{path.name}-wal")
    assert log.stat().st_size > 0
    content = bytearray(library.read_bytes())
    content[-60_000:-20_000], log_before = os.urandom(40_000), log.read_bytes()
    library.write_bytes(content)
    with pytest.raises(LibraryDamaged):
        Database(library).open()
    assert (library.read_bytes(), log.read_bytes()) == (bytes(content), log_before)


def test_damage_that_shows_later_is_said_so(path: Path) -> None:
    with Database(path, readers=1) as database:
        save(database, "summer")
        database.query(albums)

        def corrupt(_: object) -> None:
            error = sqlite3.DatabaseError("database disk image is malformed")
            error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
            raise error

        with pytest.raises(LibraryDamaged, match="is damaged; it was left"):
            database.query(corrupt)
