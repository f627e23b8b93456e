"""The library page as it comes up and as what it shows changes."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QItemSelectionModel, QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from album.domain.query import FacetTerm, Query
from album.domain.tag import Facet
from album.session import LibrarySession
from album_ui.compose import Program
from album_ui.facets.view import SidebarView
from album_ui.grid.scroller import YearScroller
from album_ui.pages import PageName
from tests.component.conftest import PHOTOS, opened


@pytest.fixture
def program(indexed: LibrarySession, qapp: QApplication, qtbot: QtBot) -> Iterator[Program]:
    with opened(indexed, qapp, qtbot, QSize(1200, 800)) as program:
        yield program


def test_the_years_are_there_when_the_window_comes_up(program: Program, qtbot: QtBot) -> None:
    scroller = program.library.findChild(YearScroller)
    assert scroller is not None

    def colours() -> int:
        image = scroller.grab().toImage()
        points = ((x, y) for x in range(image.width()) for y in range(image.height()))
        return len({image.pixel(x, y) for x, y in points})

    qtbot.waitUntil(lambda: colours() > 1, timeout=10_000)


def test_the_info_lets_go_of_a_photo_that_is_not_found(program: Program, qtbot: QtBot) -> None:
    view, info = program.library.view, program.library.info
    wanted = QItemSelectionModel.SelectionFlag.ClearAndSelect
    view.selectionModel().setCurrentIndex(view.model().index(0, 0), wanted)
    qtbot.waitUntil(lambda: info.title.endswith(".jpg"))
    program.show_query(Query((FacetTerm(Facet.YEAR, ("1901",)),)))
    qtbot.waitUntil(lambda: info.title == "Nothing selected")


def test_the_info_lets_go_when_nothing_is_selected_any_more(program: Program, qtbot: QtBot) -> None:
    view, info = program.library.view, program.library.info
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: info.title.endswith(".jpg"))
    QTest.keyClick(view, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: info.title == "Nothing selected")


def test_all_photos_are_there_to_be_walked_through(program: Program, qtbot: QtBot) -> None:
    program.sidebar.setFocus()
    action, library = program.window.findChild(QAction, "all_photos"), program.library
    assert action is not None
    action.trigger()
    qtbot.waitUntil(lambda: library.isAncestorOf(program.window.focusWidget()))


def test_the_heart_key_asks_all_that_is_selected(program: Program, qtbot: QtBot) -> None:
    session, library = program._session, program.library
    hearts = Query((FacetTerm(Facet.FLAG, ("favourite",)),))

    def favourites() -> int:
        return len(session.browse(hearts).result(10).ids)

    session.set_favourite([library.model.photo_id(0)], True).result(10)
    library.view.setFocus()
    library.view.selectAll()
    QTest.keyClick(library.view, Qt.Key.Key_F)
    qtbot.waitUntil(lambda: favourites() == PHOTOS)
    QTest.keyClick(library.view, Qt.Key.Key_F)
    qtbot.waitUntil(lambda: favourites() == 0)


def test_enter_in_the_search_goes_to_the_photos_and_opens_none(
    program: Program, qtbot: QtBot
) -> None:
    field, view = program.field, program.library.view
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)
    QTest.keyClicks(field, "1901..1902")
    field.ask_now()
    qtbot.waitUntil(lambda: len(program.library.model.ids) == 0)
    field.clear()
    QTest.keyClicks(field, "1901..2199")
    qtbot.waitUntil(lambda: len(program.library.model.ids) == PHOTOS)
    assert field.hasFocus(), "photos that come do not take the keys from who is typing"
    QTest.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(view.hasFocus)
    assert program.window.page_name is PageName.LIBRARY


def test_a_choice_made_in_the_sidebar_is_saved_from_there(program: Program, qtbot: QtBot) -> None:
    program.show_query(Query((FacetTerm(Facet.SCENE, ("beach",)),)))
    sidebar = program.window.findChild(SidebarView)
    assert sidebar is not None
    sidebar.setFocus()
    qtbot.waitUntil(sidebar.hasFocus)
    QTest.keyClick(sidebar, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: not sidebar.hasFocus())
    focused = program.library.focusWidget()
    assert isinstance(focused, QLineEdit)
    assert focused.placeholderText() == "Name of the album"
