"""Where every photo lies: justified rows under headings, by arithmetic on whole arrays; no Qt.

A million photos are laid out in some milliseconds: rows are broken greedily, for all groups (days)
at the same time, one row of each group a turn; long groups are cut into chunks for that, and the
seam of two chunks is evened out.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

CHUNK: Final = 256
"""Photos that are broken into rows as one; rows meet the next chunk at a seam."""

NARROWEST, WIDEST = 0.4, 3.6
"""Aspects beyond these are shown cropped, so that one panorama does not flatten its row."""

ALMOST_FULL = 0.8
"""A last row that fills this share of the width is justified like the others."""

TALLEST = 1.5
"""No justified row grows beyond this share of the wanted height."""


@dataclass(frozen=True, slots=True)
class Measures:
    """What a layout is made for, in pixels.

    Attributes:
        width: of the rows.
        row: wanted height of a row.
        gap: between photos, across and down.
        heading: room above a group's first row; 0 for no headings.
        between: extra room between two groups.
    """

    width: int
    row: int
    gap: int = 4
    heading: int = 0
    between: int = 0


@dataclass(frozen=True, slots=True)
class Rect:
    """A rectangle in pixels of the whole page."""

    x: int
    y: int
    width: int
    height: int


class Strip:
    """The photos of a page in order, with what layouts of any width need of them.

    Args:
        aspect: width / height of each photo, shape (photos,).
        starts: first photo of each group, which stands under a heading of its own; None: one group.
    """

    def __init__(self, aspect: NDArray[np.float32], starts: Ints | None = None) -> None:
        self._aspect = aspect
        self._layout: Layout | None = None
        clipped = np.clip(aspect, NARROWEST, WIDEST)
        self.count = len(clipped)
        self.sums: Floats = np.concatenate(([0.0], np.cumsum(clipped, dtype=np.float64)))
        if starts is None or not self.count:
            starts = np.zeros(min(1, self.count), dtype=np.int64)
        self.group_starts: Ints = starts
        self._chunk_starts, self._chunk_ends, self._chunk_seams = _chunks(starts, self.count)

    def is_of(self, aspect: NDArray[np.float32], starts: Ints | None) -> bool:
        """Whether these photos in these groups would make the same strip."""
        if starts is None:
            starts = np.zeros(min(1, len(aspect)), dtype=np.int64)
        return np.array_equal(starts, self.group_starts) and np.array_equal(aspect, self._aspect)

    def laid_out(self, measures: Measures) -> "Layout":
        """The rows at these measures; the last ones are remembered."""
        if self._layout is None or self._layout.measures != measures:
            self._layout = Layout(self, measures)
        return self._layout

    @property
    def chunks(self) -> tuple[Ints, Ints, NDArray[np.bool_]]:
        """First photo and end of each chunk, and whether its group goes on in the next one."""
        return self._chunk_starts, self._chunk_ends, self._chunk_seams


class Layout:
    """The rows of a strip at some measures.

    Attributes:
        height: of the whole page.
        row_starts: first photo of each row, and the number of photos at the end; shape (rows + 1,).
        row_tops, row_heights: in pixels, shape (rows,).
        group_rows: first row of each group, shape (groups,).
    """

    def __init__(self, strip: Strip, measures: Measures) -> None:
        self.strip = strip
        self.measures = measures
        self.row_starts = np.append(_row_starts(strip, measures), strip.count)
        self.group_rows = np.searchsorted(self.row_starts, strip.group_starts)
        self._scales = self._row_scales()
        self.row_heights = np.maximum(1, np.rint(self._scales)).astype(np.int64)
        self.row_tops, self.height = self._row_tops()

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return len(self.row_heights)

    def row_of(self, photo: int) -> int:
        """The row that this photo lies in."""
        return int(np.searchsorted(self.row_starts, photo, side="right")) - 1

    def rows_between(self, top: int, bottom: int) -> range:
        """The rows that show between two heights of the page."""
        if not self.rows:
            return range(0)
        first = int(np.searchsorted(self.row_tops, top, side="right")) - 1
        last = int(np.searchsorted(self.row_tops, bottom, side="left"))
        return range(max(0, first), last)

    def groups_between(self, top: int, bottom: int) -> range:
        """The groups whose heading or rows show between two heights of the page."""
        rows = self.rows_between(top, bottom + self.measures.heading)
        if not rows:
            return range(0)
        first = int(np.searchsorted(self.group_rows, rows.start, side="right")) - 1
        return range(first, int(np.searchsorted(self.group_rows, rows.stop, side="left")))

    def group_of(self, photo: int) -> int:
        """The group that this photo belongs to."""
        return int(np.searchsorted(self.strip.group_starts, photo, side="right")) - 1

    def group_top(self, group: int) -> int:
        """Where the heading of a group begins."""
        return int(self.row_tops[self.group_rows[group]]) - self.measures.heading

    def group_photos(self, group: int) -> range:
        """The photos of a group."""
        starts = self.strip.group_starts
        end = int(starts[group + 1]) if group + 1 < len(starts) else self.strip.count
        return range(int(starts[group]), end)

    def row_rects(self, row: int) -> list[Rect]:
        """Where the photos of a row lie, in order."""
        first, end = int(self.row_starts[row]), int(self.row_starts[row + 1])
        gap = self.measures.gap
        edges = (self.strip.sums[first : end + 1] - self.strip.sums[first]) * self._scales[row]
        lefts = np.rint(edges[:-1] + gap * np.arange(end - first)).astype(int).tolist()
        rights = np.rint(edges[1:] + gap * np.arange(end - first)).astype(int).tolist()
        top, height = int(self.row_tops[row]), int(self.row_heights[row])
        return [
            Rect(left, top, max(1, right - left), height)
            for left, right in zip(lefts, rights, strict=True)
        ]

    def rect(self, photo: int) -> Rect:
        """Where a photo lies."""
        row = self.row_of(photo)
        return self.row_rects(row)[photo - int(self.row_starts[row])]

    def photo_at(self, x: int, y: int) -> int | None:
        """The photo at a point of the page; None between photos."""
        rows = self.rows_between(y, y + 1)
        for row in rows:
            for photo, rect in enumerate(self.row_rects(row), int(self.row_starts[row])):
                if rect.x <= x < rect.x + rect.width and rect.y <= y < rect.y + rect.height:
                    return photo
        return None

    def nearest(self, row: int, x: int) -> int:
        """The photo of a row whose middle is nearest to `x`."""
        rects = self.row_rects(row)
        middles = [abs(rect.x + rect.width / 2 - x) for rect in rects]
        return int(self.row_starts[row]) + middles.index(min(middles))

    def runs_in(self, area: Rect) -> list[tuple[int, int]]:
        """Runs of photos (first, last) that touch a rectangle."""
        runs: list[tuple[int, int]] = []
        for row in self.rows_between(area.y, area.y + area.height):
            first = int(self.row_starts[row])
            hit = [
                first + at
                for at, rect in enumerate(self.row_rects(row))
                if rect.x < area.x + area.width
                and area.x < rect.x + rect.width
                and rect.y < area.y + area.height
                and area.y < rect.y + rect.height
            ]
            if hit:
                runs.append((hit[0], hit[-1]))
        return runs

    def _row_scales(self) -> Floats:
        """The exact height of each row: as it fills the width, or the wanted one at an end."""
        starts, measures = self.row_starts, self.measures
        aspects = self.strip.sums[starts[1:]] - self.strip.sums[starts[:-1]]
        gaps = (np.diff(starts) - 1) * measures.gap
        free = np.maximum(measures.width - gaps, 1)
        full = free / np.maximum(aspects, NARROWEST)
        lasts = np.zeros(len(full), dtype=np.bool_)
        if len(full):
            lasts[np.append(self.group_rows[1:], len(full)) - 1] = True
        natural = lasts & (full * ALMOST_FULL > measures.row)
        scales = np.where(natural, np.minimum(full, measures.row), full)
        limited: Floats = np.minimum(
            scales, np.where(natural, measures.row, measures.row * TALLEST)
        )
        return limited

    def _row_tops(self) -> tuple[Ints, int]:
        steps = self.row_heights + self.measures.gap
        above = np.zeros(len(steps), dtype=np.int64)
        above[self.group_rows] = self.measures.heading + self.measures.between
        if len(above):
            above[0] = self.measures.heading
        ends = np.cumsum(steps + above)
        height = int(ends[-1]) - self.measures.gap if len(ends) else 0
        return ends - steps, height


def _chunks(starts: Ints, count: int) -> tuple[Ints, Ints, NDArray[np.bool_]]:
    ends = np.append(starts[1:], count) if len(starts) else starts
    parts = np.maximum(1, (ends - starts) // CHUNK)
    group = np.repeat(np.arange(len(starts)), parts)
    part = np.arange(len(group)) - np.repeat(np.cumsum(parts) - parts, parts)
    sizes = (ends - starts)[group]
    chunk_starts = starts[group] + part * sizes // parts[group]
    chunk_ends = starts[group] + (part + 1) * sizes // parts[group]
    return chunk_starts, chunk_ends, chunk_ends < ends[group]


def _row_starts(strip: Strip, measures: Measures) -> Ints:
    """The first photo of every row: greedy, whichever break comes nearer to the wanted height."""
    row = max(1, measures.row)
    reach = strip.sums + np.arange(strip.count + 1) * (measures.gap / row)
    middles = np.append((reach[:-1] + reach[1:]) / 2, np.inf)
    wanted = (measures.width + measures.gap) / row
    usual = max(1, round(wanted * strip.count / reach[-1])) if strip.count else 1
    at, ends, seams = strip.chunks
    before = at
    found: list[Ints] = []
    while len(at):
        breaks = np.maximum(_near(middles, reach[at] + wanted, at + usual), at + 1)
        done = breaks >= ends
        if not done.any():
            found.append(at)
            before, at = at, breaks
            continue
        found.append(_even_out(reach, before, at, ends, wanted, done & seams))
        going = ~done
        before, at = at[going], breaks[going]
        ends, seams = ends[going], seams[going]
    starts = np.concatenate(found) if found else np.empty(0, dtype=np.int64)
    return np.sort(starts[starts >= 0])


def _near(middles: Floats, limits: Floats, guesses: Ints) -> Ints:
    """What `np.searchsorted(middles, limits)` finds, by steps from a good guess.

    The photo whose edge is nearest to the row's end is the one before which to break. Neighbours
    lie in the cache, the middle of the whole array does not: several times faster here.
    """
    found = np.minimum(guesses, len(middles) - 1)
    while (short := middles[found] < limits).any():
        found = found + short
    while (past := (middles[found - 1] >= limits) & (found > 0)).any():
        found = found - past
    return found


def _even_out(
    reach: Floats, before: Ints, at: Ints, ends: Ints, wanted: float, seam: NDArray[np.bool_]
) -> Ints:
    """Where a chunk ends inside its group, its last two rows share what they have.

    Returns the starts of the last rows, -1 where the last row joins the one before it.
    """
    short = seam & (before < at)
    if not short.any():
        return at
    total = reach[ends] - reach[before]
    middle = np.searchsorted(reach, reach[before] + total / 2)
    middle = np.clip(middle, before + 1, np.maximum(before + 1, ends - 1))
    one_row = total < 1.5 * wanted
    return np.where(short, np.where(one_row, -1, middle), at)
