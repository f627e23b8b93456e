"""From the backbone's pyramid to the outline of the subject, and whether there is one."""

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

_TOP_WIDTH: Final = 112
_WIDTH: Final = 64
_FINE_WIDTH: Final = 24
_DROPPED: Final = 0.1
_HIDDEN: Final = 48
_TRAITS: Final = 6


class Residual(nn.Module):
    """Two convolutions beside a shortcut (He et al., 2016)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = Conv2dNormActivation(width, width)
        self.second = Conv2dNormActivation(width, width, activation_layer=None)

    def forward(self, features: Tensor) -> Tensor:
        """(N, width, H, W) to the same shape."""
        return functional.relu(features + self.second(self.first(features)))


class Presence(nn.Module):
    """Whether there is a subject at all: what lies inside the outline, beside all the rest.

    A landscape's outline holds what the rest holds, too; a subject's holds something else.
    """

    def __init__(self) -> None:
        super().__init__()
        self.inward = nn.Linear(2 * PYRAMID_CHANNELS[-1] + _TRAITS, _HIDDEN)
        self.outward = nn.Linear(_HIDDEN, 1)

    def forward(self, traits: Tensor) -> Tensor:
        """Logits (N, 1) of `traits_of`."""
        logits: Tensor = self.outward(functional.relu(self.inward(traits)))
        return logits


class SubjectDecoder(nn.Module):
    """A feature pyramid (Lin et al., 2017), broad where it decides what the subject is.

    Strides 32 and 16 know the whole picture and decide; 8, 4 and 2 follow the outline.

    Attributes:
        presence: asked about `traits_of` the answer; float32 whatever the rest is.
    """

    def __init__(self) -> None:
        super().__init__()
        fine, *middle, high, top = PYRAMID_CHANNELS
        self.context = nn.Conv2d(top, _TOP_WIDTH, 1)
        self.tops = nn.ModuleList(nn.Conv2d(width, _TOP_WIDTH, 1) for width in (high, top))
        self.deciding = nn.ModuleList(
            nn.Sequential(Residual(_TOP_WIDTH), Residual(_TOP_WIDTH)) for _ in range(2)
        )
        self.narrow = nn.Conv2d(_TOP_WIDTH, _WIDTH, 1)
        self.laterals = nn.ModuleList(nn.Conv2d(width, _WIDTH, 1) for width in middle)
        self.smooths = nn.ModuleList(Conv2dNormActivation(_WIDTH, _WIDTH) for _ in middle)
        self.fine_narrow = nn.Conv2d(_WIDTH, _FINE_WIDTH, 1)
        self.fine_lateral = nn.Conv2d(fine, _FINE_WIDTH, 1)
        self.fine = Conv2dNormActivation(_FINE_WIDTH, _FINE_WIDTH)
        self.top_out = nn.Conv2d(_TOP_WIDTH, 1, 1)
        self.coarse_out = nn.Conv2d(_WIDTH, 1, 1)
        self.out = nn.Conv2d(_FINE_WIDTH, 1, 3, padding=1)
        self.presence = Presence()

    def forward(self, pyramid: Sequence[Tensor]) -> tuple[Tensor, Tensor, Tensor]:
        """Logits at strides 2, 4 and 16, each (N, 1, h, w); the first one is the answer."""
        decided = self._decide(pyramid)
        mixed = self.narrow(decided)
        for level in range(len(self.laterals) - 1, -1, -1):
            here = self.laterals[level](pyramid[level + 1])
            mixed = self.smooths[level](_scaled(mixed, here) + here)
        fine_here = self.fine_lateral(pyramid[0])
        fine = self.fine(_scaled(self.fine_narrow(mixed), fine_here) + fine_here)
        return self.out(fine), self.coarse_out(mixed), self.top_out(decided)

    def _decide(self, pyramid: Sequence[Tensor]) -> Tensor:
        """(N, 112, h, w) at stride 16."""
        mixed = functional.relu(self.context(pyramid[-1].mean(dim=(2, 3), keepdim=True)))
        for level in (1, 0):
            features = functional.dropout2d(pyramid[level + 3], _DROPPED, self.training)
            here = self.tops[level](features)
            mixed = self.deciding[level](_scaled(mixed, here) + here)
        return mixed


def _scaled(features: Tensor, like: Tensor) -> Tensor:
    return functional.interpolate(
        features, size=like.shape[-2:], mode="bilinear", align_corners=False
    )


def as_logits(logits: Tensor, height: int, width: int) -> Tensor:
    """Logits (N, 1, h, w) as (N, 1, height, width), float32."""
    return functional.interpolate(
        logits.to(torch.float32), size=(height, width), mode="bilinear", align_corners=False
    )


def traits_of(coarsest: Tensor, outline: Tensor) -> Tensor:
    """What speaks for a subject: (N, 2 * 352 + 6), float32.

    Args:
        coarsest: (N, 352, h, w), the backbone's last map.
        outline: (N, 1, H, W), the probability of the subject.
    """
    features, outline = coarsest.to(torch.float32), outline.to(torch.float32)
    share = functional.adaptive_avg_pool2d(outline, (features.shape[-2], features.shape[-1]))
    inside = _mean(features, share)
    outside = _mean(features, 1 - share)
    decided = outline.sub(0.5).abs().mul(2)
    sure = outline > 0.5
    rim = torch.cat((outline[..., 0, :], outline[..., -1, :], outline[..., 0], outline[..., -1]), 2)
    numbers = torch.stack(
        (
            outline.mean((1, 2, 3)),
            sure.float().mean((1, 2, 3)),
            outline.amax((1, 2, 3)),
            decided.mean((1, 2, 3)),
            (outline * sure).sum((1, 2, 3)) / sure.sum((1, 2, 3)).clamp(min=1),
            rim.mean((1, 2)),
        ),
        1,
    )
    return torch.cat((inside, outside, numbers), 1)


def _mean(features: Tensor, weights: Tensor) -> Tensor:
    """(N, C, h, w) weighted by (N, 1, h, w), to (N, C)."""
    return (features * weights).sum((2, 3)) / weights.sum((2, 3)).clamp(min=1e-3)
