"""MP4, MOV, 3GP and Canon CR3: frames in `mdat`, everything about them in `moov`."""

import struct
from collections.abc import Iterator

from album.pictures.claims import Claims
from album.pictures.containers.boxes import Box, Boxes
from album.pictures.containers.parts import Malformed, Parts, Span
from album.pictures.original import Original
from album.pictures.values import date_of, iso6709, mac_date, text_of

_XMP_UUID = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
_CANON_UUID = bytes.fromhex("85c0b687820f11e08111f4ce462b6a48")
_SAMPLE_SIZES = frozenset((b"stsz", b"stz2"))
_NESTED = frozenset((b"mdia", b"minf", b"stbl"))
_SAMPLE_TABLE_LIMIT_BYTES = 64 << 20
_TEXT_LIMIT_BYTES = 4096
_FIXED_ONE = 65536
_TURNS = {(1, 0): 1, (0, 1): 6, (-1, 0): 3, (0, -1): 8}
"""First column of a track's matrix as an EXIF orientation."""

_KEYS = {
    b"com.apple.quicktime.creationdate": "taken",
    b"com.apple.quicktime.make": "make",
    b"com.apple.quicktime.model": "model",
    b"com.apple.quicktime.location.ISO6709": "gps",
    b"com.apple.quicktime.title": "title",
    b"com.apple.quicktime.displayname": "title",
    b"com.apple.quicktime.description": "description",
    b"com.android.manufacturer": "make",
    b"com.android.model": "model",
    b"\xa9xyz": "gps",
    b"\xa9mak": "make",
    b"\xa9mod": "model",
    b"\xa9day": "taken",
    b"\xa9nam": "title",
    b"\xa9des": "description",
    b"\xa9cmt": "description",
    b"desc": "description",
}


def read_movie(original: Original) -> Parts:
    """Identity: the media data and the table of its sample sizes; not where it lies."""
    boxes = Boxes(original)
    parts = Parts("movie1", sampled=True)
    texts: dict[str, str] = {}
    media: list[Span] = []
    for box in boxes.top():
        if box.name == b"mdat":
            media.append((box.start, box.size))
        elif box.name == b"moov":
            _Movie(boxes, parts, texts).read(box)
        elif box.name == b"meta":
            _read_keys(boxes, box, texts)
        elif box.name == b"uuid" and original.read(box.start, 16) == _XMP_UUID:
            parts.xmp.append(boxes.content(box)[16:])
    if not any(size for _, size in media):
        raise Malformed("it holds no media data")
    parts.image += media  # behind the sizes, however the file is ordered
    return parts


class _Movie:
    """What a `moov` box says."""

    def __init__(self, boxes: Boxes, parts: Parts, texts: dict[str, str]) -> None:
        self._boxes = boxes
        self._parts = parts
        self._texts = texts
        self._size: tuple[int, int] | None = None
        self._orientation: int | None = None

    def read(self, moov: Box) -> None:
        """Fill parts and claims."""
        created, duration_s = None, None
        for box in self._boxes.inside(moov):
            if box.name == b"mvhd":
                created, duration_s = _header(self._boxes.content(box))
            elif box.name == b"trak":
                self._read_track(box)
            elif box.name == b"udta":
                self._read_user_data(box)
            elif box.name == b"meta":
                _read_keys(self._boxes, box, self._texts)
            elif box.name == b"uuid" and self._content(box, 16) == _CANON_UUID:
                self._read_canon(box)
        texts = self._texts
        self._parts.claims = Claims(
            width=self._size[0] if self._size else None,
            height=self._size[1] if self._size else None,
            orientation=self._orientation,
            taken=date_of(texts.get("taken")),
            touched=mac_date(created) if created else None,
            duration_s=duration_s,
            gps=iso6709(texts.get("gps")),
            make=texts.get("make"),
            model=texts.get("model"),
            title=texts.get("title"),
            description=texts.get("description"),
        )

    def _content(self, box: Box, size: int) -> bytes:
        return self._boxes.original.read(box.start, min(size, box.size))

    def _read_track(self, track: Box) -> None:
        header, is_video = b"", False
        for box in self._descendants(track):
            if box.name == b"tkhd":
                header = self._boxes.content(box)
            elif box.name == b"hdlr":
                is_video = is_video or self._content(box, 12)[8:12] == b"vide"
            elif box.name in _SAMPLE_SIZES and box.size <= _SAMPLE_TABLE_LIMIT_BYTES:
                self._parts.image.append((box.start, box.size))
        if is_video and self._size is None:
            self._size, self._orientation = _track_geometry(header)

    def _descendants(self, box: Box) -> Iterator[Box]:
        for inner in self._boxes.inside(box):
            yield inner
            if inner.name in _NESTED:
                yield from self._descendants(inner)

    def _read_user_data(self, data: Box) -> None:
        for box in self._boxes.inside(data):
            if box.name == b"meta":
                _read_keys(self._boxes, box, self._texts)
            elif box.name == b"XMP_":
                self._parts.xmp.append(self._boxes.content(box))
            elif field := _KEYS.get(box.name):
                # QuickTime's international text: size, language, text
                content = self._content(box, _TEXT_LIMIT_BYTES)
                size = int.from_bytes(content[:2], "big")
                if text := text_of(content[4 : 4 + size]):
                    self._texts.setdefault(field, text)

    def _read_canon(self, uuid: Box) -> None:
        for box in self._boxes.inside(uuid, 16):
            if box.name == b"CMT1":
                self._parts.exif = self._boxes.content(box)
            elif box.name == b"CMT2":
                self._parts.exif_directory = self._boxes.content(box)
            elif box.name == b"CMT4":
                self._parts.gps_directory = self._boxes.content(box)


def _header(content: bytes) -> tuple[int, float | None]:
    """Creation time (seconds since 1904) and duration of a movie."""
    if content[:1] == b"\1" and len(content) >= 32:
        created, _, scale, duration = struct.unpack(">QQIQ", content[4:32])
    elif len(content) >= 20:
        created, _, scale, duration = struct.unpack(">4I", content[4:20])
    else:
        return 0, None
    known = scale and duration and duration not in (0xFFFFFFFF, 0xFFFFFFFFFFFFFFFF)
    return created, duration / scale if known else None


def _track_geometry(header: bytes) -> tuple[tuple[int, int] | None, int | None]:
    """Shown size before rotation, and the rotation."""
    start = 52 if header[:1] == b"\1" else 40
    if len(header) < start + 44:
        return None, None
    a, b = (value / _FIXED_ONE for value in struct.unpack(">ii", header[start : start + 8]))
    width, height = (
        value // _FIXED_ONE for value in struct.unpack(">II", header[start + 36 : start + 44])
    )
    turn = _TURNS.get((round(a), round(b)), 1)
    return ((width, height) if width and height else None), turn


def _read_keys(boxes: Boxes, meta: Box, texts: dict[str, str]) -> None:
    """QuickTime's and iTunes' lists of named values."""
    full = boxes.original.read(meta.start + 4, 4) not in (b"hdlr", b"keys", b"ilst")
    names: list[bytes] = []
    for box in boxes.inside(meta, 4 if full else 0):
        if box.name == b"keys":
            names = [key.name + boxes.content(key) for key in boxes.inside(box, 8)]
        elif box.name == b"ilst":
            for entry in boxes.inside(box):
                index = int.from_bytes(entry.name, "big") - 1
                name = names[index].removeprefix(b"mdta") if index < len(names) else entry.name
                field = _KEYS.get(name)
                value = next((v for v in boxes.inside(entry) if v.name == b"data"), None)
                if field and value and (text := text_of(boxes.content(value)[8:])):
                    texts.setdefault(field, text)
