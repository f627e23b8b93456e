"""What can be done about a damaged library before it is open."""

from pathlib import Path

from album.storage import failures, restore
from album.storage.lock import LibraryLock


def newest_backup(directory: Path) -> Path | None:
    """The last copy that was made of the library in `directory`; None where there is none."""
    return failures.newest_backup(directory / "library.db")


def restore_backup(directory: Path, backup: Path) -> Path:
    """Let a backup be the library; where the damaged file lies now.

    EnvironmentProblem, LibraryDamaged (the backup), LibraryLocked.
    """
    with LibraryLock(directory / "library.lock"):
        return restore.restore(directory / "library.db", backup)
