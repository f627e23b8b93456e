"""A tag learned from a handful of examples: logistic regression on stored embeddings.

Embeddings are whitened with the library's own covariance (shrunk, so that few photos do), where a
plain prototype is already a good classifier; the regression starts there and moves away from it as
examples grow. Photos nobody decided on stand in for negatives: all of them together weigh no more
than the examples, so that the few that do show the tag hardly hurt; a rejected photo counts as an
example. How right the tag will be is estimated from scores that each example got from a head that
had not seen it (cross-validation) beside the scores of the library.

Plain numpy: it takes a fraction of a second on one core. What was measured: ADR 38.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, hypot, log, sqrt

import numpy as np
from numpy.typing import NDArray

from album.analysis.odds import NormalTail, beta_share, wilson_share
from album.domain.share import Share

Vectors = NDArray[np.float32]
"""Embeddings, shape (photos, length)."""

FEWEST_EXAMPLES = 5
MOST_EXAMPLES = 400
"""Of each kind; the latest ones count."""
WANTED_PRECISION = 0.6
"""Suggestions go down to where so many of all are expected to be right."""
MOST_CANDIDATES = 50
"""Where that is nowhere, the best F-measure among so many: something to review."""
PRECISION_WEIGHT = 0.5
"""Beta of that F-measure: to be right counts more than to find all."""

_SHRINKAGE = 10.0
_PENALTY = 0.03
_MEASURED = 3000
_BACKGROUND = 1000
_FOLDS = 10
_NEWTON_STEPS = 12
_CG_STEPS = 30
_TYPICAL_SPREAD = 2.15
"""Of the scores of a tag's photos, in standard deviations of the library's scores (measured)."""
_SPREAD_WORTH = 4.0
_USUAL_SHARE = 0.01
_USUAL_SHARE_SPREAD = 2.0
_COUNT_BIAS = 0.2
_COUNT_SPREAD = (0.4, 2.9)
_EXAMPLE_WORTH = 0.5
"""Of an example for the interval of the recall: threshold and spread are estimated, too."""
_FORESEEN_WORTH = 3.0
"""Reviewed suggestions that the estimate before any review is worth (measured: its error)."""
_TOLD_BY_AN_ANSWER = 2
"""Photos of the library that an answer speaks for, at most."""


@dataclass(frozen=True, slots=True)
class Head:
    """What was learned: `sigmoid(embedding @ weights + bias)` is the calibrated probability.

    Attributes:
        threshold: probability from which on the tag is suggested.
    """

    weights: NDArray[np.float32]
    bias: float
    threshold: float

    def scores(self, embeddings: NDArray[np.floating]) -> NDArray[np.float32]:
        """Probability that each photo has the tag, shape (photos,)."""
        return _sigmoid(embeddings.astype(np.float32) @ self.weights + np.float32(self.bias))


@dataclass(frozen=True, slots=True)
class Lesson:
    """A head, and how right it is expected to be.

    Attributes:
        precision: of what will be suggested, the share that is right.
        recall: of the photos that have the tag, the share that will be suggested.
        shown: share of the library that will be suggested.
    """

    head: Head
    precision: Share
    recall: Share
    shown: float


class Surroundings:
    """What photos of this library look like in general; holds for every tag.

    Args:
        sample: embeddings of photos, any of them; one at least.
    """

    def __init__(self, sample: Vectors) -> None:
        self.sample = sample
        every = max(1, len(sample) // _MEASURED)
        measured = sample[::every][:_MEASURED]
        self._mean = measured.mean(axis=0)
        centred = measured - self._mean
        covariance = centred.T @ centred / len(centred)
        length = len(covariance)
        ridge = _SHRINKAGE * max(float(np.trace(covariance)) / length, 1e-8)
        covariance[np.diag_indices(length)] += ridge
        # Any square root of the inverse whitens; this one costs a Cholesky factor and one solve.
        root = np.linalg.solve(np.linalg.cholesky(covariance), np.eye(length, dtype=np.float32))
        spread = sqrt(float(np.square(centred[:_BACKGROUND] @ root.T).sum(axis=1).mean()))
        self._whiten = (root.T / max(spread, 1e-6)).astype(np.float32)
        every = max(1, len(sample) // _BACKGROUND)
        self._rows = np.arange(len(sample))[::every][:_BACKGROUND]
        self._background = self.whitened(sample[self._rows])

    def background(self, decided: Sequence[int]) -> Vectors:
        """Some whitened photos that nobody decided on.

        Args:
            decided: rows of the sample to leave out.
        """
        left = self._background[~np.isin(self._rows, decided)]
        return left if len(left) else self._background

    def whitened(self, embeddings: Vectors) -> Vectors:
        """Centred, all directions about equally long."""
        whitened: Vectors = (embeddings - self._mean) @ self._whiten
        return whitened

    def unfolded(self, weights: Vectors, bias: float) -> tuple[Vectors, float]:
        """The same linear score, for embeddings as they are."""
        plain = self._whiten @ weights
        return plain, bias - float(self._mean @ plain)


def learn(
    likes: Vectors,
    unlikes: Vectors,
    surroundings: Surroundings,
    reviewed: Sequence[bool] = (),
    decided: Sequence[int] = (),
) -> Lesson:
    """The head for a tag, with what is to be expected of it.

    Args:
        likes: embeddings of photos that have the tag, at least FEWEST_EXAMPLES.
        unlikes: of photos that a person says do not have it.
        surroundings: of the library.
        reviewed: for each like, then each unlike: whether it was a suggestion of this tag before
            it was decided, so that it tells how right suggestions are.
        decided: rows of the surroundings' sample that are likes or unlikes.
    """
    if len(likes) < FEWEST_EXAMPLES:
        raise ValueError(f"{len(likes)} examples are too few")
    examples = surroundings.whitened(np.concatenate([likes, unlikes]))
    liked = np.arange(len(examples)) < len(likes)
    background = surroundings.background(decided)
    unseen = _unseen_scores(examples, liked, background)
    weights, bias = _fit(examples, liked, background)
    plain, offset = surroundings.unfolded(weights, bias)
    library = surroundings.sample @ plain + np.float32(offset)
    others = np.delete(library, np.asarray(decided, np.intp))
    library = others if len(others) else library
    asked = np.asarray(reviewed if len(reviewed) else [False] * len(examples))
    outlook = _Outlook(unseen[liked], library, unseen[liked & asked], unseen[~liked & asked])
    slope, shift = outlook.calibration()
    head = Head(
        (plain * slope).astype(np.float32),
        float(offset * slope + shift),
        float(_sigmoid(np.array(outlook.threshold * slope + shift))),
    )
    return Lesson(head, outlook.precision, outlook.recall, outlook.shown)


def _unseen_scores(
    examples: Vectors, liked: NDArray[np.bool_], background: Vectors
) -> NDArray[np.float32]:
    """The score of each example from a head that was made without it."""
    folds = np.empty(len(examples), np.intp)
    count = min(_FOLDS, int(liked.sum()))
    for kind in (liked, ~liked):
        folds[kind] = np.arange(int(kind.sum())) % count
    behind = np.arange(len(background)) % count
    scores = np.empty(len(examples), np.float32)
    for fold in range(count):
        kept = folds != fold
        weights, bias = _fit(examples[kept], liked[kept], background[behind != fold])
        scores[~kept] = examples[~kept] @ weights + bias
    return scores


def _fit(examples: Vectors, liked: NDArray[np.bool_], background: Vectors) -> tuple[Vectors, float]:
    """Weights and bias of the penalised regression, by Newton's method.

    Likes weigh one half together; the background and the unlikes the other, each unlike as much as
    each like.
    """
    inputs = np.concatenate([examples, background])
    inputs = np.concatenate([inputs, np.ones((len(inputs), 1), np.float32)], axis=1)
    wanted = np.zeros(len(inputs), np.float32)
    wanted[: len(liked)] = liked
    each = 0.5 / int(liked.sum())
    weight = np.full(len(inputs), 0.5 / max(1, len(background)), np.float32)
    weight[: len(liked)] = each
    penalty = np.full(inputs.shape[1], _PENALTY, np.float32)
    penalty[-1] = 1e-6
    found = np.zeros(inputs.shape[1], np.float32)
    for _ in range(_NEWTON_STEPS):
        probability = _sigmoid(inputs @ found)
        slope = inputs.T @ (weight * (probability - wanted)) + penalty * found
        curve = np.maximum(weight * probability * (1 - probability), 1e-9)
        step = _solve(inputs, curve, penalty, -slope)
        found += step
        if np.abs(step).max() < 1e-3 * np.abs(found).max():
            break
    return found[:-1], float(found[-1])


def _solve(inputs: Vectors, curve: Vectors, penalty: Vectors, wanted: Vectors) -> Vectors:
    """`(inputs.T @ diag(curve) @ inputs + diag(penalty)) @ x = wanted` by conjugate gradients."""
    found = np.zeros_like(wanted)
    left = wanted.copy()
    direction = left.copy()
    size = first = float(left @ left)
    for _ in range(_CG_STEPS):
        if size <= 1e-6 * first:
            break
        image = inputs.T @ (curve * (inputs @ direction)) + penalty * direction
        far = size / float(direction @ image)
        found += far * direction
        left -= far * image
        before, size = size, float(left @ left)
        direction = left + (size / before) * direction
    return found


class _Outlook:
    """From scores of unseen examples and of the library: threshold, precision, recall, calibration.

    The scores of the tag's photos are taken as normal, with mean and spread of the unseen examples
    (the spread leaning on what is usual while they are few). Above any threshold lie the tag's
    photos and others, so their number is at most what is seen there divided by the recall; the
    smallest such bound, drawn towards a usual share of a library, is the number reckoned with.
    Reviewed suggestions then count for what they are.
    """

    def __init__(
        self,
        likes: NDArray[np.float32],
        library: NDArray[np.float32],
        accepted: NDArray[np.float32],
        rejected: NDArray[np.float32],
    ) -> None:
        self._likes = likes
        self._library = np.sort(library.astype(np.float64))[::-1]
        self._tail = self._normal(likes.astype(np.float64), float(np.std(self._library)))
        above = np.arange(1, len(library) + 1)
        # Between two photos, so that in a wide gap the threshold keeps away from both.
        cuts = (self._library + np.append(self._library[1:], self._library[-1])) / 2
        recall = self._tail.above(cuts)
        self._count, doubt = self._reckoned(recall, above)
        likely = self._count * np.exp(doubt * NormalTail(0.0, 1.0).points())
        foreseen = sum(np.minimum(one * recall / above, 1.0) for one in likely) / len(likely)
        right = np.searchsorted(np.sort(-accepted), -cuts, side="right")
        wrong = np.searchsorted(np.sort(-rejected), -cuts, side="right")
        believed = (foreseen * _FORESEEN_WORTH + right) / (_FORESEEN_WORTH + right + wrong)
        # Answers tell nothing of what lies below the last of them, and some answers not of very
        # many photos: there, as foreseen.
        answers = len(accepted) + len(rejected)
        told = min(int(np.argmax(right + wrong)), _TOLD_BY_AN_ANSWER * answers, len(cuts) - 1)
        gained = (foreseen * above)[told:] - (foreseen * above)[told]
        believed[told:] = (believed[told] * above[told] + np.maximum(gained, 0)) / above[told:]
        parts = cuts < self._library  # there is no threshold between photos that look the same
        parts[-1] = True
        square = PRECISION_WEIGHT**2
        worth = believed * recall / np.maximum(square * believed + recall, 1e-9)
        good = np.flatnonzero(parts & (believed >= WANTED_PRECISION))
        best = np.argmax(np.where(parts, worth, -1.0)[:MOST_CANDIDATES])
        last = int(np.append(good, best).max())
        self.threshold = float(cuts[last])
        self.shown = (last + 1) / len(library)
        sureness = _FORESEEN_WORTH + int(right[told]) + int(wrong[told])
        sure = float(believed[last]) * sureness
        self.precision = beta_share(sure, sureness - sure)
        self.recall = wilson_share(float(recall[last]), _EXAMPLE_WORTH * len(likes))

    @staticmethod
    def _normal(likes: NDArray[np.float64], library_spread: float) -> NormalTail:
        usual = _SPREAD_WORTH * (_TYPICAL_SPREAD * library_spread) ** 2
        seen = float(np.square(likes - likes.mean()).sum())
        spread = sqrt((usual + seen) / (_SPREAD_WORTH + len(likes) - 1))
        return NormalTail(float(likes.mean()), max(spread, 1e-6))

    def _reckoned(
        self, recall: NDArray[np.float64], above: NDArray[np.intp]
    ) -> tuple[float, float]:
        """How many photos of the sample have the tag, and the spread of that number's logarithm."""
        telling = (recall >= 0.1) & (above >= min(3, len(above)))
        bound = float((above / np.maximum(recall, 1e-9))[telling].min()) if telling.any() else 1.0
        examples = len(self._likes)
        own = hypot(_COUNT_SPREAD[0], _COUNT_SPREAD[1] / sqrt(examples)) ** -2
        usual = _USUAL_SHARE_SPREAD**-2
        expected = max(examples, _USUAL_SHARE * len(above))
        drawn = (own * (log(bound) - _COUNT_BIAS) + usual * log(expected)) / (own + usual)
        return min(max(1.0, exp(drawn)), float(len(above))), (own + usual) ** -0.5

    def calibration(self) -> tuple[float, float]:
        """Slope and shift that make of a score a log-odds.

        The expected number of the tag's photos and the sum of their scores are as reckoned; then
        the shown ones are, on average, right as often as `precision` says.
        """
        points = self._tail.points()
        centre, scale = self._tail.mean, self._tail.spread
        inputs = np.stack([np.ones_like(self._library), (self._library - centre) / scale])
        wanted = self._count * np.array([1.0, float((points - centre).mean() / scale)])
        found = np.array([0.0, 1.0])
        for _ in range(30):
            chance = _sigmoid(np.clip(found @ inputs, -30, 30))
            slope = inputs @ chance - wanted + 1e-3 * (found - [0.0, 1.0])
            curve = (inputs * (chance * (1 - chance))) @ inputs.T + 1e-3 * np.eye(2)
            step = np.linalg.solve(curve, slope)
            found -= np.clip(step, -1.0, 1.0)
            if np.abs(step).max() < 1e-6:
                break
        found[1] = max(found[1], 0.1)
        shown = inputs[:, self._library >= self.threshold]
        shift = _balanced(found @ shown, self.precision.value)
        return float(found[1] / scale), float(found[0] + shift - found[1] * centre / scale)


def _balanced(odds: NDArray[np.float64], mean: float) -> float:
    """What to add to log-odds so that the probabilities have this mean; by bisection."""
    low, high = -40.0, 40.0
    for _ in range(60):
        middle = (low + high) / 2
        if _sigmoid(odds + middle).mean() < mean:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _sigmoid(value: NDArray[np.floating]) -> NDArray[np.float32]:
    chance: NDArray[np.float32] = 1 / (1 + np.exp(-np.clip(value, -40, 40)))
    return chance
