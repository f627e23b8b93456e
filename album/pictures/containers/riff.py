"""RIFF: WebP and AVI."""

from collections.abc import Iterator

from album.pictures.claims import Claims
from album.pictures.containers.parts import Malformed, Parts, Span
from album.pictures.original import Original
from album.pictures.values import date_of, text_of

_WEBP_IMAGE = frozenset((b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF"))
_METADATA_LIMIT_BYTES = 4 << 20
_CHUNKS_MOST = 100_000


def _chunks(original: Original, start: int, end: int) -> Iterator[tuple[bytes, Span]]:
    """Name and content of each chunk."""
    for _ in range(_CHUNKS_MOST):
        head = original.read(start, 8)
        if len(head) < 8 or start >= end:
            return
        size = int.from_bytes(head[4:], "little")
        yield head[:4], (start + 8, size)
        start += 8 + size + size % 2


def read_webp(original: Original) -> Parts:
    """Identity: the picture chunks; the extended header only says which metadata follows."""
    parts = Parts("webp1")
    size: tuple[int, int] | None = None
    for name, (at, length) in _chunks(original, 12, original.size_bytes):
        if name in _WEBP_IMAGE:
            parts.image.append(name)
            parts.image.append((at, length))
        if name == b"VP8X":
            head = original.read(at, 10)
            size = (
                int.from_bytes(head[4:7], "little") + 1,
                int.from_bytes(head[7:10], "little") + 1,
            )
        elif name in (b"VP8 ", b"VP8L"):
            size = size or _webp_size(name, original.read(at, 10))
        elif length <= _METADATA_LIMIT_BYTES and name == b"EXIF":
            parts.exif = original.read(at, length).removeprefix(b"Exif\0\0")
        elif length <= _METADATA_LIMIT_BYTES and name == b"XMP ":
            parts.xmp.append(original.read(at, length))
    if not parts.image:
        raise Malformed("it is a WebP without image data")
    if size:
        parts.claims = Claims(width=size[0], height=size[1])
    return parts


def _webp_size(name: bytes, head: bytes) -> tuple[int, int] | None:
    if name == b"VP8L" and head[:1] == b"\x2f":
        bits = int.from_bytes(head[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if name == b"VP8 " and head[3:6] == b"\x9d\x01\x2a":
        return (
            int.from_bytes(head[6:8], "little") & 0x3FFF,
            int.from_bytes(head[8:10], "little") & 0x3FFF,
        )
    return None


def read_avi(original: Original) -> Parts:
    """Identity: the list of frames."""
    parts = Parts("avi1", sampled=True)
    header = b""
    dates: list[str | None] = []
    title: str | None = None
    lists = [(12, original.size_bytes)]
    while lists:
        start, end = lists.pop()
        for name, (at, length) in _chunks(original, start, end):
            kind = original.read(at, 4) if name == b"LIST" else b""
            if kind == b"movi":
                parts.image.append((at, length))
            elif kind in (b"hdrl", b"INFO"):
                lists.append((at + 4, at + length))
            elif name == b"avih":
                header = original.read(at, 40)
            elif name in (b"IDIT", b"ICRD"):
                dates.append(text_of(original.read(at, min(length, 64))))
            elif name == b"INAM":
                title = text_of(original.read(at, min(length, 512)))
    if not parts.image:
        raise Malformed("it is an AVI without frames")
    parts.claims = _avi_claims(header, dates, title)
    return parts


def _avi_claims(header: bytes, dates: list[str | None], title: str | None) -> Claims:
    period_us, frames, width, height = (
        int.from_bytes(header[at : at + 4], "little") for at in (0, 16, 32, 36)
    )
    return Claims(
        width=width or None,
        height=height or None,
        duration_s=period_us * frames / 1e6 or None,
        taken=next((date for text in dates if (date := date_of(_plain_date(text)))), None),
        title=title,
    )


_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]


def _plain_date(text: str | None) -> str | None:
    """`Mon Mar 10 15:04:43 2003`, as C's asctime writes it, in the order of EXIF."""
    words = (text or "").split()
    if len(words) == 5 and words[1][:3].lower() in _MONTHS:
        month = _MONTHS.index(words[1][:3].lower()) + 1
        return f"{words[4]}:{month}:{words[2]} {words[3]}"
    return text
