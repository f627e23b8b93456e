"""Tags are taught, applied, improved and forgotten in a real library; decisions stay."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from album.domain.photo import PhotoId
from album.domain.query import Query
from album.domain.tag import Facet, TagState
from album.errors import QueryProblem
from album.session import LibrarySession
from album.storage.taught import taught_tags
from album.testing import FakeAnalyser, FakeSegmenter, sample_session, sample_taxonomy
from album.testing.pictures import make_picture

PHOTOS = 84
LIKES, REST = slice(0, 6), slice(6, None)


@pytest.fixture
def session(tmp_path: Path) -> Iterator[LibrarySession]:
    with sample_session(tmp_path, photos=PHOTOS) as session:
        yield session


def tagged(session: LibrarySession, slug: str) -> list[PhotoId]:
    """Photos that look like one thing: the stand-in suggests its tag for them."""
    query = session.parse(f"tag:{slug}")
    return [PhotoId(int(one)) for one in session.browse(query).result().ids]


def states(session: LibrarySession, slug: str) -> dict[PhotoId, TagState]:
    def read(connection: sqlite3.Connection) -> dict[PhotoId, TagState]:
        rows = connection.execute(
            "SELECT photo_id, state FROM photo_tag JOIN tag ON tag.id = tag_id WHERE slug = ?",
            (slug,),
        )
        return {PhotoId(photo_id): TagState(state) for photo_id, state in rows}

    return session.database.query(read)


@pytest.fixture
def alike(session: LibrarySession) -> list[PhotoId]:
    found = tagged(session, "sunset")
    assert len(found) >= 10
    return found


def test_a_preview_changes_nothing(session: LibrarySession, alike: list[PhotoId]) -> None:
    prospect = session.teaching.preview("evening glow", alike[LIKES]).result()
    assert (prospect.slug, prospect.likes, prospect.needs) == ("evening-glow", 6, 0)
    assert prospect.precision is not None
    assert prospect.precision.low <= prospect.precision.value <= prospect.precision.high
    assert not prospect.applied
    assert states(session, "evening-glow") == {}
    assert session.teaching.tags().result() == []


def test_a_taught_tag_is_suggested_where_it_suits(
    session: LibrarySession, alike: list[PhotoId]
) -> None:
    prospect = session.teaching.teach("evening glow", alike[LIKES]).result()
    assert prospect.applied
    found = states(session, "evening-glow")
    assert all(found[one] is TagState.MANUAL for one in alike[LIKES])
    suggested = {one for one, state in found.items() if state is TagState.SUGGESTED}
    assert suggested == set(alike[REST])
    assert prospect.suggestions == len(suggested)
    session.changes.settle()
    counts = session.facet_counts(Query()).result()[Facet.KEYWORD]
    assert {one.slug: one.count for one in counts}["evening-glow"] == len(found)
    assert sorted(tagged(session, "evening-glow")) == sorted(found)


def test_too_few_examples_are_kept_and_asked_for_more(
    session: LibrarySession, alike: list[PhotoId]
) -> None:
    prospect = session.teaching.teach("evening glow", alike[:2]).result()
    assert (prospect.likes, prospect.needs, prospect.applied) == (2, 3, False)
    assert set(states(session, "evening-glow")) == set(alike[:2])
    assert session.teaching.teach("evening glow", alike[2:5]).result().applied


def test_a_rejected_photo_is_not_suggested_again(
    session: LibrarySession, alike: list[PhotoId]
) -> None:
    session.teaching.teach("evening glow", alike[LIKES]).result()
    session.decide(alike[6:8], "evening-glow", TagState.REJECTED).result()
    session.decide(alike[8:9], "evening-glow", TagState.CONFIRMED).result()
    session.teaching.settle()
    found = states(session, "evening-glow")
    assert {found[one] for one in alike[6:8]} == {TagState.REJECTED}
    assert found[alike[8]] is TagState.CONFIRMED
    (tag,) = session.teaching.tags().result()
    assert (tag.revision, tag.likes, tag.unlikes) == (2, 7, 2)


def test_learning_again_from_the_same_changes_nothing(
    session: LibrarySession, alike: list[PhotoId]
) -> None:
    session.teaching.teach("evening glow", alike[LIKES]).result()
    before = (session.teaching.tags().result(), states(session, "evening-glow"))
    session.teaching.settle()
    assert (session.teaching.tags().result(), states(session, "evening-glow")) == before


def test_undoing_the_examples_takes_the_tag_back(
    session: LibrarySession, alike: list[PhotoId]
) -> None:
    session.teaching.teach("evening glow", alike[LIKES]).result()
    assert session.undo().result() is not None
    session.teaching.settle()
    assert states(session, "evening-glow") == {}
    assert session.teaching.tags().result() == []


def test_a_tag_is_forgotten_but_not_what_was_decided(
    session: LibrarySession, alike: list[PhotoId]
) -> None:
    session.teaching.teach("evening glow", alike[LIKES]).result()
    assert session.teaching.forget("evening glow").result()
    assert states(session, "evening-glow") == dict.fromkeys(alike[LIKES], TagState.MANUAL)
    assert not session.teaching.forget("evening glow").result()


def test_suggestions_of_a_model_for_the_same_tag_stand(
    session: LibrarySession, alike: list[PhotoId]
) -> None:
    before = states(session, "sunset")
    others = [one for one in tagged(session, "beach") if one not in before][:6]
    session.teaching.teach("sunset", others).result()
    assert session.teaching.forget("sunset").result()
    assert states(session, "sunset") == before | dict.fromkeys(others, TagState.MANUAL)


def test_no_word_is_no_tag(session: LibrarySession) -> None:
    with pytest.raises(QueryProblem):
        session.teaching.teach("?!", [PhotoId(1)]).result()


def test_new_photos_get_the_tag_and_a_new_model_learns_it_anew(tmp_path: Path) -> None:
    with sample_session(tmp_path, photos=PHOTOS) as session:
        alike = tagged(session, "sunset")
        session.teaching.teach("evening glow", alike[LIKES]).result()
        other = tagged(session, "beach")[0]
        session.decide([other], "evening-glow", TagState.REJECTED).result()
        session.teaching.settle()
        (old,) = session.teaching.tags().result()
        make_picture(tmp_path / "pictures/late.jpg", "sunset", seed=4711)
        for _ in session.index():
            pass
        late = set(tagged(session, "sunset")) - set(alike)
        assert {states(session, "evening-glow")[one] for one in late} == {TagState.SUGGESTED}
    with LibrarySession.open(
        tmp_path / "library",
        watch=False,
        analysers=[FakeAnalyser(revision="2")],
        segmenter=FakeSegmenter(),
        taxonomy=sample_taxonomy(),
    ) as session:
        for _ in session.index():
            pass
        (tag,) = session.database.query(taught_tags)
        found = states(session, "evening-glow")
    assert (old.embedding_model, tag.embedding_model) == ("fake@1", "fake@2")
    assert tag.revision > old.revision
    assert [found[one] for one in alike[LIKES]] == [TagState.MANUAL] * 6
    assert found[other] is TagState.REJECTED
    suggested = {one for one, state in found.items() if state is TagState.SUGGESTED}
    assert suggested <= {*alike[REST], *late}
    assert suggested
