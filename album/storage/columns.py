"""What order and layout need of every photo, as arrays by photo id: no row is read to place a picture."""

import json
import sqlite3
from collections.abc import Collection
from typing import Any

import numpy as np
from numpy.typing import NDArray

from album.domain.photo import PhotoId
from album.domain.query import Sort

SECONDS_A_DAY = 86_400
UNKNOWN_ASPECT = 1.5
"""Width by height of a photo whose size is not known."""

_GROWTH = 1.25
_READ_AT_ONCE = 20_000
_MERGED_UP_TO = 1 / 16
"""Share of changed photos up to which an order is repaired; above it is sorted anew."""

_SELECT = """
    SELECT photo.id, taken_s, coalesce(width, 0), coalesce(height, 0), coalesce(colour, -1),
           kind = 'video', favourite, coalesce(rating, 0), coalesce(score, -1)
    FROM photo LEFT JOIN photo_quality ON photo_id = photo.id
"""
_FIELDS: tuple[tuple[str, type[np.generic]], ...] = (
    ("taken_s", np.int64),
    ("day", np.int32),
    ("aspect", np.float32),
    ("colour", np.int32),
    ("video", np.bool_),
    ("favourite", np.bool_),
    ("rating", np.int8),
    ("quality", np.float32),
    ("exists", np.bool_),
)


class PhotoColumns:
    """Arrays by photo id (place 0 is empty).

    An array is never changed in place, only replaced: whoever holds one keeps a consistent state.

    Attributes:
        taken_s: local seconds since 1970 on the camera's clock.
        day: days since 1970 on that clock.
        aspect: width by height of the upright picture.
        colour: average colour 0xRRGGBB, -1 until there is a thumbnail.
        video: whether it is a video.
        favourite: whether a person likes it best.
        rating: 0 to 5 (0: none), -1 rejected.
        quality: overall score 0 to 1, -1 where not known.
        exists: whether there is a photo of this id.
    """

    taken_s: NDArray[np.int64]
    day: NDArray[np.int32]
    aspect: NDArray[np.float32]
    colour: NDArray[np.int32]
    video: NDArray[np.bool_]
    favourite: NDArray[np.bool_]
    rating: NDArray[np.int8]
    quality: NDArray[np.float32]
    exists: NDArray[np.bool_]

    def __init__(self) -> None:
        for name, kind in _FIELDS:
            setattr(self, name, np.zeros(0, kind))
        self._orders: dict[Sort, NDArray[np.int32]] = {}

    def load(self, connection: sqlite3.Connection) -> None:
        """Read everything."""
        (highest,) = connection.execute("SELECT coalesce(max(id), 0) FROM photo").fetchone()
        for name, kind in _FIELDS:
            setattr(self, name, np.zeros(highest + 1, kind))
        cursor = connection.execute(_SELECT)
        while rows := cursor.fetchmany(_READ_AT_ONCE):
            self._put(rows)
        self._orders.clear()

    def update(self, connection: sqlite3.Connection, ids: Collection[PhotoId]) -> None:
        """Read these photos again: new, changed or gone."""
        if not ids:
            return
        wanted = np.unique(np.fromiter(ids, np.int32))
        rows = connection.execute(
            f"{_SELECT} WHERE photo.id IN (SELECT value FROM json_each(?))",
            (json.dumps(wanted.tolist()),),
        ).fetchall()
        for name, _ in _FIELDS:
            setattr(self, name, getattr(self, name).copy())
        self._grow(int(wanted[-1]) + 1)
        self.exists[wanted] = False
        if rows:
            self._put(rows)
        self._orders = {
            sort: self._repaired(sort, order, wanted)
            for sort, order in self._orders.items()
            if len(wanted) < len(order) * _MERGED_UP_TO
        }

    def _grow(self, width: int) -> None:
        if width <= len(self.exists):
            return
        room = max(width, int(len(self.exists) * _GROWTH))
        for name, kind in _FIELDS:
            wide = np.zeros(room, kind)
            old = getattr(self, name)
            wide[: len(old)] = old
            setattr(self, name, wide)

    def _put(self, rows: list[tuple[float, ...]]) -> None:
        ids, taken_s, width, height, colour, video, favourite, rating, quality = zip(
            *rows, strict=True
        )
        at = np.array(ids, np.int64)
        across, down = np.array(width, np.float32), np.array(height, np.float32)
        known = (across > 0) & (down > 0)
        aspect = np.full(len(at), UNKNOWN_ASPECT, np.float32)
        np.divide(across, down, out=aspect, where=known)
        self.taken_s[at] = taken_s
        self.day[at] = self.taken_s[at] // SECONDS_A_DAY
        self.aspect[at] = aspect
        self.colour[at] = colour
        self.video[at] = video
        self.favourite[at] = favourite
        self.rating[at] = rating
        self.quality[at] = quality
        self.exists[at] = True

    def order(self, sort: Sort) -> NDArray[np.int32]:
        """All photo ids by time (NEWEST, OLDEST) or quality; equal ones by time, then id."""
        if sort not in self._orders:
            ids = np.flatnonzero(self.exists).astype(np.int32)
            self._orders[sort] = self._sorted(sort, ids)
        return self._orders[sort]

    def _keys(self, sort: Sort, ids: NDArray[np.int32]) -> tuple[NDArray[Any], ...]:
        """Sort keys, the weightiest last (as `numpy.lexsort` wants them)."""
        match sort:
            case Sort.OLDEST:
                return (ids, self.taken_s[ids])
            case Sort.QUALITY:
                return (-ids, -self.taken_s[ids], -self.quality[ids])
            case _:
                return (-ids, -self.taken_s[ids])

    def _sorted(self, sort: Sort, ids: NDArray[np.int32]) -> NDArray[np.int32]:
        ordered: NDArray[np.int32] = ids[np.lexsort(self._keys(sort, ids))]
        return ordered

    def _repaired(
        self, sort: Sort, order: NDArray[np.int32], changed: NDArray[np.int32]
    ) -> NDArray[np.int32]:
        """The order after some photos changed: they are taken out and put where they belong now."""
        moved = np.zeros(len(self.exists), np.bool_)
        moved[changed] = True
        kept = order[~moved[order]]
        fresh = self._sorted(sort, changed[self.exists[changed]])
        return self._merged(sort, kept, fresh)

    def _merged(
        self, sort: Sort, kept: NDArray[np.int32], fresh: NDArray[np.int32]
    ) -> NDArray[np.int32]:
        """Two ordered runs as one: a lookup by the weightiest key, then ties one by one."""
        low, high = np.zeros(len(fresh), np.int64), np.full(len(fresh), len(kept), np.int64)
        while np.any(low < high):
            middle = (low + high) // 2
            open_ = low < high
            probe = kept[np.minimum(middle, len(kept) - 1)] if len(kept) else fresh
            before = self._before(sort, probe, fresh) & open_
            low = np.where(before, middle + 1, low)
            high = np.where(open_ & ~before, middle, high)
        return np.insert(kept, low, fresh)

    def _before(
        self, sort: Sort, left: NDArray[np.int32], right: NDArray[np.int32]
    ) -> NDArray[np.bool_]:
        """Whether each photo on the left comes before its partner on the right."""
        before = np.zeros(len(left), np.bool_)
        for mine, other in zip(self._keys(sort, left), self._keys(sort, right), strict=True):
            before = (mine < other) | ((mine == other) & before)
        return before
