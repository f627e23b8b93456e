"""SQLite's errors, sorted into what a user can do about them."""

import logging
import sqlite3
from pathlib import Path

from album.errors import AlbumError, EnvironmentProblem, Interrupted, LibraryDamaged

_log = logging.getLogger(__name__)

_PRIMARY = 0xFF
"""Extended error codes carry the primary one in their low byte."""


def explained(error: sqlite3.Error, path: Path) -> AlbumError | None:
    """What went wrong with the library at `path`; None when the error is a bug of ours."""
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        return None
    _log.info("%s: %s", path, error)
    match code & _PRIMARY:
        case sqlite3.SQLITE_FULL:
            return EnvironmentProblem(
                f"The disk with the library {path} is full; the last change was not saved.",
                advice="Free some space, then try again; an open window goes on by itself.",
            )
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return EnvironmentProblem(
                f"Another program keeps the library {path} locked; the last change was not saved.",
                advice="Close programs that have the library open, then try again.",
            )
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_PERM | sqlite3.SQLITE_CANTOPEN:
            return EnvironmentProblem(
                f"The library {path} cannot be opened or written.",
                advice="Check that the folder exists and that you may write there.",
            )
        case sqlite3.SQLITE_IOERR:
            return EnvironmentProblem(
                f"The disk refused to read or write the library {path}.",
                advice="Check the disk; the library stays as it was before the last change.",
            )
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
            return damaged(path)
        case sqlite3.SQLITE_INTERRUPT:
            return Interrupted("A newer request took the place of this one.")
    return None


def damaged(path: Path, reason: str = "") -> LibraryDamaged:
    """The error for a library file that is no sound database, naming its newest backup."""
    what = f"The library {path} is damaged"
    if reason:
        what = f"The library {path} is damaged ({reason})"
    return LibraryDamaged(f"{what}; it was left as it is.", advice=how_to_restore(path))


def how_to_restore(path: Path) -> str:
    """What the user can do about a library file that is not sound."""
    backup = newest_backup(path)
    if backup is not None:
        return f"Close Albumen and copy the newest backup, {backup}, over it."
    return "There is no backup; move the file away and Albumen makes a new library."


def newest_backup(path: Path) -> Path | None:
    """The last copy that was made of the library file; None where there is none."""
    backups = (path.parent / "backups").glob("*.db")
    return max(backups, key=lambda backup: backup.stat().st_mtime, default=None)
