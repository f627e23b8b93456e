"""Which of the lifted subjects are kept, and how their edge is drawn. Pure pixels."""

from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from album.analysis.protocol import Alpha, Cutout, Subject

_OPAQUE = 127
_VISIBLE = 12
_BLUR_REACH = 3


@dataclass(frozen=True, slots=True)
class Edge:
    """How the edge of a subject is drawn.

    Attributes:
        feather_px: how wide it is softened, in pixels of the full picture.
        shift_px: how far it is moved, outwards where positive.
    """

    feather_px: int = 0
    shift_px: int = 0


def layers(cutout: Cutout) -> tuple[Subject, ...]:
    """The subjects of a cut-out: itself, where it has only one layer; none where nothing is."""
    if cutout.subjects or cutout.box is None:
        return cutout.subjects
    x, y, width, height = cutout.box
    part = cutout.alpha[y : y + height, x : x + width]
    share = float(part.mean(dtype=np.float64)) / 255 * part.size / cutout.alpha.size
    return (Subject(part, cutout.box, share, cutout.confidence),)


def keep(cutout: Cutout, chosen: Collection[int]) -> Cutout:
    """The cut-out with these of its `layers` alone, counted from 0."""
    every = layers(cutout)
    kept = tuple(one for number, one in enumerate(every) if number in chosen)
    if len(kept) == len(every):
        return cutout
    alpha = np.zeros_like(cutout.alpha)
    for one in kept:
        x, y, width, height = one.box
        under = alpha[y : y + height, x : x + width]
        np.add(under, np.minimum(one.alpha, 255 - under), out=under)
    return replace(
        cutout, alpha=alpha, box=_around([one.box for one in kept]), found=bool(kept), subjects=kept
    )


def subjects_at(cutout: Cutout, points: Collection[tuple[int, int]]) -> list[int]:
    """Which of the `layers` hold one of these points (x, y), counted from 0."""
    return [
        number
        for number, one in enumerate(layers(cutout))
        if any(_opacity(one, x, y) > _OPAQUE for x, y in points)
    ]


def edged(cutout: Cutout, edge: Edge) -> Cutout:
    """The cut-out with its edge moved and softened; one layer."""
    if edge == Edge() or cutout.box is None:
        return cutout
    rows, columns = _near(cutout.box, edge)
    part = cutout.alpha[rows, columns]
    if edge.shift_px:
        part = _moved(part, edge.shift_px)
    if edge.feather_px:
        blur = ImageFilter.GaussianBlur(edge.feather_px / 2)
        part = np.asarray(Image.fromarray(part).filter(blur))
    alpha = np.zeros_like(cutout.alpha)
    alpha[rows, columns] = part
    return replace(cutout, alpha=alpha, box=_box(part, rows, columns), subjects=())


def _opacity(subject: Subject, x: int, y: int) -> int:
    left, top, width, height = subject.box
    inside = left <= x < left + width and top <= y < top + height
    return int(subject.alpha[y - top, x - left]) if inside else 0


def _near(box: tuple[int, int, int, int], edge: Edge) -> tuple[slice, slice]:
    """Rows and columns that the edge can reach."""
    x, y, width, height = box
    reach = max(0, edge.shift_px) + _BLUR_REACH * edge.feather_px + 8
    return (
        slice(max(0, y - reach), y + height + reach),
        slice(max(0, x - reach), x + width + reach),
    )


def _moved(alpha: Alpha, shift_px: int) -> Alpha:
    """Grown (or shrunk) by so many pixels, in the shape of an octagon."""
    answer = alpha if shift_px > 0 else 255 - alpha
    for step in range(abs(shift_px)):
        answer = _spread(answer, corners=step % 2 == 1)
    return answer if shift_px > 0 else 255 - answer


def _spread(alpha: Alpha, *, corners: bool) -> Alpha:
    """The largest of each pixel and its four neighbours, or its eight."""
    down = alpha.copy()
    np.maximum(down[1:], alpha[:-1], out=down[1:])
    np.maximum(down[:-1], alpha[1:], out=down[:-1])
    source = down if corners else alpha
    answer = down.copy()
    np.maximum(answer[:, 1:], source[:, :-1], out=answer[:, 1:])
    np.maximum(answer[:, :-1], source[:, 1:], out=answer[:, :-1])
    return answer


def _box(part: NDArray[np.uint8], rows: slice, columns: slice) -> tuple[int, int, int, int] | None:
    down, across = (np.flatnonzero((part > _VISIBLE).any(axis=axis)) for axis in (1, 0))
    if not len(down):
        return None
    left, top = int(across[0]), int(down[0])
    width, height = int(across[-1]) - left + 1, int(down[-1]) - top + 1
    return (columns.start + left, rows.start + top, width, height)


def _around(
    boxes: Collection[tuple[int, int, int, int]],
) -> tuple[int, int, int, int] | None:
    """The box around all of these; None where there are none."""
    if not boxes:
        return None
    left, top = (min(box[place] for box in boxes) for place in (0, 1))
    right, bottom = (max(box[place] + box[place + 2] for box in boxes) for place in (0, 1))
    return (left, top, right - left, bottom - top)
