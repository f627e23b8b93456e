"""The strip of years beside the grid."""

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from album_ui.grid.scroller import YearScroller
from album_ui.theme import Theme


@pytest.mark.parametrize("height", [1, 32, 33, 400])
def test_it_is_drawn_whatever_its_height(theme: Theme, qtbot: QtBot, height: int) -> None:
    strip = YearScroller(theme)
    qtbot.addWidget(strip)
    strip.setFixedHeight(height)
    strip.show_days(np.arange(20_000, 10_000, -7, dtype=np.int32), timed=True)
    assert strip.grab().height() == height
