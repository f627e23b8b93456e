"""Several subjects and the edge on the cut-out page: ticks, sliders, and what comes out."""

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QSlider
from pytestqt.qtbot import QtBot

from album.analysis.protocol import Cutout, Pixels, Subject
from album.domain.query import Query, Sort
from album.session import LibrarySession
from album_ui.bridge import Bridge
from album_ui.cutout.page import CutoutPage
from album_ui.cutout.swatches import Swatch
from album_ui.pages import PageContext
from album_ui.theme import Theme

LEFT, RIGHT = (60, 80, 100, 150), (300, 100, 80, 120)


def pair() -> tuple[Pixels, Cutout]:
    """A picture of 480 x 320 with two subjects."""
    pixels = np.full((320, 480, 3), (90, 120, 200), np.uint8)
    alpha = np.zeros((320, 480), np.uint8)
    subjects = []
    for x, y, width, height in (LEFT, RIGHT):
        pixels[y : y + height, x : x + width] = (200, 80, 30)
        alpha[y : y + height, x : x + width] = 255
        part = alpha[y : y + height, x : x + width].copy()
        subjects.append(Subject(part, (x, y, width, height), part.size / alpha.size, 0.9))
    return pixels, Cutout(alpha, 0.95, found=True, box=(60, 80, 320, 150), subjects=tuple(subjects))


@pytest.fixture
def page(
    qtbot: QtBot, indexed: LibrarySession, bridge: Bridge, theme: Theme
) -> Iterator[CutoutPage]:
    ids = indexed.browse(Query(), Sort.OLDEST).result(10).ids
    page = CutoutPage(indexed, bridge, theme)
    qtbot.addWidget(page)
    page.resize(1000, 800)
    page.show()
    page.enter(PageContext(ids, 0))
    qtbot.waitUntil(lambda: page._parcel is not None and not page.busy)
    page._on_lifted(pair())
    qtbot.waitUntil(lambda: len(swatches(page)) == 2 and page._parcel is not None)
    yield page
    page.leave()


def swatches(page: CutoutPage) -> list[Swatch]:
    every = page._panel.subjects.findChildren(Swatch)
    return [one for one in every if one.isCheckable() and not one.isHidden()]


def opaque_at(page: CutoutPage, box: tuple[int, int, int, int]) -> bool:
    assert page._rendering is not None
    x, y, width, height = box
    return bool(page._rendering.result[y + height // 2, x + width // 2, 3] > 127)


def test_all_subjects_are_ticked_at_first(page: CutoutPage) -> None:
    assert [one.isChecked() for one in swatches(page)] == [True, True]
    assert [one.accessibleName() for one in swatches(page)] == ["Subject 1", "Subject 2"]
    assert opaque_at(page, LEFT)
    assert opaque_at(page, RIGHT)


def test_a_subject_without_its_tick_is_left_out_of_every_output(
    page: CutoutPage, qtbot: QtBot
) -> None:
    QTest.mouseClick(swatches(page)[1], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page._parcel is not None)
    assert opaque_at(page, LEFT)
    assert not opaque_at(page, RIGHT)
    assert page._parcel is not None
    assert page._parcel.image.pixelColor(340, 160).alpha() == 0


def test_the_keyboard_ticks_and_the_last_one_stays(page: CutoutPage, qtbot: QtBot) -> None:
    first, second = swatches(page)
    for one in (first, second):
        one.setFocus()
        QTest.keyClick(one, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: page._parcel is not None)
    assert page._panel.subjects.kept == {1}
    assert opaque_at(page, RIGHT)
    assert not opaque_at(page, LEFT)


def test_a_click_on_one_that_was_left_out_takes_it_back(page: CutoutPage, qtbot: QtBot) -> None:
    QTest.mouseClick(swatches(page)[1], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page._parcel is not None)
    page._on_hint(340, 160, wanted=True)
    qtbot.waitUntil(lambda: page._parcel is not None)
    assert page._panel.subjects.kept == {0, 1}
    assert page._hints == []


def test_a_correction_keeps_what_was_left_out(page: CutoutPage, qtbot: QtBot) -> None:
    QTest.mouseClick(swatches(page)[1], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page._parcel is not None)
    page._on_lifted(pair())
    qtbot.waitUntil(lambda: page._parcel is not None)
    assert page._panel.subjects.kept == {0}


def test_the_sliders_move_and_soften_the_edge(page: CutoutPage, qtbot: QtBot) -> None:
    feather, shift = page._panel.findChildren(QSlider)
    assert (feather.accessibleName(), shift.accessibleName()) == ("Feather", "Shift")
    x, y, _, height = LEFT
    shift.setFocus()
    for _ in range(4):
        QTest.keyClick(shift, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: page._parcel is not None and not page.busy)
    assert page._panel.edge.shift_px == 4
    assert page._rendering is not None
    row = page._rendering.result[y + height // 2, :, 3]
    assert row[x - 4] == 255
    assert row[x - 5] == 0
    feather.setValue(8)
    qtbot.waitUntil(lambda: page._parcel is not None and not page.busy)
    row = page._rendering.result[y + height // 2, :, 3]
    assert 0 < row[x - 6] < 255


def test_another_photo_begins_with_the_edge_as_it_is_found(
    page: CutoutPage, qtbot: QtBot, indexed: LibrarySession
) -> None:
    page._panel.findChildren(QSlider)[0].setValue(12)
    qtbot.waitUntil(lambda: page._parcel is not None and not page.busy)
    page.leave()
    page.enter(PageContext(indexed.browse(Query(), Sort.OLDEST).result(10).ids, 0))
    assert page._panel.edge.feather_px == 0
    assert swatches(page) == []
    qtbot.waitUntil(lambda: page._parcel is not None and not page.busy)
