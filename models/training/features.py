"""Pooled features of the training pictures, cached in chunks: restarted, it goes on.

Those of the origin's frozen backbone stand in WORK/features, those of the fine-tuned one in
WORK/finetune/features.
"""

from __future__ import annotations

import argparse
import logging
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import torch

from album_models.backbone import FEATURES, Backbone, normalise
from album_models.device import choose, laid_out
from training.augment import augmented, plain
from training.origin import load_origin
from training.whole import picture_sets

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray
    from torch import Tensor

    from training.pictures import Entry, PictureSet

log = logging.getLogger(__name__)
CHUNK: Final = 512
SIDE_PX: Final = 192


def extract(
    pictures: PictureSet,
    work: Path,
    weights: Mapping[str, Tensor],
    every: int = 1,
    view: int = 0,
) -> None:
    """Writes one view of each picture: WORK/features/NAME-VIEW/CHUNK.npy, float16.

    Args:
        pictures: one set.
        work: where the features go.
        weights: of the backbone.
        every: of the places that train only each so-manieth; all that is held out.
        view: another number, another crop.
    """
    backbone = Backbone()
    backbone.load_state_dict(weights)
    laid_out(backbone.eval(), choose("cpu"))
    entries = seen(pictures, every)
    folder = work / "features" / f"{pictures.name}-{view}"
    folder.mkdir(parents=True, exist_ok=True)
    for first in range(0, len(entries), CHUNK):
        target = folder / f"{first:06d}.npy"
        if target.exists():
            continue
        started = time.monotonic()
        features = _features(backbone, pictures, entries[first : first + CHUNK], view)
        partial = target.with_suffix(".partial")
        with partial.open("wb") as stream:
            np.save(stream, features)
        partial.replace(target)
        rate = len(features) / (time.monotonic() - started)
        log.info("%s view %d: %d, %.0f pictures/s", pictures.name, view, first + CHUNK, rate)


def seen(pictures: PictureSet, every: int) -> list[Entry]:
    """All pictures, but of the largest set's only each so-manieth of those that train."""
    every = every if pictures.name == "miniplaces" else 1
    return [
        entry
        for number, entry in enumerate(pictures.entries)
        if entry.held_out or number % every == 0
    ]


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
            pooled = backbone(normalise(tensor).to(choose("cpu").dtype))
        found[first : first + 32] = pooled.numpy()
    return found


def _view(pictures: PictureSet, entry: Entry, view: int) -> NDArray[np.uint8]:
    seed = [view, *entry.name.encode()]
    dice = np.random.default_rng(seed)
    make = plain if entry.held_out else augmented
    return np.asarray(make(pictures.picture(entry), SIDE_PX, dice))


def main() -> None:
    """Command line: all sets, one view, the origin's backbone."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the training zips")
    parser.add_argument("--work", type=Path, required=True, help="folder for what is made")
    parser.add_argument("--view", type=int, default=0, help="another number, another crop")
    parser.add_argument("--threads", type=int, default=1)
    chosen = parser.parse_args()
    torch.set_num_threads(chosen.threads)
    for pictures in picture_sets(chosen.data, None):
        extract(pictures, chosen.work, load_origin()[0], view=chosen.view)


if __name__ == "__main__":
    main()
