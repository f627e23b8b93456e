"""Teaches a trained decoder to say whether there is a subject at all.

Subjects: the cut-out pairs, animals, flowers, things. None: landscapes and rooms, and what lies
beside the subject in the cut-out pairs, so that sharpness says nothing. Needs minutes.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import logging
import zipfile
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import torch
from PIL import Image, ImageOps
from torch.nn import functional

from album_models.decoder import Presence, SubjectDecoder, as_logits, traits_of
from training.augment import sharpened
from training.calibrate import calibration_error, platt
from training.subjects import SubjectPairs, recoloured
from training.train_segmenter import as_input, frozen_backbone

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from album_models.backbone import Backbone
    from training.subjects import Pair

log = logging.getLogger(__name__)

_SIDE_PX: Final = 256
_LANDSCAPES: Final = (
    "badlands",
    "canyon",
    "coast",
    "corn_field",
    "desert_sand",
    "mountain",
    "rainforest",
    "river",
    "swamp",
    "valley",
    "volcano",
    "bamboo_forest",
    "iceberg",
    "hot_spring",
    "trench",
    "highway",
    "railroad_track",
    "golf_course",
)
_ROOMS: Final = (
    "corridor",
    "lobby",
    "classroom",
    "bathroom",
    "office",
    "supermarket",
    "parking_lot",
    "living_room",
    "kitchen",
    "conference_room",
    "laundromat",
    "locker_room",
    "restaurant",
    "auditorium",
)
_OPEN_LAND: Final = ("forest", "glacier", "mountain", "sea")
_THINGS: Final = ("cats-dogs", "flowers", "caltech101")
_HELD_OUT_PERCENT: Final = 12
_SOFT_PX: Final = (110, 200)
_LEAST_STRIP: Final = 0.42
_LONGEST: Final = 2.4


@dataclass(frozen=True, slots=True)
class Candidate:
    """One picture, read when it is asked for.

    Attributes:
        kind: where it comes from.
        there: whether it has a subject.
    """

    name: str
    kind: str
    there: bool
    read: Callable[[], Image.Image | None]

    @property
    def held_out(self) -> bool:
        """Whether it only measures; depends on its name alone."""
        digest = hashlib.sha256(f"presence/{self.name}".encode()).digest()
        return digest[0] * 100 < _HELD_OUT_PERCENT * 256


@dataclass(frozen=True, slots=True)
class Table:
    """What was seen: traits (n, width), answers, whether held out, and of which kind (n,)."""

    traits: NDArray[np.float32]
    there: NDArray[np.bool_]
    held_out: NDArray[np.bool_]
    kinds: NDArray[np.str_]


def candidates(data: Path, pairs: SubjectPairs, count: int) -> list[Candidate]:
    """About `count` pictures of each of the two answers, always the same ones."""
    dice = np.random.default_rng(11)
    found = {
        ("subject", True): [
            Candidate(f"{pair.stem}+", "subject", True, partial(_whole, pairs, pair))
            for pair in pairs.pairs
        ],
        ("beside", False): [
            Candidate(f"{pair.stem}-", "beside", False, partial(_beside, pairs, pair))
            for pair in pairs.pairs
        ],
        ("thing", True): _listed(data / "things-and-styles.zip", "thing", _THINGS, there=True),
        ("landscape", False): [
            *_listed(data / "scenes-miniplaces.zip", "landscape", _LANDSCAPES, there=False),
            *_listed(data / "scenes-intel.zip", "landscape", _OPEN_LAND, there=False),
        ],
        ("room", False): _listed(data / "scenes-miniplaces.zip", "room", _ROOMS, there=False),
    }
    shares = {"subject": 0.7, "thing": 0.3, "beside": 0.35, "landscape": 0.45, "room": 0.2}
    chosen = []
    for (kind, _), some in found.items():
        wanted = min(len(some), round(count * shares[kind]))
        chosen += [some[place] for place in dice.permutation(len(some))[:wanted]]
    return chosen


def _listed(archive: Path, kind: str, folders: tuple[str, ...], *, there: bool) -> list[Candidate]:
    opened = zipfile.ZipFile(archive)
    return [
        Candidate(name, kind, there, partial(_member, opened, name))
        for name in opened.namelist()
        if name.endswith(".avif") and name.split("/")[0] in folders
    ]


def _member(archive: zipfile.ZipFile, name: str) -> Image.Image:
    return Image.open(io.BytesIO(archive.read(name))).convert("RGB")


def _whole(pairs: SubjectPairs, pair: Pair) -> Image.Image:
    return pairs.load(pair)[0]


def _beside(pairs: SubjectPairs, pair: Pair) -> Image.Image | None:
    return beside(*pairs.load(pair))


def beside(picture: Image.Image, mask: Image.Image) -> Image.Image | None:
    """The largest part of the picture beside its subject; None where that is too little."""
    box = mask.point(lambda value: 255 * (value > 20)).getbbox()
    width, height = picture.size
    if box is None:
        return None
    room = max(width, height) // 25
    left, top, right, bottom = box
    strips = [
        (0, 0, left - room, height),
        (right + room, 0, width, height),
        (0, 0, width, top - room),
        (0, bottom + room, width, height),
    ]
    best = max(strips, key=lambda one: max(0, one[2] - one[0]) * max(0, one[3] - one[1]))
    across, down = best[2] - best[0], best[3] - best[1]
    if across < _LEAST_STRIP * width or down < _LEAST_STRIP * height:
        return None
    if max(across, down) > _LONGEST * min(across, down):
        return None
    return picture.crop(best)


def seen(picture: Image.Image, dice: np.random.Generator) -> NDArray[np.uint8]:
    """As the network sees it: another light, often soft, at times sharpened."""
    view = picture if dice.random() < 0.5 else ImageOps.mirror(picture)
    if max(view.size) > _SOFT_PX[1] and dice.random() < 0.6:
        soft = int(dice.integers(*_SOFT_PX))
        view.thumbnail((soft, soft), Image.Resampling.BICUBIC)
    view = view.resize((_SIDE_PX, _SIDE_PX), Image.Resampling.BICUBIC)
    return np.array(sharpened(recoloured(view, dice), dice))


@torch.inference_mode()
def look(backbone: Backbone, decoder: SubjectDecoder, some: list[Candidate]) -> Table:
    """The traits of all that can be read."""
    decoder.eval()
    rows, kept = [], []
    for number, one in enumerate(some):
        picture = one.read()
        if picture is None:
            continue
        view = seen(picture, np.random.default_rng([7, number]))
        pyramid = backbone.pyramid(as_input(view[None]))
        with torch.autocast("cpu", torch.bfloat16):
            logits = decoder(pyramid)[0]
        outline = as_logits(logits, _SIDE_PX, _SIDE_PX).sigmoid()
        rows.append(traits_of(pyramid[-1], outline)[0].numpy())
        kept.append(one)
        if number % 500 == 0:
            log.info("%d of %d", number, len(some))
    return Table(
        np.stack(rows),
        np.array([one.there for one in kept]),
        np.array([one.held_out for one in kept]),
        np.array([one.kind for one in kept]),
    )


def trained(table: Table, epochs: int = 60) -> Presence:
    """The answer, calibrated on what is held out; traits are standardised inside its weights."""
    torch.manual_seed(4)
    training = ~table.held_out
    inputs = torch.from_numpy(table.traits[training])
    wanted = torch.from_numpy(table.there[training]).float()
    middle, spread = inputs.mean(0), inputs.std(0) + 1e-3
    network = Presence()
    optimiser = torch.optim.AdamW(network.parameters(), 1e-3, weight_decay=0.1)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, epochs)
    for _ in range(epochs):
        for part in torch.split(torch.randperm(len(inputs)), 128):
            scaled = functional.dropout((inputs[part] - middle) / spread, 0.3)
            loss = functional.binary_cross_entropy_with_logits(
                network(scaled)[:, 0], wanted[part] * 0.96 + 0.02
            )
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
        schedule.step()
    with torch.no_grad():
        network.inward.weight.div_(spread)
        network.inward.bias.sub_(network.inward.weight @ middle)
        held = table.held_out
        logits = network(torch.from_numpy(table.traits[held]))[:, 0].numpy()
        fitted = platt(logits, table.there[held].astype(np.int8))
        network.outward.weight.mul_(fitted.slope)
        network.outward.bias.mul_(fitted.slope).add_(fitted.offset)
    return network.eval()


def figures(network: Presence, table: Table) -> dict[str, float]:
    """Shares of each held-out kind that are said to have a subject, and the calibration error."""
    held = table.held_out
    with torch.inference_mode():
        scores = network(torch.from_numpy(table.traits[held]))[:, 0].sigmoid().numpy()
    answers: dict[str, float] = {"held_out": int(held.sum())}
    for kind in np.unique(table.kinds):
        of_kind = table.kinds[held] == kind
        answers[str(kind)] = round(float((scores[of_kind] > 0.5).mean()), 4)
    right = (scores > 0.5) == table.there[held]
    answers["right"] = round(float(right.mean()), 4)
    error = calibration_error(
        scores[:, None].astype(np.float64), table.there[held].astype(np.int8)[:, None]
    )
    answers["calibration_error"] = round(float(error), 4)
    return answers


def main() -> None:
    """Command line."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the training zips")
    parser.add_argument("--work", type=Path, required=True, help="folder of what was made")
    parser.add_argument("--name", default="segmenter", help="folder of the checkpoint in WORK")
    parser.add_argument("--duts", type=Path, help="folder of DUTS-TR whole, at its own size")
    parser.add_argument("--backbone", type=Path, help=".safetensors; else as it came")
    parser.add_argument("--count", type=int, default=3000, help="pictures of each answer")
    parser.add_argument("--threads", type=int, default=1)
    chosen = parser.parse_args()
    torch.set_num_threads(chosen.threads)
    file = chosen.work / chosen.name / "last.pt"
    saved: dict[str, Any] = torch.load(file, weights_only=True)
    decoder = SubjectDecoder()
    decoder.load_state_dict(saved["average"])
    some = candidates(chosen.data, SubjectPairs(chosen.data, chosen.duts), chosen.count)
    table = look(frozen_backbone(chosen.backbone), decoder, some)
    decoder.presence = trained(table)
    told = figures(decoder.presence, table)
    log.info("%s", json.dumps(told))
    saved["average"], saved["presence"] = decoder.state_dict(), told
    partial = file.with_suffix(".partial")
    torch.save(saved, partial)
    partial.replace(file)


if __name__ == "__main__":
    main()
