"""Taking any file apart by the layout of its format."""

import struct

from album.domain.photo import MediaKind
from album.errors import FileProblem
from album.pictures import advice
from album.pictures.containers.heif import read_heif
from album.pictures.containers.jp2 import read_jp2
from album.pictures.containers.jpeg import read_jpeg
from album.pictures.containers.matroska import read_matroska
from album.pictures.containers.movie import read_movie
from album.pictures.containers.parts import Malformed, Parts
from album.pictures.containers.png import read_png
from album.pictures.containers.riff import read_avi, read_webp
from album.pictures.containers.simple import read_bytes, read_gif, read_ppm, read_psd, read_raf
from album.pictures.containers.tiff import read_tiff
from album.pictures.formats import AVI, AVIF, HEAD_BYTES, HEIC, JP2, SUPPORTED, Format, sniff
from album.pictures.original import Original


def recognise_format(original: Original) -> Format:
    """What an open file is; FileProblem when it is nothing that Albumen reads."""
    head = original.read(0, HEAD_BYTES)
    found = sniff(head, original.path.name)
    if found is not None:
        return found
    suffix = original.path.suffix.lower()
    if not any(head):
        raise FileProblem(original.path, "it holds nothing but zeros", advice=advice.ANEW)
    reason = "it is no picture or video that Albumen knows"
    if suffix in SUPPORTED:
        reason = f"its name ends in {suffix}, but its content is something else"
    raise FileProblem(original.path, reason, advice=advice.CONVERT)


def take_apart(original: Original, form: Format) -> Parts:
    """Where image data and metadata lie in an open file; FileProblem when it is malformed."""
    try:
        return _read(original, form)
    except Malformed as error:
        raise FileProblem(original.path, str(error), advice=advice.ANEW) from error
    except (struct.error, IndexError, OverflowError) as error:  # a number where none can be
        reason = "its structure is damaged"
        raise FileProblem(original.path, reason, advice=advice.ANEW) from error


def _read(original: Original, form: Format) -> Parts:
    reader = _READERS.get(form.layout)
    if reader is not None:
        return reader(original)
    match form.layout:
        case "tiff":
            return read_tiff(original, raw=form.is_raw)
        case "riff":
            return read_avi(original) if form == AVI else read_webp(original)
        case "bmff" if form in (HEIC, AVIF):
            return read_heif(original, f"{form.name}1")
        case "bmff":
            return read_jp2(original) if form == JP2 else read_movie(original)
        case _:
            sampled = form.kind is MediaKind.VIDEO or form.is_raw
            return read_bytes(original, form.name, sampled=sampled)


_READERS = {
    "jpeg": read_jpeg,
    "png": read_png,
    "matroska": read_matroska,
    "gif": read_gif,
    "psd": read_psd,
    "ppm": read_ppm,
    "raf": read_raf,
}
