"""Photos that a scan brings in: listed at once, worked on when the scan lets them."""

import time
from collections.abc import Callable, Collection

from album.domain.photo import PhotoId

PATIENCE_S = 20.0
"""A scan may have the processor to itself for so long; then all goes on beside it."""


class Arrivals:
    """Hands photos on when the scan has come to rest, or has taken long. For one thread.

    Reading names and dates of all photos first makes the library whole in the shortest time; what
    is on the screen does not wait for this, it is asked for by the window.

    Args:
        hold: nothing else shall be begun.
        hand_on: make thumbnails of these photos, and begin to look at them.
    """

    def __init__(
        self, hold: Callable[[], None], hand_on: Callable[[Collection[PhotoId]], None]
    ) -> None:
        self._hold = hold
        self._hand_on = hand_on
        self._arrived: dict[PhotoId, None] = {}
        self._since_s = 0.0
        self._scanning = False

    def add(self, ids: Collection[PhotoId]) -> None:
        """The scan has stored these."""
        if not self._scanning:
            self._scanning, self._since_s = True, time.monotonic()
            self._hold()
        self._arrived.update(dict.fromkeys(ids))
        if time.monotonic() - self._since_s > PATIENCE_S:
            self._pass()

    def settle(self) -> None:
        """The scan has come to rest."""
        if self._scanning:
            self._scanning = False
            self._pass()

    def _pass(self) -> None:
        arrived, self._arrived = self._arrived, {}
        self._hand_on(arrived.keys())
