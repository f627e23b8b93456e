"""Under which headings photos stand: days, or months and years where days hold little; pure."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

EPOCH: Final = date(1970, 1, 1)

WORTH_A_HEADING: Final = 3.0
"""Photos that a heading should have on average: a month of single photos is shown as a month."""

ENOUGH: Final = 8
"""Years of single photos are shown together until there are so many."""


class Span(IntEnum):
    """What a heading names."""

    DAY = 0
    MONTH = 1
    YEAR = 2


@dataclass(frozen=True, slots=True)
class Groups:
    """Runs of photos under one heading.

    Attributes:
        starts: first photo of each group, shape (groups,).
        spans: the `Span` of each group.
        days: the days of its first and its last photo, in days since 1970; shape (groups, 2).
    """

    starts: NDArray[np.int64]
    spans: NDArray[np.int8]
    days: NDArray[np.int32]

    def ends(self, place: int) -> tuple[date, date]:
        """The days of a group's first and last photo."""
        first, last = self.days[place].tolist()
        return EPOCH + timedelta(days=first), EPOCH + timedelta(days=last)


def group(days: NDArray[np.int32]) -> Groups:
    """The groups of photos in their order by time.

    Args:
        days: of each photo, in days since 1970, rising or falling; shape (photos,).
    """
    day_starts = run_starts(days)
    dates = days[day_starts].astype(np.int64).astype("datetime64[D]")
    month_starts = day_starts[run_starts(dates.astype("datetime64[M]"))]
    year_starts = day_starts[run_starts(dates.astype("datetime64[Y]"))]
    by_day = _worth(day_starts, month_starts, len(days))
    by_month = _worth(month_starts, year_starts, len(days))
    month_of_day = np.searchsorted(month_starts, day_starts, side="right") - 1
    year_of_month = np.searchsorted(year_starts, month_starts, side="right") - 1
    kept_days = day_starts[by_day[month_of_day]]
    # A sparse month stands alone where its year is worth months, or shows days elsewhere.
    busy_years = np.bincount(year_of_month, by_day, len(year_starts)) > 0
    apart = by_month | busy_years
    kept_months = month_starts[~by_day & apart[year_of_month]]
    kept_years = _gathered(year_starts, ~apart, len(days))
    starts = np.concatenate((kept_days, kept_months, kept_years))
    sizes = (len(kept_days), len(kept_months), len(kept_years))
    spans = np.repeat(np.array(list(Span), dtype=np.int8), sizes)
    order = np.argsort(starts, kind="stable")
    starts = starts[order]
    ends = np.append(starts[1:], len(days))[: len(starts)] - 1
    return Groups(starts, spans[order], np.stack((days[starts], days[ends]), axis=1))


def _gathered(
    starts: NDArray[np.int64], sparse: NDArray[np.bool_], count: int
) -> NDArray[np.int64]:
    """Starts of sparse years; a year joins the one before it while that has too few photos."""
    kept: list[int] = []
    for place in np.flatnonzero(sparse).tolist():
        goes_on = bool(kept) and bool(sparse[place - 1])
        if not goes_on or starts[place] - starts[kept[-1]] >= ENOUGH:
            kept.append(place)
    follows = len(kept) > 1 and sparse[kept[-1] - 1 :].all()
    if follows and count - starts[kept[-1]] < WORTH_A_HEADING:
        kept.pop()
    return starts[kept]


def run_starts(values: NDArray[np.generic]) -> NDArray[np.int64]:
    """Where runs of equal values begin."""
    if not len(values):
        return np.empty(0, dtype=np.int64)
    return np.concatenate(([0], np.flatnonzero(values[1:] != values[:-1]) + 1)).astype(np.int64)


def _worth(inner: NDArray[np.int64], outer: NDArray[np.int64], count: int) -> NDArray[np.bool_]:
    """Whether the inner runs of each outer run have photos enough for a heading each."""
    photos = np.diff(np.append(outer, count))
    runs = np.bincount(np.searchsorted(outer, inner, side="right") - 1, minlength=len(outer))
    worth: NDArray[np.bool_] = photos >= WORTH_A_HEADING * np.maximum(runs, 1)
    return worth
