import csv
import os
from itertools import pairwise
from pathlib import Path

import pytest

from album.domain.tag import Facet
from album.domain.taxonomy import slugify
from album.taxonomies import built_in_taxonomy
from album_resources.taxonomy import tag_rows

ROOT = Path(__file__).parents[2]
SHARED = Path(os.environ.get("ALBUM_SHARED", ROOT.parent / "shared"))
CLASSES = ROOT / "models/album_models/packs/labels/imagenet.csv"


def test_every_row_is_whole() -> None:
    rows = tag_rows()
    slugs = [row.slug for row in rows]
    assert len(set(slugs)) == len(slugs) > 1000
    assert all(slugify(slug) == slug for slug in slugs)
    assert all(row.english and row.facet in {*Facet} for row in rows)


def test_at_least_300_names_are_chinese_and_no_two_are_the_same() -> None:
    names = [row.chinese for row in tag_rows() if row.chinese]
    assert len(set(names)) == len(names) >= 300


def test_parents_are_known_and_never_a_circle() -> None:
    taxonomy = built_in_taxonomy()
    assert list(taxonomy.ancestors("fox-terrier")) == ["terrier", "dog", "animal"]
    assert list(taxonomy.ancestors("table-tennis")) == ["sports"]
    assert "golden-retriever" in set(taxonomy.descendants("animal"))


@pytest.mark.parametrize(
    ("word", "slug"),
    [
        ("海滩", "beach"),
        ("日落", "sunset"),
        ("合影", "group"),
        ("Soccer", "football"),
        ("bunny", "rabbit"),
        ("pianos", None),
        ("smartphone", "mobile-phone"),
        ("sunrise", "sunset"),
        ("ping pong", "table-tennis"),
    ],
)
def test_words_find_their_tag(word: str, slug: str | None) -> None:
    found = built_in_taxonomy().find(word)
    assert (found.slug if found else None) == slug


def test_a_shown_name_finds_its_own_tag() -> None:
    taxonomy = built_in_taxonomy()
    lost = [tag.slug for tag in taxonomy if taxonomy.find(tag.names["en"]) is not tag]
    assert lost == []


def test_every_class_of_the_backbone_has_a_tag() -> None:
    taxonomy = built_in_taxonomy()
    with CLASSES.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [int(row["class"]) for row in rows] == list(range(1000))
    assert [row["name"] for row in rows if row["slug"] not in taxonomy] == []


def test_core_tags_keep_their_slug_facet_and_parent() -> None:
    core = SHARED / "core-tags.csv"
    if not core.exists():
        pytest.skip("needs the reference material: set ALBUM_SHARED")
    taxonomy = built_in_taxonomy()
    with core.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            tag = taxonomy.get(row["tag"])
            assert tag is not None
            assert tag.facet == row["facet"]
            assert (tag.parent or "") == row["parent"]
            assert tag.names == {"en": row["english"], "zh": row["chinese"]}


def test_tags_stand_after_their_parents_facet_by_facet() -> None:
    core = [row.facet for row in tag_rows()[:171]]
    assert sum(before != after for before, after in pairwise(core)) == 2
