"""Small pictures: made by one decode, kept in a cache of bounded size that may be deleted."""

import contextlib
import io
import itertools
import os
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from blake3 import blake3
from PIL import Image

from album.domain.photo import Fingerprint
from album.errors import EnvironmentProblem, in_words
from album.pictures.pixels import fit, shrink

SMALL_PX = 384
LARGE_PX = 1280

RENDERER = 1
"""Changes whenever thumbnails may look different; older ones are then not found and age away."""

_QUALITY = 85
_HALVED_COLOUR = 2  # 4:2:0
_SEAL_BYTES = 8
_KEEP_SHARE = 0.9
_COUNT_AFTER_SHARE = 0.01
_TOUCH_AFTER_S = 3600.0


class PictureSource(Protocol):
    """What renders need of a `Decoder`."""

    def image(self, path: Path, longest_px: int | None) -> Image.Image:
        """As `Decoder.image`."""

    def sketch(self, path: Path, longest_px: int) -> Image.Image | None:
        """As `Decoder.sketch`."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """All that one decode gives.

    Attributes:
        small, large: JPEG, longer side `SMALL_PX` and `LARGE_PX` at most.
    """

    small: bytes
    large: bytes

    def jpeg(self, size_px: int) -> bytes:
        """The thumbnail of one of the two sizes."""
        return self.small if size_px == SMALL_PX else self.large


def render(decoder: PictureSource, path: Path) -> Rendered:
    """Both thumbnails of a file; FileProblem when it has no picture."""
    large = decoder.image(path, LARGE_PX)
    small = shrink(large, fit(large.size, SMALL_PX))
    return Rendered(small=_jpeg(small), large=_jpeg(large))


def sketch(decoder: PictureSource, path: Path) -> bytes | None:
    """A small JPEG to look at until the thumbnails are there; None where it costs as much."""
    small = decoder.sketch(path, SMALL_PX)
    return None if small is None else _jpeg(small)


def _jpeg(image: Image.Image) -> bytes:
    with _file_in_memory() as file:
        image.save(file, "JPEG", quality=_QUALITY, subsampling=_HALVED_COLOUR)
        file.seek(0)
        return file.read()


def _file_in_memory() -> BinaryIO:
    """One of the system's where it has such: writing to those, Pillow lets other threads run."""
    if hasattr(os, "memfd_create"):
        return open(os.memfd_create("thumbnail"), "w+b", buffering=0)  # noqa: PTH123 (it has no path)
    return io.BytesIO()


class ThumbnailStore:
    """Thumbnails on disk, the least recently used ones deleted when there are too many.

    Safe for several threads, and several programs on one directory. A damaged entry counts as none.

    Args:
        directory: made when it is not there; nothing else may lie in it.
        budget_bytes: what all entries together may take.
    """

    def __init__(self, directory: Path, budget_bytes: int) -> None:
        self._directory = directory
        self._budget_bytes = budget_bytes
        self._used_bytes: int | None = None
        self._changed_bytes = 0
        self._lock = threading.Lock()
        self._serial = itertools.count()

    def get(self, fingerprint: Fingerprint, size_px: int) -> bytes | None:
        """The JPEG, or None where there is none that is whole."""
        path = self._path(fingerprint, size_px)
        try:
            sealed = path.read_bytes()
        except OSError:
            return None
        content, seal = sealed[:-_SEAL_BYTES], sealed[-_SEAL_BYTES:]
        if not content or blake3(content).digest(_SEAL_BYTES) != seal:
            self._forget(path, len(sealed))
            return None
        self._touch(path)
        return content

    def has(self, fingerprint: Fingerprint, size_px: int) -> bool:
        """Whether there is an entry, without reading it."""
        return self._path(fingerprint, size_px).exists()

    def put(self, fingerprint: Fingerprint, size_px: int, jpeg: bytes) -> None:
        """Keep a JPEG, whole or not at all; EnvironmentProblem when it cannot be written."""
        path = self._path(fingerprint, size_px)
        temporary = path.with_name(
            f".{path.name}.{os.getpid()}-{threading.get_ident()}-{next(self._serial)}"
        )
        sealed = jpeg + blake3(jpeg).digest(_SEAL_BYTES)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            temporary.write_bytes(sealed)
            replaced_bytes = _size(path)
            temporary.replace(path)
        except OSError as error:
            with contextlib.suppress(OSError):
                temporary.unlink()
            raise EnvironmentProblem(
                f"Thumbnails cannot be kept in {self._directory}: {in_words(error)}.",
                advice="They are made anew each time until there is room.",
            ) from error
        self._account(len(sealed) - replaced_bytes)

    def _path(self, fingerprint: Fingerprint, size_px: int) -> Path:
        name = fingerprint.digest.hex()
        folder = self._directory / name[:2] / name[2:4]
        return folder / f"{fingerprint.scheme}-{name}-{size_px}-{RENDERER}.jpg"

    def _touch(self, path: Path) -> None:
        """Note the use, at most once an hour: the time of writing is the time of last use."""
        try:
            status = path.stat()
            if abs(time.time() - status.st_mtime) > _TOUCH_AFTER_S:
                os.utime(path)
        except OSError:
            return

    def _forget(self, path: Path, size_bytes: int) -> None:
        try:
            path.unlink()
        except OSError:
            return
        self._account(-size_bytes)

    def _account(self, more_bytes: int) -> None:
        """Note a change. What lay there before is counted late: not while a first page waits."""
        with self._lock:
            self._changed_bytes += more_bytes
            if self._used_bytes is not None:
                self._used_bytes += more_bytes
            elif self._changed_bytes > self._budget_bytes * _COUNT_AFTER_SHARE:
                self._used_bytes = sum(size for _, size, _ in _entries(self._directory))
            if self._used_bytes is not None and self._used_bytes > self._budget_bytes:
                self._used_bytes = self._evict()

    def _evict(self) -> int:
        """Delete the oldest entries until a tenth of the budget is free; what is then used."""
        entries = sorted(_entries(self._directory))
        used = sum(size for _, size, _ in entries)
        for _, size, path in entries:
            if used <= self._budget_bytes * _KEEP_SHARE:
                break
            try:
                path.unlink(missing_ok=True)
            except OSError:
                continue
            used -= size
        return used


def _entries(folder: Path) -> Iterator[tuple[float, int, Path]]:
    """Last use, size and place of every file below a folder, as far as they can be read."""
    try:
        with os.scandir(folder) as found:
            listed = list(found)
    except OSError:
        return
    for entry in listed:
        if entry.is_dir(follow_symlinks=False):
            yield from _entries(Path(entry.path))
            continue
        with contextlib.suppress(OSError):
            status = entry.stat(follow_symlinks=False)
            yield status.st_mtime, status.st_size, Path(entry.path)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
