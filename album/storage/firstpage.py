"""The first screenful of a library, in milliseconds: before anything is loaded to browse it all."""

import sqlite3
from typing import Final

import numpy as np

from album.domain.query import Sort
from album.storage.columns import SECONDS_A_DAY, UNKNOWN_ASPECT
from album.storage.problems import NEVER_DECODED
from album.storage.search import Page

PHOTOS: Final = 400
"""More than the largest screen shows at the smallest size."""

_WAYS: Final = {Sort.NEWEST: "DESC", Sort.OLDEST: "ASC"}
_SELECT: Final = f"""
    SELECT id, taken_s, coalesce(width, 0), coalesce(height, 0), coalesce(colour, -1),
           kind = 'video'
    FROM photo
    WHERE EXISTS (SELECT 1 FROM file WHERE photo_id = photo.id AND state = 'present')
    AND id NOT IN ({NEVER_DECODED})
    ORDER BY taken_s {{way}}, id {{way}} LIMIT ?
"""  # noqa: S608 (constants)


def first_page(connection: sqlite3.Connection, sort: Sort) -> Page | None:
    """The first photos of the whole library by time; None in any other order.

    `total` and `videos` are those of this page: nobody has counted the library yet.
    """
    way = _WAYS.get(sort)
    if way is None:
        return None
    rows = connection.execute(_SELECT.format(way=way), (PHOTOS,)).fetchall()
    ids, taken_s, width, height, colour, video = np.array(rows, np.int64).reshape(-1, 6).T
    aspect = np.full(len(ids), UNKNOWN_ASPECT, np.float32)
    np.divide(width, height, out=aspect, where=(width > 0) & (height > 0), casting="same_kind")
    return Page(
        ids=ids.astype(np.int32),
        total=len(ids),
        videos=int(np.count_nonzero(video)),
        aspect=aspect,
        day=(taken_s // SECONDS_A_DAY).astype(np.int32),
        colour=colour.astype(np.int32),
        video=video.astype(np.bool_),
    )
