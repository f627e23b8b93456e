"""The network of the tagger: shared backbone, trained head, classes of the backbone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from album.errors import PackProblem
from album.taxonomies import built_in_taxonomy
from album_models.backbone import Backbone, normalise
from album_models.device import laid_out
from album_models.heads import ClassHead, TagHead
from album_models.scoring import Scoring
from album_models.weights import fill

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from album_models.device import Device
    from album_models.weights import Weights


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
