"""Photos, files, decisions, jobs and problems, as intake, analysis and people use them."""

import os
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import pytest
import sqlite_utils
from hypothesis import given
from hypothesis import strategies as st

from album.domain.appearance import Colour, Quality
from album.domain.photo import (
    Examination,
    FileId,
    Fingerprint,
    FolderId,
    MediaKind,
    Metadata,
    PhotoId,
)
from album.domain.tag import Facet, Tag, TagScore, TagSource, TagState
from album.domain.taxonomy import Taxonomy
from album.storage import folders, photos, tags
from album.storage.folders import Folder, FolderState
from album.storage.fulltext import find_text
from album.storage.photos import ExaminedFile, FileState, MovedFile
from album.storage.rows import details_json, photo_details, photo_rows, search_json
from album.storage.schema import MIGRATIONS
from album.storage.tags import Observation

TAXONOMY = Taxonomy(
    [
        Tag("animal", Facet.THING, {"en": "animal"}),
        Tag("dog", Facet.THING, {"en": "dog", "zh": "狗"}, "animal"),
        Tag("beach", Facet.SCENE, {"en": "beach", "zh": "海滩"}),
        Tag("happy", Facet.STYLE, {"en": "happy and vivid"}),
    ]
)


def seen(name: str, content: int = 0, **said: object) -> ExaminedFile:
    """A file with this content (a number: its fingerprint)."""
    return ExaminedFile(
        path=Path(os.fsdecode(name)),
        size_bytes=1000,
        mtime_ns=1_600_000_000_000_000_000,
        inode=1,
        examination=Examination(
            Fingerprint("test1", content.to_bytes(16, "big")),
            MediaKind.PHOTO,
            "jpeg",
            Metadata(**said),  # type: ignore[arg-type]
        ),
    )


def store(db: sqlite_utils.Database, folder: Folder, *files: ExaminedFile) -> list[PhotoId]:
    return photos.store_examined(db, folder.id, files, TAXONOMY)


def states(db: sqlite_utils.Database, photo_id: PhotoId) -> dict[str, TagState]:
    return {tag.slug: tag.state for tag in tags.tags_of(db.conn, photo_id)}


def observe(
    db: sqlite_utils.Database, photo_id: PhotoId, model: str = "tagger@1", **scores: float
) -> None:
    found = tuple(TagScore(slug, score) for slug, score in scores.items())
    tags.store_observations(db, model, [Observation(photo_id, found)], TAXONOMY)


def test_a_folder_is_added_once(db: sqlite_utils.Database) -> None:
    first = folders.add_folder(db, Path("/a"))
    assert folders.add_folder(db, Path("/a")) == first
    second = folders.add_folder(db, Path("/b"))
    assert folders.folders(db.conn) == [first, second]
    assert folders.folder(db.conn, second.id) == second
    assert folders.folder(db.conn, FolderId(99)) is None
    assert folders.folder_at(db.conn, Path("/c")) is None


def test_health_of_a_folder(db: sqlite_utils.Database, folder: Folder) -> None:
    assert folders.set_folder_state(db, folder.id, FolderState.OFFLINE, "unplugged")
    assert not folders.set_folder_state(db, folder.id, FolderState.OFFLINE, "unplugged")
    (now,) = folders.folders(db.conn)
    assert (now.state, now.note) == (FolderState.OFFLINE, "unplugged")


def test_a_removed_folder_hides_its_photos_and_keeps_their_tags(
    db: sqlite_utils.Database, folder: Folder
) -> None:
    (photo_id,) = store(db, folder, seen("a.jpg", title="lake"))
    tags.decide(db, [photo_id], "grandma", TagState.MANUAL, TAXONOMY)
    assert folders.photo_counts(db.conn) == {folder.id: 1}
    assert folders.photos_in(db.conn, folder.id) == [photo_id]
    assert folders.remove_folder(db, folder.id) == [photo_id]
    assert photos.locate(db.conn, [photo_id])[photo_id].paths == ()
    assert find_text(db.conn, "holiday") == []
    again = folders.add_folder(db, Path("/elsewhere"))
    assert store(db, again, seen("b.jpg", title="lake")) == [photo_id]
    assert states(db, photo_id) == {"grandma": TagState.MANUAL}
    assert find_text(db.conn, "elsewhere") == [photo_id]


def test_identical_copies_are_one_photo_with_several_files(
    db: sqlite_utils.Database, folder: Folder
) -> None:
    first, second, other = store(db, folder, seen("a.jpg", 1), seen("b/c.jpg", 1), seen("d.jpg", 2))
    assert first == second != other
    assert photos.locate(db.conn, [first, other])[first].paths == (
        Path("/photos/holiday/a.jpg"),
        Path("/photos/holiday/b/c.jpg"),
    )
    assert photos.photo_at(db.conn, Path("/photos/holiday/b/c.jpg")) == first
    assert photos.photo_at(db.conn, Path("/photos/holiday/x.jpg")) is None
    assert folders.photo_counts(db.conn) == {folder.id: 2}


def test_names_that_are_no_text_survive(db: sqlite_utils.Database) -> None:
    root = Path(os.fsdecode(b"/photos/\xff\xfe"))
    folder = folders.add_folder(db, root)
    name = os.fsdecode("new\nline 🏖 ".encode() + b"\xe9.jpg")
    (photo_id,) = store(db, folder, seen(name))
    (known,) = photos.known_files(db.conn, folder.id)
    assert known.path == Path(name)
    assert photos.locate(db.conn, [photo_id])[photo_id].paths == (root / name,)
    assert photos.photo_at(db.conn, root / name) == photo_id
    (row,) = photo_rows(db.conn, [photo_id])
    assert row.path == root / name
    assert folder.shown == "/photos/\ufffd\ufffd"


def test_a_path_that_holds_another_picture_now(db: sqlite_utils.Database, folder: Folder) -> None:
    (before,) = store(db, folder, seen("a.jpg", 1, title="old"))
    (after,) = store(db, folder, seen("a.jpg", 2, title="new"))
    assert before != after
    assert photos.locate(db.conn, [before, after])[before].paths == ()
    assert find_text(db.conn, "a.jpg") == [after]
    assert len(photos.known_files(db.conn, folder.id)) == 1


def test_a_silent_copy_does_not_wipe_what_another_one_said(
    db: sqlite_utils.Database, folder: Folder
) -> None:
    taken = datetime(2024, 5, 6, 23, 30, tzinfo=timezone(timedelta(hours=2)))
    said = {"taken": taken, "camera": "Pixel 8", "gps": (45.5, -10.25), "rating": 4, "flash": False}
    first, second = store(db, folder, seen("a.jpg", 1, **said), seen("bare.jpg", 1))
    assert first == second
    details = photo_details(db.conn, first)
    assert details is not None
    assert details.taken == "2024-05-06T23:30:00+02:00"
    assert details.gps == (45.5, -10.25)
    assert (details.camera.camera, details.camera.flash, details.rating) == ("Pixel 8", False, 4)
    (row,) = db.conn.execute("SELECT date(taken_s, 'unixepoch'), taken_known FROM photo").fetchall()
    assert row == ("2024-05-06", 1)


def test_the_order_of_copies_does_not_matter(db: sqlite_utils.Database, folder: Folder) -> None:
    files = [seen("a.jpg", 1, title="lake"), replace(seen("b.jpg", 1), mtime_ns=10**18)]
    store(db, folder, *files)
    forwards = db.conn.execute("SELECT title, taken_s, taken_known FROM photo").fetchone()
    store(db, folder, *reversed(files))
    assert db.conn.execute("SELECT title, taken_s, taken_known FROM photo").fetchone() == forwards


def test_moves_keep_the_photo(db: sqlite_utils.Database, folder: Folder) -> None:
    other = folders.add_folder(db, Path("/other"))
    ids = store(db, folder, seen("a.jpg", 1), seen("b.jpg", 2), seen("c.jpg", 3))
    files = {file.path.name: file for file in photos.known_files(db.conn, folder.id)}

    def moved(name: str, to: str, into: Folder = folder) -> MovedFile:
        return MovedFile(files[name].id, into.id, Path(to), 1, 2, 3)

    swapped = [moved("a.jpg", "b.jpg"), moved("b.jpg", "a.jpg"), moved("c.jpg", "d/c.jpg", other)]
    assert photos.move_files(db, swapped) == sorted(ids)
    places = photos.locate(db.conn, ids)
    assert [places[one].paths for one in ids] == [
        (Path("/photos/holiday/b.jpg"),),
        (Path("/photos/holiday/a.jpg"),),
        (Path("/other/d/c.jpg"),),
    ]
    assert find_text(db.conn, "other") == [ids[2]]


def test_a_move_onto_a_remembered_file_takes_its_place(
    db: sqlite_utils.Database, folder: Folder
) -> None:
    first, second = store(db, folder, seen("a.jpg", 1), seen("b.jpg", 2))
    (a, _) = photos.known_files(db.conn, folder.id)
    changed = photos.move_files(db, [MovedFile(a.id, folder.id, Path("b.jpg"), 1, 1, 1)])
    assert changed == [first, second]
    assert [file.path for file in photos.known_files(db.conn, folder.id)] == [Path("b.jpg")]
    assert photos.photo_at(db.conn, Path("/photos/holiday/b.jpg")) == first


def test_files_below_a_directory(db: sqlite_utils.Database, folder: Folder) -> None:
    names = ("a/1.jpg", "a/b/2.jpg", "a b/3.jpg", "ab/4.jpg", "a.jpg", "a0/5.jpg")
    store(db, folder, *(seen(name, number) for number, name in enumerate(names)))
    found = {file.path.as_posix() for file in photos.known_files_in(db.conn, folder.id, Path("a"))}
    assert found == {"a/1.jpg", "a/b/2.jpg"}


def test_missing_files_are_remembered(db: sqlite_utils.Database, folder: Folder) -> None:
    (photo_id,) = store(db, folder, seen("a.jpg"))
    (file,) = photos.known_files(db.conn, folder.id)
    assert photos.set_file_state(db, [file.id], FileState.MISSING) == [photo_id]
    assert [one.id for one in photos.missing_files(db.conn)] == [file.id]
    assert photos.present_count(db.conn) == 0
    assert photos.without_thumbnail(db.conn) == []
    assert photo_rows(db.conn, [photo_id])[0].path is None
    assert photos.set_file_state(db, [file.id], FileState.PRESENT) == [photo_id]
    assert photos.missing_files(db.conn) == []
    assert photos.present_count(db.conn) == 1
    assert photos.without_thumbnail(db.conn) == [photo_id]
    photos.set_thumbnail_colours(db, {photo_id: 0})
    assert photos.without_thumbnail(db.conn) == []
    assert photos.set_file_state(db, [FileId(99)], FileState.MISSING) == []


def test_files_of_healthy_folders_are_read_first(db: sqlite_utils.Database, folder: Folder) -> None:
    (photo_id,) = store(db, folder, seen("a.jpg"))
    other = folders.add_folder(db, Path("/other"))
    store(db, other, seen("b.jpg"))
    folders.set_folder_state(db, folder.id, FolderState.OFFLINE)
    assert photos.locate(db.conn, [photo_id])[photo_id].paths[0] == Path("/other/b.jpg")
    (row,) = photo_rows(db.conn, [photo_id])
    assert (row.path, row.offline) == (Path("/other/b.jpg"), False)
    folders.set_folder_state(db, other.id, FolderState.OFFLINE)
    assert photo_rows(db.conn, [photo_id])[0].offline


def test_keywords_become_tags_of_the_taxonomy_or_keywords(
    db: sqlite_utils.Database, folder: Folder
) -> None:
    (photo_id,) = store(db, folder, seen("a.jpg", keywords=("海滩", "Dog", "Grand  Ma", "!?", "")))
    found = {
        tag.slug: (tag.facet, tag.state, tag.source) for tag in tags.tags_of(db.conn, photo_id)
    }
    imported = (TagState.IMPORTED, TagSource.METADATA)
    assert found == {
        "beach": (Facet.SCENE, *imported),
        "dog": (Facet.THING, *imported),
        "grand-ma": (Facet.KEYWORD, *imported),
    }
    assert set(photo_rows(db.conn, [photo_id])[0].tags) == {"beach", "dog", "Grand Ma"}


def test_analysis_replaces_its_own_suggestions_only(
    db: sqlite_utils.Database, folder: Folder
) -> None:
    (photo_id,) = store(db, folder, seen("a.jpg", keywords=("beach",)))
    observe(db, photo_id, dog=0.9, animal=0.9, beach=0.4)
    observe(db, photo_id, "faces@1", happy=0.5)
    assert states(db, photo_id) == {
        "beach": TagState.IMPORTED,
        "dog": TagState.SUGGESTED,
        "animal": TagState.SUGGESTED,
        "happy": TagState.SUGGESTED,
    }
    observe(db, photo_id, "tagger@2", animal=0.7)
    assert set(states(db, photo_id)) == {"beach", "animal", "happy"}
    (animal,) = [tag for tag in tags.tags_of(db.conn, photo_id) if tag.slug == "animal"]
    assert (animal.score, animal.model) == (0.7, "tagger@2")


@pytest.mark.parametrize("state", [TagState.CONFIRMED, TagState.MANUAL, TagState.REJECTED])
def test_a_decision_outlives_analysis_and_import(
    db: sqlite_utils.Database, folder: Folder, state: TagState
) -> None:
    (photo_id,) = store(db, folder, seen("a.jpg"))
    observe(db, photo_id, dog=0.6)
    tags.decide(db, [photo_id], "狗", state, TAXONOMY)
    observe(db, photo_id, "tagger@2", dog=0.8)
    store(db, folder, seen("a.jpg", keywords=("dog",)))
    observe(db, photo_id, "tagger@3")
    (dog,) = tags.tags_of(db.conn, photo_id)
    assert (dog.state, dog.source, dog.score, dog.model) == (
        state,
        TagSource.MODEL,
        0.8,
        "tagger@2",
    )


def test_accepting_what_nobody_suggested_sets_it(db: sqlite_utils.Database, folder: Folder) -> None:
    first, second = store(db, folder, seen("a.jpg", 1), seen("b.jpg", 2))
    observe(db, first, dog=0.6)
    before = tags.decide(db, [first, second, PhotoId(99)], "dog", TagState.CONFIRMED, TAXONOMY)
    assert states(db, first) == {"dog": TagState.CONFIRMED}
    assert states(db, second) == {"dog": TagState.MANUAL}
    tags.restore_tags(db, before)
    assert states(db, first) == {"dog": TagState.SUGGESTED}
    assert states(db, second) == {}


def test_only_people_decide_and_only_on_words(db: sqlite_utils.Database, folder: Folder) -> None:
    (photo_id,) = store(db, folder, seen("a.jpg"))
    with pytest.raises(ValueError, match="not for a person"):
        tags.decide(db, [photo_id], "dog", TagState.SUGGESTED, TAXONOMY)
    with pytest.raises(ValueError, match="names no tag"):
        tags.decide(db, [photo_id], "?!", TagState.MANUAL, TAXONOMY)


def test_taking_a_decision_back(db: sqlite_utils.Database, folder: Folder) -> None:
    (photo_id,) = store(db, folder, seen("a.jpg", keywords=("beach", "kept")))
    observe(db, photo_id, dog=0.6)
    for word in ("beach", "dog", "grandma"):
        tags.decide(db, [photo_id], word, TagState.REJECTED, TAXONOMY)
    decided = states(db, photo_id)
    undo = [
        row
        for word in ("beach", "dog", "grandma", "kept", "unknown", "?!")
        for row in tags.clear_tag(db, [photo_id], word, TAXONOMY)
    ]
    assert states(db, photo_id) == {
        "beach": TagState.IMPORTED,
        "kept": TagState.IMPORTED,
        "dog": TagState.SUGGESTED,
    }
    tags.restore_tags(db, undo)
    assert states(db, photo_id) == decided


_STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("observe"), st.sets(st.sampled_from(["dog", "animal", "beach"]))),
        st.tuples(st.just("import"), st.sets(st.sampled_from(["dog", "beach", "grandma"]))),
        st.tuples(st.just("move"), st.sampled_from(["a.jpg", "b/c.jpg", "d.jpg"])),
        st.tuples(st.just("missing"), st.none()),
        st.tuples(
            st.just("decide"),
            st.tuples(
                st.sampled_from(["dog", "beach", "grandma"]),
                st.sampled_from([TagState.MANUAL, TagState.CONFIRMED, TagState.REJECTED]),
            ),
        ),
    ),
    max_size=12,
)


@given(_STEPS)
def test_no_history_loses_a_decision(steps: Sequence[tuple[str, object]]) -> None:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        for migration in MIGRATIONS:
            migration.apply(connection)
        db = sqlite_utils.Database(connection)
        folder = folders.add_folder(db, Path("/photos"))
        (photo_id,) = store(db, folder, seen("a.jpg"))
        decided: dict[str, TagState] = {}
        for number, (what, how) in enumerate(steps):
            do(db, folder, photo_id, number, what, how)
            if what == "decide":
                assert isinstance(how, tuple)
                decided[how[0]] = how[1]
        found = states(db, photo_id)
        for slug, state in decided.items():
            wanted = {state, TagState.MANUAL} if state is TagState.CONFIRMED else {state}
            assert found[slug] in wanted
        assert all(state.is_human for slug, state in found.items() if slug in decided)


def do(
    db: sqlite_utils.Database,
    folder: Folder,
    photo_id: PhotoId,
    number: int,
    what: str,
    how: object,
) -> None:
    """One step of a photo's history."""
    (file,) = photos.known_files(db.conn, folder.id)
    match what, how:
        case "observe", set(found):
            observe(db, photo_id, f"tagger@{number}", **dict.fromkeys(found, 0.5))
        case "import", set(words):
            store(db, folder, seen(str(file.path), keywords=tuple(words)))
        case "move", str(to):
            photos.move_files(db, [MovedFile(file.id, folder.id, Path(to), 1, 1, 1)])
        case "missing", _:
            photos.set_file_state(db, [file.id], FileState.MISSING)
        case _, (str(word), TagState() as state):
            tags.decide(db, [photo_id], word, state, TAXONOMY)


def test_the_taxonomy_may_rename_and_move_a_tag(db: sqlite_utils.Database, folder: Folder) -> None:
    (photo_id,) = store(db, folder, seen("a.jpg", keywords=("dog", "grandma")))
    later = Taxonomy(
        [Tag("dog", Facet.KEYWORD, {"en": "good dog"}), Tag("grandma", Facet.THING, {"en": "gran"})]
    )
    assert tags.sync_tags(db, later) == 2
    assert tags.sync_tags(db, later) == 0
    assert {tag.slug: tag.facet for tag in tags.tags_of(db.conn, photo_id)} == {
        "dog": Facet.KEYWORD,
        "grandma": Facet.THING,
    }
    assert set(photo_rows(db.conn, [photo_id])[0].tags) == {"good dog", "gran"}


def test_favourites_and_ratings_can_be_undone(db: sqlite_utils.Database, folder: Folder) -> None:
    ids = store(db, folder, seen("a.jpg", 1, rating=2), seen("b.jpg", 2))
    first = photos.set_favourite(db, ids, True)
    second = photos.set_rating(db, ids, 5)
    store(db, folder, seen("a.jpg", 1, rating=3))
    assert [(row.favourite, row.rating) for row in photo_rows(db.conn, ids)] == [(True, 5)] * 2
    photos.set_rating(db, ids, None)
    store(db, folder, seen("a.jpg", 1, rating=3))
    assert photo_rows(db.conn, ids)[0].rating is None
    photos.restore_opinions(db, second)
    photos.restore_opinions(db, first)
    assert [(row.favourite, row.rating) for row in photo_rows(db.conn, ids)] == [
        (False, 2),
        (False, None),
    ]


def test_what_show_prints(db: sqlite_utils.Database, folder: Folder) -> None:
    (photo_id,) = store(
        db, folder,
        seen("a.jpg", width=300, height=200, camera="Pixel 8", lens="wide", gps=(1.5, 2.5),
             taken=datetime(2024, 5, 6, 7, 8, 9), rating=3, title="Lake", keywords=("beach",)),
    )  # fmt: skip
    found = Observation(
        photo_id,
        (TagScore("dog", 0.612345), TagScore("happy", 0.5)),
        (Colour("red", (255, 0, 16), 0.25), Colour("blue", (0, 0, 255), 0.5)),
        Quality(0.9, 0.1, 0.2, 0.3, 0.4, 0.5),
        b"1234",
    )
    tags.store_observations(db, "tagger@1", [found], TAXONOMY)
    tags.store_observations(db, "other@1", [Observation(photo_id)], TAXONOMY)
    tags.decide(db, [photo_id], "grandma", TagState.REJECTED, TAXONOMY)
    photos.set_thumbnail_colours(db, {photo_id: 0x102030})
    details = photo_details(db.conn, photo_id)
    assert details is not None
    assert [tag.slug for tag in details.rejected] == ["grandma"]
    printed = details_json(details)
    assert [(tag["tag"], tag["state"]) for tag in printed.pop("tags")] == [
        ("beach", "imported"),
        ("dog", "suggested"),
        ("happy", "suggested"),
        ("grandma", "rejected"),
    ]
    assert printed == {
        "path": str(Path("/photos/holiday/a.jpg")),
        "width": 300,
        "height": 200,
        "taken": "2024-05-06T07:08:09",
        "camera": "Pixel 8",
        "lens": "wide",
        "gps": [1.5, 2.5],
        "rating": 3,
        "title": "Lake",
        "colours": [
            {"name": "blue", "rgb": [0, 0, 255], "share": 0.5},
            {"name": "red", "rgb": [255, 0, 16], "share": 0.25},
        ],
        "style": [{"name": "happy", "score": 0.5}],
        "quality": {
            "score": 0.9,
            "clarity": 0.1,
            "exposure": 0.2,
            "composition": 0.3,
            "framing": 0.4,
            "noise": 0.5,
        },
        "regions": [],
        "text": [],
        "faces": [],
    }
    assert search_json([details]) == [
        {
            "path": str(Path("/photos/holiday/a.jpg")),
            "taken": "2024-05-06T07:08:09",
            "tags": ["beach", "dog", "happy"],
            "quality": 0.9,
        }
    ]
    assert photo_rows(db.conn, [photo_id])[0].colour == 0x102030
    assert photo_details(db.conn, PhotoId(99)) is None


def test_rows_come_in_the_order_asked_for(db: sqlite_utils.Database, folder: Folder) -> None:
    ids = store(db, folder, *(seen(f"{number}.jpg", number) for number in range(1200)))
    wanted = [*reversed(ids), PhotoId(9999)]
    assert [row.id for row in photo_rows(db.conn, wanted)] == list(reversed(ids))


@pytest.mark.parametrize(
    ("mtime_s", "day"), [(1_752_300_000, date(2025, 7, 12)), (10**12, None), (-(10**12), None)]
)
def test_a_photo_that_does_not_say_when_it_was_taken_has_the_day_of_its_file(
    db: sqlite_utils.Database, folder: Folder, mtime_s: int, day: date | None
) -> None:
    (photo_id,) = store(db, folder, seen("a.jpg"))
    db.conn.execute("UPDATE photo SET taken_s = ?", (mtime_s,))
    details = photo_details(db.conn, photo_id)
    assert details is not None
    assert (details.taken, details.sorted_under) == (None, day)
    db.conn.execute("UPDATE photo SET taken = '2024-05-06T07:08:09'")
    details = photo_details(db.conn, photo_id)
    assert details is not None
    assert details.sorted_under is None


def test_a_photo_of_which_little_is_known(db: sqlite_utils.Database, folder: Folder) -> None:
    (photo_id,) = store(db, folder, seen("a.jpg"))
    (file,) = photos.known_files(db.conn, folder.id)
    photos.set_file_state(db, [file.id], FileState.MISSING)
    details = photo_details(db.conn, photo_id)
    assert details is not None
    printed = details_json(details)
    for key in ("path", "width", "taken", "camera", "gps", "rating", "title", "quality"):
        assert printed[key] is None
    assert search_json([details])[0]["quality"] is None
