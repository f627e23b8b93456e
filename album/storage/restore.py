"""A backup takes the place of a damaged library file; nothing is deleted."""

import contextlib
import os
import shutil
import sqlite3
from pathlib import Path
from uuid import uuid4

from album.errors import EnvironmentProblem, LibraryDamaged, in_words
from album.storage.connections import BUSY_TIMEOUT_S
from album.storage.failures import explained
from album.storage.upkeep import check_file, copy_database, stamp

_BESIDE = ("", "-wal", "-shm")
"""The files of a database: what SQLite wrote and had not moved into it yet lies beside it."""


def restore(path: Path, backup: Path) -> Path:
    """Put a backup in the place of the library file `path`; whoever asks holds the lock.

    At no moment is there no library file: whatever is cut off can be asked for again.

    Returns:
        Where the damaged file lies now. EnvironmentProblem, LibraryDamaged (the backup is, too);
        the damaged file is then where it was.
    """
    fresh = path.with_name(f"{path.name}.{uuid4().hex}.part")
    kept = path.parent / "damaged" / f"{stamp()}.db"
    try:
        copy_database(backup, fresh)
        _check(fresh, backup)
        kept.parent.mkdir(mode=0o700, exist_ok=True)
        for ending in reversed(_BESIDE):
            _keep(path.with_name(path.name + ending), kept.with_name(kept.name + ending))
        fresh.replace(path)
    except OSError as error:
        raise EnvironmentProblem(
            f"The backup {backup} could not be put in place: {in_words(error)}; "
            "the damaged library is kept.",
            advice="Check that there is space and that you may write there, then try again.",
        ) from error
    except sqlite3.Error as error:
        raise explained(error, backup) or error from error
    finally:
        with contextlib.suppress(OSError):
            fresh.unlink(missing_ok=True)
    return kept


def _check(copied: Path, backup: Path) -> None:
    try:
        check_file(copied, BUSY_TIMEOUT_S)
    except LibraryDamaged as problem:
        raise LibraryDamaged(
            f"The backup {backup} is damaged, too; the library was left as it is.",
            advice="Copy an older backup over the library, or move the library away.",
        ) from problem


def _keep(file: Path, to: Path) -> None:
    """Keep a file under another name: the library itself stays until another takes its place."""
    if not file.exists():
        return
    if to.suffix == ".db":
        try:
            os.link(file, to)
        except FileExistsError:
            raise
        except OSError:  # a file system without second names
            shutil.copy2(file, to)
    else:
        file.replace(to)
