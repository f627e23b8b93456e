"""The library's connection to SQLite: one write thread, a few read threads, files that stay sound.

Everything that changes the library runs in the write thread inside BEGIN IMMEDIATE ... COMMIT, so
another process that writes at the same time is waited for, never met halfway. Readers have
connections that cannot write and see the state of one moment throughout a call.
"""

import contextlib
import logging
import queue
import sqlite3
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar

from album.errors import AlbumError, EnvironmentProblem, Interrupted
from album.storage.connections import BUSY_TIMEOUT_S, connect_readonly, connect_writable
from album.storage.failures import explained
from album.storage.upkeep import copy_database, find_faults, prepare

if TYPE_CHECKING:
    import sqlite_utils

T = TypeVar("T")

log = logging.getLogger(__name__)

READERS = 3
"""Two may be reading columns and facets of a large library; there is one left for the window."""
JOIN_TIMEOUT_S = 30.0

_STEPS_A_LOOK = 500_000
"""Steps of SQLite's machine (some 10 ms) between two looks at whether a read is still wanted."""


@dataclass(slots=True)
class _Call:
    """A function on its way to a thread, with the future of its answer."""

    run: Callable[[Any], Any]
    future: "Future[Any]" = field(default_factory=Future)
    replaces: str | None = None
    cut_off: bool = False


class Database:
    """A library file, open for one writer thread and several readers of this process.

    Args:
        path: of `library.db`; made by `open` when missing.
        readers: how many read threads.
        busy_timeout_s: how long a write waits for other processes.

    Attributes:
        refused: why the last change was not kept (a full disk); None since one was.
    """

    def __init__(
        self, path: Path, *, readers: int = READERS, busy_timeout_s: float = BUSY_TIMEOUT_S
    ) -> None:
        self.path = path
        self.refused: EnvironmentProblem | None = None
        self._busy_timeout_s = busy_timeout_s
        self._writer = _Writer(path, busy_timeout_s)
        self._readers = _Readers(path, readers)
        self._opened = False
        self._closed = False

    def open(self) -> Self:
        """Check the file, bring its schema up to date (after a backup), start the threads.

        LibraryTooNew, LibraryDamaged, EnvironmentProblem; the file is then left as it was.
        """
        prepare(self.path, self._busy_timeout_s)
        self._opened = True
        try:
            self._writer.start()
            self._readers.start()
        except sqlite3.Error as error:
            self.close()
            raise explained(error, self.path) or error from error
        return self

    def __enter__(self) -> Self:
        return self if self._opened else self.open()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def write(self, fn: "Callable[[sqlite_utils.Database], T]") -> "Future[T]":
        """Run `fn` in the write thread, in a transaction: all of it is kept or nothing."""
        return self._writer.submit(_Call(lambda db: self._keep(db, fn)))

    def _keep(self, db: "sqlite_utils.Database", fn: "Callable[[sqlite_utils.Database], T]") -> T:
        before = db.conn.total_changes
        try:
            answer = _transaction(db, fn)
        except sqlite3.Error as error:
            problem = explained(error, self.path)
            if isinstance(problem, EnvironmentProblem):
                self.refused = problem
            raise problem or error from error
        if db.conn.total_changes != before:  # one that changes nothing needs no room
            self.refused = None
        return answer

    def read(
        self, fn: Callable[[sqlite3.Connection], T], *, replaces: str | None = None
    ) -> "Future[T]":
        """Run `fn` on a read thread, on one unchanging state of the library.

        Args:
            fn: gets a connection that cannot write.
            replaces: a name; earlier reads of this name that are not done yet end with Interrupted.
        """
        return self._readers.submit(_Call(fn, replaces=replaces))

    def query(self, fn: Callable[[sqlite3.Connection], T]) -> T:
        """As `read`, waiting for the answer; not to be called from a read thread."""
        return self.read(fn).result()

    def data_version(self) -> int:
        """A number that changes when another process has written to the library."""
        future: Future[int] = self._writer.submit(
            _Call(lambda db: db.conn.execute("PRAGMA data_version").fetchone()[0])
        )
        return future.result()

    def backup(self, to: Path) -> None:
        """Copy the library to the file `to`, whole and consistent, while it is in use."""
        copy_database(self.path, to)

    def check(self) -> list[str]:
        """What is wrong with the library, one sentence each; an empty list when it is sound."""
        return self.query(find_faults)

    def close(self) -> None:
        """Finish all writes, cut off reads, stop the threads. May be called again."""
        if self._closed:
            return
        self._closed = True
        if self._opened:
            self._readers.stop()
            self._writer.stop()


def _transaction(db: "sqlite_utils.Database", fn: "Callable[[sqlite_utils.Database], T]") -> T:
    connection = db.conn
    connection.execute("BEGIN IMMEDIATE")
    try:
        answer = fn(db)
        connection.execute("COMMIT")
    except BaseException:
        # A full disk may have ended the transaction already.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    return answer


def _run(call: _Call, argument: object, path: Path) -> None:
    """Do a call and settle its future; nothing escapes, since the thread serves others too."""
    try:
        answer = call.run(argument)
    except sqlite3.Error as error:
        call.future.set_exception(explained(error, path) or error)
    except BaseException as error:  # noqa: BLE001 (whoever waits for the future gets it)
        call.future.set_exception(error)
    else:
        call.future.set_result(answer)


def _closed() -> AlbumError:
    return Interrupted("The library has been closed.")


class _Writer:
    """The write thread with its queue."""

    def __init__(self, path: Path, busy_timeout_s: float) -> None:
        self._path = path
        self._busy_timeout_s = busy_timeout_s
        self._queue: queue.SimpleQueue[_Call | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._accepts = False
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        connection = connect_writable(self._path, self._busy_timeout_s)
        self._thread = threading.Thread(
            target=self._work, args=(connection,), name="library-writer", daemon=True
        )
        self._accepts = True
        self._thread.start()

    def submit(self, call: _Call) -> "Future[Any]":
        with self._lock:
            if self._accepts:
                self._queue.put(call)
            else:
                call.future.set_exception(_closed())
        return call.future

    def stop(self) -> None:
        """Do what is queued, then end."""
        with self._lock:
            self._accepts = False
            self._queue.put(None)
        if self._thread is not None:
            _join(self._thread)

    def _work(self, connection: sqlite3.Connection) -> None:
        with contextlib.closing(connection):
            import sqlite_utils  # here: it takes time, and whoever only reads needs none of it

            db = sqlite_utils.Database(connection, execute_plugins=False)
            while (call := self._queue.get()) is not None:
                if call.future.set_running_or_notify_cancel():
                    _run(call, db, self._path)
            _tidy(connection)


def _tidy(connection: sqlite3.Connection) -> None:
    """Leave good statistics and no long log behind; another process may be in the way."""
    connection.execute("PRAGMA busy_timeout = 200")
    try:
        connection.execute("PRAGMA optimize")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.Error as error:
        log.info("the library was not tidied at closing: %s", error)


class _Readers:
    """The read threads: a shared queue, and the right to cut a call off."""

    def __init__(self, path: Path, count: int) -> None:
        self._path = path
        self._count = count
        self._condition = threading.Condition()
        self._waiting: deque[_Call] = deque()
        self._running: dict[int, _Call] = {}
        self._connections: dict[int, sqlite3.Connection] = {}
        self._accepts = False
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        self._accepts = True
        for number in range(self._count):
            self._connections[number] = connect_readonly(self._path)
            thread = threading.Thread(
                target=self._work, args=(number,), name=f"library-reader-{number}", daemon=True
            )
            self._threads.append(thread)
            thread.start()

    def submit(self, call: _Call) -> "Future[Any]":
        with self._condition:
            if not self._accepts:
                call.future.set_exception(_closed())
                return call.future
            superseded = self._cut_off(call.replaces) if call.replaces is not None else []
            self._waiting.append(call)
            self._condition.notify()
        for old in superseded:
            _give_up(old, Interrupted("A newer request took the place of this one."))
        return call.future

    def stop(self) -> None:
        with self._condition:
            self._accepts = False
            left = list(self._waiting)
            self._waiting.clear()
            for number in self._running:
                self._interrupt(number)
            self._condition.notify_all()
        for call in left:
            _give_up(call, _closed())
        for thread in self._threads:
            _join(thread)

    def _cut_off(self, name: str) -> list[_Call]:
        """Stop running reads of this name; take waiting ones out of the queue and return them."""
        for number, call in self._running.items():
            if call.replaces == name:
                self._interrupt(number)
        old = [call for call in self._waiting if call.replaces == name]
        if old:
            self._waiting = deque(call for call in self._waiting if call.replaces != name)
        return old

    def _interrupt(self, number: int) -> None:
        """Stop what a thread is running, now, or as soon as its next statement has started."""
        self._running[number].cut_off = True
        self._connections[number].interrupt()

    def _is_cut_off(self, number: int) -> bool:
        call = self._running.get(number)
        return call is not None and call.cut_off

    def _work(self, number: int) -> None:
        with contextlib.closing(self._connections[number]) as connection:
            # interrupt() alone is lost on a call that is between two statements.
            connection.set_progress_handler(lambda: self._is_cut_off(number), _STEPS_A_LOOK)
            while (call := self._take(number)) is not None:
                connection.execute("BEGIN")
                _run(call, connection, self._path)
                with self._condition:
                    del self._running[number]
                connection.rollback()

    def _take(self, number: int) -> _Call | None:
        with self._condition:
            while True:
                while self._accepts and not self._waiting:
                    self._condition.wait()
                if not self._waiting:
                    return None
                call = self._waiting.popleft()
                if call.future.set_running_or_notify_cancel():
                    self._running[number] = call
                    return call


def _give_up(call: _Call, error: AlbumError) -> None:
    if call.future.set_running_or_notify_cancel():
        call.future.set_exception(error)


def _join(thread: threading.Thread) -> None:
    thread.join(JOIN_TIMEOUT_S)
    if thread.is_alive():
        log.error("the thread %s did not end in %.0f s", thread.name, JOIN_TIMEOUT_S)
