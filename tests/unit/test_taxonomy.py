"""Words lead to tags, tags to their broader ones."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from album.domain.tag import Facet, Tag
from album.domain.taxonomy import Taxonomy, slugify

ANIMALS = Taxonomy(
    [
        Tag("animal", Facet.THING, {"en": "animal", "zh": "动物"}),
        Tag("dog", Facet.THING, {"en": "dog", "zh": "狗"}, "animal", ("hound", "Puppy Dog")),
        Tag("terrier", Facet.THING, {"en": "terrier"}, "dog"),
        Tag("cat", Facet.THING, {"zh": "猫"}, "animal"),
        Tag("beach", Facet.SCENE, {"en": "beach"}, None, ("dog",)),
    ]
)


@pytest.mark.parametrize("word", ["dog", "DOG", " Dog ", "狗", "hound", "puppy_dog", "Puppy  Dog"])
def test_any_word_of_a_tag_finds_it(word: str) -> None:
    tag = ANIMALS.find(word)
    assert tag is not None
    assert tag.slug == "dog"


def test_a_slug_or_name_wins_over_a_synonym_of_another() -> None:
    assert ANIMALS.find("dog") == ANIMALS.get("dog")


def test_an_unknown_word_finds_nothing_and_is_a_keyword() -> None:
    assert ANIMALS.find("grandma") is None
    assert ANIMALS.find("") is None
    assert ANIMALS.facet("grandma") is Facet.KEYWORD
    assert ANIMALS.name("my-grandma") == "my grandma"
    assert "grandma" not in ANIMALS


def test_names_fall_back_to_english_then_the_slug() -> None:
    assert ANIMALS.name("dog", "zh") == "狗"
    assert ANIMALS.name("terrier", "zh") == "terrier"
    assert ANIMALS.name("cat") == "cat"


def test_ancestors_and_descendants() -> None:
    assert list(ANIMALS.ancestors("terrier")) == ["dog", "animal"]
    assert set(ANIMALS.descendants("animal")) == {"dog", "terrier", "cat"}
    assert list(ANIMALS.ancestors("unknown")) == []


def test_parents_are_scored_at_least_like_their_children() -> None:
    scores = ANIMALS.with_parents({"terrier": 0.9, "cat": 0.3, "animal": 0.5})
    assert scores == {"terrier": 0.9, "dog": 0.9, "animal": 0.9, "cat": 0.3}


def test_all_tags_in_their_order() -> None:
    assert [tag.slug for tag in ANIMALS] == ["animal", "dog", "terrier", "cat", "beach"]
    assert len(ANIMALS) == 5


def test_a_parent_must_be_known() -> None:
    with pytest.raises(ValueError, match="unknown parent"):
        Taxonomy([Tag("dog", Facet.THING, {}, "animal")])


def test_parents_must_not_form_a_circle() -> None:
    with pytest.raises(ValueError, match="circle"):
        Taxonomy([Tag("a", Facet.THING, {}, "b"), Tag("b", Facet.THING, {}, "a")])


@pytest.mark.parametrize(
    ("word", "slug"),
    [("Table Tennis", "table-tennis"), ("Straße", "strasse"), ("海滩", "海滩"), ("a_b", "a-b"),
     ("  --  ", ""), ("\uff21\uff22\uff23", "abc"), ("rock & roll!", "rock-roll")],
)  # fmt: skip
def test_slugs(word: str, slug: str) -> None:
    assert slugify(word) == slug


@given(st.text())
def test_a_slug_is_its_own_slug(word: str) -> None:
    assert slugify(slugify(word)) == slugify(word)
