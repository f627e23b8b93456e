"""Indexing to the end, as the command does it: scan all, then wait until nothing is left."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from threading import Event

from album.domain.photo import FolderId
from album.jobs.activity import Activity, ActivityKind
from album.session.values import Progress, Stage
from album.storage.database import Database
from album.storage.photos import present_count
from album.storage.problems import count, never_decoded

SAY_EVERY_S = 0.1
COUNT_EVERY_S = 1.0


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


class Tally:
    """Photos and problems of the library, counted at most once a second: that takes a while."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._began_s = int(time.time())
        self._known = (0, 0, 0)
        self._counted_s = -COUNT_EVERY_S

    def read(self, *, exact: bool) -> tuple[int, int, int]:
        """Photos, files with a problem, and how many files that came meanwhile are no photos.

        Args:
            exact: count now.
        """
        now_s = time.monotonic()
        if exact or now_s - self._counted_s >= COUNT_EVERY_S:
            self._counted_s = now_s
            self._known = self._database.query(
                lambda c: (present_count(c), count(c), never_decoded(c, self._began_s))
            )
        return self._known


def index_all(
    folders: list[FolderId],
    scan: Callable[[FolderId], None],
    standing: Callable[[], Standing],
    activities: Callable[[], tuple[Activity, ...]],
    settle: Callable[[], None],
    closed: Event,
) -> Iterator[Progress]:
    """Scan these folders, then say where it stands until all is done or the session closes.

    When it is done, `settle` has pages and counts brought up to date first.
    """
    began_s = time.monotonic()
    for folder_id in folders:
        scan(folder_id)
    while True:
        now = standing()
        stage = _stage(now)
        if stage is Stage.DONE:
            settle()
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
