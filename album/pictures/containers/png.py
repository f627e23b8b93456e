"""PNG and animated PNG: chunks."""

import zlib
from collections.abc import Iterator

from album.pictures.claims import Claims
from album.pictures.containers.parts import Malformed, Parts
from album.pictures.original import Original
from album.pictures.values import date_of, text_of

_IMAGE = frozenset((b"IHDR", b"PLTE", b"tRNS", b"acTL", b"fcTL"))
_DATA = frozenset((b"IDAT", b"fdAT"))
_TEXTS = frozenset((b"tEXt", b"zTXt", b"iTXt"))
_XMP_KEY = "XML:com.adobe.xmp"
_EXIF_KEY = "Raw profile type exif"
_TIME = "tIME"
_CHUNKS_MOST = 200_000
_TEXT_LIMIT_BYTES = 4 << 20


def read_png(original: Original) -> Parts:
    """Identity: header, palette, transparency, image data; not how the data is cut into chunks."""
    parts = Parts("png1")
    texts: dict[str, str] = {}
    size = (0, 0)
    has_data = False
    end = 0
    for kind, at, length in _chunks(original):
        has_data = has_data or kind in _DATA
        end = at + length
        if kind == b"IHDR":
            header = original.read(at, 8)
            size = (int.from_bytes(header[:4], "big"), int.from_bytes(header[4:], "big"))
        if kind in _DATA:
            parts.image.append((at, length))
        elif kind in _IMAGE:
            parts.image += [kind, (at, length)]
        elif length <= _TEXT_LIMIT_BYTES:
            _take_metadata(parts, texts, kind, original.read(at, length))
    if not all(size) or not has_data:
        raise Malformed("it is a PNG without image data")
    parts.cut_short = end > original.size_bytes
    parts.claims = Claims(
        width=size[0],
        height=size[1],
        taken=date_of(texts.get("Creation Time")),
        touched=date_of(texts.get("date:create")) or date_of(texts.get(_TIME)),
        title=text_of(texts.get("Title")),
        description=text_of(texts.get("Description")),
    )
    return parts


def _chunks(original: Original) -> Iterator[tuple[bytes, int, int]]:
    """Name, place and size of the content of each chunk."""
    at = 8
    for _ in range(_CHUNKS_MOST):
        head = original.read(at, 8)
        length, kind = int.from_bytes(head[:4], "big"), head[4:8]
        if len(head) < 8 or kind == b"IEND":
            return
        yield kind, at + 8, length
        at += length + 12


def _take_metadata(parts: Parts, texts: dict[str, str], kind: bytes, content: bytes) -> None:
    if kind in _TEXTS:
        _take_text(parts, texts, kind, content)
    elif kind == b"eXIf":
        parts.exif = content.removeprefix(b"Exif\0\0")
    elif kind == b"tIME" and len(content) == 7:
        year, rest = int.from_bytes(content[:2], "big"), content[2:]
        texts[_TIME] = "{}:{}:{} {}:{}:{}".format(year, *rest)


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
