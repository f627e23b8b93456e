"""The decoder that turns the backbone's pyramid into the outline of the subject."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import torch
from torch import nn
from torch.nn import functional

from album_models.backbone import PYRAMID_CHANNELS
from album_models.vision import Conv2dNormActivation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

_WIDTH: Final = 64
_FINE_WIDTH: Final = 16


class SubjectDecoder(nn.Module):
    """A feature pyramid (Lin et al., 2017) with the whole picture's context at its top."""

    def __init__(self) -> None:
        super().__init__()
        coarse = PYRAMID_CHANNELS[1:]
        self.laterals = nn.ModuleList(nn.Conv2d(width, _WIDTH, 1) for width in coarse)
        self.context = nn.Conv2d(PYRAMID_CHANNELS[-1], _WIDTH, 1)
        self.smooths = nn.ModuleList(Conv2dNormActivation(_WIDTH, _WIDTH) for _ in coarse)
        self.narrow = nn.Conv2d(_WIDTH, _FINE_WIDTH, 1)
        self.fine_lateral = nn.Conv2d(PYRAMID_CHANNELS[0], _FINE_WIDTH, 1)
        self.fine = Conv2dNormActivation(_FINE_WIDTH, _FINE_WIDTH)
        self.coarse_out = nn.Conv2d(_WIDTH, 1, 1)
        self.out = nn.Conv2d(_FINE_WIDTH, 1, 3, padding=1)

    def forward(self, pyramid: Sequence[Tensor]) -> tuple[Tensor, Tensor]:
        """Logits at strides 2 and 4, each (N, 1, h, w); the first one is the answer."""
        mixed = functional.relu(self.context(pyramid[-1].mean(dim=(2, 3), keepdim=True)))
        for level in range(len(self.laterals) - 1, -1, -1):
            here = self.laterals[level](pyramid[level + 1])
            if mixed.shape[-2:] != here.shape[-2:]:
                mixed = _scaled(mixed, here)
            mixed = self.smooths[level](mixed + here)
        fine_here = self.fine_lateral(pyramid[0])
        fine = self.fine(_scaled(self.narrow(mixed), fine_here) + fine_here)
        return self.out(fine), self.coarse_out(mixed)


def _scaled(features: Tensor, like: Tensor) -> Tensor:
    return functional.interpolate(
        features, size=like.shape[-2:], mode="bilinear", align_corners=False
    )


def as_logits(logits: Tensor, height: int, width: int) -> Tensor:
    """Logits (N, 1, h, w) as (N, 1, height, width), float32."""
    return functional.interpolate(
        logits.to(torch.float32), size=(height, width), mode="bilinear", align_corners=False
    )
