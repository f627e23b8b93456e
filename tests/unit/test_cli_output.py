"""What the command prints stays on its line, in its columns, and valid wherever it goes."""

import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from album.cli import output
from album.cli.indexing import until_stuck
from album.cli.library import say_notices
from album.cli.progress import describe, show_progress
from album.errors import EnvironmentProblem
from album.notices import NoticeLevel, Notices
from album.session.values import Progress, Stage


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Lake Garda 🏖️ 日落.jpg", "Lake Garda 🏖️ 日落.jpg"),
        ("two\nlines.jpg", "two\\nlines.jpg"),
        ("red\x1b[31m.jpg", "red\\x1b[31m.jpg"),
        (os.fsdecode(b"caf\xe9.jpg"), "caf\\xe9.jpg"),
        ("right\u202eto left", "right\\u202eto left"),
    ],
)
def test_names_are_shown_on_one_line(name: str, shown: str) -> None:
    assert output.printable(name) == shown


@given(st.binary(min_size=1).filter(lambda name: b"\0" not in name))
def test_any_name_survives_json(name: bytes) -> None:
    text = json.dumps([os.fsdecode(name)], ensure_ascii=True)
    text.encode("ascii")
    assert os.fsencode(json.loads(text)[0]) == name


@given(st.text())
def test_what_is_shown_is_one_line_that_can_be_encoded(text: str) -> None:
    assert len(output.printable(text).encode().splitlines()) <= 1


def test_columns_are_aligned_even_with_wide_characters(capsys: pytest.CaptureFixture[str]) -> None:
    output.print_table([("海滩", "1,204"), ("sunset", "7")], right=(1,))
    assert capsys.readouterr().out == "海滩    1,204\nsunset      7\n"


def test_an_empty_table_prints_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    output.print_table([])
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(3.21, "3.2 s"), (250, "4 min 10 s"), (7500, "2 h 5 min"), (59.97, "1 min 0 s")],
)
def test_times_are_said_as_people_say_them(seconds: float, said: str) -> None:
    assert output.duration(seconds) == said


@pytest.mark.parametrize(
    ("size_bytes", "said"),
    [(1, "1 byte"), (812, "812 bytes"), (1_204_000, "1,204 KB"), (29_100_000, "29.1 MB")],
)
def test_sizes_have_separators(size_bytes: int, said: str) -> None:
    assert output.megabytes(size_bytes) == said


def step(stage: Stage, done: int, total: int | None = None, **more: float) -> Progress:
    return Progress(stage, done, total, 10, 2, done, 0, 1.0, **more)  # type: ignore[arg-type]


def test_progress_says_how_far_how_fast_how_long() -> None:
    said = describe(step(Stage.ANALYSING, 4120, 18300, per_second=61.2, left_s=240))
    assert said == "looking at photos 4,120 of 18,300 · 61/s · 4 min 0 s left"


def test_away_from_a_terminal_progress_is_a_line_a_stage(
    capsys: pytest.CaptureFixture[str],
) -> None:
    steps = [step(Stage.SCANNING, done) for done in range(5)]
    steps += [step(Stage.ANALYSING, done, 5) for done in range(5)]
    last = show_progress([*steps, step(Stage.DONE, 5, 5)])
    assert last.stage is Stage.DONE
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.splitlines() == [
        "album: looking for photos",
        "album: looking at photos 0 of 5",
    ]


def test_on_a_terminal_the_bar_is_taken_away_at_the_end(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    show_progress([step(Stage.ANALYSING, 12, 24), step(Stage.DONE, 24, 24)])
    shown = capsys.readouterr().err
    assert "█" * 12 + "░" * 12 in shown
    assert shown.endswith("\r\x1b[2K")


def test_paths_are_shown_like_names() -> None:
    assert output.printable(Path("a") / "b\tc") == "a/b\\tc"


def test_a_notice_that_is_told_again_is_said_once(capsys: pytest.CaptureFixture[str]) -> None:
    notices = Notices()
    notices.subscribe(say_notices())
    for text in ("The disk is full.", "The disk is full.", "Two\nlines."):
        notices.tell(NoticeLevel.WARNING, text, replaces="library")
    assert capsys.readouterr().err == "album: The disk is full.\nalbum: Two\\nlines.\n"


def test_indexing_ends_when_the_library_cannot_be_written() -> None:
    notices = Notices()
    steps = until_stuck((step(Stage.ANALYSING, done) for done in range(1000)), notices)
    assert [next(steps).done for _ in range(3)] == [0, 1, 2]
    notices.tell(NoticeLevel.WARNING, "The disk is full.", replaces="library")
    with pytest.raises(EnvironmentProblem, match="cannot be written"):
        next(steps)


def test_a_bar_never_wraps_and_messages_take_its_place(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "40")
    show_progress([step(Stage.ANALYSING, 12, 24, left_s=700), step(Stage.DONE, 24, 24)])
    output.note("something")
    shown = capsys.readouterr().err.split(output.CLEAR_LINE)
    assert [len(part) for part in shown] == [0, 39, 0, len("album: something\n")]
