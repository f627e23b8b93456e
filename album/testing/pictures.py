"""Real pictures, made on the spot."""

from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
from PIL import Image
from PIL.ExifTags import IFD, Base

PAINTS: dict[str, tuple[int, int, int]] = {
    "sky": (110, 170, 235),
    "sunset": (235, 120, 50),
    "forest": (40, 120, 45),
    "snow": (240, 243, 247),
    "night": (14, 14, 24),
    "city": (128, 126, 124),
    "beach": (225, 200, 140),
}
"""The colour in which `FakeAnalyser` sees each tag."""


def make_picture(
    path: Path,
    tag: str = "sky",
    *,
    size: tuple[int, int] = (320, 240),
    seed: int = 0,
    taken: datetime | None = None,
) -> Path:
    """A picture in which `FakeAnalyser` finds `tag`: its colour, a brighter disc, and some grain.

    Another seed is another picture (another fingerprint); the format is the one of the suffix.
    """
    width, height = size
    random = np.random.default_rng(seed)
    pixels = np.full((height, width, 3), PAINTS[tag], np.int16)
    rows, columns = np.ogrid[:height, :width]
    x, y = random.uniform(0.35, 0.65, 2)
    disc = np.hypot(columns - x * width, rows - y * height) < min(width, height) / 6
    pixels[disc] = 255 - pixels[disc]
    coarse = random.integers(-6, 7, (height // 8 + 1, width // 8 + 1, 1))
    pixels += coarse.repeat(8, 0).repeat(8, 1)[:height, :width]
    exif = Image.Exif()
    if taken is not None:
        exif.get_ifd(IFD.Exif)[Base.DateTimeOriginal] = taken.strftime("%Y:%m:%d %H:%M:%S")
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels.clip(0, 255).astype(np.uint8)).save(path, exif=exif)
    return path


def make_pictures(
    folder: Path, count: int, *, size: tuple[int, int] = (320, 240), first_seed: int = 0
) -> list[Path]:
    """`count` different pictures of all tags in turn, taken hours apart, in a few subfolders."""
    tags = tuple(PAINTS)
    start = datetime(2024, 7, 12, 9, 0, 0)
    paths = []
    for number in range(first_seed, first_seed + count):
        tag = tags[number % len(tags)]
        path = folder / f"set-{number // 50:03}" / f"{tag}-{number:05}.jpg"
        taken = start + timedelta(hours=5 * number)
        paths.append(make_picture(path, tag, size=size, seed=number, taken=taken))
    return paths
