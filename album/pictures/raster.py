"""Still pictures, decoded by Pillow and libheif."""

import io
from pathlib import Path

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
from album.pictures import advice
from album.pictures.formats import HEIC, Format
from album.pictures.original import Original
from album.pictures.pixels import upright_rgb

READABLE_SHARE = 0.5
"""Of a file that is cut short, this much of the picture must be there to show it."""

_UNKNOWN_KIND = ("unsupported", "cannot handle", "not implemented", "unknown", "not identified")
"""What decoders say of files that are sound, as far as they can tell."""

_MISSING = (128, 128, 128)
_END_OF_JPEG = b"\xff\xd9"
_J2K_HALVINGS_MOST = 5  # the usual number of levels in a file

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
    turn = 1 if form.name in _TURNED_BY_DECODER else orientation
    try:
        image = _open(original, form)
        _reduce(image, longest_px)
        width, height = image.size
        if width * height > pixels_most:
            raise too_large(original.path, width, height, pixels_most)
        return upright_rgb(_load(image, original, longest_px), longest_px, turn)
    except _DAMAGE as error:
        raise damaged(original.path, error) from error


def decode_jpeg(content: bytes, longest_px: int | None) -> Image.Image:
    """A JPEG in memory, decoded at a size not much larger than is wanted; OSError when damaged."""
    image = _Jpeg(io.BytesIO(content))
    _reduce(image, longest_px)
    image.load()
    return image


def too_large(path: Path, width: int, height: int, pixels_most: int) -> FileProblem:
    """The problem of a picture with more pixels than is allowed."""
    return FileProblem(
        path,
        f"it claims {width} × {height} pixels; Albumen opens up to {pixels_most // 1_000_000} "
        "megapixels",
        advice=advice.SMALLER,
    )


def damaged(path: Path, error: BaseException) -> FileProblem:
    """The problem of a picture that its decoder gives up on."""
    said: str | None = getattr(error, "strerror", None)  # of the system, and of FFmpeg
    if said is None and error.args:
        first = error.args[0]
        said = first.decode(errors="replace") if isinstance(first, bytes) else str(first)
    text = (said or type(error).__name__).splitlines()[0][:200]
    if any(word in text.lower() for word in _UNKNOWN_KIND):
        reason = "it is of a kind that Albumen cannot decode"
        return FileProblem(path, reason, advice=advice.CONVERT, detail=text)
    return FileProblem(path, "its content is damaged", advice=advice.ANEW, detail=text)


def _open(original: Original, form: Format) -> Image.Image:
    if form == HEIC:
        import pi_heif  # type: ignore[import-untyped] # only the isolated process needs libheif

        content = original.read(0, original.size_bytes)
        heif: Image.Image = pi_heif.open_heif(content, convert_hdr_to_8bit=True).to_pillow()
        return heif
    return _OPENERS[form.name](original.stream())


def _reduce(image: Image.Image, longest_px: int | None) -> None:
    """Let the decoder itself shrink the picture, where it can, to no less than is wanted."""
    if longest_px is None:
        return
    longest = max(image.size)
    if isinstance(image, JpegImagePlugin.JpegImageFile):
        scale = longest_px / longest
        image.draft(None, (max(1, int(image.width * scale)), max(1, int(image.height * scale))))
    elif isinstance(image, Jpeg2KImagePlugin.Jpeg2KImageFile):
        halvings = max(0, (longest // longest_px).bit_length() - 1)
        image.reduce = min(halvings, _J2K_HALVINGS_MOST)


def _load(image: Image.Image, original: Original, longest_px: int | None) -> Image.Image:
    """Decode. A file that is cut short gives what is there of it, if that is at least half."""
    try:
        image.load()
    except OSError as error:
        if "truncated" not in str(error).lower() or not isinstance(image, ImageFile.ImageFile):
            raise
        if isinstance(image, JpegImagePlugin.JpegImageFile):
            content = original.read(0, original.size_bytes) + _END_OF_JPEG
            return _fill_missing(decode_jpeg(content, longest_px), original.path)
        image.tile = []  # or Pillow would try once more
        return _fill_missing(image, original.path)
    return image


def _fill_missing(image: Image.Image, path: Path) -> Image.Image:
    """Grey for the rows that are not there: decoders leave them in one colour."""
    pixels = np.array(image.convert("RGB"))
    rows = pixels.reshape(pixels.shape[0], -1, 3)
    varied = np.flatnonzero((rows != rows[:, :1]).any(axis=(1, 2)))
    first, last = (int(varied[0]), int(varied[-1]) + 1) if varied.size else (0, 0)
    share = (last - first) / len(pixels)
    if share < READABLE_SHARE:
        reason = f"it is cut short: only {share:.0%} of the picture is there"
        raise FileProblem(path, reason, advice=advice.ANEW)
    pixels[:first] = pixels[last:] = _MISSING  # BMP begins at the bottom
    filled = Image.fromarray(pixels)
    filled.info = {key: value for key, value in image.info.items() if key == "icc_profile"}
    return filled
