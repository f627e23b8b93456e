"""At its smallest the window is whole: no control is cut, none lies outside or over another."""

from collections.abc import Iterator
from itertools import combinations

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QSlider, QWidget
from pytestqt.qtbot import QtBot

from album.session import LibrarySession
from album_ui import words
from album_ui.compose import Program
from album_ui.help.page import keys_of
from album_ui.main_window import SMALLEST
from album_ui.pages import PageContext, PageName
from album_ui.shortcuts import shortcut
from tests.component.conftest import opened


@pytest.fixture(params=["en", "zh"])
def program(
    indexed: LibrarySession, qapp: QApplication, qtbot: QtBot, request: pytest.FixtureRequest
) -> Iterator[Program]:
    words.install(qapp, request.param)
    with opened(indexed, qapp, qtbot, SMALLEST) as program:
        yield program
    words.install(qapp, "en")


def controls(window: QWidget) -> list[QWidget]:
    """What can be used and is not in something that scrolls."""
    return [
        one
        for kind in (QAbstractButton, QSlider)
        for one in window.findChildren(kind)
        if one.isVisible() and one.window() is window and not _scrolls(one)
    ]


def _scrolls(widget: QWidget) -> bool:
    above = widget.parentWidget()
    while above is not None:
        if above.objectName() in {"scrolled", "qt_scrollarea_viewport"}:
            return True
        above = above.parentWidget()
    return False


def place(widget: QWidget) -> QRect:
    return QRect(widget.mapTo(widget.window(), QPoint(0, 0)), widget.size())


@pytest.mark.parametrize("name", list(PageName))
def test_every_control_is_whole(program: Program, qtbot: QtBot, name: PageName) -> None:
    window = program.window
    window.show_page(name, PageContext(program.library.model.ids, 0))
    qtbot.wait(300)
    assert window.size() == SMALLEST
    found = controls(window)
    assert found
    for one in found:
        said = one.accessibleName() or one.objectName()
        assert window.rect().contains(place(one)), said
        assert one.width() >= one.minimumSizeHint().width(), said
        for label in one.findChildren(QLabel):
            assert not label.isVisible() or label.width() >= label.sizeHint().width(), said
    for one, other in combinations(found, 2):
        if not (one.isAncestorOf(other) or other.isAncestorOf(one)):
            assert not place(one).intersects(place(other)), (place(one), place(other))


def test_all_keys_fit_in_the_width(program: Program, qtbot: QtBot) -> None:
    program.keys.toggle()
    qtbot.wait(50)
    scroll = program.keys._scroll
    inside = scroll.widget()
    assert inside is not None
    assert inside.minimumSizeHint().width() <= scroll.viewport().width()
    program.keys.leave()


def test_arrows_are_arrows_in_every_language(program: Program) -> None:
    assert keys_of(shortcut("move")) == ["←", "→", "↑", "↓"]
    assert keys_of(shortcut("back"))[0].endswith("+←")
