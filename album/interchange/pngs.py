"""Cut-outs as PNG files: written whole or not at all, never over a file that is none of ours."""

import os
import tempfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from album.errors import EnvironmentProblem, in_words

MARK = "Albumen cut-out"
"""The PNG text `Software` of what this module wrote: such a file may be replaced."""

_MOST_NAMES = 10_000


def save_png(pixels: NDArray[np.uint8], to: Path) -> None:
    """Write grey (h, w), RGB or RGBA (h, w, 3 or 4) pixels; EnvironmentProblem, nothing written.

    A file that is there is replaced only when it is a cut-out of Albumen itself.
    """
    if not may_write(to):
        raise EnvironmentProblem(
            f"{to} is there already and is no cut-out of Albumen; it was left as it is.",
            advice="Choose another name.",
        )
    info = PngInfo()
    info.add_text("Software", MARK)
    try:
        to.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=".albumen-", suffix=".part", dir=to.parent)
    except OSError as error:
        raise _unwritable(to, error) from error
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            Image.fromarray(pixels).save(stream, "png", pnginfo=info, compress_level=4)
        part.chmod(0o644)
        part.replace(to)
    except OSError as error:
        raise _unwritable(to, error) from error
    finally:
        part.unlink(missing_ok=True)


def may_write(to: Path) -> bool:
    """Whether nothing is there, or an earlier cut-out."""
    if not os.path.lexists(to):
        return True
    try:
        with Image.open(to) as picture:
            return picture.format == "PNG" and picture.info.get("Software") == MARK
    except (OSError, ValueError, SyntaxError):
        return False


def _unwritable(to: Path, error: OSError) -> EnvironmentProblem:
    return EnvironmentProblem(
        f"{to} could not be written: {in_words(error)}.",
        advice="Choose a folder with room where you may write.",
    )


def free_name(folder: Path, stem: str, taken: set[Path]) -> Path:
    """`stem.png` in `folder`, with a number where that is taken or may not be replaced."""
    for number in range(1, _MOST_NAMES):
        name = f"{stem}.png" if number == 1 else f"{stem}-{number}.png"
        path = folder / name
        if path not in taken and may_write(path):
            taken.add(path)
            return path
    raise EnvironmentProblem(f"{folder} holds too many files named {stem}.")
