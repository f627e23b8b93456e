"""The thread that brings folders up to date, one after the other, and notes their health."""

import logging
import threading
import time
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path

from album.cancel import CancelToken
from album.domain.photo import FolderId, PhotoId
from album.errors import AlbumError, EnvironmentProblem, Interrupted
from album.intake.importer import Importer, ImportProgress
from album.intake.scanner import FolderOffline, FolderUnreadable
from album.intake.watcher import FolderChange, Spot
from album.jobs.activity import ActivityBoard, ActivityKind
from album.manners import give_way
from album.notices import Notices
from album.storage.database import Database
from album.storage.folders import (
    Folder,
    FolderState,
    folder,
    folders,
    photos_in,
    set_folder_state,
)

UNSETTLED_S = 0.25
"""A file that was being written to is looked at again after this long, then twice as long ..."""
UNSETTLED_MOST_S = 30.0
FULL_DISK_S = 30.0
OFFLINE_S = 2.0
"""A folder that was not there is looked for again after this long, then twice as long ..."""
OFFLINE_MOST_S = 60.0
BRIEF_SEEN = 200
"""Looks that come by fewer files are not worth showing as an activity."""

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Order:
    """A folder, or spots in it, to be scanned at a time (monotonic)."""

    due_s: float
    whole: bool = False
    spots: dict[Path, bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ScanEvents:
    """What scanning tells, on its own thread.

    Attributes:
        photos: these photos were added or changed.
        folders: the state of a folder changed.
        problems: files could not be read, or can be now.
        settled: nothing is to be scanned now.
    """

    photos: Callable[[Collection[PhotoId]], None]
    folders: Callable[[], None]
    problems: Callable[[], None]
    settled: Callable[[], None]


class FolderScanner:
    """Scans what it is told to, on a thread of its own.

    Args:
        database: of the library.
        importer: does the work.
        library: directory of the library, left out wherever it lies.
        polling: why a folder is polled, in words, empty when it is watched; None where this session
            watches nothing.
        activity: shows long scans.
        notices: told when the library cannot be written.
        events: see there.

    Attributes:
        new: photos added since the session began.
    """

    def __init__(
        self,
        database: Database,
        importer: Importer,
        library: Path,
        polling: Callable[[FolderId], str] | None,
        activity: ActivityBoard,
        notices: Notices,
        events: ScanEvents,
    ) -> None:
        self.new = 0
        self._database = database
        self._importer = importer
        self._library = library
        self._polling = polling
        self._activity = activity
        self._notices = notices
        self._events = events
        self._changed = threading.Condition()
        self._orders: dict[FolderId, _Order] = {}
        self._busy: FolderId | None = None
        self._token = CancelToken()
        self._current = CancelToken(self._token)
        self._absent: dict[FolderId, tuple[float, float]] = {}
        self._tries: dict[tuple[FolderId, Path], int] = {}
        self._thread = threading.Thread(target=self._run, name="album-scanner", daemon=True)
        self._thread.start()

    @property
    def idle(self) -> bool:
        """Whether nothing is left to scan."""
        with self._changed:
            through = self._busy is None and not self._orders
        return through or not self._thread.is_alive()

    def scan(
        self, folder_id: FolderId, spots: Sequence[Spot] = (), *, delay_s: float = 0.0
    ) -> None:
        """Scan the whole folder, or only these spots, soon."""
        with self._changed:
            due_s = time.monotonic() + delay_s
            order = self._orders.setdefault(folder_id, _Order(due_s))
            order.due_s = min(order.due_s, due_s)
            order.whole = order.whole or not spots
            for spot in spots:
                order.spots[spot.directory] = spot.deep or order.spots.get(spot.directory, False)
            self._changed.notify_all()

    def on_change(self, change: FolderChange) -> None:
        """The watcher noticed something."""
        self.scan(change.folder_id, change.spots)

    def forget(self, folder_id: FolderId) -> None:
        """The folder is watched no longer: end its scan."""
        with self._changed:
            self._orders.pop(folder_id, None)
            self._absent.pop(folder_id, None)
            if self._busy == folder_id:
                self._current.cancel()

    def close(self) -> None:
        """End the scan and the thread; may be called again."""
        with self._changed:
            self._token.cancel()
            self._changed.notify_all()
        if self._thread is not threading.current_thread():
            self._thread.join()
        self._importer.close()

    def _run(self) -> None:
        give_way()
        while (taken := self._take()) is not None:
            folder_id, order = taken
            try:
                self._scan(folder_id, order)
            except Interrupted:
                _log.debug("scan of folder %d cancelled", folder_id)
            except EnvironmentProblem as problem:
                self._notices.tell_problem(problem, replaces="library")
                self._again(folder_id, order, FULL_DISK_S)
            except AlbumError as problem:
                self._notices.tell_problem(problem)
            finally:
                if not self._is_due():
                    self._events.settled()
                with self._changed:
                    self._busy = None
                self._activity.finish(ActivityKind.SCANNING)

    def _is_due(self) -> bool:
        """Whether another scan follows at once."""
        now_s = time.monotonic()
        with self._changed:
            return any(order.due_s <= now_s for order in self._orders.values())

    def _take(self) -> tuple[FolderId, _Order] | None:
        """The order that is due first; None when closing."""
        with self._changed:
            while not self._token.cancelled:
                now_s = time.monotonic()
                self._order_absent(now_s)
                due = sorted(self._orders, key=lambda one: self._orders[one].due_s)
                if due and self._orders[due[0]].due_s <= now_s:
                    self._busy = due[0]
                    self._current = CancelToken(self._token)
                    return due[0], self._orders.pop(due[0])
                next_s = [self._orders[one].due_s for one in due[:1]]
                next_s += [due_s for due_s, _ in self._absent.values()]
                self._changed.wait(max(0.0, min(next_s) - now_s) if next_s else None)
        return None

    def _order_absent(self, now_s: float) -> None:
        """Look for folders that were not there; the lock is held."""
        for folder_id, (due_s, delay_s) in self._absent.items():
            if due_s <= now_s:
                self._orders.setdefault(folder_id, _Order(now_s)).whole = True
                self._absent[folder_id] = (now_s + delay_s, min(OFFLINE_MOST_S, delay_s * 2))

    def _await_return(self, folder_id: FolderId) -> None:
        """Whoever watches may have missed that it went and came back."""
        if self._polling is not None:
            with self._changed:
                due_s = time.monotonic() + OFFLINE_S
                self._absent.setdefault(folder_id, (due_s, 2 * OFFLINE_S))

    def _again(self, folder_id: FolderId, order: _Order, delay_s: float) -> None:
        spots = [Spot(directory, deep) for directory, deep in order.spots.items()]
        self.scan(folder_id, () if order.whole else spots, delay_s=delay_s)

    def _scan(self, folder_id: FolderId, order: _Order) -> None:
        found = self._database.query(lambda c: (folder(c, folder_id), folders(c)))
        here, others = found
        if here is None:
            return
        spots = [Spot(directory, deep) for directory, deep in order.spots.items()]
        try:
            last = self._import(here, () if order.whole else spots, others)
        except FolderOffline as problem:
            self._note(here, FolderState.OFFLINE, str(problem))
            self._await_return(here.id)
            return
        except FolderUnreadable as problem:
            self._note(here, FolderState.UNREADABLE, str(problem))
            return
        with self._changed:
            self._absent.pop(folder_id, None)
        polling = self._polling(folder_id) if self._polling else ""
        self._note(here, FolderState.POLLING if polling else FolderState.HEALTHY, polling)
        self._look_again(folder_id, last.unsettled)
        self._events.problems()  # also when a scan of few files mended one

    def _import(
        self, here: Folder, spots: Sequence[Spot], others: Sequence[Folder]
    ) -> ImportProgress:
        """Run the importer; what it stored is told as it goes."""
        excluded = [self._library, *(one.path for one in others if one.id != here.id)]
        new, last = self.new, ImportProgress()
        for progress in self._importer.run(here, self._current, spots=spots, excluded=excluded):
            last = progress
            self.new = new + progress.new
            if progress.seen > BRIEF_SEEN:
                self._activity.report(
                    ActivityKind.SCANNING, progress.seen, None, note=here.path.name
                )
            if progress.ids:
                self._events.photos(progress.ids)
        return last

    def _look_again(self, folder_id: FolderId, unsettled: Sequence[Path]) -> None:
        """Files that are being written to: wait longer each time."""
        for directory in unsettled:
            tries = self._tries.get((folder_id, directory), 0)
            self._tries[(folder_id, directory)] = tries + 1
            delay_s = min(UNSETTLED_MOST_S, UNSETTLED_S * 2**tries)
            self.scan(folder_id, [Spot(directory)], delay_s=delay_s)
        for key in [key for key in self._tries if key[0] == folder_id]:
            if key[1] not in unsettled:
                del self._tries[key]

    def _note(self, here: Folder, state: FolderState, note: str) -> None:
        changed = self._database.write(
            lambda db: set_folder_state(db, here.id, state, note)
        ).result()
        if changed:
            self._events.folders()
            self._events.photos(self._database.query(lambda c: photos_in(c, here.id)))


def scan_around(
    scanner: FolderScanner, paths: Collection[Path], found: Future[list[Folder]]
) -> None:
    """Have the directories of these files scanned; nothing when the library closed meanwhile."""
    if found.cancelled() or found.exception() is not None:
        return
    for path in paths:
        for one in found.result():
            if path.is_relative_to(one.path) and path != one.path:
                scanner.scan(one.id, [Spot(path.relative_to(one.path).parent)])
