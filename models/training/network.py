"""The backbone and heads that tags are trained from: fine-tuned where that was done."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from safetensors import safe_open

from album_models.weights import Weights
from training.origin import load_origin

if TYPE_CHECKING:
    from pathlib import Path

    from torch import Tensor


@dataclass(frozen=True, slots=True)
class TunedHeads:
    """Linear heads that were fine-tuned along: `weight` (answers, FEATURES) and `bias` each.

    Attributes:
        tags: one answer a tag, in the order of the rules.
        scenes: one answer a folder. scene_names: SET:FOLDER of each.
    """

    tags: dict[str, Tensor]
    scenes: dict[str, Tensor]
    scene_names: list[str]


@dataclass(frozen=True, slots=True)
class TrainedNetwork:
    """What `features`, `export` and the segmenter start from.

    Attributes:
        work: folder whose `features` were made with this backbone.
        backbone: state of `Backbone`.
        class_head: state of `ClassHead`.
        heads: None for the origin.
        tag_head: state of the `TagHead` that training goes on from; None: from `heads`, or anew.
    """

    work: Path
    backbone: dict[str, Tensor]
    class_head: dict[str, Tensor]
    heads: TunedHeads | None = None
    tag_head: dict[str, Tensor] | None = None


def load_network(work: Path) -> TrainedNetwork:
    """WORK/finetune/network.safetensors as `finetune` writes it, or the origin."""
    file = work / "finetune" / "network.safetensors"
    if not file.exists():
        return TrainedNetwork(work, *load_origin())
    with safe_open(file, "pt") as stored:
        tensors = {name: stored.get_tensor(name).float() for name in stored.offset_keys()}
        names = json.loads(stored.metadata()["scenes"])
    backbone, classes, tags, scenes = (
        _part(tensors, part) for part in ("backbone", "class_head", "tag_head", "scene_head")
    )
    return TrainedNetwork(file.parent, backbone, classes, TunedHeads(tags, scenes, names))


def load_built_in(work: Path, tags: list[str]) -> TrainedNetwork:
    """The built-in pack's, whose head then goes on learning; its features in WORK/built-in.

    ValueError when its head is for other tags.
    """
    weights = Weights()
    if list(weights.table("tagger.json")["tags"]) != tags:
        raise ValueError("The built-in head is for other tags: fine-tune first.")
    stored = weights.tensors("tagger.safetensors")
    tensors = {name: tensor.float() for name, tensor in stored.items()}
    backbone, classes, head = (
        _part(tensors, part) for part in ("backbone", "class_head", "tag_head")
    )
    return TrainedNetwork(work / "built-in", backbone, classes, tag_head=head)


def _part(tensors: dict[str, Tensor], part: str) -> dict[str, Tensor]:
    return {
        name.removeprefix(f"{part}."): tensor
        for name, tensor in tensors.items()
        if name.startswith(f"{part}.")
    }
