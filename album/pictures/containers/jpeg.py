"""JPEG: segments up to the end of the first picture."""

from album.pictures.claims import Claims
from album.pictures.containers.parts import Malformed, Parts
from album.pictures.iptc import find_resource
from album.pictures.original import Original

_SOI, _EOI, _SOS, _COM, _TEM = 0xD8, 0xD9, 0xDA, 0xFE, 0x01
_APP1, _APP13, _APP14 = 0xE1, 0xED, 0xEE
_APPS = range(0xE0, 0xF0)
_RESTARTS = range(0xD0, 0xD8)
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_PROGRESSIVE = frozenset((0xC2, 0xC6, 0xCA, 0xCE))
_EXIF = b"Exif\0"
_XMP = b"http://ns.adobe.com/xap/1.0/\0"
_PHOTOSHOP = b"Photoshop 3.0\0"
_ADOBE = b"Adobe"
_SEGMENTS_MOST = 5_000
_SCANS_MOST = 100  # encoders write about ten


def read_jpeg(original: Original) -> Parts:
    """Identity: tables, frame, scans and Adobe's colour transform, up to the first end of image."""
    parts = Parts("jpeg1")
    at = 2
    for _ in range(_SEGMENTS_MOST):
        head = original.read(at, 4)
        if len(head) < 4:
            break
        marker = head[1]
        if head[0] != 0xFF or marker == 0xFF or marker == 0:
            at = _next_marker(original, at + 1)
        elif marker in _RESTARTS or marker in (_SOI, _TEM):
            at += 2
        elif marker == _EOI:
            break
        elif marker == _SOS:
            end = original.find(b"\xff\xd9", at + 4)
            parts.cut_short = end < 0
            end = original.size_bytes if end < 0 else end
            parts.image.append((at, end - at))
            return parts
        else:
            size = int.from_bytes(head[2:], "big")
            _take(original, parts, marker, at, size)
            at += 2 + max(size, 2)
    raise Malformed("it is a JPEG without image data")


def has_many_scans(original: Original, parts: Parts) -> bool:
    """Whether a small file may keep a decoder busy for minutes, refining nothing over and over."""
    at, scans = 0, 0
    while parts.progressive and scans <= _SCANS_MOST:
        at = original.find(b"\xff\xda", at) + 2
        if at < 2:
            break
        scans += 1
    return scans > _SCANS_MOST


def _next_marker(original: Original, start: int) -> int:
    at = original.find(b"\xff", start)
    return original.size_bytes if at < 0 else at


def _take(original: Original, parts: Parts, marker: int, at: int, size: int) -> None:
    """Sort one segment: `at` is its marker, `size` counts its length field."""
    if marker == _APP14 and original.read(at + 4, 5) == _ADOBE:
        parts.image.append((at, 2 + size))
    elif marker in _APPS:
        if marker in (_APP1, _APP13):
            _take_metadata(parts, original.read(at + 4, size - 2))
    elif marker != _COM:
        parts.image.append((at, 2 + size))
        parts.progressive = parts.progressive or marker in _PROGRESSIVE
        if marker in _FRAMES:
            frame = original.read(at + 4, 5)
            height, width = int.from_bytes(frame[1:3], "big"), int.from_bytes(frame[3:5], "big")
            parts.claims = Claims(width=width, height=height)


def _take_metadata(parts: Parts, content: bytes) -> None:
    if content.startswith(_EXIF):
        parts.exif = parts.exif or content[6:]
    elif content.startswith(_XMP):
        parts.xmp.append(content[len(_XMP) :])
    elif content.startswith(_PHOTOSHOP):
        parts.iptc = parts.iptc or find_resource(content)
