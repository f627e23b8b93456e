"""Making, checking, migrating and copying a library file; all of it before or beside normal use."""

import contextlib
import logging
import os
import sqlite3
import time
from collections.abc import Sequence
from pathlib import Path
from uuid import uuid4

from album.errors import EnvironmentProblem, LibraryDamaged, LibraryTooNew, in_words
from album.storage.connections import connect_readonly
from album.storage.failures import damaged, explained
from album.storage.schema import APPLICATION_ID, MIGRATIONS, Migration

_log = logging.getLogger(__name__)

_HEADER = b"SQLite format 3\x00"
_CHECKED_AT_OPENING_BYTES = 32 * 2**20
"""Libraries up to this size are checked page by page at each start; it takes some 0.1 s."""


def prepare(
    path: Path, busy_timeout_s: float, migrations: Sequence[Migration] = MIGRATIONS
) -> None:
    """Make `path` a sound library of the current version, or say why not and leave it alone."""
    _refuse_emptied(path)
    try:
        if path.is_file():
            check_file(path, busy_timeout_s)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _make_private(path)
        connection = sqlite3.connect(path, isolation_level=None, timeout=busy_timeout_s)
        with contextlib.closing(connection):
            _migrate(connection, path, migrations)
    except OSError as error:
        raise EnvironmentProblem(
            f"The library {path} cannot be made or opened: {in_words(error)}.",
            advice="Choose another place for the library, or check your rights to this one.",
        ) from error
    except sqlite3.Error as error:
        raise explained(error, path) or error from error


def _refuse_emptied(path: Path) -> None:
    """LibraryDamaged for an empty file beside which a library has left its traces."""
    traces = (path.parent / name for name in ("backups", "thumbnails"))
    if path.is_file() and path.stat().st_size == 0 and any(one.is_dir() for one in traces):
        raise damaged(path, "it is empty")


def _make_private(path: Path) -> None:
    """Make the file if need be, for its owner's eyes only where the system knows such rights."""
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))


def check_file(path: Path, busy_timeout_s: float) -> None:
    """LibraryDamaged when the file is no library, cut short, or (a small one) has bad pages."""
    size_bytes = path.stat().st_size
    if size_bytes == 0:
        return
    with path.open("rb") as stream:
        if stream.read(len(_HEADER)) != _HEADER:
            raise damaged(path, "it is no SQLite database")
    with contextlib.closing(connect_readonly(path, busy_timeout_s)) as connection:
        _check_content(connection, path, thoroughly=size_bytes <= _CHECKED_AT_OPENING_BYTES)


def _check_content(connection: sqlite3.Connection, path: Path, *, thoroughly: bool) -> None:
    # The first statement that reads also finds a file that was cut short.
    tables: int = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
    application: int = connection.execute("PRAGMA application_id").fetchone()[0]
    if tables and application != APPLICATION_ID:
        raise LibraryDamaged(
            f"The file {path} is a database of another program, not a library of Albumen.",
            advice="Choose another folder for the library.",
        )
    if thoroughly:
        (answer,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        if answer != "ok":
            _log.info("%s: %s", path, answer)
            raise damaged(path)


def _migrate(connection: sqlite3.Connection, path: Path, migrations: Sequence[Migration]) -> None:
    version = _version(connection)
    _refuse_newer(version, len(migrations), path)
    connection.execute("PRAGMA journal_mode = WAL")
    if version == len(migrations):
        return
    if version > 0:
        backup = path.parent / "backups" / f"before-v{len(migrations)}-{stamp()}.db"
        copy_database(path, backup)
    for number, migration in enumerate(migrations, start=1):
        _step(connection, number, migration)


def _step(connection: sqlite3.Connection, number: int, migration: Migration) -> None:
    """Migrate to version `number` unless it is there; migration and number are kept together."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        if _version(connection) < number:
            migration.apply(connection)
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {number}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _version(connection: sqlite3.Connection) -> int:
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return version


def _refuse_newer(version: int, known: int, path: Path) -> None:
    if version > known:
        raise LibraryTooNew(
            f"The library {path} was written by a newer Albumen (its version is {version}, "
            f"this program knows up to {known}); it was left as it is.",
            advice="Update Albumen, or choose another library.",
        )


def stamp() -> str:
    """The moment, for the name of a file."""
    return time.strftime("%Y%m%d-%H%M%S")


def copy_database(source: Path, to: Path) -> None:
    """Copy a database that may be in use; `to` appears whole or not at all.

    EnvironmentProblem when it cannot be written there.
    """
    part = to.with_name(f"{to.name}.{uuid4().hex}.part")
    try:
        to.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _make_private(part)
        with (
            contextlib.closing(connect_readonly(source)) as here,
            contextlib.closing(sqlite3.connect(part)) as there,
        ):
            here.backup(there, pages=4096, sleep=0.01)
            there.execute("PRAGMA journal_mode = DELETE")
        part.replace(to)
    except OSError as error:
        _discard(part)
        raise EnvironmentProblem(
            f"The backup {to} could not be written: {in_words(error)}; the library is untouched.",
            advice="Choose a place with enough space where you may write.",
        ) from error
    except sqlite3.Error as error:
        _discard(part)
        raise explained(error, to) or error from error


def _discard(part: Path) -> None:
    with contextlib.suppress(OSError):  # it may never have come to be
        part.unlink()


_INVARIANTS = (
    (
        "SELECT count(*) FROM photo WHERE id NOT IN (SELECT rowid FROM search)",
        "photos cannot be found by their text",
    ),
    (
        "SELECT count(*) FROM search WHERE rowid NOT IN (SELECT id FROM photo)",
        "texts belong to no photo",
    ),
    (
        "SELECT count(*) FROM photo_tag WHERE state IN ('manual', 'confirmed', 'rejected')"
        " AND decided_s IS NULL",
        "decisions have no date",
    ),
)


def find_faults(connection: sqlite3.Connection) -> list[str]:
    """All that SQLite and Albumen's own rules find wrong, one sentence each."""
    broken = [row[0] for row in connection.execute("PRAGMA integrity_check") if row[0] != "ok"]
    for detail in broken:
        _log.info("integrity_check: %s", detail)
    places = "1 place" if len(broken) == 1 else f"{len(broken)} places"
    faults = [f"The database file is damaged in {places}."] if broken else []
    faults += [
        f"Row {row[1]} of table {row[0]} points to nothing in {row[2]}."
        for row in connection.execute("PRAGMA foreign_key_check")
    ]
    for sql, text in _INVARIANTS:
        (count,) = connection.execute(sql).fetchone()
        if count:
            faults.append(f"{count} {text}.")
    return faults
