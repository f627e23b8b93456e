"""RAW files through LibRaw: the camera's own preview where it is large enough, else developed."""

import numpy as np
import rawpy
from PIL import Image

from album.pictures.containers.parts import Malformed
from album.pictures.original import Original
from album.pictures.pixels import upright_rgb
from album.pictures.raster import damaged, decode_jpeg, too_large

_FLIPS = {3: 3, 5: 8, 6: 6}
"""LibRaw's flips as EXIF orientations."""

_PREVIEW_ENOUGH_PX = 1000
"""A preview of this size is taken even when a little more was asked for."""

_DAMAGE = (OSError, ValueError, TypeError, RuntimeError, rawpy.LibRawError)


def decode_raw(original: Original, longest_px: int | None, pixels_most: int) -> Image.Image:
    """A RAW file as upright RGB; FileProblem when LibRaw cannot read it."""
    try:
        with rawpy.imread(original.stream()) as raw:
            sizes = raw.sizes
            if sizes.raw_width * sizes.raw_height > pixels_most:
                raise too_large(original.path, sizes.raw_width, sizes.raw_height, pixels_most)
            preview = _preview(raw, original, longest_px)
            return preview if preview is not None else _develop(raw, longest_px)
    except (*_DAMAGE, Malformed) as error:
        raise damaged(original.path, error) from error


def _preview(raw: rawpy.RawPy, original: Original, longest_px: int | None) -> Image.Image | None:
    """The embedded preview; None where there is none, or a full size is wanted."""
    if longest_px is None:
        return None
    try:
        thumb = raw.extract_thumb()
    except rawpy.LibRawError:
        return None
    orientation = _FLIPS.get(raw.sizes.flip, 1)
    if thumb.format == rawpy.ThumbFormat.JPEG:
        if not isinstance(thumb.data, bytes):
            return None
        try:
            stored = decode_jpeg(thumb.data, longest_px)
        except (OSError, SyntaxError, ValueError):
            return None
    else:
        stored = Image.fromarray(np.asarray(thumb.data))
    image = upright_rgb(stored, longest_px, orientation)
    enough = min(longest_px, _PREVIEW_ENOUGH_PX)
    return image if max(image.size) >= enough else None


def _develop(raw: rawpy.RawPy, longest_px: int | None) -> Image.Image:
    """Developed with the camera's white balance; at half size where that is enough."""
    half = longest_px is not None and max(raw.sizes.width, raw.sizes.height) // 2 >= longest_px
    pixels = raw.postprocess(use_camera_wb=True, half_size=half, output_bps=8)
    return upright_rgb(Image.fromarray(pixels), longest_px)
