import shutil
import sqlite3
import threading
import time
from pathlib import Path

import pytest

from album.domain.tag import TagState
from album.session import LibrarySession, housekeeping, scanning
from album.storage.photos import store_examined
from album.testing import make_picture, make_pictures
from album.testing.sessions import ids_of, names_of, open_session, photo_named, tags_of, until


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    make_pictures(tmp_path / "pictures", 7)
    return tmp_path / "pictures"


def watched(tmp_path: Path, pictures: Path) -> LibrarySession:
    session = open_session(tmp_path / "library", watch=True)
    session.add_folder(pictures).result()
    until(lambda: len(ids_of(session)) == 7, "the folder is imported")
    return session


def test_a_new_file_shows_up_and_is_tagged(tmp_path: Path, pictures: Path) -> None:
    with watched(tmp_path, pictures) as session:
        make_picture(tmp_path / "new.jpg", "night", seed=500)
        shutil.move(tmp_path / "new.jpg", pictures / "new.jpg")
        until(lambda: "new.jpg" in names_of(session), "it is on the screen")
        until(lambda: "new.jpg" in names_of(session, "scene:night"), "it is tagged")


def test_a_whole_directory_moved_in_shows_up(tmp_path: Path, pictures: Path) -> None:
    make_pictures(tmp_path / "trip", 60, first_seed=700)
    with watched(tmp_path, pictures) as session:
        (tmp_path / "trip").rename(pictures / "trip")
        until(lambda: len(ids_of(session)) == 67, "all of it is there")


def test_moves_deletions_and_edits_are_followed(tmp_path: Path, pictures: Path) -> None:
    with watched(tmp_path, pictures) as session:
        photo = photo_named(session, "beach-00006.jpg")
        session.decide([photo], "mine", TagState.MANUAL).result()
        path = next(pictures.rglob("beach-00006.jpg"))
        path.rename(pictures / "renamed.jpg")
        until(lambda: "renamed.jpg" in names_of(session), "the new name is known")
        assert photo_named(session, "renamed.jpg") == photo
        assert tags_of(session, photo)["mine"] is TagState.MANUAL
        make_picture(pictures / "renamed.jpg", "night", seed=800)
        until(lambda: photo not in ids_of(session), "it is another photo now")
        (pictures / "renamed.jpg").unlink()
        until(lambda: len(ids_of(session)) == 6, "it is gone")


def test_a_file_that_is_still_being_written_is_looked_at_when_it_is_whole(
    tmp_path: Path, pictures: Path
) -> None:
    whole = make_picture(tmp_path / "whole.jpg", "night", size=(1600, 1200), seed=900).read_bytes()
    with watched(tmp_path, pictures) as session:
        with (pictures / "slow.jpg").open("wb") as file:
            for start in range(0, len(whole), len(whole) // 12):
                file.write(whole[start : start + len(whole) // 12])
                file.flush()
                threading.Event().wait(0.1)
        until(lambda: "slow.jpg" in names_of(session, "scene:night"), "it is tagged")
        assert session.problems().result() == []
        details = session.details(photo_named(session, "slow.jpg")).result()
        assert (details.width, details.height) == (1600, 1200)
        assert len(ids_of(session)) == 8


def test_a_folder_that_is_unplugged_and_plugged_in_again(
    tmp_path: Path, pictures: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("album.intake.watcher.HEALTH_S", 0.1)
    monkeypatch.setattr(scanning, "OFFLINE_S", 0.1)
    with watched(tmp_path, pictures) as session:

        def state() -> str:
            return str(session.folders().result()[0].state)

        pictures.rename(tmp_path / "unplugged")
        until(lambda: state() == "offline", "it is noticed")
        until(lambda: len(ids_of(session, "is:offline")) == 7, "its photos say so")
        (tmp_path / "unplugged").rename(pictures)
        until(lambda: state() == "healthy", "it is back")
        make_picture(pictures / "new.jpg", "night", seed=501)
        until(lambda: "new.jpg" in names_of(session), "it is watched again")


def test_a_folder_removed_while_it_is_imported_ends_quietly(tmp_path: Path) -> None:
    make_pictures(tmp_path / "pictures", 120, size=(64, 48))
    with open_session(tmp_path / "library", watch=True) as session:
        folder = session.add_folder(tmp_path / "pictures").result()
        session.remove_folder(folder.id).result()
        until(lambda: ids_of(session) == [], "nothing of it is shown")
        assert session.folders().result() == []
        assert session.notices.held == ()


def test_a_folder_deleted_while_it_is_imported_is_offline(tmp_path: Path) -> None:
    make_pictures(tmp_path / "pictures", 150, size=(64, 48))
    with open_session(tmp_path / "library", watch=True) as session:
        session.add_folder(tmp_path / "pictures").result()
        shutil.rmtree(tmp_path / "pictures")
        until(lambda: str(session.folders().result()[0].state) == "offline", "it is noticed")
        assert not [one for one in session.problems().result() if "gone" in one.reason]


def test_what_another_process_writes_is_noticed(
    tmp_path: Path, pictures: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(housekeeping, "EVERY_S", 0.1)
    more = tmp_path / "more"
    make_pictures(more, 3, first_seed=300)
    with watched(tmp_path, pictures) as session:
        with open_session(tmp_path / "library", exclusive=False, analyse=False) as quick:
            photo = ids_of(quick)[0]
            quick.decide([photo], "from elsewhere", TagState.MANUAL).result()
            quick.add_folder(more).result()
        until(lambda: ids_of(session, "keyword:from-elsewhere") == [photo], "the tag is seen")
        until(lambda: len(ids_of(session)) == 10, "the folder is imported")
        make_picture(more / "late.jpg", "sky", seed=400)
        until(lambda: len(ids_of(session)) == 11, "the folder is watched")


def test_on_battery_analysis_waits_until_it_is_told_to_go_on(
    tmp_path: Path, pictures: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(housekeeping, "on_battery", lambda: True)
    with open_session(tmp_path / "library", watch=True, analyse=True) as session:
        until(lambda: "battery" in session._holds, "the battery is noticed")
        session.add_folder(pictures).result()
        until(lambda: len(ids_of(session)) == 7, "the photos are there")
        assert ids_of(session, "scene:night") == []
        assert not session.paused
        session.resume()
        until(lambda: len(ids_of(session, "scene:night")) == 1, "they are looked at")


def test_who_wants_no_waiting_on_battery_is_heard_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(housekeeping, "on_battery", lambda: True)
    with open_session(tmp_path / "library", watch=True, analyse=True) as session:
        until(lambda: "battery" in session._holds, "the battery is noticed")
        session.settings.change(wait_on_battery=False)
        until(lambda: "battery" not in session._holds, "it goes on")
        session.settings.change(wait_on_battery=True)
        until(lambda: "battery" in session._holds, "it waits")


def test_a_full_disk_is_a_notice_and_work_goes_on_when_there_is_room(
    tmp_path: Path, pictures: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scanning, "FULL_DISK_S", 0.1)
    monkeypatch.setattr("album.analysis.pipeline.RETRY_WRITE_S", 0.1)
    full = threading.Event()
    full.set()
    real = "album.intake.importer.store_examined"

    def store(*arguments: object) -> object:
        if full.is_set():
            error = sqlite3.OperationalError("database or disk is full")
            error.sqlite_errorcode = sqlite3.SQLITE_FULL
            raise error
        return store_examined(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(real, store)
    with open_session(tmp_path / "library", watch=True) as session:
        session.add_folder(pictures).result()
        until(lambda: bool(session.notices.held), "the user is told")
        assert "is full" in session.notices.held[-1].text
        assert len(session.notices.held) == 1
        full.clear()
        until(lambda: len(ids_of(session, "scene:night")) == 1, "work has gone on")


def test_a_file_is_visible_soon_and_nobody_burns_the_processor(
    tmp_path: Path, pictures: Path
) -> None:
    with watched(tmp_path, pictures) as session:
        until(lambda: len(ids_of(session, "scene:night")) == 1, "all is looked at")
        before = time.process_time()
        threading.Event().wait(1.0)
        assert time.process_time() - before < 0.2
