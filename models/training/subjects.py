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

_DUTS: Final = "cutout-duts.zip"
_PEOPLE: Final = "cutout-people.zip"
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
    """All pictures with masks of a folder of training zips.

    Args:
        data: the folder.
        duts: DUTS-TR whole and at its own size, a folder with DUTS-TR-Image and DUTS-TR-Mask;
            None: the excerpt among the zips. A picture is held out in both or in neither.
    """

    def __init__(self, data: Path, duts: Path | None = None) -> None:
        self._zips = {name: zipfile.ZipFile(data / name) for name in (_DUTS, _PEOPLE)}
        self._duts = duts
        stems = {name: _stems(archive) for name, archive in self._zips.items()}
        if duts is not None:
            stems[_DUTS] = sorted(path.stem for path in (duts / "DUTS-TR-Image").glob("*.jpg"))
        self.pairs = [Pair(name, stem) for name, found in stems.items() for stem in found]

    def load(self, pair: Pair) -> tuple[Image.Image, Image.Image]:
        """The picture (RGB) and its mask (L) of the same size."""
        if self._duts is not None and pair.zip_name == _DUTS:
            picture = Image.open(self._duts / "DUTS-TR-Image" / f"{pair.stem}.jpg").convert("RGB")
            mask = Image.open(self._duts / "DUTS-TR-Mask" / f"{pair.stem}.png").convert("L")
        else:
            archive = self._zips[pair.zip_name]
            picture, mask = (
                Image.open(io.BytesIO(archive.read(name))).convert(mode)
                for name, mode in (
                    (f"images/{pair.stem}.avif", "RGB"),
                    (f"masks/{pair.stem}.png", "L"),
                )
            )
        if mask.size != picture.size:
            mask = mask.resize(picture.size, Image.Resampling.BILINEAR)
        return picture, mask


def _stems(archive: zipfile.ZipFile) -> list[str]:
    return [
        name.removeprefix("images/").removesuffix(".avif")
        for name in archive.namelist()
        if name.startswith("images/") and name.endswith(".avif")
    ]


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
    return np.array(sharpened(recoloured(views[0], dice), dice)), np.array(views[1])


def recoloured(picture: Image.Image, dice: np.random.Generator) -> Image.Image:
    """Other light, contrast and colour; at times far too dark, at times grey."""
    darkest = 0.25 if dice.random() < 0.1 else 0.7
    view = ImageEnhance.Brightness(picture).enhance(float(dice.uniform(darkest, 1.3)))
    for enhance in (ImageEnhance.Contrast, ImageEnhance.Color):
        view = enhance(view).enhance(float(dice.uniform(0.7, 1.3)))
    return ImageOps.grayscale(view).convert("RGB") if dice.random() < 0.05 else view


def whole_view(
    picture: Image.Image, mask: Image.Image, side_px: int
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Both whole, as squares of `side_px`."""
    size = (side_px, side_px)
    return (
        np.array(picture.resize(size, Image.Resampling.BICUBIC)),
        np.array(mask.resize(size, Image.Resampling.BILINEAR)),
    )
