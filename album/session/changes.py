"""What changed in the library, told to whoever shows it: gathered, at most ten times a second."""

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from album.domain.photo import PhotoId
from album.listeners import Listeners

TELL_EVERY_S = 0.1


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


class Changes:
    """Gathers changes and tells them from a thread of its own, at most every 100 ms."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: dict[ChangeKind, set[PhotoId] | None] = {}
        self._listeners = Listeners[Change]()
        self._some = threading.Event()
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._run, name="album-changes", daemon=True)
        self._thread.start()

    def tell(self, kind: ChangeKind, ids: Iterable[PhotoId] | None = None) -> None:
        """This changed; without ids: anything of that kind."""
        with self._lock:
            if ids is None:
                self._waiting[kind] = None
            else:
                known = self._waiting.setdefault(kind, set())
                if known is not None:
                    known.update(ids)
        self._some.set()

    def subscribe(self, listener: Callable[[Change], None]) -> Callable[[], None]:
        """Call `listener` with each change, on a worker thread; returns what ends it."""
        return self._listeners.add(listener)

    def close(self) -> None:
        """Tell what waits and end the thread; may be called again."""
        self._closed.set()
        self._some.set()
        if self._thread is not threading.current_thread():
            self._thread.join()

    def _run(self) -> None:
        while not self._closed.is_set():
            self._some.wait()
            self._some.clear()
            self._flush()
            self._closed.wait(TELL_EVERY_S)
        self._flush()

    def _flush(self) -> None:
        with self._lock:
            waiting, self._waiting = self._waiting, {}
        for kind, ids in waiting.items():
            self._listeners.tell(Change(kind, () if ids is None else tuple(sorted(ids))))
