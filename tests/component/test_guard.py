"""What a method that Qt calls raises stays inside, and is told."""

import sys
from types import TracebackType

import pytest
from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QListView, QWidget
from pytestqt.qtbot import QtBot

from album_ui.guard import guarded

AnyIndex = QModelIndex | QPersistentModelIndex


@guarded
class Broken(QWidget):
    """Fails as numpy and lists do: in C."""

    def __init__(self) -> None:
        super().__init__()
        self.nothing: list[int] = []

    def paintEvent(self, event: QPaintEvent) -> None:
        self.nothing[0]

    def sizeHint(self) -> QSize:
        return QSize(30, 20)

    def ask(self) -> int:
        return self.nothing[0]


@guarded
class BrokenModel(QAbstractListModel):
    """Has rows but cannot say what is in them."""

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's default
        return 3

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> int:
        return {1: 2}[role + 1000]


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[type[BaseException]]:
    """What reaches the crash hook."""
    found: list[type[BaseException]] = []

    def hook(kind: type[BaseException], _: BaseException, __: TracebackType | None) -> None:
        found.append(kind)

    monkeypatch.setattr(sys, "excepthook", hook)
    return found


def test_a_paint_that_fails_is_told_once(told: list[type[BaseException]], qtbot: QtBot) -> None:
    broken = Broken()
    qtbot.addWidget(broken)
    for _ in range(3):
        broken.grab()
    assert told == [IndexError]
    assert broken.sizeHint() == QSize(30, 20)


def test_a_model_that_fails_shows_nothing(told: list[type[BaseException]], qtbot: QtBot) -> None:
    view, model = QListView(), BrokenModel()
    qtbot.addWidget(view)
    view.setModel(model)
    view.grab()
    assert told == [KeyError]
    assert model.index(0).data() is None


def test_methods_that_qt_never_calls_raise_as_ever(qtbot: QtBot) -> None:
    broken = Broken()
    qtbot.addWidget(broken)
    with pytest.raises(IndexError):
        broken.ask()
