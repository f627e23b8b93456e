"""The backbone's own classes: which tag each one is, and how far their sums can be trusted."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from album.taxonomies import built_in_taxonomy
from album_models.packs.labels import read_labels
from album_models.scoring import class_matrix, class_odds
from training.calibrate import platt, threshold
from training.rules import NO, UNKNOWN, YES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from album.domain.taxonomy import Taxonomy
    from training.examples import Examples

_WANTED: Final = 0.75
"""Precision of a shown thing on pictures whose thing is known."""
_SURE: Final = 0.9
_LEAST_ODDS: Final = -5.0
_TEMPERATURES: Final = (0.5, 0.65, 0.8, 1.0, 1.25, 1.5, 2.0)
_ANIMAL_PLACES: Final = (
    "racecourse",
    "aquarium",
    "yard",
    "corn_field",
    "campsite",
    "coast",
    "river",
    "swamp",
)
"""Elsewhere in MiniPlaces and in sports22 hardly any picture shows an animal."""


def class_slugs() -> list[str]:
    """The tag of each of the backbone's classes, in their order."""
    return [slugs[0] for slugs in read_labels("imagenet").slugs]


def known_things() -> dict[str, str]:
    """What the things of the labelled sets are: tag by SET:LABEL."""
    path = Path(__file__).with_name("known_things.csv")
    with path.open(encoding="utf-8", newline="") as stream:
        return {row["folder"]: row["slug"] for row in csv.DictReader(stream)}


@dataclass(frozen=True, slots=True)
class ClassCalibration:
    """What the sums of class probabilities are worth, for all tags alike.

    Attributes:
        scale: temperature, slope, offset.
        shown, sure: the scores from which on a thing is shown, and is sure (None: never).
    """

    scale: list[float]
    shown: float
    sure: float | None


def class_calibration(examples: Examples, logits: NDArray[np.float32]) -> ClassCalibration:
    """The temperature that fits best, its calibration and thresholds.

    Args:
        examples: all pictures.
        logits: of the classes, for those that validate.
    """
    taxonomy, classes = built_in_taxonomy(), class_slugs()
    slugs = list(
        dict.fromkeys(tag for leaf in classes for tag in (leaf, *taxonomy.ancestors(leaf)))
    )
    matrix = class_matrix(classes, slugs, taxonomy, {})
    answers = _answers(examples, slugs, taxonomy)
    fits = []
    for temperature in _TEMPERATURES:
        odds = class_odds(logits, matrix, temperature)
        known = (answers != UNKNOWN) & (odds > _LEAST_ODDS)
        pairs, truth = odds[known].astype(np.float32), answers[known]
        calibration = platt(pairs, truth)
        scores = calibration(pairs)
        loss = -float(np.log(np.where(truth == YES, scores, 1 - scores)).sum())
        scale = [temperature, calibration.slope, calibration.offset]
        shown, sure = (threshold(scores, truth, wanted) for wanted in (_WANTED, _SURE))
        fits.append((loss, ClassCalibration(scale, shown or 0.9, sure)))
    return min(fits, key=lambda fit: fit[0])[1]


def _answers(examples: Examples, slugs: list[str], taxonomy: Taxonomy) -> NDArray[np.int8]:
    """For the validation pictures: what is known of each tag of the classes."""
    folders = examples.folders[examples.validates]
    places = np.isin(examples.sets[examples.validates], ["miniplaces", "sports22"])
    answers = np.full((len(folders), len(slugs)), UNKNOWN, np.int8)
    number = {slug: place for place, slug in enumerate(slugs)}
    animals = [
        number[slug] for slug in ("animal", *taxonomy.descendants("animal")) if slug in number
    ]
    empty = places & ~np.isin(folders, _ANIMAL_PLACES)
    answers[np.ix_(np.flatnonzero(empty), np.array(animals))] = NO
    for folder, slug in known_things().items():
        row = np.full(len(slugs), NO, np.int8)
        row[[number[below] for below in taxonomy.descendants(slug) if below in number]] = UNKNOWN
        row[[number[above] for above in (slug, *taxonomy.ancestors(slug)) if above in number]] = YES
        answers[folders == folder] = row
    return answers
