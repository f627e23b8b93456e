"""torchvision, whichever torch it meets: import it from here, never by itself.

Where torchvision's compiled operators do not load (beside another build of torch, say), importing
it fails, because it describes operators that are not there. The two it insists on are declared here
then, with a plain torch kernel. Networks, transforms.v2 and the operators that are written in
Python work after that.
"""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from torch import Tensor

_SCHEMA = "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"


def nms(dets: Tensor, scores: Tensor, iou_threshold: float) -> Tensor:
    """Greedy non-maximum suppression.

    Args:
        dets: (N, 4) boxes as left, top, right, bottom.
        scores: (N,).
        iou_threshold: a box that overlaps a better one by more than this share goes.

    Returns:
        Indices of the boxes that stay, best first, int64.
    """
    order = scores.argsort(descending=True, stable=True)
    areas = (dets[:, 2] - dets[:, 0]) * (dets[:, 3] - dets[:, 1])
    kept = []
    while order.numel():
        best, order = order[0], order[1:]
        kept.append(best)
        corner = torch.maximum(dets[best, :2], dets[order, :2])
        sides = (torch.minimum(dets[best, 2:], dets[order, 2:]) - corner).clamp(min=0)
        common = sides[:, 0] * sides[:, 1]
        order = order[common <= iou_threshold * (areas[best] + areas[order] - common)]
    return torch.stack(kept) if kept else order


def _declare_missing() -> None:
    for name in ("torchvision::nms", "torchvision::qnms"):
        torch.library.define(name, _SCHEMA)
        torch.library.impl(name, "CompositeExplicitAutograd", nms)


def _import() -> None:
    try:
        importlib.import_module("torchvision")
    except RuntimeError as error:
        if "torchvision::nms does not exist" not in str(error):
            raise
        for name in [name for name in sys.modules if name.partition(".")[0] == "torchvision"]:
            del sys.modules[name]
        _declare_missing()
        importlib.import_module("torchvision")
        # Non-maximum suppression asks whether operators are there before it takes the one above.
        vars(importlib.import_module("torchvision.extension"))["_has_ops"] = lambda: True


_import()

# Only after the import above can these work.
from torchvision import models  # noqa: E402
from torchvision.models import detection  # noqa: E402
from torchvision.ops import Conv2dNormActivation  # noqa: E402

__all__ = ["Conv2dNormActivation", "detection", "models", "nms"]
