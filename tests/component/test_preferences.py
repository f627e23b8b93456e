"""The menu of settings: what is chosen holds at once, and is kept."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from album.session import LibrarySession
from album.settings import SettingsStore
from album_ui import words
from album_ui.__main__ import RENEWED, _show
from album_ui.compose import Program
from album_ui.crash import CrashHook
from album_ui.preferences import PreferencesMenu
from album_ui.theme import Scheme, Theme


@pytest.fixture
def settings(tmp_path: Path) -> SettingsStore:
    return SettingsStore(tmp_path / "settings.json")


@pytest.fixture
def menu(settings: SettingsStore, theme: Theme, qtbot: QtBot) -> Iterator[PreferencesMenu]:
    window = QWidget()
    qtbot.addWidget(window)
    yield PreferencesMenu(settings, theme, window)
    theme.choose(Scheme.LIGHT)


def choose(group: QActionGroup, value: str) -> None:
    next(one for one in group.actions() if one.data() == value).trigger()


def test_dark_is_dark_at_once_and_stays(
    menu: PreferencesMenu, settings: SettingsStore, theme: Theme, tmp_path: Path
) -> None:
    before = theme.palette
    choose(menu.schemes, "dark")
    assert theme.palette != before
    assert SettingsStore(tmp_path / "settings.json").current.theme == "dark"


def test_another_language_asks_for_a_new_window_the_same_does_not(
    menu: PreferencesMenu, settings: SettingsStore, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(menu.language_chosen):
        choose(menu.languages, "zh")
    assert settings.current.language == "zh"
    with qtbot.assertNotEmitted(menu.language_chosen):
        choose(menu.languages, "zh")


def test_what_is_set_is_ticked(menu: PreferencesMenu, settings: SettingsStore) -> None:
    settings.change(theme="dark", language="zh", wait_on_battery=False)
    menu.aboutToShow.emit()
    ticked = [group.checkedAction().data() for group in (menu.schemes, menu.languages)]
    assert (ticked, menu.battery.isChecked()) == (["dark", "zh"], False)


def test_the_window_comes_back_in_the_other_language(
    session: LibrarySession,
    qapp: QApplication,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shown: list[str] = []
    answers = iter((RENEWED, 0))

    def loop() -> int:
        program = next(one for one in programs if one.window.isVisible())
        shown.append(program.preferences.title())
        if len(shown) == 1:
            choose(program.preferences.languages, "zh")
        return next(answers)

    programs: list[Program] = []

    class Noted(Program):
        def __init__(self, app: QApplication, session: LibrarySession) -> None:
            super().__init__(app, session)
            programs.append(self)

    monkeypatch.setattr("album_ui.__main__.Program", Noted)
    monkeypatch.setattr(qapp, "exec", loop)
    monkeypatch.setattr(qapp, "exit", lambda code: None)  # no loop runs that could end
    try:
        assert _show(qapp, session, CrashHook(tmp_path / "log"), None, ()) == 0
    finally:
        words.install(qapp, "en")
    assert shown == ["Settings", "设置"]
    assert not any(one.window.isVisible() for one in programs)
