"""Measures the built-in pack on held-out pictures and writes the figures into its model cards.

The tables between the marks of models/album_models/cards/*.md are made here, never by hand.
"""

from __future__ import annotations

import argparse
import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import torch

from album.taxonomies import built_in_taxonomy
from album_models.backbone import Backbone
from album_models.decoder import SubjectDecoder
from album_models.device import choose, laid_out
from album_models.heads import ClassHead, TagHead
from album_models.scoring import Scoring
from album_models.weights import BUILT_IN, Weights, fill
from training.calibrate import average_precision, calibration_error
from training.choices import choices
from training.examples import load_examples
from training.features import extract
from training.photos import judge
from training.rules import UNKNOWN, YES, load_rules
from training.subjects import SubjectPairs
from training.train_segmenter import measure
from training.whole import picture_sets

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from training.examples import Examples

CARDS: Final = BUILT_IN.parent / "cards"
_BEGIN: Final = "<!-- figures, made by training.evaluate -->"
_END: Final = "<!-- end of figures -->"
log = logging.getLogger(__name__)


def tagger_figures(weights: Weights, examples: Examples) -> str:
    """Markdown: the whole in a few numbers, then each tag."""
    table = weights.table("tagger.json")
    tests = examples.tests
    scores = _scores(weights, table, examples.features[tests])
    answers = examples.answers[tests]
    precisions = average_precision(scores.astype(np.float32), answers)
    judged = [not tag["experimental"] for tag in table["tags"].values()]
    sure = _right_among(scores, answers, [tag["sure"] for tag in table["tags"].values()])
    shown = _right_among(scores, answers, [tag["shown"] for tag in table["tags"].values()])
    lines = [
        f"Test pictures: {len(answers):,}. Trained tags: {len(judged)}, of which {sum(judged)}"
        " have enough validation pictures to be judged; the others are experimental, not shown.",
        "",
        f"Mean average precision of the judged tags: {np.nanmean(precisions[judged]):.3f}."
        f" Expected calibration error: {calibration_error(scores, answers):.3f}."
        f" Of what is shown and known, {shown} is right; of what is sure, {sure}.",
        "",
        "| which of a set's tags | pictures | right first | among five |",
        "|---|---|---|---|",
        *_tops(scores, examples),
        "",
        "| tag | support | average precision | shown from | precision | recall | sure from |",
        "|---|---|---|---|---|---|---|",
    ]
    for number, (slug, tag) in enumerate(table["tags"].items()):
        lines.append(
            _tag_line(slug, tag, scores[:, number], answers[:, number], precisions[number])
        )
    return "\n".join(lines)


def _right_among(
    scores: NDArray[np.float64], answers: NDArray[np.int8], limits: list[float | None]
) -> str:
    """How much of what lies over the limits and is known is right."""
    over = scores >= np.array([np.inf if limit is None else limit for limit in limits])
    known = over & (answers != UNKNOWN)
    return f"{(answers[known] == YES).mean():.1%}" if known.any() else "–"


def _tag_line(
    slug: str,
    tag: dict[str, Any],
    scores: NDArray[np.float64],
    answers: NDArray[np.int8],
    ap: float,
) -> str:
    known = answers != UNKNOWN
    there = answers[known] == YES
    shown = scores[known] >= (np.inf if tag["shown"] is None else tag["shown"])
    right = int((shown & there).sum())
    precision = f"{right / shown.sum():.2f}" if shown.any() else "–"
    recall = f"{right / there.sum():.2f}" if there.any() else "–"
    limits = [f"{tag[key]:.2f}" if tag[key] is not None else "–" for key in ("shown", "sure")]
    cells = (slug, there.sum(), f"{ap:.2f}", limits[0], precision, recall, limits[1])
    return f"| {' | '.join(map(str, cells))} |"


def _scores(
    weights: Weights, table: dict[str, Any], features: NDArray[np.float32]
) -> NDArray[np.float64]:
    """Scores of the trained tags, with the stored weights."""
    tensors = weights.tensors("tagger.safetensors")
    tag_head, class_head = TagHead(len(table["tags"]), int(table["hidden"])).eval(), ClassHead()
    fill(tag_head, tensors, "tag_head")
    fill(class_head, tensors, "class_head")
    scoring = Scoring(table, built_in_taxonomy())
    with torch.inference_mode():
        inputs = torch.from_numpy(features)
        found = scoring.scores(tag_head(inputs).numpy(), class_head(inputs).numpy())
    return found[:, [scoring.slugs.index(slug) for slug in table["tags"]]]


def _tops(scores: NDArray[np.float64], examples: Examples) -> Iterator[str]:
    """How often the highest tags among those that stand for a set's folders are right."""
    everywhere = np.zeros((len(examples.sets), scores.shape[1]))
    everywhere[examples.tests] = scores
    for choice in choices(load_rules(), examples.sets, examples.folders):
        first, five = choice.tops(everywhere, examples.tests)
        count = int((choice.pictures & examples.tests).sum())
        yield f"| {choice.name}: {len(choice.columns)} | {count} | {first:.1%} | {five:.1%} |"


def segmenter_figures(weights: Weights, data: Path) -> str:
    """Markdown: held-out max F and mean absolute error at several input sizes."""
    backbone, decoder = Backbone().eval(), SubjectDecoder().eval()
    fill(backbone, weights.tensors("tagger.safetensors"), "backbone")
    fill(decoder, weights.tensors("segmenter.safetensors"), "decoder")
    laid_out(backbone, choose("cpu"))
    source = SubjectPairs(data)
    pairs = [pair for pair in source.pairs if pair.held_out]
    lines = [f"Held-out pairs: {len(pairs)}.", "", "| side | max F | MAE |", "|---|---|---|"]
    for side_px in (224, 256, 320):
        best_f, error = measure(source, pairs, backbone, decoder, side_px)
        lines.append(f"| {side_px} | {best_f:.3f} | {error:.3f} |")
    return "\n".join(lines)


def write_card(name: str, figures: str) -> None:
    """Puts the figures between the marks of a card."""
    path = CARDS / f"{name}.md"
    before, _, rest = path.read_text(encoding="utf-8").partition(_BEGIN)
    after = rest.partition(_END)[2]
    path.write_text(f"{before}{_BEGIN}\n\n{figures}\n\n{_END}{after}", encoding="utf-8")


def _reports(chosen: argparse.Namespace, weights: Weights) -> Iterator[tuple[str, str]]:
    if "tagger" in chosen.parts:
        yield (
            "tagger",
            tagger_figures(weights, _examples(chosen, weights)),
        )
    if "segmenter" in chosen.parts:
        yield "segmenter", segmenter_figures(weights, chosen.data)


def _examples(chosen: argparse.Namespace, weights: Weights) -> Examples:
    """Features of the weights that are measured, cached under the beginning of their hash."""
    digest = next(f.sha256 for f in weights.pack.files if f.path.name == "tagger.safetensors")
    work = chosen.work / "evaluated" / digest[:12]
    backbone = {
        name.removeprefix("backbone."): tensor.float()
        for name, tensor in weights.tensors("tagger.safetensors").items()
        if name.startswith("backbone.")
    }
    for pictures in picture_sets(chosen.data, chosen.sources, whole=False):
        extract(pictures, work, backbone, chosen.every)
    return load_examples(chosen.data, work, load_rules(), chosen.sources, chosen.every, chosen.work)


def main() -> None:
    """Command line."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the training zips")
    parser.add_argument("--work", type=Path, required=True, help="folder of the cached features")
    parser.add_argument("--sources", type=Path, help="folder of further sets, checked out")
    parser.add_argument("--every", type=int, default=1, help="as `train_tagger` was told")
    parser.add_argument("--weights", type=Path, default=BUILT_IN)
    parser.add_argument("--photos", type=Path, help="folder of labelled photos to report on, too")
    parser.add_argument("--parts", nargs="*", default=["tagger", "segmenter"])
    parser.add_argument("--threads", type=int, default=1)
    chosen = parser.parse_args()
    torch.set_num_threads(chosen.threads)
    weights = Weights(chosen.weights)
    for name, figures in _reports(chosen, weights):
        write_card(name, figures)
        log.info("%s\n%s\n", name, figures)
    if chosen.photos:
        found = judge(chosen.photos, weights)
        log.info(
            "%d photos: %d of %d labels shown, %d among the five highest; %d photos with one there",
            found.photos, found.shown, found.labels, found.top, found.photos_top,
        )  # fmt: skip


if __name__ == "__main__":
    main()
