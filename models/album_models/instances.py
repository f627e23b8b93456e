"""Which parts of an outline are subjects of their own: what no more than a neck holds together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    Mask = NDArray[np.bool_]
    Labels = NDArray[np.int32]

_INSIDE: Final = 0.5
_FAINT: Final = 0.03
_SPECK_SHARE: Final = 0.01
_LEAST_SHARE: Final = 0.05
"""Of the largest one's area: less is no subject of its own but part of its neighbour."""
_NECK: Final = 0.34
"""Of the thickness of both sides: what is no thicker than that is a neck."""
_LEAST_PART: Final = 0.2
"""Of the thing that is divided."""
_MOST: Final = 9
_OFF_CENTRE: Final = 0.6
_REACH: Final = 24


def cleaned(outline: NDArray[np.float32]) -> NDArray[np.float32]:
    """The outline without specks far smaller than its largest part, its pinholes filled."""
    answer = outline.copy()
    inside = outline > _INSIDE
    labels = components(inside)
    areas = _areas(labels)
    if len(areas) > 2:
        specks = np.flatnonzero(areas[1:] < _SPECK_SHARE * areas[1:].max()) + 1
        answer[np.isin(_grown(labels, outline > _FAINT, _REACH), specks)] = 0
    holes = components(~inside)
    sizes = _areas(holes)
    rim = np.unique(np.concatenate((holes[0], holes[-1], holes[:, 0], holes[:, -1])))
    for hole in np.flatnonzero(sizes < _SPECK_SHARE * inside.sum()):
        if hole and hole not in rim:
            answer[holes == hole] = 1
    return answer


def owners(outline: NDArray[np.float32], points: Sequence[tuple[int, int]] = ()) -> Labels:
    """Who each pixel belongs to: 1 for the first subject, 2 for the next ...

    The first one is the largest and most central. Pixels outside belong to a neighbour, too, so
    that soft edges go with their subject. All zero where there is no subject.

    Args:
        outline: probability of the subject.
        points: rows and columns that somebody pointed at: a piece there counts, however small.
    """
    inside = outline > _INSIDE
    pieces = [part for piece in _each(components(inside)) for part in _parts(piece)]
    if not pieces:
        return np.zeros(outline.shape, np.int32)
    most = max(int(piece.sum()) for piece in pieces)
    subjects = [
        piece
        for piece in pieces
        if piece.sum() >= _LEAST_SHARE * most or any(piece[point] for point in points)
    ]
    subjects = sorted(subjects, key=_prominence, reverse=True)[:_MOST]
    labels = np.zeros(outline.shape, np.int32)
    for number, piece in enumerate(subjects, 1):
        labels[piece] = number
    if len(subjects) == 1:
        return np.ones(outline.shape, np.int32)
    labels = _grown(labels, inside, max(outline.shape))
    labels = _grown(labels, np.ones_like(inside), _REACH)
    labels[labels == 0] = 1
    return labels


def components(mask: Mask) -> Labels:
    """What hangs together by its sides, numbered from 1; 0 where the mask is not."""
    height, width = mask.shape
    padded = np.zeros((height, width + 2), np.int8)
    padded[:, 1:-1] = mask
    steps = np.diff(padded, axis=1)
    rows, starts = np.nonzero(steps == 1)
    ends = np.nonzero(steps == -1)[1]
    parents = _joined(rows.tolist(), starts.tolist(), ends.tolist())
    names, numbers = np.unique(np.array(parents, np.int64), return_inverse=True)
    labels = np.zeros((height, width), np.int32)
    if len(names):
        lengths = ends - starts
        labels[mask] = np.repeat(numbers + 1, lengths)
    return labels


def _joined(rows: list[int], starts: list[int], ends: list[int]) -> list[int]:
    """The first run of the component of each run; runs come row by row, left to right."""
    parents = list(range(len(rows)))

    def root(run: int) -> int:
        while parents[run] != run:
            parents[run] = parents[parents[run]]
            run = parents[run]
        return run

    above = 0
    for run, row in enumerate(rows):
        while rows[above] < row - 1 or (rows[above] == row - 1 and ends[above] <= starts[run]):
            above += 1
        other = above
        while other < run and rows[other] == row - 1 and starts[other] < ends[run]:
            one, two = root(run), root(other)
            parents[max(one, two)] = min(one, two)
            other += 1
    return [root(run) for run in range(len(rows))]


def _parts(mask: Mask) -> list[Mask]:
    """The thing itself, or its parts where a neck joins them."""
    depth = _depth(mask)
    for limit in range(1, int(depth.max() * _NECK) + 1):
        cores = components(depth > limit)
        thick = [
            number
            for number in range(1, int(cores.max()) + 1)
            if limit <= _NECK * depth[cores == number].max()
        ]
        if len(thick) < 2:
            continue
        seeds = np.where(np.isin(cores, thick), cores, 0).astype(np.int32)
        grown = _grown(seeds, mask, max(mask.shape))
        kept = np.array(thick)[_areas(grown)[thick] >= _LEAST_PART * mask.sum()]
        if len(kept) >= 2:
            again = _grown(np.where(np.isin(cores, kept), cores, 0), mask, max(mask.shape))
            return [part for number in kept for part in _parts(again == number)]
    return [mask]


def _depth(mask: Mask) -> NDArray[np.int32]:
    """How many layers of pixels lie between each pixel and the outside, the frame included."""
    left, depth = np.pad(mask, 1), np.zeros(mask.shape, np.int32)
    corners = False
    while left.any():
        depth += left[1:-1, 1:-1]
        left = ~_grown_by_one(~left, corners=corners)
        left[0] = left[-1] = left[:, 0] = left[:, -1] = False
        corners = not corners
    return depth


def _grown_by_one(mask: Mask, *, corners: bool = False) -> Mask:
    down = mask.copy()
    down[1:] |= mask[:-1]
    down[:-1] |= mask[1:]
    grown = down.copy()
    source = down if corners else mask
    grown[:, 1:] |= source[:, :-1]
    grown[:, :-1] |= source[:, 1:]
    return grown


def _grown(labels: Labels, within: Mask, most: int) -> Labels:
    """Labels spread over what is `within`, a pixel at a time and at most so many."""
    labels = labels.astype(np.int32)
    open_ = within & (labels == 0)
    for _ in range(most):
        before = labels
        labels = before.copy()
        for target, source in (
            (np.s_[1:], np.s_[:-1]),
            (np.s_[:-1], np.s_[1:]),
            (np.s_[:, 1:], np.s_[:, :-1]),
            (np.s_[:, :-1], np.s_[:, 1:]),
        ):
            taken = open_[target] & (labels[target] == 0)
            labels[target][taken] = before[source][taken]
        left = open_ & (labels == 0)
        if (left == open_).all():
            break
        open_ = left
    return labels


def _each(labels: Labels) -> Iterator[Mask]:
    for number in range(1, int(labels.max()) + 1):
        yield labels == number


def _areas(labels: Labels) -> NDArray[np.int64]:
    return np.bincount(labels.ravel(), minlength=int(labels.max()) + 1)


def _prominence(mask: Mask) -> float:
    """Area, less where it lies off the centre."""
    height, width = mask.shape
    rows, columns = np.nonzero(mask)
    off = np.hypot(rows.mean() / height - 0.5, columns.mean() / width - 0.5) / np.hypot(0.5, 0.5)
    return float(len(rows) * (1 - _OFF_CENTRE * off))
