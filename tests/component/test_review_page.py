"""Deciding suggestions of one tag on a real library."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from album.domain.tag import Certainty, TagState
from album.session import LibrarySession
from album.testing.pictures import make_picture
from album_ui.bridge import Bridge
from album_ui.pages import PageContext, PageName
from album_ui.review.grid import COLUMNS, ROWS, Suggestion, Verdict
from album_ui.review.page import ReviewPage
from album_ui.theme import Theme

SKIES = 15


@pytest.fixture
def skies(session: LibrarySession, tmp_path: Path) -> LibrarySession:
    for seed in range(SKIES):
        make_picture(tmp_path / "skies" / f"{seed}.jpg", "sky", seed=seed)
    session.add_folder(tmp_path / "skies").result(30)
    for _ in session.index():
        pass
    return session


@pytest.fixture
def page(qtbot: QtBot, skies: LibrarySession, bridge: Bridge, theme: Theme) -> Iterator[ReviewPage]:
    page = ReviewPage(skies, bridge, theme)
    qtbot.addWidget(page)
    page.resize(1000, 700)
    page.show()
    page.enter(PageContext())
    qtbot.waitUntil(lambda: len(page.shown) == COLUMNS * ROWS)
    yield page
    page.leave()


def state(session: LibrarySession, photo_id: int) -> TagState:
    details = session.details(photo_id).result(10)  # type: ignore[arg-type]
    return next(tag.state for tag in (*details.tags, *details.rejected) if tag.slug == "sky")


def test_the_least_certain_come_first(page: ReviewPage) -> None:
    assert page.slug == "sky"
    assert "sky" in page._question.text()
    scores = [one.score for one in page.shown]
    assert scores == sorted(scores)
    page.grab()


def test_a_suggestion_says_how_certain_it_is(page: ReviewPage) -> None:
    likely = Suggestion(page.shown[0].photo_id, 0.634, Certainty.LIKELY)
    sure = Suggestion(page.shown[1].photo_id, 0.97, Certainty.SURE)
    page._grid.show_page([likely, sure], 0)
    assert "0.63 likely" in page._grid.accessibleDescription()
    page._grid.show_page([likely, sure], 1)
    assert "0.97, " in page._grid.accessibleDescription()
    page.grab()


def test_each_tag_has_its_own_figures(page: ReviewPage, qtbot: QtBot) -> None:
    QTest.keyClick(page._grid, Qt.Key.Key_X)
    assert "0 yes, 1 no" in page._progress.text()
    page._slug = "another"
    page._refresh()
    assert "yes" not in page._progress.text()
    page.undo()
    assert (page.slug, "yes" in page._progress.text()) == ("sky", False)


def test_one_key_yes_one_key_no_and_they_stay_in_place(
    page: ReviewPage, skies: LibrarySession, qtbot: QtBot
) -> None:
    first, second = page.shown[0].photo_id, page.shown[1].photo_id
    with qtbot.waitSignals([page.decided, page.decided]):
        QTest.keyClick(page._grid, Qt.Key.Key_A)
        QTest.keyClick(page._grid, Qt.Key.Key_X)
    assert [one.verdict for one in page.shown[:3]] == [Verdict.YES, Verdict.NO, Verdict.OPEN]
    assert state(skies, first) is TagState.CONFIRMED
    assert state(skies, second) is TagState.REJECTED
    assert "1 yes, 1 no" in page._progress.text()
    page.grab()


def test_undo_opens_it_again(page: ReviewPage, skies: LibrarySession, qtbot: QtBot) -> None:
    first = page.shown[0].photo_id
    with qtbot.waitSignal(page.decided):
        QTest.keyClick(page._grid, Qt.Key.Key_X)
    QTest.keyClick(page._grid, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert page.shown[0].verdict is Verdict.OPEN
    qtbot.waitUntil(lambda: state(skies, first) is TagState.SUGGESTED)


def test_yes_to_the_page_brings_the_rest(
    page: ReviewPage, skies: LibrarySession, qtbot: QtBot
) -> None:
    first_page = [one.photo_id for one in page.shown]
    QTest.keyClick(page._grid, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(page.shown) == SKIES - COLUMNS * ROWS)
    assert all(state(skies, one) is TagState.CONFIRMED for one in first_page)
    QTest.keyClick(page._grid, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: page._stack.currentIndex() == 1)


@pytest.mark.parametrize("turned", [True, False])
def test_undo_brings_the_page_back(
    page: ReviewPage, skies: LibrarySession, qtbot: QtBot, turned: bool
) -> None:
    first_page = [one.photo_id for one in page.shown]
    with qtbot.waitSignal(page.decided):
        QTest.keyClick(page._grid, Qt.Key.Key_Return)
        if turned:
            qtbot.waitUntil(lambda: len(page.shown) == SKIES - COLUMNS * ROWS)
        QTest.keyClick(page._grid, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: all(state(skies, one) is TagState.SUGGESTED for one in first_page))
    assert [one.photo_id for one in page.shown] == first_page
    assert all(one.verdict is Verdict.OPEN for one in page.shown)
    assert f"up to {SKIES - len(first_page)} more" in page._progress.text()
    QTest.keyClick(page._grid, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(page.shown) == SKIES - COLUMNS * ROWS)


def test_undo_leads_back_from_the_end(
    page: ReviewPage, skies: LibrarySession, qtbot: QtBot
) -> None:
    QTest.keyClick(page._grid, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(page.shown) == SKIES - COLUMNS * ROWS)
    last_page = [one.photo_id for one in page.shown]
    QTest.keyClick(page._grid, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page._stack.currentIndex() == 1)
    QTest.keyClick(page._grid, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert page._stack.currentIndex() == 0
    assert [one.photo_id for one in page.shown] == last_page


def test_space_looks_closer_and_escape_leaves(page: ReviewPage, qtbot: QtBot) -> None:
    QTest.keyClick(page._grid, Qt.Key.Key_Right)
    with qtbot.waitSignal(page.page_wanted) as wanted:
        QTest.keyClick(page._grid, Qt.Key.Key_Space)
    assert wanted.args is not None
    assert wanted.args[0] is PageName.VIEWER
    assert wanted.args[1].photo_id == page.shown[1].photo_id
    with qtbot.waitSignal(page.left):
        QTest.keyClick(page._grid, Qt.Key.Key_Escape)
