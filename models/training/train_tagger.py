"""Trains the tag head on features of the fine-tuned backbone: WORK/tagger/head.pt, precision.json.

Without a fine-tuned backbone in WORK/finetune, on those of the origin's. Features are cached by the
way. Then `training.export` writes the weights, `training.evaluate` measures them.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import logging
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import torch
from torch.nn import functional

from album_models.heads import TagHead
from training.calibrate import average_precision
from training.choices import Choice, choice_loss, choices, informed
from training.examples import load_examples
from training.features import extract
from training.network import load_built_in, load_network
from training.rules import UNKNOWN, YES, load_rules
from training.whole import picture_sets

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from training.examples import Examples
    from training.network import TrainedNetwork

log = logging.getLogger(__name__)
_FOLDS: Final = 3
_KEPT: Final = ("miniplaces", "intel")
_LEARNED_BEFORE: Final = ("wider", "pec")
"""Places whose pictures the third and fourth pack learned from."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How the head is trained."""

    hidden: int = 1024
    dropout: float = 0.4
    epochs: int = 14
    batch: int = 512
    rate: float = 3e-4
    decay: float = 0.05
    smoothing: float = 0.02
    choice_weight: float = 4.0
    seed: int = 7


def train_head(examples: Examples, plan: Plan, network: TrainedNetwork) -> TagHead:
    """Masked cross-entropy, and of each set the choice between its tags.

    Features are standardised, which is folded in afterwards. A head that goes on keeps its hidden
    layer, and all that it knows of the scenes of `_KEPT`: their pictures here are a small part of
    those it was fine-tuned with.

    Args:
        examples: those that are not held out train.
        plan: how.
        network: whose heads to start from.
    """
    torch.manual_seed(plan.seed)
    training = ~examples.held_out
    inputs = torch.from_numpy(examples.features[training])
    answers = torch.from_numpy(examples.answers[training])
    asked = choices(load_rules(), examples.sets[training], examples.folders[training])
    mean, spread = inputs.mean(0), inputs.std(0) + 1e-3
    inputs = (inputs - mean) / spread
    head = TagHead(answers.shape[1], plan.hidden, plan.dropout)
    if network.tag_head is not None:
        head.load_state_dict(network.tag_head)
        unfold_standardisation(head, mean, spread)
        head.inward.requires_grad_(requires_grad=False)
    elif network.heads is not None:
        _take_over(head, informed(network.heads, load_rules(), asked), mean, spread)
    learning = [one for one in head.parameters() if one.requires_grad]
    optimiser = torch.optim.AdamW(learning, plan.rate, weight_decay=plan.decay)
    steps = plan.epochs * (len(inputs) // plan.batch + 1)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, plan.rate, steps, pct_start=0.1)
    for epoch in range(plan.epochs):
        total = 0.0
        for part in torch.split(torch.randperm(len(inputs)), plan.batch):
            loss = _loss(head(inputs[part]), part, answers, asked, plan)
            optimiser.zero_grad(set_to_none=True)
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
            schedule.step()
            total += float(loss.detach())
        log.info("epoch %d: loss %.4f", epoch + 1, total * plan.batch / len(inputs))
    fold_standardisation(head, mean, spread)
    if network.tag_head is not None:
        kept = [one.columns for one in asked if one.name in _KEPT]
        put_back(head, network.tag_head, np.unique(np.concatenate(kept)).tolist())
    return head.eval()


def unseen_logits(
    examples: Examples, plan: Plan, network: TrainedNetwork
) -> tuple[NDArray[np.str_], NDArray[np.float32]]:
    """What is said of gathered pictures by heads that did not learn from them.

    Tags with few pictures need all of them to learn by, and to be judged by: every place is left
    out of one of `_FOLDS` heads (cross-validation).

    Returns:
        Names of the pictures, and their logits, (pictures, tags).
    """
    fold = np.array([_fold(name) for name in examples.names.tolist()])
    fold[(examples.sets != "extra") | examples.held_out] = -1
    logits = np.zeros((len(fold), len(load_rules())), np.float32)
    for number in np.unique(fold[fold >= 0]):
        left_out = fold == number
        head = train_head(replace(examples, held_out=examples.held_out | left_out), plan, network)
        logits[left_out] = logits_of(head, examples.features[left_out])
    return examples.names[fold >= 0], logits[fold >= 0]


def _fold(name: str) -> int:
    """By the place that a gathered picture comes from; -1 for what earlier packs learned from."""
    place = name.rpartition("/")[2].partition("__")[0]
    if place.startswith(_LEARNED_BEFORE):
        return -1
    return hashlib.sha256(place.encode()).digest()[2] % _FOLDS


def _loss(
    logits: torch.Tensor,
    part: torch.Tensor,
    answers: torch.Tensor,
    asked: list[Choice],
    plan: Plan,
) -> torch.Tensor:
    loss = masked_loss(logits, answers[part], plan.smoothing)
    for choice in asked:
        there = torch.from_numpy(choice.pictures[part.numpy()])
        if there.any():
            right = torch.from_numpy(choice.right[part[there].numpy()])
            told = choice_loss(logits[there], torch.from_numpy(choice.columns), right)
            loss = loss + plan.choice_weight * told / len(part)
    return loss


@torch.no_grad()
def _take_over(
    head: TagHead,
    start: tuple[torch.Tensor, torch.Tensor],
    mean: torch.Tensor,
    spread: torch.Tensor,
) -> None:
    """The linear part as it is, on standardised features; the hidden part silent."""
    weight, bias = start
    head.direct.weight.copy_(weight * spread)
    head.direct.bias.copy_(bias + weight @ mean)
    head.outward.weight.zero_()
    head.outward.bias.zero_()


def masked_loss(logits: torch.Tensor, answers: torch.Tensor, smoothing: float) -> torch.Tensor:
    """Cross-entropy over what is known, labels softened by `smoothing`."""
    known = (answers != UNKNOWN).float()
    wanted = (answers == YES).float() * (1 - smoothing) + smoothing / 8
    losses = functional.binary_cross_entropy_with_logits(logits, wanted, reduction="none")
    return (losses * known).sum() / len(answers)


@torch.no_grad()
def fold_standardisation(head: TagHead, mean: torch.Tensor, spread: torch.Tensor) -> None:
    """Makes the head take features as the backbone gives them."""
    for layer in (head.direct, head.inward):
        layer.weight.div_(spread)
        layer.bias.sub_(layer.weight @ mean)


@torch.no_grad()
def put_back(head: TagHead, before: Mapping[str, torch.Tensor], columns: list[int]) -> None:
    """Lets these tags answer as before; the hidden layer is the same."""
    after = head.state_dict()
    for name in ("direct.weight", "direct.bias", "outward.weight", "outward.bias"):
        after[name][columns] = before[name][columns]


@torch.no_grad()
def unfold_standardisation(head: TagHead, mean: torch.Tensor, spread: torch.Tensor) -> None:
    """Undoes `fold_standardisation`."""
    for layer in (head.direct, head.inward):
        layer.bias.add_(layer.weight @ mean)
        layer.weight.mul_(spread)


@torch.inference_mode()
def logits_of(head: TagHead, features: NDArray[np.float32]) -> NDArray[np.float32]:
    """(pictures, tags)."""
    answered: NDArray[np.float32] = head(torch.from_numpy(features)).numpy()
    return answered


def main() -> None:
    """Command line."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the training zips")
    parser.add_argument("--work", type=Path, required=True, help="folder for what is made")
    parser.add_argument("--sources", type=Path, help="folder of further sets, checked out")
    parser.add_argument("--every", type=int, default=1, help="of the places each n-th")
    parser.add_argument("--start", choices=("fine-tuned", "built-in"), default="fine-tuned")
    parser.add_argument("--threads", type=int, default=1)
    chosen = parser.parse_args()
    torch.set_num_threads(chosen.threads)
    rules, plan = load_rules(), Plan()
    started = chosen.start == "fine-tuned"
    network = load_network(chosen.work) if started else load_built_in(chosen.work, list(rules))
    for pictures in picture_sets(chosen.data, chosen.sources, whole=False):
        extract(pictures, network.work, network.backbone, chosen.every)
    examples = load_examples(
        chosen.data, network.work, rules, chosen.sources, chosen.every, chosen.work
    )
    head = train_head(examples, plan, network)
    names, unseen = unseen_logits(examples, plan, network)
    scores = logits_of(head, examples.features[examples.validates])
    precisions = average_precision(scores, examples.answers[examples.validates])
    log.info("mean average precision on validation pictures: %.4f", np.nanmean(precisions))
    for choice in choices(rules, examples.sets, examples.folders):
        everywhere = np.zeros((len(examples.sets), len(rules)))
        everywhere[examples.validates] = scores
        log.info("%s: top 1 and 5 %s", choice.name, choice.tops(everywhere, examples.validates))
    folder = chosen.work / "tagger"
    folder.mkdir(parents=True, exist_ok=True)
    torch.save(
        {
            "tags": list(rules),
            "plan": asdict(plan),
            "head": head.state_dict(),
            "unseen": {"names": names.tolist(), "logits": torch.from_numpy(unseen)},
        },
        folder / "head.pt",
    )
    figures = dict(zip(rules, map(float, precisions), strict=True))
    (folder / "precision.json").write_text(json.dumps(figures, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
