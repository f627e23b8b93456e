"""`album teach` on a real library of real files; only the networks are stand-ins."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from album.testing import make_pictures

Album = Callable[..., Any]


@pytest.fixture
def indexed(album: Album, tmp_path: Path) -> Album:
    make_pictures(tmp_path / "photos", 84)
    assert album("index", tmp_path / "photos").code == 0
    return album


@pytest.fixture
def sunsets(tmp_path: Path) -> list[Path]:
    return sorted((tmp_path / "photos").rglob("sunset-*.jpg"))


@pytest.fixture
def beaches(tmp_path: Path) -> list[Path]:
    return sorted((tmp_path / "photos").rglob("beach-*.jpg"))


def state_of(album: Album, file: Path, slug: str) -> str | None:
    (photo,) = album("show", file, "--json").json
    found: dict[str, str] = {one["tag"]: one["state"] for one in photo["tags"]}
    return found.get(slug)


def test_a_tag_is_taught_and_found(
    indexed: Album, sunsets: list[Path], beaches: list[Path]
) -> None:
    answer = indexed(
        "teach", "Evening glow", "--like", *sunsets[:6], "--unlike", *beaches[:2], "--json"
    )
    assert answer.code == 0
    said = answer.json
    assert (said["tag"], said["likes"], said["unlikes"]) == ("evening-glow", 6, 2)
    assert (said["needs"], said["unseen"], said["failed"]) == (0, 0, [])
    for share in (said["precision"], said["recall"]):
        assert 0 <= share["low"] <= share["value"] <= share["high"] <= 1
    assert said["applied"]
    assert state_of(indexed, sunsets[0], "evening-glow") == "manual"
    assert state_of(indexed, sunsets[-1], "evening-glow") == "suggested"
    assert state_of(indexed, beaches[0], "evening-glow") == "rejected"
    found = {one["path"] for one in indexed("search", "evening-glow", "--json").json}
    assert len(found) == 6 + said["suggestions"]
    assert len(found & {str(path) for path in sunsets}) >= 0.6 * len(found)
    facets = indexed("facets", "--json").json["facets"]
    assert {one["tag"]: one["count"] for one in facets["keyword"]}["evening-glow"] == len(found)


def test_a_dry_run_only_tells(indexed: Album, sunsets: list[Path]) -> None:
    answer = indexed("teach", "Evening glow", "--like", *sunsets[:6], "--dry-run")
    assert answer.code == 0
    assert "precision" in answer.out
    assert "nothing was changed" in answer.out
    assert state_of(indexed, sunsets[0], "evening-glow") is None


def test_too_few_examples_are_said_to_be(indexed: Album, sunsets: list[Path]) -> None:
    answer = indexed("teach", "Evening glow", "--like", *sunsets[:2])
    assert (answer.code, "it needs 3 more" in answer.out) == (0, True)
    answer = indexed("teach", "Evening glow", "--like", *sunsets[2:5], "--json")
    assert (answer.json["likes"], answer.json["applied"]) == (5, True)


def test_nothing_is_promised_where_nothing_is_suggested(
    indexed: Album, sunsets: list[Path], beaches: list[Path]
) -> None:
    everything = sunsets[0].parents[1]
    assert {sunsets[0], beaches[0]} <= set(everything.rglob("*.jpg"))
    answer = indexed("teach", "all of it", "--like", everything, "--dry-run")
    assert (answer.code, "nothing is suggested" in answer.out) == (0, True)
    assert "precision" not in answer.out
    answer = indexed("teach", "all of it", "--like", everything, "--json").json
    assert (answer["suggestions"], answer["precision"]) == (0, None)


def test_examples_that_are_not_there_are_named(
    indexed: Album, sunsets: list[Path], tmp_path: Path
) -> None:
    stranger = tmp_path / "stranger.jpg"
    stranger.write_bytes(sunsets[0].read_bytes()[:-2])
    gone = tmp_path / "gone.jpg"
    answer = indexed("teach", "glow", "--like", *sunsets[:5], stranger, gone, "--json")
    assert answer.code == 1
    assert [one["path"] for one in answer.json["failed"]] == [str(stranger), str(gone)]
    assert answer.json["applied"]


def test_what_index_learns_on_from_decisions(
    indexed: Album, sunsets: list[Path], beaches: list[Path]
) -> None:
    indexed("teach", "glow", "--like", *sunsets[:6])
    indexed("tag", sunsets[6], beaches[0], "+glow")
    indexed("tag", sunsets[-1], "-glow")
    assert indexed("index").code == 0
    answer = indexed("teach", "glow", "--dry-run", "--json").json
    assert (answer["likes"], answer["unlikes"]) == (8, 1)
    assert state_of(indexed, sunsets[-1], "glow") == "rejected"


def test_a_tag_is_forgotten(indexed: Album, sunsets: list[Path]) -> None:
    indexed("teach", "glow", "--like", *sunsets[:6])
    assert indexed("teach", "glow", "--forget", "--json").json == {"tag": "glow", "forgotten": True}
    assert state_of(indexed, sunsets[-1], "glow") is None
    assert state_of(indexed, sunsets[0], "glow") == "manual"


@pytest.mark.parametrize(
    "words",
    [
        ("teach",),
        ("teach", "glow", "--forget", "--dry-run"),
        ("teach", "?", "--like"),
        ("teach", "glow", "--like", "{file}", "--unlike", "{file}"),
    ],
)
def test_wrong_command_lines_end_with_two(
    indexed: Album, sunsets: list[Path], words: tuple[str, ...]
) -> None:
    assert indexed(*(word.format(file=sunsets[0]) for word in words)).code == 2
