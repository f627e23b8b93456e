"""Batches of views, made with torch on whole batches: a few per cent of a training step's time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import torch
from torch.nn import functional

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from torch import Tensor

_SMALLEST_AREA: Final = 0.45
_STRETCH: Final = 0.18
"""Logarithm of the widest crop's aspect ratio."""
_TILTED: Final = 0.25
_TILT: Final = 0.12
"""Radians."""
_BICUBIC: Final = 0.15
_GREY: Final = 0.04
_SHARP: Final = 0.42
_SOFT: Final = 0.12
_NOISY: Final = 0.15


def views(pictures: Sequence[NDArray[np.uint8]], side_px: int, dice: np.random.Generator) -> Tensor:
    """Random square views as (N, 3, side, side), float 0 to 255, in the order of the pictures.

    Args:
        pictures: (side, side, 3) each, of any side.
        side_px: of the views.
        dice: where chance comes from.
    """
    found = torch.empty(len(pictures), 3, side_px, side_px)
    found = found.contiguous(memory_format=torch.channels_last)
    sides = np.array([len(picture) for picture in pictures])
    for side in np.unique(sides):
        alike = np.flatnonzero(sides == side)
        raw = torch.from_numpy(np.stack([pictures[number] for number in alike.tolist()]))
        found[torch.from_numpy(alike)] = _crops(raw.permute(0, 3, 1, 2).float(), side_px, dice)
    return _noise(_sharpness(_light(found, dice), dice), dice).clamp_(0, 255)


def whole(pictures: Sequence[NDArray[np.uint8]], side_px: int) -> Tensor:
    """The whole pictures as squares, (N, 3, side, side), float 0 to 255."""
    scaled = [
        functional.interpolate(
            torch.from_numpy(np.array(picture)).permute(2, 0, 1)[None],
            (side_px, side_px),
            mode="bicubic",
            antialias=True,
        )
        for picture in pictures
    ]
    return torch.cat(scaled).float().contiguous(memory_format=torch.channels_last)


def _crops(raw: Tensor, side_px: int, dice: np.random.Generator) -> Tensor:
    """Cropped, stretched, mirrored and sometimes tilted, by one sampling of the pixels."""
    count = len(raw)
    scale = np.sqrt(dice.uniform(_SMALLEST_AREA, 1.0, count))
    aspect = np.exp(dice.uniform(-_STRETCH, _STRETCH, count))
    across, down = np.minimum(scale * aspect, 1), np.minimum(scale / aspect, 1)
    left, top = (dice.uniform(-1, 1, count) * (1 - part) for part in (across, down))
    mirrored = np.where(dice.random(count) < 0.5, -1.0, 1.0)
    tilt = np.where(dice.random(count) < _TILTED, dice.uniform(-_TILT, _TILT, count), 0.0)
    cosine, sine = np.cos(tilt), np.sin(tilt)
    matrices = np.stack(
        [
            np.stack([across * mirrored * cosine, -down * sine, left], axis=1),
            np.stack([across * mirrored * sine, down * cosine, top], axis=1),
        ],
        axis=1,
    ).astype(np.float32)
    grid = functional.affine_grid(
        torch.from_numpy(matrices), [count, 3, side_px, side_px], align_corners=False
    )
    mode = "bicubic" if dice.random() < _BICUBIC else "bilinear"
    return functional.grid_sample(raw, grid, mode, "reflection", align_corners=False)


def _light(batch: Tensor, dice: np.random.Generator) -> Tensor:
    """Exposure, white balance, contrast, saturation; a few without colour."""
    count = len(batch)
    balance = dice.uniform(0.72, 1.3, (count, 1)) * dice.uniform(0.93, 1.07, (count, 3))
    batch = batch * torch.from_numpy(balance.astype(np.float32))[:, :, None, None]
    middle = batch.mean(dim=(1, 2, 3), keepdim=True)
    batch = (batch - middle) * _each(dice.uniform(0.72, 1.3, count)) + middle
    colour = np.where(dice.random(count) < _GREY, 0.0, dice.uniform(0.6, 1.4, count))
    grey = batch.mean(dim=1, keepdim=True)
    return (batch - grey) * _each(colour) + grey


def _sharpness(batch: Tensor, dice: np.random.Generator) -> Tensor:
    """Some sharpened, some softened: training pictures are softer than photos scaled down."""
    fate = dice.random(len(batch))
    sharp = torch.from_numpy(np.flatnonzero(fate < _SHARP))
    soft = torch.from_numpy(np.flatnonzero(fate > 1 - _SOFT))
    if len(sharp):
        chosen = batch[sharp]
        detail = chosen - _blurred(chosen, float(dice.uniform(0.6, 1.4)))
        batch[sharp] = chosen + detail * _each(dice.uniform(0.4, 2.0, len(sharp)))
    if len(soft):
        batch[soft] = _blurred(batch[soft], float(dice.uniform(0.5, 1.6)))
    return batch


def _blurred(batch: Tensor, radius: float) -> Tensor:
    reach = round(2 * radius)
    weights = torch.exp(-(torch.arange(-reach, reach + 1).float() ** 2) / (2 * radius**2))
    weights = (weights / weights.sum()).expand(batch.shape[1], 1, 1, -1)
    padded = functional.pad(batch, (reach,) * 4, mode="reflect")
    across = functional.conv2d(padded, weights, groups=batch.shape[1])
    return functional.conv2d(across, weights.transpose(2, 3), groups=batch.shape[1])


def _noise(batch: Tensor, dice: np.random.Generator) -> Tensor:
    chosen = torch.from_numpy(np.flatnonzero(dice.random(len(batch)) < _NOISY))
    if len(chosen):
        batch[chosen] += torch.randn_like(batch[chosen]) * float(dice.uniform(2, 12))
    return batch


def _each(values: NDArray[np.float64]) -> Tensor:
    return torch.from_numpy(values.astype(np.float32))[:, None, None, None]
