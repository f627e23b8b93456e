"""Formats with little structure: GIF, Photoshop, Fuji RAF, and files that are all image data."""

import re
import struct

from album.pictures.claims import Claims
from album.pictures.containers.parts import Malformed, Parts
from album.pictures.iptc import find_resource
from album.pictures.original import Original

_GIF_BLOCKS_MOST = 2_000_000
_GIF_EXTENSION, _GIF_PICTURE = 0x21, 0x2C
_GIF_CONTROL = 0xF9

_PPM_HEADER_BYTES = 4096
_PPM_SPACE = rb"(?:\s|#[^\n]*\n)"
_PPM_HEADER = re.compile(
    rb"(?P<kind>P[1-6f]|PF)%(space)s+(?P<width>\d{1,9})%(space)s+(?P<height>\d{1,9})"
    rb"(?:%(space)s+(?P<most>-?[\d.]{1,20}))?\s" % {b"space": _PPM_SPACE}
)
_PSD_EXIF, _PSD_XMP = 1058, 1060
_PSD_RESOURCES_LIMIT_BYTES = 16 << 20


def read_gif(original: Original) -> Parts:
    """Identity: screen, colour tables, frames and their timing; not comments."""
    parts = Parts("gif1")
    screen = original.read(6, 7)
    if len(screen) < 7:
        raise Malformed("it is a GIF without image data")
    width, height = struct.unpack("<HH", screen[:4])
    at = 13 + _table_bytes(screen[4])
    parts.image.append((6, at - 6))
    frames = 0
    for _ in range(_GIF_BLOCKS_MOST):
        start = at
        head = original.read(at, 10)
        if head[:1] == bytes((_GIF_PICTURE,)) and len(head) == 10:
            if not frames:  # decoders make room for a first frame that is larger than the screen
                left, top, across, down = struct.unpack("<4H", head[1:9])
                width, height = max(width, left + across), max(height, top + down)
            frames += 1
            at = _skip_blocks(original, at + 11 + _table_bytes(head[9]))
            parts.image.append((start, at - start))
        elif head[:1] == bytes((_GIF_EXTENSION,)) and len(head) > 1:
            at = _skip_blocks(original, at + 2)
            if head[1] == _GIF_CONTROL:
                parts.image.append((start, at - start))
        else:
            break
    if not frames:
        raise Malformed("it is a GIF without image data")
    parts.claims = Claims(width=width or None, height=height or None)
    return parts


def _table_bytes(flags: int) -> int:
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


def _skip_blocks(original: Original, at: int) -> int:
    """The end of a chain of sub-blocks, each led by its size, ended by an empty one."""
    for _ in range(_GIF_BLOCKS_MOST):
        size = original.read(at, 1)
        at += 1
        if not size or not size[0]:
            break
        at += size[0]
    return at


def read_psd(original: Original) -> Parts:
    """Identity: header, colours, layers, merged picture; not the resources, home of metadata."""
    head = original.read(0, 26)
    if len(head) < 26:
        raise Malformed("it is cut short")
    height, width = struct.unpack(">II", head[14:22])
    large = head[4:6] == b"\0\2"
    colours = 30 + int.from_bytes(original.read(26, 4), "big")
    resources_bytes = int.from_bytes(original.read(colours, 4), "big")
    layers = colours + 4 + resources_bytes
    if layers >= original.size_bytes:
        raise Malformed("it is a Photoshop file without image data")
    parts = Parts("psd1", [(0, colours), (layers, original.size_bytes - layers)])
    parts.claims = Claims(width=width, height=height)
    parts.image.append(b"large" if large else b"")
    if resources_bytes <= _PSD_RESOURCES_LIMIT_BYTES:
        _take_resources(parts, original.read(colours + 4, resources_bytes))
    return parts


def _take_resources(parts: Parts, resources: bytes) -> None:
    parts.iptc = find_resource(resources)
    parts.exif = find_resource(resources, _PSD_EXIF)
    if packet := find_resource(resources, _PSD_XMP):
        parts.xmp.append(packet)


def read_raf(original: Original) -> Parts:
    """Identity: the sensor's data; EXIF is in the JPEG that Fuji puts before it."""
    head = original.read(84, 24)
    if len(head) < 24:
        raise Malformed("it is cut short")
    jpeg, jpeg_bytes, _, _, sensor, sensor_bytes = struct.unpack(">6I", head)
    if not sensor_bytes or sensor + sensor_bytes > original.size_bytes:
        raise Malformed("it is a RAF without image data")
    parts = Parts("raf1", [(sensor, sensor_bytes)], sampled=True)
    start = original.read(jpeg, min(jpeg_bytes, 65_536 + 32))
    if (at := start.find(b"Exif\0\0")) > 0:
        parts.exif = start[at + 6 :]
    return parts


def read_ppm(original: Original) -> Parts:
    """Identity: kind, size and range, and all that follows; not the comments in the header."""
    head = original.read(0, _PPM_HEADER_BYTES)
    found = _PPM_HEADER.match(head)
    if found is None:
        return read_bytes(original, sampled=False)
    kind, width, height = found["kind"], int(found["width"]), int(found["height"])
    values = b" ".join((kind, found["width"], found["height"], found["most"] or b""))
    parts = Parts("ppm1", [values, (found.end(), original.size_bytes - found.end())])
    if width and height:
        parts.claims = Claims(width=width, height=height)
    return parts


def read_bytes(original: Original, name: str = "", *, sampled: bool) -> Parts:
    """Identity: the whole file, where the format keeps no metadata apart."""
    parts = Parts("bytes1", [(0, original.size_bytes)], sampled=sampled)
    size = _SIZES.get(name, _no_size)(original.read(0, 512))
    if size and min(size) > 0:
        parts.claims = Claims(width=size[0], height=size[1])
    return parts


def _no_size(_head: bytes) -> None:
    return None


def _bmp_size(head: bytes) -> tuple[int, int] | None:
    if len(head) < 26:
        return None
    if head[14] == 12:
        width, height = struct.unpack("<HH", head[18:22])
    else:
        width, height = struct.unpack("<ii", head[18:26])
    return width, abs(height)


def _tga_size(head: bytes) -> tuple[int, int] | None:
    width, height = struct.unpack("<HH", head[12:16])
    return width, height


def _j2k_size(head: bytes) -> tuple[int, int] | None:
    if len(head) < 24:
        return None
    right, bottom, left, top = struct.unpack(">4I", head[8:24])
    return right - left, bottom - top


def _ico_size(head: bytes) -> tuple[int, int] | None:
    count = min(int.from_bytes(head[4:6], "little"), 30)
    entries = (head[6 + 16 * i : 8 + 16 * i] for i in range(count))
    return max(((e[0] or 256, e[1] or 256) for e in entries if len(e) == 2), default=None)


_SIZES = {
    "bmp": _bmp_size,
    "tga": _tga_size,
    "j2k": _j2k_size,
    "ico": _ico_size,
}
