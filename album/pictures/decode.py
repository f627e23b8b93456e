"""Any supported file as upright RGB; what can crash is decoded in another process."""

from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from album.domain.photo import MediaKind
from album.pictures.containers.jpeg import has_many_scans
from album.pictures.containers.layout import recognise_format, take_apart
from album.pictures.containers.parts import Parts
from album.pictures.formats import Format
from album.pictures.isolate import IsolatedDecoder
from album.pictures.metadata import orientation_of
from album.pictures.original import Original, open_original
from album.pictures.pixels import Pixels, to_array
from album.pictures.raster import decode_raster, too_large


@dataclass(frozen=True, slots=True)
class Limits:
    """What decoding one file may cost.

    Attributes:
        pixels: more are refused; as decoded, so a JPEG that is wanted small may have more.
        here_pixels: larger pictures are decoded in the other process, whatever their format.
        seconds: after this the other process is killed.
        memory_bytes: address space of the other process, where the system can limit it.
    """

    pixels: int = 400_000_000
    here_pixels: int = 40_000_000
    seconds: float = 20.0
    memory_bytes: int = 4 << 30


class Decoder:
    """Decodes files; may be used by several threads at once.

    Args:
        limits: what one file may cost.
        processes: how many isolated ones at most; each starts when it is first needed.
    """

    def __init__(self, limits: Limits | None = None, *, processes: int = 2) -> None:
        self._limits = limits or Limits()
        self._isolated = IsolatedDecoder(
            processes=processes,
            seconds=self._limits.seconds,
            memory_bytes=self._limits.memory_bytes,
        )

    def picture(self, path: Path, longest_px: int | None) -> Pixels:
        """The picture (of a video, a telling frame) as upright RGB; FileProblem when it has none.

        Args:
            path: the file.
            longest_px: its longer side at most; smaller pictures stay as they are. None: full size.
        """
        return to_array(self.image(path, longest_px))

    def image(self, path: Path, longest_px: int | None) -> Image.Image:
        """As `picture`, for whoever goes on with Pillow."""
        with open_original(path) as original:
            form = recognise_format(original)
            parts = take_apart(original, form)
            _refuse_too_large(original, form, parts, self._limits.pixels)
            if not self._is_risky(original, form, parts):
                return self._decode(original, form, parts, longest_px)
        return Image.fromarray(self._isolated.picture(path, longest_px, self._limits.pixels))

    def sketch(self, path: Path, longest_px: int) -> Image.Image | None:
        """As `image` where a small one comes at a fraction of the cost of a large one, else None.

        So it is where the decoder itself shrinks.
        """
        with open_original(path) as original:
            form = recognise_format(original)
            if form.name not in _SHRINKING:
                return None
            parts = take_apart(original, form)
            if self._is_risky(original, form, parts):
                return None
            return self._decode(original, form, parts, longest_px)

    def _decode(
        self, original: Original, form: Format, parts: Parts, longest_px: int | None
    ) -> Image.Image:
        orientation = orientation_of(original, parts)
        return decode_raster(original, form, longest_px, orientation, self._limits.pixels)

    def _is_risky(self, original: Original, form: Format, parts: Parts) -> bool:
        claimed = (parts.claims.width or 0) * (parts.claims.height or 0)
        return (
            form.isolated or claimed > self._limits.here_pixels or has_many_scans(original, parts)
        )

    def close(self) -> None:
        """End the isolated processes; what still needs one is Interrupted. Idempotent."""
        self._isolated.close()


def decode_here(path: Path, longest_px: int | None, pixels_most: int) -> Pixels:
    """Decode any format in this process: what the isolated one does."""
    with open_original(path) as original:
        return _decode(original, recognise_format(original), longest_px, pixels_most)


_SHRINKING = frozenset(("jpeg", "jp2", "j2k"))
"""Formats that are decoded at a fraction of their size: what counts is how large they come out."""


def _refuse_too_large(original: Original, form: Format, parts: Parts, pixels_most: int) -> None:
    width, height = parts.claims.width or 0, parts.claims.height or 0
    if width * height > pixels_most and form.name not in _SHRINKING:
        raise too_large(original.path, width, height, pixels_most)


def _decode(original: Original, form: Format, longest_px: int | None, pixels_most: int) -> Pixels:
    if form.kind is MediaKind.VIDEO:
        from album.pictures.video import decode_poster  # FFmpeg is loaded only where it is used

        return to_array(decode_poster(original, longest_px, pixels_most))
    if form.is_raw:
        from album.pictures.raw import decode_raw  # likewise LibRaw

        return to_array(decode_raw(original, longest_px, pixels_most))
    orientation = orientation_of(original, take_apart(original, form))
    return to_array(decode_raster(original, form, longest_px, orientation, pixels_most))
