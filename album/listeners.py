"""Who wants to be told: a list of functions that any thread may add to and call."""

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Listeners(Generic[T]):
    """Functions of one value; they are called on the thread that tells."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._listeners: tuple[Callable[[T], None], ...] = ()

    def add(self, listener: Callable[[T], None]) -> Callable[[], None]:
        """Call `listener` from now on; returns what ends it."""
        with self._lock:
            self._listeners = (*self._listeners, listener)
        return lambda: self._forget(listener)

    def tell(self, value: T) -> None:
        """Call all of them."""
        for listener in self._listeners:
            listener(value)

    def _forget(self, listener: Callable[[T], None]) -> None:
        with self._lock:
            self._listeners = tuple(one for one in self._listeners if one != listener)
