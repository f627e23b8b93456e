"""A second start on the same library rings at the window that is open."""

from pathlib import Path

from pytestqt.qtbot import QtBot

from album.session import LibrarySession
from album.testing.pictures import make_picture
from album_ui.__main__ import _hand_over
from album_ui.doorbell import Doorbell, ring


def test_who_rings_is_heard(tmp_path: Path, qtbot: QtBot) -> None:
    bell = Doorbell(tmp_path)
    with qtbot.waitSignal(bell.rung):
        assert ring(tmp_path / "." / "")
    bell.close()
    assert not ring(tmp_path)


def test_nobody_hears_at_another_library(tmp_path: Path, qtbot: QtBot) -> None:
    bell = Doorbell(tmp_path / "one")
    assert not ring(tmp_path / "two")
    bell.close()


def test_a_bell_that_a_killed_window_left_is_hung_up_anew(tmp_path: Path, qtbot: QtBot) -> None:
    first = Doorbell(tmp_path)
    second = Doorbell(tmp_path)
    with qtbot.waitSignal(second.rung):
        assert ring(tmp_path)
    first.close()
    second.close()


def test_folders_are_handed_to_the_window_that_is_open(
    session: LibrarySession, tmp_path: Path, qtbot: QtBot
) -> None:
    make_picture(tmp_path / "more" / "1.jpg", "sky", seed=1)
    assert not _hand_over(session.directory, [tmp_path / "more"])
    bell = Doorbell(session.directory)
    with qtbot.waitSignal(bell.rung):
        assert _hand_over(session.directory, [tmp_path / "more"])
    paths = [one.path for one in session.folders().result(10)]
    assert tmp_path / "more" in paths
    bell.close()
