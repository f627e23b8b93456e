"""Faces that a public detector sees in the training pictures: WORK/faces/NAME.npz for each set.

The detector is YuNet (Apache-2.0; Wu, Peng and Yu, "YuNet: A Tiny Millisecond-level Face Detector",
2023). It teaches what a portrait is, and is no part of what is shipped.
"""

from __future__ import annotations

import argparse
import logging
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from PIL import Image

from album_models.packs.detector import suppressed
from album_models.packs.onnx import OnnxNetwork
from training.seen_by import look_through
from training.whole import picture_sets

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from training.pictures import PictureSet

log = logging.getLogger(__name__)
SETS: Final = ("flickr8k", "sports22", "extra")
_STRIDES: Final = (8, 16, 32)
_SIDE_PX: Final = 320
_SURE: Final = 0.7


@dataclass(frozen=True, slots=True)
class Faces:
    """What was seen in the pictures of one set.

    Attributes:
        names: of the pictures.
        count: of the faces in each.
        tallest: height of the largest one, as a share of the picture's.
    """

    names: NDArray[np.str_]
    count: NDArray[np.int16]
    tallest: NDArray[np.float32]


def look(pictures: PictureSet, network: OnnxNetwork) -> Faces:
    """Every picture of the set."""
    started = time.monotonic()
    seen = []
    for number, entry in enumerate(pictures.entries, 1):
        seen.append(_faces(pictures.picture(entry), network))
        if number % 1000 == 0:
            rate = number / (time.monotonic() - started)
            log.info("%s: %d of %d, %.0f/s", pictures.name, number, len(pictures.entries), rate)
    return Faces(
        np.array([entry.name for entry in pictures.entries]),
        np.array([len(heights) for heights in seen], np.int16),
        np.array([heights.max(initial=0.0) for heights in seen], np.float32),
    )


def _faces(picture: Image.Image, network: OnnxNetwork) -> NDArray[np.float32]:
    """The height of each face, as a share of the picture's."""
    square = picture.resize((_SIDE_PX, _SIDE_PX), Image.Resampling.BICUBIC)
    given = np.asarray(square, np.float32)[..., ::-1].transpose(2, 0, 1)[None]
    answers = network.run(np.ascontiguousarray(given))
    corners, scores = [], []
    for level, stride in enumerate(_STRIDES):
        faces, objects, boxes = (answers[level + 3 * part][0] for part in range(3))
        side = _SIDE_PX // stride
        rows, columns = np.divmod(np.arange(side * side), side)
        centres = (np.stack((columns, rows), axis=1) + boxes[:, :2]) * stride
        halves = np.exp(boxes[:, 2:]) * stride / 2
        corners.append(np.concatenate((centres - halves, centres + halves), axis=1))
        scores.append(np.sqrt(np.clip(faces[:, 0], 0, 1) * np.clip(objects[:, 0], 0, 1)))
    found, sure = np.concatenate(corners).astype(np.float32), np.concatenate(scores)
    likely = np.flatnonzero(sure >= _SURE)
    kept = likely[suppressed(found[likely], sure[likely], np.zeros(len(likely), np.int64))]
    heights: NDArray[np.float32] = (found[kept, 3] - found[kept, 1]) / _SIDE_PX
    return heights


def main() -> None:
    """Command line."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the training zips")
    parser.add_argument("--work", type=Path, required=True, help="folder for what is made")
    parser.add_argument("--sources", type=Path, help="folder of the whole sets, checked out")
    parser.add_argument("--detector", type=Path, required=True, help="yunet_n_dynamic.onnx")
    chosen = parser.parse_args()
    network = OnnxNetwork(chosen.detector)
    sets = picture_sets(chosen.data, chosen.sources, whole=False)
    faced = (pictures for pictures in sets if pictures.name in SETS)
    look_through(Faces, faced, chosen.work, lambda pictures: look(pictures, network))


if __name__ == "__main__":
    main()
