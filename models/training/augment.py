"""What cameras, editors and the web do to pictures, done to training pictures."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Final

from PIL import Image, ImageEnhance, ImageFilter, ImageOps

if TYPE_CHECKING:
    import numpy as np

_FILTERS: Final = (
    Image.Resampling.BICUBIC,
    Image.Resampling.LANCZOS,
    Image.Resampling.BILINEAR,
)


def augmented(picture: Image.Image, side_px: int, dice: np.random.Generator) -> Image.Image:
    """A random square view: crop, flip, light, colour, sharpness, JPEG."""
    view = _crop(picture, dice)
    if dice.random() < 0.5:
        view = ImageOps.mirror(view)
    view = view.resize((side_px, side_px), _FILTERS[dice.integers(len(_FILTERS))])
    for enhance, spread in (
        (ImageEnhance.Brightness, 0.25),
        (ImageEnhance.Contrast, 0.25),
        (ImageEnhance.Color, 0.3),
    ):
        view = enhance(view).enhance(float(dice.uniform(1 - spread, 1 + spread)))
    if dice.random() < 0.04:
        view = ImageOps.grayscale(view).convert("RGB")
    view = sharpened(view, dice)
    return _recompressed(view, dice) if dice.random() < 0.3 else view


def plain(picture: Image.Image, side_px: int, dice: np.random.Generator) -> Image.Image:
    """The whole picture as a square, half of the time as sharp as a camera's."""
    return sharpened(picture.resize((side_px, side_px), Image.Resampling.BICUBIC), dice)


def sharpened(picture: Image.Image, dice: np.random.Generator) -> Image.Image:
    """Sharpened, softened or as it is: training pictures are softer than photos scaled down."""
    fate = dice.random()
    if fate < 0.5:
        radius, percent = float(dice.uniform(0.8, 2.0)), int(dice.integers(60, 220))
        return picture.filter(ImageFilter.UnsharpMask(radius, percent, 0))
    if fate < 0.6:
        return picture.filter(ImageFilter.GaussianBlur(float(dice.uniform(0.4, 1.5))))
    return picture


def _crop(picture: Image.Image, dice: np.random.Generator) -> Image.Image:
    width, height = picture.size
    across, down = (int(side * dice.uniform(0.78, 1.0)) for side in (width, height))
    left, top = dice.integers(width - across + 1), dice.integers(height - down + 1)
    return picture.crop((int(left), int(top), int(left) + across, int(top) + down))


def _recompressed(picture: Image.Image, dice: np.random.Generator) -> Image.Image:
    memory = io.BytesIO()
    picture.save(memory, "JPEG", quality=int(dice.integers(35, 95)))
    return Image.open(memory).convert("RGB")
