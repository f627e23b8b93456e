"""The network while it is fine-tuned: a frozen lower part, a trained upper part, its lesson."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from album_models.backbone import FEATURES, Backbone, InvertedResidual, SameConv
from album_models.device import choose
from album_models.heads import ClassHead
from training.rules import UNKNOWN, YES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from training.material import Material

FROZEN_STAGES: Final = 3
_TAGS: Final = 0.15
_CLASSES: Final = 0.5
_TEMPERATURE: Final = 2.0
_SMOOTHING: Final = 0.08
_NEVER: Final = -1e4
_NUMBERS: Final = choose("cpu").dtype
"""Half precision where this processor computes in it; elsewhere it would take ten times longer."""


class Student(nn.Module):
    """Backbone and linear heads; `scene_head` chooses among the folders of a picture's set."""

    def __init__(self, tags: int, scenes: int) -> None:
        super().__init__()
        self.backbone = Backbone()
        self.class_head = ClassHead()
        self.tag_head = nn.Linear(FEATURES, tags)
        self.scene_head = nn.Linear(FEATURES, scenes)

    def lower(self, pictures: Tensor) -> Tensor:
        """The frozen part."""
        half = _NUMBERS is torch.bfloat16
        with torch.no_grad(), torch.autocast("cpu", torch.bfloat16, enabled=half):
            features: Tensor = self.backbone.stem(pictures)
            for number in range(FROZEN_STAGES):
                features = self.backbone.stages[number](features)
        return features.float()

    def upper(self, features: Tensor) -> Tensor:
        """The trained part; pointwise convolutions as products of matrices."""
        for number in range(FROZEN_STAGES, len(self.backbone.stages)):
            for block in self.backbone.stages[number].children():
                if isinstance(block, InvertedResidual):
                    features = _block(block, features)
        return _pointwise(self.backbone.head, features).mean(dim=(2, 3))

    def freeze(self) -> None:
        """Only what `upper` and the heads consist of learns."""
        for name, parameter in self.backbone.named_parameters():
            part, _, rest = name.partition(".")
            learns = part == "head" or (
                part == "stages" and int(rest.partition(".")[0]) >= FROZEN_STAGES
            )
            parameter.requires_grad = learns


def _block(block: InvertedResidual, features: Tensor) -> Tensor:
    wide = features if block.expand is None else _pointwise(block.expand, features)
    projected = _pointwise(block.project, block.filter(wide))
    return projected + features if block.residual else projected


def _pointwise(conv: SameConv, features: Tensor) -> Tensor:
    bias = None if conv.bias is None else conv.bias.to(_NUMBERS)
    rows = features.permute(0, 2, 3, 1).to(_NUMBERS)
    mixed = functional.linear(rows, conv.weight.flatten(1).to(_NUMBERS), bias)
    if conv.clipped:
        mixed = functional.relu6(mixed)
    return mixed.float().permute(0, 3, 1, 2)


class Lesson:
    """What is known of a batch, and how far the heads are from it: one number a picture."""

    def __init__(self, material: Material) -> None:
        self._material = material
        self._ranges = torch.from_numpy(material.scene_ranges)

    def loss(self, student: Student, pooled: Tensor, chosen: NDArray[np.intp]) -> Tensor:
        """Of tags (masked), of the scene among its set's, and of the origin's classes."""
        return (
            _TAGS * self._tags(student.tag_head(pooled), chosen)
            + self._scenes(student.scene_head(pooled), chosen)
            + _CLASSES * self._classes(student.class_head(pooled), chosen)
        )

    def _tags(self, logits: Tensor, chosen: NDArray[np.intp]) -> Tensor:
        answers = torch.from_numpy(self._material.answers[chosen])
        wanted = (answers == YES).float() * 0.97 + 0.005
        losses = functional.binary_cross_entropy_with_logits(logits, wanted, reduction="none")
        return (losses * (answers != UNKNOWN)).sum(dim=1)

    def _scenes(self, logits: Tensor, chosen: NDArray[np.intp]) -> Tensor:
        wanted = torch.from_numpy(self._material.scenes[chosen])
        told, wanted = wanted >= 0, wanted.clamp(min=0)
        possible = self._ranges[wanted]
        logs = logits.masked_fill(~possible, _NEVER).log_softmax(dim=1)
        right = logs.gather(1, wanted[:, None])[:, 0]
        spread = (logs * possible).sum(dim=1) / possible.sum(dim=1)
        return -(right * (1 - _SMOOTHING) + spread * _SMOOTHING) * told

    def _classes(self, logits: Tensor, chosen: NDArray[np.intp]) -> Tensor:
        """Divergence from what the origin's network says, so that its classes stay."""
        rows = self._material.teacher_rows[chosen]
        taught = torch.from_numpy(self._material.teacher[np.maximum(rows, 0)].astype(np.float32))
        apart = functional.kl_div(
            (logits / _TEMPERATURE).log_softmax(dim=1),
            (taught / _TEMPERATURE).softmax(dim=1),
            reduction="none",
        )
        return apart.sum(dim=1) * _TEMPERATURE**2 * torch.from_numpy(rows >= 0)
