"""Where a file's image data lies, and the blocks that hold its metadata."""

from dataclasses import dataclass, field

from album.pictures.claims import Claims

Span = tuple[int, int]
"""Offset and size in bytes of a piece of the file."""


class Malformed(Exception):
    """The bytes do not keep to their format; the text says how, as shown to the user."""


@dataclass(slots=True)
class Parts:
    """The parts of one file.

    Attributes:
        scheme: how `image` was chosen; the first half of the fingerprint.
        image: what makes the picture: spans of the file, and short bytes that stand for themselves.
        sampled: of very large image data, samples are enough (video, RAW: nobody retouches them).
        cut_short: the file ends before its picture does.
        progressive: a JPEG that is refined scan by scan, by as many as its maker liked.
        claims: what the container itself says (size, rotation, dates, texts).
        exif: TIFF structures that lie in memory.
        exif_directory, gps_directory: further ones that hold just EXIF's or GPS's directory (CR3).
        exif_in_file: the file itself is a TIFF structure.
        xmp: XMP packets.
        iptc: an IPTC-IIM block.
    """

    scheme: str
    image: list[Span | bytes] = field(default_factory=list)
    sampled: bool = False
    cut_short: bool = False
    progressive: bool = False
    claims: Claims = field(default_factory=Claims)
    exif: bytes | None = None
    exif_directory: bytes | None = None
    gps_directory: bytes | None = None
    exif_in_file: bool = False
    xmp: list[bytes] = field(default_factory=list)
    iptc: bytes | None = None
