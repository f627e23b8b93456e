"""The whole window on a real library."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from album.domain.query import FacetTerm, Query
from album.domain.tag import Facet, TagState
from album.session import LibrarySession
from album_ui.activity.notices import Message
from album_ui.compose import Program
from album_ui.main_window import OPENING, SMALLEST, opening_size
from album_ui.pages import PageContext, PageName
from album_ui.search.browsing import REFRESH_MS
from album_ui.shortcuts import TABLE
from album_ui.theme import Scheme
from tests.component.conftest import PHOTOS, opened

BEACH = Query((FacetTerm(Facet.SCENE, ("beach",)),))


@pytest.fixture
def program(indexed: LibrarySession, qapp: QApplication, qtbot: QtBot) -> Iterator[Program]:
    with opened(indexed, qapp, qtbot, QSize(1200, 800)) as program:
        yield program


def page(program: Program) -> PageName | None:
    """The page that is shown at this moment."""
    return program.window.page_name


def press(program: Program, key: Qt.Key, *modifiers: Qt.KeyboardModifier) -> None:
    """Press a key where the focus is."""
    held = Qt.KeyboardModifier.NoModifier
    for modifier in modifiers:
        held |= modifier
    target = program.window.focusWidget() or program.window
    QTest.keyClick(target, key, held)


@pytest.mark.parametrize("room", [QSize(960, 600), QSize(1440, 900), QSize(620, 400)])
def test_the_window_opens_on_the_screen(room: QSize) -> None:
    for wanted in (OPENING, SMALLEST):
        size = opening_size(wanted, room)
        assert size.width() < room.width()
        assert size.height() < room.height()
    assert opening_size(OPENING, QSize(2560, 1440)) == OPENING


def test_a_fresh_window_leaves_the_screen_some_room(
    session: LibrarySession, qapp: QApplication
) -> None:
    program = Program(qapp, session, Scheme.LIGHT)
    assert program.window.size() == opening_size(OPENING, program.window.screen().availableSize())
    program.close()
    program.window.deleteLater()


def test_the_library_comes_up_with_its_photos_and_counts(program: Program, qtbot: QtBot) -> None:
    assert page(program) is PageName.LIBRARY
    qtbot.waitUntil(lambda: len(program.sidebar.values(Facet.SCENE)) == 6)
    assert all(one.count for one in program.sidebar.values(Facet.SCENE))


@pytest.fixture
def empty(session: LibrarySession, qapp: QApplication) -> Iterator[Program]:
    """The window of a library without folders, just opened."""
    program = Program(qapp, session, Scheme.LIGHT)
    program.start()
    program.window.show()
    yield program
    program.window.close()
    program.close()
    program.window.deleteLater()


def test_an_empty_library_asks_for_a_folder(empty: Program, photos: Path, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: empty.window.page_name is PageName.START)
    empty.add([photos])
    qtbot.waitUntil(lambda: empty.window.page_name is PageName.LIBRARY, timeout=10_000)
    qtbot.waitUntil(lambda: len(empty.library.model.ids) == PHOTOS, timeout=20_000)


def test_a_single_picture_that_is_opened_is_shown(
    empty: Program, session: LibrarySession, photos: Path, qtbot: QtBot
) -> None:
    wanted = sorted(photos.rglob("*.jpg"))[2]
    empty.add([wanted.parent / ".." / wanted.parent.name / wanted.name])
    qtbot.waitUntil(lambda: empty.window.page_name is PageName.VIEWER, timeout=20_000)
    assert empty.viewer.photo_id == session.photo_at(wanted).result()


def test_who_asks_for_something_else_is_not_interrupted(
    empty: Program, session: LibrarySession, photos: Path, qtbot: QtBot
) -> None:
    wanted = sorted(photos.rglob("*.jpg"))[2]
    empty.add([wanted])
    empty.show_query(BEACH)
    empty.show_query(Query())
    qtbot.waitUntil(lambda: session.photo_at(wanted).result() is not None, timeout=20_000)
    qtbot.waitUntil(lambda: len(empty.library.model.ids) > 0, timeout=20_000)
    qtbot.wait(2 * REFRESH_MS)
    assert page(empty) is PageName.LIBRARY


def test_a_click_on_a_facet_shows_its_photos(program: Program, qtbot: QtBot) -> None:
    sidebar = program.sidebar
    qtbot.waitUntil(lambda: bool(sidebar.values(Facet.SCENE)))
    sky = next(one for one in sidebar.values(Facet.SCENE) if one.value == "sky")
    expected = sky.count
    at = sidebar.view.item_rect(sky.key).center()
    QTest.mouseClick(sidebar.view.viewport(), Qt.MouseButton.LeftButton, pos=at)
    qtbot.waitUntil(lambda: len(program.library.model.ids) == expected)
    assert program.field.text() == "scene:sky"


def test_back_and_forward_go_through_what_was_asked(program: Program, qtbot: QtBot) -> None:
    program.show_query(BEACH)
    press(program, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert program.browsing.query == Query()
    press(program, Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    assert program.browsing.query == BEACH


def test_pages_come_and_go(program: Program) -> None:
    window, model = program.window, program.library.model
    window.show_page(PageName.VIEWER, PageContext(model.ids, 2))
    assert not program.toolbar.isVisible()
    assert not program.sidebar.isVisible()
    window.go_back()
    assert page(program) is PageName.LIBRARY
    assert program.toolbar.isVisible()
    assert program.sidebar.isVisible()


def test_opening_a_photo_and_coming_back_keeps_the_place(program: Program, qtbot: QtBot) -> None:
    view = program.library.view
    view.setFocus()
    press(program, Qt.Key.Key_Right)
    press(program, Qt.Key.Key_Right)
    at = view.currentIndex().row()
    press(program, Qt.Key.Key_Return)
    assert page(program) is PageName.VIEWER
    assert program.viewer.photo_id == program.library.model.photo_id(at)
    press(program, Qt.Key.Key_Escape)
    assert page(program) is PageName.LIBRARY
    assert view.currentIndex().row() == at
    assert view.hasFocus()


def test_problems_page_is_marked_in_the_sidebar(program: Program, qtbot: QtBot) -> None:
    program.sidebar.problems_wanted.emit()
    assert page(program) is PageName.PROBLEMS
    program.show_query(BEACH)
    assert page(program) is PageName.LIBRARY


def test_undo_takes_the_last_decision_back(
    program: Program, indexed: LibrarySession, qtbot: QtBot
) -> None:
    photo = program.library.model.photo_id(0)
    indexed.decide([photo], "birthday", TagState.MANUAL).result(10)
    press(program, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(
        lambda: all(tag.slug != "birthday" for tag in indexed.details(photo).result(10).tags)
    )


def test_every_key_of_the_table_has_its_action(program: Program) -> None:
    made = {one.objectName() for one in program.window.findChildren(QAction)}
    missing = {one.name for one in TABLE if one.handled} - made
    assert not missing


def test_a_saved_search_stands_in_the_sidebar(
    program: Program, indexed: LibrarySession, qtbot: QtBot
) -> None:
    program.show_query(BEACH)
    indexed.save_album("At the sea", BEACH).result(10)
    qtbot.waitUntil(
        lambda: any(one.text == "At the sea" for one in program.sidebar.albums), timeout=5000
    )
    program.show_query(Query())
    program.sidebar.view.go_to(program.sidebar.albums[0].key)
    QTest.keyClick(program.sidebar.view, Qt.Key.Key_Space)
    assert program.browsing.query == BEACH
    assert program.sidebar.albums[0].marked


def test_everything_that_takes_the_focus_has_a_name(program: Program, qtbot: QtBot) -> None:
    program.show_query(BEACH)
    qtbot.waitUntil(lambda: len(program.library.model.ids) < PHOTOS)
    nameless = [
        f"{type(widget).__name__} in {type(widget.parent()).__name__}"
        for widget in program.window.findChildren(QWidget)
        if widget.isVisible()
        and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and not widget.accessibleName()
        and not getattr(widget, "text", lambda: "")()
    ]
    assert not nameless


def test_the_window_remembers_where_it_was(program: Program, indexed: LibrarySession) -> None:
    program.window.resize(1000, 700)
    program.window.close()
    assert indexed.settings.current.window_geometry


def test_dark_is_put_on_while_the_window_is_open(program: Program) -> None:
    before = program.window.grab().toImage().pixelColor(600, 10).lightness()
    program.theme.choose(Scheme.DARK)
    after = program.window.grab().toImage().pixelColor(600, 10).lightness()
    program.theme.choose(Scheme.LIGHT)
    assert after < before


def save_as_album(program: Program, name: str, qtbot: QtBot) -> None:
    """Save the search, and wait until that is told and the sidebar has it."""

    def known() -> bool:
        said = program.notices.message
        told = said is not None and said.text == f"Album «{name}» saved"
        return told and name in {one.text for one in program.sidebar.albums}

    program.library.choice.album_named.emit(name)
    qtbot.waitUntil(known)


def test_a_saved_album_is_told_and_in_sight(program: Program, qtbot: QtBot) -> None:
    sidebar = program.sidebar
    program.window.resize(1200, 500)
    program.show_query(BEACH)
    for name in ("Shores", "Shores again"):
        save_as_album(program, name, qtbot)
        line = next(one for one in sidebar.albums if one.text == name)
        assert sidebar.view.viewport().rect().contains(sidebar.view.item_rect(line.key))
    heading = next(one for one in sidebar.items if one.key == "albums")
    sidebar.view.activated_item.emit(heading)
    assert not sidebar.albums
    sidebar.view.verticalScrollBar().setValue(0)
    save_as_album(program, "Shores", qtbot)
    assert sidebar.view.verticalScrollBar().value() > 0


@pytest.mark.parametrize("name", [PageName.REVIEW, PageName.PROBLEMS])
def test_escape_leaves_a_page_that_has_nothing_to_show(
    session: LibrarySession, qapp: QApplication, qtbot: QtBot, name: PageName
) -> None:
    program = Program(qapp, session, Scheme.LIGHT)
    program.window.show()
    program.window.activateWindow()
    qtbot.waitExposed(program.window)
    program.window.show_page(PageName.LIBRARY)
    program.window.show_page(name)
    qtbot.wait(100)
    focused = program.window.focusWidget()
    assert focused is not None
    assert focused.isVisible()
    QTest.keyClick(focused, Qt.Key.Key_Escape)
    assert page(program) is PageName.LIBRARY
    program.window.close()
    program.close()
    program.window.deleteLater()


@pytest.mark.parametrize("name", [PageName.REVIEW, PageName.VIEWER])
def test_notices_keep_off_what_is_needed_at_the_foot(
    program: Program, qtbot: QtBot, name: PageName
) -> None:
    context = PageContext(program.library.model.ids, 0)
    program.notices.say(Message("Something was said before this page came up"))
    program.window.show_page(name, context)
    foot = program.window.page.foot if program.window.page else None
    assert foot is not None
    qtbot.waitUntil(foot.isVisible)
    program.notices.say(Message("Something else", replaces="x"))

    def keeps_off() -> None:
        top = foot.mapTo(program.window, QPoint(0, 0)).y()
        assert program.notices.isVisible()
        assert program.notices.geometry().bottom() < top

    qtbot.waitUntil(keeps_off)


def test_suggestions_leave_the_chips_to_be_seen(program: Program, qtbot: QtBot) -> None:
    program.window.activateWindow()
    program.show_query(BEACH)
    press(program, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    popup = program.field.completions.popup
    QTest.keyClicks(program.field, "sun")
    qtbot.waitUntil(popup.isVisible)
    choice = program.library.choice
    assert popup.y() >= choice.mapToGlobal(choice.rect().bottomLeft()).y()
    program.field.completions.hide()


def test_the_name_of_an_album_is_asked_for_beside_the_choice(program: Program) -> None:
    program.show_query(BEACH)
    choice = program.library.choice
    before = choice.height()
    choice.ask_name()
    QApplication.processEvents()
    save = choice._save
    assert 0 < choice.name.x() - save.geometry().right() < 20
    assert choice.height() == before
