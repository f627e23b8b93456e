"""Trains the decoder of the subject on the frozen backbone; killed and started again, it goes on.

Makes WORK/segmenter/last.pt (after every epoch) with the averaged decoder and the figures so far.
"""

from __future__ import annotations

import argparse
import copy
import logging
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch.nn import functional

from album_models.backbone import Backbone, normalise
from album_models.decoder import SubjectDecoder, as_logits
from album_models.device import Device, laid_out
from training.origin import load_origin
from training.subjects import SubjectPairs, training_view, whole_view

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

    from training.subjects import Pair

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Plan:
    """How long and how."""

    epochs: int = 9
    batch: int = 16
    side_px: int = 224
    rate: float = 2e-3
    average: float = 0.998
    seed: int = 3


class Training:
    """One run: the networks, the optimiser and where they stand."""

    def __init__(self, data: Path, work: Path, plan: Plan) -> None:
        self.plan = plan
        self.source = SubjectPairs(data)
        self.training = [pair for pair in self.source.pairs if not pair.held_out]
        self.held_out = [pair for pair in self.source.pairs if pair.held_out]
        self.checkpoint = work / "segmenter" / "last.pt"
        self.checkpoint.parent.mkdir(parents=True, exist_ok=True)
        torch.manual_seed(plan.seed)
        self.backbone = frozen_backbone()
        self.decoder = SubjectDecoder()
        self.average = copy.deepcopy(self.decoder)
        self.optimiser = torch.optim.AdamW(self.decoder.parameters(), plan.rate, weight_decay=1e-2)
        self.steps = plan.epochs * (len(self.training) // plan.batch)
        self.schedule = torch.optim.lr_scheduler.OneCycleLR(
            self.optimiser, plan.rate, self.steps, pct_start=0.08
        )
        self.epoch = 0
        self._resume()

    def run(self) -> None:
        """All epochs that are left."""
        for epoch in range(self.epoch, self.plan.epochs):
            started = time.monotonic()
            loss = self._one_epoch(epoch)
            best_f, error = measure(self.source, self.held_out, self.backbone, self.average, 224)
            self.epoch = epoch + 1
            self._save({"max_f": best_f, "mae": error, "loss": loss})
            log.info(
                "epoch %d: loss %.3f, held out max F %.4f, MAE %.4f, %.0f s",
                epoch + 1, loss, best_f, error, time.monotonic() - started,
            )  # fmt: skip

    def _one_epoch(self, epoch: int) -> float:
        dice = np.random.default_rng([self.plan.seed, epoch])
        order = dice.permutation(len(self.training))
        self.decoder.train()
        total, steps = 0.0, len(order) // self.plan.batch
        for step in range(steps):
            chosen = order[step * self.plan.batch : (step + 1) * self.plan.batch]
            total += self._step([self.training[number] for number in chosen], dice)
            if step % 50 == 0:
                log.info("epoch %d step %d/%d: %.3f", epoch + 1, step, steps, total / (step + 1))
        return total / steps

    def _step(self, pairs: Sequence[Pair], dice: np.random.Generator) -> float:
        views = [training_view(*self.source.load(pair), self.plan.side_px, dice) for pair in pairs]
        pictures = as_input(np.stack([view[0] for view in views]))
        masks = torch.from_numpy(np.stack([view[1] for view in views]))[:, None].float() / 255
        with torch.no_grad():
            pyramid = self.backbone.pyramid(pictures)
        with torch.autocast("cpu", torch.bfloat16):
            fine, coarse = self.decoder(pyramid)
        weight = edge_weight(masks)
        loss = structure_loss(fine, masks, weight) + 0.5 * structure_loss(coarse, masks, weight)
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.decoder.parameters(), 2.0)
        self.optimiser.step()
        self.schedule.step()
        self._follow()
        return float(loss.detach())

    def _follow(self) -> None:
        """The averaged weights follow the trained ones."""
        share = self.plan.average
        for old, new in zip(
            self.average.state_dict().values(), self.decoder.state_dict().values(), strict=True
        ):
            if old.is_floating_point():
                old.mul_(share).add_(new.detach(), alpha=1 - share)
            else:
                old.copy_(new)

    def _save(self, figures: dict[str, float]) -> None:
        partial = self.checkpoint.with_suffix(".partial")
        torch.save(
            {
                "epoch": self.epoch,
                "decoder": self.decoder.state_dict(),
                "average": self.average.state_dict(),
                "optimiser": self.optimiser.state_dict(),
                "schedule": self.schedule.state_dict(),
                "figures": figures,
            },
            partial,
        )
        partial.replace(self.checkpoint)

    def _resume(self) -> None:
        if not self.checkpoint.exists():
            return
        saved: dict[str, Any] = torch.load(self.checkpoint, weights_only=True)
        self.epoch = saved["epoch"]
        for name in ("decoder", "average", "optimiser", "schedule"):
            getattr(self, name).load_state_dict(saved[name])
        log.info("going on after epoch %d", self.epoch)


def frozen_backbone() -> Backbone:
    """The backbone in bfloat16, channels last, as it came."""
    backbone = Backbone()
    backbone.load_state_dict(load_origin()[0])
    backbone.eval().requires_grad_(requires_grad=False)
    laid_out(backbone, Device(torch.device("cpu"), torch.bfloat16, 16))
    return backbone


def as_input(pictures: np.ndarray[Any, np.dtype[np.uint8]]) -> Tensor:
    """(N, H, W, 3) bytes to what the bfloat16 backbone takes."""
    tensor = torch.from_numpy(pictures).permute(0, 3, 1, 2)
    return normalise(tensor).to(torch.bfloat16)


def edge_weight(masks: Tensor) -> Tensor:
    """1 inside and outside, up to 6 near the outline (Wei et al., F3Net, 2020)."""
    small = functional.avg_pool2d(masks, 4)
    around = functional.avg_pool2d(small, 7, 1, 3, count_include_pad=False)
    return 1 + 5 * (as_logits(around, *masks.shape[-2:]) - masks).abs()


def structure_loss(logits: Tensor, masks: Tensor, weight: Tensor) -> Tensor:
    """Weighted cross-entropy and IoU."""
    enlarged = as_logits(logits, *masks.shape[-2:])
    entropy = functional.binary_cross_entropy_with_logits(enlarged, masks, reduction="none")
    weighted = (weight * entropy).sum((2, 3)) / weight.sum((2, 3))
    share = enlarged.sigmoid()
    common = (share * masks * weight).sum((2, 3))
    either = ((share + masks) * weight).sum((2, 3)) - common
    return (weighted + 1 - (common + 1) / (either + 1)).mean()


@torch.inference_mode()
def measure(
    source: SubjectPairs,
    pairs: Sequence[Pair],
    backbone: Backbone,
    decoder: SubjectDecoder,
    side_px: int,
) -> tuple[float, float]:
    """Largest F (beta squared 0.3, means over the pictures) and mean absolute error."""
    decoder.eval()
    levels = np.linspace(0, 1, 256)[:-1]
    precisions, recalls, errors = [], [], []
    for pair in pairs:
        picture, mask = whole_view(*source.load(pair), side_px)
        with torch.autocast("cpu", torch.bfloat16):
            logits = decoder(backbone.pyramid(as_input(picture[None])))[0]
        found = as_logits(logits, side_px, side_px).sigmoid()[0, 0].numpy()
        wanted = mask > 127
        errors.append(float(np.abs(found - mask / 255).mean()))
        hits, _ = np.histogram(found[wanted], bins=256, range=(0, 1))
        all_, _ = np.histogram(found, bins=256, range=(0, 1))
        hits_over, all_over = (np.cumsum(part[::-1])[::-1][: len(levels)] for part in (hits, all_))
        precisions.append(hits_over / np.maximum(all_over, 1))
        recalls.append(hits_over / max(wanted.sum(), 1))
    precision, recall = np.mean(precisions, 0), np.mean(recalls, 0)
    f = 1.3 * precision * recall / np.maximum(0.3 * precision + recall, 1e-9)
    return float(f.max()), float(np.mean(errors))


def main() -> None:
    """Command line."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the training zips")
    parser.add_argument("--work", type=Path, required=True, help="folder for what is made")
    parser.add_argument("--epochs", type=int, default=9)
    parser.add_argument("--threads", type=int, default=1)
    chosen = parser.parse_args()
    torch.set_num_threads(chosen.threads)
    Training(chosen.data, chosen.work, Plan(epochs=chosen.epochs)).run()


if __name__ == "__main__":
    main()
