"""Putting down to a file what went wrong with its photo."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import sqlite_utils

from album.domain.photo import FolderId, PhotoId
from album.errors import AlbumError
from album.pictures.original import FileUnreadable
from album.storage.folders import folders
from album.storage.photos import Located, locate
from album.storage.problems import Failure, Stage, record


def record_failures(
    db: sqlite_utils.Database,
    problems: Mapping[PhotoId, AlbumError],
    stage: Stage,
    *,
    attempted: bool = True,
) -> None:
    """Record each problem on the files of its photo; a photo without files has none.

    What the system would not let be read is a failure to read, which intake tries again. Not
    `attempted`: whoever made the attempt has counted it.
    """
    roots = {folder.path: folder.id for folder in folders(db.conn)}
    places = locate(db.conn, list(problems))
    for place in places.values():
        found = list(_failures(place, roots, problems[place.id], stage))
        record(db, found, attempted=attempted)


def _failures(
    place: Located, roots: Mapping[Path, FolderId], problem: AlbumError, stage: Stage
) -> Iterator[Failure]:
    """One for each file: identical copies cannot be read either."""
    for path in place.paths:
        root = next((parent for parent in path.parents if parent in roots), None)
        if root is not None:
            yield Failure(
                roots[root],
                path.relative_to(root),
                Stage.READ if isinstance(problem, FileUnreadable) else stage,
                problem.text,
                problem.advice,
                place.id,
            )
