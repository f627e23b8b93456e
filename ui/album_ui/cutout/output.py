"""A cut-out on its way out: PNG bytes, a file that is whole or not there, the clipboard."""

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMimeData, QUrl
from PySide6.QtGui import QImage

from album.errors import EnvironmentProblem
from album_ui.cutout.forms import Behind, Look, Part
from album_ui.viewer.levels import image_of

PNG = "image/png"
_FAST_COMPRESSION = 70
"""Qt's scale, from 0 (smallest, slowest) to 100 (not compressed at all)."""

_SUFFIX_OF_PART = {Part.WHOLE: "cutout", Part.CROP: "cutout", Part.MASK: "mask"}


def encode_png(pixels: NDArray[np.uint8]) -> bytes:
    """A PNG of RGB, RGBA or grey pixels. Takes its time: not for the GUI thread."""
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if not image_of(np.ascontiguousarray(pixels)).save(buffer, "PNG", _FAST_COMPRESSION):  # type: ignore[call-overload]
        raise EnvironmentProblem("The cut-out could not be turned into a PNG: out of memory.")
    buffer.close()
    return bytes(data.data())


def suggested_name(original: Path, look: Look) -> str:
    """A file name for the result that differs from the original's."""
    ending = _SUFFIX_OF_PART[look.part]
    if look.part is not Part.MASK and look.behind is not Behind.NOTHING:
        ending = f"on-{look.behind.value}"
    return f"{original.stem}-{ending}.png"


def save_png(data: bytes, to: Path, protected: Sequence[Path]) -> Path:
    """Write the PNG whole or not at all; never over a file below the watched folders `protected`.

    Returns the path that was written (`.png` is added where it is missing); EnvironmentProblem.
    """
    if to.suffix.lower() != ".png":
        to = to.with_name(to.name + ".png")
    refuse_originals(to, protected)
    try:
        _replace(data, to)
    except OSError as problem:
        raise EnvironmentProblem(
            f"«{to.name}» could not be saved in {to.parent}: {problem.strerror}.",
            advice="Choose another folder or make room there.",
        ) from problem
    return to


def refuse_originals(to: Path, protected: Sequence[Path]) -> None:
    """EnvironmentProblem when `to` exists in a watched folder: it may be an original."""
    if not to.exists():
        return
    real = to.resolve()
    if any(real.is_relative_to(folder.resolve()) for folder in protected):
        raise EnvironmentProblem(
            f"«{to.name}» is already in a folder that Albumen watches; nothing was written.",
            advice="Originals are never overwritten: choose another name.",
        )


def _replace(data: bytes, to: Path) -> None:
    """Write beside the target under another name, then take its place in one step."""
    descriptor, name = tempfile.mkstemp(prefix=".albumen-", suffix=".part", dir=to.parent)
    part = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.chmod(0o666 & ~_umask())
        part.replace(to)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def _umask() -> int:
    """The rights that new files of this process go without."""
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


def mime_of(data: bytes, image: QImage, file: Path | None = None) -> QMimeData:
    """What the clipboard or a drag carries: the PNG with its alpha, the picture, the file."""
    mime = QMimeData()
    mime.setData(PNG, QByteArray(data))
    mime.setImageData(image)
    if file is not None:
        mime.setUrls([QUrl.fromLocalFile(str(file))])
    return mime
