"""What order and layout need of every photo, as arrays by photo id.

No row of the library is read to place a picture or to scroll.
"""

import json
import sqlite3
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from album.domain.photo import PhotoId
from album.domain.query import Sort
from album.storage.problems import NEVER_DECODED

SECONDS_A_DAY = 86_400
UNKNOWN_ASPECT = 1.5
"""Width by height of a photo whose size is not known."""

_GROWTH = 1.25
_REPAIRED_UP_TO = 1 / 16
"""Share of changed photos up to which an order is repaired; above it is sorted anew."""

# group_concat hands over many numbers in one string, which numpy reads ten times faster than Python
# takes as many rows; two or three numbers packed into one halve the time again. Some ten thousand
# photos at a time: the strings stay small, and other threads have their turn.
_SELECT = """
    SELECT group_concat(photo.id),
           group_concat((taken_s << 5) | ((coalesce(rating, 0) + 1) << 1) | (kind = 'video')),
           group_concat((coalesce(width * 65536 / nullif(height, 0), 0) << 25)
                        | (coalesce(colour, -1) + 1)),
           group_concat(CAST(coalesce(score, -1) * 1e6 AS INTEGER))
    FROM photo LEFT JOIN photo_quality ON photo_id = photo.id
"""
_SCORE_UNIT = 1e-6
_ASPECT_UNIT = 1 / 65_536
_RATING_BITS, _COLOUR_BITS = 0b1111, (1 << 25) - 1
_SELECT_VISIBLE = "SELECT group_concat(photo_id) FROM file WHERE state = 'present'"
_SELECT_HIDDEN = f"SELECT group_concat(photo_id) FROM ({NEVER_DECODED}) WHERE photo_id"  # noqa: S608
_AT_ONCE = 32_768
_BETWEEN = "BETWEEN ? AND ?"
_ONLY = "IN (SELECT value FROM json_each(?))"
_FIELDS: tuple[tuple[str, type[np.generic]], ...] = (
    ("taken_s", np.int64),
    ("day", np.int32),
    ("aspect", np.float32),
    ("colour", np.int32),
    ("video", np.bool_),
    ("rating", np.int8),
    ("quality", np.float32),
    ("exists", np.bool_),
    ("visible", np.bool_),
)


@dataclass(frozen=True, slots=True)
class Ordered:
    """Photos in some order, with what layout needs of each in the same order."""

    ids: NDArray[np.int32]
    aspect: NDArray[np.float32]
    day: NDArray[np.int32]
    colour: NDArray[np.int32]
    video: NDArray[np.bool_]

    def where(self, flags: NDArray[np.bool_]) -> "Ordered":
        """Those photos whose flag (by photo id) is set, in the same order."""
        places = np.flatnonzero(flags.take(self.ids))
        if len(places) == len(self.ids):
            return self
        return Ordered(
            self.ids.take(places),
            self.aspect.take(places),
            self.day.take(places),
            self.colour.take(places),
            self.video.take(places),
        )


class PhotoColumns:
    """Arrays by photo id (place 0 is empty).

    An array is never changed once it is here, only replaced: whoever holds one keeps a consistent
    state.

    Attributes:
        taken_s: local seconds since 1970 on the camera's clock.
        day: days since 1970 on that clock.
        aspect: width by height of the upright picture.
        colour: average colour 0xRRGGBB, -1 until there is a thumbnail.
        video: whether it is a video.
        rating: 0 to 5 (0: none), -1 rejected.
        quality: overall score 0 to 1, -1 where not known.
        exists: whether there is a photo of this id.
        visible: whether it has a present file, and ever could be decoded or was decided upon.
    """

    taken_s: NDArray[np.int64]
    day: NDArray[np.int32]
    aspect: NDArray[np.float32]
    colour: NDArray[np.int32]
    video: NDArray[np.bool_]
    rating: NDArray[np.int8]
    quality: NDArray[np.float32]
    exists: NDArray[np.bool_]
    visible: NDArray[np.bool_]

    def __init__(self) -> None:
        self._resize(0)
        self._orders: dict[Sort, NDArray[np.int32]] = {}
        self._arranged: dict[Sort, Ordered] = {}

    def load(self, connection: sqlite3.Connection) -> None:
        """Read everything."""
        (highest,) = connection.execute("SELECT coalesce(max(id), 0) FROM photo").fetchone()
        self._resize(0)
        self._resize(highest + 1)
        for first in range(1, highest + 1, _AT_ONCE):
            part = (first, first + _AT_ONCE - 1)
            self._put(connection.execute(f"{_SELECT} WHERE photo.id {_BETWEEN}", part).fetchone())
            self._look(connection, _BETWEEN, part)
        self._orders.clear()
        self._arranged.clear()

    def update(self, connection: sqlite3.Connection, ids: Collection[PhotoId]) -> None:
        """Read these photos again: new, changed or gone."""
        if not ids:
            return
        wanted = np.unique(np.fromiter(ids, np.int32))
        only = (json.dumps(wanted.tolist()),)
        row = connection.execute(f"{_SELECT} WHERE photo.id {_ONLY}", only).fetchone()
        width = int(wanted[-1]) + 1
        room = len(self.exists)
        self._resize(room if width <= room else max(width, int(room * _GROWTH)))
        self.exists[wanted] = self.visible[wanted] = False
        self._put(row)
        self._look(connection, _ONLY, only)
        self._orders = {
            sort: self._repaired(sort, order, wanted)
            for sort, order in self._orders.items()
            if len(wanted) < len(order) * _REPAIRED_UP_TO
        }
        self._arranged.clear()

    def _resize(self, width: int) -> None:
        """Replace all arrays by copies of this width."""
        for name, kind in _FIELDS:
            fresh = np.zeros(width, kind)
            old = getattr(self, name, fresh)[:width]
            fresh[: len(old)] = old
            setattr(self, name, fresh)

    def _put(self, texts: tuple[str | None, ...]) -> None:
        """Fill in one row of the statement above."""
        if texts[0] is None:
            return
        at, times, looks, score = (np.fromstring(text or "", np.int64, sep=",") for text in texts)
        taken_s = times >> 5
        aspect = (looks >> 25) * _ASPECT_UNIT
        aspect[aspect <= 0] = UNKNOWN_ASPECT
        self.taken_s[at] = taken_s
        self.day[at] = taken_s // SECONDS_A_DAY
        self.aspect[at] = aspect
        self.colour[at] = (looks & _COLOUR_BITS) - 1
        self.video[at] = times & 1
        self.rating[at] = (times >> 1 & _RATING_BITS) - 1
        self.quality[at] = np.where(score < 0, -1, score * _SCORE_UNIT)
        self.exists[at] = True

    def _look(
        self, connection: sqlite3.Connection, which: str, values: tuple[int | str, ...]
    ) -> None:
        """Make those of these photos visible that are to be seen."""
        (shown,) = connection.execute(f"{_SELECT_VISIBLE} AND photo_id {which}", values).fetchone()
        (hidden,) = connection.execute(f"{_SELECT_HIDDEN} {which}", values).fetchone()
        self.visible[np.fromstring(shown or "", np.int64, sep=",")] = True
        self.visible[np.fromstring(hidden or "", np.int64, sep=",")] = False

    def order(self, sort: Sort) -> Ordered:
        """All photos by time (NEWEST, OLDEST) or QUALITY; equal ones newest first, then by id."""
        if sort not in self._orders:
            ids = np.flatnonzero(self.exists).astype(np.int32)
            self._orders[sort] = self._sorted(sort, ids)
        if sort not in self._arranged:
            self._arranged[sort] = self.arranged(self._orders[sort])
        return self._arranged[sort]

    def arranged(self, ids: NDArray[np.int32]) -> Ordered:
        """These photos, in this order, with their columns."""
        return Ordered(ids, self.aspect[ids], self.day[ids], self.colour[ids], self.video[ids])

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
        return np.insert(kept, self._places(sort, kept, fresh), fresh)

    def _places(
        self, sort: Sort, kept: NDArray[np.int32], fresh: NDArray[np.int32]
    ) -> NDArray[np.int64]:
        """How many of `kept` (in order, at least one) come before each of `fresh`, by bisection."""
        low, high = np.zeros(len(fresh), np.int64), np.full(len(fresh), len(kept), np.int64)
        while np.any(low < high):
            searching = low < high
            middle = (low + high) // 2
            probe = kept[np.minimum(middle, len(kept) - 1)]
            before = self._before(sort, probe, fresh)
            low = np.where(searching & before, middle + 1, low)
            high = np.where(searching & ~before, middle, high)
        return low

    def _before(
        self, sort: Sort, left: NDArray[np.int32], right: NDArray[np.int32]
    ) -> NDArray[np.bool_]:
        """Whether each photo on the left comes before its partner on the right."""
        before = np.zeros(len(left), np.bool_)
        for mine, other in zip(self._keys(sort, left), self._keys(sort, right), strict=True):
            before = (mine < other) | ((mine == other) & before)
        return before
