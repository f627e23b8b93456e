"""The first start."""

from pathlib import Path

import pytest
from PySide6.QtCore import QStandardPaths, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from album.session import LibrarySession
from album_ui.bridge import Bridge
from album_ui.pages import PageContext, PageName
from album_ui.start.page import StartPage, pictures_folder
from album_ui.theme import Theme


@pytest.fixture
def page(qtbot: QtBot, session: LibrarySession, bridge: Bridge, theme: Theme) -> StartPage:
    page = StartPage(session, bridge, theme)
    qtbot.addWidget(page)
    page.resize(1000, 700)
    page.show()
    return page


def offer(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    monkeypatch.setattr(QStandardPaths, "writableLocation", lambda _: str(folder))


def test_without_pictures_there_is_one_button(
    page: StartPage, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, qtbot: QtBot
) -> None:
    offer(monkeypatch, tmp_path / "gone")
    assert pictures_folder() is None
    page.enter(PageContext())
    qtbot.wait(50)
    assert page._use.isHidden()
    assert page._choose.property("kind") == "main"


def test_the_pictures_folder_is_one_key_away(
    page: StartPage,
    monkeypatch: pytest.MonkeyPatch,
    photos: Path,
    session: LibrarySession,
    qtbot: QtBot,
) -> None:
    offer(monkeypatch, photos)
    page.enter(PageContext())
    qtbot.waitUntil(lambda: not page._use.isHidden())
    with qtbot.waitSignal(page.page_wanted) as wanted:
        QTest.keyClick(page._use, Qt.Key.Key_Space)
    assert wanted.args is not None
    assert wanted.args[0] is PageName.LIBRARY
    assert [folder.path for folder in session.folders().result(10)] == [photos]


def test_a_folder_that_is_not_there_is_said(
    page: StartPage, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, qtbot: QtBot
) -> None:
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path / "nowhere"))
    page._on_choose()
    qtbot.waitUntil(lambda: page._problem.text() != "")
