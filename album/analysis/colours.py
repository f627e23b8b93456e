"""Named colours of a picture: how much of it is red, teal, beige ...

The names are the eleven basic colour terms of Berlin and Kay (Basic Color Terms, 1969) plus teal
and beige, which photographs are full of. Every pixel gets its name from lightness, chroma and hue
in OKLCh (B. Ottosson, A perceptual color space for image processing, 2020), where equal steps
look equally large; the borders between the names were set by eye on the colour words of CSS and
X11.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from album.analysis.protocol import Colour, Findings, Pixels, Sample
from album.domain.colours import COLOURS

SMALLEST_SHARE = 0.05
"""A colour on less of the picture than this is not named."""

_WORK_PX = 96  # box means of this size are what the eye sees as a colour; single pixels are noise
_NAMES = tuple(colour.slug for colour in COLOURS)
_CODE = {name: code for code, name in enumerate(_NAMES)}

_LINEAR = np.array(
    [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in np.arange(256) / 255],
    np.float32,
)
_TO_LMS = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ],
    np.float32,
)
_TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ],
    np.float32,
)


def oklch(rgb: NDArray[np.uint8]) -> tuple[NDArray[np.float32], ...]:
    """Lightness (0 to 1), chroma (0 to about 0.32), hue (degrees) of sRGB, shape (n, 3)."""
    lab = np.cbrt(_LINEAR[rgb] @ _TO_LMS.T) @ _TO_LAB.T
    hue = np.degrees(np.arctan2(lab[:, 2], lab[:, 1])) % 360
    return lab[:, 0], np.hypot(lab[:, 1], lab[:, 2]), hue


def name_colours(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Index into `COLOURS` for every sRGB colour, shape (n, 3) to (n,)."""
    light, chroma, hue = oklch(rgb)
    codes = _name_hues(light, chroma, hue)
    # A tint is seen less the darker it is, so the border of the neutrals is not one number.
    neutral = chroma < 0.032 + 0.008 * (light < 0.45)
    codes[neutral] = _CODE["grey"]
    codes[(light > 0.90) & (chroma < 0.032)] = _CODE["white"]
    codes[light < 0.32 - 1.2 * chroma] = _CODE["black"]
    return codes


def _name_hues(
    light: NDArray[np.float32], chroma: NDArray[np.float32], hue: NDArray[np.float32]
) -> NDArray[np.uint8]:
    """Names by hue circle, then what warm colours become when they are dark, light or dull."""
    # Dark magentas are purple and dark roses are red; light ones of both are pink.
    pink_from = np.where(light < 0.50, 345.0, 330.0)
    light_red = (light >= 0.68) & (chroma < 0.17)
    red_from = np.where(light < 0.45, 0.0, np.where(light_red, 36.0, 14.0))
    codes = np.full(hue.shape, _CODE["red"], np.uint8)
    codes[hue < red_from] = _CODE["pink"]
    codes[hue >= 38] = _CODE["orange"]
    codes[hue >= 78] = _CODE["yellow"]
    codes[hue >= np.where(light > 0.85, 116, 104)] = _CODE["green"]
    codes[hue >= 168] = _CODE["teal"]
    codes[hue >= 212] = _CODE["blue"]
    codes[hue >= 287] = _CODE["purple"]
    codes[hue >= pink_from] = _CODE["pink"]
    codes[(hue >= 345) & (light < 0.45)] = _CODE["red"]

    warm = (hue >= 10) & (codes != _CODE["green"]) & (hue < 116)
    dull_red = (hue < 38) & (chroma < 0.085)
    dark_orange = (hue >= 38) & ((light < 0.64) | ((light < 0.72) & (chroma < 0.125)))
    dark_yellow = (hue >= 78) & (light < 0.68)
    codes[warm & ((dull_red & (light < 0.66)) | dark_orange | dark_yellow)] = _CODE["brown"]
    pale = chroma < np.where(hue < 38, 0.05, 0.10)
    codes[warm & pale & (light >= 0.68)] = _CODE["beige"]
    return codes


def measure_colours(pixels: Pixels, smallest_share: float = SMALLEST_SHARE) -> tuple[Colour, ...]:
    """The named colours of a picture, largest share first; shares of all names add up to 1."""
    picture = Image.fromarray(pixels)
    picture = picture.reduce(max(1, round(max(picture.size) / _WORK_PX)))
    rgb = np.asarray(picture).reshape(-1, 3)
    codes = name_colours(rgb)
    counts = np.bincount(codes, minlength=len(_NAMES))
    shares = counts / len(codes)
    sums = [np.bincount(codes, rgb[:, channel], len(_NAMES)) for channel in range(3)]
    means = np.rint(np.stack(sums, 1) / np.maximum(counts, 1)[:, None]).astype(int)
    order = np.argsort(-shares, kind="stable")
    return tuple(
        Colour(_NAMES[code], (r, g, b), float(shares[code]))
        for code in order
        if shares[code] >= smallest_share
        for r, g, b in [means[code].tolist()]
    )


class ColourAnalyser:
    """Names the colours of pictures; works where pictures are prepared, needs no weights."""

    name = "colours"
    revision = "1"
    input_px = 384
    batch_size = 64
    device = "cpu"

    def load(self, device: str) -> None:
        """Nothing to load."""

    def prepare(self, sample: Sample) -> Findings:
        """The whole work: cheap, thread-safe, and it keeps the inference thread free."""
        return Findings(colours=measure_colours(sample.pixels))

    def analyse(self, prepared: Sequence[Findings]) -> list[Findings]:
        """What `prepare` found, in order."""
        return list(prepared)

    def unload(self) -> None:
        """Nothing to give back."""
