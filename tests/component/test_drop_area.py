"""The window takes folders from anywhere, and says what it cannot take."""

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from album_ui.bridge import Bridge
from album_ui.drop.area import DropArea
from album_ui.drop.outgoing import mime_of_originals
from album_ui.theme import Theme


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(600, 400)
    window.show()
    return window


@pytest.fixture
def area(window: QWidget, bridge: Bridge, theme: Theme) -> DropArea:
    return DropArea(bridge, theme, window)


def files(*paths: Path) -> QMimeData:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return mime


def enter(widget: QWidget, mime: QMimeData) -> bool:
    event = QDragEnterEvent(
        QPoint(50, 50),
        Qt.DropAction.CopyAction,
        mime,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    event.ignore()
    QApplication.sendEvent(widget, event)
    return event.isAccepted()


def drop(area: DropArea, mime: QMimeData) -> None:
    event = QDropEvent(
        QPointF(50, 50),
        Qt.DropAction.CopyAction,
        mime,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    area.dropEvent(event)


def test_a_drag_brings_the_area_up_and_leaving_takes_it_away(
    window: QWidget, area: DropArea, tmp_path: Path
) -> None:
    assert enter(window, files(tmp_path))
    assert area.isVisible()
    assert area.size() == window.size()
    area.grab()
    area.dragLeaveEvent(QDragLeaveEvent())
    assert area.isHidden()


def test_text_is_not_taken(window: QWidget, area: DropArea) -> None:
    mime = QMimeData()
    mime.setText("beach")
    assert not enter(window, mime)
    assert area.isHidden()


def test_dropped_folders_and_files_are_handed_on(
    area: DropArea, tmp_path: Path, qtbot: QtBot
) -> None:
    (tmp_path / "a.jpg").write_bytes(b"x")
    with qtbot.waitSignal(area.dropped) as dropped:
        drop(area, files(tmp_path, tmp_path / "a.jpg"))
    assert dropped.args == [[tmp_path, tmp_path / "a.jpg"]]
    assert area.isHidden()


def test_what_cannot_be_taken_is_said(area: DropArea, tmp_path: Path, qtbot: QtBot) -> None:
    with qtbot.waitSignal(area.refused) as refused:
        drop(area, files(tmp_path / "gone"))
    assert refused.args is not None
    assert "gone" in refused.args[0]


def test_originals_leave_as_files(tmp_path: Path) -> None:
    mime = mime_of_originals([tmp_path / "ä b.jpg"])
    assert [url.toLocalFile() for url in mime.urls()] == [str(tmp_path / "ä b.jpg")]
    assert not mime.hasImage()
