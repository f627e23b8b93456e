"""A start that finds no library to open: one that is in use, damaged, or newer."""

import shutil
import sqlite3
from argparse import Namespace
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from album.errors import LibraryLocked
from album.session import LibrarySession, calling
from album.settings import SettingsStore
from album.testing.pictures import make_picture
from album.testing.sessions import open_session
from album_ui.__main__ import EXIT_ENVIRONMENT, _hand_over, _open
from album_ui.bridge import Bridge
from album_ui.dialog import Dialog
from album_ui.theme import Theme

LOCKED = LibraryLocked("Another Albumen works on the library.")


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What dialogs say; each is closed."""
    texts: list[str] = []

    def close(dialog: Dialog) -> int:
        texts.append(f"{dialog.windowTitle()}. {dialog.said}")
        return 0

    monkeypatch.setattr(Dialog, "exec", close)
    monkeypatch.setattr(calling, "ANSWER_S", 0.2)
    return texts


def test_folders_are_handed_over_and_the_window_comes_forward_without_a_word(
    tmp_path: Path,
    theme: Theme,
    said: list[str],
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(calling, "ANSWER_S", 10.0)
    make_picture(tmp_path / "more" / "1.jpg", "sky", seed=1)
    with open_session(tmp_path / "library", watch=True) as session:
        bridge = Bridge(session)
        with qtbot.waitSignal(bridge.called):
            assert _hand_over(theme, LOCKED, session.directory, [tmp_path / "more"]) == 0
        bridge.close()
        assert tmp_path / "more" in [one.path for one in session.folders().result(10)]
    assert not said


def test_where_no_window_is_what_was_handed_over_is_said(
    session: LibrarySession, theme: Theme, tmp_path: Path, said: list[str]
) -> None:
    make_picture(tmp_path / "more" / "1.jpg", "sky", seed=1)
    assert _hand_over(theme, LOCKED, session.directory, [tmp_path / "more"]) == 0
    assert "open already" in said[0]
    assert not (session.directory / calling.NAME).exists()


@pytest.mark.allow_logs
def test_without_a_folder_it_is_said_who_works_there(
    session: LibrarySession, theme: Theme, said: list[str]
) -> None:
    assert _hand_over(theme, LOCKED, session.directory, []) == EXIT_ENVIRONMENT
    assert "Another Albumen works" in said[0]


@pytest.mark.allow_logs
def test_what_is_not_there_is_said(
    session: LibrarySession, theme: Theme, tmp_path: Path, said: list[str]
) -> None:
    nowhere = [tmp_path / "nowhere"]
    assert _hand_over(theme, LOCKED, session.directory, nowhere) == EXIT_ENVIRONMENT
    assert said


@pytest.fixture
def damaged(tmp_path: Path) -> Path:
    """A library of three photos that was backed up, then overwritten in its middle."""
    directory, pictures = tmp_path / "library", tmp_path / "pictures"
    for number in range(3):
        make_picture(pictures / f"{number}.jpg", "sky", seed=number)
    with open_session(directory, watch=False) as session:
        session.add_folder(pictures).result(10)
        list(session.index())
        session.database.backup(directory / "backups" / "yesterday.db")
    content = (directory / "library.db").read_bytes()
    (directory / "library.db").write_bytes(content[:4096] + b"\xff" * 8192 + content[12288:])
    return directory


def opened(theme: Theme, directory: Path) -> LibrarySession | None:
    """What a start of the window gets."""
    return _open(theme, Namespace(library=directory, device="cpu"), SettingsStore())


@pytest.mark.allow_logs
def test_a_damaged_library_gives_way_to_its_backup_and_is_kept(
    damaged: Path, theme: Theme, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = (damaged / "library.db").read_bytes()
    monkeypatch.setattr(Dialog, "exec", lambda dialog: Dialog.DialogCode.Accepted.value)
    session = opened(theme, damaged)
    assert session is not None
    with session:
        assert sum(one.photos for one in session.folders().result(10)) == 3
    (kept,) = (damaged / "damaged").glob("*.db")
    assert kept.read_bytes() == content
    assert (damaged / "backups" / "yesterday.db").exists()
    assert not list(damaged.glob("*.part"))


@pytest.mark.allow_logs
def test_a_damaged_library_stays_as_it_is_where_the_dialog_is_closed(
    damaged: Path, theme: Theme, said: list[str]
) -> None:
    content = (damaged / "library.db").read_bytes()
    assert opened(theme, damaged) is None
    assert "There is a backup of" in said[0]
    assert (damaged / "library.db").read_bytes() == content


@pytest.mark.allow_logs
def test_a_backup_that_is_damaged_too_is_no_library(
    damaged: Path, theme: Theme, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = (damaged / "library.db").read_bytes()
    shutil.copy(damaged / "library.db", damaged / "backups" / "yesterday.db")
    answers = [Dialog.DialogCode.Accepted.value, 0]
    texts: list[str] = []

    def answer(dialog: Dialog) -> int:
        texts.append(dialog.said)
        return answers.pop(0)

    monkeypatch.setattr(Dialog, "exec", answer)
    assert opened(theme, damaged) is None
    assert "is damaged, too" in texts[-1]
    assert (damaged / "library.db").read_bytes() == content


@pytest.mark.allow_logs
def test_a_newer_library_is_said_and_left_alone(
    damaged: Path, theme: Theme, said: list[str]
) -> None:
    shutil.copy(damaged / "backups" / "yesterday.db", damaged / "library.db")
    with closing(sqlite3.connect(damaged / "library.db")) as connection:
        connection.execute("PRAGMA user_version = 99")
    assert opened(theme, damaged) is None
    assert "newer Albumen" in said[0]


@pytest.mark.parametrize("offer", ["", "Open the backup"])
def test_a_dialog_has_one_main_thing_to_do(theme: Theme, qtbot: QtBot, offer: str) -> None:
    dialog = Dialog(theme, "Title", "A file may be called <b>so</b>.", offer)
    qtbot.addWidget(dialog)
    buttons = dialog.findChildren(QPushButton)
    main = [one for one in buttons if one.property("kind") == "main"]
    assert [one.text() for one in main] == [offer or "Close"]
    assert dialog.focusWidget() is main[0]
    with qtbot.waitSignal(dialog.accepted if offer else dialog.rejected):
        main[0].click()
