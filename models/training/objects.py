"""What a public detector sees in the training pictures: labels that no folder or caption gives.

Writes WORK/objects/NAME.npz for each set. The detector is YOLOX-nano (Apache-2.0, COCO's 80
objects); it teaches and is no part of what is shipped.
"""

from __future__ import annotations

import argparse
import csv
import logging
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from album.analysis.packs import NetworkSpec
from album_models.packs import labels
from album_models.packs.pictures import letterboxed
from album_models.packs.yolox import YoloX
from training.features import seen
from training.seen_by import look_through
from training.whole import picture_sets

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from training.pictures import PictureSet

log = logging.getLogger(__name__)
OBJECTS: Final = 80
PERSON: Final = 0
_SIDE_PX: Final = 416
_LARGE: Final = 0.02
"""Share of the picture from which on an object is one of its things."""
_SURE: Final = 0.5
_TALL: Final = 0.15


@dataclass(frozen=True, slots=True)
class Objects:
    """What was seen in the pictures of one set.

    Attributes:
        names: of the pictures.
        best: (pictures, OBJECTS), the highest score of any box; large: of those that take at
            least 2 % of the picture.
        people: how many people are surely seen who are at least 15 % of the picture tall.
    """

    names: NDArray[np.str_]
    best: NDArray[np.float16]
    large: NDArray[np.float16]
    people: NDArray[np.int16]


def look(pictures: PictureSet, detector: YoloX, every: int) -> Objects:
    """Every picture that `features` sees, too."""
    entries = seen(pictures, every)
    best = np.zeros((len(entries), OBJECTS), np.float16)
    large, people = np.zeros_like(best), np.zeros(len(entries), np.int16)
    started = time.monotonic()
    for number, entry in enumerate(entries):
        pixels = np.asarray(pictures.picture(entry))[..., ::-1]
        boxes = detector.find([letterboxed(np.ascontiguousarray(pixels), _SIDE_PX)])[0]
        sides = np.clip(boxes.corners[:, 2:], 0, 1) - np.clip(boxes.corners[:, :2], 0, 1)
        of_note = sides.prod(axis=1) >= _LARGE
        np.maximum.at(best[number], boxes.classes, boxes.scores.astype(np.float16))
        np.maximum.at(
            large[number], boxes.classes[of_note], boxes.scores[of_note].astype(np.float16)
        )
        sure = (boxes.classes == PERSON) & (boxes.scores >= _SURE) & (sides[:, 1] >= _TALL)
        people[number] = sure.sum()
        if number % 1000 == 999:
            rate = (number + 1) / (time.monotonic() - started)
            log.info("%s: %d of %d, %.0f/s", pictures.name, number + 1, len(entries), rate)
    return Objects(np.array([entry.name for entry in entries]), best, large, people)


def object_names() -> list[str]:
    """COCO's objects in the order of the detector."""
    path = Path(labels.__file__).with_name("coco.csv")
    with path.open(encoding="utf-8", newline="") as stream:
        return [row["name"] for row in csv.DictReader(stream)]


def main() -> None:
    """Command line."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the training zips")
    parser.add_argument("--work", type=Path, required=True, help="folder for what is made")
    parser.add_argument("--sources", type=Path, help="folder of the whole sets, checked out")
    parser.add_argument("--detector", type=Path, required=True, help="yolox_nano.onnx")
    parser.add_argument("--every", type=int, default=1, help="of the places each n-th")
    chosen = parser.parse_args()
    detector = YoloX(chosen.detector, "cpu", NetworkSpec("yolox-onnx", "", side_px=_SIDE_PX))
    sets = picture_sets(chosen.data, chosen.sources, whole=False)
    look_through(
        Objects, sets, chosen.work, lambda pictures: look(pictures, detector, chosen.every)
    )


if __name__ == "__main__":
    main()
