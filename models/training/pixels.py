"""All training pictures decoded once: WORK/pixels/NAME-SIDE.npy, (N, side, side, 3) uint8."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Final

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from training.pictures import PictureSet

log = logging.getLogger(__name__)
SIDES_PX: Final = {
    "flickr8k": 224,
    "things": 224,
    "sports22": 256,
    "sports100": 224,
    "intel": 144,
    "weather": 176,
    "voc": 256,
    "extra": 176,
    "regions": 128,
    "miniplaces": 128,
}
"""About the size that the pictures of each set have, so that none is scaled up before its crop."""


def decode(pictures: PictureSet, work: Path) -> None:
    """Writes the file of one set, unless it is there."""
    target = _file(work, pictures.name)
    if target.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    started, side_px = time.monotonic(), SIDES_PX[pictures.name]
    partial = target.with_suffix(".partial")
    shape = (len(pictures.entries), side_px, side_px, 3)
    pixels = np.lib.format.open_memmap(partial, mode="w+", dtype=np.uint8, shape=shape)
    for number, entry in enumerate(pictures.entries):
        try:
            picture = pictures.picture(entry)
        except OSError as error:
            log.warning("%s stays black: %s", entry.name, error)
            continue
        if picture.size != (side_px, side_px):
            picture = picture.resize((side_px, side_px), Image.Resampling.LANCZOS, reducing_gap=2.0)
        pixels[number] = np.asarray(picture)
    pixels.flush()
    partial.replace(target)
    log.info("%s: %d pictures, %.0f s", pictures.name, shape[0], time.monotonic() - started)


def load_pixels(work: Path, name: str) -> NDArray[np.uint8]:
    """The pictures of one set, left on the disk."""
    pixels: NDArray[np.uint8] = np.load(_file(work, name), mmap_mode="r")
    return pixels


def _file(work: Path, name: str) -> Path:
    return work / "pixels" / f"{name}-{SIDES_PX[name]}.npy"
