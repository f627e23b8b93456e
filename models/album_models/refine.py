"""From the network's small outline to a full-size alpha along the picture's own edges: no torch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from album.analysis.protocol import Alpha, Hint, Pixels

_WORKING_PX: Final = 640
_RADIUS_SHARES: Final = (1 / 32, 1 / 90)
_SMOOTHNESS: Final = 2e-3
_LEVELS: Final = (0.12, 0.88)
_LIKENESS: Final = 34.0
_BAND_ROWS: Final = 512


def full_alpha(pixels: Pixels, outline: NDArray[np.float32]) -> Alpha:
    """The opacity of each pixel.

    The fast guided filter (He and Sun, 2015), first wide, then narrow: the outline as a locally
    linear function of the picture's brightness, found at a working size, applied to every pixel.

    Args:
        pixels: the picture.
        outline: probability of the subject, any size.
    """
    height, width = pixels.shape[:2]
    size = _working_size(width, height)
    guide = _brightness(np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.BOX)))
    wanted = _resized(outline, size)
    gain, base = np.zeros_like(wanted), wanted
    for share in _RADIUS_SHARES:
        wanted = _stretched(gain * guide + base)
        gain, base = _guided(guide, wanted, max(2, round(max(size) * share)))
    alpha = np.empty((height, width), np.uint8)
    for top in range(0, height, _BAND_ROWS):
        rows = slice(top, min(top + _BAND_ROWS, height))
        bright = _brightness(pixels[rows])
        gain_here, base_here = (_band(part, rows, (width, height)) for part in (gain, base))
        alpha[rows] = _stretched(gain_here * bright + base_here) * 255 + 0.5
    return alpha


def obey(
    outline: NDArray[np.float32], pixels: Pixels, hints: Sequence[Hint]
) -> NDArray[np.float32]:
    """The outline with what surrounds each click added or taken away, as far as its colour reaches.

    Args:
        outline: probability of the subject.
        pixels: the picture, any size.
        hints: clicks, in pixels of the picture.
    """
    height, width = outline.shape
    small = np.asarray(Image.fromarray(pixels).resize((width, height), Image.Resampling.BOX))
    changed = outline.copy()
    for hint in hints:
        x = min(width - 1, max(0, int(hint.x * width / pixels.shape[1])))
        y = min(height - 1, max(0, int(hint.y * height / pixels.shape[0])))
        reach = _reach(small.astype(np.float32), changed, x, y)
        changed[reach] = np.float32(hint.wanted)
    return changed


def _reach(
    picture: NDArray[np.float32], outline: NDArray[np.float32], x: int, y: int
) -> NDArray[np.bool_]:
    """What hangs together with (x, y), looks like it, and lies on the same side of the outline."""
    near = picture[max(0, y - 2) : y + 3, max(0, x - 2) : x + 3].reshape(-1, 3)
    alike = np.abs(picture - np.median(near, axis=0)).max(axis=2) < _LIKENESS
    side = (outline > 0.5) == (outline[y, x] > 0.5)
    rows, columns = np.ogrid[: outline.shape[0], : outline.shape[1]]
    disc = np.hypot(columns - x, rows - y) <= max(3, max(outline.shape) // 40)
    allowed: NDArray[np.bool_] = (alike & side) | disc
    reached: NDArray[np.bool_] = disc
    while True:
        grown = reached.copy()
        grown[1:] |= reached[:-1]
        grown[:-1] |= reached[1:]
        grown[:, 1:] |= reached[:, :-1]
        grown[:, :-1] |= reached[:, 1:]
        grown &= allowed
        if (grown == reached).all():
            return reached
        reached = grown


def _working_size(width: int, height: int) -> tuple[int, int]:
    scale = min(1.0, _WORKING_PX / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))


def _brightness(pixels: Pixels) -> NDArray[np.float32]:
    weights = np.array([0.299, 0.587, 0.114], np.float32) / np.float32(255)
    answer: NDArray[np.float32] = pixels.astype(np.float32) @ weights
    return answer


def _resized(values: NDArray[np.float32], size: tuple[int, int]) -> NDArray[np.float32]:
    return np.asarray(Image.fromarray(values).resize(size, Image.Resampling.BICUBIC))


def _band(values: NDArray[np.float32], rows: slice, size: tuple[int, int]) -> NDArray[np.float32]:
    """The rows of `values` enlarged to `size`."""
    width, height = size
    scale = values.shape[0] / height
    box = (0.0, rows.start * scale, float(values.shape[1]), rows.stop * scale)
    target = (width, rows.stop - rows.start)
    return np.asarray(Image.fromarray(values).resize(target, Image.Resampling.BILINEAR, box=box))


def _guided(
    guide: NDArray[np.float32], wanted: NDArray[np.float32], radius: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    mean, target = _box(guide, radius), _box(wanted, radius)
    spread = _box(guide * guide, radius) - mean * mean
    common = _box(guide * wanted, radius) - mean * target
    gain: NDArray[np.float32] = (common / (spread + _SMOOTHNESS)).astype(np.float32)
    return _box(gain, radius), _box(target - gain * mean, radius)


def _box(values: NDArray[np.float32], radius: int) -> NDArray[np.float32]:
    """Mean of the square around each pixel, smaller at the rims."""
    answer = values.astype(np.float64)
    for axis in (0, 1):
        count = answer.shape[axis]
        total = np.concatenate(
            [np.zeros_like(answer.take([0], axis)), np.cumsum(answer, axis)], axis
        )
        first = np.maximum(np.arange(count) - radius, 0)
        last = np.minimum(np.arange(count) + radius + 1, count)
        shape = (-1, 1) if axis == 0 else (1, -1)
        answer = (total.take(last, axis) - total.take(first, axis)) / (last - first).reshape(shape)
    return answer.astype(np.float32)


def _stretched(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Nearly nothing becomes nothing, nearly all becomes all."""
    low, high = _LEVELS
    stretched: NDArray[np.float32] = np.clip((values - low) / (high - low), 0, 1)
    return stretched
