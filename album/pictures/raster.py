"""Still pictures, decoded by Pillow and libheif."""

import io
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np
from PIL import (
    AvifImagePlugin,
    BmpImagePlugin,
    GifImagePlugin,
    IcoImagePlugin,
    Image,
    ImageFile,
    Jpeg2KImagePlugin,
    JpegImagePlugin,
    PngImagePlugin,
    PpmImagePlugin,
    PsdImagePlugin,
    TgaImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)

from album.errors import FileProblem
from album.pictures.formats import HEIC, JP2, Format
from album.pictures.original import Original
from album.pictures.pixels import upright_rgb

READABLE_SHARE = 0.5
"""Of a file that is cut short, this much of the picture must be there to show it."""

_MISSING = (128, 128, 128)
_J2K_SAFETY = 2

Image.MAX_IMAGE_PIXELS = None  # `Limits.pixels` is checked here, for one file and without warnings


class _Jpeg(JpegImagePlugin.JpegImageFile):
    """Pillow's own, without its look into EXIF, which warns of every odd file."""

    def _read_dpi_from_exif(self) -> None:
        """Nobody here asks for dots per inch."""


_OPENERS: dict[str, type[ImageFile.ImageFile]] = {
    "jpeg": _Jpeg,
    "png": PngImagePlugin.PngImageFile,
    "webp": WebPImagePlugin.WebPImageFile,
    "gif": GifImagePlugin.GifImageFile,
    "bmp": BmpImagePlugin.BmpImageFile,
    "ppm": PpmImagePlugin.PpmImageFile,
    "tiff": TiffImagePlugin.TiffImageFile,
    "jp2": Jpeg2KImagePlugin.Jpeg2KImageFile,
    "j2k": Jpeg2KImagePlugin.Jpeg2KImageFile,
    "avif": AvifImagePlugin.AvifImageFile,
    "psd": PsdImagePlugin.PsdImageFile,
    "ico": IcoImagePlugin.IcoImageFile,
    "tga": TgaImagePlugin.TgaImageFile,
}
_TURNED_BY_DECODER = frozenset(("heic", "tiff"))
"""Formats whose decoder returns the picture upright."""

_DAMAGE = (
    *(OSError, SyntaxError, ValueError, TypeError, KeyError, IndexError, AttributeError),
    *(ArithmeticError, EOFError, RuntimeError, UserWarning),
)
"""What Pillow and libheif raise on damaged files."""


def decode_raster(
    original: Original, form: Format, longest_px: int | None, orientation: int, pixels_most: int
) -> Image.Image:
    """A still picture as upright RGB; FileProblem when it cannot be decoded or is too large."""
    if original.size_bytes > 0 and form == HEIC:
        stream: BinaryIO = io.BytesIO(original.read(0, original.size_bytes))
        opened = _open_heif(original.path, stream)
    else:
        opened = _open(original.path, _stream(original), form)
    with opened as image:
        _reduce(image, form, longest_px)
        width, height = image.size
        if width * height > pixels_most:
            raise too_large(original.path, width, height, pixels_most)
        try:
            image = _load(image, original.path)
            turn = 1 if form.name in _TURNED_BY_DECODER else orientation
            return upright_rgb(image, longest_px, turn)
        except _DAMAGE as error:
            raise damaged(original.path, error) from error


def decode_jpeg_bytes(
    path: Path, content: bytes, longest_px: int | None, orientation: int
) -> Image.Image:
    """A JPEG that lies inside another file (a RAW's preview)."""
    with _open(path, io.BytesIO(content), None) as image:
        _reduce(image, None, longest_px)
        try:
            return upright_rgb(_load(image, path), longest_px, orientation)
        except _DAMAGE as error:
            raise damaged(path, error) from error


def too_large(path: Path, width: int, height: int, pixels_most: int) -> FileProblem:
    """The problem of a picture with more pixels than is allowed."""
    return FileProblem(
        path,
        f"it claims {width} × {height} pixels; Albumen opens up to {pixels_most // 1_000_000} "
        "megapixels",
    )


def damaged(path: Path, error: BaseException) -> FileProblem:
    """The problem of a picture that its decoder gives up on."""
    text = str(error).splitlines()[0] if str(error) else type(error).__name__
    return FileProblem(path, f"it is damaged: {text[:200]}")


def _stream(original: Original) -> BinaryIO:
    return io.BufferedReader(cast("io.RawIOBase", OriginalStream(original)))


class OriginalStream(io.RawIOBase):
    """An original as the file object that decoders want."""

    def __init__(self, original: Original) -> None:
        self._original = original
        self._offset = 0

    def readable(self) -> bool:
        """Yes."""
        return True

    def seekable(self) -> bool:
        """Yes."""
        return True

    def tell(self) -> int:
        """Where the next read begins."""
        return self._offset

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move, as files do."""
        base = {io.SEEK_CUR: self._offset, io.SEEK_END: self._original.size_bytes}.get(whence, 0)
        self._offset = max(0, base + offset)
        return self._offset

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Read as much as fits, less at the end."""
        content = self._original.read(self._offset, len(buffer))
        buffer[: len(content)] = content
        self._offset += len(content)
        return len(content)


def _open(path: Path, stream: BinaryIO, form: Format | None) -> Image.Image:
    opener = _OPENERS[form.name if form else "jpeg"]
    try:
        return opener(stream)
    except _DAMAGE as error:
        raise damaged(path, error) from error


def _open_heif(path: Path, stream: BinaryIO) -> Image.Image:
    import pi_heif  # type: ignore[import-untyped] # only the isolated process needs libheif

    try:
        image: Image.Image = pi_heif.open_heif(stream, convert_hdr_to_8bit=True).to_pillow()
    except _DAMAGE as error:
        raise damaged(path, error) from error
    return image


def _reduce(image: Image.Image, form: Format | None, longest_px: int | None) -> None:
    """Let the decoder itself shrink the picture, where it can, to no less than is wanted."""
    if longest_px is None:
        return
    longest = max(image.size)
    if isinstance(image, JpegImagePlugin.JpegImageFile):
        scale = longest_px / longest
        image.draft(None, (max(1, int(image.width * scale)), max(1, int(image.height * scale))))
    elif form == JP2 and isinstance(image, Jpeg2KImagePlugin.Jpeg2KImageFile):
        halvings = max(0, (longest // longest_px).bit_length() - 1)
        image.reduce = min(halvings, 5)


def _load(image: Image.Image, path: Path) -> Image.Image:
    """Decode. A file that is cut short keeps what was read of it, if that is at least half."""
    try:
        image.load()
    except OSError as error:
        if "truncated" not in str(error).lower() or not isinstance(image, ImageFile.ImageFile):
            raise
        image.tile = []
        return _partial(image, path)
    return image


def _partial(image: Image.Image, path: Path) -> Image.Image:
    """The rows that were read before the file ended, the others grey."""
    rgb = np.array(image.convert("RGB"))
    rows = np.flatnonzero(rgb.reshape(rgb.shape[0], -1).any(axis=1))
    there = int(rows[-1]) + 1 if rows.size else 0
    if there < READABLE_SHARE * rgb.shape[0]:
        share = there / rgb.shape[0]
        raise FileProblem(path, f"it is cut short: only {share:.0%} of the picture is there")
    rgb[there:] = _MISSING
    partial = Image.fromarray(rgb)
    partial.info = {key: value for key, value in image.info.items() if key == "icc_profile"}
    return partial
