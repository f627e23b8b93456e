"""A second start on a library that is in use."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from album.errors import LibraryLocked
from album.session import LibrarySession
from album.testing.pictures import make_picture
from album_ui.__main__ import EXIT_ENVIRONMENT, _hand_over

LOCKED = LibraryLocked("Another Albumen works on the library.")


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch, qtbot: QtBot) -> list[str]:
    texts: list[str] = []
    monkeypatch.setattr(
        QMessageBox, "exec", lambda box: texts.append(f"{box.text()}. {box.informativeText()}")
    )
    return texts


def test_folders_are_handed_to_the_albumen_that_is_open(
    session: LibrarySession, tmp_path: Path, said: list[str]
) -> None:
    make_picture(tmp_path / "more" / "1.jpg", "sky", seed=1)
    assert _hand_over(LOCKED, session.directory, [tmp_path / "more"]) == 0
    assert tmp_path / "more" in [one.path for one in session.folders().result(10)]
    assert "open already" in said[0]


@pytest.mark.allow_logs
def test_without_a_folder_it_is_said_who_works_there(
    session: LibrarySession, said: list[str]
) -> None:
    assert _hand_over(LOCKED, session.directory, []) == EXIT_ENVIRONMENT
    assert "Another Albumen works" in said[0]


@pytest.mark.allow_logs
def test_what_is_not_there_is_said(
    session: LibrarySession, tmp_path: Path, said: list[str]
) -> None:
    assert _hand_over(LOCKED, session.directory, [tmp_path / "nowhere"]) == EXIT_ENVIRONMENT
    assert said
