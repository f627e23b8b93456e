"""The queue of work, kept in the library: after a kill it goes on where it was."""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from album.domain.photo import PhotoId
from album.storage.values import now_s

if TYPE_CHECKING:
    import sqlite_utils

ANALYSE = "analyse"
"""The kind of job that has analysers look at a photo."""


@dataclass(frozen=True, slots=True)
class Job:
    """A photo to work on.

    Attributes:
        attempts: times it was started, this time included.
        signature: what should look at it: sorted `name@revision`, joined by commas.
    """

    id: int
    photo_id: PhotoId
    attempts: int
    signature: str


@dataclass(frozen=True, slots=True)
class JobCounts:
    """How many jobs stand where; those of photos without a present file are not counted."""

    pending: int = 0
    running: int = 0
    done: int = 0
    failed: int = 0
    cancelled: int = 0


@dataclass(frozen=True, slots=True)
class JobRecord:
    """All that is known of one job, for `album jobs`."""

    id: int
    photo_id: PhotoId
    kind: str
    state: str
    attempts: int
    signature: str
    reason: str
    changed_s: int


_ENQUEUE = """
    INSERT INTO job (photo_id, kind, signature, priority, changed_s) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (photo_id, kind) DO UPDATE SET
        state = 'pending', signature = excluded.signature, attempts = 0, reason = '',
        priority = max(priority, excluded.priority), changed_s = excluded.changed_s
    WHERE signature <> excluded.signature
"""

_HERE = """EXISTS (SELECT 1 FROM file JOIN folder ON folder.id = file.folder_id
    WHERE file.photo_id = job.photo_id AND file.state = 'present'
    AND folder.state NOT IN ('offline', 'unreadable'))"""


def enqueue(
    db: "sqlite_utils.Database",
    ids: Sequence[PhotoId],
    signature: str,
    *,
    kind: str = ANALYSE,
    priority: int = 0,
) -> None:
    """Queue photos, but those that are or were looked at under the same signature."""
    moment = now_s()
    db.conn.executemany(
        _ENQUEUE, [(photo_id, kind, signature, priority, moment) for photo_id in ids]
    )


def requeue_outdated(db: "sqlite_utils.Database", signature: str, *, kind: str = ANALYSE) -> int:
    """Queue every photo again that was not looked at under this signature, and those without a job.

    Returns how many were queued.
    """
    moment = now_s()
    changed = db.conn.execute(
        "UPDATE job SET state = 'pending', signature = ?, attempts = 0, reason = '', changed_s = ?"
        " WHERE kind = ? AND signature <> ?",
        (signature, moment, kind, signature),
    ).rowcount
    added = db.conn.execute(
        "INSERT INTO job (photo_id, kind, signature, changed_s)"
        " SELECT id, ?, ?, ? FROM photo"
        " WHERE id NOT IN (SELECT photo_id FROM job WHERE kind = ?)",
        (kind, signature, moment, kind),
    ).rowcount
    return changed + added


def prioritise(
    db: "sqlite_utils.Database", ids: Sequence[PhotoId], priority: int, *, kind: str = ANALYSE
) -> None:
    """Let pending photos be looked at first (what is on the screen), the highest number first."""
    db.conn.executemany(
        "UPDATE job SET priority = ? WHERE photo_id = ? AND kind = ? AND state = 'pending'",
        [(priority, photo_id, kind) for photo_id in ids],
    )


def claim(db: "sqlite_utils.Database", limit: int, *, kind: str = ANALYSE) -> list[Job]:
    """Take up to `limit` pending jobs, the most urgent first; they are `running` from now on.

    Photos that cannot be read now (all files missing or offline) wait.
    """
    rows = db.conn.execute(
        "SELECT id, photo_id, attempts + 1, signature FROM job"  # noqa: S608 (constant)
        f" WHERE kind = ? AND state = 'pending' AND {_HERE}"
        " ORDER BY priority DESC, id LIMIT ?",
        (kind, limit),
    ).fetchall()
    jobs = [Job(row[0], PhotoId(row[1]), row[2], row[3]) for row in rows]
    moment = now_s()
    db.conn.executemany(
        "UPDATE job SET state = 'running', attempts = attempts + 1, changed_s = ? WHERE id = ?",
        [(moment, job.id) for job in jobs],
    )
    return jobs


def finish(db: "sqlite_utils.Database", jobs: Sequence[Job]) -> None:
    """Note that jobs are done, unless they were queued anew meanwhile."""
    moment = now_s()
    db.conn.executemany(
        "UPDATE job SET state = 'done', priority = 0, reason = '', changed_s = ?"
        " WHERE id = ? AND state = 'running' AND signature = ?",
        [(moment, job.id, job.signature) for job in jobs],
    )


def fail(db: "sqlite_utils.Database", reasons: Mapping[int, str]) -> None:
    """Note that jobs (by id) failed, and why."""
    moment = now_s()
    db.conn.executemany(
        "UPDATE job SET state = 'failed', priority = 0, reason = ?, changed_s = ?"
        " WHERE id = ? AND state = 'running'",
        [(reason, moment, job_id) for job_id, reason in reasons.items()],
    )


def release(db: "sqlite_utils.Database", jobs: Sequence[Job]) -> None:
    """Give claimed jobs back untouched: work stopped before they were looked at."""
    db.conn.executemany(
        "UPDATE job SET state = 'pending', attempts = max(0, attempts - 1)"
        " WHERE id = ? AND state = 'running'",
        [(job.id,) for job in jobs],
    )


def release_running(db: "sqlite_utils.Database") -> int:
    """At start: jobs that a killed process left running are pending again. Returns how many."""
    return db.conn.execute("UPDATE job SET state = 'pending' WHERE state = 'running'").rowcount


def retry_failed(
    db: "sqlite_utils.Database", ids: Sequence[PhotoId], *, kind: str = ANALYSE
) -> None:
    """Queue failed jobs of these photos again."""
    moment = now_s()
    db.conn.executemany(
        "UPDATE job SET state = 'pending', reason = '', changed_s = ?"
        " WHERE photo_id = ? AND kind = ? AND state IN ('failed', 'cancelled')",
        [(moment, photo_id, kind) for photo_id in ids],
    )


def counts(connection: sqlite3.Connection, *, kind: str = ANALYSE) -> JobCounts:
    """How far the queue is."""
    rows = connection.execute(
        f"SELECT state, count(*) FROM job WHERE kind = ? AND {_HERE} GROUP BY state",  # noqa: S608
        (kind,),
    )
    return JobCounts(**dict(rows.fetchall()))


def jobs(
    connection: sqlite3.Connection, *, state: str | None = None, limit: int = 1000
) -> list[JobRecord]:
    """Jobs as they stand, the latest change first."""
    rows = connection.execute(
        "SELECT id, photo_id, kind, state, attempts, signature, reason, changed_s FROM job"
        " WHERE ? IS NULL OR state = ? ORDER BY changed_s DESC, id DESC LIMIT ?",
        (state, state, limit),
    )
    return [JobRecord(row[0], PhotoId(row[1]), *row[2:]) for row in rows]
