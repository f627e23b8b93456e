"""What goes on in the background, in one plain sentence with its figures. No widgets."""

from collections.abc import Sequence
from dataclasses import dataclass

from album.jobs.activity import Activity, ActivityKind, ActivityState
from album_ui.words import count, number, repeated, tr

_MINUTE_S = 60
_HOUR_S = 3600

_TELLS_MOST = (
    ActivityKind.STUCK,
    ActivityKind.ANALYSING,
    ActivityKind.SCANNING,
    ActivityKind.THUMBNAILS,
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """The parts of the status line.

    Attributes:
        what: «Looking at photos».
        figures: «4,120 of 18,300 · 61/s · 4 min left»; may be empty.
        share: 0 to 1 of the work is done; None while nobody can tell.
        state: running, paused, on battery.
        stuck: nothing can be saved: the figures say why.
    """

    what: str
    figures: str
    share: float | None
    state: ActivityState
    stuck: bool = False


def sentence(activities: Sequence[Activity]) -> Sentence | None:
    """The activity that tells most; None when nothing goes on."""
    by_kind = {activity.kind: activity for activity in activities}
    for kind in _TELLS_MOST:
        if kind in by_kind:
            return describe(by_kind[kind])
    return None


def describe(activity: Activity) -> Sentence:
    """One activity in words."""
    if activity.kind is ActivityKind.STUCK:
        why = repeated(activity.note)
        return Sentence(tr("Nothing can be saved"), why, None, activity.state, stuck=True)
    share = None
    if activity.total:
        share = min(1.0, activity.done / activity.total)
    return Sentence(_what(activity), _figures(activity), share, activity.state)


def _what(activity: Activity) -> str:
    if activity.state is ActivityState.PAUSED:
        return tr("Paused")
    if activity.state is ActivityState.ON_BATTERY:
        return tr("Waiting for mains power")
    if activity.kind is ActivityKind.SCANNING:
        return tr("Finding photos")
    if activity.kind is ActivityKind.THUMBNAILS:
        return tr("Making small pictures")
    return tr("Looking at photos")


def _figures(activity: Activity) -> str:
    if activity.state is not ActivityState.RUNNING:
        if activity.total is None:
            return ""
        left = activity.total - activity.done
        return count("{n} photo left", "{n} photos left", left)
    if activity.total is None:
        parts = [number(activity.done)]
    else:
        done, total = number(activity.done), number(activity.total)
        parts = [tr("{done} of {total}", done=done, total=total)]
    if activity.per_second:
        parts.append(_rate(activity.per_second))
    if activity.left_s is not None:
        parts.append(time_left(activity.left_s))
    return " · ".join(parts)


def _rate(per_second: float) -> str:
    if per_second >= 10:
        return tr("{rate}/s", rate=number(round(per_second)))
    if per_second >= 1:
        return tr("{rate}/s", rate=f"{per_second:.1f}")
    return tr("{rate} a minute", rate=number(max(1, round(per_second * _MINUTE_S))))


def time_left(seconds: float) -> str:
    """«4 min left», coarse enough not to jump."""
    if seconds < _MINUTE_S:
        return tr("less than a minute left")
    if seconds < _HOUR_S:
        return tr("{minutes} min left", minutes=round(seconds / _MINUTE_S))
    hours, rest = divmod(round(seconds / _MINUTE_S), 60)
    if hours >= 10:
        return tr("{hours} h left", hours=hours)
    return tr("{hours} h {minutes} min left", hours=hours, minutes=rest)
