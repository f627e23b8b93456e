"""What the user should know and need not answer: quiet messages, held until somebody listens."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from album.errors import AlbumError, advised
from album.listeners import Listeners

MOST_HELD = 200


class NoticeLevel(StrEnum):
    """How much it matters."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Notice:
    """One message.

    Attributes:
        text: what happened, to what, what was done.
        advice: what the user can do; may be empty.
        replaces: a key; a later notice with the same key takes the place of this one.
        folder: where what it speaks of lies; None for nowhere.
    """

    level: NoticeLevel
    text: str
    advice: str = ""
    replaces: str = ""
    folder: Path | None = None

    def __str__(self) -> str:
        """The text with its advice."""
        return advised(self.text, self.advice)


class Notices:
    """Where every thread leaves its notices; listeners are called on the thread that left one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: list[Notice] = []
        self._listeners = Listeners[Notice]()

    def tell(
        self,
        level: NoticeLevel,
        text: str,
        *,
        advice: str = "",
        replaces: str = "",
        folder: Path | None = None,
    ) -> Notice:
        """Leave a notice; it reaches those who listen now and whoever listens first."""
        notice = Notice(level, text, advice, replaces, folder)
        with self._lock:
            self._held = [one for one in self._held if not replaces or one.replaces != replaces]
            self._held = [*self._held, notice][-MOST_HELD:]
        self._listeners.tell(notice)
        return notice

    def tell_problem(self, problem: AlbumError, *, replaces: str = "") -> Notice:
        """Leave a warning that says what this error says."""
        return self.tell(
            NoticeLevel.WARNING, problem.text, advice=problem.advice, replaces=replaces
        )

    def subscribe(self, listener: Callable[[Notice], None]) -> Callable[[], None]:
        """Call `listener` with all that are held, then with each new one; returns what ends it."""
        with self._lock:
            held = tuple(self._held)
            unsubscribe = self._listeners.add(listener)
        for notice in held:
            listener(notice)
        return unsubscribe

    @property
    def held(self) -> tuple[Notice, ...]:
        """The notices so far, oldest first, without those that were replaced."""
        with self._lock:
            return tuple(self._held)
