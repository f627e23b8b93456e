"""What stands on the pooled features: the tags trained here, and the backbone's own classes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from torch import nn
from torch.nn import functional

from album_models.backbone import FEATURES

if TYPE_CHECKING:
    from torch import Tensor

CLASSES: Final = 1000
"""ImageNet classes of the backbone's own head."""


class TagHead(nn.Module):
    """One logit a tag: a linear part and a small hidden layer beside it."""

    def __init__(self, tags: int, hidden: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.direct = nn.Linear(FEATURES, tags)
        self.inward = nn.Linear(FEATURES, hidden)
        self.outward = nn.Linear(hidden, tags)
        self.dropout = dropout

    def forward(self, features: Tensor) -> Tensor:
        """Pooled features (N, FEATURES) to logits (N, tags)."""
        kept = functional.dropout(features, self.dropout, self.training)
        hidden = functional.relu(self.inward(kept))
        mixed: Tensor = self.direct(kept) + self.outward(
            functional.dropout(hidden, self.dropout, self.training)
        )
        return mixed


class ClassHead(nn.Linear):
    """The backbone's own classes: logits (N, CLASSES) from pooled features."""

    def __init__(self) -> None:
        super().__init__(FEATURES, CLASSES)
