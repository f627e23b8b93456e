"""An analyser and a segmenter without weights: they go by plain colour."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from album.analysis.protocol import Cutout, Findings, Hint, Pixels, Sample
from album.domain.tag import Certainty, TagScore
from album.errors import DeviceMemoryProblem, PackProblem
from album.testing.pictures import PAINTS

THRESHOLD = 0.5
SURE = 0.9
EMBEDDING_SIZE = 64


class FakeAnalyser:
    """Finds the tag whose paint is nearest to the picture's median colour.

    Args:
        name, revision: as shown and stored.
        batch_size: pictures a batch.
        most_at_once: larger batches end in DeviceMemoryProblem, as on a small device.
        broken: `load` ends in PackProblem.
    """

    input_px = 224

    def __init__(
        self,
        *,
        name: str = "fake",
        revision: str = "1",
        batch_size: int = 8,
        most_at_once: int | None = None,
        broken: bool = False,
    ) -> None:
        self.name = name
        self.revision = revision
        self.batch_size = batch_size
        self.batches: list[int] = []
        self.loads: list[str] = []
        self._most_at_once = most_at_once
        self._broken = broken
        self._device = ""

    @property
    def device(self) -> str:
        """Where it was loaded; empty when it is not."""
        return self._device

    def load(self, device: str) -> None:
        """Note the device."""
        if self._broken:
            raise PackProblem("The pack of the fake is damaged.", advice="Install it again.")
        self._device = "cpu" if device == "auto" else device
        self.loads.append(device)

    def prepare(self, sample: Sample) -> NDArray[np.float32]:
        """The median colour, float32 of shape (3,)."""
        colour: NDArray[np.float64] = np.median(sample.pixels[::4, ::4].reshape(-1, 3), axis=0)
        return colour.astype(np.float32)

    def analyse(self, prepared: Sequence[Any]) -> list[Findings]:
        """The nearest paint's tag, with a score that falls with its distance."""
        too_many = self._most_at_once is not None and len(prepared) > self._most_at_once
        if too_many and self._device != "cpu":
            raise DeviceMemoryProblem(f"{self._device} has no memory for {len(prepared)} pictures.")
        self.batches.append(len(prepared))
        return [self._look(colour) for colour in prepared]

    def unload(self) -> None:
        """Forget the device."""
        self._device = ""

    def _look(self, colour: NDArray[np.float32]) -> Findings:
        scores = {
            tag: round(float(np.exp(-np.linalg.norm(colour - np.array(paint)) / 60)), 4)
            for tag, paint in PAINTS.items()
        }
        ranked = tuple(
            TagScore(tag, score, _certainty(score))
            for tag, score in sorted(scores.items(), key=lambda one: -one[1])
        )
        vector = np.resize(np.append(colour, 1.0), EMBEDDING_SIZE)
        return Findings(
            tags=tuple(one for one in ranked if one.score >= THRESHOLD),
            ranked=ranked,
            embedding=(vector / np.linalg.norm(vector)).astype(np.float16),
        )


def _certainty(score: float) -> Certainty | None:
    if score < THRESHOLD:
        return None
    return Certainty.SURE if score >= SURE else Certainty.LIKELY


class FakeSegmenter:
    """Lifts off whatever differs from the median colour of the picture's rim."""

    name = "fake"
    revision = "1"

    def __init__(self) -> None:
        self.loads: list[str] = []

    def load(self, device: str) -> None:
        """Note the device."""
        self.loads.append(device)

    def segment(self, pixels: Pixels, hints: Sequence[Hint] = ()) -> Cutout:
        """The subject, with a disc added or taken away at each hint."""
        rim = np.concatenate((pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]))
        distance = np.abs(pixels.astype(np.int16) - np.median(rim, axis=0)).max(axis=2)
        alpha = np.where(distance > 48, 255, 0).astype(np.uint8)
        rows, columns = np.ogrid[: alpha.shape[0], : alpha.shape[1]]
        for hint in hints:
            near = np.hypot(columns - hint.x, rows - hint.y) < min(alpha.shape) / 8
            alpha[near] = 255 if hint.wanted else 0
        if not alpha.any():
            return Cutout(alpha, 0.0, found=False)
        down, across = np.flatnonzero(alpha.any(axis=1)), np.flatnonzero(alpha.any(axis=0))
        x, y = int(across[0]), int(down[0])
        box = (x, y, int(across[-1]) - x + 1, int(down[-1]) - y + 1)
        return Cutout(alpha, 0.9, found=True, box=box)

    def unload(self) -> None:
        """Nothing to give back."""
