from collections.abc import Iterator

import numpy as np
import pytest
from numpy.typing import NDArray
from skimage import data

from album.analysis.protocol import Findings, Sample
from album.analysis.registry import analysers
from album.errors import EnvironmentProblem, PackProblem
from album.taxonomies import built_in_taxonomy
from album_models.tagger import Tagger


def sample(name: str) -> NDArray[np.uint8]:
    picture: NDArray[np.uint8] = getattr(data, name)()
    return picture


@pytest.fixture(scope="module")
def tagger() -> Iterator[Tagger]:
    made = Tagger()
    made.load("cpu")
    yield made
    made.unload()


def look(tagger: Tagger, *pictures: NDArray[np.uint8]) -> list[Findings]:
    return tagger.analyse([tagger.prepare(Sample(picture)) for picture in pictures])


@pytest.mark.parametrize(
    ("picture", "wanted"),
    [
        ("cat", {"cat", "animal"}),
        ("astronaut", {"person"}),
        ("coffee", {"coffee", "drink", "indoor"}),
        ("rocket", {"sky"}),
    ],
)
def test_easy_pictures_get_their_obvious_tags(
    tagger: Tagger, picture: str, wanted: set[str]
) -> None:
    found = look(tagger, sample(picture))[0]
    assert wanted <= {tag.slug for tag in found.tags}


@pytest.mark.parametrize("value", [0, 128, 255])
def test_a_picture_without_anything_in_it_gets_no_tags(tagger: Tagger, value: int) -> None:
    empty = np.full((90, 120, 3), value, np.uint8)
    faint = empty + np.random.default_rng(1).integers(0, 2, empty.shape, np.uint8) * (value < 255)
    for found in look(tagger, empty, faint.astype(np.uint8)):
        assert (found.tags, found.ranked) == ((), ())
        assert found.embedding is not None


def test_a_mere_strip_gets_no_tags(tagger: Tagger) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (384, 3, 3), np.uint8)
    (found,) = look(tagger, noise)
    assert (found.tags, found.ranked) == ((), ())


def test_of_equal_scores_the_narrower_tag_comes_first(tagger: Tagger) -> None:
    taxonomy = built_in_taxonomy()
    told = [tag.slug for tag in look(tagger, sample("cat"))[0].ranked]
    scores = {tag.slug: tag.score for tag in look(tagger, sample("cat"))[0].ranked}
    for slug in told:
        for broader in taxonomy.ancestors(slug):
            if scores.get(broader) == scores[slug]:
                assert told.index(slug) < told.index(broader)


def test_what_is_told_holds_together(tagger: Tagger) -> None:
    taxonomy = built_in_taxonomy()
    for found in look(tagger, sample("cat"), sample("coffee"), sample("astronaut")):
        scores = {tag.slug: tag.score for tag in found.ranked}
        assert [tag.score for tag in found.ranked] == sorted(scores.values(), reverse=True)
        assert len(found.ranked) <= 100
        shown = {tag.slug for tag in found.tags}
        for tag in found.tags:
            assert tag.slug in taxonomy
            assert scores[tag.slug] == tag.score
            assert shown.issuperset(taxonomy.ancestors(tag.slug))
            assert all(scores[up] >= tag.score for up in taxonomy.ancestors(tag.slug))


def test_the_same_picture_gets_the_same_answer_in_any_batch(tagger: Tagger) -> None:
    alone = look(tagger, sample("cat"))[0]
    among = look(tagger, sample("coffee"), sample("cat"), sample("rocket"))[1]
    again = look(tagger, sample("cat"))[0]
    assert alone.tags == again.tags
    assert alone.embedding is not None
    assert among.embedding is not None
    assert float(alone.embedding.astype(float) @ among.embedding.astype(float)) > 0.999
    assert {tag.slug for tag in alone.tags} == {tag.slug for tag in among.tags}


def test_embeddings_are_unit_vectors_and_near_for_near_pictures(tagger: Tagger) -> None:
    cat = sample("cat")
    vectors = [
        found.embedding.astype(np.float32)
        for found in look(tagger, cat, np.ascontiguousarray(cat[:, ::-1]), sample("rocket"))
        if found.embedding is not None
    ]
    assert all(abs(np.linalg.norm(vector) - 1) < 0.01 for vector in vectors)
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2] + 0.2


@pytest.mark.parametrize("shape", [(1, 1), (1, 900), (900, 1), (7, 384), (384, 384)])
def test_pictures_of_any_shape_are_looked_at(tagger: Tagger, shape: tuple[int, int]) -> None:
    picture = np.full((*shape, 3), 127, np.uint8)
    assert tagger.prepare(Sample(picture)).shape == (192, 192, 3)
    assert len(look(tagger, picture)) == 1


def test_no_pictures_no_answers(tagger: Tagger) -> None:
    assert tagger.analyse([]) == []


def test_it_is_found_by_entry_point_and_says_who_it_is(tagger: Tagger) -> None:
    found = {one.name: one for one in analysers()}
    assert found["tagger"].revision == tagger.revision
    assert tagger.device == "cpu"
    assert tagger.batch_size >= 1


def test_unloaded_it_says_so_and_can_be_loaded_again() -> None:
    tagger = Tagger()
    with pytest.raises(PackProblem):
        look(tagger, sample("cat"))
    tagger.load("auto")
    tagger.unload()
    assert tagger.device == ""
    tagger.load("cpu")
    assert look(tagger, sample("cat"))


@pytest.mark.parametrize("device", ["toaster", "cuda:93", "meta"])
def test_a_device_that_is_not_there_is_a_problem_of_the_environment(device: str) -> None:
    with pytest.raises(EnvironmentProblem, match=device):
        Tagger().load(device)


def test_at_least_sixty_scene_and_event_tags_can_be_shown(tagger: Tagger) -> None:
    taxonomy = built_in_taxonomy()
    able = tagger.able()
    assert sum(taxonomy.facet(slug) in {"scene", "event"} for slug in able) >= 60
    assert {"sky", "beach", "sunset", "gathering", "sports", "performance"} <= able
