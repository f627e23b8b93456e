"""A look around each second: did another process write, does one call, does the battery run?"""

import logging
import threading
from collections.abc import Callable, Sequence

from album.errors import AlbumError
from album.jobs.power import on_battery
from album.storage.database import Database

EVERY_S = 1.0
POWER_EVERY = 20

_log = logging.getLogger(__name__)


class Housekeeper:
    """A thread that looks around.

    Args:
        database: of the library.
        on_written: another process has written to it.
        on_power: called with whether the machine runs on its battery, when that changes.
        looks: what else is done each second.
    """

    def __init__(
        self,
        database: Database,
        on_written: Callable[[], None],
        on_power: Callable[[bool], None],
        looks: Sequence[Callable[[], None]],
    ) -> None:
        self._database = database
        self._on_written = on_written
        self._on_power = on_power
        self._looks = looks
        self._closed = threading.Event()
        self._battery = False
        self._thread = threading.Thread(target=self._run, name="album-housekeeper", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End the thread; may be called again."""
        self._closed.set()
        if self._thread is not threading.current_thread():
            self._thread.join()

    def _run(self) -> None:
        try:
            version = self._database.data_version()
            self._look_at_power()
            rounds = 0
            while not self._closed.wait(EVERY_S):
                rounds += 1
                now = self._database.data_version()
                if now != version:
                    version = now
                    self._on_written()
                for look in self._looks:
                    look()
                if rounds % POWER_EVERY == 0:
                    self._look_at_power()
        except AlbumError as problem:
            _log.info("housekeeping ended: %s", problem)

    def _look_at_power(self) -> None:
        battery = on_battery()
        if battery != self._battery:
            self._battery = battery
            self._on_power(battery)
