"""A look around each second: did another process write, does one call, does the battery run?"""

import logging
import threading
from collections.abc import Callable, Sequence

from album.errors import AlbumError
from album.jobs.power import on_battery
from album.settings import SettingsStore
from album.storage.database import Database

EVERY_S = 1.0
POWER_EVERY = 20

_log = logging.getLogger(__name__)


class Housekeeper:
    """A thread that looks around.

    Args:
        database: of the library.
        settings: whether looking at photos waits on battery.
        on_written: another process has written to it.
        wait_and_go_on: the first is called when it is to wait, the second when it is no longer.
        looks: what else is done each second.
    """

    def __init__(
        self,
        database: Database,
        settings: SettingsStore,
        on_written: Callable[[], None],
        wait_and_go_on: tuple[Callable[[], None], Callable[[], None]],
        looks: Sequence[Callable[[], None]],
    ) -> None:
        self._database = database
        self._on_written = on_written
        self._settings = settings
        self._wait, self._go_on = wait_and_go_on
        self._looks = looks
        self._closed = threading.Event()
        self._battery = self._waits = False
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
            rounds = 0
            self._look_at_power(rounds)
            while not self._closed.wait(EVERY_S):
                rounds += 1
                now = self._database.data_version()
                if now != version:
                    version = now
                    self._on_written()
                for look in self._looks:
                    look()
                self._look_at_power(rounds)
        except AlbumError as problem:
            _log.info("housekeeping ended: %s", problem)

    def _look_at_power(self, rounds: int) -> None:
        """The system is asked now and then, the user's wish holds at once."""
        if rounds % POWER_EVERY == 0:
            self._battery = on_battery()
        waits = self._battery and self._settings.current.wait_on_battery
        if waits != self._waits:
            self._waits = waits
            (self._wait if waits else self._go_on)()
