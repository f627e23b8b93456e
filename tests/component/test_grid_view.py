"""The grid: keys, mouse, selection as runs, pictures as they come."""

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtGui import QAccessible, QImage
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from album.domain.query import Query, Sort
from album.session import LibrarySession
from album.storage.search import Page
from album_ui.bridge import Bridge
from album_ui.grid.model import PhotoGridModel
from album_ui.grid.painter import tick_rect
from album_ui.grid.pixmaps import Pixmaps, decode
from album_ui.grid.scroller import YearScroller
from album_ui.grid.view import PhotoGridView
from album_ui.theme import Theme
from tests.component.conftest import PHOTOS

SHIFT, CONTROL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
LEFT = Qt.MouseButton.LeftButton


def page_of(count: int, days: int = 7) -> Page:
    """A page of photos that nobody knows, so many a day."""
    ids = np.arange(1, count + 1, dtype=np.int32)
    return Page(
        ids=ids,
        total=count,
        videos=0,
        aspect=np.full(count, 1.5, np.float32),
        day=(20_000 - np.arange(count) // days).astype(np.int32),
        colour=np.full(count, -1, np.int32),
        video=np.zeros(count, np.bool_),
    )


@pytest.fixture
def model(session: LibrarySession, bridge: Bridge) -> PhotoGridModel:
    return PhotoGridModel(session, bridge)


@pytest.fixture
def view(
    session: LibrarySession, bridge: Bridge, theme: Theme, model: PhotoGridModel, qtbot: QtBot
) -> Iterator[PhotoGridView]:
    pixmaps = Pixmaps(session, bridge)
    view = PhotoGridView(model, pixmaps, theme)
    view.resize(900, 600)
    view.show()
    qtbot.waitExposed(view)
    yield view
    pixmaps.close()
    view.close()
    view.deleteLater()


def centre(view: PhotoGridView, row: int) -> QPoint:
    return view.visualRect(view.model().index(row, 0)).center()


def test_the_model_keeps_qts_rules(model: PhotoGridModel) -> None:
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    for count in (0, 3, 200, 0, 5):
        model.show(page_of(count))
        assert model.rowCount() == count


def test_photos_are_found_by_id(model: PhotoGridModel) -> None:
    model.show(page_of(50))
    assert model.place_of(7) == 6
    assert model.place_of(51) == -1
    assert model.places_of([50, 3, 99]).tolist() == [2, 49]
    assert model.places_of([]).tolist() == []


def test_arrow_keys_walk_the_rows(view: PhotoGridView, model: PhotoGridModel) -> None:
    view.show_page(page_of(60), keep=False)
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_Right)
    assert view.currentIndex().row() == 0
    QTest.keyClick(view, Qt.Key.Key_Right)
    assert view.currentIndex().row() == 1
    QTest.keyClick(view, Qt.Key.Key_Down)
    QTest.keyClick(view, Qt.Key.Key_Up)
    assert view.currentIndex().row() == 1, "up and down keep the column"
    QTest.keyClick(view, Qt.Key.Key_End)
    assert view.currentIndex().row() == 59
    assert view.viewport().rect().contains(centre(view, 59)), "the current photo is in sight"
    QTest.keyClick(view, Qt.Key.Key_Home)
    assert view.currentIndex().row() == 0
    assert view.verticalScrollBar().value() == 0
    QTest.keyClick(view, Qt.Key.Key_PageDown)
    first = view.currentIndex().row()
    assert first > 4
    QTest.keyClick(view, Qt.Key.Key_PageUp)
    assert view.currentIndex().row() < first


def test_shift_selects_one_run(view: PhotoGridView) -> None:
    view.show_page(page_of(60), keep=False)
    QTest.mouseClick(view.viewport(), LEFT, pos=centre(view, 1))
    QTest.mouseClick(view.viewport(), LEFT, SHIFT, pos=centre(view, 9))
    assert view.selected_rows() == [(1, 9)]
    QTest.keyClick(view, Qt.Key.Key_Right, SHIFT)
    assert view.selected_rows() == [(1, 10)]


def test_control_adds_and_takes_away(view: PhotoGridView) -> None:
    view.show_page(page_of(60), keep=False)
    for row in (1, 3, 5, 3):
        QTest.mouseClick(view.viewport(), LEFT, CONTROL, pos=centre(view, row))
    assert view.selected_ids().tolist() == [2, 6]


def test_a_hundred_thousand_are_selected_as_one_run(view: PhotoGridView) -> None:
    view.show_page(page_of(100_000, days=40), keep=False)
    QTest.keyClick(view, Qt.Key.Key_A, CONTROL)
    assert view.selected_rows() == [(0, 99_999)]
    assert len(view.selected_ids()) == 100_000
    QTest.keyClick(view, Qt.Key.Key_Escape)
    assert view.selected_rows() == []


def test_the_tick_toggles_and_the_heart_asks(
    view: PhotoGridView, model: PhotoGridModel, qtbot: QtBot
) -> None:
    view.show_page(page_of(20), keep=False)
    for row in (2, 4):
        rect = view.visualRect(model.index(row))
        QTest.mouseClick(view.viewport(), LEFT, pos=tick_rect(rect).center())
    assert view.selected_ids().tolist() == [3, 5]
    rect = view.visualRect(model.index(4))
    QTest.mouseClick(view.viewport(), LEFT, pos=tick_rect(rect).center())
    assert view.selected_ids().tolist() == [3]


def test_a_rubber_band_selects_what_it_touches(view: PhotoGridView) -> None:
    view.show_page(page_of(60), keep=False)
    viewport = view.viewport()
    start = QPoint(4, 2)
    QTest.mousePress(viewport, LEFT, pos=start)
    QTest.mouseMove(viewport, start + QPoint(40, 30))
    QTest.mouseMove(viewport, centre(view, 1))
    QTest.mouseRelease(viewport, LEFT, pos=centre(view, 1))
    assert view.selected_ids().tolist() == [1, 2]


def test_enter_and_space_and_double_click_open(view: PhotoGridView) -> None:
    opened: list[int] = []
    view.opened.connect(opened.append)
    view.show_page(page_of(20), keep=False)
    QTest.mouseClick(view.viewport(), LEFT, pos=centre(view, 3))
    QTest.keyClick(view, Qt.Key.Key_Return)
    QTest.keyClick(view, Qt.Key.Key_Space)
    QTest.mouseDClick(view.viewport(), LEFT, pos=centre(view, 5))
    assert opened == [3, 3, 5]


def test_what_is_at_the_top_stays_there(view: PhotoGridView) -> None:
    view.show_page(page_of(2000, days=30), keep=False)
    view.go_to(1234)
    first = view.first_visible()
    view.set_row_px(300)
    assert abs(view.first_visible() - first) <= 6
    view.resize(1300, 600)
    assert abs(view.first_visible() - first) <= 12


def test_a_growing_library_does_not_move_what_is_looked_at(view: PhotoGridView) -> None:
    view.show_page(page_of(2000, days=30), keep=False)
    view.go_to(1000)
    seen = int(view.photos.ids[view.first_visible()])
    page = page_of(2000, days=30)
    grown = Page(
        ids=np.append(np.arange(5001, 5061, dtype=np.int32), page.ids),
        total=2060,
        videos=0,
        aspect=np.full(2060, 1.5, np.float32),
        day=np.append(np.full(60, 20_001, np.int32), page.day),
        colour=np.full(2060, -1, np.int32),
        video=np.zeros(2060, np.bool_),
    )
    view.show_page(grown, keep=True)
    assert int(view.photos.ids[view.first_visible()]) == seen


def test_an_empty_page_has_nothing_to_do(view: PhotoGridView) -> None:
    view.show_page(page_of(0), keep=False)
    for key in (Qt.Key.Key_Right, Qt.Key.Key_End, Qt.Key.Key_Return, Qt.Key.Key_PageDown):
        QTest.keyClick(view, key)
    assert not view.currentIndex().isValid()
    assert view.indexAt(QPoint(50, 50)) == QModelIndex()
    assert not view.grab().isNull()


def test_thumbnails_and_names_of_real_photos_come(
    indexed: LibrarySession,
    view: PhotoGridView,
    model: PhotoGridModel,
    qapp: QApplication,
    qtbot: QtBot,
) -> None:
    page = indexed.browse(Query(), Sort.NEWEST).result(10)
    view.show_page(page, keep=False)
    first = int(page.ids[0])
    qtbot.waitUntil(lambda: view.pixmaps.get(first) is not None, timeout=10_000)
    qtbot.waitUntil(lambda: model.row(0) is not None, timeout=10_000)
    pixmap = view.pixmaps.get(first)
    assert pixmap is not None
    rect = view.visualRect(model.index(0))
    assert pixmap.size() == rect.size() * view.devicePixelRatioF()
    spoken = model.data(model.index(0), Qt.ItemDataRole.AccessibleTextRole)
    assert ".jpg" in spoken
    assert "2024" in spoken
    assert len(page.ids) == PHOTOS


def test_pixmaps_stay_below_their_budget(
    session: LibrarySession, bridge: Bridge, qapp: QApplication
) -> None:
    pixmaps = Pixmaps(session, bridge, budget_bytes=10 * 100 * 100 * 4)
    image = QImage(100, 100, QImage.Format.Format_RGB32)
    for photo_id in range(30):
        pixmaps.put(photo_id, image)
    assert pixmaps.get(29) is not None
    assert pixmaps.get(0) is None
    assert sum(pixmaps.get(one) is not None for one in range(30)) == 10
    pixmaps.close()


def test_bytes_that_are_no_picture_decode_to_nothing(qapp: QApplication) -> None:
    from PySide6.QtCore import QSize

    assert decode(b"no picture", QSize(10, 10)).isNull()
    assert decode(b"", QSize(10, 10)).isNull()


@pytest.fixture
def scroller(theme: Theme, qtbot: QtBot) -> YearScroller:
    scroller = YearScroller(theme)
    qtbot.addWidget(scroller)
    scroller.resize(84, 600)
    scroller.show()
    return scroller


@pytest.mark.parametrize("timed", [True, False])
def test_the_scroller_goes_anywhere(scroller: YearScroller, timed: bool) -> None:
    wanted: list[int] = []
    scroller.photo_wanted.connect(wanted.append)
    days = np.linspace(20_000, 12_000, 1_000_000).astype(np.int32)
    scroller.show_days(days, timed=timed)
    for y in (0, 16, 300, 584, 599):
        QTest.mousePress(scroller, LEFT, pos=QPoint(30, y))
        QTest.mouseRelease(scroller, LEFT, pos=QPoint(30, y))
    assert wanted == sorted(wanted)
    assert wanted[0] == 0
    assert wanted[-1] > 990_000
    assert 400_000 < wanted[2] < 600_000
    scroller.show_place(500_000)
    assert not scroller.grab().isNull()


def test_the_scroller_of_nothing(scroller: YearScroller) -> None:
    scroller.show_days(np.empty(0, np.int32), timed=True)
    QTest.mousePress(scroller, LEFT, pos=QPoint(30, 100))
    assert not scroller.grab().isNull()


def test_a_screen_reader_is_told_of_every_photo(
    indexed: LibrarySession, view: PhotoGridView, model: PhotoGridModel, qtbot: QtBot
) -> None:
    view.show_page(indexed.browse(Query(), Sort.NEWEST).result(10), keep=False)
    qtbot.waitUntil(lambda: model.row(4) is not None, timeout=10_000)
    told = QAccessible.queryAccessibleInterface(view)
    assert told.role() == QAccessible.Role.List
    assert told.childCount() == PHOTOS
    photo = told.child(4)
    assert photo.role() == QAccessible.Role.ListItem
    said = photo.text(QAccessible.Text.Name)
    assert said.startswith(model.data(model.index(4), Qt.ItemDataRole.DisplayRole))
    assert "2024" in said
    assert photo.rect().size() == view.visualRect(model.index(4)).size()


def test_without_time_the_scroller_shows_a_thin_mark_and_no_empty_label(
    scroller: YearScroller, theme: Theme
) -> None:
    scroller.show_days(np.full(100, 20_000, np.int32), timed=False)
    scroller.show_place(50)
    image = scroller.grab().toImage()
    dark = theme.colour("text")
    column = [image.pixelColor(image.width() - 3, y) for y in range(image.height())]
    assert 0 < column.count(dark) <= 4 * image.devicePixelRatio()


def test_no_year_shows_from_under_the_label_of_the_place(
    scroller: YearScroller, theme: Theme
) -> None:
    scroller.resize(84, 400)
    scroller.show_days(np.arange(20_700, 10_000, -7, dtype=np.int32), timed=True)
    page, dark = theme.colour("page"), theme.colour("text")
    for row in range(0, 1500, 40):
        scroller.show_place(row)
        image = scroller.grab().toImage()
        right = [image.pixelColor(image.width() - 2, y) for y in range(image.height())]
        top, bottom = right.index(dark), image.height() - 1 - right[::-1].index(dark)
        assert bottom - top < 24
        beside = [
            image.pixelColor(x, y) for x in range(50, image.width()) for y in (top - 2, bottom + 2)
        ]
        assert {one.name() for one in beside} == {page.name()}


def test_the_grid_is_at_rest_when_all_has_come(view: PhotoGridView, qtbot: QtBot) -> None:
    view.photos.show(page_of(5000))
    view.pixmaps.ready.emit([1, 4000])  # the second one is far below
    assert view._fading.isActive()
    qtbot.waitUntil(lambda: not view._fading.isActive())


def test_a_day_of_videos_alone_says_so(view: PhotoGridView) -> None:
    page = page_of(6, days=3)
    page.video[:3] = True
    view.show_page(page, keep=False)
    assert view.photos.videos_in(range(3)) == 3
    assert view.photos.videos_in(range(3, 6)) == 0
