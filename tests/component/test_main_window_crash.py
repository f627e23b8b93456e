"""What nobody caught is kept and said."""

import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from album.notices import Notices
from album_ui.__main__ import _tell_crashes
from album_ui.crash import CrashHook


@pytest.fixture
def told() -> list[tuple[str, Path]]:
    return []


@pytest.fixture
def hook(tmp_path: Path, told: list[tuple[str, Path]]) -> Iterator[CrashHook]:
    hook = CrashHook(tmp_path / "logs", lambda text, report: told.append((text, report)))
    yield hook
    hook.uninstall()


def fail() -> None:
    raise ValueError("a bug")


@pytest.mark.allow_logs
def test_what_a_slot_raises_is_noted(hook: CrashHook, told: list[tuple[str, Path]]) -> None:
    assert hook.install() is None
    try:
        fail()
    except ValueError as error:
        sys.excepthook(type(error), error, error.__traceback__)
    ((text, report),) = told
    assert text == "ValueError: a bug"
    assert "in fail" in report.read_text(encoding="utf-8")


@pytest.mark.allow_logs
def test_what_a_thread_raises_is_noted(hook: CrashHook, told: list[tuple[str, Path]]) -> None:
    hook.install()
    thread = threading.Thread(target=fail, name="worker")
    thread.start()
    thread.join()
    assert [text for text, _ in told] == ["ValueError: a bug"]


def test_a_fault_of_the_last_run_is_handed_over(tmp_path: Path) -> None:
    (tmp_path / "fault.txt").write_text("Fatal Python error: Segmentation fault")
    hook = CrashHook(tmp_path)
    report = hook.install()
    assert report is not None
    assert report.read_text() == "Fatal Python error: Segmentation fault"
    hook.uninstall()
    assert not (tmp_path / "fault.txt").exists(), "a clean end leaves nothing behind"


@pytest.mark.allow_logs
def test_a_fault_of_the_last_run_is_one_line_with_its_report(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    dump = "Fatal Python error: Segmentation fault\n\nCurrent thread 0x1 (most recent call first):"
    (tmp_path / "fault.txt").write_text(dump)
    hook = CrashHook(tmp_path)
    notices = Notices()
    _tell_crashes(hook, hook.install(), notices)
    hook.uninstall()
    (line,) = caplog.messages
    assert line.endswith("last-fault.txt")
    assert "\n" not in line
    assert "Current thread" not in line
    (notice,) = notices.held
    assert "last-fault.txt" in str(notice)


def test_a_clean_end_is_no_fault(tmp_path: Path) -> None:
    (tmp_path / "fault.txt").write_text("")
    hook = CrashHook(tmp_path)
    assert hook.install() is None
    hook.uninstall()


def test_hooks_are_put_back(hook: CrashHook) -> None:
    before = sys.excepthook, threading.excepthook
    hook.install()
    hook.uninstall()
    hook.uninstall()
    assert (sys.excepthook, threading.excepthook) == before
