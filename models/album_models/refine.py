"""From the network's small outline to a full-size alpha along the picture's own edges: no torch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from album.analysis.protocol import Alpha, Pixels

    Floats = NDArray[np.float32]

_PASSES: Final = ((400, 1 / 52), (720, 1 / 110))
"""Longest side that each pass works at, and its radius as a share of that side."""
_SMOOTHNESS: Final = 5e-4
_LEVELS: Final = (0.15, 0.85)
_SURE: Final = 0.999
_TILE_PX: Final = 128
_PAIRS: Final = ((0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2))


def full_alpha(pixels: Pixels, outline: Floats) -> Alpha:
    """The opacity of each pixel.

    The fast guided filter (He and Sun, 2015) with colour: the outline as a locally linear function
    of the picture's colours, first wide, then narrow. Found at a working size, it is applied to
    every pixel near the edge; what lies deep inside or far outside is filled.

    Args:
        pixels: the picture.
        outline: probability of the subject, any size.
    """
    height, width = pixels.shape[:2]
    factor = max(1, max(width, height) // _PASSES[-1][0])
    picture = Image.fromarray(pixels).reduce(factor)
    frame = (0.0, 0.0, width / factor, height / factor)
    wanted, gain = outline, np.empty(0, np.float32)
    for longest_px, share in _PASSES:
        size = _working_size(width, height, longest_px)
        guide = np.asarray(picture.resize(size, Image.Resampling.BOX, box=frame))
        gain, wanted = _fitted(guide, _resized(wanted, size), max(2, round(max(size) * share)))
    layers = [Image.fromarray(one) for one in gain]
    alpha = np.empty((height, width), np.uint8)
    for rows, columns, near in _tiles(wanted, (height, width)):
        if near.max() <= 0 or near.min() >= 1:
            alpha[rows, columns] = 0 if near.max() <= 0 else 255
            continue
        here = _cut(layers, rows, columns, (height, width))
        found = _stretched(_applied(here, _colours(pixels[rows, columns])))
        alpha[rows, columns] = found * 255 + 0.5
    return alpha


def _fitted(guide: Pixels, wanted: Floats, radius: int) -> tuple[Floats, Floats]:
    """The linear functions (4, h, w), and what they make of the guide (h, w); only near the edge.

    What has nothing but the subject within `radius` belongs to it, whatever its colour.
    """
    around = _box((wanted > 0.5)[None].astype(np.float32), radius)[0]
    inside, outside = around > _SURE, around < 1 - _SURE
    gain = np.zeros((4, *wanted.shape), np.float32)
    gain[3] = inside
    answer = gain[3].copy()
    place = _bounds(~(inside | outside), radius)
    if place is not None:
        part = (slice(None), *place)
        colours = _colours(guide[place])
        gain[part] = _guided(colours, wanted[place], radius, inside[place], outside[place])
        answer[place] = _stretched(_applied(gain[part], colours))
    return gain, answer


def _bounds(there: NDArray[np.bool_], margin: int) -> tuple[slice, slice] | None:
    """Rows and columns of what is there, and of its surroundings; None where nothing is."""
    kept = []
    for axis in (1, 0):
        found = np.flatnonzero(there.any(axis=axis))
        if not len(found):
            return None
        kept.append(slice(max(0, int(found[0]) - margin), int(found[-1]) + margin + 1))
    return kept[0], kept[1]


def _tiles(small: Floats, shape: tuple[int, int]) -> Iterator[tuple[slice, slice, Floats]]:
    """The tiles of a picture of this shape, each with its surroundings in the small alpha."""
    (height, width), (low, narrow) = shape, small.shape
    for top in range(0, height, _TILE_PX):
        rows = slice(top, min(top + _TILE_PX, height))
        near_rows = slice(max(0, rows.start * low // height - 1), -(-rows.stop * low // height) + 1)
        for left in range(0, width, _TILE_PX):
            columns = slice(left, min(left + _TILE_PX, width))
            first = max(0, columns.start * narrow // width - 1)
            yield rows, columns, small[near_rows, first : -(-columns.stop * narrow // width) + 1]


def _cut(
    layers: Sequence[Image.Image], rows: slice, columns: slice, shape: tuple[int, int]
) -> Floats:
    """A tile of layers that are enlarged to `shape`: (layers, h, w)."""
    down, across = layers[0].height / shape[0], layers[0].width / shape[1]
    box = (columns.start * across, rows.start * down, columns.stop * across, rows.stop * down)
    size = (columns.stop - columns.start, rows.stop - rows.start)
    return np.stack(
        [np.asarray(layer.resize(size, Image.Resampling.BILINEAR, box=box)) for layer in layers]
    )


def _working_size(width: int, height: int, longest_px: int) -> tuple[int, int]:
    scale = min(1.0, longest_px / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))


def _colours(pixels: Pixels) -> Floats:
    """(h, w, 3) bytes to (3, h, w), 0 to 1."""
    return np.ascontiguousarray(pixels.transpose(2, 0, 1), np.float32) * np.float32(1 / 255)


def _resized(values: Floats, size: tuple[int, int]) -> Floats:
    return np.asarray(Image.fromarray(values).resize(size, Image.Resampling.BICUBIC))


def _applied(gain: Floats, guide: Floats) -> Floats:
    """The linear function (4, h, w): three weights of the colours (3, h, w), and a constant."""
    answer: Floats = gain[3] + gain[0] * guide[0]
    answer += gain[1] * guide[1]
    answer += gain[2] * guide[2]
    return answer


def _guided(
    guide: Floats,
    wanted: Floats,
    radius: int,
    inside: NDArray[np.bool_],
    outside: NDArray[np.bool_],
) -> Floats:
    """For each pixel the weights of its colours and a constant, (4, h, w)."""
    mean, target = _box(guide, radius), _box(wanted[None], radius)[0]
    products = np.stack([guide[one] * guide[other] for one, other in _PAIRS])
    spread = _box(products, radius)
    for place, (one, other) in enumerate(_PAIRS):
        spread[place] -= mean[one] * mean[other]
        if one == other:
            spread[place] += _SMOOTHNESS
    common = _box(guide * wanted, radius) - mean * target
    gain = np.empty((4, *wanted.shape), np.float32)
    gain[:3] = _solved(spread, common)
    gain[3] = target - (gain[:3] * mean).sum(axis=0)
    gain[:, inside | outside] = 0
    gain[3, inside] = 1
    return _box(gain, radius)


def _solved(spread: Floats, common: Floats) -> Floats:
    """The solutions of a symmetric 3 x 3 system a pixel: (6, h, w), (3, h, w) to (3, h, w)."""
    rr, rg, rb, gg, gb, bb = spread
    inverse = {
        (0, 0): gg * bb - gb * gb,
        (0, 1): gb * rb - rg * bb,
        (0, 2): rg * gb - gg * rb,
        (1, 1): rr * bb - rb * rb,
        (1, 2): rb * rg - rr * gb,
        (2, 2): rr * gg - rg * rg,
    }
    determinant = rr * inverse[0, 0] + rg * inverse[0, 1] + rb * inverse[0, 2]
    answer: Floats = np.stack(
        [
            sum(inverse[min(row, column), max(row, column)] * common[column] for column in range(3))
            for row in range(3)
        ]
    )
    answer /= determinant
    return answer


def _box(values: Floats, radius: int) -> Floats:
    """Mean of the square around each pixel of (channels, h, w), smaller at the rims."""
    answer = values
    for axis in (1, 2):
        answer = _run(answer, radius, axis)
    return answer


def _run(values: Floats, radius: int, axis: int) -> Floats:
    """Mean of `radius` neighbours on both sides along an axis."""
    count = values.shape[axis]
    shape = list(values.shape)
    shape[axis] += 2 * radius + 1
    total = np.zeros(shape, np.float32)
    along = np.moveaxis(total, axis, 0)
    np.cumsum(values, axis, out=np.moveaxis(along[radius + 1 : radius + 1 + count], 0, axis))
    along[radius + 1 + count :] = along[radius + count]
    places = np.arange(count)
    sizes = np.minimum(places + radius + 1, count) - np.maximum(places - radius, 0)
    shares = (1 / sizes).astype(np.float32)
    sums = np.moveaxis(along[2 * radius + 1 :] - along[:count], 0, axis)
    answer: Floats = sums * (shares[:, None] if axis == 1 else shares)
    return answer


def _stretched(values: Floats) -> Floats:
    """Nearly nothing becomes nothing, nearly all becomes all."""
    low, high = _LEVELS
    stretched: Floats = np.clip((values - low) * np.float32(1 / (high - low)), 0, 1)
    return stretched
