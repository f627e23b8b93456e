import shutil
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from album.analysis.protocol import Findings, Hint
from album.domain.query import Query, Sort
from album.domain.tag import Facet, TagState
from album.errors import (
    AlbumError,
    EnvironmentProblem,
    Interrupted,
    LibraryLocked,
    PackProblem,
    QueryProblem,
)
from album.pictures.thumbnails import SMALL_PX
from album.session import Change, ChangeKind, LibrarySession, Stage
from album.testing import FakeAnalyser, make_picture, make_pictures, sample_session
from album.testing.sessions import (
    contents,
    ids_of,
    index,
    names_of,
    open_session,
    photo_named,
    tags_of,
    until,
)


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    make_pictures(tmp_path / "pictures", 14)
    return tmp_path / "pictures"


@pytest.fixture
def library(tmp_path: Path) -> Path:
    return tmp_path / "library"


def test_a_folder_becomes_tagged_photos_with_counts(pictures: Path, library: Path) -> None:
    with open_session(library) as session:
        last = index(session, pictures)
        assert (last.stage, last.photos, last.new, last.analysed, last.failed) == (
            Stage.DONE, 14, 14, 14, 0,
        )  # fmt: skip
        assert last.device == "cpu"
        counts = session.facet_counts(Query()).result()
        assert {one.slug: one.count for one in counts[Facet.SCENE]} == dict.fromkeys(
            ("sky", "sunset", "forest", "snow", "night", "city", "beach"), 2
        )
        assert len(ids_of(session, "scene:beach")) == 2
        page = session.browse(Query(), Sort.OLDEST).result()
        assert page.total == 14
        assert (page.colour >= 0).all()
        (folder,) = session.folders().result()
        assert (folder.path, str(folder.state), folder.photos) == (pictures, "healthy", 14)


def test_indexing_again_finds_nothing_new(pictures: Path, library: Path) -> None:
    with open_session(library) as session:
        index(session, pictures)
        analyser = FakeAnalyser()
    with open_session(library, analysers=[analyser]) as session:
        last = index(session, pictures)
    assert (last.photos, last.new, last.analysed) == (14, 0, 0)
    assert analyser.batches == []


def test_a_new_revision_looks_again_and_leaves_decisions_alone(
    pictures: Path, library: Path
) -> None:
    with open_session(library) as session:
        index(session, pictures)
        photo = ids_of(session, "scene:beach")[0]
        session.decide([photo], "beach", TagState.REJECTED).result()
        session.decide([photo], "Grandma's garden", TagState.MANUAL).result()
    with open_session(library, analysers=[FakeAnalyser(revision="2")]) as session:
        assert index(session).analysed == 14
        assert tags_of(session, photo) == {"grandma-s-garden": TagState.MANUAL}
        details = session.details(photo).result()
        assert [tag.slug for tag in details.rejected] == ["beach"]
        assert details.rejected[0].model == "fake@2"


def undone(session: LibrarySession) -> str:
    decision = session.undo().result()
    return decision.text if decision is not None else "nothing"


def test_deciding_is_seen_at_once_and_can_be_undone(pictures: Path, library: Path) -> None:
    with open_session(library) as session:
        index(session, pictures)
        photos = ids_of(session, "scene:beach")
        assert session.decide(photos, "seaside", TagState.CONFIRMED).result().slug == "beach"
        assert tags_of(session, photos[0])["beach"] is TagState.CONFIRMED
        rejected = session.decide(photos, "beach", TagState.REJECTED).result()
        assert rejected.text == "Rejected beach on 2 photos"
        assert rejected.ids == tuple(sorted(photos))
        assert ids_of(session, "scene:beach") == []
        assert undone(session) == "Rejected beach on 2 photos"
        assert ids_of(session, "scene:beach") == photos
        assert undone(session) == "Accepted beach on 2 photos"
        assert session.undo().result() is None
        assert tags_of(session, photos[0])["beach"] is TagState.SUGGESTED


def test_favourites_ratings_and_cleared_tags_can_be_undone(pictures: Path, library: Path) -> None:
    with open_session(library) as session:
        index(session, pictures)
        photo = ids_of(session)[0]
        session.set_favourite([photo], True).result()
        session.set_rating([photo], 4).result()
        session.decide([photo], "dog", TagState.MANUAL).result()
        assert ids_of(session, "is:favourite rating:4..5 thing:dog") == [photo]
        session.clear_tag([photo], "dog").result()
        assert "dog" not in tags_of(session, photo)
        for _ in range(4):
            session.undo().result()
        details = session.details(photo).result()
        assert (details.favourite, details.rating) == (False, None)
        assert "dog" not in tags_of(session, photo)


def test_a_decision_that_changes_nothing_is_not_undone(pictures: Path, library: Path) -> None:
    with open_session(library) as session:
        index(session, pictures)
        photo = ids_of(session)[0]
        assert session.set_favourite([photo], False).result().ids == ()
        assert session.undo().result() is None


def test_a_tag_needs_a_letter(pictures: Path, library: Path) -> None:
    with open_session(library) as session, pytest.raises(QueryProblem):
        session.decide([], " !? ", TagState.MANUAL).result()


def test_moved_renamed_and_retagged_while_closed_photos_keep_their_tags(
    pictures: Path, library: Path
) -> None:
    with open_session(library) as session:
        index(session, pictures)
        for number, photo in enumerate(ids_of(session)):
            session.decide([photo], f"mine {number}", TagState.MANUAL).result()
        before = {photo: tags_of(session, photo) for photo in ids_of(session)}
    (pictures / "elsewhere").mkdir()
    for number, path in enumerate(sorted(pictures.rglob("*.jpg"))):
        target = pictures / "elsewhere" / f"IMG_{number:04}.jpg"
        if number % 2:
            path.rename(target)
        else:
            _rewrite_metadata(path, target)
    with open_session(library) as session:
        last = index(session)
        assert (last.photos, last.new) == (14, 0)
        assert {photo: tags_of(session, photo) for photo in ids_of(session)} == before
        assert all(name.startswith("IMG_") for name in names_of(session))


def _rewrite_metadata(path: Path, target: Path) -> None:
    """What another program does that re-tags: a new file with other metadata, same image data."""
    data = path.read_bytes()
    comment = b"re-tagged by another program"
    segment = b"\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment
    target.write_bytes(data[:2] + segment + data[2:])
    path.unlink()


def test_deleted_photos_are_hidden_and_come_back_with_their_tags(
    pictures: Path, library: Path, tmp_path: Path
) -> None:
    with open_session(library) as session:
        index(session, pictures)
        photo = photo_named(session, "beach-00006.jpg")
        session.decide([photo], "mine", TagState.MANUAL).result()
        aside = tmp_path / "aside.jpg"
        shutil.move(next(pictures.rglob("beach-00006.jpg")), aside)
        assert index(session).photos == 13
        assert photo not in ids_of(session)
        shutil.copyfile(aside, pictures / "back.jpg")
        assert index(session).photos == 14
        assert photo_named(session, "back.jpg") == photo
        assert tags_of(session, photo)["mine"] is TagState.MANUAL


def test_identical_copies_are_one_photo_with_two_files(pictures: Path, library: Path) -> None:
    original = next(pictures.rglob("beach-00006.jpg"))
    shutil.copyfile(original, pictures / "copy.jpg")
    with open_session(library) as session:
        assert index(session, pictures).photos == 14
        rows = session.rows(ids_of(session)).result()
        files = [session.details(row.id).result().files for row in rows]
        assert sorted(len(one) for one in files)[-1] == 2


def test_an_unplugged_folder_is_offline_and_nothing_is_lost(
    pictures: Path, library: Path, tmp_path: Path
) -> None:
    with open_session(library) as session:
        index(session, pictures)
        pictures.rename(tmp_path / "unplugged")
        index(session)
        (folder,) = session.folders().result()
        assert (str(folder.state), folder.photos) == ("offline", 14)
        assert "not there now" in folder.note
        assert all(row.offline for row in session.rows(ids_of(session)).result())
        (tmp_path / "unplugged").rename(pictures)
        last = index(session)
        assert (last.photos, last.new, last.analysed) == (14, 14, 14)
        assert str(session.folders().result()[0].state) == "healthy"


def test_an_empty_mount_point_is_offline_not_deleted(
    pictures: Path, library: Path, tmp_path: Path
) -> None:
    with open_session(library) as session:
        index(session, pictures)
    pictures.rename(tmp_path / "unplugged")
    pictures.mkdir()
    with open_session(library) as session:
        assert index(session).photos == 14
        assert str(session.folders().result()[0].state) == "offline"


def test_a_folder_emptied_under_our_eyes_is_empty(pictures: Path, library: Path) -> None:
    with open_session(library) as session:
        index(session, pictures)
        for child in pictures.iterdir():
            shutil.rmtree(child)
        assert index(session).photos == 0
        assert str(session.folders().result()[0].state) == "healthy"


def test_removed_folders_hide_their_photos_until_they_are_added_again(
    pictures: Path, library: Path
) -> None:
    with open_session(library) as session:
        index(session, pictures)
        photo = ids_of(session)[0]
        session.decide([photo], "mine", TagState.MANUAL).result()
        (folder,) = session.folders().result()
        session.remove_folder(folder.id).result()
        assert session.folders().result() == []
        until(lambda: ids_of(session) == [], "the photos are hidden")
        assert index(session, pictures).new == 14
        until(lambda: len(ids_of(session)) == 14, "the photos are back")
        assert tags_of(session, photo)["mine"] is TagState.MANUAL


def test_removing_a_folder_can_be_taken_back(pictures: Path, library: Path) -> None:
    with open_session(library) as session:
        index(session, pictures)
        photo = ids_of(session)[0]
        session.decide([photo], "mine", TagState.MANUAL).result()
        (folder,) = session.folders().result()
        assert session.remove_folder(folder.id).result().text == "Stopped watching pictures"
        until(lambda: ids_of(session) == [], "the photos are hidden")
        assert undone(session) == "Stopped watching pictures"
        assert [one.path for one in session.folders().result()] == [pictures]
        index(session)
        until(lambda: len(ids_of(session)) == 14, "the photos are back")
        assert tags_of(session, photo)["mine"] is TagState.MANUAL
        assert undone(session) == "Added mine on 1 photo", "what was done before is next"
        assert "mine" not in tags_of(session, photo)


def test_a_folder_that_is_not_there_now_is_watched_again_too(pictures: Path, library: Path) -> None:
    with open_session(library) as session:
        index(session, pictures)
        (folder,) = session.folders().result()
        session.remove_folder(folder.id).result()
        shutil.move(pictures, pictures.with_name("elsewhere"))
        session.undo().result()
        assert [one.path for one in session.folders().result()] == [pictures]


def test_folders_inside_watched_ones_are_watched_already(pictures: Path, library: Path) -> None:
    with open_session(library) as session:
        outer = session.add_folder(pictures).result()
        assert session.add_folder(pictures / "set-000").result().id == outer.id
        dropped = [next(pictures.rglob("*.jpg")), pictures]
        assert [one.id for one in session.add_files(dropped).result()] == [outer.id]


@pytest.mark.parametrize("what", ["missing", "file", "library"])
def test_what_is_no_folder_of_photos_cannot_be_added(
    pictures: Path, library: Path, tmp_path: Path, what: str
) -> None:
    (tmp_path / "file").write_bytes(b"")
    with open_session(library) as session, pytest.raises(EnvironmentProblem):
        session.add_folder(library if what == "library" else tmp_path / what).result()


def test_bad_files_are_problems_and_can_be_retried(pictures: Path, library: Path) -> None:
    bad = pictures / "bad.jpg"
    bad.write_bytes(b"")
    (pictures / "text.jpg").write_text("no picture")
    with open_session(library) as session:
        last = index(session, pictures)
        assert (last.photos, last.failed) == (14, 2)
        found = {problem.path.name: problem for problem in session.problems().result()}
        assert "empty" in found["bad.jpg"].reason
        assert index(session).failed == 2
        make_picture(bad, seed=99)
        assert session.retry([one.id for one in found.values()]).result() == 2
        last = index(session)
        assert (last.photos, last.failed) == (15, 1)


def test_a_file_that_became_a_bad_one_is_hidden_and_a_problem(
    pictures: Path, library: Path
) -> None:
    with open_session(library) as session:
        index(session, pictures)
        next(pictures.rglob("beach-00006.jpg")).write_bytes(b"overwritten with nonsense")
        last = index(session)
        assert (last.photos, last.failed) == (13, 1)


def test_a_truncated_picture_is_still_no_reason_to_stop(pictures: Path, library: Path) -> None:
    path = pictures / "half.png"
    Image.effect_noise((300, 300), 90).save(path)
    path.write_bytes(path.read_bytes()[:4000])
    with open_session(library) as session:
        last = index(session, pictures)
        assert last.photos + last.failed >= 15
        assert last.analysed >= 14


def test_saved_searches(pictures: Path, library: Path) -> None:
    with open_session(library) as session:
        changes: list[Change] = []
        session.changes.subscribe(changes.append)
        album = session.save_album("Sea", session.parse("scene:beach -night")).result()
        assert [one.name for one in session.albums().result()] == ["Sea"]
        assert session.parse(album.query) == session.parse("scene:beach -night")
        session.remove_album(album.id).result()
        assert session.albums().result() == []
        until(lambda: Change(ChangeKind.ALBUMS) in changes, "the change is told")


def test_pictures_and_cutouts(pictures: Path, library: Path) -> None:
    with open_session(library) as session:
        index(session, pictures)
        photo = ids_of(session)[0]
        assert session.picture(photo).result().shape == (240, 320, 3)
        assert max(session.picture(photo, 100).result().shape) <= 160
        pixels, cutout = session.cutout(photo).result()
        assert cutout.found
        assert cutout.alpha.shape == pixels.shape[:2]
        _, corrected = session.cutout(photo, [Hint(2, 2)]).result()
        assert corrected.alpha[2, 2] == 255
        with pytest.raises(AlbumError, match="no photo 999"):
            session.picture(999).result()  # type: ignore[arg-type]
        with pytest.raises(AlbumError, match="no photo 999"):
            session.details(999).result()  # type: ignore[arg-type]


def test_thumbnails_come_to_whoever_subscribed(pictures: Path, library: Path) -> None:
    with open_session(library) as session:
        index(session, pictures)
        photo = ids_of(session)[0]
        got: list[tuple[int, int, object]] = []
        there = threading.Event()

        def listen(photo_id: int, size_px: int, answer: object) -> None:
            got.append((photo_id, size_px, answer))
            there.set()

        unsubscribe = session.thumbnails.subscribe(listen)
        session.thumbnails.request([photo], SMALL_PX)
        assert there.wait(20)
        unsubscribe()
        assert got[0][:2] == (photo, SMALL_PX)
        assert isinstance(got[0][2], bytes)


def test_without_analysers_browsing_goes_on_and_jobs_wait(pictures: Path, library: Path) -> None:
    with open_session(library, analysers=[FakeAnalyser(broken=True)]) as session:
        last = index(session, pictures)
        assert (last.photos, last.analysed) == (14, 0)
        (notice,) = session.notices.held
        assert "damaged" in notice.text
        assert len(ids_of(session)) == 14
    with open_session(library) as session:
        assert index(session).analysed == 14


def test_analysers_that_cannot_be_imported_are_a_notice(
    pictures: Path, library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(packs: object) -> None:
        del packs
        raise PackProblem("What looks at photos cannot be loaded.")

    monkeypatch.setattr("album.session.session.installed_analysers", refuse)
    with open_session(library, analysers=None) as session:
        last = index(session, pictures)
        assert (last.photos, last.analysed) == (14, 0)
        assert "cannot be loaded" in session.notices.held[0].text
    with open_session(library) as session:
        assert index(session).analysed == 14


def test_a_pause_holds_analysis_and_nothing_else(pictures: Path, library: Path) -> None:
    analyser = FakeAnalyser()
    with open_session(library, analysers=[analyser]) as session:
        session.pause()
        assert [session.paused] == [True]
        session.add_folder(pictures).result()
        until(lambda: len(ids_of(session)) == 14, "the photos are there")
        until(lambda: session.thumbnails.idle, "the thumbnails are there")
        assert analyser.batches == []
        session.resume()
        assert [session.paused] == [False]
        assert index(session).analysed + sum(analyser.batches) >= 14


class Slow(FakeAnalyser):
    """Looks at one picture at a time, and not quickly."""

    def analyse(self, prepared: Sequence[Any]) -> list[Findings]:
        threading.Event().wait(0.01)
        return super().analyse(prepared)


def test_what_is_on_the_screen_is_looked_at_first(tmp_path: Path, library: Path) -> None:
    make_pictures(tmp_path / "pictures", 80)
    with open_session(library, analyse=False) as session:
        index(session, tmp_path / "pictures")
        last = sorted(ids_of(session))[-3:]
    with open_session(library, analysers=[Slow(batch_size=1)]) as session:
        session.wanted(last)
        done: list[int] = []
        session.changes.subscribe(
            lambda change: done.extend(change.ids) if change.kind is ChangeKind.FACETS else None
        )
        index(session)
        until(lambda: len(done) == 80, "all changes are told")
    assert set(last) <= set(done[:50])


def test_a_second_session_on_the_library_is_refused_but_a_quick_one_is_not(
    pictures: Path, library: Path
) -> None:
    with open_session(library) as session:
        index(session, pictures)
        with pytest.raises(LibraryLocked):
            open_session(library)
        with open_session(library, exclusive=False, analyse=False) as quick:
            photo = ids_of(quick)[0]
            quick.decide([photo], "from elsewhere", TagState.MANUAL).result()
            assert quick.decide([photo], "x1", TagState.MANUAL).result().ids == (photo,)
            with pytest.raises(ValueError, match="exclusive"):
                list(quick.index())
    with open_session(library) as session:
        assert "from-elsewhere" in tags_of(session, photo)


def test_a_quick_session_starts_no_thread_that_it_does_not_need(
    pictures: Path, library: Path
) -> None:
    with open_session(library) as session:
        index(session, pictures)
    before = {thread.name for thread in threading.enumerate()}
    with open_session(library, exclusive=False, analyse=False) as quick:
        assert len(ids_of(quick)) == 14
        started = {thread.name for thread in threading.enumerate()} - before
    assert all(name.startswith("library-") for name in started)


def test_a_library_that_cannot_be_made_is_an_environment_problem(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(EnvironmentProblem):
        open_session(tmp_path / "file" / "library")


def test_a_failed_open_leaves_no_lock_and_no_thread(tmp_path: Path) -> None:
    library = tmp_path / "library"
    library.mkdir()
    (library / "library.db").write_bytes(b"this is not a database at all" * 100)
    for _ in range(2):
        with pytest.raises(AlbumError, match="damaged"):
            open_session(library)


@pytest.mark.parametrize("delay_s", [0.0, 0.02, 0.1, 0.3])
def test_closing_at_any_moment_leaves_no_threads_and_loses_nothing(
    tmp_path: Path, library: Path, delay_s: float
) -> None:
    make_pictures(tmp_path / "pictures", 40)
    session = open_session(library, watch=True, analysers=[FakeAnalyser(batch_size=2)])
    session.add_folder(tmp_path / "pictures").result()
    time.sleep(delay_s)
    session.close()
    session.close()
    assert not [one for one in threading.enumerate() if one.name.startswith("album-")]
    with pytest.raises(Interrupted):
        session.folders().result()
    with pytest.raises(Interrupted):
        session.picture(1).result()  # type: ignore[arg-type]
    with open_session(library) as again:
        last = index(again, tmp_path / "pictures")
        assert last.photos == 40
    states = {state for _, state, _ in contents(library)["jobs"]}
    assert states == {"done"}


def test_the_sample_session_is_what_it_says(tmp_path: Path) -> None:
    with sample_session(tmp_path, photos=7) as session:
        assert isinstance(session, LibrarySession)
        assert len(ids_of(session, "scene:beach")) == 1
