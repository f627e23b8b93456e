"""From worker threads to the GUI thread."""

import threading
from concurrent.futures import Future

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from album.domain.photo import PhotoId
from album.errors import EnvironmentProblem, Interrupted
from album.notices import Notice, NoticeLevel
from album.session import Change, ChangeKind, LibrarySession
from album_ui.bridge import Bridge


def finish_elsewhere(future: Future[int], value: int | BaseException) -> None:
    def run() -> None:
        if isinstance(value, BaseException):
            future.set_exception(value)
        else:
            future.set_result(value)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()


def test_outcomes_arrive_on_the_gui_thread(bridge: Bridge, qtbot: QtBot) -> None:
    seen: list[tuple[int, threading.Thread]] = []
    future: Future[int] = Future()
    bridge.call(future, lambda value: seen.append((value, threading.current_thread())))
    finish_elsewhere(future, 7)
    assert not seen, "nothing is delivered before the event loop runs"
    qtbot.waitUntil(lambda: bool(seen))
    assert seen == [(7, threading.main_thread())]


def test_everything_arrives_in_order(bridge: Bridge, qtbot: QtBot) -> None:
    seen: list[int] = []
    futures: list[Future[int]] = [Future() for _ in range(2000)]
    for future in futures:
        bridge.call(future, seen.append)

    def run() -> None:
        for place, future in enumerate(futures):
            future.set_result(place)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: len(seen) == 2000)
    assert seen == list(range(2000))


def test_problems_reach_who_asked(bridge: Bridge, qtbot: QtBot) -> None:
    problems: list[str] = []
    future: Future[int] = Future()
    bridge.call(future, lambda _: None, lambda problem: problems.append(problem.text))
    finish_elsewhere(future, EnvironmentProblem("The disk is full."))
    qtbot.waitUntil(lambda: problems == ["The disk is full."])


def test_a_problem_that_nobody_handles_becomes_a_notice(
    session: LibrarySession, bridge: Bridge, qtbot: QtBot
) -> None:
    posted: list[Notice] = []
    bridge.notice_posted.connect(posted.append)
    future: Future[int] = Future()
    bridge.call(future, lambda _: None)
    finish_elsewhere(future, EnvironmentProblem("The disk is full.", advice="Make room."))
    qtbot.waitUntil(lambda: bool(posted))
    assert posted[-1].level is NoticeLevel.WARNING
    assert str(posted[-1]) == "The disk is full. Make room."


def test_what_the_user_cancelled_is_told_to_nobody(bridge: Bridge, qtbot: QtBot) -> None:
    told: list[object] = []
    future: Future[int] = Future()
    bridge.call(future, told.append, told.append)
    finish_elsewhere(future, Interrupted("Cancelled."))
    qtbot.wait(20)
    assert not told


def test_a_newer_question_makes_the_older_answer_void(bridge: Bridge, qtbot: QtBot) -> None:
    seen: list[int] = []
    owner = QObject()
    older: Future[int] = Future()
    newer: Future[int] = Future()
    bridge.call(older, seen.append, owner=owner, latest="page")
    bridge.call(newer, seen.append, owner=owner, latest="page")
    finish_elsewhere(newer, 2)
    finish_elsewhere(older, 1)
    qtbot.waitUntil(lambda: bool(seen))
    qtbot.wait(20)
    assert seen == [2]


def test_nothing_is_delivered_to_who_is_gone(bridge: Bridge, qtbot: QtBot) -> None:
    seen: list[int] = []
    owner = QObject()
    future: Future[int] = Future()
    bridge.call(future, seen.append, owner=owner)
    owner.deleteLater()
    qtbot.wait(10)
    finish_elsewhere(future, 1)
    qtbot.wait(20)
    assert not seen


def test_changes_of_the_library_are_signals(
    session: LibrarySession, bridge: Bridge, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(bridge.changed, timeout=3000) as caught:
        session.changes.tell(ChangeKind.FACETS, [PhotoId(3)])
    assert caught.args == [Change(ChangeKind.FACETS, (PhotoId(3),))]


@pytest.mark.parametrize("times", [1, 2])
def test_a_closed_bridge_is_silent(bridge: Bridge, qtbot: QtBot, times: int) -> None:
    seen: list[int] = []
    future: Future[int] = Future()
    bridge.call(future, seen.append)
    for _ in range(times):
        bridge.close()
    finish_elsewhere(future, 1)
    qtbot.wait(20)
    assert not seen
