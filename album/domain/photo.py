"""A photo and what its file says of it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

PhotoId = NewType("PhotoId", int)
FileId = NewType("FileId", int)
FolderId = NewType("FolderId", int)


class MediaKind(StrEnum):
    """What a file holds."""

    PHOTO = "photo"
    VIDEO = "video"


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """Identity of a photo: a hash of its image data, blind to its metadata.

    Attributes:
        scheme: how the hash was made (`jpeg1`, `png1`, `bmff1`, `pixels1` ...); part of
            the identity.
        digest: 16 bytes of BLAKE3.
    """

    scheme: str
    digest: bytes

    def __str__(self) -> str:
        """`scheme:hex`, the form that is stored and used in file names."""
        return f"{self.scheme}:{self.digest.hex()}"

    @classmethod
    def parse(cls, text: str) -> "Fingerprint":
        """The fingerprint whose `str` is `text`; ValueError when it is none."""
        scheme, _, digest = text.partition(":")
        return cls(scheme, bytes.fromhex(digest))


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a file says of itself; None where it says nothing (or nothing sensible).

    Attributes:
        width, height: pixels of the upright picture.
        taken: local to the camera; aware only where the file names an offset.
        gps: degrees (latitude, longitude), south and west negative.
        rating: 0 to 5 (XMP), -1 for «rejected».
        orientation: EXIF 1 to 8, already applied to width and height.
    """

    width: int | None = None
    height: int | None = None
    orientation: int = 1
    taken: datetime | None = None
    camera: str | None = None
    lens: str | None = None
    gps: tuple[float, float] | None = None
    rating: int | None = None
    title: str | None = None
    description: str | None = None
    keywords: tuple[str, ...] = ()
    aperture: float | None = None
    exposure_s: float | None = None
    iso: int | None = None
    focal_mm: float | None = None
    flash: bool | None = None
    duration_s: float | None = None


@dataclass(frozen=True, slots=True)
class Examination:
    """All that intake learns from one look at a file: identity, kind, metadata.

    Attributes:
        format: short lower-case name of what the bytes are (`jpeg`, `heic`, `mp4`), whatever
            the suffix says.
        cut_short: the file ends before its picture does; what is there of it can be seen.
    """

    fingerprint: Fingerprint
    kind: MediaKind
    format: str
    metadata: Metadata
    cut_short: bool = False
