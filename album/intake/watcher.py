"""Notices that something changed in a watched folder. A hint only: the scan says what.

Where the system cannot tell us (limits, network drives), folders are looked through periodically.
"""

import logging
import os
import sys
import threading
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from watchdog.events import (
    DirCreatedEvent,
    DirDeletedEvent,
    DirMovedEvent,
    FileClosedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileModifiedEvent,
    FileMovedEvent,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers import Observer

from album.domain.photo import FolderId
from album.intake.scanner import OPT_OUT, is_hidden, is_supported
from album.notices import NoticeLevel, Notices

_log = logging.getLogger(__name__)

# Watchdog tells itself so when it comes upon a new folder by its event and by its walk at once; it
# goes on watching, and nobody who uses the command can do anything about it.
warnings.filterwarnings(
    "ignore", "Callback with id .* already exists for watch", RuntimeWarning, "watchdog"
)

QUIET_S = 0.2
"""A directory is scanned when nothing happened in its folder for so long ..."""
MOST_S = 1.0
"""... or after this long, when there is no end to it."""
HEALTH_S = 2.0
"""How often we look whether a folder is still there."""
POLL_S = 20.0
"""How often a folder is looked through that cannot be watched."""
FULL_S = 900.0
"""How often a watched folder is looked through all the same: watching may miss something."""
DOUBT_EVENTS = 3000
"""So many events at once, and the system may have dropped some: the whole folder is scanned."""
MOST_SPOTS = 200

_EVENTS: list[type[FileSystemEvent]] = [
    *(FileCreatedEvent, FileModifiedEvent, FileClosedEvent, FileMovedEvent, FileDeletedEvent),
    *(DirCreatedEvent, DirMovedEvent, DirDeletedEvent),
]
_REMOTE = frozenset(
    (
        "nfs",
        "nfs4",
        "cifs",
        "smb3",
        "smbfs",
        "9p",
        "afs",
        "ceph",
        "glusterfs",
        "davfs",
        "fuse.sshfs",
    )
)


@dataclass(frozen=True, slots=True)
class Spot:
    """A directory (relative to its folder) in which something happened; `deep`: below it, too."""

    directory: Path
    deep: bool = False


@dataclass(frozen=True, slots=True)
class FolderChange:
    """Something happened in a watched folder; no spots: anywhere in it."""

    folder_id: FolderId
    spots: tuple[Spot, ...] = ()


class FolderObserver(Protocol):
    """What we use of watchdog's observers."""

    def schedule(
        self,
        event_handler: FileSystemEventHandler,
        path: str,
        *,
        recursive: bool,
        event_filter: list[type[FileSystemEvent]],
    ) -> object:
        """Report events in this directory."""

    def start(self) -> None:
        """Begin; OSError when the system has no watches left."""

    def stop(self) -> None:
        """End."""

    def join(self, timeout: float | None = None) -> None:
        """Wait for its thread."""

    def is_alive(self) -> bool:
        """Whether its thread runs."""


@dataclass(slots=True)
class _Watched:
    """A folder and what is known of it; times by the monotonic clock."""

    id: FolderId
    path: Path
    observer: FolderObserver | None = None
    polling: str = ""
    identity: tuple[int, int] | None = None
    dirty: dict[Path, bool] = field(default_factory=dict)
    events: int = 0
    first_s: float = 0.0
    last_s: float = 0.0
    looked_s: float = field(default_factory=time.monotonic)


class Watcher:
    """Watches folders on a thread of its own.

    Args:
        on_change: called on the watcher's thread.
        notices: told once when folders cannot be watched.
        observers: makes an observer for a folder.
        poll_s: see POLL_S.
    """

    def __init__(
        self,
        on_change: Callable[[FolderChange], None],
        notices: Notices,
        *,
        observers: Callable[[], FolderObserver] = Observer,
        poll_s: float = POLL_S,
    ) -> None:
        self._on_change = on_change
        self._notices = notices
        self._observers = observers
        self._poll_s = poll_s
        self._wake = threading.Condition()
        self._watched: dict[FolderId, _Watched] = {}
        self._fresh: list[_Watched] = []
        self._dropped: list[_Watched] = []
        self._closed = False
        self._checked_s = time.monotonic()
        self._thread = threading.Thread(target=self._run, name="album-watcher", daemon=True)
        self._thread.start()

    def watch(self, folder_id: FolderId, path: Path) -> None:
        """Watch this folder; reports all of it once, when nothing can escape any more."""
        with self._wake:
            if folder_id not in self._watched and not self._closed:
                self._watched[folder_id] = watched = _Watched(folder_id, path)
                self._fresh.append(watched)
                self._wake.notify()

    def unwatch(self, folder_id: FolderId) -> None:
        """Watch it no longer."""
        with self._wake:
            watched = self._watched.pop(folder_id, None)
            if watched is not None:
                self._dropped.append(watched)
                self._wake.notify()

    def polling(self, folder_id: FolderId) -> str:
        """Why this folder is polled, in words; empty when it is not."""
        watched = self._watched.get(folder_id)
        return watched.polling if watched else ""

    def close(self) -> None:
        """Stop watching; may be called again."""
        with self._wake:
            self._closed = True
            self._wake.notify()
        if self._thread is not threading.current_thread():
            self._thread.join()

    # On the watcher's thread

    def _run(self) -> None:
        while True:
            with self._wake:
                if not (self._closed or self._fresh or self._dropped):
                    self._wake.wait(self._pause_s())
                fresh = [one for one in self._fresh if self._watched.get(one.id) is one]
                self._fresh = []
                dropped, self._dropped = self._dropped, []
                closed, watched = self._closed, list(self._watched.values())
            for one in dropped if not closed else [*dropped, *watched]:
                _stop(one)
            if closed:
                return
            for one in fresh:
                self._begin(one)
                self._on_change(FolderChange(one.id))
            self._look(watched)

    def _pause_s(self) -> float:
        """How long nothing is due; the lock is held."""
        now_s = time.monotonic()
        due_s = now_s + min(HEALTH_S, self._poll_s)
        for one in self._watched.values():
            if one.dirty:
                due_s = min(due_s, one.last_s + QUIET_S, one.first_s + MOST_S)
        return max(0.01, due_s - now_s)

    def _look(self, watched: list[_Watched]) -> None:
        now_s = time.monotonic()
        check = now_s - self._checked_s >= HEALTH_S
        if check:
            self._checked_s = now_s
        for one in watched:
            if check:
                self._check(one)
            if change := self._due(one, now_s):
                self._on_change(change)

    def _due(self, one: _Watched, now_s: float) -> FolderChange | None:
        """What to report of this folder now, if anything."""
        with self._wake:
            every_s = self._poll_s if one.polling else FULL_S
            if one.identity is not None and now_s - one.looked_s >= every_s:
                self._settle(one, now_s)
                return FolderChange(one.id)
            if not one.dirty:
                return None
            if now_s - one.last_s < QUIET_S and now_s - one.first_s < MOST_S:
                return None
            doubt = one.events > DOUBT_EVENTS or len(one.dirty) > MOST_SPOTS
            if doubt and now_s - one.last_s < QUIET_S:
                return None
            spots = tuple(Spot(directory, deep) for directory, deep in one.dirty.items())
            self._settle(one, now_s if doubt else one.looked_s)
            return FolderChange(one.id, () if doubt else spots)

    def _settle(self, one: _Watched, looked_s: float) -> None:
        one.dirty, one.events, one.looked_s = {}, 0, looked_s

    def _check(self, one: _Watched) -> None:
        """Notice that a folder went away, came back, or is another one now."""
        identity = _identity(one.path)
        if identity == one.identity:
            return
        _stop(one)
        if identity is not None:
            self._begin(one)
        one.identity = identity
        self._on_change(FolderChange(one.id))

    def _begin(self, one: _Watched) -> None:
        one.identity = _identity(one.path)
        one.polling = "it lies on a network drive" if _is_remote(one.path) else ""
        if one.identity is None or one.polling:
            return
        observer: FolderObserver | None = None
        try:
            observer = self._observers()
            handler = _Handler(lambda path, deep: self._mark(one, path, deep=deep))
            observer.schedule(handler, str(one.path), recursive=True, event_filter=_EVENTS)
            observer.start()
        except OSError as error:
            _log.info("cannot watch %s: %s", one.path, error)
            if observer is not None:
                _stop_observer(observer)
            one.polling = "the system cannot watch it"
            self._tell_polling(one)
        else:
            one.observer = observer

    def _tell_polling(self, one: _Watched) -> None:
        self._notices.tell(
            NoticeLevel.WARNING,
            f"New photos in {one.path} show up late: {one.polling}; it is looked through every "
            f"{self._poll_s:.0f} s instead.",
            advice="On Linux, a higher fs.inotify.max_user_watches helps.",
            replaces="polling",
        )

    # On watchdog's threads

    def _mark(self, one: _Watched, path: Path, *, deep: bool) -> None:
        try:
            directory = path.relative_to(one.path)
        except ValueError:
            return
        if any(is_hidden(part) for part in directory.parts):
            return
        now_s = time.monotonic()
        with self._wake:
            if not one.dirty:
                one.first_s = now_s
                self._wake.notify()
            one.last_s = now_s
            one.events += 1
            one.dirty[directory] = deep or one.dirty.get(directory, False)


class _Handler(FileSystemEventHandler):
    """Turns watchdog's events into directories to look at."""

    def __init__(self, mark: Callable[[Path, bool], None]) -> None:
        self._mark = mark

    def dispatch(self, event: FileSystemEvent) -> None:
        """Mark where it happened; moved things happened at both ends."""
        for place in (event.src_path, event.dest_path):
            if not place:
                continue
            path = Path(os.fsdecode(place))
            if event.is_directory:
                self._mark(path, True)
            elif is_supported(path.name) or path.name in OPT_OUT:
                self._mark(path.parent, path.name in OPT_OUT)


def _stop(one: _Watched) -> None:
    if one.observer is not None:
        _stop_observer(one.observer)
        one.observer = None


def _stop_observer(observer: FolderObserver) -> None:
    observer.stop()
    if observer.is_alive():
        observer.join()


def _identity(path: Path) -> tuple[int, int] | None:
    """Device and inode of a directory; None when it is not there."""
    try:
        found = path.stat()
    except OSError:
        return None
    return (found.st_dev, found.st_ino)


def _is_remote(path: Path) -> bool:
    """Whether other machines may write there, unseen by this one."""
    if sys.platform == "win32":
        return str(path).startswith("\\\\")
    mounts = Path("/proc/self/mounts")
    if not mounts.exists():
        return False
    best, kind = -1, ""
    for line in mounts.read_text(encoding="utf-8", errors="surrogateescape").splitlines():
        fields = line.split(" ")
        point = Path(fields[1].replace("\\040", " "))
        if len(point.parts) >= best and path.is_relative_to(point):
            best, kind = len(point.parts), fields[2]
    return kind in _REMOTE
