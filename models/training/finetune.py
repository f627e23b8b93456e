"""Fine-tunes the network: upper stages and all heads together; goes on where it stopped.

Stem and stages 0 to 2 stay as they are. Writes WORK/finetune/last.pt every few minutes, and
WORK/finetune/network.safetensors, the averaged weights, with it.
"""

from __future__ import annotations

import argparse
import copy
import json
import logging
import math
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import torch
from safetensors.torch import save_file
from torch import nn
from torch.nn import functional

from album_models.backbone import normalise
from album_models.weights import Weights, fill
from training.batches import views, whole
from training.features import extract
from training.material import TAUGHT_CLASSES, Material, load_material
from training.origin import load_origin
from training.pixels import decode
from training.student import Lesson, Student
from training.whole import picture_sets

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray
    from torch import Tensor

log = logging.getLogger(__name__)
_SAVED_EVERY_S: Final = 240.0
_LOOKED_AT_EVERY_S: Final = 600.0
_TOLD_EVERY: Final = 100
_FIRST_SEEN: Final = 12_000


@dataclass(frozen=True, slots=True)
class Plan:
    """How the network is fine-tuned.

    Attributes:
        minutes: of one thread's work, all of the time that training takes; a pause costs nothing.
            The rates fall with it.
        grown_after: from this part of the time on, views are `large_px` wide.
        weight_rate: of the backbone's weights, times the root mean square of each tensor. Batch
            norms are folded in, so tensors differ in size by fifty; one rate for all destroys.
        bias_rate: of its biases. tag_rate, class_rate: of the heads.
        mixed: share of the steps whose views are mixed in pairs, by Beta(mixing, mixing).
        kept: of the average, at each `averaged_every`-th step.
    """

    minutes: float = 82.0
    grown_after: float = 0.52
    small_px: int = 128
    large_px: int = 160
    batch: int = 64
    weight_rate: float = 2.5e-3
    bias_rate: float = 3e-4
    tag_rate: float = 8e-4
    class_rate: float = 1e-4
    lowest_rate: float = 0.03
    decay: float = 0.02
    warm_up_steps: int = 80
    mixed: float = 0.5
    mixing: float = 0.3
    dropout: float = 0.15
    kept: float = 0.99
    averaged_every: int = 4
    largest_gradient: float = 5.0
    seed: int = 7


class FineTuning:
    """One run: student, its average, optimiser, and how far it has come."""

    def __init__(self, student: Student, material: Material, plan: Plan, work: Path) -> None:
        self._material, self._plan = material, plan
        self._folder = work / "finetune"
        self._folder.mkdir(parents=True, exist_ok=True)
        torch.manual_seed(plan.seed)
        self._lesson = Lesson(material)
        self._student = student
        student.freeze()
        student.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self._optimiser = torch.optim.AdamW(_groups(student, plan), fused=True)
        self._learning = [p for p in student.parameters() if p.requires_grad]
        self._step, self._seconds = 0, 0.0
        if (self._folder / "last.pt").exists():
            self._load()
        else:
            _first_look(student, material, self._lesson, plan.small_px)
            self._average = copy.deepcopy(student)

    def run(self) -> None:
        """Until the time is over."""
        saved = looked = self._seconds
        total, before = 0.0, time.thread_time()
        while self._part < 1:
            total += self._learn()
            now = time.thread_time()
            self._seconds, before = self._seconds + now - before, now
            if self._step % _TOLD_EVERY == 0:
                log.info(
                    "step %d, %.1f %% of the time, %d px: loss %.3f",
                    self._step, 100 * self._part, self._side_px, total / _TOLD_EVERY,
                )  # fmt: skip
                total = 0.0
            if self._seconds - saved > _SAVED_EVERY_S:
                self._save()
                saved = self._seconds
            if self._seconds - looked > _LOOKED_AT_EVERY_S:
                self._look()
                looked = self._seconds
        self._save()
        self._look()

    @property
    def _part(self) -> float:
        """How much of the time is over."""
        return self._seconds / (60 * self._plan.minutes)

    @property
    def _side_px(self) -> int:
        """Of the views now."""
        grown = self._part >= self._plan.grown_after
        return self._plan.large_px if grown else self._plan.small_px

    def _learn(self) -> float:
        """One step; its loss."""
        plan, dice = self._plan, np.random.default_rng([self._plan.seed, self._step])
        chosen = self._chosen()
        pictures = views([self._material.pixels(row) for row in chosen], self._side_px, dice)
        other, share = dice.permutation(len(chosen)), 1.0
        if dice.random() < plan.mixed:
            share = float(dice.beta(plan.mixing, plan.mixing))
            share = max(share, 1 - share)
            pictures = pictures.lerp(pictures[other], 1 - share)
        student = self._student.train()
        lower = student.lower(normalise(pictures).contiguous(memory_format=torch.channels_last))
        pooled = functional.dropout(student.upper(lower), plan.dropout)
        loss = self._lesson.loss(student, pooled, chosen) * share
        if share < 1:
            loss = loss + self._lesson.loss(student, pooled, chosen[other]) * (1 - share)
        self._update(loss.mean())
        return float(loss.detach().mean())

    def _update(self, loss: Tensor) -> None:
        for group in self._optimiser.param_groups:
            group["lr"] = group["top"] * self._pace()
        self._optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self._learning, self._plan.largest_gradient)
        self._optimiser.step()
        self._step += 1
        turn, rest = divmod(self._step, self._plan.averaged_every)
        if rest == 0:
            kept = min(self._plan.kept, (1 + turn) / (10 + turn))
            averaged = [p.detach() for p in self._average.parameters() if p.requires_grad]
            torch._foreach_lerp_(averaged, [p.detach() for p in self._learning], 1 - kept)

    def _pace(self) -> float:
        warm = min(1.0, (self._step + 1) / self._plan.warm_up_steps)
        cosine = 0.5 * (1 + math.cos(math.pi * min(self._part, 1.0)))
        return warm * (self._plan.lowest_rate + (1 - self._plan.lowest_rate) * cosine)

    def _chosen(self) -> NDArray[np.intp]:
        """The pictures of this step: every pass in another order."""
        training = self._material.training
        number, place = divmod(self._step, len(training) // self._plan.batch)
        order = np.random.default_rng([self._plan.seed, 7, number]).permutation(training)
        return order[place * self._plan.batch : (place + 1) * self._plan.batch]

    def _save(self) -> None:
        state: dict[str, Any] = {
            "student": self._student.state_dict(),
            "average": self._average.state_dict(),
            "optimiser": self._optimiser.state_dict(),
            "step": self._step,
            "seconds": self._seconds,
        }
        partial = self._folder / "partial"
        torch.save(state, partial)
        partial.replace(self._folder / "last.pt")
        save_file(
            {name: tensor.contiguous() for name, tensor in self._average.state_dict().items()},
            partial,
            {"scenes": json.dumps(self._material.scene_names)},
        )
        partial.replace(self._folder / "network.safetensors")
        log.info("step %d saved after %.0f s", self._step, self._seconds)

    def _load(self) -> None:
        state = torch.load(self._folder / "last.pt", weights_only=True)
        self._average = copy.deepcopy(self._student)
        self._student.load_state_dict(state["student"])
        self._average.load_state_dict(state["average"])
        self._optimiser.load_state_dict(state["optimiser"])
        self._step, self._seconds = state["step"], state["seconds"]
        log.info("goes on from step %d", self._step)

    def _look(self) -> None:
        for line in look(self._average, self._material):
            log.info("step %d, averaged: %s", self._step, line)


def look(student: Student, material: Material, side_px: int = 192) -> Iterator[str]:
    """Top-1 and top-5 of the scene head on a fixed part of the validation pictures."""
    for name in material.sets:
        chosen = material.looked_at(name)
        if not len(chosen):
            continue
        logits = []
        for part in np.array_split(chosen, max(1, len(chosen) // 32)):
            pictures = whole([material.pixels(row) for row in part], side_px)
            with torch.no_grad():
                logits.append(student.scene_head(_pooled(student, pictures)))
        wanted = material.scenes[chosen]
        possible = torch.from_numpy(material.scene_ranges[wanted])
        ranked = torch.cat(logits).masked_fill(~possible, -torch.inf)
        best = ranked.topk(min(5, ranked.shape[1]), dim=1).indices
        right = best.numpy() == wanted[:, None]
        first, five = right[:, 0].mean(), right.any(axis=1).mean()
        yield f"{name} {first:.1%} / {five:.1%} of {len(chosen)}"


def _beginner(material: Material, *, from_built_in: bool) -> Student:
    """The origin's network, or that of the built-in pack, whose training then goes on."""
    student = Student(material.answers.shape[1], len(material.scene_ranges))
    if from_built_in:
        tensors = Weights().tensors("tagger.safetensors")
        fill(student.backbone, tensors, "backbone")
        fill(student.class_head, tensors, "class_head")
        return student
    backbone, classes = load_origin()
    student.backbone.load_state_dict(backbone)
    student.class_head.load_state_dict(classes)
    return student


def _groups(student: Student, plan: Plan) -> list[dict[str, Any]]:
    """One group a tensor: its highest rate and its decay."""
    groups = []
    for name, parameter in student.named_parameters():
        if not parameter.requires_grad:
            continue
        rate = plan.class_rate if name.startswith("class_head") else plan.tag_rate
        if name.startswith("backbone"):
            size = float(parameter.detach().pow(2).mean().sqrt())
            rate = plan.weight_rate * size if parameter.dim() > 1 else plan.bias_rate
        decays = parameter.dim() > 1 and not name.startswith("class_head")
        decay = plan.decay if decays else 0.0
        groups.append({"params": [parameter], "lr": rate, "top": rate, "weight_decay": decay})
    return groups


def _first_look(student: Student, material: Material, lesson: Lesson, side_px: int) -> None:
    """Trains the new heads on what the backbone sees in some pictures: minutes instead of hours."""
    dice = np.random.default_rng(3)
    rows = dice.permutation(material.training)[:_FIRST_SEEN]
    seen = [
        _pooled(student, views([material.pixels(row) for row in part], side_px, dice))
        for part in _parts(rows, 64)
    ]
    features = torch.cat(seen)
    heads = [*student.tag_head.parameters(), *student.scene_head.parameters()]
    optimiser = torch.optim.AdamW(heads, 2e-3, weight_decay=1e-2)
    loss = torch.zeros(())
    for _ in range(8):
        for part in _parts(dice.permutation(len(rows)), 256):
            pooled = functional.dropout(features[torch.from_numpy(part)], 0.2)
            loss = lesson.loss(student, pooled, rows[part]).mean()
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
    log.info("first look of the heads: loss %.3f", float(loss.detach()))


@torch.no_grad()
def _pooled(student: Student, pictures: Tensor) -> Tensor:
    return student.upper(student.lower(normalise(pictures)))


def _parts(rows: NDArray[np.intp], size: int) -> list[NDArray[np.intp]]:
    return np.array_split(rows, max(1, len(rows) // size))


def main() -> None:
    """Command line."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the training zips")
    parser.add_argument("--work", type=Path, required=True, help="folder for what is made")
    parser.add_argument("--sources", type=Path, help="folder of the whole sets, checked out")
    parser.add_argument("--minutes", type=float, default=82.0, help="that training takes")
    parser.add_argument("--start", choices=("origin", "built-in"), default="origin")
    parser.add_argument("--threads", type=int, default=1)
    chosen = parser.parse_args()
    torch.set_num_threads(chosen.threads)
    torch.set_flush_denormal(True)
    for pictures in picture_sets(chosen.data, chosen.sources, whole=False):
        if pictures.name in TAUGHT_CLASSES:
            extract(pictures, chosen.work, load_origin()[0])
    for pictures in picture_sets(chosen.data, chosen.sources):
        decode(pictures, chosen.work)
    material = load_material(chosen.data, chosen.work, chosen.sources)
    student = _beginner(material, from_built_in=chosen.start == "built-in")
    FineTuning(student, material, Plan(chosen.minutes), chosen.work).run()


if __name__ == "__main__":
    main()
