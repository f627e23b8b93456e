"""Clicks on a picture, obeyed: what they add to an outline and what they take away. No torch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from album.analysis.protocol import Hint, Pixels

_LIKENESS: Final = 34.0


def obey(
    outline: NDArray[np.float32], pixels: Pixels, hints: Sequence[Hint]
) -> NDArray[np.float32]:
    """The outline with what surrounds each click added or taken away, as far as its colour reaches.

    Args:
        outline: probability of the subject.
        pixels: the picture, any size.
        hints: clicks, in pixels of the picture.
    """
    if not hints:
        return outline
    height, width = outline.shape
    small = np.asarray(Image.fromarray(pixels).resize((width, height), Image.Resampling.BOX))
    changed = outline.copy()
    for hint, (y, x) in zip(hints, places(hints, pixels, outline.shape), strict=True):
        reach = _reach(small.astype(np.float32), changed, x, y)
        changed[reach] = np.float32(hint.wanted)
    return changed


def places(hints: Sequence[Hint], pixels: Pixels, shape: tuple[int, ...]) -> list[tuple[int, int]]:
    """Where in an outline of this shape the clicks on the picture lie: rows and columns."""
    height, width = shape
    return [
        (
            min(height - 1, max(0, int(hint.y * height / pixels.shape[0]))),
            min(width - 1, max(0, int(hint.x * width / pixels.shape[1]))),
        )
        for hint in hints
    ]


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
