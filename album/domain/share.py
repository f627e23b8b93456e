"""Shares that were estimated, not counted."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Share:
    """A share between 0 and 1 with its 90 % interval."""

    value: float
    low: float
    high: float
