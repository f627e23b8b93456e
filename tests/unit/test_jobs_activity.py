from collections.abc import Iterator
from pathlib import Path

import pytest

from album.cancel import CancelToken
from album.errors import Interrupted
from album.jobs.activity import Activity, ActivityBoard, ActivityKind, ActivityState
from album.jobs.power import on_battery

LOOKING = ActivityKind.ANALYSING


class Clock:
    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def told() -> list[tuple[Activity, ...]]:
    return []


@pytest.fixture
def board(clock: Clock, told: list[tuple[Activity, ...]]) -> Iterator[ActivityBoard]:
    board = ActivityBoard(clock)
    unsubscribe = board.subscribe(told.append)
    yield board
    unsubscribe()


def test_rate_and_time_left_come_from_the_last_seconds(board: ActivityBoard, clock: Clock) -> None:
    for done in range(0, 101, 10):
        board.report(LOOKING, done, 500)
        clock.now_s += 1
    (activity,) = board.current
    assert activity.per_second == pytest.approx(10)
    assert activity.left_s == pytest.approx(40)


def test_nothing_measured_means_nothing_claimed(board: ActivityBoard) -> None:
    board.report(LOOKING, 0, 500)
    (activity,) = board.current
    assert (activity.per_second, activity.left_s) == (None, None)


def test_a_pause_is_told_at_once_and_does_not_spoil_the_rate(
    board: ActivityBoard, clock: Clock, told: list[tuple[Activity, ...]]
) -> None:
    for done in range(0, 50, 10):
        board.report(LOOKING, done, 100)
        clock.now_s += 1
    board.report(LOOKING, 50, 100, state=ActivityState.PAUSED)
    assert told[-1][0].state is ActivityState.PAUSED
    clock.now_s += 3600
    for done in range(50, 80, 10):
        board.report(LOOKING, done, 100)
        clock.now_s += 1
    assert board.current[0].per_second == pytest.approx(10)


def test_listeners_are_not_told_more_than_ten_times_a_second(
    board: ActivityBoard, clock: Clock, told: list[tuple[Activity, ...]]
) -> None:
    for done in range(1000):
        board.report(LOOKING, done, 2000)
        clock.now_s += 0.001
    assert len(told) <= 13
    board.report(LOOKING, 2000, 2000)
    assert told[-1][0].done == 2000
    board.finish(LOOKING)
    board.finish(LOOKING)
    assert told[-1] == ()


def test_a_new_run_that_counts_from_zero_measures_anew(board: ActivityBoard, clock: Clock) -> None:
    board.report(LOOKING, 500, 500)
    clock.now_s += 1
    board.report(LOOKING, 0, 10)
    assert board.current[0].per_second is None


def test_a_child_is_cancelled_with_its_parent() -> None:
    parent = CancelToken()
    child = CancelToken(parent)
    child.check()
    parent.cancel()
    parent.cancel()
    assert child.cancelled
    assert child.wait(10)
    assert CancelToken(parent).cancelled
    with pytest.raises(Interrupted):
        child.check()


def test_a_cancelled_child_leaves_its_parent_alone() -> None:
    parent = CancelToken()
    CancelToken(parent).cancel()
    assert not parent.cancelled


def supply(folder: Path, name: str, **values: str) -> None:
    (folder / name).mkdir()
    for key, value in values.items():
        (folder / name / key).write_text(value + "\n")


@pytest.mark.parametrize(
    ("status", "online", "expected"),
    [
        ("Discharging", "0", True),
        ("Discharging", "1", False),
        ("Charging", "1", False),
        ("Full", "0", False),
    ],
)
def test_on_battery_is_read_off_the_system(
    tmp_path: Path, status: str, online: str, expected: bool
) -> None:
    supply(tmp_path, "AC", type="Mains", online=online)
    supply(tmp_path, "BAT0", type="Battery", status=status)
    supply(tmp_path, "mouse", type="Battery", status="Discharging", scope="Device")
    assert on_battery(tmp_path) is expected


def test_a_machine_without_a_battery_is_not_on_it(tmp_path: Path) -> None:
    assert not on_battery(tmp_path)
    assert not on_battery(tmp_path / "none")
    supply(tmp_path, "BAT0", type="Battery")
    assert not on_battery(tmp_path)
