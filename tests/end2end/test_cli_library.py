"""The command on a real library of real files; only the networks are stand-ins."""

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from album.directories import log_directory
from album.errors import PackProblem
from album.session import LibrarySession, Progress
from album.session.values import Stage
from album.storage.lock import LibraryLock
from album.testing import FakeAnalyser, make_picture

Album = Callable[..., Any]

COUNT = 14


def test_index_adds_looks_and_sums_up(album: Album, photos: Path) -> None:
    answer = album("index", photos, "--json")
    assert (answer.code, set(answer.json)) == (
        0,
        {"photos", "new", "analysed", "failed", "seconds", "photos_per_second", "device"},
    )
    found = answer.json
    assert (found["photos"], found["new"], found["analysed"]) == (COUNT, COUNT, COUNT)
    assert (found["failed"], found["device"]) == ([], "cpu")
    assert found["photos_per_second"] == pytest.approx(COUNT / found["seconds"], rel=0.01)


def test_a_second_index_has_nothing_to_do(indexed: Album) -> None:
    answer = indexed("index", "--json")
    assert (answer.json["photos"], answer.json["new"], answer.json["analysed"]) == (COUNT, 0, 0)


def test_nothing_new_is_said_plainly(indexed: Album) -> None:
    answer = indexed("index")
    assert "nothing new" in answer.out
    assert "looked at" not in answer.out


def test_a_folder_that_goes_away_while_it_is_indexed_is_3(
    album: Album, photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts = album("index", photos, "--json").json

    def unplugged(self: LibrarySession) -> Iterator[Progress]:
        for step in index(self):
            if step.stage is Stage.DONE:
                photos.rename(tmp_path / "unplugged")
            yield step

    index = LibrarySession.index
    monkeypatch.setattr(LibrarySession, "index", unplugged)
    answer = album("index", photos, "--json")
    assert (answer.code, answer.json["photos"]) == (3, counts["photos"])
    assert f"{photos}: went away meanwhile" in answer.err


def test_index_without_a_folder_says_what_to_do(album: Album) -> None:
    answer = album("index")
    assert answer.code == 0
    assert "no folder is watched yet" in answer.err


def test_add_answers_in_json(album: Album, photos: Path) -> None:
    (added,) = album("add", photos, "--json").json
    (folder,) = album("folders", "--json").json
    assert added == {"id": folder["id"], "path": str(photos)}


def test_a_folder_that_is_gone_is_said_to_be(indexed: Album, photos: Path, tmp_path: Path) -> None:
    elsewhere = photos.rename(tmp_path / "unplugged")
    (folder,) = indexed("folders", "--json").json
    assert (folder["state"], folder["photos"]) == ("offline", COUNT)
    assert "is not there now" in folder["note"]
    answer = indexed("index", "--json")
    assert (answer.code, answer.json["photos"]) == (3, COUNT)  # nothing at all could be seen
    assert f"The folder {photos} is not there now" in answer.err
    elsewhere.rename(photos)
    (folder,) = indexed("folders", "--json").json
    assert (folder["state"], folder["note"]) == ("healthy", "")


def test_a_file_that_moved_is_not_missing(indexed: Album, photos: Path, tmp_path: Path) -> None:
    file = sorted(photos.rglob("*.jpg"))[0]
    (photos / "deeper").mkdir()
    again = photos / "deeper" / file.name
    shutil.copy(file, again)  # as a program does that writes anew, and another place
    file.unlink()
    assert indexed("index").code == 0
    assert indexed("status", "--json").json["missing_files"] == 0
    (known,) = indexed("show", again, "--json").json
    assert known["path"] == str(again)
    again.unlink()
    assert indexed("index").code == 0
    assert indexed("status", "--json").json["missing_files"] == 1


def test_files_that_failed_are_named_and_the_rest_is_done(album: Album, photos: Path) -> None:
    broken = photos / "broken\nfile.jpg"
    broken.write_bytes(b"\xff\xd8\xff\xe0 no picture")
    answer = album("index", photos, "--json")
    assert answer.code == 1
    assert answer.json["analysed"] == COUNT
    assert [one["path"] for one in answer.json["failed"]] == [str(broken)]
    assert "broken\\nfile.jpg: " in answer.err
    (problem,) = album("problems", "--json").json
    assert problem["path"] == str(broken)
    assert problem["reason"]
    assert "broken\\nfile.jpg" in album("problems").out


def test_a_problem_that_is_mended_goes_away(album: Album, photos: Path) -> None:
    broken = photos / "later.jpg"
    broken.write_bytes(b"\xff\xd8\xff\xe0 no picture")
    assert album("index", photos).code == 1
    make_picture(broken, "snow", seed=99)
    assert "tried again" in album("problems", "--retry").err
    assert album("index").code == 0
    assert album("problems", "--json").json == []
    assert album("problems").out == "no problems\n"


def test_what_cannot_be_decoded_is_no_photo_in_any_count(album: Album, photos: Path) -> None:
    whole = (photos / "cut.png", photos / "whole.png")
    make_picture(whole[1], "snow", seed=98)
    content = whole[1].read_bytes()
    whole[0].write_bytes(content[: len(content) // 20])
    found = album("index", photos, "--json").json
    assert (found["photos"], found["new"]) == (COUNT + 1, COUNT + 1)
    assert len(album("search", "", "--json").json) == COUNT + 1
    assert album("status", "--json").json["photos"] == COUNT + 1
    assert album("folders", "--json").json[0]["photos"] == COUNT + 1


def test_facets_count_what_was_found(indexed: Album) -> None:
    found = indexed("facets", "--json").json
    assert found["total"] == COUNT
    scenes = {one["tag"]: one["count"] for one in found["facets"]["scene"]}
    assert scenes["beach"] == 2
    assert {"scene", "colour", "year", "folder", "kind"} <= set(found["facets"])
    assert all(set(one) == {"tag", "name", "count"} for one in found["facets"]["scene"])


def test_facets_of_a_query_count_its_photos_only(indexed: Album) -> None:
    assert indexed("facets", "beach", "--json").json["total"] == 2
    text = indexed("facets", "beach").out
    assert text.startswith("2 photos\n\nscene\n")


def test_facets_in_text_are_aligned(indexed: Album) -> None:
    block = indexed("facets").out.split("\n\nscene\n")[1].split("\n\n")[0].splitlines()
    assert len({len(line) for line in block}) == 1


def test_search_gives_paths_tags_and_quality(indexed: Album, photos: Path) -> None:
    found = indexed("search", "beach", "--json").json
    assert len(found) == 2
    assert all(set(one) == {"path", "taken", "tags", "quality"} for one in found)
    assert all("beach" in one["tags"] and 0 <= one["quality"] <= 1 for one in found)
    assert all(Path(one["path"]).is_relative_to(photos) for one in found)
    assert found[0]["taken"] > found[1]["taken"]


def test_queries_mean_what_they_say(indexed: Album) -> None:
    counts: dict[tuple[str, ...], int] = {
        ("-beach",): COUNT - 2,
        ("beach", "-beach"): 0,
        ("scene:beach,snow",): 4,
        ("scene:beach", "2024"): 2,
        ("beach -night 2024",): 2,
        ("--", "-beach"): COUNT - 2,
        ("1999",): 0,
        ("",): COUNT,
        ("海滩",): 2,
    }
    assert {query: len(indexed("search", "--json", *query).json) for query in counts} == counts


@pytest.mark.parametrize("command", ["search", "facets"])
def test_a_facet_that_there_is_not_is_said_beside_the_answer(indexed: Album, command: str) -> None:
    answer = indexed(command, "bogus:zzz", "--json")
    assert answer.code == 0
    assert "there is no facet bogus" in answer.err


def test_search_in_text_is_a_path_a_line(indexed: Album) -> None:
    answer = indexed("search", "snow", "--limit", "1")
    assert len(answer.out.splitlines()) == 1
    assert answer.err == "album: 2 photos, 1 of them shown\n"


def test_the_best_come_first(indexed: Album) -> None:
    assert len(indexed("search", "", "--sort", "score", "--json").json) == COUNT
    found = [one["quality"] for one in indexed("search", "", "--sort", "quality", "--json").json]
    assert len(found) == COUNT
    assert found == sorted(found, reverse=True)


def test_a_query_nobody_understands_is_said_so(indexed: Album) -> None:
    answer = indexed("search", "tag:beach,party")
    assert answer.code == 2
    assert answer.out == ""
    assert "Traceback" not in answer.err


SHOWN = {
    "path", "width", "height", "taken", "camera", "lens", "gps", "rating", "title", "tags",
    "colours", "style", "quality", "regions", "text", "faces",
}  # fmt: skip


def test_show_tells_all(indexed: Album, photos: Path) -> None:
    file = photos / "set-000/beach-00006.jpg"
    (shown,) = indexed("show", file, "--json").json
    assert set(shown) == SHOWN
    assert (shown["path"], shown["width"], shown["height"]) == (str(file), 320, 240)
    assert shown["taken"].startswith("2024-07-13T15:00:00")
    (beach,) = [one for one in shown["tags"] if one["tag"] == "beach"]
    assert (beach["facet"], beach["source"], beach["state"]) == ("scene", "model", "suggested")
    assert 0.5 <= beach["score"] <= 1
    assert sum(one["share"] for one in shown["colours"]) > 0.8
    assert set(shown["quality"]) == {
        "score", "clarity", "exposure", "composition", "framing", "noise",
    }  # fmt: skip
    assert "320 x 240 px" in indexed("show", file).out


def test_show_names_the_file_as_the_library_does(indexed: Album, photos: Path) -> None:
    photo = min(photos.rglob("*.jpg"))
    copy = Path(shutil.copy(photo, photos / "copy.jpg"))
    indexed("index")
    for one in (photo, copy):
        (found,) = indexed("show", one.parent / ".." / one.parent.name / one.name, "--json").json
        assert found["path"] == str(one)


def test_show_names_what_it_does_not_know(indexed: Album, photos: Path, tmp_path: Path) -> None:
    other = make_picture(tmp_path / "other.jpg")
    answer = indexed("show", photos / "set-000/sky-00000.jpg", other, "--json")
    assert (answer.code, len(answer.json)) == (1, 1)
    assert "other.jpg: it is not in the library" in answer.err


@pytest.mark.parametrize(
    "words",
    [("+beach", "-snow"), ("--", "+beach", "-snow"), ("-snow", "+海滩")],
)
def test_tags_are_set_and_rejected(indexed: Album, photos: Path, words: tuple[str, ...]) -> None:
    file = photos / "set-000/snow-00003.jpg"
    answer = indexed("tag", "--json", file, *words)
    assert answer.code == 0
    states = {one["tag"]: (one["state"], one["changed"]) for one in answer.json["decisions"]}
    assert states == {"beach": ("manual", 1), "snow": ("rejected", 1)}
    assert len(indexed("search", "beach", "--json").json) == 3
    assert len(indexed("search", "scene:snow", "--json").json) == 1
    (shown,) = indexed("show", file, "--json").json
    kept = {one["tag"]: (one["state"], one["source"]) for one in shown["tags"]}
    assert kept["beach"] == ("manual", "user")
    assert kept["snow"][0] == "rejected"


def test_tags_outlive_a_new_look_and_can_be_cleared(indexed: Album, photos: Path) -> None:
    file = photos / "set-000/snow-00003.jpg"
    assert indexed("tag", file, "+table tennis", "-snow").code == 0
    file.rename(photos / "renamed.jpg")
    assert indexed("index").code == 0
    assert len(indexed("search", "table-tennis", "--json").json) == 1
    assert len(indexed("search", "scene:snow", "--json").json) == 1
    cleared = indexed("tag", photos / "renamed.jpg", "--clear", "snow", "--clear", "table tennis")
    assert cleared.code == 0
    assert len(indexed("search", "scene:snow", "--json").json) == 2
    assert indexed("search", "table-tennis", "--json").json == []


def test_own_words_are_tags_too(indexed: Album, photos: Path) -> None:
    assert indexed("tag", photos / "set-000/sky-00000.jpg", "+Grandma's 80th").code == 0
    keywords = indexed("facets", "--json").json["facets"]["keyword"]
    assert [one["count"] for one in keywords] == [1]
    assert "Grandma's 80th" in indexed("show", photos / "set-000/sky-00000.jpg").out


@pytest.mark.parametrize(
    ("word", "typed"),
    [("Grandma's house", "grandma"), ("Grandma's house", "house"), ("奶奶的家", "奶奶")],
)
def test_own_words_are_found_by_their_parts(
    indexed: Album, photos: Path, word: str, typed: str
) -> None:
    assert indexed("tag", photos / "set-000/sky-00000.jpg", f"+{word}").code == 0
    assert len(indexed("search", typed, "--json").json) == 1
    assert indexed("search", "ouse", "--json").json == []


def test_a_file_outside_the_library_is_named_and_the_others_are_tagged(
    indexed: Album, photos: Path, tmp_path: Path
) -> None:
    answer = indexed("tag", photos / "set-000/sky-00000.jpg", tmp_path / "none.jpg", "+beach")
    assert answer.code == 1
    assert "none.jpg: there is no such file" in answer.err
    assert len(indexed("search", "beach", "--json").json) == 3


def test_a_name_that_is_no_utf8_goes_all_the_way(album: Album, photos: Path) -> None:
    file = photos / os.fsdecode(b"caf\xe9.jpg")
    make_picture(photos / "plain.jpg", "night", seed=77).rename(file)
    assert album("index", photos).code == 0
    found = album("search", "night", "--json").json
    assert os.fsencode(file) in [os.fsencode(one["path"]) for one in found]
    assert "caf\\xe9.jpg" in album("search", "night").out
    assert album("show", file).code == 0
    assert album("tag", file, "+beach").code == 0


def test_folders_come_and_go_and_tags_come_back(indexed: Album, photos: Path) -> None:
    indexed("tag", photos / "set-000/sky-00000.jpg", "+gathering")
    (folder,) = indexed("folders", "--json").json
    assert (folder["path"], folder["state"], folder["photos"]) == (str(photos), "healthy", COUNT)
    assert f"{COUNT} photos  {photos}" in indexed("folders").out
    assert indexed("remove", photos, "--json").json == {"id": folder["id"], "path": str(photos)}
    assert indexed("folders", "--json").json == []
    assert indexed("facets", "--json").json["total"] == 0
    assert indexed("add", photos).code == 0
    assert indexed("index").code == 0
    assert len(indexed("search", "gathering", "--json").json) == 1


def test_a_folder_that_is_not_watched_cannot_be_removed(indexed: Album, tmp_path: Path) -> None:
    answer = indexed("remove", tmp_path)
    assert answer.code == 3
    assert "not watched" in answer.err


def test_add_makes_the_library(album: Album, photos: Path, tmp_path: Path) -> None:
    assert album("add", photos).code == 0
    assert (tmp_path / "library/library.db").is_file()
    assert album("folders", "--json").json[0]["path"] == str(photos)


def test_status_counts_and_finds(indexed: Album, photos: Path, tmp_path: Path) -> None:
    status = indexed("status", "--json").json
    assert (status["photos"], status["folders"], status["problems"]) == (COUNT, 1, 0)
    assert (status["jobs"]["done"], status["jobs"]["pending"]) == (COUNT, 0)
    assert status["library"] == str(tmp_path / "library")
    assert "photos" in indexed("status").out
    file = photos / "set-000/sky-00000.jpg"
    of_file = indexed("status", file, "--json").json
    assert of_file["known"]
    (job,) = of_file["jobs"]
    assert (job["state"], job["path"]) == ("done", str(file))
    assert indexed("status", job["id"], "--json").json == job
    assert indexed("status", "99999").code == 3
    none = tmp_path / "none.jpg"
    unknown = indexed("status", none, "--json")
    assert (unknown.code, unknown.json) == (
        0, {"path": str(none), "known": False, "jobs": [], "problems": []}
    )  # fmt: skip
    answer = indexed("status", none)
    assert (answer.code, answer.err) == (0, "")
    assert answer.out.startswith(f"{none}: there is no such file")
    none.touch()
    assert indexed("status", none).out.startswith(f"{none}: it is not in the library")


def test_jobs_list_the_queue(indexed: Album) -> None:
    assert indexed("jobs", "--json").json["done"] == COUNT
    assert indexed("jobs", "--json").json["jobs"] == []
    done = indexed("jobs", "--state", "done", "--limit", "3", "--json").json["jobs"]
    assert len(done) == 3
    assert f"done {COUNT}" in indexed("jobs").out


def test_a_sound_library_is_said_to_be(indexed: Album) -> None:
    assert indexed("check", "--json").json["sound"] is True
    assert "is sound" in indexed("check").out


def test_a_damaged_library_is_said_so_and_left_alone(indexed: Album, tmp_path: Path) -> None:
    database = tmp_path / "library/library.db"
    database.write_bytes(b"not a database" * 1000)
    before = database.read_bytes()
    for words in (["check"], ["search", "beach"], ["index"]):
        answer = indexed(*words)
        assert answer.code == 3
        assert "library.db" in answer.err
        assert "Traceback" not in answer.err
    said = indexed("check").err
    assert (said.count(str(database)), said.count("backup")) == (1, 1)
    assert "There is no backup" in said
    found = indexed("check", "--json").json
    assert found["sound"] is False
    assert "damaged" in found["faults"][0]
    assert database.read_bytes() == before


def test_faults_of_a_library_that_opens_come_with_its_backup(
    indexed: Album, tmp_path: Path
) -> None:
    assert indexed("backup").code == 0
    with sqlite3.connect(tmp_path / "library/library.db") as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute("UPDATE file SET folder_id = 999999 WHERE photo_id = 1")
    connection.close()
    answer = indexed("check")
    assert answer.code == 3
    assert "of table file points to nothing in folder" in answer.err
    assert "backups/library-" in answer.err


def test_an_emptied_library_names_its_backup_and_stays_as_it_is(
    indexed: Album, tmp_path: Path
) -> None:
    assert indexed("backup").code == 0
    database = tmp_path / "library/library.db"
    for rest in (tmp_path / "library").glob("library.db?*"):
        rest.unlink()
    database.write_bytes(b"")
    for words in (["facets"], ["status"], ["index"], ["check"]):
        answer = indexed(*words)
        assert (answer.code, answer.out) == (3, "")
        assert "it is empty" in answer.err
        assert "backups/library-" in answer.err
    assert database.stat().st_size == 0


def test_a_newer_library_is_refused(indexed: Album, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "library/library.db") as connection:
        connection.execute("PRAGMA user_version = 999")
    connection.close()
    answer = indexed("facets")
    assert answer.code == 3
    assert "newer" in answer.err


def test_a_backup_is_a_whole_library(indexed: Album, tmp_path: Path) -> None:
    to = tmp_path / "copies/mine.db"
    answer = indexed("backup", to)
    assert answer.code == 3
    assert f"There is no folder {to.parent}" in answer.err
    assert not to.parent.exists()
    to.parent.mkdir()
    answer = indexed("backup", to, "--json")
    assert answer.json == {"backup": str(to), "bytes": to.stat().st_size}
    (tmp_path / "restored").mkdir()
    to.rename(tmp_path / "restored/library.db")
    again = indexed("--library", tmp_path / "restored", "facets", "--json")
    assert again.json["total"] == COUNT
    assert indexed("backup").code == 0
    assert len(list((tmp_path / "library/backups").glob("library-*.db"))) == 1


def test_a_backup_never_replaces_a_file(indexed: Album, tmp_path: Path) -> None:
    precious = tmp_path / "precious.jpg"
    precious.write_bytes(b"precious")
    answer = indexed("backup", precious)
    assert answer.code == 3
    assert "already" in answer.err
    assert precious.read_bytes() == b"precious"


def test_a_locked_library_lets_questions_through_and_refuses_work(
    indexed: Album, photos: Path, tmp_path: Path
) -> None:
    with LibraryLock(tmp_path / "library/library.lock"):
        refused = indexed("index")
        assert refused.code == 3
        assert "Another Albumen" in refused.err
        assert indexed("facets").code == 0
        assert indexed("tag", photos / "set-000/sky-00000.jpg", "+beach").code == 0
    assert indexed("index").code == 0


def test_without_networks_photos_wait_and_it_is_said(
    album: Album, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FakeAnalyser, "load", _damaged)
    answer = album("index", photos, "--json")
    assert answer.code == 3
    assert (answer.json["photos"], answer.json["analysed"]) == (COUNT, 0)
    assert "The pack is damaged. Install it again." in answer.err
    assert f"{COUNT} photos could not be looked at now" in answer.err
    assert album("search", "2024", "--json").code == 0


def _damaged(_self: FakeAnalyser, _device: str) -> None:
    raise PackProblem("The pack is damaged.", advice="Install it again.")


def test_show_says_that_the_file_is_gone(indexed: Album, photos: Path) -> None:
    gone = next(photos.rglob("*.jpg"))
    gone.unlink()
    assert indexed("index").code == 0
    answer = indexed("show", gone)
    assert (answer.code, "its file is gone" in answer.err) == (0, True)


def test_what_decoders_said_is_in_the_log(album: Album, photos: Path, tmp_path: Path) -> None:
    broken = photos / "broken.jpg"
    broken.write_bytes(next(photos.rglob("*.jpg")).read_bytes()[:900])
    assert album("index", photos).code == 1
    said = (log_directory() / "album.log").read_text(encoding="utf-8")
    assert "broken.jpg" in said
