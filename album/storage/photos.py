"""Photos and their files: what intake learned, where they are, what a person said of them."""

import os
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from album.domain.photo import Examination, FileId, Fingerprint, FolderId, MediaKind, PhotoId
from album.domain.taxonomy import Taxonomy
from album.storage.fulltext import refresh_text
from album.storage.problems import NEVER_DECODED
from album.storage.tags import import_keywords
from album.storage.values import chunks, from_blob, local_seconds, marks, now_s, shown, to_blob

if TYPE_CHECKING:
    import sqlite_utils


class FileState(StrEnum):
    """Whether a file is where it was seen last; an offline folder's files stay present."""

    PRESENT = "present"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class KnownFile:
    """A file as the library remembers it; `path` is relative to its folder."""

    id: FileId
    photo_id: PhotoId
    folder_id: FolderId
    path: Path
    size_bytes: int
    mtime_ns: int
    inode: int
    state: FileState


@dataclass(frozen=True, slots=True)
class ExaminedFile:
    """A file that intake has read; `path` is relative to its folder."""

    path: Path
    size_bytes: int
    mtime_ns: int
    inode: int
    examination: Examination


@dataclass(frozen=True, slots=True)
class MovedFile:
    """A known file that now lies elsewhere, unchanged; `path` is relative to `folder_id`."""

    id: FileId
    folder_id: FolderId
    path: Path
    size_bytes: int
    mtime_ns: int
    inode: int


@dataclass(frozen=True, slots=True)
class Located:
    """Where to read a photo.

    Attributes:
        paths: absolute, files that should be there first, those of offline folders last.
    """

    id: PhotoId
    fingerprint: Fingerprint
    kind: MediaKind
    format: str
    paths: tuple[Path, ...]


_FILE_COLUMNS = "id, photo_id, folder_id, path, size_bytes, mtime_ns, inode, state"


def _known(row: tuple[int, int, int, bytes, int, int, int, str]) -> KnownFile:
    return KnownFile(
        FileId(row[0]),
        PhotoId(row[1]),
        FolderId(row[2]),
        from_blob(row[3]),
        *row[4:7],
        FileState(row[7]),
    )


def known_files(connection: sqlite3.Connection, folder_id: FolderId) -> list[KnownFile]:
    """All files the library remembers in this folder, missing ones too."""
    rows = connection.execute(
        f"SELECT {_FILE_COLUMNS} FROM file WHERE folder_id = ?",  # noqa: S608 (constant)
        (folder_id,),
    )
    return [_known(row) for row in rows]


def known_files_in(
    connection: sqlite3.Connection, folder_id: FolderId, directory: Path
) -> list[KnownFile]:
    """The files that the library remembers below a directory (relative to its folder)."""
    start = to_blob(directory) + os.sep.encode()
    after = start[:-1] + bytes([start[-1] + 1])
    rows = connection.execute(
        f"SELECT {_FILE_COLUMNS} FROM file"  # noqa: S608 (constant)
        " WHERE folder_id = ? AND path >= ? AND path < ?",
        (folder_id, start, after),
    )
    return [_known(row) for row in rows]


def missing_files(connection: sqlite3.Connection) -> list[KnownFile]:
    """All missing files of all folders: what a file that turns up anywhere may be."""
    rows = connection.execute(
        f"SELECT {_FILE_COLUMNS} FROM file WHERE state = 'missing'"  # noqa: S608 (constant)
    )
    return [_known(row) for row in rows]


_PHOTO_COLUMNS = (
    "fingerprint", "kind", "format", "width", "height", "taken", "taken_s", "taken_known", "camera",
    "lens", "latitude", "longitude", "rating", "rating_source", "title", "description", "aperture",
    "exposure_s", "iso", "focal_mm", "flash", "duration_s", "added_s",
)  # fmt: skip
_KEPT_WHERE_SILENT = (
    "width", "height", "camera", "lens", "latitude", "longitude", "title", "description",
    "aperture", "exposure_s", "iso", "focal_mm", "flash", "duration_s",
)  # fmt: skip

_UPSERT_PHOTO = f"""
    INSERT INTO photo ({", ".join(_PHOTO_COLUMNS)}) VALUES ({marks(_PHOTO_COLUMNS)})
    ON CONFLICT (fingerprint) DO UPDATE SET
        {", ".join(f"{name} = coalesce(excluded.{name}, {name})" for name in _KEPT_WHERE_SILENT)},
        taken = coalesce(excluded.taken, taken),
        taken_s = CASE WHEN excluded.taken_known THEN excluded.taken_s
                       WHEN taken_known THEN taken_s ELSE min(taken_s, excluded.taken_s) END,
        taken_known = max(taken_known, excluded.taken_known),
        rating = CASE WHEN rating_source = 'user' THEN rating
                      ELSE coalesce(excluded.rating, rating) END,
        rating_source = CASE WHEN rating_source = 'user' THEN 'user'
                             ELSE coalesce(excluded.rating_source, rating_source) END
    RETURNING id
"""  # noqa: S608 (constants)

_UPSERT_FILE = """
    INSERT INTO file (photo_id, folder_id, path, shown, size_bytes, mtime_ns, inode, state)
    VALUES (?, ?, ?, ?, ?, ?, ?, 'present')
    ON CONFLICT (folder_id, path) DO UPDATE SET
        photo_id = excluded.photo_id, shown = excluded.shown, size_bytes = excluded.size_bytes,
        mtime_ns = excluded.mtime_ns, inode = excluded.inode, state = 'present'
"""


def store_examined(
    db: "sqlite_utils.Database",
    folder_id: FolderId,
    files: Sequence[ExaminedFile],
    taxonomy: Taxonomy,
) -> list[PhotoId]:
    """Write files that were read: their photos, keywords, searchable text.

    A photo that is known learns what is new; what another copy of it said is kept where this file
    is silent; a person's rating stays. Returns the photo of each file, in order.
    """
    connection = db.conn
    before = _photos_at(connection, folder_id, [file.path for file in files])
    ids: list[PhotoId] = []
    for file in files:
        (photo_id,) = connection.execute(_UPSERT_PHOTO, _photo_values(file)).fetchone()
        ids.append(PhotoId(photo_id))
    connection.executemany(
        _UPSERT_FILE,
        [
            (photo_id, folder_id, to_blob(file.path), shown(file.path),
             file.size_bytes, file.mtime_ns, file.inode)
            for photo_id, file in zip(ids, files, strict=True)
        ],
    )  # fmt: skip
    keywords = {
        photo_id: file.examination.metadata.keywords
        for photo_id, file in zip(ids, files, strict=True)
        if file.examination.metadata.keywords
    }
    import_keywords(db, keywords, taxonomy)
    refresh_text(connection, [*ids, *before])
    return ids


def _photos_at(
    connection: sqlite3.Connection, folder_id: FolderId, paths: Sequence[Path]
) -> list[PhotoId]:
    """Photos that these paths held so far: a path may hold another picture now."""
    found: list[PhotoId] = []
    for some in chunks([to_blob(path) for path in paths]):
        rows = connection.execute(
            f"SELECT photo_id FROM file WHERE folder_id = ? AND path IN ({marks(some)})",  # noqa: S608
            (folder_id, *some),
        )
        found.extend(PhotoId(row[0]) for row in rows)
    return found


def _photo_values(file: ExaminedFile) -> tuple[object, ...]:
    seen = file.examination
    said = seen.metadata
    taken_s = (
        local_seconds(datetime.fromtimestamp(file.mtime_ns / 1e9))
        if said.taken is None
        else local_seconds(said.taken)
    )
    return (
        str(seen.fingerprint), seen.kind, seen.format, said.width, said.height,
        said.taken.isoformat() if said.taken else None, taken_s, int(said.taken is not None),
        said.camera, said.lens, *(said.gps or (None, None)),
        said.rating, None if said.rating is None else "metadata", said.title, said.description,
        said.aperture, said.exposure_s, said.iso, said.focal_mm,
        None if said.flash is None else int(said.flash), said.duration_s, now_s(),
    )  # fmt: skip


def move_files(db: "sqlite_utils.Database", moves: Sequence[MovedFile]) -> list[PhotoId]:
    """Give files their new places; whatever was remembered there before gives way.

    Chains and swaps are fine: all old places are cleared before the new ones are taken.
    Returns the photos concerned.
    """
    connection = db.conn
    moving = {move.id for move in moves}
    concerned: set[PhotoId] = set()
    for move in moves:
        target = (move.folder_id, to_blob(move.path))
        row = connection.execute(
            "SELECT id, photo_id FROM file WHERE folder_id = ? AND path = ?", target
        ).fetchone()
        if row is not None and row[0] not in moving:
            connection.execute("DELETE FROM file WHERE id = ?", (row[0],))
            concerned.add(PhotoId(row[1]))
    connection.executemany(
        "UPDATE file SET path = CAST('//moving ' || id AS BLOB) WHERE id = ?",
        [(move.id,) for move in moves],
    )
    connection.executemany(
        "UPDATE file SET folder_id = ?, path = ?, shown = ?, size_bytes = ?, mtime_ns = ?,"
        " inode = ?, state = 'present' WHERE id = ?",
        [
            (move.folder_id, to_blob(move.path), shown(move.path), move.size_bytes,
             move.mtime_ns, move.inode, move.id)
            for move in moves
        ],
    )  # fmt: skip
    concerned.update(photos_of_files(connection, list(moving)))
    refresh_text(connection, concerned)
    return sorted(concerned)


def photos_of_files(connection: sqlite3.Connection, ids: Sequence[FileId]) -> list[PhotoId]:
    """The photos of these files, each once."""
    found: set[PhotoId] = set()
    for some in chunks(ids):
        rows = connection.execute(
            f"SELECT photo_id FROM file WHERE id IN ({marks(some)})",  # noqa: S608 (only marks)
            some,
        )
        found.update(PhotoId(row[0]) for row in rows)
    return sorted(found)


def set_file_state(
    db: "sqlite_utils.Database", ids: Iterable[FileId], state: FileState
) -> list[PhotoId]:
    """Note that files are missing, or back. Returns their photos."""
    wanted = list(ids)
    db.conn.executemany(
        "UPDATE file SET state = ? WHERE id = ?", [(state, file_id) for file_id in wanted]
    )
    return photos_of_files(db.conn, wanted)


def set_thumbnail_colours(db: "sqlite_utils.Database", colours: Mapping[PhotoId, int]) -> None:
    """Note the average colour (0xRRGGBB) of photos that have a thumbnail now."""
    db.conn.executemany(
        "UPDATE photo SET colour = ? WHERE id = ?",
        [(colour, photo_id) for photo_id, colour in colours.items()],
    )


_LOCATE = """
    SELECT photo.id, photo.fingerprint, photo.kind, photo.format, folder.path, file.path
    FROM photo
    LEFT JOIN file ON file.photo_id = photo.id AND file.state = 'present'
    LEFT JOIN folder ON folder.id = file.folder_id
    WHERE photo.id IN ({})
    ORDER BY photo.id, folder.state IN ('offline', 'unreadable'), file.id
"""


def locate(connection: sqlite3.Connection, ids: Sequence[PhotoId]) -> dict[PhotoId, Located]:
    """Where to read these photos; those without a file have no paths."""
    found: dict[PhotoId, Located] = {}
    for some in chunks(ids):
        for row in connection.execute(_LOCATE.format(marks(some)), some):
            photo_id = PhotoId(row[0])
            here = () if row[4] is None else (from_blob(row[4]) / from_blob(row[5]),)
            earlier = found[photo_id].paths if photo_id in found else ()
            found[photo_id] = Located(
                photo_id, Fingerprint.parse(row[1]), MediaKind(row[2]), row[3], earlier + here
            )
    return found


def photo_at(connection: sqlite3.Connection, path: Path) -> PhotoId | None:
    """The photo whose file lies at this absolute path, present or missing."""
    for parent in path.parents:
        row = connection.execute(
            "SELECT photo_id FROM file JOIN folder ON folder.id = folder_id"
            " WHERE folder.path = ? AND file.path = ?",
            (to_blob(parent), to_blob(path.relative_to(parent))),
        ).fetchone()
        if row is not None:
            return PhotoId(row[0])
    return None


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a person said of a photo, as it stood: restored by undo."""

    photo_id: PhotoId
    favourite: bool
    rating: int | None
    rating_source: str | None


def _opinions(connection: sqlite3.Connection, ids: Sequence[PhotoId]) -> list[Opinion]:
    found: list[Opinion] = []
    for some in chunks(ids):
        rows = connection.execute(
            "SELECT id, favourite, rating, rating_source FROM photo"  # noqa: S608 (only marks)
            f" WHERE id IN ({marks(some)})",
            some,
        )
        found.extend(Opinion(PhotoId(row[0]), bool(row[1]), row[2], row[3]) for row in rows)
    return found


@dataclass(frozen=True, slots=True)
class CommonOpinion:
    """What is said alike of several photos.

    Attributes:
        rating: of every one of them; None where they differ, or have none.
        favourite: whether all of them are.
    """

    rating: int | None
    favourite: bool


def common_opinion(connection: sqlite3.Connection, ids: Sequence[PhotoId]) -> CommonOpinion:
    """What is said alike of all these photos, however many they are."""
    said: set[tuple[int | None, int]] = set()
    for some in chunks(ids):
        said.update(
            connection.execute(
                "SELECT DISTINCT rating, favourite FROM photo"  # noqa: S608 (only marks)
                f" WHERE id IN ({marks(some)})",
                some,
            )
        )
    ratings = {rating for rating, _ in said}
    return CommonOpinion(
        ratings.pop() if len(ratings) == 1 else None,
        favourite=bool(said) and all(favourite for _, favourite in said),
    )


def set_favourite(
    db: "sqlite_utils.Database", ids: Sequence[PhotoId], favourite: bool
) -> list[Opinion]:
    """Make photos favourites or not; returns how they stood before."""
    before = _opinions(db.conn, ids)
    db.conn.executemany(
        "UPDATE photo SET favourite = ? WHERE id = ?", [(int(favourite), one) for one in ids]
    )
    return before


def set_rating(
    db: "sqlite_utils.Database", ids: Sequence[PhotoId], rating: int | None
) -> list[Opinion]:
    """Rate photos (0 to 5) or, with None, take the rating away; returns how they stood before."""
    before = _opinions(db.conn, ids)
    db.conn.executemany(
        "UPDATE photo SET rating = ?, rating_source = 'user' WHERE id = ?",
        [(rating, one) for one in ids],
    )
    return before


def restore_opinions(db: "sqlite_utils.Database", opinions: Sequence[Opinion]) -> None:
    """Put favourites and ratings back as they stood."""
    db.conn.executemany(
        "UPDATE photo SET favourite = ?, rating = ?, rating_source = ? WHERE id = ?",
        [(int(one.favourite), one.rating, one.rating_source, one.photo_id) for one in opinions],
    )


def present_count(connection: sqlite3.Connection) -> int:
    """How many photos there are to browse: a file of theirs is present and could be decoded."""
    (number,) = connection.execute(
        "SELECT count(DISTINCT photo_id) FROM file WHERE state = 'present'"  # noqa: S608
        f" AND photo_id NOT IN ({NEVER_DECODED})"
    ).fetchone()
    return int(number)


def without_thumbnail(connection: sqlite3.Connection) -> list[PhotoId]:
    """Present photos that nobody has made thumbnails of, and nobody failed to; the oldest first."""
    rows = connection.execute(
        "SELECT id FROM photo WHERE colour IS NULL"
        " AND NOT EXISTS (SELECT 1 FROM problem WHERE photo_id = photo.id)"
        " AND EXISTS (SELECT 1 FROM file WHERE photo_id = photo.id AND state = 'present')"
        " ORDER BY taken_s"
    )
    return [PhotoId(row[0]) for row in rows]
