"""Widgets side by side that go on in the next line."""

from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from album_ui.flow import FlowLayout


def test_it_is_as_high_as_what_is_shown_now(qtbot: QtBot) -> None:
    box = QWidget()
    qtbot.addWidget(box)
    flow = FlowLayout(box)
    labels = [QLabel("word") for _ in range(3)]
    for label in labels:
        label.setFixedSize(80, 20)
        flow.addWidget(label)
    box.show()
    assert flow.heightForWidth(90) == 3 * 20 + 2 * 6
    labels[1].hide()
    assert flow.heightForWidth(90) == 2 * 20 + 6
    labels[0].setFixedSize(80, 40)
    assert flow.heightForWidth(90) == 40 + 20 + 6
    assert flow.heightForWidth(300) == 40
