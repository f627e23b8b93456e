"""Manners of the work in the background: the window comes first, and waits for nobody for long."""

import gc
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

NICER_BY = 3
"""How far work in the background ranks below the window.

On two cores that are both at work, this takes a third off the window's longest waits. More turns
against it: a thread that other programs keep from the processor may hold Python's lock (beside two
of them, the window waited for 0.3 s at 6, for 2 s at 10).
"""


def give_way() -> None:
    """Rank this thread below the main one, where the system ranks threads by themselves (Linux).

    For threads of which there are several. The one that runs the networks stays with the window:
    all others work for it, and it needs a core of its own to keep its pace.
    """
    if sys.platform == "linux":
        with suppress(OSError):  # a rank is a wish
            rank = os.getpriority(os.PRIO_PROCESS, os.getpid()) + NICER_BY
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), rank)


def keep_what_lives() -> None:
    """Search what has been made so far for garbage no more.

    Each search through all that lives stops all threads for as long as it takes: 50 ms for the
    window with its modules, 0.1 s more with torch. Only for what stays as long as the process.
    """
    gc.freeze()


@contextmanager
def made_to_last() -> Iterator[None]:
    """Makes what lasts as long as the process, modules say, without a search for garbage."""
    searches = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        keep_what_lives()
        if searches:
            gc.enable()
