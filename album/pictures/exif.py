"""EXIF, read by ExifRead from a block of bytes or a TIFF-like file, within a budget of reads."""

import io
import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, BinaryIO, Protocol, cast

from exifread.core.exif_header import ExifHeader
from exifread.tags import SubIfdTagDictValue
from exifread.tags.exif import GPS_TAGS

from album.pictures.claims import Claims
from album.pictures.values import date_of, position, positive, text_of

_log = logging.getLogger(__name__)
logging.getLogger("exifread").setLevel(logging.CRITICAL)  # it warns of every odd file

_READ_BUDGET = 20_000
"""A crafted IFD can ask for billions of values; a real one takes a few thousand reads."""

_ORIENTATIONS = range(1, 9)


class Readable(Protocol):
    """What is read: an `Original`, or a block of one."""

    def read(self, offset: int, size: int) -> bytes:
        """As `Original.read`."""


class Block:
    """A TIFF structure that lies inside another file, in memory."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def read(self, offset: int, size: int) -> bytes:
        """Up to `size` bytes from `offset`."""
        return self._content[offset : offset + size] if offset >= 0 else b""


class _BudgetSpent(Exception):
    """The structure asks for more than any honest file does."""


class _Budgeted(io.RawIOBase):
    """The file object that ExifRead wants; counts what it is asked for."""

    def __init__(self, source: Readable) -> None:
        self._source = source
        self._offset = 0
        self._left = _READ_BUDGET

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._offset = offset + (self._offset if whence == io.SEEK_CUR else 0)
        return self._offset

    def read(self, size: int = -1) -> bytes:
        self._left -= 1 + size // 65536
        if self._left < 0 or size < 0:
            raise _BudgetSpent
        content = self._source.read(self._offset, size)
        self._offset += len(content)
        return content


_WANTED = frozenset(
    (
        *("ExifOffset", "GPSInfo"),  # lead to the other directories
        *("ImageWidth", "ImageLength", "ExifImageWidth", "ExifImageLength", "Orientation"),
        *("DateTime", "DateTimeOriginal", "DateTimeDigitized"),
        *("SubSecTime", "SubSecTimeOriginal", "SubSecTimeDigitized"),
        *("OffsetTime", "OffsetTimeOriginal", "OffsetTimeDigitized"),
        *("Make", "Model", "LensModel"),
        *("ExposureTime", "FNumber", "ISOSpeedRatings", "FocalLength", "Flash"),
        *("Rating", "XPTitle", "XPKeywords", "ImageDescription"),
        *("GPSLatitude", "GPSLatitudeRef", "GPSLongitude", "GPSLongitudeRef"),
        *("GPSDate", "GPSTimeStamp"),
    )
)
"""The tags that `exif_claims` asks for, by ExifRead's names; cameras write three times as many."""


class _Header(ExifHeader):
    """ExifRead's reader of directories, for the tags that are wanted."""

    def _process_tag(
        self,
        ifd: int,
        ifd_name: str,
        tag_entry: SubIfdTagDictValue,
        entry: int,
        tag: int,
        tag_name: str,
        relative: bool,
        stop_tag: str,
    ) -> None:
        if tag_name in _WANTED:
            super()._process_tag(ifd, ifd_name, tag_entry, entry, tag, tag_name, relative, stop_tag)

    def s2n(self, offset: int, length: int, signed: bool = False) -> int:
        """The integer of this length; 0 where the structure ends before."""
        self.file_handle.seek(self.offset + offset)
        content = self.file_handle.read(length)
        if len(content) != length:
            return 0
        return int.from_bytes(content, "little" if self.endian == "I" else "big", signed=signed)


_DAMAGE = (
    *(_BudgetSpent, ValueError, TypeError, KeyError, IndexError, AttributeError, ArithmeticError),
    *(RecursionError, MemoryError, OSError),
)
"""What ExifRead raises on damaged input; what it has read until then is kept."""


def read_exif(*sources: tuple[Readable, str]) -> Claims:
    """What EXIF tags claim; empty where they are damaged.

    Args:
        sources: TIFF structures, each with its first directory: `Image`, `EXIF` or `GPS`.
    """
    tags: dict[str, Any] = {}
    for source, directory in sources:
        tags |= _tags(source, directory)
    return exif_claims(tags)


def _tags(source: Readable, directory: str) -> dict[str, Any]:
    order = source.read(0, 2)
    if order not in (b"II", b"MM"):
        return {}
    file = cast("BinaryIO", _Budgeted(source))
    header = _Header(file, chr(order[0]), 0, 0, strict=False, detailed=False)
    try:
        header.dump_ifd(header.s2n(4, 4), directory, GPS_TAGS if directory == "GPS" else None)
        if pointer := header.tags.get("Image ExifOffset"):
            header.dump_ifd(pointer.values[0], "EXIF")
    except _DAMAGE:
        _log.debug("damaged EXIF; using what was read before", exc_info=True)
    return header.tags


def exif_claims(tags: Mapping[str, Any]) -> Claims:
    """The tags that ExifRead found, as claims."""
    text = _Texts(tags)
    orientation = _integer(tags, "Image Orientation")
    flash = _integer(tags, "EXIF Flash")
    return Claims(
        width=_integer(tags, "Image ImageWidth") or _integer(tags, "EXIF ExifImageWidth"),
        height=_integer(tags, "Image ImageLength") or _integer(tags, "EXIF ExifImageLength"),
        orientation=orientation if orientation in _ORIENTATIONS else None,
        taken=_date(text, "EXIF DateTimeOriginal", "SubSecTimeOriginal", "OffsetTimeOriginal"),
        touched=_date(text, "EXIF DateTimeDigitized", "SubSecTimeDigitized", "OffsetTimeDigitized")
        or _date(text, "Image DateTime", "SubSecTime", "OffsetTime")
        or _gps_date(tags),
        make=text["Image Make"],
        model=text["Image Model"],
        lens=text["EXIF LensModel"],
        gps=_gps(tags),
        rating=_rating(tags),
        title=_utf16(tags, "Image XPTitle"),
        description=text["Image ImageDescription"],
        keywords=_keywords(tags),
        aperture=_number(tags, "EXIF FNumber"),
        exposure_s=_number(tags, "EXIF ExposureTime"),
        iso=_integer(tags, "EXIF ISOSpeedRatings") or None,
        focal_mm=_number(tags, "EXIF FocalLength"),
        flash=bool(flash & 1) if flash is not None else None,
    )


class _Texts:
    """Text tags by name."""

    def __init__(self, tags: Mapping[str, Any]) -> None:
        self._tags = tags

    def __getitem__(self, name: str) -> str | None:
        tag = self._tags.get(name)
        return text_of(tag.values) if tag is not None else None


def _date(text: _Texts, name: str, subsec: str, offset: str) -> datetime | None:
    return date_of(text[name], text[f"EXIF {subsec}"], text[f"EXIF {offset}"])


def _values(tags: Mapping[str, Any], name: str) -> list[Any]:
    tag = tags.get(name)
    values = tag.values if tag is not None else None
    return values if isinstance(values, list) else []


def _number(tags: Mapping[str, Any], name: str) -> float | None:
    values = _values(tags, name)
    return positive(_float(values[0])) if values else None


def _float(value: object) -> float | None:
    if isinstance(value, tuple) and value:  # how ExifRead hands out floats
        value = value[0]
    try:
        return float(value)  # type: ignore[arg-type] # what is no number is refused below
    except (TypeError, ValueError, ArithmeticError):
        return None


def _integer(tags: Mapping[str, Any], name: str) -> int | None:
    values = _values(tags, name)
    value = values[0] if values else None
    return value if isinstance(value, int) else None


def _rating(tags: Mapping[str, Any]) -> int | None:
    """Windows' own tag; 0 there means «not rated»."""
    rating = _integer(tags, "Image Rating")
    return rating if rating and 1 <= rating <= 5 else None


def _utf16(tags: Mapping[str, Any], name: str) -> str | None:
    try:
        return text_of(bytes(_values(tags, name)).decode("utf-16-le", "ignore"))
    except ValueError:
        return None


def _keywords(tags: Mapping[str, Any]) -> tuple[str, ...]:
    words = (_utf16(tags, "Image XPKeywords") or "").split(";")
    return tuple(word.strip() for word in words if word.strip())


def _gps(tags: Mapping[str, Any]) -> tuple[float, float] | None:
    return position(_degrees(tags, "GPS GPSLatitude", "S"), _degrees(tags, "GPS GPSLongitude", "W"))


def _degrees(tags: Mapping[str, Any], name: str, negative: str) -> float | None:
    parts = [_float(value) for value in _values(tags, name)[:3]]
    if not parts or any(part is None for part in parts):
        return None
    degrees = 0.0
    for part in reversed(parts):
        degrees = degrees / 60 + (part or 0.0)
    reference = tags.get(f"{name}Ref")
    sign = text_of(reference.values) if reference is not None else None
    return -degrees if (sign or "").upper().startswith(negative) else degrees


def _gps_date(tags: Mapping[str, Any]) -> datetime | None:
    """The receiver's clock, always UTC; the last resort where the camera's own is not noted."""
    stamp = tags.get("GPS GPSDate")
    clock = [_float(value) for value in _values(tags, "GPS GPSTimeStamp")[:3]]
    if stamp is None or len(clock) != 3 or any(part is None for part in clock):
        return None
    hour, minute, second = (int(part or 0) for part in clock)
    date = date_of(f"{text_of(stamp.values)} {hour:02}:{minute:02}:{second:02}")
    return date.replace(tzinfo=UTC) if date else None
