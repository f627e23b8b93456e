"""Scene, event and thing tags from one pass of the shared backbone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import torch
from PIL import Image

from album.analysis.protocol import Findings
from album.errors import PackProblem
from album.taxonomies import built_in_taxonomy
from album_models.backbone import Backbone, normalise
from album_models.device import OutOfMemoryAsProblem, choose, laid_out, limit_threads
from album_models.heads import ClassHead, TagHead
from album_models.scoring import Scoring
from album_models.weights import Weights, fill

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from album.analysis.protocol import Sample
    from album_models.device import Device

SIDE_PX: Final = 192
"""The network sees pictures as squares of this side."""
_WIDEST: Final = 2.0
"""Panoramas are cut to this aspect ratio: squeezed more, nothing is recognised."""


class Network:
    """Backbone and heads on a device."""

    def __init__(self, weights: Weights, device: Device) -> None:
        weights.verify()
        tensors = weights.tensors("tagger.safetensors")
        table = weights.table("tagger.json")
        self.device = device
        self.scoring = Scoring(table, built_in_taxonomy())
        if len(table["classes"]) != ClassHead().out_features:
            raise PackProblem("The tagger's table does not fit its classes.")
        self.backbone = Backbone()
        self.tag_head = TagHead(len(table["tags"]), int(table["hidden"]))
        self.class_head = ClassHead()
        fill(self.backbone, tensors, "backbone")
        fill(self.tag_head, tensors, "tag_head")
        fill(self.class_head, tensors, "class_head")
        laid_out(self.backbone.eval(), device)
        self.tag_head.eval().to(device.handle)
        self.class_head.eval().to(device.handle)

    @torch.inference_mode()
    def look(self, pictures: NDArray[np.uint8]) -> tuple[NDArray[np.float32], ...]:
        """(N, side, side, 3) to features, logits of tags and of classes, float32."""
        batch = torch.from_numpy(pictures).to(self.device.handle).permute(0, 3, 1, 2)
        features = self.backbone(normalise(batch).to(self.device.dtype)).float()
        answers = (features, self.tag_head(features), self.class_head(features))
        return tuple(answer.cpu().numpy() for answer in answers)


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
        limit_threads()
        with OutOfMemoryAsProblem():
            self._network = Network(self._weights, choose(device))
        self.batch_size = self._network.device.batch_size

    def prepare(self, sample: Sample) -> NDArray[np.uint8]:
        """The whole picture as a square, (SIDE_PX, SIDE_PX, 3)."""
        picture = Image.fromarray(sample.pixels)
        size = (SIDE_PX, SIDE_PX)
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
        with OutOfMemoryAsProblem():
            features, tags, classes = self._network.look(np.stack(prepared))
        told = self._network.scoring.judge(tags, classes)
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
        self._network = None
        if torch.cuda.is_available():
            torch.cuda.empty_cache()


def _middle(width: int, height: int) -> tuple[float, float, float, float]:
    """The box of the picture that is looked at: all of it, or the middle of a panorama."""
    across, down = min(width, _WIDEST * height), min(height, _WIDEST * width)
    left, top = (width - across) / 2, (height - down) / 2
    return (left, top, left + across, top + down)
