"""A library's database without its threads, and a folder in it."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import sqlite_utils

from album.storage import folders
from album.storage.folders import Folder
from album.storage.upkeep import find_faults, prepare


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite_utils.Database]:
    prepare(tmp_path / "library.db", 1.0)
    with closing(sqlite3.connect(tmp_path / "library.db", isolation_level=None)) as connection:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = OFF")
        yield sqlite_utils.Database(connection)
        assert find_faults(connection) == []


@pytest.fixture
def folder(db: sqlite_utils.Database) -> Folder:
    return folders.add_folder(db, Path("/photos/holiday"))
