"""HEIF and AVIF: a picture is an item, metadata are other items of the same file."""

from dataclasses import dataclass, field

from album.pictures.claims import Claims
from album.pictures.containers.boxes import Box, Boxes
from album.pictures.containers.parts import Malformed, Parts, Span
from album.pictures.original import Original

_METADATA_ITEMS = frozenset((b"Exif", b"mime", b"uri "))
_XMP_TYPE = b"application/rdf+xml"
_ITEMS_MOST = 10_000
_METADATA_LIMIT_BYTES = 4 << 20

_ROTATED = {0: 1, 1: 8, 2: 3, 3: 6}
"""Quarter turns against the clock (`irot`) as EXIF orientations."""
_MIRRORED = {1: (4, 2), 3: (2, 4), 6: (7, 5), 8: (5, 7)}
"""The same, then mirrored about a horizontal or a vertical axis (`imir` 0, 1)."""


class _Cursor:
    """Reads numbers off a box."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self.at = 0

    def number(self, size: int) -> int:
        value = int.from_bytes(self._content[self.at : self.at + size], "big")
        self.at += size
        return value

    def text(self) -> bytes:
        end = self._content.find(b"\0", self.at)
        end = len(self._content) if end < 0 else end
        value = self._content[self.at : end]
        self.at = end + 1
        return value

    def done(self) -> bool:
        return self.at >= len(self._content)


@dataclass(slots=True)
class _Item:
    kind: bytes = b""
    mime: bytes = b""
    in_meta: bool = False
    extents: list[Span] = field(default_factory=list)
    properties: list[int] = field(default_factory=list)


@dataclass(slots=True)
class _Meta:
    """The `meta` box, taken apart."""

    primary: int = 0
    items: dict[int, _Item] = field(default_factory=dict)
    made_of: dict[int, list[int]] = field(default_factory=dict)
    properties: list[Box] = field(default_factory=list)
    data: Box | None = None

    def item(self, number: int) -> _Item:
        if len(self.items) > _ITEMS_MOST:
            raise Malformed("it lists more items than any picture has")
        return self.items.setdefault(number, _Item())


def read_heif(original: Original, scheme: str) -> Parts:
    """Identity: the primary picture's item data, its tiles', and the decoder set-ups they name."""
    boxes = Boxes(original)
    box = next((box for box in boxes.top() if box.name == b"meta"), None)
    if box is None:
        return _read_sequence(boxes, scheme)
    meta = _read_meta(boxes, box)
    wanted = _with_tiles(meta, meta.primary)
    parts = Parts(scheme)
    for number in wanted:
        item = meta.items.get(number, _Item())
        parts.image.append(item.kind)
        parts.image += [boxes.content(prop) for prop in _codec_properties(meta, item)]
        parts.image += _spans(meta, item)
    if not any(isinstance(piece, tuple) for piece in parts.image):
        raise Malformed("it holds no picture")
    parts.claims = _claims(boxes, meta)
    _take_metadata(boxes, meta, parts)
    return parts


def _read_sequence(boxes: Boxes, scheme: str) -> Parts:
    """A sequence without a still picture: its frames are all there is."""
    data = [(box.start, box.size) for box in boxes.top() if box.name == b"mdat"]
    if not data:
        raise Malformed("it holds no picture")
    return Parts(scheme, [*data])


def _read_meta(boxes: Boxes, meta_box: Box) -> _Meta:
    meta = _Meta()
    for box in boxes.inside(meta_box, 4):
        cursor = _Cursor(boxes.content(box) if box.name != b"idat" else b"")
        if box.name == b"pitm":
            meta.primary = (cursor.number(1), cursor.number(3), cursor.number(2))[2]
            if len(boxes.content(box)) >= 8:
                meta.primary = int.from_bytes(boxes.content(box)[4:8], "big")
        elif box.name == b"iinf":
            _read_infos(boxes, box, meta)
        elif box.name == b"iloc":
            _read_locations(cursor, meta)
        elif box.name == b"iref":
            _read_references(boxes, box, meta)
        elif box.name == b"iprp":
            _read_properties(boxes, box, meta)
        elif box.name == b"idat":
            meta.data = box
    return meta


def _read_infos(boxes: Boxes, info: Box, meta: _Meta) -> None:
    version = boxes.original.read(info.start, 1)
    for box in boxes.inside(info, 6 if version == b"\0" else 8):
        cursor = _Cursor(boxes.content(box))
        version_of_entry, _ = cursor.number(1), cursor.number(3)
        if box.name != b"infe" or version_of_entry < 2:
            continue
        item = meta.item(cursor.number(2 if version_of_entry == 2 else 4))
        cursor.number(2)
        item.kind = cursor.number(4).to_bytes(4, "big")
        cursor.text()
        item.mime = cursor.text()


def _read_locations(cursor: _Cursor, meta: _Meta) -> None:
    version, _, sizes, more = (cursor.number(n) for n in (1, 3, 1, 1))
    offset_bytes, length_bytes, base_bytes = sizes >> 4, sizes & 15, more >> 4
    index_bytes = more & 15 if version else 0
    wide = 4 if version >= 2 else 2
    for _ in range(cursor.number(wide)):
        if cursor.done():
            return
        item = meta.item(cursor.number(wide))
        item.in_meta = bool(version) and cursor.number(2) & 15 == 1
        cursor.number(2)
        base = cursor.number(base_bytes)
        for _ in range(cursor.number(2)):
            if cursor.done():
                return
            cursor.number(index_bytes)
            offset = base + cursor.number(offset_bytes)
            item.extents.append((offset, cursor.number(length_bytes)))


def _read_references(boxes: Boxes, references: Box, meta: _Meta) -> None:
    wide = 4 if boxes.original.read(references.start, 1) == b"\1" else 2
    for box in boxes.inside(references, 4):
        if box.name != b"dimg":
            continue
        cursor = _Cursor(boxes.content(box))
        source = cursor.number(wide)
        count = min(cursor.number(2), _ITEMS_MOST)
        meta.made_of.setdefault(source, []).extend(cursor.number(wide) for _ in range(count))


def _read_properties(boxes: Boxes, holder: Box, meta: _Meta) -> None:
    for box in boxes.inside(holder):
        if box.name == b"ipco":
            meta.properties = list(boxes.inside(box))
        elif box.name == b"ipma":
            cursor = _Cursor(boxes.content(box))
            version, flags = cursor.number(1), cursor.number(3)
            for _ in range(cursor.number(4)):
                if cursor.done():
                    break
                item = meta.item(cursor.number(2 if version < 1 else 4))
                for _ in range(cursor.number(1)):
                    wide = 2 if flags & 1 else 1
                    item.properties.append(cursor.number(wide) & (0x7FFF if wide == 2 else 0x7F))


def _with_tiles(meta: _Meta, number: int) -> list[int]:
    """An item and all that it is put together from, each once."""
    found: dict[int, None] = {}
    queue = [number]
    while queue:
        item = queue.pop(0)
        if item not in found:
            found[item] = None
            queue += meta.made_of.get(item, [])
    return list(found)


def _properties(meta: _Meta, item: _Item) -> list[Box]:
    return [meta.properties[n - 1] for n in item.properties if 0 < n <= len(meta.properties)]


def _codec_properties(meta: _Meta, item: _Item) -> list[Box]:
    return [box for box in _properties(meta, item) if box.name in (b"hvcC", b"av1C", b"avcC")]


def _spans(meta: _Meta, item: _Item) -> list[Span]:
    shift = meta.data.start if item.in_meta and meta.data else 0
    return [(offset + shift, size) for offset, size in item.extents]


def _claims(boxes: Boxes, meta: _Meta) -> Claims:
    """Size and rotation of the primary picture; EXIF's own orientation does not count in HEIF."""
    size: tuple[int, int] | None = None
    orientation = 1
    for box in _properties(meta, meta.items.get(meta.primary, _Item())):
        cursor = _Cursor(boxes.content(box))
        if box.name == b"ispe":
            cursor.number(4)
            size = (cursor.number(4), cursor.number(4))
        elif box.name == b"clap":
            clap = [cursor.number(4) for _ in range(4)]
            if size and clap[1] and clap[3]:
                size = (
                    min(size[0], clap[0] // clap[1]) or size[0],
                    min(size[1], clap[2] // clap[3]) or size[1],
                )
        elif box.name == b"irot":
            orientation = _ROTATED[cursor.number(1) & 3]
        elif box.name == b"imir":
            orientation = _MIRRORED.get(orientation, (4, 2))[cursor.number(1) & 1]
    if size is None:
        return Claims(orientation=orientation)
    return Claims(width=size[0], height=size[1], orientation=orientation)


def _take_metadata(boxes: Boxes, meta: _Meta, parts: Parts) -> None:
    for item in meta.items.values():
        spans = _spans(meta, item)
        if item.kind not in _METADATA_ITEMS or sum(s[1] for s in spans) > _METADATA_LIMIT_BYTES:
            continue
        content = b"".join(boxes.original.read(*span) for span in spans)
        if item.kind == b"Exif":
            start = 4 + int.from_bytes(content[:4], "big")
            parts.exif = parts.exif or content[start:].removeprefix(b"Exif\0\0")
        elif item.mime == _XMP_TYPE:
            parts.xmp.append(content)
