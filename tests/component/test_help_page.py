"""All keys are on one page."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from album_ui.help.page import KeysOverlay, columns, keys_of
from album_ui.shortcuts import TABLE
from album_ui.theme import Theme


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(1200, 800)
    field = QLineEdit()
    QVBoxLayout(window).addWidget(field)
    window.show()
    field.setFocus()
    return window


def test_every_key_of_the_table_is_shown(window: QWidget, theme: Theme) -> None:
    overlay = KeysOverlay(theme, window)
    overlay.toggle()
    shown = [label.text() for label in overlay.findChildren(QLabel)]
    for entry in TABLE:
        assert entry.text in shown
        for key in keys_of(entry):
            assert key in shown


@pytest.mark.parametrize("wanted", [1, 2, 3])
def test_no_part_is_torn_and_none_is_lost(wanted: int) -> None:
    laid = [entry for column in columns(TABLE, wanted) for _, part in column for entry in part]
    assert len(laid) == len(TABLE)
    assert set(laid) == set(TABLE)


def test_it_comes_and_goes_by_key_and_click(window: QWidget, theme: Theme) -> None:
    overlay = KeysOverlay(theme, window)
    overlay.toggle()
    assert overlay.isVisible()
    assert overlay.size() == window.size()
    QTest.keyClick(overlay, Qt.Key.Key_Escape)
    assert overlay.isHidden()
    overlay.toggle()
    QTest.mouseClick(overlay, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    assert overlay.isHidden()
