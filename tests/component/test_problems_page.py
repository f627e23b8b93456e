"""The page of problems on a real library with a broken file."""

from pathlib import Path

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from pytestqt.qtbot import QtBot

from album.session import LibrarySession
from album.storage.problems import Problem, Stage
from album_ui.bridge import Bridge
from album_ui.pages import PageContext
from album_ui.problems.model import ProblemsModel
from album_ui.problems.page import ProblemsPage
from album_ui.theme import Theme


@pytest.fixture
def page(qtbot: QtBot, session: LibrarySession, bridge: Bridge, theme: Theme) -> ProblemsPage:
    page = ProblemsPage(session, bridge, theme)
    qtbot.addWidget(page)
    page.resize(900, 600)
    page.show()
    return page


@pytest.fixture
def broken(session: LibrarySession, photos: Path) -> Path:
    file = photos / "broken\nname.jpg"
    file.write_bytes(b"\xff\xd8\xff\xe0 not a picture")
    session.add_folder(photos).result(30)
    for _ in session.index():
        pass
    return file


def problem(number: int) -> Problem:
    return Problem(
        id=number,
        folder_id=1,  # type: ignore[arg-type]
        path=Path(f"/photos/{number}.jpg"),
        shown=f"/photos/{number}.jpg",
        photo_id=None,
        stage=Stage.READ,
        reason="It ends too early.",
        advice="Copy it again.",
        first_s=0,
        last_s=0,
        attempts=2,
        size_bytes=None,
        mtime_ns=None,
    )


def test_the_model_is_a_sound_list(qapp: object) -> None:
    model = ProblemsModel()
    tester = QAbstractItemModelTester(model)
    model.show([problem(1), problem(2)])
    assert tester.model() is model
    assert model.rowCount() == 2
    said = model.data(model.index(0), Qt.ItemDataRole.AccessibleTextRole)
    assert said == "/photos/1.jpg: It ends too early. Copy it again."


def test_nothing_wrong_says_so(page: ProblemsPage, qtbot: QtBot) -> None:
    page.enter(PageContext())
    qtbot.wait(50)
    assert page._stack.currentIndex() == 1


def test_a_broken_file_is_listed_with_its_reason(
    page: ProblemsPage, broken: Path, qtbot: QtBot
) -> None:
    page.enter(PageContext())
    qtbot.waitUntil(lambda: page._model.rowCount() == 1)
    listed = page._model.problems[0]
    assert listed.path == broken
    assert listed.reason
    assert page._stack.currentIndex() == 0
    assert "1 file" in page._summary.text()
    page.grab()


def test_a_mended_file_leaves_the_list_when_tried_again(
    page: ProblemsPage, broken: Path, session: LibrarySession, qtbot: QtBot
) -> None:
    page.enter(PageContext())
    qtbot.waitUntil(lambda: page._model.rowCount() == 1)
    assert not page._retry.isEnabled()
    page._list.selectionModel().select(
        page._model.index(0), QItemSelectionModel.SelectionFlag.Select
    )
    assert page._retry.isEnabled()
    other = next(path for path in broken.parent.rglob("*.jpg") if path != broken)
    broken.write_bytes(other.read_bytes())
    page.setFocus()  # as the window does
    qtbot.waitUntil(page._list.hasFocus)
    told: list[str] = []
    session.notices.subscribe(lambda notice: told.append(notice.text))
    QTest.keyClick(page._list, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: not session.problems().result(10), timeout=15_000)
    qtbot.waitUntil(lambda: page._model.rowCount() == 0)
    assert told == ["Trying 1 file again"]


def test_escape_goes_back(page: ProblemsPage, qtbot: QtBot) -> None:
    with qtbot.waitSignal(page.left):
        QTest.keyClick(page._list, Qt.Key.Key_Escape)
