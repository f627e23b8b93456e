"""Words, dates and numbers in the languages that we speak."""

from collections.abc import Iterator
from datetime import date

import pytest
from PySide6.QtWidgets import QApplication, QDialogButtonBox, QLineEdit

from album_ui import words


@pytest.fixture
def speak(qapp: QApplication) -> Iterator[None]:
    yield
    words.install(qapp, "en")


@pytest.mark.usefixtures("speak")
def test_the_dialogs_of_qt_speak_the_language_too(qapp: QApplication) -> None:
    def buttons() -> list[str]:
        standard = QDialogButtonBox.StandardButton
        box = QDialogButtonBox(standard.Ok | standard.Cancel)
        said = [box.button(one).text() for one in (standard.Ok, standard.Cancel)]
        field = QLineEdit()
        menu = field.createStandardContextMenu()
        return [*said, menu.actions()[0].text().split("\t")[0]]

    words.install(qapp, "zh")
    assert buttons() == ["确定", "取消", "撤消(&U)"]
    words.install(qapp, "en")
    assert buttons() == ["OK", "Cancel", "&Undo"]


@pytest.mark.parametrize(
    ("first", "last", "english", "chinese"),
    [
        (date(2010, 1, 1), date(2020, 12, 31), "2010 – 2020", "2010年 – 2020年"),
        (date(2025, 1, 1), date(2025, 12, 31), "2025", "2025年"),
        (date(2025, 7, 1), date(2025, 7, 31), "Jul 2025", "2025年7月"),
        (date(2024, 2, 1), date(2024, 2, 29), "Feb 2024", "2024年2月"),
        (date(2025, 6, 1), date(2025, 8, 31), "Jun – Aug 2025", "2025年6月 – 8月"),
        (date(2024, 11, 1), date(2025, 2, 28), "Nov 2024 – Feb 2025", "2024年11月 – 2025年2月"),
        (date(2025, 7, 12), date(2025, 7, 14), "12–14 Jul 2025", "2025年7月12日–14日"),
        (date(2025, 6, 28), date(2025, 7, 2), "28 Jun – 2 Jul 2025", "2025年6月28日 – 7月2日"),
        (
            date(2024, 12, 30),
            date(2025, 1, 2),
            "30 Dec 2024 – 2 Jan 2025",
            "2024年12月30日 – 2025年1月2日",
        ),
        (date(2025, 7, 12), date(2025, 7, 12), "12 July 2025", "2025年7月12日"),
        (date(2024, 2, 12), date(2025, 2, 12), "12 Feb 2024 – 12 Feb 2025",
         "2024年2月12日 – 2025年2月12日"),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("speak")
def test_days_from_to_are_said_shortly(
    qapp: QApplication, first: date, last: date, english: str, chinese: str
) -> None:
    words.install(qapp, "en")
    assert words.span(first, last) == english
    words.install(qapp, "zh")
    assert words.span(first, last) == chinese


def test_videos_are_counted_as_such() -> None:
    assert words.pictures(2, 2) == "2 videos"
    assert words.pictures(3, 1) == "2 photos · 1 video"
    assert words.pictures(1, 0) == "1 photo"
    assert words.pictures(0, 0) == "0 photos"
