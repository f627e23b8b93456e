"""The backbone and class head that tags are trained on: fine-tuned where that was done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from safetensors.torch import load_file

from training.origin import load_origin

if TYPE_CHECKING:
    from pathlib import Path

    from torch import Tensor


@dataclass(frozen=True, slots=True)
class TrainedNetwork:
    """What `features`, `export` and the segmenter start from.

    Attributes:
        work: folder whose `features` were made with this backbone.
        backbone: state of `Backbone`.
        class_head: state of `ClassHead`.
        tag_head: `weight` (tags, FEATURES) and `bias` that were fine-tuned along; None: none.
    """

    work: Path
    backbone: dict[str, Tensor]
    class_head: dict[str, Tensor]
    tag_head: dict[str, Tensor] | None = None


def load_network(work: Path) -> TrainedNetwork:
    """WORK/finetune/network.safetensors (`backbone.*` and so on), or the origin."""
    file = work / "finetune" / "network.safetensors"
    if not file.exists():
        return TrainedNetwork(work, *load_origin())
    tensors = load_file(file)
    parts = (_part(tensors, name) for name in ("backbone", "class_head", "tag_head"))
    return TrainedNetwork(file.parent, *parts)


def _part(tensors: dict[str, Tensor], part: str) -> dict[str, Tensor]:
    return {
        name.removeprefix(f"{part}."): tensor.float()
        for name, tensor in tensors.items()
        if name.startswith(f"{part}.")
    }
