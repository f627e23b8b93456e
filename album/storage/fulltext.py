"""Words of photos in any script: what goes into the full-text table, and how it is asked."""

import re
import sqlite3
from collections.abc import Iterable, Sequence

from album.domain.photo import PhotoId
from album.storage.values import chunks, marks

_IDEOGRAPH = re.compile(
    "([\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff])"
)
"""Scripts without spaces between words: each sign is a token, a word is a phrase of them."""

_TOKEN = re.compile(r"[^\W_]+")
_PREFIX_LENGTH = 2
"""A text of this length finds longer words too: `garde` finds `garden`, `img_1` `img_12`."""


def has_ideographs(text: str) -> bool:
    """Whether words in it need no spaces between them."""
    return _IDEOGRAPH.search(text) is not None


def spaced(text: str) -> str:
    """The text with every ideograph standing alone, so that any Chinese word in it can be found."""
    return _IDEOGRAPH.sub(r" \1 ", text)


def match_expression(text: str) -> str | None:
    """The FTS5 expression that finds this word or phrase; None without a letter or digit."""
    tokens = _TOKEN.findall(spaced(text))
    if not tokens:
        return None
    ending = "*" if len("".join(tokens)) >= _PREFIX_LENGTH else ""
    return f'"{" ".join(tokens)}"{ending}'


def find_text(connection: sqlite3.Connection, text: str) -> list[int]:
    """Photos whose title, description, file or folder name, or camera has this word or phrase."""
    expression = match_expression(text)
    if expression is None:
        return []
    rows = connection.execute("SELECT rowid FROM search WHERE search MATCH ?", (expression,))
    return [row[0] for row in rows]


_TEXT_OF = """
    SELECT photo.id, coalesce(title, ''), coalesce(description, ''), coalesce(camera, ''),
           coalesce((SELECT group_concat(folder.shown || '/' || file.shown, ' ')
                     FROM file JOIN folder ON folder.id = file.folder_id
                     WHERE file.photo_id = photo.id), '')
    FROM photo WHERE photo.id IN ({})
"""


def refresh_text(connection: sqlite3.Connection, ids: Iterable[PhotoId]) -> None:
    """Write the searchable text of these photos anew; inside a write transaction."""
    for some in chunks(sorted(set(ids))):
        _refresh(connection, some)


def _refresh(connection: sqlite3.Connection, ids: Sequence[PhotoId]) -> None:
    rows = connection.execute(_TEXT_OF.format(marks(ids)), ids).fetchall()
    connection.executemany("DELETE FROM search WHERE rowid = ?", [(photo_id,) for photo_id in ids])
    connection.executemany(
        "INSERT INTO search (rowid, title, description, camera, names) VALUES (?, ?, ?, ?, ?)",
        [(row[0], *map(spaced, row[1:])) for row in rows],
    )
