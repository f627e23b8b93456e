"""What is learned from a few vectors, and what is said of it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from album.analysis.odds import NormalTail, beta_share, wilson_share
from album.analysis.teaching import (
    FEWEST_EXAMPLES,
    WANTED_PRECISION,
    Surroundings,
    Vectors,
    learn,
)

LENGTH = 32


def unit(vectors: NDArray[np.float64]) -> Vectors:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    found: Vectors = (vectors / lengths).astype(np.float32)
    return found


def world(seed: int, others: int = 600, there: int = 40) -> tuple[Vectors, NDArray[np.bool_]]:
    """Vectors of several kinds; the first ones have the tag."""
    dice = np.random.default_rng(seed)
    centres = dice.normal(size=(8, LENGTH))
    kinds = np.append(np.zeros(there, int), dice.integers(1, 8, others))
    return unit(centres[kinds] + 0.6 * dice.normal(size=(len(kinds), LENGTH))), kinds == 0


def test_photos_of_the_tag_score_above_the_others() -> None:
    photos, there = world(1)
    lesson = learn(photos[:6], photos[:0], Surroundings(photos), decided=range(6))
    scores = lesson.head.scores(photos)
    assert scores[there].min() > scores[~there].max()
    shown = scores[6:] >= lesson.head.threshold
    assert there[6:][shown].mean() >= 0.6
    assert shown.mean() == pytest.approx(lesson.shown, abs=0.01)


@pytest.mark.parametrize("seed", range(6))
def test_no_more_is_promised_than_holds(seed: int) -> None:
    photos, there = world(seed)
    lesson = learn(photos[:10], photos[:0], Surroundings(photos), decided=range(10))
    shown = lesson.head.scores(photos[10:]) >= lesson.head.threshold
    assert lesson.precision.low <= there[10:][shown].mean()
    assert lesson.precision.value >= WANTED_PRECISION


def test_a_rejected_kind_is_left_out() -> None:
    dice = np.random.default_rng(3)
    likes = unit(np.append(np.zeros((12, LENGTH - 1)), np.full((12, 1), 3.0), axis=1)
                 + 0.5 * dice.normal(size=(12, LENGTH)))  # fmt: skip
    near = unit(likes + 0.35 * np.eye(LENGTH)[0])
    photos = np.concatenate([unit(dice.normal(size=(400, LENGTH))), likes, near])
    before = learn(likes[:6], photos[:0], Surroundings(photos)).head
    after = learn(likes[:6], near[:6], Surroundings(photos)).head

    def lead(weights: Vectors) -> float:
        return float((likes[6:] @ weights).mean() - (near[6:] @ weights).mean())

    assert lead(after.weights) / np.linalg.norm(after.weights) > lead(
        before.weights
    ) / np.linalg.norm(before.weights)


def test_answers_narrow_the_interval() -> None:
    photos, there = world(5)
    surroundings = Surroundings(photos)
    before = learn(photos[:6], photos[:0], surroundings, decided=range(6))
    yes, no = photos[6:26], photos[~there][:2]
    answered = [False] * 6 + [True] * 22
    after = learn(photos[:26], no, surroundings, answered, [*range(26), 40, 41])
    assert len(yes) == 20
    width = before.precision.high - before.precision.low
    assert after.precision.high - after.precision.low < width


def test_the_same_examples_give_the_same_head() -> None:
    photos, _ = world(7)
    first, second = (learn(photos[:7], photos[-3:], Surroundings(photos)) for _ in range(2))
    assert np.array_equal(first.head.weights, second.head.weights)
    assert first.precision == second.precision


def test_too_few_examples_are_refused() -> None:
    photos, _ = world(1)
    with pytest.raises(ValueError, match="too few"):
        learn(photos[: FEWEST_EXAMPLES - 1], photos[:0], Surroundings(photos))


@given(
    seed=st.integers(0, 10_000),
    likes=st.integers(FEWEST_EXAMPLES, 12),
    unlikes=st.integers(0, 6),
    others=st.integers(1, 60),
    kinds=st.integers(1, 4),
)
def test_any_examples_give_shares_and_finite_scores(
    seed: int, likes: int, unlikes: int, others: int, kinds: int
) -> None:
    """Even where photos look the same, or the library is hardly more than the examples."""
    dice = np.random.default_rng(seed)
    centres = unit(dice.normal(size=(kinds, LENGTH)))
    photos = centres[dice.integers(0, kinds, likes + unlikes + others)]
    lesson = learn(
        photos[:likes], photos[likes : likes + unlikes], Surroundings(photos),
        (dice.random(likes + unlikes) < 0.5).tolist(), range(likes + unlikes),
    )  # fmt: skip
    for share in (lesson.precision, lesson.recall):
        assert 0 <= share.low <= share.value <= share.high <= 1
    scores = lesson.head.scores(photos)
    assert np.isfinite(scores).all()
    assert ((scores >= 0) & (scores <= 1)).all()
    assert 0 <= lesson.head.threshold <= 1


@given(right=st.floats(0.01, 50), wrong=st.floats(0.01, 50))
def test_a_beta_interval_lies_around_its_mean(right: float, wrong: float) -> None:
    found = beta_share(right, wrong)
    assert 0 <= found.low <= found.value <= found.high <= 1


def test_intervals_are_those_of_the_books() -> None:
    half = wilson_share(0.5, 10)
    assert (half.low, half.high) == pytest.approx((0.2693, 0.7307), abs=1e-3)
    flat = beta_share(1, 1)
    assert (flat.low, flat.high) == pytest.approx((0.05, 0.95), abs=2e-3)


def test_the_normal_tail_is_near_the_true_one() -> None:
    tail = NormalTail(1.0, 2.0)
    values = np.array([1.0, 3.0, 5.0, -1.0])
    assert tail.above(values) == pytest.approx([0.5, 0.158655, 0.02275, 0.841345], abs=2e-4)
    assert tail.points().mean() == pytest.approx(1.0)
