"""The picture surface: what is shown where, at any zoom."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from album_ui.viewer.canvas import PictureCanvas
from album_ui.viewer.levels import Levels, build_levels


def quarters(width: int, height: int) -> Levels:
    """Red, green, blue and white quarters."""
    pixels = np.full((height, width, 3), 255, np.uint8)
    pixels[: height // 2, : width // 2] = (255, 0, 0)
    pixels[: height // 2, width // 2 :] = (0, 255, 0)
    pixels[height // 2 :, : width // 2] = (0, 0, 255)
    return build_levels(pixels)


@pytest.fixture
def canvas(qtbot: QtBot) -> PictureCanvas:
    canvas = PictureCanvas(QColor("#0E0D0C"))
    qtbot.addWidget(canvas)
    canvas.resize(640, 480)
    canvas.show()
    return canvas


def shown(canvas: PictureCanvas, x: int, y: int) -> tuple[int, int, int]:
    colour = canvas.grab().toImage().pixelColor(x, y)
    return colour.red(), colour.green(), colour.blue()


@given(width=st.integers(1, 5000), height=st.integers(1, 3000))
def test_levels_halve_down_to_about_a_screen(width: int, height: int) -> None:
    levels = build_levels(np.zeros((height, width, 3), np.uint8))
    sizes = [image.size() for image in levels.images]
    assert sizes[0] == QSize(width, height)
    assert max(sizes[-1].width(), sizes[-1].height()) < 1024
    assert levels.size_bytes < 3.2 * width * height + 3.2 * 4 * width * height / 3


def test_a_level_is_never_coarser_than_the_screen_when_the_picture_is_not() -> None:
    levels = quarters(4000, 3000)
    for scale in (0.05, 0.13, 0.25, 0.26, 0.5, 0.7, 1.0, 3.0):
        assert levels.at(scale).width() >= min(4000, 4000 * scale, 4000)
        assert levels.at(scale).width() <= max(1000, 4000 * scale * 2)


def test_the_whole_picture_is_in_sight_at_first(canvas: PictureCanvas) -> None:
    canvas.show_picture(QSize(4000, 3000), quarters(4000, 3000))
    assert canvas.fits
    assert canvas.rect().contains(canvas.picture_rect().toAlignedRect())
    assert shown(canvas, 160, 120) == (255, 0, 0)
    assert shown(canvas, 480, 120) == (0, 255, 0)
    assert shown(canvas, 160, 360) == (0, 0, 255)
    assert shown(canvas, 2, 2) == (0x0E, 0x0D, 0x0C)


def test_a_small_rendering_stands_in_for_the_full_one(canvas: PictureCanvas) -> None:
    canvas.show_picture(QSize(4000, 3000), quarters(400, 300))
    before = canvas.picture_rect()
    assert shown(canvas, 480, 120) == (0, 255, 0)
    canvas.sharpen(quarters(4000, 3000))
    assert canvas.picture_rect() == before
    assert shown(canvas, 480, 120) == (0, 255, 0)


@given(
    x=st.integers(0, 639),
    y=st.integers(0, 479),
    factors=st.lists(st.floats(0.4, 3.0), max_size=6),
)
def test_positions_go_there_and_back(qapp: object, x: int, y: int, factors: list[float]) -> None:
    canvas = PictureCanvas(QColor("black"))
    canvas.resize(640, 480)
    canvas.show_picture(QSize(4000, 3000), None)
    for factor in factors:
        canvas.zoom_by(factor, QPointF(x, y))
        assert canvas.scale <= 16
        assert canvas.scale >= canvas.fit_scale() * 0.999
    back = canvas.to_widget(canvas.to_picture(QPointF(x, y)))
    assert abs(back.x() - x) < 0.01
    assert abs(back.y() - y) < 0.01


def test_zoom_holds_the_point_under_the_pointer(canvas: PictureCanvas) -> None:
    canvas.show_picture(QSize(4000, 3000), None)
    at = QPointF(200, 200)
    canvas.set_scale(1.0, at)
    held = canvas.to_picture(at)
    canvas.zoom_by(1.25, at)
    moved = canvas.to_picture(at) - held
    assert abs(moved.x()) < 0.01
    assert abs(moved.y()) < 0.01


def test_a_zoomed_picture_cannot_be_pushed_out_of_the_window(canvas: PictureCanvas) -> None:
    canvas.show_picture(QSize(4000, 3000), None)
    canvas.set_scale(1.0)
    canvas.pan_by(100_000, 100_000)
    assert canvas.picture_rect().topLeft() == QPointF(0, 0)
    canvas.pan_by(-100_000, -100_000)
    assert canvas.picture_rect().bottomRight() == QPointF(640, 480)


def test_a_double_click_shows_pixels_and_then_the_whole(canvas: PictureCanvas) -> None:
    canvas.show_picture(QSize(4000, 3000), None)
    QTest.mouseDClick(canvas, Qt.MouseButton.LeftButton)
    assert canvas.scale == 1.0
    QTest.mouseDClick(canvas, Qt.MouseButton.LeftButton)
    assert canvas.fits


def test_a_click_names_the_picture_position(canvas: PictureCanvas, qtbot: QtBot) -> None:
    canvas.show_picture(QSize(4000, 3000), None)
    with qtbot.waitSignal(canvas.pressed_at) as pressed:
        QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=canvas.rect().center())
    assert pressed.args is not None
    assert abs(pressed.args[0].x() - 2000) < 8
    assert abs(pressed.args[0].y() - 1500) < 8
