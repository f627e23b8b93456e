"""Lifts the subject off its background: shared backbone, pyramid decoder, edges refined."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import torch
from PIL import Image

from album.analysis.protocol import Cutout
from album.errors import PackProblem
from album_models.backbone import Backbone, normalise
from album_models.decoder import SubjectDecoder, as_logits
from album_models.device import OutOfMemoryAsProblem, choose, laid_out, limit_threads
from album_models.refine import full_alpha, obey
from album_models.weights import Weights, fill

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from album.analysis.protocol import Alpha, Hint, Pixels
    from album_models.device import Device

SIDE_PX: Final = 256
"""The network sees pictures as squares of this side."""
_LEAST_CONFIDENCE: Final = 0.4
_LEAST_SHARE: Final = 0.002


class Network:
    """Backbone and decoder on a device."""

    def __init__(self, weights: Weights, device: Device) -> None:
        weights.verify()
        self.device = device
        self.backbone, self.decoder = Backbone(), SubjectDecoder()
        fill(self.backbone, weights.tensors("tagger.safetensors"), "backbone")
        fill(self.decoder, weights.tensors("segmenter.safetensors"), "decoder")
        for network in (self.backbone, self.decoder):
            laid_out(network.eval(), device)

    @torch.inference_mode()
    def outline(self, picture: NDArray[np.uint8]) -> NDArray[np.float32]:
        """(SIDE_PX, SIDE_PX, 3) to the probability of the subject, (SIDE_PX, SIDE_PX)."""
        batch = torch.from_numpy(picture)[None].to(self.device.handle).permute(0, 3, 1, 2)
        pyramid = self.backbone.pyramid(normalise(batch).to(self.device.dtype))
        logits = as_logits(self.decoder(pyramid)[0], SIDE_PX, SIDE_PX)
        found: NDArray[np.float32] = logits.sigmoid()[0, 0].cpu().numpy()
        return found


class SubjectSegmenter:
    """The built-in segmenter.

    Args:
        weights: None: those that come with Albumen.
    """

    name = "subject"

    def __init__(self, weights: Weights | None = None) -> None:
        self._weights = weights or Weights()
        self.revision = self._weights.pack.revision
        self._network: Network | None = None

    def load(self, device: str) -> None:
        """Make ready; PackProblem, EnvironmentProblem, DeviceMemoryProblem."""
        limit_threads()
        with OutOfMemoryAsProblem():
            self._network = Network(self._weights, choose(device))

    def segment(self, pixels: Pixels, hints: Sequence[Hint] = ()) -> Cutout:
        """The subject of one full-size picture; a wanted click makes one where there is none."""
        if self._network is None:
            raise PackProblem("The segmenter has not been loaded.")
        size = (SIDE_PX, SIDE_PX)
        small = Image.fromarray(pixels).resize(size, Image.Resampling.BICUBIC, reducing_gap=3.0)
        with OutOfMemoryAsProblem():
            outline = self._network.outline(np.array(small))
        confidence = _confidence(outline)
        wanted = any(hint.wanted for hint in hints)
        if confidence < _LEAST_CONFIDENCE and not wanted:
            return _nothing(pixels, confidence)
        if hints:
            outline = obey(outline, pixels, hints)
        alpha = full_alpha(pixels, outline)
        box = _box(alpha)
        if box is None:
            return _nothing(pixels, confidence)
        return Cutout(alpha, confidence, found=True, box=box)

    def unload(self) -> None:
        """Give memory back."""
        self._network = None
        if torch.cuda.is_available():
            torch.cuda.empty_cache()


def _confidence(outline: NDArray[np.float32]) -> float:
    """How decided the outline is: a subject is nearly 1 inside and nearly 0 outside."""
    inside = outline > 0.5
    if inside.mean() < _LEAST_SHARE:
        return 0.0
    sure = float(outline[inside].mean())
    whole = float(outline[inside].sum() / outline.sum())
    return round(max(0.0, 2 * sure * whole - 1), 4)


def _nothing(pixels: Pixels, confidence: float) -> Cutout:
    return Cutout(np.zeros(pixels.shape[:2], np.uint8), confidence, found=False)


def _box(alpha: Alpha) -> tuple[int, int, int, int] | None:
    """x, y, width, height of what is at least half opaque."""
    down, across = (np.flatnonzero((alpha > 127).any(axis=axis)) for axis in (1, 0))
    if not len(down):
        return None
    left, top = int(across[0]), int(down[0])
    return (left, top, int(across[-1]) - left + 1, int(down[-1]) - top + 1)
