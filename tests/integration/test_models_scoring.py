from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from album.domain.tag import Certainty
from album.taxonomies import built_in_taxonomy
from album_models.scoring import Scoring

TAXONOMY = built_in_taxonomy()
CLASSES = ["fox-terrier", "airedale", "persian-cat", "groom", "sports-car"]


def tag(shown: float | None, sure: float | None = None, *, tested: bool = True) -> dict[str, Any]:
    return {"slope": 1.0, "offset": 0.0, "shown": shown, "sure": sure, "experimental": not tested}


def scoring(**changes: list[str]) -> Scoring:
    table: dict[str, Any] = {
        "tags": {
            "beach": tag(0.6, 0.9),
            "dog": tag(0.5),
            "wedding": tag(None, tested=False),
            "sunset": tag(0.7),
        },
        "classes": CLASSES,
        "class_calibration": [1.0, 1.0, 0.0],
        "class_threshold": 0.75,
        "class_sure": 0.95,
        "evidence": {"wedding": ["groom"]},
        "evidence_threshold": 0.8,
        "fused": ["dog"],
    }
    return Scoring({**table, **changes}, TAXONOMY)


def logits(**scores: float) -> NDArray[np.float32]:
    tags = ["beach", "dog", "wedding", "sunset"]
    return np.array([[scores.get(name, -8.0) for name in tags]], np.float32)


def classes(**scores: float) -> NDArray[np.float32]:
    named = {name.replace("-", "_"): number for number, name in enumerate(CLASSES)}
    row = np.zeros((1, len(CLASSES)), np.float32)
    for name, score in scores.items():
        row[0, named[name]] = score
    return row


def shown(made: Scoring, tags: NDArray[np.float32], of_classes: NDArray[np.float32]) -> set[str]:
    return {score.slug for score in made.judge(tags, of_classes)[0][0]}


def test_a_tag_over_its_threshold_brings_its_parents() -> None:
    assert shown(scoring(), logits(beach=2.0), classes()) == {"beach", "coast"}


def test_a_tag_below_its_threshold_is_only_ranked() -> None:
    shown_, ranked = scoring().judge(logits(sunset=0.5), classes())[0]
    assert shown_ == ()
    assert {"sunset", "sky"} <= {score.slug for score in ranked}


def test_a_class_brings_its_whole_chain() -> None:
    found = shown(scoring(), logits(), classes(fox_terrier=9.0))
    assert found == {"fox-terrier", "terrier", "dog", "animal"}


def test_two_breeds_share_their_parent() -> None:
    found = shown(scoring(), logits(), classes(fox_terrier=9.0, airedale=9.0))
    assert found == {"terrier", "dog", "animal"}


def certainties(
    tags: NDArray[np.float32], of_classes: NDArray[np.float32]
) -> dict[str, Certainty | None]:
    return {score.slug: score.certainty for score in scoring().judge(tags, of_classes)[0][1]}


def test_what_is_sure_makes_its_parents_sure() -> None:
    found = certainties(logits(beach=3.0, sunset=3.0), classes())
    assert (found["beach"], found["coast"]) == (Certainty.SURE, Certainty.SURE)
    assert (found["sunset"], found["sky"]) == (Certainty.LIKELY, Certainty.LIKELY)


def test_what_is_shown_is_likely_and_what_is_not_shown_is_nothing() -> None:
    found = certainties(logits(beach=1.0, dog=-1.0), classes())
    assert (found["beach"], found["dog"]) == (Certainty.LIKELY, None)


def test_what_too_few_pictures_show_is_experimental_however_high_its_score() -> None:
    assert certainties(logits(wedding=9.0), classes())["wedding"] is Certainty.EXPERIMENTAL


def test_a_class_is_sure_from_its_own_threshold() -> None:
    assert certainties(logits(), classes(fox_terrier=9.0))["terrier"] is Certainty.SURE
    assert certainties(logits(), classes(fox_terrier=3.0))["terrier"] is Certainty.LIKELY


def test_what_nobody_could_judge_stays_experimental_where_a_class_speaks_for_it() -> None:
    assert "wedding" in shown(scoring(), logits(), classes(groom=9.0))
    assert certainties(logits(), classes(groom=9.0))["wedding"] is Certainty.EXPERIMENTAL


@given(st.lists(st.floats(-12, 12, width=32), min_size=9, max_size=9))
def test_parents_are_never_less_certain_than_their_children(row: list[float]) -> None:
    rank = {None: 0, Certainty.EXPERIMENTAL: 1, Certainty.LIKELY: 2, Certainty.SURE: 3}
    (told,) = scoring().judge(np.array([row[:4]], np.float32), np.array([row[4:]], np.float32))
    kinds = {score.slug: rank[score.certainty] for score in told[0]}
    for slug, kind in kinds.items():
        assert kind > 0
        assert all(kinds[parent] >= kind for parent in TAXONOMY.ancestors(slug))


def test_evidence_needs_its_own_threshold() -> None:
    assert "wedding" in shown(scoring(), logits(), classes(groom=9.0))
    assert "wedding" not in shown(scoring(), logits(), classes(groom=2.5))


def test_a_tag_that_cannot_be_judged_is_never_shown_by_its_head() -> None:
    assert "wedding" not in shown(scoring(), logits(wedding=9.0), classes())


def test_classes_speak_for_a_trained_tag_only_where_that_helps() -> None:
    alone = scoring(fused=[])
    dogs = classes(fox_terrier=9.0)
    place = alone.slugs.index("dog")
    assert alone.scores(logits(), dogs)[0, place] < 0.01
    assert scoring().scores(logits(), dogs)[0, place] > 0.9


@given(
    st.lists(st.floats(-12, 12, width=32), min_size=4, max_size=4),
    st.lists(st.floats(-12, 12, width=32), min_size=5, max_size=5),
)
def test_parents_are_never_below_their_children(tags: list[float], of_classes: list[float]) -> None:
    told = scoring().judge(np.array([tags], np.float32), np.array([of_classes], np.float32))
    for scores in told[0]:
        by_slug = {score.slug: score.score for score in scores}
        for slug, score in by_slug.items():
            assert 0.0 <= score <= 1.0
            assert all(by_slug[parent] >= score for parent in TAXONOMY.ancestors(slug))


@pytest.mark.parametrize("pictures", [0, 1, 3])
def test_each_picture_has_its_own_answer(pictures: int) -> None:
    tags = np.repeat(logits(beach=3.0), pictures, axis=0)
    assert len(scoring().judge(tags, np.repeat(classes(), pictures, axis=0))) == pictures
