"""What changed in the library, told to whoever shows it: gathered, at most ten times a second."""

import logging
import threading
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

from album.domain.photo import PhotoId
from album.errors import AlbumError
from album.listeners import Listeners

TELL_EVERY_S = 0.1

_log = logging.getLogger(__name__)


class ChangeKind(StrEnum):
    """What kind of thing changed.

    PHOTOS: photos came, went, or show differently (ids say which). FACETS: tags or other values of
    photos changed, so counts did. FOLDERS, PROBLEMS, ALBUMS: those lists changed.
    """

    PHOTOS = "photos"
    FACETS = "facets"
    FOLDERS = "folders"
    PROBLEMS = "problems"
    ALBUMS = "albums"


@dataclass(frozen=True, slots=True)
class Change:
    """One kind of thing changed; no ids: anything of that kind may have."""

    kind: ChangeKind
    ids: tuple[PhotoId, ...] = ()


Refresh = Callable[[Collection[PhotoId] | None], None]
_OF_PHOTOS = frozenset({ChangeKind.PHOTOS, ChangeKind.FACETS})


class Changes:
    """Gathers changes and tells them from a thread of its own, at most every 100 ms.

    Args:
        refresh: called before the listeners, with the photos that have changed (None: any may
            have), so that whoever asks then gets an answer that knows of the change.
    """

    def __init__(self, refresh: Refresh) -> None:
        self._refresh = refresh
        self._lock = threading.Lock()
        self._flushing = threading.Lock()
        self._waiting: dict[ChangeKind, set[PhotoId] | None] = {}
        self._stale: set[PhotoId] | None = set()
        self._listeners = Listeners[Change]()
        self._some = threading.Event()
        self._closed = threading.Event()
        self._thread: threading.Thread | None = None

    def tell(
        self, kind: ChangeKind, ids: Iterable[PhotoId] | None = None, *, fresh: bool = False
    ) -> None:
        """This changed; without ids: anything of that kind. `fresh`: the indexes know already."""
        changed = None if ids is None else set(ids)
        with self._lock:
            _add(self._waiting, kind, changed)
            if kind in _OF_PHOTOS and not fresh and self._stale is not None:
                self._stale = None if changed is None else self._stale | changed
            if self._thread is None and not self._closed.is_set():
                self._thread = threading.Thread(target=self._run, name="album-changes", daemon=True)
                self._thread.start()
        self._some.set()

    def subscribe(self, listener: Callable[[Change], None]) -> Callable[[], None]:
        """Call `listener` with each change, on a worker thread; returns what ends it."""
        return self._listeners.add(listener)

    def close(self) -> None:
        """Tell no more and end the thread; may be called again."""
        self._closed.set()
        self._some.set()
        with self._lock:
            thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            thread.join()

    def _run(self) -> None:
        while not self._closed.is_set():
            self._some.wait()
            self._some.clear()
            self._flush()
            self._closed.wait(TELL_EVERY_S)

    def settle(self) -> None:
        """Tell what waits now, on this thread: afterwards the indexes know all that was told."""
        self._flush()

    def _flush(self) -> None:
        with self._flushing:
            self._tell_waiting()

    def _tell_waiting(self) -> None:
        with self._lock:
            waiting, self._waiting = self._waiting, {}
            stale, self._stale = self._stale, set()
        if self._closed.is_set():
            return
        try:
            if stale is None or stale:
                self._refresh(stale)
        except AlbumError as problem:
            _log.info("indexes not refreshed: %s", problem)
        for kind, ids in waiting.items():
            self._listeners.tell(Change(kind, () if ids is None else tuple(sorted(ids))))


def _add(
    waiting: dict[ChangeKind, set[PhotoId] | None], kind: ChangeKind, ids: set[PhotoId] | None
) -> None:
    known = waiting.get(kind, set())
    waiting[kind] = None if ids is None or known is None else known | ids
