"""Telling work that nobody waits for it any more."""

import threading

from album.errors import Interrupted


class CancelToken:
    """Set once, seen by every loop that holds it; a child is cancelled with its parent."""

    def __init__(self, parent: "CancelToken | None" = None) -> None:
        self._event = threading.Event()
        self._children: list[CancelToken] = []
        if parent is not None:
            parent._children.append(self)
            if parent.cancelled:
                self.cancel()

    @property
    def cancelled(self) -> bool:
        """Whether the work should end."""
        return self._event.is_set()

    def cancel(self) -> None:
        """End the work at its next check; may be called from any thread, and again."""
        self._event.set()
        for child in tuple(self._children):
            child.cancel()

    def check(self) -> None:
        """Interrupted when cancelled; for every loop, once an item."""
        if self._event.is_set():
            raise Interrupted("Cancelled.")

    def wait(self, seconds: float) -> bool:
        """Sleep, but wake up when cancelled; whether it was."""
        return self._event.wait(seconds)
