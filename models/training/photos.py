"""How right the built-in tags are on labelled photos: any folder with pictures and a `labels.csv`.

`labels.csv` has the columns `file` and `tags` (words separated by spaces). These photos are only
ever looked at, never trained on and never chosen by.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from PIL import Image, ImageOps

from album.analysis.protocol import Sample
from album_models.tagger import Tagger

if TYPE_CHECKING:
    from pathlib import Path

    from album.analysis.protocol import Findings
    from album_models.weights import Weights

WORDS: Final = {
    "people": ("person",),
    "grass_field": ("field",),
    "street_city": ("street", "city"),
    "lake_river": ("lake", "river"),
    "document_text": ("document",),
    "party_gathering": ("gathering", "party"),
    "concert_stage": ("concert", "stage", "performance"),
    "art": ("painting", "statue", "drawing"),
    "room": ("indoor",),
}
"""Words of labels that are no slugs; any of the tags is right."""
_UNSPOKEN: Final = frozenset({"aerial", "bw"})
_LIKELY: Final = 5


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found of the labels of all photos.

    Attributes:
        labels: how many there are.
        shown: how many are among the shown tags; top: among the five highest scores.
        photos: how many photos; photos_top: those with at least one label among the five highest.
        missed: (file, label) that is not shown.
    """

    labels: int
    shown: int
    top: int
    photos: int
    photos_top: int
    missed: tuple[tuple[str, str], ...]


def judge(folder: Path, weights: Weights) -> Verdict:
    """Looks at all labelled photos of a folder."""
    tagger = Tagger(weights)
    tagger.load("cpu")
    with (folder / "labels.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    labels = shown = top = photos_top = 0
    missed = []
    for row in rows:
        findings = tagger.analyse([tagger.prepare(_sample(folder / row["file"]))])[0]
        words = [word for word in row["tags"].split() if word not in _UNSPOKEN]
        hits = [_hit(findings, word) for word in words]
        labels += len(words)
        shown += sum(over for over, _ in hits)
        top += sum(high for _, high in hits)
        photos_top += any(high for _, high in hits)
        missed += [
            (row["file"], word) for word, (over, _) in zip(words, hits, strict=True) if not over
        ]
    return Verdict(labels, shown, top, len(rows), photos_top, tuple(missed))


def _hit(findings: Findings, word: str) -> tuple[bool, bool]:
    slugs = WORDS.get(word, (word.replace("_", "-"),))
    shown = {tag.slug for tag in findings.tags}
    top = {tag.slug for tag in findings.ranked[:_LIKELY]}
    return bool(shown.intersection(slugs)), bool(top.intersection(slugs))


def _sample(path: Path) -> Sample:
    with Image.open(path) as image:
        upright = ImageOps.exif_transpose(image).convert("RGB")
    upright.thumbnail((Tagger.input_px, Tagger.input_px))
    return Sample(np.asarray(upright))
