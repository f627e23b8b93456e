"""A second start on an open library asks the window that has it to come forward.

The one who calls leaves a file in the library; the window takes it away, which is its answer.
"""

import contextlib
import logging
import time
from collections.abc import Callable
from pathlib import Path

from album.listeners import Listeners

NAME = "library.call"
ANSWER_S = 5.0
"""A window looks around each second; one that is busy may take a little longer."""
_LOOK_S = 0.05

_log = logging.getLogger(__name__)


class Calls:
    """What others ask of the window of this library.

    Args:
        directory: of the library.
    """

    def __init__(self, directory: Path) -> None:
        self._file = directory / NAME
        self._heard = False
        self._listeners = Listeners[None]()

    def subscribe(self, listener: Callable[[None], None]) -> Callable[[], None]:
        """Answer calls from now on, by calling this on a worker thread; returns what ends it."""
        self._heard = True
        return self._listeners.add(listener)

    def look(self) -> None:
        """See whether somebody calls; nobody is answered where no window is."""
        if not self._heard or not self._file.exists():
            return
        try:
            self._file.unlink()
        except OSError as error:
            _log.info("a call cannot be answered: %s", error)
            return
        self._listeners.tell(None)


def call(directory: Path) -> bool:
    """Ask the window of this library to come forward; whether there was one that does."""
    file = directory / NAME
    try:
        file.touch(mode=0o600)
    except OSError as error:
        _log.info("nobody can be called: %s", error)
        return False
    until = time.monotonic() + ANSWER_S
    while file.exists():
        if time.monotonic() > until:
            with contextlib.suppress(OSError):  # answered at the last moment
                file.unlink()
            return False
        time.sleep(_LOOK_S)
    return True
