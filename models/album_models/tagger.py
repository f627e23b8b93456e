"""Scene, event and thing tags from one pass of the shared backbone.

Importing this module does not import torch, which takes seconds: `load` does, where it is called.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
from PIL import Image

from album.analysis.protocol import Findings
from album.errors import PackProblem
from album_models.preload import import_torch
from album_models.weights import Weights

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from album.analysis.protocol import Sample
    from album_models.tagger_network import Network

SIDE_PX: Final = 192
"""The network sees pictures as squares of this side."""
_LEAST_RANGE: Final = 32
_LEAST_SPREAD: Final = 2.0
_LEAST_PX: Final = 16
"""The shorter side of what can be told anything of."""
"""Values (of 255) that pixels differ by, the farthest and on average, where anything is seen."""
_WIDEST: Final = 2.0
"""Panoramas are cut to this aspect ratio: squeezed more, nothing is recognised."""


class Tagger:
    """The built-in analyser of tags.

    Args:
        weights: None: those that come with Albumen.
    """

    name = "tagger"
    input_px = 384

    def __init__(self, weights: Weights | None = None) -> None:
        self._weights = weights or Weights()
        self.revision = self._weights.pack.revision
        self.batch_size = 16
        self._network: Network | None = None

    @property
    def device(self) -> str:
        """Where it runs; empty while it is not loaded."""
        return "" if self._network is None else str(self._network.device)

    def load(self, device: str) -> None:
        """Make ready; PackProblem, EnvironmentProblem, DeviceMemoryProblem."""
        import_torch()
        from album_models.device import OutOfMemoryAsProblem, choose, limit_threads
        from album_models.tagger_network import Network

        limit_threads()
        with OutOfMemoryAsProblem():
            self._network = Network(self._weights, choose(device))
        self.batch_size = self._network.device.batch_size

    def prepare(self, sample: Sample) -> NDArray[np.uint8]:
        """The whole picture as a square, (SIDE_PX, SIDE_PX, 3); an empty one of a mere strip."""
        picture = Image.fromarray(sample.pixels)
        size = (SIDE_PX, SIDE_PX)
        if min(picture.size) < _LEAST_PX:
            return np.zeros((*size, 3), np.uint8)
        return np.asarray(
            picture.resize(
                size, Image.Resampling.BICUBIC, box=_middle(*picture.size), reducing_gap=3.0
            )
        )

    def analyse(self, prepared: Sequence[Any]) -> list[Findings]:
        """Tags over their thresholds, the ranking and an embedding for each picture."""
        if self._network is None:
            raise PackProblem("The tagger has not been loaded.")
        if not prepared:
            return []
        from album_models.device import OutOfMemoryAsProblem

        with OutOfMemoryAsProblem():
            features, tags, classes = self._network.look(np.stack(prepared))
        told = self._network.scoring.judge(tags, classes)
        for number, pixels in enumerate(prepared):
            if np.ptp(pixels) < _LEAST_RANGE and pixels.std() < _LEAST_SPREAD:
                told[number] = ((), ())
        lengths = np.linalg.norm(features, axis=1, keepdims=True)
        embeddings = (features / np.maximum(lengths, 1e-6)).astype(np.float16)
        return [
            Findings(tags=shown, ranked=ranked, embedding=embedding)
            for (shown, ranked), embedding in zip(told, embeddings, strict=True)
        ]

    def able(self) -> frozenset[str]:
        """Slugs of all tags that can be shown; empty while it is not loaded."""
        return frozenset() if self._network is None else self._network.scoring.able

    def unload(self) -> None:
        """Give memory back."""
        if self._network is None:
            return
        import torch

        self._network = None
        if torch.cuda.is_available():
            torch.cuda.empty_cache()


def _middle(width: int, height: int) -> tuple[float, float, float, float]:
    """The box of the picture that is looked at: all of it, or the middle of a panorama."""
    across, down = min(width, _WIDEST * height), min(height, _WIDEST * width)
    left, top = (width - across) / 2, (height - down) / 2
    return (left, top, left + across, top + down)
