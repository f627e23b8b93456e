"""Finds pictures of the hundred sports that are held out elsewhere: training/doubles.csv.

Both sets were gathered from the web, so the same photo stands in both, scaled and cut differently.
Whoever is in the list neither trains nor judges.
"""

from __future__ import annotations

import argparse
import logging
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from PIL import Image

from training.pictures import examination
from training.whole import DOUBLES, FolderSet, WholeSet, sports_files

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

log = logging.getLogger(__name__)
_SIDE_PX: Final = 16
_ALIKE: Final = 0.95
"""Correlation of two small pictures from which on they show the same photo (looked at)."""


def _small(picture: Image.Image) -> NDArray[np.float32]:
    """A picture as a vector of length one without its mean."""
    tiny = picture.convert("RGB").resize((_SIDE_PX, _SIDE_PX), Image.Resampling.BOX)
    values = np.asarray(tiny, np.float32).ravel()
    values -= values.mean()
    found: NDArray[np.float32] = values / max(float(np.linalg.norm(values)), 1e-3)
    return found


def _views(picture: Image.Image) -> list[NDArray[np.float32]]:
    """Squeezed, and cut to the square in its middle; both mirrored, too."""
    width, height = picture.size
    side = min(width, height)
    left, top = (width - side) // 2, (height - side) // 2
    square = picture.crop((left, top, left + side, top + side))
    mirror = Image.Transpose.FLIP_LEFT_RIGHT
    return [_small(one) for view in (picture, square) for one in (view, view.transpose(mirror))]


def _held_back(data: Path, sources: Path) -> Iterable[Image.Image]:
    """Pictures of sports22 that may not be learned from."""
    files = sports_files(sources)
    for name in sorted(examination(data)):
        if name in files:
            with Image.open(files[name]) as picture:
                yield picture.convert("RGB")
    whole = WholeSet(data, sources, "sports22")
    for entry in whole.entries:
        if entry.held_out:
            yield whole.picture(entry)


def find(data: Path, sources: Path) -> list[str]:
    """Names in the set `sports100` of what is held back in `sports22`."""
    hundred = FolderSet(sources, "sports100", doubles=())
    own = np.stack([_small(hundred.picture(entry)) for entry in hundred.entries])
    held = np.concatenate([np.stack(_views(picture)) for picture in _held_back(data, sources)])
    nearest = np.concatenate([(part @ held.T).max(axis=1) for part in np.array_split(own, 100)])
    log.info("%d of %d pictures are doubles of held-out ones", (nearest > _ALIKE).sum(), len(own))
    return [hundred.entries[number].name for number in np.flatnonzero(nearest > _ALIKE)]


def main() -> None:
    """Command line."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the training zips")
    parser.add_argument("--sources", type=Path, required=True, help="folder of the work trees")
    chosen = parser.parse_args()
    names = find(chosen.data, chosen.sources)
    DOUBLES.write_text("".join(f"{name}\n" for name in names), encoding="utf-8")


if __name__ == "__main__":
    main()
