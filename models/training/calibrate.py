"""From logits to probabilities that mean what they say, and thresholds for a precision."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from training.rules import NO, UNKNOWN, YES

if TYPE_CHECKING:
    from numpy.typing import NDArray

_FEW: Final = 8
"""Below so many validation examples a tag cannot be judged: it is experimental."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """Probability = sigmoid(slope * logit + offset), for one tag."""

    slope: float
    offset: float

    def __call__(self, logits: NDArray[np.float32]) -> NDArray[np.float64]:
        """Probabilities, in the shape of the logits."""
        answer: NDArray[np.float64] = 1 / (
            1 + np.exp(-(self.slope * logits.astype(np.float64) + self.offset))
        )
        return answer


def platt(
    logits: NDArray[np.float32],
    answers: NDArray[np.int8],
    start: Calibration | None = None,
    pull: float = 0.0,
    weights: NDArray[np.float64] | None = None,
) -> Calibration:
    """Maximum likelihood by Newton's method, targets softened as by Platt (1999).

    Args:
        logits: of one tag, or of several in one.
        answers: YES or NO of each.
        start: what the calibration is drawn to.
        pull: how hard.
        weights: how often a picture like this one is met, beside the others; None: all alike.
    """
    origin = start or Calibration(1.0, 0.0)
    yes = int((answers == YES).sum())
    no = int((answers == NO).sum())
    wanted = np.where(answers == YES, (yes + 1) / (yes + 2), 1 / (no + 2))
    design = np.stack([logits.astype(np.float64), np.ones(len(logits))], axis=1)
    anchor = np.array([origin.slope, origin.offset])
    point = anchor.copy()
    weight = np.ones(len(logits)) if weights is None else weights
    for _ in range(50):
        found = 1 / (1 + np.exp(-np.clip(design @ point, -40, 40)))
        slope = design.T @ (weight * (found - wanted)) + pull * (point - anchor)
        bend = weight * found * (1 - found)
        curve = (design * bend[:, None]).T @ design + (pull + 1e-6) * np.eye(2)
        step = np.linalg.solve(curve, slope)
        point -= np.clip(step, -2, 2)
        if np.abs(step).max() < 1e-6:
            break
    return Calibration(max(float(point[0]), 0.05), float(point[1]))


def threshold(
    scores: NDArray[np.float64],
    answers: NDArray[np.int8],
    precision: float,
    imagined: int = 0,
    weights: NDArray[np.float64] | None = None,
) -> float | None:
    """The lowest score from which on so many of at least five are right; or None.

    Args:
        scores: of all pictures.
        answers: what is known.
        precision: how many are to be right.
        imagined: mistakes that are added, against luck; each weighs as much as the shown ones do on
            average.
        weights: how often a picture like this one is met, beside the others; None: all alike.
    """
    known = answers != UNKNOWN
    order = np.argsort(-scores[known])
    weight = np.ones(len(order)) if weights is None else weights[known][order]
    right = np.cumsum(weight * (answers[known][order] == YES))
    shown, number = np.cumsum(weight), np.arange(1, len(order) + 1)
    share = right / (shown * (1 + imagined / number))
    good = np.flatnonzero((share >= precision) & (number >= 5))
    return float(scores[known][order][good[-1]]) if len(good) else None


def average_precision(
    scores: NDArray[np.float32], answers: NDArray[np.int8]
) -> NDArray[np.float64]:
    """Of each tag (column); NaN where nothing is known to be there."""
    return np.array(
        [_average_precision(scores[:, n], answers[:, n]) for n in range(scores.shape[1])]
    )


def _average_precision(scores: NDArray[np.float32], answers: NDArray[np.int8]) -> float:
    known = answers != UNKNOWN
    ranked = answers[known][np.argsort(-scores[known])] == YES
    if not ranked.any():
        return float("nan")
    precision = np.cumsum(ranked) / np.arange(1, len(ranked) + 1)
    return float(precision[ranked].mean())


def calibration_error(
    scores: NDArray[np.float64], answers: NDArray[np.int8], bins: int = 15
) -> float:
    """Expected calibration error over all known pairs whose score is at least 0.05."""
    known = (answers != UNKNOWN) & (scores >= 0.05)
    sure, right = scores[known], answers[known] == YES
    bin_of = np.minimum((sure * bins).astype(int), bins - 1)
    gaps = [
        abs(sure[bin_of == number].mean() - right[bin_of == number].mean())
        * (bin_of == number).sum()
        for number in range(bins)
        if (bin_of == number).any()
    ]
    return float(sum(gaps) / max(known.sum(), 1))


def is_experimental(answers: NDArray[np.int8]) -> bool:
    """Whether too few held-out pictures show the tag to judge it."""
    return bool((answers == YES).sum() < _FEW)
