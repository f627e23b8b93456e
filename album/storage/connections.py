"""How a library file is opened: to write, or only to look."""

import sqlite3
from pathlib import Path

BUSY_TIMEOUT_S = 30.0
"""How long a connection waits for another process before it gives up."""

_PRIMARY = 0xFF
"""Extended error codes carry the primary one in their low byte."""


def connect_writable(path: Path, busy_timeout_s: float = BUSY_TIMEOUT_S) -> sqlite3.Connection:
    """The connection of the writer; for one thread at a time."""
    connection = sqlite3.connect(
        path,
        isolation_level=None,
        timeout=busy_timeout_s,
        cached_statements=256,
        check_same_thread=False,
    )
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA cache_size = -65536")
    return connection


def connect_readonly(path: Path, busy_timeout_s: float = BUSY_TIMEOUT_S) -> sqlite3.Connection:
    """A connection that cannot write; for one thread at a time.

    Closing any other moves what a kill left in the log into the file, be it damaged or not.
    """
    connection = _look(path, "mode=ro", busy_timeout_s)
    if _is_out_of_reach(connection, path):
        connection.close()
        connection = _look(path, "mode=ro&immutable=1", busy_timeout_s)
    connection.execute("PRAGMA query_only = ON")
    connection.execute("PRAGMA cache_size = -16384")
    return connection


def _look(path: Path, how: str, busy_timeout_s: float) -> sqlite3.Connection:
    return sqlite3.connect(
        f"{path.absolute().as_uri()}?{how}",
        uri=True,
        isolation_level=None,
        timeout=busy_timeout_s,
        check_same_thread=False,
    )


def _is_out_of_reach(connection: sqlite3.Connection, path: Path) -> bool:
    """Whether SQLite cannot put its own files beside this one, and needs none: no log is there.

    Readers share an index of the log; in a folder where nobody may write they cannot make it.
    """
    try:
        connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", 0) & _PRIMARY
        log = path.with_name(f"{path.name}-wal")
        beside = code in {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY}
        return beside and not (log.is_file() and log.stat().st_size)
    return False  # other faults show when it is used
