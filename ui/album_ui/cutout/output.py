"""A cut-out on its way out: its name, and what the clipboard and a drag carry."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QByteArray, QMimeData, QStandardPaths, QUrl
from PySide6.QtGui import QImage

from album.interchange.forms import Behind, Look, Part
from album.interchange.pngs import save_png
from album_ui.viewer.levels import image_of

PNG = "image/png"


@dataclass(frozen=True, slots=True)
class Parcel:
    """A result as a file that other programs may take, the same bytes, and the picture itself."""

    file: Path
    data: bytes
    image: QImage

    def mime(self, *, with_file: bool) -> QMimeData:
        """The PNG with its alpha, the picture; for a drag the file of this page."""
        mime = QMimeData()
        mime.setData(PNG, QByteArray(self.data))
        mime.setImageData(self.image)
        if with_file:
            mime.setUrls([QUrl.fromLocalFile(str(self.file))])
        return mime


def pack(pixels: NDArray[np.uint8], file: Path) -> Parcel:
    """Write the PNG to `file`, a place of ours. Not for the GUI thread; EnvironmentProblem."""
    save_png(pixels, file)
    return Parcel(file, file.read_bytes(), image_of(pixels).copy())


def suggested_name(original: Path, look: Look) -> str:
    """A file name for the result that differs from the original's."""
    if look.part is Part.MASK:
        return f"{original.stem}-mask.png"
    if look.behind is Behind.NOTHING:
        return f"{original.stem}-cutout.png"
    return f"{original.stem}-on-{look.behind.value}.png"


def place_to_save(last: str) -> Path:
    """Where a save dialog begins: where it was used last, else among the pictures, else at home.

    Of a folder that is not there Qt's dialog makes the current one of the process.
    """
    pictures = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation)
    places = (Path(one) for one in (last, pictures) if one)
    return next((one for one in places if one.is_dir()), Path.home())


def named_png(path: Path) -> Path:
    """The path with `.png` where the user left it out."""
    return path if path.suffix.lower() == ".png" else path.with_name(path.name + ".png")
