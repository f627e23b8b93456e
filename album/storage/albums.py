"""Saved searches: albums that keep themselves up to date by being queries."""

import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING

from album.storage.values import now_s

if TYPE_CHECKING:
    import sqlite_utils


@dataclass(frozen=True, slots=True)
class SavedAlbum:
    """A saved search; `query` is its text."""

    id: int
    name: str
    query: str
    added_s: int


def albums(connection: sqlite3.Connection) -> list[SavedAlbum]:
    """All albums by name."""
    rows = connection.execute(
        "SELECT id, name, query, added_s FROM album ORDER BY name COLLATE NOCASE, id"
    )
    return [SavedAlbum(*row) for row in rows]


def save_album(db: "sqlite_utils.Database", name: str, query: str) -> SavedAlbum:
    """Keep a search under a name; an album of that name gets the new search."""
    row = db.conn.execute(
        "INSERT INTO album (name, query, added_s) VALUES (?, ?, ?)"
        " ON CONFLICT (name) DO UPDATE SET query = excluded.query"
        " RETURNING id, name, query, added_s",
        (name, query, now_s()),
    ).fetchone()
    return SavedAlbum(*row)


def remove_album(db: "sqlite_utils.Database", album_id: int) -> bool:
    """Forget an album (its photos stay); whether there was one."""
    return db.conn.execute("DELETE FROM album WHERE id = ?", (album_id,)).rowcount > 0
