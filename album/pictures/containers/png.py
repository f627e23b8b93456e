"""PNG and animated PNG: chunks."""

import zlib
from datetime import datetime

from album.pictures.claims import Claims
from album.pictures.containers.parts import Malformed, Parts
from album.pictures.original import Original
from album.pictures.values import date_of, text_of

_IMAGE = frozenset((b"IHDR", b"PLTE", b"tRNS", b"acTL", b"fcTL"))
_DATA = frozenset((b"IDAT", b"fdAT"))
_TEXTS = frozenset((b"tEXt", b"zTXt", b"iTXt"))
_XMP_KEY = "XML:com.adobe.xmp"
_EXIF_KEY = "Raw profile type exif"
_CHUNKS_MOST = 200_000
_TEXT_LIMIT_BYTES = 4 << 20


def read_png(original: Original) -> Parts:
    """Identity: header, palette, transparency and image data; how the data is cut into chunks is no matter."""
    parts = Parts("png1")
    texts: dict[str, str] = {}
    touched: datetime | None = None
    size = (0, 0)
    at = 8
    for _ in range(_CHUNKS_MOST):
        head = original.read(at, 8)
        length, kind = int.from_bytes(head[:4], "big"), head[4:8]
        if len(head) < 8 or kind == b"IEND":
            break
        if kind in _DATA:
            parts.image.append((at + 8, length))
        elif kind in _IMAGE:
            parts.image.append((at + 4, length + 4))
        elif length <= _TEXT_LIMIT_BYTES:
            content = original.read(at + 8, length)
            if kind in _TEXTS:
                _take_text(parts, texts, kind, content)
            elif kind == b"eXIf":
                parts.exif = content.removeprefix(b"Exif\0\0")
            elif kind == b"tIME" and length == 7:
                year, rest = int.from_bytes(content[:2], "big"), tuple(content[2:])
                touched = date_of("{}:{}:{} {}:{}:{}".format(year, *rest))
        if kind == b"IHDR":
            header = original.read(at + 8, 8)
            size = (int.from_bytes(header[:4], "big"), int.from_bytes(header[4:], "big"))
        at += length + 12
    if not any(isinstance(part, tuple) and part[1] > 17 for part in parts.image) or not all(size):
        raise Malformed("it is a PNG without image data")
    parts.claims = _claims(size, texts, touched)
    return parts


def _claims(size: tuple[int, int], texts: dict[str, str], touched: datetime | None) -> Claims:
    return Claims(
        width=size[0],
        height=size[1],
        taken=date_of(texts.get("Creation Time")),
        touched=date_of(texts.get("date:create")) or touched,
        title=text_of(texts.get("Title")),
        description=text_of(texts.get("Description")),
    )


def _take_text(parts: Parts, texts: dict[str, str], kind: bytes, content: bytes) -> None:
    raw_key, _, rest = content.partition(b"\0")
    key = raw_key.decode("latin-1")
    value = _text_value(kind, rest)
    if key == _XMP_KEY:
        parts.xmp.append(value)
    elif key == _EXIF_KEY:
        parts.exif = parts.exif or _hex_profile(value)
    else:
        texts.setdefault(key, value.decode("utf-8" if kind == b"iTXt" else "latin-1", "replace"))


def _text_value(kind: bytes, rest: bytes) -> bytes:
    if kind == b"tEXt":
        return rest
    compressed = kind == b"zTXt"
    if kind == b"iTXt":
        compressed = rest[:1] == b"\1"
        rest = rest[2:].split(b"\0", 2)[-1]
    else:
        rest = rest[1:]
    return _inflate(rest) if compressed else rest


def _inflate(content: bytes) -> bytes:
    """Decompress, but never more than the limit."""
    try:
        return zlib.decompressobj().decompress(content, _TEXT_LIMIT_BYTES)
    except zlib.error:
        return b""


def _hex_profile(value: bytes) -> bytes | None:
    """ImageMagick's way: name, size, then hexadecimal lines."""
    try:
        content = bytes.fromhex(b"".join(value.split()[2:]).decode("ascii"))
    except ValueError:
        return None
    return content.removeprefix(b"Exif\0\0")
