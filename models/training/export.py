"""Calibrates the trained heads on the validation pictures and writes the built-in weights.

Writes OUT/tagger.safetensors, tagger.json, segmenter.safetensors, and basic.toml, the manifest.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import torch
from safetensors.torch import save_file

from album.taxonomies import built_in_taxonomy
from album_models.heads import TagHead
from album_models.scoring import Scoring
from album_models.weights import BUILT_IN, Weights
from training.calibrate import (
    Calibration,
    average_precision,
    is_experimental,
    platt,
    threshold,
)
from training.classes import class_calibration, class_slugs
from training.examples import load_examples
from training.network import load_built_in, load_network
from training.rules import UNKNOWN, YES, load_rules
from training.train_tagger import logits_of, put_back

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray
    from torch import Tensor

    from training.examples import Examples

log = logging.getLogger(__name__)
REVISION: Final = "7"
SHOWN: Final = 0.7
SURE: Final = 0.9
EVIDENCE: Final = {
    "wedding": ["groom"],
    "graduation": ["mortarboard", "academic-gown"],
    "rugby": ["rugby-ball"],
}
"""Tags with too few pictures that one of the backbone's classes stands for."""
_LOWEST_SHOWN: Final = 0.5
_LOWEST_SURE: Final = 0.9
"""However well a tag does on average, what is called sure is to be so by its own score, too."""
_STRICTER: Final = {"child": (0.95, 0.99), "sports": (0.9, 0.97), "climbing": (0.9, 0.98)}
"""Least scores to be shown and to be sure of tags that real photos bear out less: ADR 48."""
_PULL: Final = 100.0
"""How hard each tag's calibration is drawn to that of all: softer, scenes are ranked worse."""
_SPORTS_IN: Final = 12
_WORTHWHILE: Final = 0.002
_CLEARLY: Final = 0.02
_FORGIVEN: Final = 1
"""Mistakes of a tag that more pictures than these judged well enough for the pack before."""


def tag_table(
    logits: NDArray[np.float32],
    answers: NDArray[np.int8],
    tags: list[str],
    from_sports: NDArray[np.bool_],
    of_people: NDArray[np.bool_],
) -> dict[str, Any]:
    """Calibration and thresholds of each tag; those that cannot be judged are never shown.

    Args:
        logits: (pictures, tags).
        answers: likewise.
        tags: their slugs.
        from_sports: which pictures are of the sets of sports; they show nothing else, as no library
            does, so they weigh little.
        of_people: which are photos of people at all sorts of things. From where on one of them is
            said to show sports is judged by these alone: places without people are too easy.
    """
    met = np.where(from_sports, 1 / _SPORTS_IN, 1.0)
    known = answers >= 0
    typical = platt(logits[known], answers[known])
    table: dict[str, Any] = {}
    for number, tag in enumerate(tags):
        there = known[:, number]
        column, answer = logits[there, number], answers[there, number]
        weights = met[there]
        calibration = platt(column, answer, typical, _PULL, weights)
        scores = calibration(column)
        experimental = is_experimental(answer)
        asked = of_people[there] if tag == "sports" else np.ones(len(answer), np.bool_)
        shown, sure = (
            None
            if experimental
            else threshold(scores[asked], answer[asked], wanted, 1, weights[asked])
            for wanted in (SHOWN, SURE)
        )
        lowest_shown, lowest_sure = _STRICTER.get(tag, (_LOWEST_SHOWN, _LOWEST_SURE))
        table[tag] = {
            "slope": round(calibration.slope, 5),
            "offset": round(calibration.offset, 5),
            "shown": None if shown is None else round(max(shown, lowest_shown), 4),
            "sure": None if sure is None else round(max(sure, lowest_sure), 4),
            "experimental": experimental,
            "validation": int((answer == YES).sum()),
        }
    return table


def fused_tags(
    table: dict[str, Any],
    logits: NDArray[np.float32],
    classes: NDArray[np.float32],
    answers: NDArray[np.int8],
) -> list[str]:
    """The trained tags that the backbone's own classes help.

    They make them better on validation pictures, or these are too few to judge the head by.
    """
    taxonomy = built_in_taxonomy()
    said = {tag for slug in table["classes"] for tag in (slug, *taxonomy.ancestors(slug))}
    asked = [tag for tag in table["tags"] if tag in said]
    alone, helped = (
        _precisions({**table, "fused": fused}, logits, classes, answers) for fused in ([], asked)
    )
    return [
        tag
        for tag in asked
        if table["tags"][tag]["experimental"] or helped[tag] > alone[tag] + _WORTHWHILE
    ]


def _precisions(
    table: dict[str, Any],
    logits: NDArray[np.float32],
    classes: NDArray[np.float32],
    answers: NDArray[np.int8],
) -> dict[str, float]:
    scoring = Scoring(table, built_in_taxonomy())
    columns = [scoring.slugs.index(tag) for tag in table["tags"]]
    scores = scoring.scores(logits, classes)[:, columns].astype(np.float32)
    return dict(zip(table["tags"], average_precision(scores, answers), strict=True))


def build_table(
    examples: Examples, head: TagHead, class_head: dict[str, Tensor], unseen: dict[str, Any]
) -> dict[str, Any]:
    """All of tagger.json: everything about the tags but the weights.

    Args:
        examples: those that validate judge, and those of `unseen`.
        head: of the tags.
        class_head: of the classes.
        unseen: `names` of gathered pictures, and what heads that did not learn from them say.
    """
    chosen = examples.validates
    features, answers = examples.features[chosen], examples.answers[chosen]
    logits = logits_of(head, features)
    classes = (torch.from_numpy(features) @ class_head["weight"].T + class_head["bias"]).numpy()
    things = class_calibration(examples, classes)
    place = {name: row for row, name in enumerate(examples.names.tolist())}
    more = np.array([place[name] for name in unseen["names"]], np.intp)
    sets = np.concatenate([examples.sets[chosen], examples.sets[more]])
    table: dict[str, Any] = {
        "revision": REVISION,
        "hidden": head.inward.out_features,
        "wanted_precision": {"shown": SHOWN, "sure": SURE},
        "tags": tag_table(
            np.concatenate([logits, unseen["logits"].numpy()]),
            np.concatenate([answers, examples.answers[more]]),
            list(load_rules()),
            np.isin(sets, ("sports22", "sports100")),
            np.isin(sets, ("flickr8k", "extra", "voc")),
        ),
        "classes": class_slugs(),
        "class_calibration": [round(number, 5) for number in things.scale],
        "class_threshold": round(max(things.shown, _LOWEST_SHOWN), 4),
        "class_sure": None if things.sure is None else round(max(things.sure, _LOWEST_SURE), 4),
        "evidence": EVIDENCE,
        "evidence_threshold": 0.8,
    }
    return {**table, "fused": fused_tags({**table, "fused": []}, logits, classes, answers)}


def keep_judged(
    table: dict[str, Any],
    head: TagHead,
    before: tuple[Mapping[str, Any], Mapping[str, Tensor]],
    examples: Examples,
) -> list[str]:
    """Puts back tags that were taught by gathered pictures, which do not stay at hand.

    Those that could be judged for the pack before and cannot be now, and those that the pictures
    at hand did not make clearly better. A tag whose old answers are wrong about too many of the
    present pictures does not come back.

    Args:
        table: of the new pack; changed.
        head: likewise.
        before: the table of the pack before, and the state of its head.
        examples: those that validate are asked.
    """
    old_table, old_state = before
    old = TagHead(len(table["tags"]), head.inward.out_features).eval()
    old.load_state_dict(old_state)
    answers = examples.answers[examples.validates]
    logits, others = (logits_of(one, examples.features[examples.validates]) for one in (old, head))
    gained = average_precision(others, answers) - average_precision(logits, answers)
    gone = _taught_by_what_is_gone(examples)
    kept = []
    for number, (tag, entry) in enumerate(old_table["tags"].items()):
        lost = {of for of in ("shown", "sure") if entry[of] and not table["tags"][tag][of]}
        poorer = tag in gone and (lost or not gained[number] > _CLEARLY)
        if not ("shown" in lost or poorer):
            continue
        if entry["shown"] is not None:
            scores = Calibration(entry["slope"], entry["offset"])(logits[:, number])
            told = answers[scores >= entry["shown"], number]
            if (told == YES).sum() + _FORGIVEN < SHOWN * (told != UNKNOWN).sum():
                continue
        kept.append(tag)
        table["tags"][tag] = dict(entry)
        put_back(head, old_state, [number])
    return kept


def _taught_by_what_is_gone(examples: Examples) -> set[str]:
    """Tags that gathered pictures say yes to, none of which is at hand."""
    seen = examples.folders[examples.sets == "extra"]
    at_hand = {folder.removeprefix("extra:") for folder in seen.tolist()}
    return {
        tag for tag, rule in load_rules().items() if rule.extra and at_hand.isdisjoint(rule.extra)
    }


def write(out: Path, tensors: dict[str, dict[str, Tensor]], table: dict[str, Any]) -> None:
    """All files in half precision, and the manifest over them."""
    out.mkdir(parents=True, exist_ok=True)
    for name, named in tensors.items():
        save_file({key: _half(value) for key, value in named.items()}, out / name)
        (out / name).chmod(0o644)
    (out / "tagger.json").write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")
    lines = [
        'name = "basic"',
        f'revision = "{REVISION}"',
        'licence = "Apache-2.0"',
        'purpose = "scenes, events, things; the outline of the subject"',
    ]
    for name in sorted((*tensors, "tagger.json")):
        content = (out / name).read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        lines += [
            "",
            "[[files]]",
            f'name = "{name}"',
            f"size_bytes = {len(content)}",
            f'sha256 = "{digest}"',
        ]
    (out / "basic.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _half(tensor: Tensor) -> Tensor:
    return (
        tensor.detach().half().contiguous() if tensor.is_floating_point() else tensor.contiguous()
    )


def _under(part: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {f"{part}.{name}": tensor for name, tensor in tensors.items()}


def main() -> None:
    """Command line."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the training zips")
    parser.add_argument("--work", type=Path, required=True, help="folder for what is made")
    parser.add_argument("--sources", type=Path, help="folder of further sets, checked out")
    parser.add_argument("--every", type=int, default=1, help="as `train_tagger` was told")
    parser.add_argument("--start", choices=("fine-tuned", "built-in"), default="fine-tuned")
    parser.add_argument("--out", type=Path, default=BUILT_IN, help="folder of the weights")
    chosen = parser.parse_args()
    torch.set_num_threads(1)
    saved = torch.load(chosen.work / "tagger" / "head.pt", weights_only=True)
    head = TagHead(len(saved["tags"]), saved["plan"]["hidden"]).eval()
    head.load_state_dict(saved["head"])
    started = chosen.start == "fine-tuned"
    network = load_network(chosen.work) if started else load_built_in(chosen.work, saved["tags"])
    examples = load_examples(
        chosen.data, network.work, load_rules(), chosen.sources, chosen.every, chosen.work
    )
    table = build_table(examples, head, network.class_head, saved["unseen"])
    if network.tag_head is not None:
        before = (Weights().table("tagger.json"), network.tag_head)
        kept = keep_judged(table, head, before, examples)
        log.info("as they were in the pack before: %s", ", ".join(kept) or "none")
    tensors = {
        "tagger.safetensors": {
            **_under("backbone", network.backbone),
            **_under("tag_head", head.state_dict()),
            **_under("class_head", network.class_head),
        }
    }
    segmenter = chosen.work / "segmenter" / "last.pt"
    if not started:
        tensors["segmenter.safetensors"] = Weights().tensors("segmenter.safetensors")
    elif segmenter.exists():
        average = torch.load(segmenter, weights_only=True)["average"]
        tensors["segmenter.safetensors"] = _under("decoder", average)
    write(chosen.out, tensors, table)


if __name__ == "__main__":
    main()
