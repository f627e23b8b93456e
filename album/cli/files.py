"""Files and folders on the command line, as the files that they mean."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from album.cli.output import note, printable
from album.errors import FileProblem


def expand(paths: Sequence[Path]) -> tuple[list[Path], list[FileProblem]]:
    """Files as they are, folders as the supported files in and below them, each once.

    A folder that holds none is said on stderr.

    Returns them in order, and what is not there.
    """
    files: dict[Path, None] = {}
    missing = []
    for path in paths:
        if path.is_dir():
            found = dict.fromkeys(_below(path))
            files.update(found)
            if not found:
                note(f"{printable(path)}: there are no photos or videos in this folder.")
        elif os.path.lexists(path):
            files[path] = None
        else:
            missing.append(FileProblem(path, "There is no such file."))
    return list(files), missing


def _below(folder: Path) -> Iterator[Path]:
    """Supported files by name, depth first; hidden ones and linked folders are left alone."""
    from album.pictures.formats import SUPPORTED

    for root, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(root, name)
            if not name.startswith(".") and path.suffix.lower() in SUPPORTED:
                yield path
