"""Suggestions of taught tags touch nothing but each other."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
import sqlite_utils
from hypothesis import given
from hypothesis import strategies as st

from album.analysis.taught import suggest_taught
from album.domain.photo import PhotoId
from album.domain.share import Share
from album.domain.tag import Certainty, TagState
from album.storage.tags import tags_of
from album.storage.taught import (
    Example,
    TaughtTag,
    examples,
    forget_taught,
    learned_from,
    replace_suggestions,
    save_taught,
    suggest,
    taught_tags,
)
from album.storage.upkeep import prepare

PHOTOS = range(1, 9)
TAG = TaughtTag(
    "garden", "garden", 1, "tagger@1", np.array([4.0, 0.0], np.float32).tobytes(), -2.0, 0.5,
    5, 1, Share(0.7, 0.4, 0.9), Share(0.6, 0.3, 0.8), "key",
)  # fmt: skip

scores = st.dictionaries(st.sampled_from(PHOTOS).map(PhotoId), st.floats(0, 1))
rows = st.dictionaries(
    st.sampled_from(PHOTOS),
    st.sampled_from(
        [
            ("manual", "user", None, None, 5),
            ("confirmed", "model", 0.8, "taught@1", 6),
            ("rejected", "model", 0.7, "taught@1", 7),
            ("rejected", "user", None, None, 8),
            ("imported", "metadata", None, None, None),
            ("suggested", "model", 0.9, "tagger@1", None),
            ("suggested", "model", 0.6, "taught@1", None),
        ]
    ),
)


def with_photos(db: sqlite_utils.Database) -> None:
    db.conn.executemany(
        "INSERT INTO photo (id, fingerprint, kind, format, taken_s, taken_known, added_s)"
        " VALUES (?, ?, 'photo', 'jpeg', 0, 0, 0)",
        [(number, f"pixels1:{number:032x}") for number in PHOTOS],
    )
    db.conn.execute("INSERT INTO tag (id, slug, facet, name) VALUES (1, 'garden', 'keyword', 'g')")


@pytest.fixture
def library(db: sqlite_utils.Database) -> sqlite_utils.Database:
    with_photos(db)
    for number in PHOTOS:
        db.conn.execute("INSERT INTO search (rowid, names, camera) VALUES (?, '', '')", (number,))
    return db


def stored(connection: sqlite3.Connection) -> dict[int, tuple[object, ...]]:
    found = connection.execute(
        "SELECT photo_id, state, source, score, model, decided_s FROM photo_tag"
    )
    return {row[0]: row[1:] for row in found}


def put(db: sqlite_utils.Database, before: dict[int, tuple[object, ...]]) -> None:
    db.conn.executemany(
        "INSERT INTO photo_tag (photo_id, tag_id, state, source, score, model, decided_s)"
        " VALUES (?, 1, ?, ?, ?, ?, ?)",
        [(photo_id, *row) for photo_id, row in before.items()],
    )


@given(before=rows, first=scores, second=scores)
def test_whatever_anybody_else_said_stands(
    before: dict[int, tuple[object, ...]],
    first: dict[PhotoId, float],
    second: dict[PhotoId, float],
) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "library.db"
        prepare(path, 1.0)
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            db = sqlite_utils.Database(connection)
            with_photos(db)
            put(db, before)
            others = {
                photo_id: row
                for photo_id, row in before.items()
                if (row[0], row[3]) != ("suggested", "taught@1")
            }
            for revision, wanted in enumerate((first, second), start=2):
                tag = replace(TAG, revision=revision)
                replace_suggestions(db, tag, list(wanted.items()))
                after = stored(connection)
                own = {one: row for one, row in after.items() if one not in others}
                assert {one: after[one] for one in others} == others
                assert set(own) == set(wanted) - set(others)
                assert all(row[0] == "suggested" and row[3] == tag.model for row in own.values())
                assert replace_suggestions(db, tag, list(wanted.items())) == []
                assert stored(connection) == after
            forget_taught(db, "garden")
            assert stored(connection) == others


def test_what_was_taught_comes_back_as_it_was(library: sqlite_utils.Database) -> None:
    save_taught(library, TAG)
    assert taught_tags(library.conn) == [replace(TAG, name="g")]
    assert taught_tags(library.conn, embedding_model="tagger@2") == []
    save_taught(library, replace(TAG, revision=2))
    assert [one.revision for one in taught_tags(library.conn, slug="garden")] == [2]


@pytest.mark.parametrize(
    ("precision", "certainty"),
    [
        (Share(0.97, 0.91, 1.0), Certainty.SURE),
        (Share(0.97, 0.8, 1.0), Certainty.LIKELY),
        (Share(0.7, 0.5, 0.9), Certainty.LIKELY),
        (Share(0.6, 0.5, 0.9), Certainty.EXPERIMENTAL),
    ],
)
def test_suggestions_are_as_certain_as_the_figures_of_their_tag(
    library: sqlite_utils.Database, precision: Share, certainty: Certainty
) -> None:
    suggest(library, replace(TAG, precision=precision), [(PhotoId(1), 0.9)])
    (found,) = tags_of(library.conn, PhotoId(1))
    assert found.certainty is certainty


def test_what_only_became_surer_is_told_too(library: sqlite_utils.Database) -> None:
    scores = [(PhotoId(1), 0.9)]
    likely = replace(TAG, precision=Share(0.97, 0.8, 1.0))
    replace_suggestions(library, likely, scores)
    sure = replace(TAG, precision=Share(0.97, 0.91, 1.0))
    assert replace_suggestions(library, sure, scores) == [1]
    assert replace_suggestions(library, sure, scores) == []


def test_examples_are_the_decisions(library: sqlite_utils.Database) -> None:
    put(
        library,
        {
            1: ("manual", "user", None, None, 5),
            2: ("confirmed", "model", 0.8, "taught@1", 6),
            3: ("rejected", "model", 0.7, "taught@1", 7),
            4: ("imported", "metadata", None, None, None),
            5: ("suggested", "model", 0.6, "taught@1", None),
        },
    )
    found = {one.photo_id: (one.liked, one.reviewed) for one in examples(library.conn, "garden", 9)}
    assert found == {1: (True, False), 2: (True, True), 3: (False, True), 4: (True, False)}
    latest = examples(library.conn, "garden", 1)
    assert [(one.photo_id, one.liked) for one in latest] == [(2, True), (3, False)]


def test_the_fingerprint_follows_examples_model_and_growth() -> None:
    used = [Example(PhotoId(1), liked=True), Example(PhotoId(2), liked=False)]
    key = learned_from(used, "tagger@1", 1000)
    assert learned_from(used, "tagger@1", 1001) == key
    others = {
        learned_from(used[:1], "tagger@1", 1000),
        learned_from(used, "tagger@2", 1000),
        learned_from(used, "tagger@1", 2000),
        learned_from([used[0], replace(used[1], liked=True)], "tagger@1", 1000),
    }
    assert len(others - {key}) == 4


def test_photos_just_looked_at_are_suggested_or_not_any_more(
    library: sqlite_utils.Database,
) -> None:
    save_taught(library, TAG)
    put(library, {1: ("rejected", "user", None, None, 8)})
    like, unlike = np.array([1, 0], np.float16), np.array([0, 1], np.float16)
    seen = {PhotoId(1): like, PhotoId(2): like, PhotoId(3): unlike}
    suggest_taught(library, "tagger@1", seen)
    found = stored(library.conn)
    assert {one: row[0] for one, row in found.items()} == {1: "rejected", 2: TagState.SUGGESTED}
    assert found[2][3] == "taught@1"
    suggest_taught(library, "other@1", {PhotoId(3): like})
    suggest_taught(library, "tagger@1", {PhotoId(2): unlike})
    assert set(stored(library.conn)) == {1}
