"""JPEG 2000 in its container: the codestream is the picture, boxes beside it hold metadata."""

import struct

from album.pictures.claims import Claims
from album.pictures.containers.boxes import Boxes
from album.pictures.containers.parts import Malformed, Parts
from album.pictures.original import Original

_XMP_UUID = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
_EXIF_UUID = b"JpgTiffExif->JP2"
_IPTC_UUID = bytes.fromhex("33c7a4d2b81d4723a0baf1a3e097ad38")


def read_jp2(original: Original) -> Parts:
    """Identity: the codestreams."""
    boxes = Boxes(original)
    parts = Parts("jp2c1")
    for box in boxes.top():
        if box.name == b"jp2c":
            parts.image.append((box.start, box.size))
        elif box.name == b"jp2h":
            header = next((inner for inner in boxes.inside(box) if inner.name == b"ihdr"), None)
            if header and header.size >= 8:
                height, width = struct.unpack(">II", boxes.content(header)[:8])
                parts.claims = Claims(width=width or None, height=height or None)
        elif box.name == b"uuid":
            content = boxes.content(box)
            if content[:16] == _XMP_UUID:
                parts.xmp.append(content[16:])
            elif content[:16] == _EXIF_UUID:
                parts.exif = content[16:].removeprefix(b"Exif\0\0")
            elif content[:16] == _IPTC_UUID:
                parts.iptc = content[16:]
    if not parts.image:
        raise Malformed("it is a JPEG 2000 without image data")
    return parts
