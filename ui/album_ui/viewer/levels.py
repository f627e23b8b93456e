"""A picture in halving sizes: painting it at any zoom touches about one screen of pixels."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImage

_SMALLEST_PX = 512


@dataclass(frozen=True, slots=True)
class Levels:
    """The same picture at 1, 1/2, 1/4 ... of its size.

    Attributes:
        images: largest first; at least one.
        keep: whatever owns the bytes that `images[0]` looks at without a copy.
    """

    images: tuple[QImage, ...]
    keep: object = None

    @property
    def size(self) -> QSize:
        """Size of the largest one, in pixels."""
        return self.images[0].size()

    @property
    def size_bytes(self) -> int:
        """Memory of all levels."""
        return sum(image.sizeInBytes() for image in self.images)

    def at(self, scale: float) -> QImage:
        """The smallest level still sharp at `scale` device pixels per pixel of the largest."""
        chosen = self.images[0]
        for image in self.images[1:]:
            if image.width() < chosen.width() and image.width() >= self.size.width() * scale:
                chosen = image
        return chosen


def source_rect(image: QImage, full: QSize, visible: QRectF) -> QRectF:
    """The part of a level that shows `visible`, which is in pixels of the full picture."""
    across = image.width() / max(1, full.width())
    down = image.height() / max(1, full.height())
    return QRectF(
        visible.x() * across, visible.y() * down, visible.width() * across, visible.height() * down
    )


def image_of(pixels: NDArray[np.uint8]) -> QImage:
    """A QImage that looks at RGB (h, w, 3) or RGBA (h, w, 4) or grey (h, w) without a copy.

    The array must be C-contiguous and outlive the image.
    """
    height, width = pixels.shape[:2]
    channels = 1 if pixels.ndim == 2 else pixels.shape[2]
    form = {
        1: QImage.Format.Format_Grayscale8,
        3: QImage.Format.Format_RGB888,
        4: QImage.Format.Format_RGBA8888,
    }[channels]
    return QImage(pixels.data, width, height, width * channels, form)


def build_levels(pixels: NDArray[np.uint8]) -> Levels:
    """All levels of a picture (shapes: see `image_of`). Slow: not for the GUI thread."""
    whole = np.ascontiguousarray(pixels)
    return levels_of(image_of(whole), whole)


def levels_of(image: QImage, keep: object = None) -> Levels:
    """All levels of a QImage, `keep` owning its bytes."""
    images = [image]
    while max(images[-1].width(), images[-1].height()) >= 2 * _SMALLEST_PX:
        last = images[-1]
        half = last.scaled(
            max(1, last.width() // 2),
            max(1, last.height() // 2),
            Qt.AspectRatioMode.IgnoreAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )
        images.append(half.convertToFormat(_PAINTED_FORMATS[image.hasAlphaChannel()]))
    return Levels(tuple(images), keep)


_PAINTED_FORMATS = {
    False: QImage.Format.Format_RGB32,
    True: QImage.Format.Format_ARGB32_Premultiplied,
}
