"""How often Albumen and ExifTool agree on date, position, camera and upright size.

    python tests/bench/compare_exiftool.py DIR...

ExifTool (Debian: libimage-exiftool-perl) must be on the path. Files that Albumen cannot examine,
and those in which ExifTool finds no picture, are left out. For each of the four, a file counts when
either of the two says something; each disagreement is listed with both values.
"""

import json
import re
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from album.domain.photo import Examination, Metadata
from album.errors import FileProblem
from album.pictures.claims import camera_name
from album.pictures.examine import examine
from album.pictures.formats import SUPPORTED
from album.pictures.values import date_of, position, text_of

DATES = (
    *("EXIF:DateTimeOriginal", "QuickTime:CreationDate", "XMP:DateTimeOriginal"),
    *("XMP:DateCreated", "XMP:CreateDate", "IPTC:DateCreated", "PNG:CreationTime"),
    *("RIFF:DateTimeOriginal", "QuickTime:ContentCreateDate", "EXIF:CreateDate"),
    *("EXIF:ModifyDate", "QuickTime:CreateDate", "Matroska:DateTimeOriginal", "PNG:ModifyDate"),
    *("XMP:ModifyDate",),
)
DEGREES = 1e-4
SIDEWAYS = (5, 6, 7, 8)


@dataclass(slots=True)
class Tally:
    """How one of the four compares."""

    agree: int = 0
    disagree: list[str] = field(default_factory=list)

    def note(self, ours: object, theirs: object, *, same: bool, name: str) -> None:
        """Count one file, unless neither says anything."""
        if ours is None and theirs is None:
            return
        if same:
            self.agree += 1
        else:
            self.disagree.append(f"    {name}: Albumen {ours}, ExifTool {theirs}")

    def summary(self, what: str) -> str:
        """Share that agrees."""
        total = self.agree + len(self.disagree)
        share = self.agree / total if total else 1.0
        return f"{what:9} {self.agree} of {total} agree ({share:.1%})"


def main(arguments: list[str]) -> int:
    """Compare all files below the folders that are named."""
    folders = [Path(argument) for argument in arguments]
    files = sorted(p for f in folders for p in f.rglob("*") if p.suffix.lower() in SUPPORTED)
    told = exiftool(files)
    tallies = {what: Tally() for what in ("date", "position", "camera", "size")}
    readable = 0
    for path in files:
        try:
            seen = examine(path)
        except FileProblem:
            continue
        tags = told.get(str(path), {})
        if "ImageWidth" not in short(tags):
            continue
        readable += 1
        compare(path.name, seen, tags, tallies)
    print(f"{readable} of {len(files)} files are readable to both")
    for what, tally in tallies.items():
        print(tally.summary(what))
        print("\n".join(tally.disagree))
    return 0


def exiftool(files: list[Path]) -> dict[str, dict[str, Any]]:
    """What ExifTool says, by file."""
    command = ["exiftool", "-j", "-G", "-n", "-api", "QuickTimeUTC=0"]
    done = subprocess.run(
        [*command, *map(str, files)], capture_output=True, check=False, text=True, errors="replace"
    )
    return {entry["SourceFile"]: entry for entry in json.loads(done.stdout)}


def short(tags: dict[str, Any]) -> dict[str, Any]:
    """The tags without their groups; the first of each name."""
    found: dict[str, Any] = {}
    for name, value in tags.items():
        found.setdefault(name.partition(":")[2], value)
    return found


def compare(name: str, seen: Examination, tags: dict[str, Any], tallies: dict[str, Tally]) -> None:
    """Put one file into the tallies."""
    ours = seen.metadata
    date = their_date(tags)
    tallies["date"].note(ours.taken, date, same=same_moment(ours.taken, date), name=name)
    place = their_place(tags)
    tallies["position"].note(ours.gps, place, same=near(ours.gps, place), name=name)
    camera = their_camera(tags)
    tallies["camera"].note(ours.camera, camera, same=ours.camera == camera, name=name)
    size = their_size(seen, tags)
    tallies["size"].note(our_size(ours), size, same=our_size(ours) == size, name=name)


def our_size(ours: Metadata) -> tuple[int, int] | None:
    """Upright size."""
    return (ours.width, ours.height) if ours.width and ours.height else None


def their_date(tags: dict[str, Any]) -> datetime | None:
    """The first date that makes sense, in the order in which Albumen asks."""
    for name in DATES:
        text = str(tags.get(name, ""))
        if name == "IPTC:DateCreated":
            text = f"{text} {tags.get('IPTC:TimeCreated', '')}"
        if date := date_of(text):
            return date
    return None


def same_moment(ours: datetime | None, theirs: datetime | None) -> bool:
    """The same wall clock, to the second; offsets are compared only where both name one."""
    if ours is None or theirs is None:
        return ours is theirs
    if ours.tzinfo and theirs.tzinfo and ours.utcoffset() != theirs.utcoffset():
        return abs((ours - theirs).total_seconds()) < 1
    return ours.replace(tzinfo=None, microsecond=0) == theirs.replace(tzinfo=None, microsecond=0)


def their_place(tags: dict[str, Any]) -> tuple[float, float] | None:
    """Degrees with sign, out of ExifTool's combined tag."""
    for group in ("Composite", "EXIF", "XMP", "QuickTime"):
        try:
            found = position(
                float(tags[f"{group}:GPSLatitude"]), float(tags[f"{group}:GPSLongitude"])
            )
        except (KeyError, ValueError):
            continue
        if found:
            return found
    return None


def near(ours: tuple[float, float] | None, theirs: tuple[float, float] | None) -> bool:
    """Within some ten metres."""
    if ours is None or theirs is None:
        return ours is theirs
    return all(abs(a - b) < DEGREES for a, b in zip(ours, theirs, strict=True))


def their_camera(tags: dict[str, Any]) -> str | None:
    """Make and model by the same rule as ours."""
    for group in ("EXIF", "XMP", "QuickTime"):
        make, model = (tags.get(f"{group}:{name}") for name in ("Make", "Model"))
        if make is not None or model is not None:
            return camera_name(text_of(as_text(make)), text_of(as_text(model)))
    return None


def as_text(value: object) -> str | None:
    """ExifTool prints what looks like a number as one."""
    return None if value is None else str(value)


def their_size(seen: Examination, tags: dict[str, Any]) -> tuple[int, int] | None:
    """Width and height, turned as the file says."""
    plain = short(tags)
    try:
        size = int(plain["ImageWidth"]), int(plain["ImageHeight"])
    except (KeyError, ValueError):
        return None
    turned = sideways(seen, tags)
    return (size[1], size[0]) if turned else size


def sideways(seen: Examination, tags: dict[str, Any]) -> bool:
    """Whether the stored picture lies on its side."""
    if seen.format in ("heic", "avif") or seen.kind == "video":
        rotation = next(
            (tags[n] for n in ("Composite:Rotation", "QuickTime:Rotation") if n in tags), 0
        )
        return int(float(rotation)) % 180 == 90
    orientation = next((v for g in ("EXIF", "XMP") if (v := tags.get(f"{g}:Orientation"))), 1)
    return bool(re.fullmatch(r"\d", str(orientation))) and int(orientation) in SIDEWAYS


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
