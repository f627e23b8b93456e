"""What the cut-out page shows, made off the GUI thread from one request that holds all."""

from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QImage, QImageReader

from album.analysis.protocol import Alpha, Cutout, Pixels
from album.errors import FileProblem
from album.interchange.forms import Behind, Look, Part, compose, cover
from album.interchange.layers import Edge, edged, keep, layers
from album_ui.viewer.levels import Levels, build_levels, image_of, levels_of

_OUTLINE_PX = 1400
_THUMBNAIL_PX = 160
_OUTLINE_WIDTH = 2
_BLUR_SHARE = 48
_BACKDROP_PX = 8000


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be made.

    Attributes:
        look: without its backdrop, which is made here.
        picture: a file to put behind, for `Behind.PICTURE`; None: the photo itself, out of focus.
        outline: colour of the line round the subject, `#RRGGBB`; empty for none.
        kept: which of the subjects, counted from 0; None: all.
        edge: how their edge is drawn.
    """

    pixels: Pixels
    cutout: Cutout
    look: Look
    picture: Path | None = None
    outline: str = ""
    kept: frozenset[int] | None = None
    edge: Edge = field(default_factory=Edge)


@dataclass(frozen=True, slots=True)
class Rendering:
    """What was made.

    Attributes:
        result: the pixels that are saved, copied, dragged (see `forms.compose`).
        levels: the same for the screen.
        corner: where the result's upper left lies in the picture.
        outline: the line round the subject, to be stretched over the result; None for none.
    """

    look: Look
    result: NDArray[np.uint8]
    levels: Levels
    corner: tuple[int, int]
    outline: QImage | None


def render(request: Request) -> Rendering:
    """Compose, and make ready for the screen. FileProblem when the backdrop cannot be read."""
    look = _with_backdrop(request)
    cutout = request.cutout if request.kept is None else keep(request.cutout, request.kept)
    cutout = edged(cutout, request.edge)
    result = compose(request.pixels, cutout, look)
    box = cutout.box
    corner = box[:2] if look.part is Part.CROP and box is not None else (0, 0)
    outline = None
    if request.outline and look.part is not Part.MASK and cutout.found:
        alpha = cutout.alpha
        height, width = result.shape[:2]
        part = alpha[corner[1] : corner[1] + height, corner[0] : corner[0] + width]
        outline = outline_of(part, request.outline)
    return Rendering(look, result, build_levels(result), corner, outline)


def thumbnails(pixels: Pixels, cutout: Cutout) -> list[QImage]:
    """Each subject alone on nothing, small, in the order of its `layers`."""
    pictures = []
    for one in layers(cutout):
        x, y, width, height = one.box
        step = max(1, min(width, height) // _THUMBNAIL_PX)
        part = pixels[y : y + height : step, x : x + width : step]
        whole = np.ascontiguousarray(np.dstack((part, one.alpha[::step, ::step])))
        size = QSize(_THUMBNAIL_PX, _THUMBNAIL_PX)
        pictures.append(
            image_of(whole).scaled(
                size,
                Qt.AspectRatioMode.KeepAspectRatio,
                Qt.TransformationMode.SmoothTransformation,
            )
        )
    return pictures


def outline_of(alpha: Alpha, colour: str) -> QImage:
    """A line along the edge of the subject, on nothing; at most about a screen in size."""
    step = max(1, max(alpha.shape) // _OUTLINE_PX)
    inside = alpha[::step, ::step] > 127
    edge = np.zeros_like(inside)
    for shift in range(1, _OUTLINE_WIDTH + 1):
        edge[shift:] |= inside[:-shift]
        edge[:-shift] |= inside[shift:]
        edge[:, shift:] |= inside[:, :-shift]
        edge[:, :-shift] |= inside[:, shift:]
    edge &= ~inside
    tint = QColor(colour)
    pixels = np.zeros((*edge.shape, 4), np.uint8)
    pixels[edge] = (tint.red(), tint.green(), tint.blue(), 190)
    return image_of(pixels).convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)


def _with_backdrop(request: Request) -> Look:
    """The look with the pixels that lie behind."""
    if request.look.behind is not Behind.PICTURE:
        return request.look
    height, width = request.pixels.shape[:2]
    if request.picture is None:
        return replace(request.look, backdrop=blurred(request.pixels))
    return replace(request.look, backdrop=_backdrop(request.picture, height, width))


def blurred(pixels: Pixels) -> Pixels:
    """The picture far out of focus."""
    image = image_of(np.ascontiguousarray(pixels))
    small = max(2, image.width() // _BLUR_SHARE), max(2, image.height() // _BLUR_SHARE)
    for width, height in (small, (small[0] * 4, small[1] * 4), (image.width(), image.height())):
        image = _scaled(image, width, height)
    return pixels_of(image)


def _backdrop(file: Path, height: int, width: int) -> Pixels:
    """Any picture that Qt reads, upright, covering (height, width)."""
    reader = QImageReader(str(file))
    reader.setAutoTransform(True)
    size = reader.size()
    if size.isValid() and max(size.width(), size.height()) > _BACKDROP_PX:
        limit = QSize(_BACKDROP_PX, _BACKDROP_PX)
        reader.setScaledSize(size.scaled(limit, Qt.AspectRatioMode.KeepAspectRatio))
    image = reader.read()
    if image.isNull():
        raise FileProblem(file, f"«{file.name}» cannot be put behind: {reader.errorString()}.")
    rows, columns = cover(pixels_of(image), height, width)
    part = image.copy(
        columns.start, rows.start, columns.stop - columns.start, rows.stop - rows.start
    )
    return pixels_of(_scaled(part, width, height))


def _scaled(image: QImage, width: int, height: int) -> QImage:
    return image.scaled(
        width,
        height,
        Qt.AspectRatioMode.IgnoreAspectRatio,
        Qt.TransformationMode.SmoothTransformation,
    )


def pixels_of(image: QImage) -> Pixels:
    """The RGB pixels of a QImage."""
    plain = image.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(plain.constBits(), np.uint8).reshape(plain.height(), plain.bytesPerLine())
    return rows[:, : plain.width() * 3].reshape(plain.height(), plain.width(), 3).copy()


def photo_levels(pixels: Pixels) -> Levels:
    """The photo itself for the screen, to be seen faintly behind its subject."""
    return levels_of(image_of(pixels), pixels)
