"""Pooled features of all training pictures, cached in chunks: restarted, it goes on."""

from __future__ import annotations

import argparse
import logging
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import torch

from album_models.backbone import FEATURES, Backbone, normalise
from album_models.device import Device, laid_out
from training.augment import augmented, plain
from training.origin import load_origin
from training.pictures import SETS, PictureSet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from training.pictures import Entry

log = logging.getLogger(__name__)
CHUNK: Final = 512
SIDE_PX: Final = 192


def extract(data: Path, work: Path, name: str, view: int, threads: int) -> None:
    """Writes one view of each picture of a set: WORK/features/NAME-VIEW/CHUNK.npy, float16."""
    torch.set_num_threads(threads)
    backbone = Backbone()
    backbone.load_state_dict(load_origin()[0])
    laid_out(backbone.eval(), Device(torch.device("cpu"), torch.bfloat16, 32))
    pictures = PictureSet(data, name)
    folder = work / "features" / f"{name}-{view}"
    folder.mkdir(parents=True, exist_ok=True)
    for first in range(0, len(pictures.entries), CHUNK):
        target = folder / f"{first:06d}.npy"
        if target.exists():
            continue
        started = time.monotonic()
        features = _features(backbone, pictures, pictures.entries[first : first + CHUNK], view)
        partial = target.with_suffix(".partial")
        with partial.open("wb") as stream:
            np.save(stream, features)
        partial.replace(target)
        rate = len(features) / (time.monotonic() - started)
        log.info("%s view %d: %d, %.0f pictures/s", name, view, first + len(features), rate)


def load_features(work: Path, name: str, view: int) -> NDArray[np.float16]:
    """All features of one view of a set, shape (pictures, FEATURES)."""
    files = sorted((work / "features" / f"{name}-{view}").glob("*.npy"))
    return np.concatenate([np.load(file) for file in files])


def _features(
    backbone: Backbone, pictures: PictureSet, entries: Sequence[Entry], view: int
) -> NDArray[np.float16]:
    found = np.empty((len(entries), FEATURES), np.float16)
    for first in range(0, len(entries), 32):
        part = entries[first : first + 32]
        batch = np.stack([_view(pictures, entry, view) for entry in part])
        tensor = torch.from_numpy(batch).permute(0, 3, 1, 2)
        with torch.inference_mode():
            pooled = backbone(normalise(tensor).to(torch.bfloat16))
        found[first : first + 32] = pooled.numpy()
    return found


def _view(pictures: PictureSet, entry: Entry, view: int) -> NDArray[np.uint8]:
    seed = [view, *entry.name.encode()]
    dice = np.random.default_rng(seed)
    make = plain if entry.held_out else augmented
    return np.asarray(make(pictures.picture(entry), SIDE_PX, dice))


def main() -> None:
    """Command line: all sets, one view."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the training zips")
    parser.add_argument("--work", type=Path, required=True, help="folder for what is made")
    parser.add_argument("--sets", nargs="*", default=list(SETS), choices=list(SETS))
    parser.add_argument("--view", type=int, default=0, help="another number, another crop")
    parser.add_argument("--threads", type=int, default=1)
    chosen = parser.parse_args()
    for name in chosen.sets:
        extract(chosen.data, chosen.work, name, chosen.view, chosen.threads)


if __name__ == "__main__":
    main()
