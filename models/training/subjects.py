"""Pictures with the mask of their subject, read in place from the cut-out sets."""

from __future__ import annotations

import hashlib
import io
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from PIL import Image, ImageEnhance, ImageOps

from training.augment import sharpened

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

_ZIPS: Final = ("cutout-duts.zip", "cutout-people.zip")
_HELD_OUT_PERCENT: Final = 5


@dataclass(frozen=True, slots=True)
class Pair:
    """One picture with a mask: which zip, which name."""

    zip_name: str
    stem: str

    @property
    def held_out(self) -> bool:
        """Whether it only measures; depends on its name alone."""
        digest = hashlib.sha256(f"{self.zip_name}/{self.stem}".encode()).digest()
        return digest[0] * 100 < _HELD_OUT_PERCENT * 256


class SubjectPairs:
    """All pictures with masks of a folder of training zips."""

    def __init__(self, data: Path) -> None:
        self._zips = {name: zipfile.ZipFile(data / name) for name in _ZIPS}
        self.pairs = [
            Pair(name, member.removeprefix("images/").removesuffix(".avif"))
            for name, archive in self._zips.items()
            for member in archive.namelist()
            if member.startswith("images/") and member.endswith(".avif")
        ]

    def load(self, pair: Pair) -> tuple[Image.Image, Image.Image]:
        """The picture (RGB) and its mask (L) of the same size."""
        archive = self._zips[pair.zip_name]
        picture = Image.open(io.BytesIO(archive.read(f"images/{pair.stem}.avif"))).convert("RGB")
        mask = Image.open(io.BytesIO(archive.read(f"masks/{pair.stem}.png"))).convert("L")
        if mask.size != picture.size:
            mask = mask.resize(picture.size, Image.Resampling.BILINEAR)
        return picture, mask


def training_view(
    picture: Image.Image, mask: Image.Image, side_px: int, dice: np.random.Generator
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """A random crop of both, flipped, recoloured, sharpened, as squares of `side_px`."""
    width, height = picture.size
    across, down = (int(side * dice.uniform(0.7, 1.0)) for side in (width, height))
    left, top = int(dice.integers(width - across + 1)), int(dice.integers(height - down + 1))
    box = (left, top, left + across, top + down)
    views = [
        part.resize((side_px, side_px), Image.Resampling.BICUBIC, box=box)
        for part in (picture, mask)
    ]
    if dice.random() < 0.5:
        views = [ImageOps.mirror(view) for view in views]
    shown = views[0]
    for enhance in (ImageEnhance.Brightness, ImageEnhance.Contrast, ImageEnhance.Color):
        shown = enhance(shown).enhance(float(dice.uniform(0.7, 1.3)))
    if dice.random() < 0.05:
        shown = ImageOps.grayscale(shown).convert("RGB")
    return np.asarray(sharpened(shown, dice)), np.asarray(views[1])


def whole_view(
    picture: Image.Image, mask: Image.Image, side_px: int
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Both whole, as squares of `side_px`."""
    size = (side_px, side_px)
    return (
        np.asarray(picture.resize(size, Image.Resampling.BICUBIC)),
        np.asarray(mask.resize(size, Image.Resampling.BILINEAR)),
    )
