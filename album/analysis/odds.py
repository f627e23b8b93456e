"""The little statistics that estimates need, without a library for it."""

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from album.domain.share import Share

_Z90 = NormalDist().inv_cdf(0.95)
_POINTS = 64
_GRID = 2000


@dataclass(frozen=True, slots=True)
class NormalTail:
    """A normal distribution, and how much of it lies above a value."""

    mean: float
    spread: float

    def above(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """The share above each value, within 1e-4: the logistic series of Bowling et al. (2009)."""
        away = np.clip((values - self.mean) / self.spread, -8, 8)
        share: NDArray[np.float64] = 1 / (1 + np.exp(1.5976 * away + 0.07056 * away**3))
        return share

    def points(self) -> NDArray[np.float64]:
        """Values that stand for equal shares of it, lowest first."""
        normal = NormalDist(self.mean, self.spread)
        return np.array([normal.inv_cdf((at + 0.5) / _POINTS) for at in range(_POINTS)])


def wilson_share(share: float, count: float) -> Share:
    """A share that was seen in `count` cases, with its 90 % interval (Wilson 1927)."""
    square = _Z90**2 / count
    middle = (share + square / 2) / (1 + square)
    reach = _Z90 / (1 + square) * sqrt(share * (1 - share) / count + square / (4 * count))
    return Share(share, max(0.0, min(middle - reach, share)), min(1.0, max(middle + reach, share)))


def beta_share(right: float, wrong: float) -> Share:
    """Mean and middle 90 % of a beta distribution, on a grid of 1/2000."""
    grid = (np.arange(_GRID) + 0.5) / _GRID
    density = (right - 1) * np.log(grid) + (wrong - 1) * np.log1p(-grid)
    mass = np.cumsum(np.exp(density - density.max()))
    low, high = np.interp((0.05, 0.95), mass / mass[-1], grid).tolist()
    mean = right / (right + wrong)
    return Share(mean, min(low, mean), max(high, mean))
