"""What goes on in the background: how much is done, how fast, how long it will take."""

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from album.listeners import Listeners

RATE_WINDOW_S = 20.0
TELL_EVERY_S = 0.1


class ActivityKind(StrEnum):
    """What is being done; STUCK: nothing can be saved, so that all the rest waits or is in vain."""

    SCANNING = "scanning"
    THUMBNAILS = "thumbnails"
    ANALYSING = "analysing"
    STUCK = "stuck"


class ActivityState(StrEnum):
    """Whether it goes on."""

    RUNNING = "running"
    PAUSED = "paused"
    ON_BATTERY = "on_battery"


@dataclass(frozen=True, slots=True)
class Activity:
    """One kind of work and where it stands.

    Attributes:
        total: None while nobody can tell.
        per_second: over the last seconds of work; None until there is something to measure.
        left_s: seconds left at that rate; None where that is not known.
        note: where it is done (`cpu`, `cuda:0`) or what it is about (a folder, the
            reason); may be empty.
    """

    kind: ActivityKind
    done: int
    total: int | None
    per_second: float | None = None
    left_s: float | None = None
    state: ActivityState = ActivityState.RUNNING
    note: str = ""


class _Meter:
    """Counts one kind of work over a sliding window."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._marks: deque[tuple[float, int]] = deque()

    def mark(self, done: int) -> None:
        now = self._clock()
        if self._marks and done < self._marks[-1][1]:
            self._marks.clear()
        self._marks.append((now, done))
        while len(self._marks) > 2 and now - self._marks[0][0] > RATE_WINDOW_S:
            self._marks.popleft()

    def restart(self) -> None:
        self._marks.clear()

    @property
    def per_second(self) -> float | None:
        if len(self._marks) < 2:
            return None
        (first_s, first), (last_s, last) = self._marks[0], self._marks[-1]
        if last_s - first_s < 0.5 or last == first:
            return None
        return (last - first) / (last_s - first_s)


class ActivityBoard:
    """All activities that go on; whoever works reports here, whoever shows subscribes.

    Listeners are called at most every 100 ms a kind, and always when one begins, ends, or changes
    its state.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._activities: dict[ActivityKind, Activity] = {}
        self._meters: dict[ActivityKind, _Meter] = {}
        self._told_s: dict[ActivityKind, float] = {}
        self._listeners = Listeners[tuple[Activity, ...]]()

    def report(
        self,
        kind: ActivityKind,
        done: int,
        total: int | None,
        *,
        state: ActivityState = ActivityState.RUNNING,
        note: str = "",
    ) -> None:
        """Say where this kind of work stands; `done` counts up from its beginning."""
        with self._lock:
            before = self._activities.get(kind)
            meter = self._meters.setdefault(kind, _Meter(self._clock))
            if state is ActivityState.RUNNING:
                meter.mark(done)
            else:
                meter.restart()
            rate = meter.per_second
            left_s = None if rate is None or total is None else max(0, total - done) / rate
            self._activities[kind] = Activity(kind, done, total, rate, left_s, state, note)
            turned = before is None or before.state is not state
            due = self._clock() - self._told_s.get(kind, -TELL_EVERY_S) >= TELL_EVERY_S
            if not (turned or due or done == total):
                return
            self._told_s[kind] = self._clock()
        self._tell()

    def finish(self, kind: ActivityKind) -> None:
        """This kind of work is over for now."""
        with self._lock:
            known = self._activities.pop(kind, None)
            self._meters.pop(kind, None)
        if known is not None:
            self._tell()

    @property
    def current(self) -> tuple[Activity, ...]:
        """What goes on now."""
        with self._lock:
            return tuple(self._activities.values())

    def subscribe(self, listener: Callable[[tuple[Activity, ...]], None]) -> Callable[[], None]:
        """Call `listener` with all that goes on, now and at every change; returns what ends it."""
        unsubscribe = self._listeners.add(listener)
        listener(self.current)
        return unsubscribe

    def _tell(self) -> None:
        self._listeners.tell(self.current)
