"""What is shown of photos: a row for the grid, everything for the info panel and `album show`."""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from album.domain.appearance import Colour, Quality, Region
from album.domain.photo import FileId, Fingerprint, FolderId, MediaKind, PhotoId
from album.domain.tag import Facet, PhotoTag, TagScore, TagState
from album.storage.folders import FolderState
from album.storage.photos import FileState
from album.storage.tags import tags_of
from album.storage.values import chunks, from_blob, marks


@dataclass(frozen=True, slots=True)
class PhotoRow:
    """What the grid shows and a screen reader says of a photo.

    Attributes:
        path: absolute, of its first readable file; None when all are missing.
        width, height: pixels of the upright picture, None when not known.
        taken: ISO 8601 as the file says it, None when it does not.
        duration_s: of a video.
        offline: whether all its files lie in folders that are not there now.
        colour: average colour 0xRRGGBB, None until there is a thumbnail.
        tags: names of its tags, rejected ones left out.
        problem: why its picture cannot be decoded, empty where it can.
    """

    id: PhotoId
    fingerprint: Fingerprint
    path: Path | None
    kind: MediaKind
    width: int | None
    height: int | None
    taken: str | None
    duration_s: float | None
    title: str | None
    favourite: bool
    rating: int | None
    offline: bool
    colour: int | None
    tags: tuple[str, ...]
    problem: str = ""


@dataclass(frozen=True, slots=True)
class PhotoFile:
    """One of the files of a photo; `path` is absolute."""

    id: FileId
    folder_id: FolderId
    path: Path
    shown: str
    size_bytes: int
    state: FileState
    folder_state: FolderState


@dataclass(frozen=True, slots=True)
class Camera:
    """How a picture was taken; None where the file says nothing."""

    camera: str | None = None
    lens: str | None = None
    aperture: float | None = None
    exposure_s: float | None = None
    iso: int | None = None
    focal_mm: float | None = None
    flash: bool | None = None


@dataclass(frozen=True, slots=True)
class PhotoDetails:
    """All that is known of one photo.

    Attributes:
        path: absolute, of its first readable file (without a library: of the file looked at);
            None when all are missing.
        fingerprint: None without a library.
        gps: degrees (latitude, longitude).
        tags: those that count, decided ones first, then by score.
        rejected: tags that a person rejected.
        style: families with their scores, highest first.
        regions: parts of the picture that carry a tag, the surest first.
        files: all files, missing ones too; none without a library.
        problem: why its picture cannot be decoded, empty where it can.
        sorted_under: the day of the file, where it does not say when the picture was taken.
    """

    path: Path | None
    kind: MediaKind
    format: str
    id: PhotoId | None = None
    fingerprint: Fingerprint | None = None
    width: int | None = None
    height: int | None = None
    taken: str | None = None
    camera: Camera = Camera()
    gps: tuple[float, float] | None = None
    rating: int | None = None
    favourite: bool = False
    title: str | None = None
    description: str | None = None
    duration_s: float | None = None
    tags: tuple[PhotoTag, ...] = ()
    rejected: tuple[PhotoTag, ...] = ()
    style: tuple[TagScore, ...] = ()
    colours: tuple[Colour, ...] = ()
    quality: Quality | None = None
    regions: tuple[Region, ...] = ()
    files: tuple[PhotoFile, ...] = ()
    problem: str = ""
    sorted_under: date | None = None


_ROWS = """
    SELECT id, fingerprint, kind, width, height, taken, duration_s, title, favourite, rating, colour
    FROM photo WHERE id IN ({})
"""
_ROW_TAGS = """
    SELECT photo_id, name FROM photo_tag JOIN tag ON tag.id = tag_id
    WHERE photo_id IN ({}) AND photo_tag.state <> 'rejected'
    ORDER BY photo_tag.state = 'suggested', coalesce(score, 1) DESC, name
"""
_FILES = """
    SELECT file.photo_id, file.id, folder_id, folder.path, file.path, folder.shown, file.shown,
           size_bytes, file.state, folder.state
    FROM file JOIN folder ON folder.id = folder_id WHERE file.photo_id IN ({})
    ORDER BY file.state = 'missing', folder.state IN ('offline', 'unreadable'), file.id
"""
_UNDECODED = """
    SELECT photo_id, reason FROM problem WHERE stage = 'decode' AND photo_id IN ({})
    ORDER BY last_s, id
"""


def _files(
    connection: sqlite3.Connection, ids: Sequence[PhotoId]
) -> dict[PhotoId, list[PhotoFile]]:
    """Files of these photos, readable ones first; what is missing only where nothing else is."""
    found: dict[PhotoId, list[PhotoFile]] = {photo_id: [] for photo_id in ids}
    for row in connection.execute(_FILES.format(marks(ids)), ids):
        found[PhotoId(row[0])].append(
            PhotoFile(
                id=FileId(row[1]),
                folder_id=FolderId(row[2]),
                path=from_blob(row[3]) / from_blob(row[4]),
                shown=f"{row[5]}/{row[6]}",
                size_bytes=row[7],
                state=FileState(row[8]),
                folder_state=FolderState(row[9]),
            )
        )
    return {one: [f for f in files if f.state is files[0].state] for one, files in found.items()}


def _path(files: Iterable[PhotoFile]) -> Path | None:
    return next((file.path for file in files if file.state is FileState.PRESENT), None)


def photo_rows(connection: sqlite3.Connection, ids: Sequence[PhotoId]) -> list[PhotoRow]:
    """The rows of these photos, in this order; ids without a photo are left out."""
    found: dict[PhotoId, PhotoRow] = {}
    for some in chunks(ids):
        files = _files(connection, some)
        tags: dict[PhotoId, list[str]] = {photo_id: [] for photo_id in some}
        for photo_id, name in connection.execute(_ROW_TAGS.format(marks(some)), some):
            tags[photo_id].append(name)
        undecoded = _undecoded(connection, some)
        for row in connection.execute(_ROWS.format(marks(some)), some):
            photo_id = PhotoId(row[0])
            problem = undecoded.get(photo_id, "")
            found[photo_id] = _row(row, files[photo_id], tags[photo_id], problem)
    return [found[photo_id] for photo_id in ids if photo_id in found]


def _undecoded(connection: sqlite3.Connection, ids: Sequence[PhotoId]) -> dict[PhotoId, str]:
    """Why these photos cannot be decoded, the latest reason; without those that can."""
    rows = connection.execute(_UNDECODED.format(marks(ids)), ids)
    return {PhotoId(photo_id): reason for photo_id, reason in rows}


def _row(row: tuple[Any, ...], files: list[PhotoFile], tags: list[str], problem: str) -> PhotoRow:
    present = [file for file in files if file.state is FileState.PRESENT]
    return PhotoRow(
        id=row[0],
        fingerprint=Fingerprint.parse(row[1]),
        path=_path(files),
        kind=MediaKind(row[2]),
        width=row[3],
        height=row[4],
        taken=row[5],
        duration_s=row[6],
        title=row[7],
        favourite=bool(row[8]),
        rating=row[9],
        offline=bool(present) and all(f.folder_state is FolderState.OFFLINE for f in present),
        colour=row[10],
        tags=tuple(tags),
        problem=problem,
    )


_DETAILS = """
    SELECT kind, format, fingerprint, width, height, taken, camera, lens, aperture, exposure_s, iso,
           focal_mm, flash, latitude, longitude, rating, favourite, title, description, duration_s,
           CASE WHEN taken IS NULL AND taken_s BETWEEN -62135596800 AND 253402300799
                THEN date(taken_s, 'unixepoch') END  -- in the years 1 to 9999
    FROM photo WHERE id = ?
"""


def photo_details(connection: sqlite3.Connection, photo_id: PhotoId) -> PhotoDetails | None:
    """All that the library knows of a photo; None when it knows no such photo."""
    row = connection.execute(_DETAILS, (photo_id,)).fetchone()
    if row is None:
        return None
    files = _files(connection, [photo_id])[photo_id]
    tags = tags_of(connection, photo_id)
    counted = tuple(tag for tag in tags if tag.state.counts)
    return PhotoDetails(
        path=_path(files),
        kind=MediaKind(row[0]),
        format=row[1],
        id=photo_id,
        fingerprint=Fingerprint.parse(row[2]),
        width=row[3],
        height=row[4],
        taken=row[5],
        camera=_camera(row[6:13]),
        gps=None if row[13] is None or row[14] is None else (row[13], row[14]),
        rating=row[15],
        favourite=bool(row[16]),
        title=row[17],
        description=row[18],
        duration_s=row[19],
        tags=counted,
        rejected=tuple(tag for tag in tags if tag.state is TagState.REJECTED),
        style=tuple(
            TagScore(tag.slug, 1.0 if tag.score is None else tag.score)
            for tag in counted
            if tag.facet is Facet.STYLE
        ),
        sorted_under=None if row[20] is None else date.fromisoformat(row[20]),
        colours=_colours(connection, photo_id),
        quality=_quality(connection, photo_id),
        regions=_regions(connection, photo_id),
        files=tuple(files),
        problem=_undecoded(connection, [photo_id]).get(photo_id, ""),
    )


def _camera(row: tuple[Any, ...]) -> Camera:
    camera, lens, aperture, exposure_s, iso, focal_mm, flash = row
    return Camera(
        camera, lens, aperture, exposure_s, iso, focal_mm, None if flash is None else bool(flash)
    )


def _colours(connection: sqlite3.Connection, photo_id: PhotoId) -> tuple[Colour, ...]:
    rows = connection.execute(
        "SELECT name, rgb, share FROM photo_colour WHERE photo_id = ? ORDER BY share DESC, name",
        (photo_id,),
    )
    return tuple(
        Colour(name, (rgb >> 16 & 255, rgb >> 8 & 255, rgb & 255), share)
        for name, rgb, share in rows
    )


def _quality(connection: sqlite3.Connection, photo_id: PhotoId) -> Quality | None:
    row = connection.execute(
        "SELECT score, clarity, exposure, composition, framing, noise FROM photo_quality"
        " WHERE photo_id = ?",
        (photo_id,),
    ).fetchone()
    return None if row is None else Quality(*row)


_REGIONS = """
    SELECT slug, photo_region.score, left, top, width, height
    FROM photo_region JOIN tag ON tag.id = photo_region.tag_id
    LEFT JOIN photo_tag USING (photo_id, tag_id)
    WHERE photo_region.photo_id = ? AND coalesce(state, '') <> 'rejected'
    ORDER BY photo_region.score DESC
"""


def _regions(connection: sqlite3.Connection, photo_id: PhotoId) -> tuple[Region, ...]:
    """Parts of the photo, without those whose tag a person rejected."""
    rows = connection.execute(_REGIONS, (photo_id,))
    return tuple(Region(row[0], row[1], (row[2], row[3], row[4], row[5])) for row in rows)


def details_json(details: PhotoDetails) -> dict[str, Any]:
    """The object that `show` and `recognise` print; the keys scripts rely on."""
    quality = details.quality
    return {
        "path": None if details.path is None else str(details.path),
        "width": details.width,
        "height": details.height,
        "taken": details.taken,
        "camera": details.camera.camera,
        "lens": details.camera.lens,
        "gps": None if details.gps is None else list(details.gps),
        "rating": details.rating,
        "title": details.title,
        "tags": [
            {
                "tag": tag.slug,
                "facet": tag.facet.value,
                "score": _rounded(tag.score),
                "source": tag.source.value,
                "state": tag.state.value,
                "certainty": tag.certainty,
                "region": None,
            }
            for tag in (*details.tags, *details.rejected)
        ],
        "colours": [
            {"name": one.name, "rgb": list(one.rgb), "share": _rounded(one.share)}
            for one in details.colours
        ],
        "style": [{"name": one.slug, "score": _rounded(one.score)} for one in details.style],
        "quality": None
        if quality is None
        else {
            "score": _rounded(quality.score),
            "clarity": _rounded(quality.clarity),
            "exposure": _rounded(quality.exposure),
            "composition": _rounded(quality.composition),
            "framing": _rounded(quality.framing),
            "noise": _rounded(quality.noise),
        },
        "regions": _regions_json(details),
        "text": [],
        "faces": [],
    }


def _regions_json(details: PhotoDetails) -> list[dict[str, Any]]:
    """Boxes in pixels of the upright picture; none where its size is not known."""
    across, down = details.width or 0, details.height or 0
    scale = (across, down, across, down)
    return [
        {
            "tag": one.slug,
            "score": _rounded(one.score),
            "box": [round(share * side) for share, side in zip(one.box, scale, strict=True)],
        }
        for one in details.regions
        if across and down
    ]


def _rounded(value: float | None) -> float | None:
    """Scores to four digits: more is noise."""
    return None if value is None else round(value, 4)


def search_json(details: Iterable[PhotoDetails]) -> list[dict[str, Any]]:
    """The list that `search` prints."""
    return [
        {
            "path": None if one.path is None else str(one.path),
            "taken": one.taken,
            "tags": [tag.slug for tag in one.tags],
            "quality": None if one.quality is None else _rounded(one.quality.score),
        }
        for one in details
    ]
