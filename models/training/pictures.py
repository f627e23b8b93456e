"""The training sets, read in place from their zip files, and how they are split.

Whether a picture trains or validates depends only on its name, so pictures that stand in two sets
fall on the same side.
"""

from __future__ import annotations

import csv
import hashlib
import io
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

SETS: Final = {
    "flickr8k": "captions-flickr8k.zip",
    "things": "things-and-styles.zip",
    "sports22": "sports22.zip",
    "intel": "scenes-intel.zip",
    "regions": "regions-miniplaces.zip",
    "miniplaces": "scenes-miniplaces.zip",
}
HELD_OUT_PERCENT: Final = 12


@dataclass(frozen=True, slots=True)
class Entry:
    """One training picture.

    Attributes:
        name: its name in the zip.
        row: what `labels.csv` says of it, by column.
        held_out: never trains.
    """

    name: str
    row: dict[str, str]
    held_out: bool

    @property
    def validates(self) -> bool:
        """Held out to choose and calibrate by: 6 of 10; the other held-out ones only test."""
        return self.held_out and _digest(_key(self.name))[1] < 154


class PictureSet:
    """One zip of pictures with its labels."""

    def __init__(self, data: Path, name: str) -> None:
        self.name = name
        self.zip = zipfile.ZipFile(data / SETS[name])
        never = examination(data) if name == "sports22" else frozenset()
        rows = [row for row in self.table("labels.csv") if _file(row) not in never]
        self.entries = tuple(Entry(_file(row), row, _held_out(name, row)) for row in rows)

    def table(self, name: str) -> list[dict[str, str]]:
        """The rows of a CSV file inside the zip."""
        with self.zip.open(name) as stream:
            return list(csv.DictReader(io.TextIOWrapper(stream, "utf-8")))

    def picture(self, entry: Entry) -> Image.Image:
        """The decoded picture."""
        return Image.open(io.BytesIO(self.zip.read(entry.name))).convert("RGB")

    def mask(self, entry: Entry) -> NDArray[np.uint8]:
        """The kinds of region of a picture of the set `regions`, shape (height, width)."""
        name = entry.name.replace("images/", "masks/").replace(".avif", ".png")
        return np.asarray(Image.open(io.BytesIO(self.zip.read(name))))


def _file(row: dict[str, str]) -> str:
    return row["file"] if "file" in row else f"images/{row['name']}.avif"


def _held_out(name: str, row: dict[str, str]) -> bool:
    if name == "flickr8k":
        return row["split"] == "val"
    return held_out(_key(_file(row)))


def _key(file: str) -> str:
    return file.removeprefix("images/").replace("/", "-")


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()


def held_out(key: str, percent: int = HELD_OUT_PERCENT) -> bool:
    """Whether the picture with this key never trains; so many of a hundred do not."""
    return _digest(key)[0] * 100 < percent * 256


def examination(data: Path) -> frozenset[str]:
    """Pictures of the sports set that nobody may train, tune or choose by."""
    with (data / "exam.csv").open(encoding="utf-8") as stream:
        rows = list(csv.reader(stream))[1:]
    return frozenset(f"{row[1]}/{row[2]}.avif" for row in rows)
