"""TIFF, BigTIFF and the RAW formats that are built like one: directories, strips and tiles."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from album.pictures.claims import Claims
from album.pictures.containers.parts import Malformed, Parts, Span
from album.pictures.iptc import find_resource
from album.pictures.original import Original

_TYPES = {1: "B", 2: "B", 3: "H", 4: "I", 6: "b", 7: "B", 8: "h", 9: "i", 13: "I", 16: "Q", 18: "Q"}
_DIRECTORIES_MOST = 64
_ENTRIES_MOST = 1_000
_VALUES_MOST = 1 << 20
_METADATA_LIMIT_BYTES = 4 << 20

_SUBFILE, _WIDTH, _HEIGHT, _COMPRESSION = 254, 256, 257, 259
_STRIP_OFFSETS, _STRIP_SIZES, _TILE_OFFSETS, _TILE_SIZES = 273, 279, 324, 325
_JPEG_OFFSET, _JPEG_SIZE, _SUB_DIRECTORIES = 513, 514, 330
_XMP, _IPTC, _PHOTOSHOP = 700, 33723, 34377
_GEOMETRY = (
    *(_WIDTH, _HEIGHT, 258, _COMPRESSION, 262, 266, 277, 278, 284, 317, 320, 322, 323),
    *(338, 339, 347, 530),
)
"""Tags that change what the strips mean: bits, colours, predictor, planes, palette, tables."""


@dataclass(frozen=True, slots=True)
class _Entry:
    kind: int
    count: int
    offset: int


_Directory = dict[int, _Entry]


class _Tiff:
    """A walk over the directories of one file."""

    def __init__(self, original: Original) -> None:
        self._original = original
        head = original.read(0, 16)
        self._order = "<" if head[:2] == b"II" else ">"
        self._big = self._number(head[2:4]) == 43
        self._first = self._number(head[8:16] if self._big else head[4:8])

    def _number(self, content: bytes) -> int:
        return int.from_bytes(content, "little" if self._order == "<" else "big")

    def directories(self) -> Iterator[_Directory]:
        """The main chain, each directory followed by its sub-directories."""
        seen: set[int] = set()
        queue = [self._first]
        while queue and len(seen) < _DIRECTORIES_MOST:
            offset = queue.pop(0)
            if offset in seen or not offset:
                continue
            seen.add(offset)
            directory, following = self._directory(offset)
            queue[:0] = [*self.values(directory, _SUB_DIRECTORIES), following]
            yield directory

    def _directory(self, offset: int) -> tuple[_Directory, int]:
        count_bytes, entry_bytes, value_bytes = (8, 20, 8) if self._big else (2, 12, 4)
        count = self._number(self._original.read(offset, count_bytes))
        if not 0 < count <= _ENTRIES_MOST:
            return {}, 0
        table = offset + count_bytes
        content = self._original.read(table, count * entry_bytes + value_bytes)
        directory: _Directory = {}
        for start in range(0, min(len(content), count * entry_bytes), entry_bytes):
            entry = content[start : start + entry_bytes]
            tag, kind = self._number(entry[:2]), self._number(entry[2:4])
            values = self._number(entry[4 : 4 + value_bytes])
            at = table + start + 4 + value_bytes
            if values * struct.calcsize(_TYPES.get(kind, "B")) > value_bytes:
                at = self._number(entry[4 + value_bytes :])
            directory.setdefault(tag, _Entry(kind, values, at))
        return directory, self._number(content[count * entry_bytes :])

    def values(self, directory: _Directory, tag: int) -> tuple[int, ...]:
        """The whole numbers of a tag."""
        entry = directory.get(tag)
        code = _TYPES.get(entry.kind) if entry else None
        if entry is None or code is None or entry.count > _VALUES_MOST:
            return ()
        size = struct.calcsize(code)
        content = self._original.read(entry.offset, entry.count * size)
        return struct.unpack(
            f"{self._order}{len(content) // size}{code}", content[: len(content) // size * size]
        )

    def number(self, directory: _Directory, tag: int, default: int = 0) -> int:
        """The first number of a tag."""
        values = self.values(directory, tag)
        return values[0] if values else default

    def content(self, directory: _Directory, tag: int) -> bytes | None:
        """The bytes of a tag; None where it is absent or unreasonably large."""
        entry = directory.get(tag)
        size = entry.count * struct.calcsize(_TYPES.get(entry.kind, "B")) if entry else 0
        if entry is None or size > _METADATA_LIMIT_BYTES:
            return None
        return self._original.read(entry.offset, size)

    def spans(self, directory: _Directory) -> list[Span]:
        """Where the strips or tiles of one picture lie."""
        for offsets, sizes in (
            (_STRIP_OFFSETS, _STRIP_SIZES),
            (_TILE_OFFSETS, _TILE_SIZES),
            (_JPEG_OFFSET, _JPEG_SIZE),
        ):
            found = self.values(directory, offsets)
            lengths = self.values(directory, sizes) or (self._original.size_bytes,) * len(found)
            if found:
                return list(zip(found, lengths, strict=False))
        return []


def read_tiff(original: Original, *, raw: bool) -> Parts:
    """Identity: strips or tiles of all but reduced pictures, and the tags that give them sense."""
    tiff = _Tiff(original)
    directories = list(tiff.directories())
    if not directories or not any(directories):
        raise Malformed("its table of contents is damaged")
    pictures = [found for found in directories if tiff.spans(found)]
    full = [found for found in pictures if not tiff.number(found, _SUBFILE) & 1] or pictures
    parts = Parts("tiff1", sampled=raw, exif_in_file=True)
    for found in full:
        geometry = [(tag, tiff.values(found, tag)) for tag in _GEOMETRY if tag in found]
        parts.image.append(repr(geometry).encode())
        parts.image += tiff.spans(found)
    if not full:
        parts.scheme = "bytes1"
        parts.image.append((0, original.size_bytes))
    main = max(full or directories, key=lambda found: _area(tiff, found)) if raw else directories[0]
    parts.claims = Claims(
        width=tiff.number(main, _WIDTH) or None, height=tiff.number(main, _HEIGHT) or None
    )
    _take_metadata(tiff, directories[0], parts)
    return parts


def _area(tiff: _Tiff, directory: _Directory) -> int:
    return tiff.number(directory, _WIDTH) * tiff.number(directory, _HEIGHT)


def _take_metadata(tiff: _Tiff, directory: _Directory, parts: Parts) -> None:
    if packet := tiff.content(directory, _XMP):
        parts.xmp.append(packet)
    if block := tiff.content(directory, _IPTC):
        parts.iptc = block
    elif resources := tiff.content(directory, _PHOTOSHOP):
        parts.iptc = find_resource(resources)
