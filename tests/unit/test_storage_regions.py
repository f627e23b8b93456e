"""Parts of photos: stored with what was found, gone with it, silent where a tag was rejected."""

from pathlib import Path

import pytest
import sqlite_utils

from album.domain.appearance import Region
from album.domain.photo import Examination, Fingerprint, MediaKind, Metadata, PhotoId
from album.domain.tag import Facet, Tag, TagScore, TagState
from album.domain.taxonomy import Taxonomy
from album.storage.folders import Folder
from album.storage.photos import ExaminedFile, store_examined
from album.storage.rows import details_json, photo_details
from album.storage.tags import Observation, decide, drop_suggestions, store_observations

TAXONOMY = Taxonomy(
    [Tag("dog", Facet.THING, {"en": "dog"}), Tag("person", Facet.THING, {"en": "person"})]
)
DOG = Region("dog", 0.9, (0.1, 0.2, 0.5, 0.25))
PERSON = Region("person", 0.95, (0.0, 0.0, 1.0, 1.0))


@pytest.fixture
def photo(db: sqlite_utils.Database, folder: Folder) -> PhotoId:
    examination = Examination(
        Fingerprint("test1", bytes(16)), MediaKind.PHOTO, "jpeg", Metadata(width=400, height=300)
    )
    file = ExaminedFile(Path("a.jpg"), 1000, 1, 1, examination)
    return store_examined(db, folder.id, [file], TAXONOMY)[0]


def see(db: sqlite_utils.Database, photo: PhotoId, model: str, *regions: Region) -> None:
    found = tuple(TagScore(one.slug, one.score) for one in regions)
    seen = Observation(photo, found, regions=regions)
    store_observations(db, model, [seen], TAXONOMY)


def told(db: sqlite_utils.Database, photo: PhotoId) -> tuple[Region, ...]:
    details = photo_details(db.conn, photo)
    assert details is not None
    return details.regions


def test_regions_are_told_surest_first_in_pixels(db: sqlite_utils.Database, photo: PhotoId) -> None:
    see(db, photo, "objects@a-1", DOG, PERSON)
    assert told(db, photo) == (PERSON, DOG)
    details = photo_details(db.conn, photo)
    assert details is not None
    assert details_json(details)["regions"] == [
        {"tag": "person", "score": 0.95, "box": [0, 0, 400, 300]},
        {"tag": "dog", "score": 0.9, "box": [40, 60, 200, 75]},
    ]


def test_another_revision_replaces_them(db: sqlite_utils.Database, photo: PhotoId) -> None:
    see(db, photo, "objects@a-1", DOG, PERSON)
    see(db, photo, "objects@b-1", DOG)
    assert told(db, photo) == (DOG,)


def test_the_region_of_a_rejected_tag_is_not_told(
    db: sqlite_utils.Database, photo: PhotoId
) -> None:
    see(db, photo, "objects@a-1", DOG, PERSON)
    decide(db, [photo], "dog", TagState.REJECTED, TAXONOMY)
    assert told(db, photo) == (PERSON,)
    see(db, photo, "objects@b-1", DOG)
    assert told(db, photo) == ()


def test_they_go_with_the_analyser_and_decisions_stay(
    db: sqlite_utils.Database, photo: PhotoId
) -> None:
    see(db, photo, "objects@a-1", DOG, PERSON)
    decide(db, [photo], "dog", TagState.CONFIRMED, TAXONOMY)
    drop_suggestions(db, [photo], ["objects", "scenes"])
    details = photo_details(db.conn, photo)
    assert details is not None
    assert details.regions == ()
    assert {tag.slug: tag.state for tag in details.tags} == {"dog": TagState.CONFIRMED}
