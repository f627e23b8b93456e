"""EfficientNet-Lite2 with its batch norms folded into the convolutions.

Architecture after Tan and Le, "EfficientNet: Rethinking Model Scaling for CNNs" (2019), in the
Lite variant: no squeeze-and-excitation, ReLU6 everywhere, a stem and a head that do not scale.
Width 1.1, depth 1.2.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import torch
from torch import Tensor, nn
from torch.nn import functional

if TYPE_CHECKING:
    from collections.abc import Iterator

FEATURES: Final = 1280
"""Width of the pooled feature vector."""
PYRAMID_CHANNELS: Final = (16, 24, 48, 120, 352)
"""Channels of the feature maps at strides 2, 4, 8, 16 and 32."""
_STEM: Final = 32


@dataclass(frozen=True, slots=True)
class Stage:
    """Blocks of one kind in a row: only the first one strides and changes the width."""

    blocks: int
    channels: int
    kernel: int
    stride: int
    expansion: int


STAGES: Final = (
    Stage(1, 16, 3, 1, 1),
    Stage(3, 24, 3, 2, 6),
    Stage(3, 48, 5, 2, 6),
    Stage(4, 88, 3, 2, 6),
    Stage(4, 120, 5, 1, 6),
    Stage(5, 208, 5, 2, 6),
    Stage(1, 352, 3, 1, 6),
)
_PYRAMID_STAGES: Final = (0, 1, 2, 4, 6)


class SameConv(nn.Conv2d):
    """A convolution padded as TensorFlow pads: the odd pixel goes to the right and the bottom."""

    def forward(self, input: Tensor) -> Tensor:  # noqa: A002 (the name of the overridden method's argument)
        """Convolves (N, C, H, W) into (N, C', ceil(H / stride), ceil(W / stride))."""
        if self.stride[0] == 1:
            return super().forward(input)
        height, width = input.shape[-2:]
        down = _missing(height, self.kernel_size[0], self.stride[0])
        across = _missing(width, self.kernel_size[1], self.stride[1])
        padded = functional.pad(
            input, (across // 2, across - across // 2, down // 2, down - down // 2)
        )
        return functional.conv2d(padded, self.weight, self.bias, self.stride, 0, 1, self.groups)


def _relu6(features: Tensor) -> Tensor:
    return functional.relu6(features, inplace=True)


def _missing(side: int, kernel: int, stride: int) -> int:
    return max((-(-side // stride) - 1) * stride + kernel - side, 0)


def _conv(inward: int, outward: int, kernel: int, stride: int = 1, groups: int = 1) -> SameConv:
    padding = kernel // 2 if stride == 1 else 0
    return SameConv(inward, outward, kernel, stride, padding, groups=groups)


class InvertedResidual(nn.Module):
    """Expand, filter each channel, project; added to its input where the shapes agree."""

    def __init__(self, inward: int, outward: int, kernel: int, stride: int, expansion: int) -> None:
        super().__init__()
        wide = inward * expansion
        self.expand = _conv(inward, wide, 1) if expansion > 1 else None
        self.filter = _conv(wide, wide, kernel, stride, groups=wide)
        self.project = _conv(wide, outward, 1)
        self.residual = stride == 1 and inward == outward

    def forward(self, features: Tensor) -> Tensor:
        """(N, inward, H, W) to (N, outward, H / stride, W / stride)."""
        wide = features if self.expand is None else _relu6(self.expand(features))
        projected: Tensor = self.project(_relu6(self.filter(wide)))
        return projected + features if self.residual else projected


class Backbone(nn.Module):
    """The shared network: a pyramid of feature maps and one pooled vector a picture.

    Input: (N, 3, H, W), RGB as (value - 127) / 128.
    """

    def __init__(self) -> None:
        super().__init__()
        self.stem = _conv(3, _STEM, 3, 2)
        self.stages = nn.ModuleList(nn.Sequential(*blocks) for blocks in _stages())
        self.head = _conv(PYRAMID_CHANNELS[-1], FEATURES, 1)

    def pyramid(self, pictures: Tensor) -> list[Tensor]:
        """Feature maps at strides 2, 4, 8, 16 and 32 with PYRAMID_CHANNELS channels."""
        features = _relu6(self.stem(pictures))
        levels = []
        for index, stage in enumerate(self.stages):
            features = stage(features)
            if index in _PYRAMID_STAGES:
                levels.append(features)
        return levels

    def pool(self, coarsest: Tensor) -> Tensor:
        """(N, 352, h, w), the last map of the pyramid, to (N, FEATURES)."""
        return _relu6(self.head(coarsest)).mean(dim=(2, 3), dtype=torch.float32)

    def forward(self, pictures: Tensor) -> Tensor:
        """(N, 3, H, W) to the pooled features (N, FEATURES)."""
        return self.pool(self.pyramid(pictures)[-1])


def _stages() -> Iterator[list[InvertedResidual]]:
    inward = _STEM
    for stage in STAGES:
        blocks = []
        for index in range(stage.blocks):
            stride = stage.stride if index == 0 else 1
            blocks.append(
                InvertedResidual(inward, stage.channels, stage.kernel, stride, stage.expansion)
            )
            inward = stage.channels
        yield blocks


def normalise(pictures: Tensor) -> Tensor:
    """Pixels 0 to 255, any dtype, to the backbone's input range in the default float type."""
    return (pictures.to(torch.get_default_dtype()) - 127.0) / 128.0
