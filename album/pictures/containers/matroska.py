"""Matroska and WebM: EBML elements."""

import struct
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from album.pictures.claims import Claims
from album.pictures.containers.parts import Malformed, Parts, Span
from album.pictures.original import Original
from album.pictures.values import LAST_YEAR, text_of

_SEGMENT, _INFO, _TRACKS, _CLUSTER = 0x18538067, 0x1549A966, 0x1654AE6B, 0x1F43B675
_SCALE, _DURATION, _DATE, _TITLE = 0x2AD7B1, 0x4489, 0x4461, 0x7BA9
_TRACK, _VIDEO, _WIDTH, _HEIGHT = 0xAE, 0xE0, 0xB0, 0xBA
_ELEMENTS_MOST = 200_000
_EPOCH = datetime(2001, 1, 1, tzinfo=UTC)

_Elements = Iterator[tuple[int, Span]]


class _Reader:
    """Elements of one file, with a limit on how many are looked at."""

    def __init__(self, original: Original) -> None:
        self._original = original
        self._left = _ELEMENTS_MOST

    def elements(self, start: int, end: int) -> _Elements:
        """Number and content of each element; one of unknown size reaches to the end."""
        while start < end and self._left > 0:
            self._left -= 1
            head = self._original.read(start, 12)
            number_bytes = _width(head[:1], 4)
            size_bytes = _width(head[number_bytes : number_bytes + 1], 8)
            if not number_bytes or not size_bytes or len(head) < number_bytes + size_bytes:
                return
            at = start + number_bytes + size_bytes
            raw = int.from_bytes(head[number_bytes : number_bytes + size_bytes], "big")
            size = raw & (1 << 7 * size_bytes) - 1
            if size == (1 << 7 * size_bytes) - 1 or at + size > end:
                size = end - at
            yield int.from_bytes(head[:number_bytes], "big"), (at, size)
            start = at + size

    def inside(self, span: Span) -> _Elements:
        """The elements within one."""
        return self.elements(span[0], span[0] + span[1])

    def content(self, span: Span) -> bytes:
        """The bytes of a short element."""
        return self._original.read(span[0], min(span[1], 4096))

    def number(self, span: Span) -> int:
        """A whole number."""
        return int.from_bytes(self.content(span)[:8], "big")


def _width(first: bytes, most: int) -> int:
    """How many bytes a variable-length number takes, by its first one; 0 when it is none."""
    if not first or not first[0]:
        return 0
    width = 9 - first[0].bit_length()
    return width if width <= most else 0


def read_matroska(original: Original) -> Parts:
    """Identity: the clusters, which hold the frames."""
    reader = _Reader(original)
    parts = Parts("matroska1", sampled=True)
    info: dict[int, Span] = {}
    size: tuple[int, int] | None = None
    for number, segment in reader.elements(0, original.size_bytes):
        if number != _SEGMENT:
            continue
        for inner, span in reader.inside(segment):
            if inner == _CLUSTER:
                parts.image.append(span)
            elif inner == _INFO:
                info = dict(reader.inside(span))
            elif inner == _TRACKS:
                size = size or _video_size(reader, span)
    if not parts.image:
        raise Malformed("it holds no frames")
    parts.claims = _claims(reader, info, size)
    return parts


def _video_size(reader: _Reader, tracks: Span) -> tuple[int, int] | None:
    for number, track in reader.inside(tracks):
        if number != _TRACK:
            continue
        for inner, video in reader.inside(track):
            if inner == _VIDEO:
                found = dict(reader.inside(video))
                if _WIDTH in found and _HEIGHT in found:
                    return reader.number(found[_WIDTH]), reader.number(found[_HEIGHT])
    return None


def _claims(reader: _Reader, info: dict[int, Span], size: tuple[int, int] | None) -> Claims:
    scale_ns = reader.number(info[_SCALE]) if _SCALE in info else 1_000_000
    ticks = _float(reader.content(info[_DURATION])) if _DURATION in info else 0.0
    return Claims(
        width=size[0] if size else None,
        height=size[1] if size else None,
        duration_s=ticks * scale_ns / 1e9 or None,
        touched=_date(reader.content(info[_DATE])) if _DATE in info else None,
        title=text_of(reader.content(info[_TITLE])) if _TITLE in info else None,
    )


def _float(content: bytes) -> float:
    code = {4: ">f", 8: ">d"}.get(len(content))
    value = struct.unpack(code, content)[0] if code else 0.0
    return value if 0 < value < 1e15 else 0.0


def _date(content: bytes) -> datetime | None:
    """Nanoseconds since 2001, UTC."""
    if len(content) != 8:
        return None
    try:
        date = _EPOCH + timedelta(microseconds=struct.unpack(">q", content)[0] // 1000)
    except OverflowError:
        return None
    return date if 1970 < date.year <= LAST_YEAR else None
