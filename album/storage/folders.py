"""Watched folders and their health."""

import sqlite3
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from album.domain.photo import FolderId, PhotoId
from album.storage.fulltext import refresh_text
from album.storage.problems import NEVER_DECODED
from album.storage.values import from_blob, now_s, shown, to_blob

if TYPE_CHECKING:
    import sqlite_utils


class FolderState(StrEnum):
    """How a watched folder is doing."""

    HEALTHY = "healthy"
    OFFLINE = "offline"  # its drive is not there; its photos stay
    POLLING = "polling"  # watched by looking again and again
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Folder:
    """A watched folder.

    Attributes:
        path: absolute.
        shown: the path as text.
        note: why it is not healthy, for the user.
    """

    id: FolderId
    path: Path
    shown: str
    state: FolderState
    note: str
    added_s: int


_SELECT = "SELECT id, path, shown, state, note, added_s FROM folder"


def _folder(row: tuple[int, bytes, str, str, str, int]) -> Folder:
    return Folder(FolderId(row[0]), from_blob(row[1]), row[2], FolderState(row[3]), row[4], row[5])


def folders(connection: sqlite3.Connection) -> list[Folder]:
    """All watched folders, in the order they were added."""
    return [_folder(row) for row in connection.execute(f"{_SELECT} ORDER BY id")]


def folder(connection: sqlite3.Connection, folder_id: FolderId) -> Folder | None:
    """The folder with this id."""
    row = connection.execute(f"{_SELECT} WHERE id = ?", (folder_id,)).fetchone()
    return None if row is None else _folder(row)


def folder_at(connection: sqlite3.Connection, path: Path) -> Folder | None:
    """The folder that is watched at exactly this absolute path."""
    row = connection.execute(f"{_SELECT} WHERE path = ?", (to_blob(path),)).fetchone()
    return None if row is None else _folder(row)


def add_folder(db: "sqlite_utils.Database", path: Path) -> Folder:
    """Watch the folder at this absolute path; the one that is there when it is watched already."""
    row = db.conn.execute(
        "INSERT INTO folder (path, shown, added_s) VALUES (?, ?, ?)"
        " ON CONFLICT (path) DO UPDATE SET path = path"
        " RETURNING id, path, shown, state, note, added_s",
        (to_blob(path), shown(path), now_s()),
    ).fetchone()
    return _folder(row)


def remove_folder(db: "sqlite_utils.Database", folder_id: FolderId) -> list[PhotoId]:
    """Forget the folder with its files and problems.

    Photos keep their tags, hidden, in case they turn up again. Returns the photos that had files
    there.
    """
    rows = db.conn.execute("SELECT DISTINCT photo_id FROM file WHERE folder_id = ?", (folder_id,))
    ids = [PhotoId(row[0]) for row in rows]
    db.conn.execute("DELETE FROM folder WHERE id = ?", (folder_id,))
    refresh_text(db.conn, ids)
    return ids


def set_folder_state(
    db: "sqlite_utils.Database", folder_id: FolderId, state: FolderState, note: str = ""
) -> bool:
    """Note the folder's health; whether anything changed."""
    cursor = db.conn.execute(
        "UPDATE folder SET state = ?, note = ? WHERE id = ? AND (state <> ? OR note <> ?)",
        (state, note, folder_id, state, note),
    )
    return cursor.rowcount > 0


def photos_in(connection: sqlite3.Connection, folder_id: FolderId) -> list[PhotoId]:
    """Photos with a file in this folder, present or missing: to update when its state changes."""
    rows = connection.execute(
        "SELECT DISTINCT photo_id FROM file WHERE folder_id = ?", (folder_id,)
    )
    return [PhotoId(row[0]) for row in rows]


def photo_counts(connection: sqlite3.Connection) -> dict[FolderId, int]:
    """How many photos each folder holds: their files are present and could be decoded."""
    rows = connection.execute(
        "SELECT folder_id, count(DISTINCT photo_id) FROM file WHERE state = 'present'"  # noqa: S608
        f" AND photo_id NOT IN ({NEVER_DECODED}) GROUP BY 1"
    )
    return {FolderId(folder_id): count for folder_id, count in rows}
