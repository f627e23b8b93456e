"""The subject's own colours at its edge, where the old background shines through. Pure pixels."""

import numpy as np
from numpy.typing import NDArray

from album.analysis.protocol import Alpha, Pixels

_TILE_PX = 128
_SURE = 0.9
_LEAST = 1e-4


def cleared(pixels: Pixels, alpha: Alpha) -> Pixels:
    """The picture with the half-transparent edge in the colours of what is opaque beside it.

    The less opaque a pixel is, the more of its colour comes from its opaque neighbours; a pixel
    without any within reach keeps its own. What is opaque or fully transparent stays as it is.
    """
    height, width = alpha.shape
    reach = max(2, max(height, width) // 300)
    answer = pixels
    for top in range(0, height, _TILE_PX):
        for left in range(0, width, _TILE_PX):
            here = (slice(top, top + _TILE_PX), slice(left, left + _TILE_PX))
            if not _is_edge(alpha[here]):
                continue
            if answer is pixels:
                answer = pixels.copy()
            first = max(0, top - reach), max(0, left - reach)
            around = (
                slice(first[0], top + _TILE_PX + reach),
                slice(first[1], left + _TILE_PX + reach),
            )
            tile = _own(pixels[around], alpha[around], reach)
            rows, columns = alpha[here].shape
            y, x = top - first[0], left - first[1]
            answer[here] = tile[y : y + rows, x : x + columns]
    return answer


def _is_edge(alpha: Alpha) -> bool:
    return bool(((alpha > 0) & (alpha < 255)).any())


def _own(pixels: Pixels, alpha: Alpha, reach: int) -> Pixels:
    """The colours of a tile, its opaque neighbours mixed in."""
    share = alpha.astype(np.float32)[..., None] / 255
    colours = pixels.astype(np.float32)
    weight = np.where(share > _SURE, share, share * share * share * 1e-2)
    sums = _sum_around(np.concatenate((colours * weight, weight), axis=2), reach)
    there = sums[..., 3:] > _LEAST
    inner = np.where(there, sums[..., :3] / np.maximum(sums[..., 3:], _LEAST), colours)
    soft = (share > 0) & (share < 1)
    mixed = np.where(soft, share * colours + (1 - share) * inner, colours)
    answer: Pixels = (mixed + 0.5).astype(np.uint8)
    return answer


def _sum_around(values: NDArray[np.float32], reach: int) -> NDArray[np.float32]:
    """Sums over the square of `reach` neighbours on each side, (h, w, channels)."""
    for axis in (0, 1):
        count = values.shape[axis]
        total = np.insert(np.cumsum(values, axis, dtype=np.float32), 0, 0, axis)
        places = np.arange(count)
        last = np.minimum(places + reach + 1, count)
        values = total.take(last, axis) - total.take(np.maximum(places - reach, 0), axis)
    return values
