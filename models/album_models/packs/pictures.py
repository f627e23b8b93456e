"""Pictures as the networks of packs want them; no torch, so that decoder threads can do it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from album.analysis.protocol import Pixels

_WIDEST = 2.0
"""Panoramas are cut to this aspect ratio: squeezed more, nothing is recognised."""
_GREY = 114
"""What YOLOX was trained to see beside the picture."""


def as_square(pixels: Pixels, side_px: int) -> NDArray[np.uint8]:
    """The whole picture (of a panorama: its middle) as a square, (side, side, 3)."""
    picture = Image.fromarray(pixels)
    width, height = picture.size
    across, down = min(width, _WIDEST * height), min(height, _WIDEST * width)
    left, top = (width - across) / 2, (height - down) / 2
    box = (left, top, left + across, top + down)
    return np.asarray(
        picture.resize((side_px, side_px), Image.Resampling.BICUBIC, box=box, reducing_gap=3.0)
    )


def squeezed(pixels: Pixels, side_px: int) -> NDArray[np.uint8]:
    """The whole picture as a square, whatever its shape, (side, side, 3)."""
    size = (side_px, side_px)
    picture = Image.fromarray(pixels).resize(size, Image.Resampling.BICUBIC, reducing_gap=3.0)
    return np.asarray(picture)


def letterboxed(pixels: Pixels, side_px: int) -> tuple[NDArray[np.uint8], tuple[float, float]]:
    """The picture in the upper left of a grey square, its shape kept.

    Returns:
        The square, (side, side, 3), and the width and height of the picture in it, in pixels.
    """
    height, width = pixels.shape[:2]
    scale = side_px / max(width, height)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    square = np.full((side_px, side_px, 3), _GREY, np.uint8)
    square[: size[1], : size[0]] = np.asarray(
        Image.fromarray(pixels).resize(size, Image.Resampling.BILINEAR)
    )
    return square, (float(size[0]), float(size[1]))
