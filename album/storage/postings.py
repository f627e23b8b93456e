"""Sets of photos: for algebra as flags by photo id, for keeping as sorted ids or packed bits.

A value that few photos have (most things) is kept as the sorted ids of its photos, four bytes each;
one that many have, as one bit a photo. Counting under a filter costs what the smaller form costs,
so neither thousands of rare values nor a handful of common ones weigh on memory or on a click
(docs/adr/0020-facet-index.md).
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.int32]
"""Photo ids, ascending, each once."""

Flags = NDArray[np.bool_]
"""Whether a photo is in the set, by photo id; as long as the index is wide."""

NOBODY: Ids = np.zeros(0, np.int32)
"""No photo."""

_BITS = 64
_DENSE_FROM = 1 / 64
"""Share of photos from which on bits are kept: below, ids are smaller and faster to count."""


def as_ids(values: Iterable[int]) -> Ids:
    """Sorted ids, each once."""
    return np.unique(np.fromiter(values, np.int32))


def parsed_ids(text: str) -> Ids:
    """The ids in a text like `3,5,9` (SQLite's group_concat), sorted, each once."""
    ids = np.fromstring(text, np.int32, sep=",")
    ascending = bool(np.all(ids[1:] > ids[:-1]))
    return ids if ascending else np.unique(ids)


def union(parts: Sequence[Ids]) -> Ids:
    """Photos that are in any of the parts."""
    if not parts:
        return NOBODY
    if len(parts) == 1:
        return parts[0]
    flags = np.zeros(1 + max((int(part[-1]) for part in parts if len(part)), default=0), np.bool_)
    for part in parts:
        flags[part] = True
    return np.flatnonzero(flags).astype(np.int32)


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
        self._choose_form(width)

    def _choose_form(self, width: int) -> None:
        if self._ids is not None and len(self._ids) > width * _DENSE_FROM:
            flags = np.zeros(width, np.bool_)
            flags[self._ids] = True
            self._ids, self._words = None, _packed(flags)

    @property
    def is_rare(self) -> bool:
        """Whether ids are kept."""
        return self._ids is not None

    @property
    def words(self) -> int:
        """How many words of bits are kept."""
        return len(self._words)

    def move_ids(self, ids: Ids) -> None:
        """Keep the same ids in this array."""
        self._ids = ids

    def move_words(self, words: NDArray[np.uint64]) -> None:
        """Keep the same bits in this array of zeros, which may be longer."""
        words[: len(self._words)] = self._words
        self._words = words

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

    def has(self, ids: Ids) -> Flags:
        """Whether each of these photos has the value."""
        if self._ids is not None:
            return np.isin(ids, self._ids, assume_unique=True)
        places = np.minimum(ids // _BITS, len(self._words) - 1)
        bits = self._words[places] >> (ids % _BITS).astype(np.uint64) & np.uint64(1)
        return bits.astype(np.bool_) & (ids < len(self._words) * _BITS)

    def replace(self, changed: Ids, now: Ids, width: int) -> None:
        """Take the photos `changed` out, and those of them that are in `now` in again."""
        if self._ids is None:
            self._replace_bits(changed, now, width)
        else:
            self._replace_ids(changed, now)
            self._choose_form(width)

    def _replace_ids(self, changed: Ids, now: Ids) -> None:
        ids = self.ids
        places = np.searchsorted(ids, changed)
        here = np.zeros(len(changed), np.bool_)
        inside = places < len(ids)
        here[inside] = ids[places[inside]] == changed[inside]
        if here.any():
            ids = np.delete(ids, places[here])
        if len(now):
            ids = np.insert(ids, np.searchsorted(ids, now), now)
        self._ids = ids

    def _replace_bits(self, changed: Ids, now: Ids, width: int) -> None:
        lacking = width // _BITS - len(self._words)
        if lacking > 0:
            self._words = np.concatenate((self._words, np.zeros(lacking, np.uint64)))
        np.bitwise_and.at(self._words, changed // _BITS, ~_bits(changed))
        np.bitwise_or.at(self._words, now // _BITS, _bits(now))

    @property
    def ids(self) -> Ids:
        """The photos' ids."""
        if self._ids is not None:
            return self._ids
        return np.flatnonzero(_unpacked(self._words)).astype(np.int32)

    def __len__(self) -> int:
        """How many photos have the value."""
        if self._ids is not None:
            return len(self._ids)
        return int(np.bitwise_count(self._words).sum())


class Tally:
    """Values that are counted together, as a click counts hundreds of them.

    What they keep is moved into one array of ids and one of bits, of which each value then has its
    part; the tally is void as soon as a value changes.

    Args:
        postings: by value.
    """

    def __init__(self, postings: Mapping[str, Posting]) -> None:
        rare = {slug: one for slug, one in postings.items() if one.is_rare and len(one)}
        common = {slug: one for slug, one in postings.items() if not one.is_rare}
        self._slugs = tuple(postings)
        self._rare, self._common = tuple(rare), tuple(common)
        ends = np.cumsum([len(one) for one in rare.values()], dtype=np.intp)
        self._starts = np.concatenate([[0], ends])[:-1].astype(np.intp)
        self._ids = np.concatenate([NOBODY, *(one.ids for one in rare.values())])
        width = max((one.words for one in common.values()), default=0)
        self._words = np.zeros((len(common), width), np.uint64)
        for one, start, end in zip(rare.values(), self._starts, ends, strict=True):
            one.move_ids(self._ids[start:end])
        for one, words in zip(common.values(), self._words, strict=True):
            one.move_words(words)

    def count_in(self, selection: Selection) -> dict[str, int]:
        """How many photos of the selection have each value."""
        counts = dict.fromkeys(self._slugs, 0)
        if self._rare:
            there = selection.flags.take(self._ids)
            sums = np.add.reduceat(there, self._starts, dtype=np.int32)
            counts.update(zip(self._rare, sums.tolist(), strict=True))
        if self._common:
            words = selection.words[: self._words.shape[1]]
            sums = np.bitwise_count(self._words & words).sum(axis=1)
            counts.update(zip(self._common, sums.tolist(), strict=True))
        return counts


_NO_WORDS = np.zeros(0, np.uint64)


def _bits(ids: Ids) -> NDArray[np.uint64]:
    """For each photo the word in which only its bit is set."""
    return np.uint64(1) << (ids % _BITS).astype(np.uint64)


def _packed(flags: Flags) -> NDArray[np.uint64]:
    return np.packbits(flags, bitorder="little").view(np.uint64)


def _unpacked(words: NDArray[np.uint64]) -> Flags:
    return np.unpackbits(words.view(np.uint8), bitorder="little").view(np.bool_)
