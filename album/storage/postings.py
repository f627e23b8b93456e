"""Sets of photos: for algebra as flags by photo id, for keeping as sorted ids or packed bits.

A value that few photos have (most things) is kept as the sorted ids of its photos, four bytes each; one that
many have, as one bit a photo. Counting under a filter costs what the smaller form costs, so neither thousands
of rare values nor a handful of common ones weigh on memory or on a click (docs/adr/0020-facet-index.md).
"""

from collections.abc import Iterable
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.int32]
"""Photo ids, ascending, each once."""

Flags = NDArray[np.bool_]
"""Whether a photo is in the set, by photo id; as long as the index is wide."""

_DENSE_FROM = 1 / 64
"""Share of photos from which on bits are kept: below, ids are smaller and faster to count."""


def as_ids(values: Iterable[int]) -> Ids:
    """Sorted ids, each once."""
    return np.unique(np.fromiter(values, np.int32))


def widened(flags: Flags, width: int) -> Flags:
    """The flags, made `width` photos wide."""
    if len(flags) >= width:
        return flags
    wide = np.zeros(width, np.bool_)
    wide[: len(flags)] = flags
    return wide


class Selection:
    """A set of photos that others are counted in.

    Args:
        flags: a multiple of 64 wide.
    """

    def __init__(self, flags: Flags) -> None:
        self.flags = flags

    @cached_property
    def words(self) -> NDArray[np.uint64]:
        """The flags as bits."""
        return _packed(self.flags)

    @cached_property
    def size(self) -> int:
        """How many photos are in it."""
        return int(np.count_nonzero(self.flags))


_NO_WORDS = np.zeros(0, np.uint64)


class Posting:
    """The photos that have one value.

    Args:
        ids: of the photos.
        width: of the index in photos, a multiple of 64, larger than every id.
    """

    __slots__ = ("_ids", "_words")

    def __init__(self, ids: Ids, width: int) -> None:
        self._ids: Ids | None = ids
        self._words: NDArray[np.uint64] = _NO_WORDS
        if len(ids) > width * _DENSE_FROM:
            flags = np.zeros(width, np.bool_)
            flags[ids] = True
            self._ids, self._words = None, _packed(flags)

    def count_in(self, selection: Selection) -> int:
        """How many of these photos are in the selection."""
        if self._ids is not None:
            return int(np.count_nonzero(selection.flags.take(self._ids)))
        words = selection.words[: len(self._words)]
        return int(np.bitwise_count(self._words & words).sum())

    def add_to(self, flags: Flags) -> None:
        """Set these photos' flags."""
        if self._ids is not None:
            flags[self._ids] = True
        else:
            own = _unpacked(self._words)
            flags[: len(own)] |= own

    @property
    def ids(self) -> Ids:
        """The photos' ids."""
        if self._ids is not None:
            return self._ids
        return np.flatnonzero(_unpacked(self._words)).astype(np.int32)

    def replaced(self, changed: Flags, now: Ids) -> "Posting":
        """The posting after the photos in `changed` were looked at again, and those in `now` have the value."""
        kept = self.ids
        kept = kept[~changed[kept]]
        if not len(now) and len(kept) == len(self):
            return self
        return Posting(np.sort(np.concatenate((kept, now))), len(changed))

    def __len__(self) -> int:
        """How many photos have the value."""
        if self._ids is not None:
            return len(self._ids)
        return int(np.bitwise_count(self._words).sum())


def _packed(flags: Flags) -> NDArray[np.uint64]:
    return np.packbits(flags, bitorder="little").view(np.uint64)


def _unpacked(words: NDArray[np.uint64]) -> Flags:
    return np.unpackbits(words.view(np.uint8), bitorder="little").view(np.bool_)
