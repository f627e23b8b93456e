"""Indexing to the end, as the command does it: scan all, then wait until nothing is left."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from threading import Event

from album.domain.photo import FolderId
from album.jobs.activity import Activity, ActivityKind
from album.session.values import Progress, Stage

SAY_EVERY_S = 0.1


@dataclass(frozen=True, slots=True)
class Standing:
    """How far the work is, as counted from the beginning of the session.

    Attributes:
        scanned, thumbnailed, looked: whether each is through for now.
        photos: in the library; failed: problems.
    """

    scanned: bool
    thumbnailed: bool
    looked: bool
    photos: int
    new: int
    analysed: int
    failed: int
    device: str


def index_all(
    folders: list[FolderId],
    scan: Callable[[FolderId], None],
    standing: Callable[[], Standing],
    activities: Callable[[], tuple[Activity, ...]],
    closed: Event,
) -> Iterator[Progress]:
    """Scan these folders, then say where it stands until all is done or the session closes."""
    began_s = time.monotonic()
    for folder_id in folders:
        scan(folder_id)
    while True:
        now = standing()
        stage = _stage(now)
        found = {activity.kind: activity for activity in activities()}
        yield _progress(stage, now, found, time.monotonic() - began_s)
        if stage is Stage.DONE or closed.wait(SAY_EVERY_S):
            return


def _stage(now: Standing) -> Stage:
    if not now.scanned:
        return Stage.SCANNING
    if not now.looked:
        return Stage.ANALYSING
    return Stage.DONE if now.thumbnailed else Stage.THUMBNAILS


def _progress(
    stage: Stage,
    now: Standing,
    activities: dict[ActivityKind, Activity],
    seconds: float,
) -> Progress:
    activity = None if stage is Stage.DONE else activities.get(ActivityKind(stage.value))
    return Progress(
        stage=stage,
        done=activity.done if activity else now.analysed,
        total=activity.total if activity else (now.analysed if stage is Stage.DONE else None),
        photos=now.photos,
        new=now.new,
        analysed=now.analysed,
        failed=now.failed,
        seconds=seconds,
        per_second=activity.per_second if activity else None,
        left_s=activity.left_s if activity else None,
        device=now.device,
    )
