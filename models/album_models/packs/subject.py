"""Cut-out networks in ONNX (U²-Net, ISNet, BiRefNet) as a segmenter."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from album.analysis.protocol import Cutout
from album.errors import PackProblem
from album_models.corrections import obey
from album_models.packs.onnx import OnnxNetwork
from album_models.packs.parts import revision_of, sound_file, spec_of
from album_models.packs.pictures import squeezed
from album_models.refine import full_alpha

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from album.analysis.packs import Pack
    from album.analysis.protocol import Alpha, Hint, Pixels

_LEAST_SHARE = 0.002
_OPAQUE = 127


class PackSegmenter:
    """Lifts subjects with a pack.

    Args:
        pack: installed; its threshold is the confidence below which there is no clear subject.
    """

    name = "subject"

    def __init__(self, pack: Pack) -> None:
        self.revision = revision_of(pack)
        self._pack = pack
        self._spec = spec_of(pack)
        self._network: OnnxNetwork | None = None

    def load(self, device: str) -> None:
        """Make ready; PackProblem, EnvironmentProblem."""
        self._network = OnnxNetwork(sound_file(self._pack), device)

    def segment(self, pixels: Pixels, hints: Sequence[Hint] = ()) -> Cutout:
        """The subject of one full-size picture; a wanted click makes one where there is none."""
        if self._network is None:
            raise PackProblem(f"The pack {self._pack.name} has not been loaded.")
        outline = self._outline(self._network, pixels)
        confidence = _confidence(outline)
        if confidence < self._spec.threshold and not any(hint.wanted for hint in hints):
            return _nothing(pixels, confidence)
        alpha = full_alpha(pixels, obey(outline, pixels, hints) if hints else outline)
        box = _box(alpha)
        if box is None:
            return _nothing(pixels, confidence)
        return Cutout(alpha, confidence, found=True, box=box)

    def unload(self) -> None:
        """Give memory back."""
        self._network = None

    def _outline(self, network: OnnxNetwork, pixels: Pixels) -> NDArray[np.float32]:
        """The probability of the subject, (side_px, side_px)."""
        small = squeezed(pixels, self._spec.side_px).astype(np.float32) / 255
        mean, std = (np.array(one, np.float32) for one in (self._spec.mean, self._spec.std))
        given: NDArray[np.float32] = ((small - mean) / std).astype(np.float32)
        answer = network.run(given.transpose(2, 0, 1)[None])[0][0, 0]
        if self._spec.architecture == "logits":
            answer = 1 / (1 + np.exp(-np.clip(answer, -60, 60)))
        clipped: NDArray[np.float32] = np.clip(answer, 0, 1).astype(np.float32)
        return clipped


def _confidence(outline: NDArray[np.float32]) -> float:
    """How decided the outline is: a subject is nearly 1 inside and nearly 0 outside."""
    inside = outline > 0.5
    if inside.mean() < _LEAST_SHARE:
        return 0.0
    sure, whole = float(outline[inside].mean()), float(outline[inside].sum() / outline.sum())
    return round(max(0.0, 2 * sure * whole - 1), 4)


def _nothing(pixels: Pixels, confidence: float) -> Cutout:
    return Cutout(np.zeros(pixels.shape[:2], np.uint8), confidence, found=False)


def _box(alpha: Alpha) -> tuple[int, int, int, int] | None:
    """x, y, width, height of what is at least half opaque."""
    down, across = (np.flatnonzero((alpha > _OPAQUE).any(axis=axis)) for axis in (1, 0))
    if not len(down):
        return None
    left, top = int(across[0]), int(down[0])
    return (left, top, int(across[-1]) - left + 1, int(down[-1]) - top + 1)
