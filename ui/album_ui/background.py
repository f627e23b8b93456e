"""Work of the window's own that would take longer than a frame: pixels, PNGs, looks at the disk."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

T = TypeVar("T")


def in_background(work: Callable[[], T]) -> Future[T]:
    """Run `work` in a thread of its own; a cancelled future keeps its result to itself."""
    future: Future[T] = Future()

    def run() -> None:
        try:
            result = work()
        except BaseException as problem:  # noqa: BLE001 - handed on whole to whoever waits
            if not future.cancelled():
                future.set_exception(problem)
        else:
            if not future.cancelled():
                future.set_result(result)

    threading.Thread(target=run, name="album-ui-work", daemon=True).start()
    return future
