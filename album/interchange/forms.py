"""What becomes of a lifted subject: behind it, and how much of the frame is kept. Pure pixels."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from album.analysis.protocol import Cutout, Pixels
from album.interchange.fringes import cleared

_STRIP_ROWS = 256


class Behind(StrEnum):
    """What lies behind the subject."""

    NOTHING = "nothing"
    WHITE = "white"
    COLOUR = "colour"
    PICTURE = "picture"


class Part(StrEnum):
    """How much of the result is kept."""

    WHOLE = "whole"
    CROP = "crop"
    MASK = "mask"


@dataclass(frozen=True, slots=True)
class Look:
    """One way to show a lifted subject.

    Attributes:
        colour: RGB, for `Behind.COLOUR`.
        backdrop: RGB of the size of the picture, for `Behind.PICTURE`.
    """

    behind: Behind = Behind.NOTHING
    part: Part = Part.WHOLE
    colour: tuple[int, int, int] = (255, 255, 255)
    backdrop: Pixels | None = None


def compose(pixels: Pixels, cutout: Cutout, look: Look) -> NDArray[np.uint8]:
    """RGBA (h, w, 4) over nothing, RGB (h, w, 3) over something, grey (h, w) for the mask.

    A crop keeps the opaque box; without a subject it keeps the whole frame. Where the edge is half
    transparent, the old background's colour is taken out of it.
    """
    left, top, right, bottom = _kept(cutout, look.part)
    alpha = cutout.alpha[top:bottom, left:right]
    if look.part is Part.MASK:
        return np.ascontiguousarray(alpha)
    part = cleared(pixels[top:bottom, left:right], alpha)
    if look.behind is Behind.NOTHING:
        lifted = np.dstack((part, alpha))
        lifted[alpha == 0] = 0  # what was taken away is not handed on, unseen, with the subject
        return np.ascontiguousarray(lifted)
    return _over(part, alpha, _backdrop(look, (left, top, right, bottom), part.shape))


def cover(backdrop: Pixels, height: int, width: int) -> tuple[slice, slice]:
    """The middle of a picture that has the proportions of (height, width), as rows and columns."""
    rows, columns = backdrop.shape[:2]
    if columns * height > rows * width:
        kept = max(1, rows * width // height)
        first = (columns - kept) // 2
        return slice(0, rows), slice(first, first + kept)
    kept = max(1, columns * height // width)
    first = (rows - kept) // 2
    return slice(first, first + kept), slice(0, columns)


def _kept(cutout: Cutout, part: Part) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of what the result keeps."""
    height, width = cutout.alpha.shape
    if part is not Part.CROP or cutout.box is None:
        return 0, 0, width, height
    left, top, across, down = cutout.box
    return left, top, left + across, top + down


def _backdrop(
    look: Look, box: tuple[int, int, int, int], shape: tuple[int, ...]
) -> NDArray[np.uint8]:
    """What lies behind, broadcastable to `shape`."""
    left, top, right, bottom = box
    if look.behind is Behind.PICTURE and look.backdrop is not None:
        return look.backdrop[top:bottom, left:right]
    colour = look.colour if look.behind is Behind.COLOUR else (255, 255, 255)
    return np.broadcast_to(np.array(colour, np.uint8), shape)


def _over(part: Pixels, alpha: NDArray[np.uint8], behind: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """`part` over `behind`, strip by strip so that no large intermediate is made."""
    out = np.empty(part.shape, np.uint8)
    for row in range(0, part.shape[0], _STRIP_ROWS):
        strip = slice(row, row + _STRIP_ROWS)
        weight = alpha[strip, :, None].astype(np.uint32)
        mixed = part[strip] * weight + behind[strip] * (255 - weight) + 127
        out[strip] = mixed // 255
    return out
