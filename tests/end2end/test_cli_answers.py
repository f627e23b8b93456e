"""What the command says: of queries and tags that are odd, of long lists, to who may only look."""

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from album.cli.indexing import _Teller
from album.cli.language import language
from album.jobs.activity import Activity, ActivityKind

Album = Callable[..., Any]

COUNT = 14


@pytest.mark.parametrize("words", [["2024-13"], ["is:nonsense"], ["scene:"], ["beach", "-"]])
@pytest.mark.parametrize("command", ["search", "facets"])
def test_a_query_that_means_nothing_is_a_wrong_command_line(
    indexed: Album, command: str, words: list[str]
) -> None:
    answer = indexed(command, *words, "--json")
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith("album: ")


def test_what_nobody_has_is_an_empty_answer_that_says_so(indexed: Album) -> None:
    answer = indexed("search", "beach", "scene:nowhere", "--json")
    assert (answer.code, answer.json) == (0, [])
    assert answer.err == "album: no photo has «scene:nowhere».\n"


def test_what_a_word_stands_for_is_said(indexed: Album) -> None:
    assert "«seaside» is also understood as «coast»." in indexed("search", "seaside").err
    assert "understood" not in indexed("search", "beach").err


@pytest.mark.parametrize(
    "words",
    [["+beach", "-beach"], ["-beach", "+海滩"], ["+own words", "-Own Words"],
     ["--clear", "beach", "+beach"]],
)  # fmt: skip
def test_tags_that_contradict_each_other_are_refused(
    indexed: Album, photos: Path, words: list[str]
) -> None:
    file = next(photos.rglob("*.jpg"))
    before = indexed("show", file, "--json").json
    answer = indexed("tag", file, *words)
    assert answer.code == 2
    assert "contradict each other" in answer.err
    assert indexed("show", file, "--json").json == before


@pytest.fixture
def stranger() -> Iterator[Callable[[Path], None]]:
    """Lets this process read a library, but write neither it nor beside it."""
    closed: list[Path] = []
    mine = os.geteuid()

    def close(library: Path) -> None:
        for place in (library, *library.iterdir()):
            closed.append(place)
            place.chmod(0o555 if place.is_dir() else 0o444)
        for above in library.parents[:-2]:
            above.chmod(above.stat().st_mode | 0o555)
        if mine == 0:  # whom no mode keeps from writing
            os.seteuid(65534)

    yield close
    os.seteuid(mine)
    for place in closed:
        place.chmod(0o755)


LOOKING = (
    ("folders",), ("problems",), ("jobs",), ("status",), ("check",), ("facets",),
    ("search", "beach"),
)  # fmt: skip


@pytest.mark.skipif(os.name == "nt", reason="rights are not file modes on Windows")
def test_looking_needs_no_right_to_write(
    indexed: Album, photos: Path, tmp_path: Path, stranger: Callable[[Path], None]
) -> None:
    file = next(photos.rglob("*.jpg"))
    commands = [*LOOKING, ("show", file), ("status", file), ("backup", tmp_path / "a.db")]
    mine = [indexed(*words, "--json") for words in commands]
    assert {one.code for one in mine} == {0}
    library = tmp_path / "library"
    before = sorted(one.name for one in library.iterdir())
    stranger(library)
    for words, answer in zip(commands[:-1], mine, strict=False):
        assert indexed(*words, "--json") == answer, words
    refused = indexed("tag", file, "+beach")
    assert refused.code == 3
    assert "cannot be" in refused.err
    assert sorted(one.name for one in library.iterdir()) == before


@pytest.mark.parametrize("word", ["x" * 101, "🌊"])
def test_what_can_be_no_tag_is_refused_before_anything_is_done(
    indexed: Album, photos: Path, word: str
) -> None:
    file = next(photos.rglob("*.jpg"))
    answer = indexed("tag", file, "+fine", f"+{word}")
    assert answer.code == 2
    assert answer.err.count("\n") == 1
    assert "fine" not in indexed("show", file).out
    assert indexed("teach", word, "--like", file).code == 2


def test_the_name_of_an_own_tag_keeps_its_emoji(indexed: Album, photos: Path) -> None:
    file = next(photos.rglob("*.jpg"))
    assert "🌊 zorb" in indexed("tag", file, "+🌊 zorb").out
    assert "🌊 zorb" in indexed("show", file).out
    assert "🌊 zorb" in indexed("tag", file, "--clear", "🌊 zorb").out


def test_a_file_that_cannot_be_decoded_gets_no_tags(album: Album, photos: Path) -> None:
    whole = next(photos.rglob("*.jpg")).read_bytes()
    (photos / "cut.jpg").write_bytes(whole[: len(whole) // 4])
    assert album("index", photos).code == 1
    answer = album("tag", photos / "cut.jpg", "+grandma")
    assert answer.code == 1
    assert "it cannot be decoded; `album problems` says why." in answer.err
    assert album("search", "grandma", "--json").json == []


def test_what_is_left_out_of_a_list_can_be_seen(
    indexed: Album, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("album.cli.browsing._MOST_SHOWN", 2)
    assert "more; --all lists them" in indexed("facets").out
    assert "more" not in indexed("facets", "--all").out
    left = f"and {COUNT - 2} more; --limit {COUNT} lists them"
    assert left in indexed("jobs", "--state", "done", "--limit", 2).out
    assert "more" not in indexed("jobs", "--state", "done").out


def test_add_says_what_became_of_each_folder(album: Album, photos: Path) -> None:
    first = album("add", photos, photos).out.splitlines()
    assert first[0].startswith(f"added {photos}; ")
    assert first[1] == f"{photos} is in the library already"
    inner = photos / "set-000"
    assert album("add", inner).out == f"{inner} lies in {photos}, which is in the library already\n"


def test_watching_says_what_is_looked_at(capsys: pytest.CaptureFixture[str]) -> None:
    teller = _Teller()
    scanning = Activity(ActivityKind.SCANNING, 3, None)
    for total in (2, 5):
        teller((scanning, Activity(ActivityKind.ANALYSING, 1, total)))
    teller(())
    assert capsys.readouterr().err.splitlines() == [
        "album: looking at 2 photos that came or changed",
        "album: looked at 5 photos",
    ]
    assert teller.looked == 5


def test_all_that_is_said_of_a_photo_is_in_one_language(
    indexed: Album, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = next(photos.rglob("*.jpg"))
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    language.cache_clear()
    indexed("tag", file, "+beach", "-party")
    said = indexed("facets").out + "".join(indexed("show", file).out.splitlines(True)[1:])
    english = {one for one in re.findall("[a-z]+", said) if one not in {"x", "px"}}
    assert english <= {"photos", "set"}, "names of folders"
    assert {one["name"] for one in indexed("facets", "--json").json["facets"]["kind"]} == {"照片"}
