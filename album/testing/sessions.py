"""What tests do with sessions: open with fakes, index, wait, look inside."""

import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from album.domain.photo import PhotoId
from album.domain.query import Query
from album.domain.tag import TagState
from album.session import LibrarySession, Progress
from album.testing.fakes import FakeAnalyser, FakeSegmenter
from album.testing.taxonomy import sample_taxonomy

WAIT_S = 20.0


def open_session(directory: Path, **options: Any) -> LibrarySession:  # noqa: ANN401 (as `open`)
    """A session with fakes; not watching unless told to."""
    options.setdefault("watch", False)
    options.setdefault("analysers", [FakeAnalyser()])
    return LibrarySession.open(
        directory, segmenter=FakeSegmenter(), taxonomy=sample_taxonomy(), **options
    )


def index(session: LibrarySession, *folders: Path) -> Progress:
    """Add the folders and index to the end."""
    for folder in folders:
        session.add_folder(folder).result()
    return list(session.index())[-1]


def ids_of(session: LibrarySession, text: str = "") -> list[PhotoId]:
    """Photos that match, newest first."""
    query = session.parse(text) if text else Query()
    return [PhotoId(int(one)) for one in session.browse(query).result().ids]


def names_of(session: LibrarySession, text: str = "") -> set[str]:
    """File names of photos that match."""
    rows = session.rows(ids_of(session, text)).result()
    return {row.path.name for row in rows if row.path is not None}


def tags_of(session: LibrarySession, photo_id: PhotoId) -> dict[str, TagState]:
    """Tags of a photo that count."""
    return {tag.slug: tag.state for tag in session.details(photo_id).result().tags}


def photo_named(session: LibrarySession, name: str) -> PhotoId:
    """The photo with a file of this name."""
    rows = session.rows(ids_of(session)).result()
    return next(row.id for row in rows if row.path is not None and row.path.name == name)


def until(holds: Callable[[], bool], what: str) -> None:
    """Wait for something that another thread brings about."""
    end_s = time.monotonic() + WAIT_S
    tick = threading.Event()
    while not holds():
        if time.monotonic() > end_s:
            raise TimeoutError(f"waited in vain until {what}")
        tick.wait(0.02)


def contents(directory: Path) -> dict[str, Any]:
    """What a library holds, without ids and moments: two that are equal say the same."""
    with sqlite3.connect(directory / "library.db") as connection:
        photos = connection.execute(
            "SELECT fingerprint, kind, format, width, height, taken, taken_s, camera, rating,"
            " favourite, colour, embedding FROM photo ORDER BY fingerprint"
        ).fetchall()
        tags = connection.execute(
            "SELECT fingerprint, slug, photo_tag.state, source, round(score, 4), model"
            " FROM photo_tag JOIN photo ON photo.id = photo_id JOIN tag ON tag.id = tag_id"
            " ORDER BY 1, 2"
        ).fetchall()
        files = connection.execute(
            "SELECT fingerprint, file.path, file.state FROM file JOIN photo ON photo.id = photo_id"
            " ORDER BY 2"
        ).fetchall()
        jobs = connection.execute(
            "SELECT fingerprint, state, signature FROM job JOIN photo ON photo.id = photo_id"
            " ORDER BY 1"
        ).fetchall()
        problems = connection.execute(
            "SELECT path, stage, reason FROM problem ORDER BY 1, 2"
        ).fetchall()
    connection.close()
    return {"photos": photos, "tags": tags, "files": files, "jobs": jobs, "problems": problems}
