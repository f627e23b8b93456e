"""The open library: what the window and the command are built on."""

from album.session.calling import call
from album.session.changes import Change, ChangeKind, Changes
from album.session.restoring import newest_backup, restore_backup
from album.session.session import LibrarySession
from album.session.values import Act, Decision, FolderStatus, Progress, Prospect, Stage

__all__ = [
    "Act",
    "Change",
    "ChangeKind",
    "Changes",
    "Decision",
    "FolderStatus",
    "LibrarySession",
    "Progress",
    "Prospect",
    "Stage",
    "call",
    "newest_backup",
    "restore_backup",
]
