"""Trains the decoder of the subject on the frozen backbone; killed and started again, it goes on.

Makes WORK/segmenter/last.pt (often) with the averaged decoder and the figures so far. Whether
there is a subject at all is learned afterwards: `train_presence`.
"""

from __future__ import annotations

import argparse
import copy
import logging
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import torch
from safetensors.torch import load_file
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

_SHARES: Final = (1.0, 0.5, 0.3)
"""Of the losses at strides 2, 4 and 16."""
_SAVED_EVERY: Final = 50
_MEASURED_EVERY: Final = 500


@dataclass(frozen=True, slots=True)
class Plan:
    """How long and how."""

    steps: int = 6400
    batch: int = 16
    sides_px: tuple[int, ...] = (224, 256, 288)
    rate: float = 2e-3
    average: float = 0.998
    seed: int = 3


class Training:
    """One run: the networks, the optimiser and where they stand.

    Args:
        source: the pairs; those that are held out only measure.
        work: the checkpoint goes to WORK/last.pt.
        backbone: frozen.
        start: a decoder to begin with, where there is no checkpoint; None: a fresh one.
    """

    def __init__(
        self,
        source: SubjectPairs,
        work: Path,
        plan: Plan,
        backbone: Backbone,
        start: Path | None = None,
    ) -> None:
        self.plan = plan
        self.source = source
        self.training = [pair for pair in self.source.pairs if not pair.held_out]
        self.held_out = [pair for pair in self.source.pairs if pair.held_out]
        self.checkpoint = work / "last.pt"
        self.checkpoint.parent.mkdir(parents=True, exist_ok=True)
        torch.manual_seed(plan.seed)
        self.backbone = backbone
        self.decoder = SubjectDecoder()
        laid_out(self.decoder, Device(torch.device("cpu"), torch.float32, plan.batch))
        if start is not None:
            self.decoder.load_state_dict(load_decoder(start))
        self.average = copy.deepcopy(self.decoder)
        self.optimiser = torch.optim.AdamW(
            [one for name, one in self.decoder.named_parameters() if "presence" not in name],
            plan.rate,
            weight_decay=1e-2,
        )
        self.schedule = torch.optim.lr_scheduler.OneCycleLR(
            self.optimiser, plan.rate, plan.steps, pct_start=0.08
        )
        self.step = 0
        self.figures: dict[str, float] = {}
        self._resume()

    def run(self) -> None:
        """All steps that are left."""
        since, started = 0.0, time.monotonic()
        while self.step < self.plan.steps:
            since += self._one_step()
            self.step += 1
            last = self.step == self.plan.steps
            if self.step % _MEASURED_EVERY == 0 or last:
                best_f, error = measure(
                    self.source, self.held_out, self.backbone, self.average, 256
                )
                self.figures = {"step": self.step, "max_f": best_f, "mae": error}
                log.info("held out: max F %.4f, MAE %.4f", best_f, error)
            if self.step % _SAVED_EVERY == 0 or last:
                self._save()
                log.info(
                    "step %d/%d: loss %.4f, %.0f s",
                    self.step, self.plan.steps, since / _SAVED_EVERY, time.monotonic() - started,
                )  # fmt: skip
                since = 0.0

    def _chosen(self) -> list[Pair]:
        """The pairs of this step: every epoch sees each pair once, in an order of its own."""
        per_epoch = len(self.training) // self.plan.batch
        epoch, place = divmod(self.step, per_epoch)
        order = np.random.default_rng([self.plan.seed, epoch]).permutation(len(self.training))
        first = place * self.plan.batch
        return [self.training[number] for number in order[first : first + self.plan.batch]]

    def _one_step(self) -> float:
        dice = np.random.default_rng([self.plan.seed, 1 << 20, self.step])
        side_px = int(dice.choice(self.plan.sides_px))
        views = [training_view(*self.source.load(pair), side_px, dice) for pair in self._chosen()]
        pictures = as_input(np.stack([view[0] for view in views]))
        masks = torch.from_numpy(np.stack([view[1] for view in views]))[:, None].float() / 255
        with torch.no_grad():
            pyramid = self.backbone.pyramid(pictures)
        self.decoder.train()
        with torch.autocast("cpu", torch.bfloat16):
            answers = self.decoder(pyramid)
        loss = whole_loss(answers, masks)
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.decoder.parameters(), 2.0)
        self.optimiser.step()
        self.schedule.step()
        self._follow()
        return float(loss.detach())

    def _follow(self) -> None:
        """The averaged weights follow the trained ones, closely at first."""
        share = min(self.plan.average, (self.step + 1) / (self.step + 10))
        for old, new in zip(
            self.average.state_dict().values(), self.decoder.state_dict().values(), strict=True
        ):
            if old.is_floating_point():
                old.mul_(share).add_(new.detach(), alpha=1 - share)
            else:
                old.copy_(new)

    def _save(self) -> None:
        partial = self.checkpoint.with_suffix(".partial")
        torch.save(
            {
                "step": self.step,
                "decoder": self.decoder.state_dict(),
                "average": self.average.state_dict(),
                "optimiser": self.optimiser.state_dict(),
                "schedule": self.schedule.state_dict(),
                "figures": self.figures,
            },
            partial,
        )
        partial.replace(self.checkpoint)

    def _resume(self) -> None:
        if not self.checkpoint.exists():
            return
        saved: dict[str, Any] = torch.load(self.checkpoint, weights_only=True)
        self.step, self.figures = saved["step"], saved["figures"]
        for name in ("decoder", "average", "optimiser", "schedule"):
            getattr(self, name).load_state_dict(saved[name])
        log.info("going on after step %d", self.step)


def load_decoder(file: Path) -> dict[str, Tensor]:
    """The decoder of a checkpoint (its average), a state dict, or a .safetensors file."""
    if file.suffix == ".safetensors":
        stored = load_file(file)
        return {
            name.removeprefix("decoder."): tensor.float() if tensor.is_floating_point() else tensor
            for name, tensor in stored.items()
            if name.startswith("decoder.")
        }
    saved: dict[str, Any] = torch.load(file, weights_only=True)
    decoder: dict[str, Tensor] = saved.get("average", saved)
    return decoder


def frozen_backbone(file: Path | None = None) -> Backbone:
    """The backbone in bfloat16, channels last.

    Args:
        file: .safetensors with `backbone.*`, or its tensors alone; None: as it came.
    """
    backbone = Backbone()
    if file is None:
        backbone.load_state_dict(load_origin()[0])
    else:
        stored = load_file(file)
        wanted = backbone.state_dict().keys()
        backbone.load_state_dict({name: _tensor(stored, name) for name in wanted})
    backbone.eval().requires_grad_(requires_grad=False)
    laid_out(backbone, Device(torch.device("cpu"), torch.bfloat16, 16))
    return backbone


def _tensor(stored: dict[str, Tensor], name: str) -> Tensor:
    return stored[name if name in stored else f"backbone.{name}"].float()


def as_input(pictures: np.ndarray[Any, np.dtype[np.uint8]]) -> Tensor:
    """(N, H, W, 3) bytes to what the bfloat16 backbone takes."""
    tensor = torch.from_numpy(pictures).permute(0, 3, 1, 2)
    return normalise(tensor).to(torch.bfloat16)


def whole_loss(answers: Sequence[Tensor], masks: Tensor) -> Tensor:
    """Structure at each stride, and the edges of the finest."""
    weight = edge_weight(masks)
    structure = sum(
        (share * structure_loss(logits, masks, weight))
        for share, logits in zip(_SHARES, answers, strict=True)
    )
    return structure + edge_loss(answers[0], masks)


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


def edge_loss(logits: Tensor, masks: Tensor) -> Tensor:
    """How far the steps of the outline from pixel to pixel are from those of the mask.

    Averaged over the neighbourhood of the true outline and of what was taken for one.
    """
    share = as_logits(logits, *masks.shape[-2:]).sigmoid()
    total = masks.new_zeros(())
    for axis in (2, 3):
        wanted, found = masks.diff(dim=axis).abs(), share.diff(dim=axis).abs()
        total = total + (wanted - found).abs().sum() / (wanted + found.detach()).sum().clamp(min=1)
    return total / 4


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
    parser.add_argument("--duts", type=Path, help="folder of DUTS-TR whole, at its own size")
    parser.add_argument("--backbone", type=Path, help=".safetensors; else as it came")
    parser.add_argument("--start", type=Path, help="a decoder to begin with")
    parser.add_argument("--name", default="segmenter", help="folder of the checkpoint in WORK")
    parser.add_argument("--steps", type=int, default=Plan().steps)
    parser.add_argument("--rate", type=float, default=Plan().rate)
    parser.add_argument("--threads", type=int, default=1)
    chosen = parser.parse_args()
    torch.set_num_threads(chosen.threads)
    Training(
        SubjectPairs(chosen.data, chosen.duts),
        chosen.work / chosen.name,
        Plan(chosen.steps, rate=chosen.rate),
        frozen_backbone(chosen.backbone),
        chosen.start,
    ).run()


if __name__ == "__main__":
    main()
