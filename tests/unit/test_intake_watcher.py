import errno
import queue
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from watchdog.events import FileSystemEvent, FileSystemEventHandler

from album.domain.photo import FolderId
from album.intake import watcher as module
from album.intake.watcher import FolderChange, FolderObserver, Spot, Watcher
from album.notices import Notices

HERE = FolderId(1)
WAIT_S = 10.0

Report = Callable[[], FolderChange]


class Reports:
    """What a watcher reports, in order."""

    def __init__(self) -> None:
        self.changes: queue.Queue[FolderChange] = queue.Queue()
        self.notices = Notices()

    def next(self) -> FolderChange:
        return self.changes.get(timeout=WAIT_S)

    def until(self, fits: Callable[[FolderChange], bool]) -> FolderChange:
        while not fits(change := self.next()):
            pass
        return change


@pytest.fixture
def reports() -> Reports:
    return Reports()


@pytest.fixture
def watch(reports: Reports, tmp_path: Path) -> Iterator[Callable[..., Watcher]]:
    made: list[Watcher] = []

    def start(**options: object) -> Watcher:
        made.append(Watcher(reports.changes.put, reports.notices, **options))  # type: ignore[arg-type]
        made[-1].watch(HERE, tmp_path)
        assert reports.next() == FolderChange(HERE)
        return made[-1]

    yield start
    for watcher in made:
        watcher.close()
        watcher.close()


def test_a_new_file_is_reported_as_its_directory(
    watch: Callable[..., Watcher], reports: Reports, tmp_path: Path
) -> None:
    (tmp_path / "sub").mkdir()
    watch()
    (tmp_path / "sub" / "a.jpg").write_bytes(b"x")
    assert reports.next() == FolderChange(HERE, (Spot(Path("sub")),))


def test_a_new_directory_is_reported_with_all_below(
    watch: Callable[..., Watcher], reports: Reports, tmp_path: Path
) -> None:
    watch()
    (tmp_path / "trip" / "day").mkdir(parents=True)
    change = reports.next()
    assert Spot(Path("trip"), deep=True) in change.spots


def test_moves_and_deletions_are_reported_at_both_ends(
    watch: Callable[..., Watcher], reports: Reports, tmp_path: Path
) -> None:
    for name in ("from", "to"):
        (tmp_path / name).mkdir()
    (tmp_path / "from" / "a.jpg").write_bytes(b"x")
    watch()
    (tmp_path / "from" / "a.jpg").rename(tmp_path / "to" / "b.jpg")
    assert {spot.directory.name for spot in reports.next().spots} == {"from", "to"}
    (tmp_path / "to" / "b.jpg").unlink()
    assert reports.next() == FolderChange(HERE, (Spot(Path("to")),))


def test_files_that_are_no_photos_and_hidden_places_are_not_reported(
    watch: Callable[..., Watcher], reports: Reports, tmp_path: Path
) -> None:
    (tmp_path / ".cache").mkdir()
    watch()
    (tmp_path / "library.db-wal").write_bytes(b"x")
    (tmp_path / ".cache" / "a.jpg").write_bytes(b"x")
    (tmp_path / "a.jpg").write_bytes(b"x")
    assert reports.next() == FolderChange(HERE, (Spot(Path()),))
    assert reports.changes.empty()


def test_a_folder_that_goes_away_and_comes_back_is_reported_whole(
    watch: Callable[..., Watcher],
    reports: Reports,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "HEALTH_S", 0.05)
    drive = tmp_path / "drive"
    drive.mkdir()
    watcher = watch()
    watcher.watch(FolderId(2), drive)
    reports.until(lambda change: change == FolderChange(FolderId(2)))
    drive.rename(tmp_path / "unplugged")
    reports.until(lambda change: change == FolderChange(FolderId(2)))
    drive.mkdir()
    reports.until(lambda change: change == FolderChange(FolderId(2)))
    (drive / "a.jpg").write_bytes(b"x")
    reports.until(lambda change: change == FolderChange(FolderId(2), (Spot(Path()),)))


def test_an_unwatched_folder_is_reported_no_longer(
    watch: Callable[..., Watcher], reports: Reports, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    watcher = watch()
    watcher.unwatch(HERE)
    watcher.watch(FolderId(2), other)
    assert reports.next() == FolderChange(FolderId(2))
    (tmp_path / "a.jpg").write_bytes(b"x")
    (other / "b.jpg").write_bytes(b"x")
    assert reports.next() == FolderChange(FolderId(2), (Spot(Path()),))


class _Refusing:
    """An observer on a system without watches left."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.stopped = False

    def schedule(
        self,
        event_handler: FileSystemEventHandler,
        path: str,
        *,
        recursive: bool,
        event_filter: list[type[FileSystemEvent]],
    ) -> object:
        return None

    def start(self) -> None:
        raise OSError(self.number, "no watches left")

    def stop(self) -> None:
        self.stopped = True

    def join(self, timeout: float | None = None) -> None:
        raise AssertionError("it never ran")

    def is_alive(self) -> bool:
        return False


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EMFILE])
def test_where_the_system_cannot_watch_the_folder_is_polled_and_one_notice_says_so(
    watch: Callable[..., Watcher], reports: Reports, tmp_path: Path, number: int
) -> None:
    made: list[_Refusing] = []

    def refuse() -> FolderObserver:
        made.append(_Refusing(number))
        return made[-1]

    watcher = watch(observers=refuse, poll_s=0.05)
    watcher.watch(FolderId(2), tmp_path)
    assert "cannot watch it" in watcher.polling(HERE)
    reports.until(lambda change: change == FolderChange(HERE))
    reports.until(lambda change: change == FolderChange(FolderId(2)))
    reports.until(lambda change: change == FolderChange(HERE))
    (notice,) = reports.notices.held
    assert "show up late" in notice.text
    assert all(one.stopped for one in made)


def test_a_network_drive_is_polled(
    watch: Callable[..., Watcher], reports: Reports, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_is_remote", lambda path: True)
    watcher = watch(poll_s=0.05)
    assert "network" in watcher.polling(HERE)
    assert reports.next() == FolderChange(HERE)


def test_very_many_events_mean_a_whole_scan(
    watch: Callable[..., Watcher],
    reports: Reports,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "DOUBT_EVENTS", 20)
    watch()
    for number in range(40):
        (tmp_path / f"{number}.jpg").write_bytes(b"x")
    assert reports.next() == FolderChange(HERE)


def test_a_watched_folder_is_looked_through_all_the_same_from_time_to_time(
    watch: Callable[..., Watcher], reports: Reports, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "FULL_S", 0.05)
    monkeypatch.setattr(module, "HEALTH_S", 0.05)
    watch()
    assert reports.next() == FolderChange(HERE)


def test_a_directory_moved_out_is_reported_with_all_below(
    watch: Callable[..., Watcher], reports: Reports, tmp_path: Path
) -> None:
    outside = tmp_path.parent / f"{tmp_path.name}-outside"
    outside.mkdir()
    (tmp_path / "trip").mkdir()
    watch()
    shutil.move(tmp_path / "trip", outside)
    assert Spot(Path("trip"), deep=True) in reports.next().spots


def test_a_folder_that_is_let_go_at_once_leaves_no_observer(
    watch: Callable[..., Watcher], tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    watcher = watch()
    for number in range(2, 30):
        watcher.watch(FolderId(number), other)
        watcher.unwatch(FolderId(number))
