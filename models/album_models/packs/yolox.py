"""YOLOX as OpenCV's zoo publishes it: ONNX, 640 px, answers that are still to be decoded.

After Ge, Liu, Wang, Li and Sun, "YOLOX: Exceeding YOLO Series in 2021": the picture goes in as it
is (0 to 255, RGB); each cell of three grids answers with the centre of a box as an offset in cells,
the logarithm of its size in cells, how sure it is of an object, and how sure of each class.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from album_models.packs.detector import Boxes, as_boxes, suppressed
from album_models.packs.onnx import OnnxNetwork

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from album.analysis.packs import NetworkSpec

STRIDES = (8, 16, 32)
_LEAST = 0.05
_BOX_FIELDS = 5


class YoloX:
    """The network and the decoding of its answers."""

    batch_size = 4

    def __init__(self, path: Path, device: str, spec: NetworkSpec) -> None:
        self._network = OnnxNetwork(path, device)
        self.device = self._network.device
        self._offsets, self._sizes = cells(spec.side_px)

    def find(self, prepared: Sequence[Any]) -> list[Boxes]:
        """The boxes of each picture."""
        return [self._find(square, extent) for square, extent in prepared]

    def _find(self, square: NDArray[np.uint8], extent: tuple[float, float]) -> Boxes:
        given = square.transpose(2, 0, 1)[None].astype(np.float32)
        answer = self._network.run(given)[0][0]
        centres = (answer[:, :2] + self._offsets) * self._sizes
        halves = np.exp(np.clip(answer[:, 2:4], -20, 20)) * self._sizes / 2
        corners = np.concatenate((centres - halves, centres + halves), axis=1)
        chances = answer[:, 4:5] * answer[:, _BOX_FIELDS:]
        classes = chances.argmax(axis=1)
        scores = chances.max(axis=1)
        likely = np.flatnonzero(scores >= _LEAST)
        kept = likely[suppressed(corners[likely], scores[likely], classes[likely])]
        return as_boxes(corners[kept], scores[kept], classes[kept], extent)


def cells(side_px: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Column and row of each cell, (cells, 2), and its side in pixels, (cells, 1)."""
    offsets, sizes = [], []
    for stride in STRIDES:
        count = side_px // stride
        rows, columns = np.divmod(np.arange(count * count), count)
        offsets.append(np.stack((columns, rows), axis=1))
        sizes.append(np.full((count * count, 1), stride))
    return np.concatenate(offsets).astype(np.float32), np.concatenate(sizes).astype(np.float32)


def answers(side_px: int, classes: int) -> tuple[int, int, int]:
    """The shape of what the network must answer for one picture."""
    return (1, len(cells(side_px)[0]), _BOX_FIELDS + classes)
