"""What a file says of itself, from all the places where it may say it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from album.domain.photo import Metadata
from album.errors import FileProblem
from album.pictures.claims import Claims, merge
from album.pictures.containers.layout import take_apart
from album.pictures.containers.parts import Parts
from album.pictures.exif import Block, Readable, read_exif
from album.pictures.formats import Format
from album.pictures.iptc import read_iptc
from album.pictures.original import Original, open_original
from album.pictures.xmp import LIMIT_BYTES, read_xmp


def read_metadata(path: Path, form: Format) -> Metadata:
    """What a file and its XMP sidecar say; empty where the file cannot be read. Raises nothing."""
    try:
        with open_original(path) as original:
            return metadata_of(original, take_apart(original, form))
    except FileProblem:
        return Metadata()


def metadata_of(original: Original, parts: Parts) -> Metadata:
    """What an open file that has been taken apart says, with its sidecar."""
    exif = read_exif(*_exif_sources(original, parts))
    embedded = [read_xmp(packet) for packet in parts.xmp]
    iptc = [read_iptc(parts.iptc)] if parts.iptc else []
    container = parts.claims
    return merge([*_sidecars(original.path), container, exif, *embedded, *iptc])


def orientation_of(original: Original, parts: Parts) -> int:
    """How the stored picture is to be turned (EXIF 1 to 8); the same that `metadata_of` says."""
    return metadata_of(original, parts).orientation


def _exif_sources(original: Original, parts: Parts) -> Iterator[tuple[Readable, str]]:
    if parts.exif_in_file:
        yield original, "Image"
    for block, directory in (
        (parts.exif, "Image"),
        (parts.exif_directory, "EXIF"),
        (parts.gps_directory, "GPS"),
    ):
        if block:
            yield Block(block), directory


def sidecar_paths(path: Path) -> tuple[Path, Path]:
    """Where other programs keep the XMP of a file that they do not write into."""
    return path.with_name(f"{path.name}.xmp"), path.with_suffix(".xmp")


def _sidecars(path: Path) -> Iterator[Claims]:
    for sidecar in sidecar_paths(path):
        try:
            if not sidecar.is_file():
                continue
            with open_original(sidecar) as file:
                if file.size_bytes <= LIMIT_BYTES:
                    claims = read_xmp(file.read(0, file.size_bytes))
                    # the file itself says which way up its pixels are
                    yield replace(claims, orientation=None)
        except (FileProblem, OSError, ValueError):
            continue
