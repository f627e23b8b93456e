"""EfficientNet-Lite2 with its batch norms folded into the convolutions.

Architecture after Tan and Le, "EfficientNet: Rethinking Model Scaling for CNNs" (2019), in the
Lite variant: no squeeze-and-excitation, ReLU6 everywhere, a stem and a head that do not scale.
Width 1.1, depth 1.2.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
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
    """A convolution padded as TensorFlow pads: the odd pixel goes to the right and the bottom.

    Args:
        clipped: a ReLU6 follows. oneDNN does both in one pass over the memory: the same numbers,
            and the whole network takes little more than half the time on a CPU.
    """

    def __init__(
        self, inward: int, outward: int, kernel: int, stride: int, groups: int, *, clipped: bool
    ) -> None:
        padding = kernel // 2 if stride == 1 else 0
        super().__init__(inward, outward, kernel, stride, padding, groups=groups)
        self.clipped = clipped

    def forward(self, input: Tensor) -> Tensor:  # noqa: A002 (the name of the overridden method's argument)
        """Convolves (N, C, H, W) into (N, C', ceil(H / stride), ceil(W / stride))."""
        if self.stride[0] > 1:
            height, width = input.shape[-2:]
            down = _missing(height, self.kernel_size[0], self.stride[0])
            across = _missing(width, self.kernel_size[1], self.stride[1])
            input = functional.pad(  # noqa: A001
                input, (across // 2, across - across // 2, down // 2, down - down // 2)
            )
        if self.clipped and not torch.is_grad_enabled() and _fuses(input.device.type, input.dtype):
            fused: Tensor = torch.ops.mkldnn._convolution_pointwise(
                input,
                self.weight,
                self.bias,
                self.padding,
                self.stride,
                self.dilation,
                self.groups,
                "hardtanh",
                [0.0, 6.0],
                "",
            )
            return fused
        convolved = super().forward(input)
        return functional.relu6(convolved, inplace=True) if self.clipped else convolved


@cache
def _fuses(device: str, dtype: torch.dtype) -> bool:
    """Whether this torch has oneDNN's convolution with what follows it, for such numbers."""
    if device != "cpu" or not hasattr(torch.ops.mkldnn, "_convolution_pointwise"):
        return False
    if dtype is torch.bfloat16:
        return bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())
    return dtype is torch.float32


def _missing(side: int, kernel: int, stride: int) -> int:
    return max((-(-side // stride) - 1) * stride + kernel - side, 0)


class InvertedResidual(nn.Module):
    """Expand, filter each channel, project; added to its input where the shapes agree."""

    def __init__(self, inward: int, outward: int, kernel: int, stride: int, expansion: int) -> None:
        super().__init__()
        wide = inward * expansion
        self.expand = SameConv(inward, wide, 1, 1, 1, clipped=True) if expansion > 1 else None
        self.filter = SameConv(wide, wide, kernel, stride, wide, clipped=True)
        self.project = SameConv(wide, outward, 1, 1, 1, clipped=False)
        self.residual = stride == 1 and inward == outward

    def forward(self, features: Tensor) -> Tensor:
        """(N, inward, H, W) to (N, outward, H / stride, W / stride)."""
        wide = features if self.expand is None else self.expand(features)
        projected: Tensor = self.project(self.filter(wide))
        return projected + features if self.residual else projected


class Backbone(nn.Module):
    """The shared network: a pyramid of feature maps and one pooled vector a picture.

    Input: (N, 3, H, W), RGB as (value - 127) / 128.
    """

    def __init__(self) -> None:
        super().__init__()
        self.stem = SameConv(3, _STEM, 3, 2, 1, clipped=True)
        self.stages = nn.ModuleList(nn.Sequential(*blocks) for blocks in _stages())
        self.head = SameConv(PYRAMID_CHANNELS[-1], FEATURES, 1, 1, 1, clipped=True)

    def pyramid(self, pictures: Tensor) -> list[Tensor]:
        """Feature maps at strides 2, 4, 8, 16 and 32 with PYRAMID_CHANNELS channels."""
        features = self.stem(pictures)
        levels = []
        for index, stage in enumerate(self.stages):
            features = stage(features)
            if index in _PYRAMID_STAGES:
                levels.append(features)
        return levels

    def pool(self, coarsest: Tensor) -> Tensor:
        """(N, 352, h, w), the last map of the pyramid, to (N, FEATURES)."""
        features: Tensor = self.head(coarsest)
        return features.mean(dim=(2, 3), dtype=torch.float32)

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
    return pictures.to(torch.get_default_dtype(), copy=True).sub_(127.0).mul_(1 / 128)
