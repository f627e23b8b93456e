"""Dates, places, numbers and texts as files write them, as values that make sense or None."""

import math
import re
from datetime import UTC, datetime, timedelta, timezone

_DATE = re.compile(
    r"\s*(\d{4})[:\-./ ](\d{1,2})[:\-./ ](\d{1,2})"
    r"(?:[T ]+(\d{1,2}):(\d{1,2})(?::(\d{1,2}))?(?:[.,](\d{1,9})\d*)?)?"
    r"\s*(Z|[+\-]\d{2}:?\d{2})?"
)
_COMPACT = re.compile(
    r"\s*(\d{4})(\d{2})(\d{2})(?:[T ]?(\d{2})(\d{2})(\d{2}))?(Z|[+\-]\d{2}:?\d{2})?"
)
_OFFSET = re.compile(r"\s*([+\-])(\d{1,2}):?(\d{2})")
_ISO6709 = re.compile(r"([+\-]\d+(?:\.\d*)?)([+\-]\d+(?:\.\d*)?)")
_XMP_COORDINATE = re.compile(r"\s*(\d+),(\d+(?:\.\d+)?)(?:,(\d+(?:\.\d+)?))?\s*([NSEWnsew])")

FIRST_YEAR = 1826  # the oldest photograph that is known
LAST_YEAR = 2200
_LONGEST_OFFSET_MIN = 15 * 60
_TEXT_LIMIT = 10_000

_MAC_EPOCH = datetime(1904, 1, 1, tzinfo=UTC)


def text_of(value: object) -> str | None:
    """A text without padding; None when nothing is left of it."""
    if isinstance(value, bytes):
        raw = value.split(b"\0", 1)[0]
        try:
            value = raw.decode("utf-8")
        except UnicodeDecodeError:
            value = raw.decode("latin-1")
    if not isinstance(value, str):
        return None
    cleaned = " ".join(value.replace("\0", " ")[:_TEXT_LIMIT].split())
    return cleaned if any(c.isprintable() for c in cleaned) else None


def date_of(
    text: str | None, subsec: str | None = None, offset: str | None = None
) -> datetime | None:
    """A date as EXIF, XMP or ISO 8601 write it; None for `0000:00:00` and other nonsense.

    Args:
        text: the date, with or without a time.
        subsec: digits after the decimal point, where the format keeps them elsewhere.
        offset: offset from UTC, where the format keeps it elsewhere.
    """
    if not text or not (found := _DATE.match(text) or _COMPACT.match(text)):
        return None
    parts = found.groups()
    year, month, day, hour, minute, second = (int(part or 0) for part in parts[:6])
    fraction = (parts[6] if found.re is _DATE else None) or _digits(subsec)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    try:
        date = datetime(
            *(year, month, day, hour, minute, min(second, 59)),
            microsecond=int(fraction.ljust(6, "0")[:6]) if fraction else 0,
        )
    except ValueError:
        return None
    zone = zone_of(parts[-1] or offset)
    return date.replace(tzinfo=zone) if zone else date


def _digits(subsec: str | None) -> str | None:
    found = re.match(r"\s*(\d{1,9})", subsec or "")
    return found[1] if found else None


def zone_of(offset: str | None) -> timezone | None:
    """`+02:00`, `-0530` or `Z` as a time zone."""
    if not offset:
        return None
    if offset.strip() == "Z":
        return UTC
    if not (found := _OFFSET.match(offset)):
        return None
    minutes = int(found[2]) * 60 + int(found[3])
    if minutes > _LONGEST_OFFSET_MIN:
        return None
    return timezone(timedelta(minutes=minutes if found[1] == "+" else -minutes))


def mac_date(seconds: int) -> datetime | None:
    """Seconds since 1904 in UTC, as QuickTime counts; None for the 0 of cameras without a clock."""
    if seconds <= 0:
        return None
    try:
        date = _MAC_EPOCH + timedelta(seconds=seconds)
    except OverflowError:
        return None
    return date if 1970 < date.year <= LAST_YEAR else None


def position(latitude: float | None, longitude: float | None) -> tuple[float, float] | None:
    """A place on earth; None when out of range, unknown, or exactly 0, 0 (which means unknown)."""
    if latitude is None or longitude is None:
        return None
    if not (math.isfinite(latitude) and math.isfinite(longitude)):
        return None
    if abs(latitude) > 90 or abs(longitude) > 180 or (latitude == 0 and longitude == 0):
        return None
    return latitude, longitude


def iso6709(text: str | None) -> tuple[float, float] | None:
    """`+27.5916+086.5640+8850/` as degrees."""
    if not text or not (found := _ISO6709.match(text.strip())):
        return None
    return position(_iso6709_degrees(found[1], 2), _iso6709_degrees(found[2], 3))


def _iso6709_degrees(text: str, degree_digits: int) -> float:
    """Degrees from ±DD.D, ±DDMM.M or ±DDMMSS.S."""
    sign = -1 if text[0] == "-" else 1
    whole = len(text[1:].split(".")[0])
    value = float(text[1:])
    if whole > degree_digits + 2:
        degrees, rest = divmod(value, 10_000)
        return sign * (degrees + rest // 100 / 60 + rest % 100 / 3600)
    if whole > degree_digits:
        degrees, minutes = divmod(value, 100)
        return sign * (degrees + minutes / 60)
    return sign * value


def xmp_coordinate(text: str | None) -> float | None:
    """`51,30.5N` or `51,30,15N` as degrees."""
    if not text or not (found := _XMP_COORDINATE.match(text)):
        return None
    degrees = float(found[1]) + float(found[2]) / 60 + float(found[3] or 0) / 3600
    return -degrees if found[4] in "SWsw" else degrees


def ratio_of(text: str | None) -> float | None:
    """`1/60` or `2.8`; None when it is no finite positive number."""
    numerator, _, denominator = (text or "").strip().partition("/")
    try:
        number = float(numerator) / float(denominator or 1)
    except (ValueError, ZeroDivisionError):
        return None
    return positive(number)


def positive(number: float | None) -> float | None:
    """The number, if it is finite and above 0."""
    return number if number is not None and math.isfinite(number) and number > 0 else None


def rating_of(text: str | None) -> int | None:
    """An XMP rating, -1 to 5."""
    try:
        number = int(float(text or ""))
    except (ValueError, OverflowError):
        return None
    return number if -1 <= number <= 5 else None
