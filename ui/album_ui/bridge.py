"""The one crossing between worker threads and the window.

A `Bridge` lives on the GUI thread. Futures and subscriptions of the session end on worker threads;
they put what they have on a queue and wake the bridge by one signal, which Qt delivers on the GUI
thread.
"""

import logging
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

import shiboken6
from PySide6.QtCore import QObject, Qt, Signal

from album.errors import AlbumError, Interrupted
from album.session import LibrarySession

_log = logging.getLogger(__name__)

T = TypeVar("T")
OnError = Callable[[AlbumError], None]

DELIVER_AT_ONCE = 256
"""So many deliveries a turn of the event loop, then the window gets its turn."""


class Bridge(QObject):
    """Brings what the session finishes and tells to the GUI thread.

    Signals:
        changed(Change): the library changed.
        activity_changed(tuple[Activity, ...]): what goes on in the background, all of it.
        notice_posted(Notice): something to tell the user, also problems that nobody else shows.
        called(None): a second start asks the window to come forward.
    """

    changed = Signal(object)
    activity_changed = Signal(object)
    notice_posted = Signal(object)
    called = Signal(object)
    _woken = Signal()

    def __init__(self, session: LibrarySession, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._waiting: deque[Callable[[], None]] = deque()
        self._latest: dict[tuple[int, str], Future[Any]] = {}
        self._closed = False
        self._awake = False
        self._woken.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        self._unsubscribe = (
            session.changes.subscribe(self._relay(self.changed)),
            session.activity.subscribe(self._relay(self.activity_changed)),
            session.notices.subscribe(self._relay(self.notice_posted)),
            session.calls.subscribe(self._relay(self.called)),
        )

    def call(
        self,
        future: Future[T],
        on_done: Callable[[T], None],
        on_error: OnError | None = None,
        owner: QObject | None = None,
        *,
        latest: str = "",
    ) -> None:
        """Hand the future's outcome to one of the two, on the GUI thread.

        Args:
            future: of the session.
            on_done: gets its value.
            on_error: gets its AlbumError; without one it becomes a notice. Cancellation is told to
                nobody.
            owner: nothing is delivered once it is deleted.
            latest: a name; a later call of the same owner with this name makes this one's outcome
                void.
        """
        if latest:
            self._latest[(id(owner), latest)] = future

        def finish(done: Future[T]) -> None:
            self.post(lambda: deliver(done))

        def deliver(done: Future[T]) -> None:
            key = (id(owner), latest)
            if owner is not None and not shiboken6.isValid(owner):
                self._latest.pop(key, None)
            elif not latest or self._latest.get(key) is done:
                self._latest.pop(key, None)
                self._hand_over(done, on_done, on_error)

        future.add_done_callback(finish)

    def post(self, fn: Callable[[], None]) -> None:
        """Run this on the GUI thread, soon; may be called from any thread."""
        if self._closed:
            return
        self._waiting.append(fn)
        if not self._awake:
            self._awake = True
            self._wake()

    def close(self) -> None:
        """Deliver nothing any more; may be called again."""
        if self._closed:
            return
        self._closed = True
        for unsubscribe in self._unsubscribe:
            unsubscribe()
        self._waiting.clear()

    def _wake(self) -> None:
        try:
            self._woken.emit()
        except RuntimeError:  # the window is gone while a worker still finished something
            _log.debug("nobody is there any more to be told")

    def _relay(self, signal: Any) -> Callable[[Any], None]:  # noqa: ANN401 - Signal has no public type
        return lambda value: self.post(lambda: signal.emit(value))

    def _hand_over(
        self, done: Future[T], on_done: Callable[[T], None], on_error: OnError | None
    ) -> None:
        if done.cancelled():
            return
        problem = done.exception()
        if problem is None:
            on_done(done.result())
        elif isinstance(problem, Interrupted):
            return
        elif not isinstance(problem, AlbumError):
            raise problem
        elif on_error is not None:
            on_error(problem)
        else:
            self._session.notices.tell_problem(problem)

    def _deliver(self) -> None:
        self._awake = False
        for _ in range(DELIVER_AT_ONCE):
            if self._closed or not self._waiting:
                return
            self._waiting.popleft()()
        if self._waiting:
            self._wake()
