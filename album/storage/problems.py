"""Files that could not be read, decoded or looked at, and why."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from album.domain.photo import FolderId, PhotoId
from album.storage.jobs import retry_failed
from album.storage.values import chunks, from_blob, marks, now_s, shown, to_blob

if TYPE_CHECKING:
    import sqlite_utils


class Stage(StrEnum):
    """Where on its way a file failed."""

    READ = "read"
    DECODE = "decode"
    ANALYSE = "analyse"
    FOLDER = "folder"


@dataclass(frozen=True, slots=True)
class Failure:
    """Something that went wrong just now.

    Attributes:
        path: relative to the folder (`.` for the folder itself).
        size_bytes, mtime_ns: of the file that failed; it is tried again when they change, or at
            each look where they are None.
    """

    folder_id: FolderId
    path: Path
    stage: Stage
    reason: str
    advice: str = ""
    photo_id: PhotoId | None = None
    size_bytes: int | None = None
    mtime_ns: int | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """A recorded problem.

    Attributes:
        path: absolute.
        attempts: how often it failed.
    """

    id: int
    folder_id: FolderId
    path: Path
    shown: str
    photo_id: PhotoId | None
    stage: Stage
    reason: str
    advice: str
    first_s: int
    last_s: int
    attempts: int
    size_bytes: int | None
    mtime_ns: int | None


_RECORD = """
    INSERT INTO problem (folder_id, path, shown, photo_id, stage, reason, advice, first_s, last_s,
                         size_bytes, mtime_ns)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (folder_id, path, stage) DO UPDATE SET
        photo_id = excluded.photo_id, reason = excluded.reason, advice = excluded.advice,
        last_s = excluded.last_s, attempts = attempts + ?,
        size_bytes = excluded.size_bytes, mtime_ns = excluded.mtime_ns
"""

NEVER_DECODED = """
    SELECT problem.photo_id FROM problem JOIN photo ON photo.id = problem.photo_id
    WHERE stage = 'decode' AND colour IS NULL AND NOT favourite AND rating_source IS NOT 'user'
    AND NOT EXISTS (SELECT 1 FROM photo_tag WHERE photo_tag.photo_id = photo.id
                    AND state IN ('manual', 'confirmed', 'rejected'))
"""
"""The ids of photos that nobody ever saw and of which nobody said anything: they are no photos to
browse, only problems, until they can be decoded."""


def record(
    db: "sqlite_utils.Database", failures: Sequence[Failure], *, attempted: bool = True
) -> None:
    """Note failures; one that is known counts another attempt, unless only news of it comes.

    What a decoder says of a file takes the place of what was seen when it was read.
    """
    moment = now_s()
    db.conn.executemany(
        _RECORD,
        [
            (one.folder_id, to_blob(one.path), shown(one.path), one.photo_id, one.stage, one.reason,
             one.advice, moment, moment, one.size_bytes, one.mtime_ns, attempted)
            for one in failures
        ],
    )  # fmt: skip
    for one in failures:
        if one.stage is Stage.DECODE:
            resolve(db, one.folder_id, [one.path], [Stage.READ])


def resolve(
    db: "sqlite_utils.Database",
    folder_id: FolderId,
    paths: Sequence[Path],
    stages: Sequence[Stage] = tuple(Stage),
) -> None:
    """Forget problems of files that are fine now, or gone; `paths` relative to the folder."""
    db.conn.executemany(
        "DELETE FROM problem WHERE folder_id = ? AND path = ? AND stage = ?",
        [(folder_id, to_blob(path), stage) for path in paths for stage in stages],
    )


def resolve_photos(
    db: "sqlite_utils.Database", ids: Sequence[PhotoId], stages: Sequence[Stage]
) -> None:
    """Forget problems of photos that could be decoded or looked at now."""
    db.conn.executemany(
        "DELETE FROM problem WHERE photo_id = ? AND stage = ?",
        [(photo_id, stage) for photo_id in ids for stage in stages],
    )


_SELECT = """
    SELECT problem.id, folder_id, folder.path, problem.path, folder.shown, problem.shown, photo_id,
           stage, reason, advice, first_s, last_s, attempts, size_bytes, mtime_ns
    FROM problem JOIN folder ON folder.id = folder_id
"""


def problems(connection: sqlite3.Connection) -> list[Problem]:
    """All problems, the latest first."""
    rows = connection.execute(f"{_SELECT} ORDER BY last_s DESC, problem.id DESC")
    return [_problem(row) for row in rows]


def _problem(row: tuple[Any, ...]) -> Problem:
    number, folder_id, root, path, shown_root, shown_path, photo_id, stage, *rest = row
    whole = from_blob(root) / from_blob(path)
    text = shown_root if path == b"." else f"{shown_root}/{shown_path}"
    return Problem(number, folder_id, whole, text, photo_id, Stage(stage), *rest)


def known_failures(
    connection: sqlite3.Connection, folder_id: FolderId
) -> dict[Path, tuple[int, int]]:
    """Files (relative paths) that failed as they are: size in bytes and mtime in ns of that time.

    Intake leaves a file alone as long as both are the same; `retry` takes it off this list.
    """
    rows = connection.execute(
        "SELECT path, size_bytes, mtime_ns FROM problem WHERE folder_id = ? AND stage = 'read'"
        " AND size_bytes IS NOT NULL AND mtime_ns IS NOT NULL",
        (folder_id,),
    )
    return {from_blob(row[0]): (row[1], row[2]) for row in rows}


def count(connection: sqlite3.Connection) -> int:
    """How many files and folders have a problem."""
    (number,) = connection.execute(
        "SELECT count(*) FROM (SELECT DISTINCT folder_id, path FROM problem)"
    ).fetchone()
    return int(number)


def never_decoded(connection: sqlite3.Connection, since_s: int) -> int:
    """How many files that came since then turned out to be no photos to browse."""
    (number,) = connection.execute(
        f"SELECT count(DISTINCT photo_id) FROM ({NEVER_DECODED} AND first_s >= ?)",  # noqa: S608
        (since_s,),
    ).fetchone()
    return int(number)


def is_never_decoded(connection: sqlite3.Connection, photo_id: PhotoId) -> bool:
    """Whether it is no photo to browse or to decide about, only a problem."""
    found = f"SELECT 1 WHERE ? IN ({NEVER_DECODED})"
    return connection.execute(found, (photo_id,)).fetchone() is not None


def retry(db: "sqlite_utils.Database", ids: Sequence[int]) -> list[Problem]:
    """Make these files be tried again: intake reads them anew, failed analyses are queued.

    The problems stay until the file succeeds. Returns them, so that their files can be looked at
    now.
    """
    found: list[Problem] = []
    for some in chunks(ids):
        rows = db.conn.execute(f"{_SELECT} WHERE problem.id IN ({marks(some)})", some)
        found.extend(_problem(row) for row in rows)
    db.conn.executemany(
        "UPDATE problem SET size_bytes = NULL, mtime_ns = NULL WHERE id = ?",
        [(one.id,) for one in found],
    )
    retry_failed(db, [one.photo_id for one in found if one.photo_id is not None])
    return found
