"""Reading an original: only regular files, never mapped, and noticed when it changes under us.

They are read, not mapped: a mapped file that is cut short or unplugged kills the process (SIGBUS).
"""

import errno
import io
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from io import FileIO
from pathlib import Path
from typing import BinaryIO

import numpy as np

from album.errors import FileProblem
from album.pictures import advice

PRELOAD_BYTES = 32 << 20
"""Files up to this size are read in one go."""

WINDOW_BYTES = 4 << 20
"""Larger ones are read in pieces of this size."""

_LOOK_BYTES = 128 << 10
"""What is looked through at once: it stays in the processor's cache, so this is twice as fast."""

_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)

_REASONS = {
    errno.ENOENT: ("the file is gone", advice.RETURN),
    errno.ENOTDIR: ("the file is gone", advice.RETURN),
    errno.EACCES: ("there is no permission to read it", advice.PERMISSIONS),
    errno.EPERM: ("there is no permission to read it", advice.PERMISSIONS),
    errno.ELOOP: ("it is a link that leads back to itself", advice.NO_PICTURE),
    errno.EISDIR: ("it is a folder", advice.NO_PICTURE),
    errno.ENXIO: ("it is not a regular file", advice.NO_PICTURE),
    errno.ENAMETOOLONG: ("its name is too long", advice.RENAME),
    errno.EIO: ("the drive reports an error while reading it", advice.DRIVE),
    errno.ESTALE: ("the drive it lies on is gone", advice.DRIVE),
    errno.ENODEV: ("the drive it lies on is gone", advice.DRIVE),
}


class FileChanged(FileProblem):
    """The file was written to while it was read: worth another try a little later."""

    def __init__(self, path: Path, reason: str = "it changed while it was being read") -> None:
        super().__init__(path, reason, advice=advice.REST)


class FileUnreadable(FileProblem):
    """The system would not let it be read; it may next time, though nobody writes to the file."""


def problem_of(path: Path, error: OSError) -> FileProblem:
    """What an error of the operating system, or of a decoder (without a number), means."""
    unknown = ("it cannot be read", advice.ANEW)
    reason, help_ = _REASONS.get(error.errno or 0, unknown)
    if isinstance(error, FileNotFoundError) and not path.parent.exists():
        reason, help_ = "the folder it lies in is not there now", advice.BACK
    kind = FileUnreadable if error.errno else FileProblem
    return kind(path, reason, advice=help_, detail=str(error))


def _irregular(path: Path) -> FileProblem:
    return FileProblem(path, "it is not a regular file", advice=advice.NO_PICTURE)


class Original:
    """An open file, to be read at any place. Not to be shared between threads.

    Attributes:
        path: where it lies.
        size_bytes: its size when it was opened.
    """

    def __init__(self, path: Path, file: FileIO, status: os.stat_result) -> None:
        self.path = path
        self.size_bytes = status.st_size
        self._file = file
        self._status = status
        self._all = file.read(status.st_size) if status.st_size <= PRELOAD_BYTES else None

    def read(self, offset: int, size: int) -> bytes:
        """Up to `size` bytes from `offset`; fewer at the end of the file, none beyond it."""
        if size <= 0 or not 0 <= offset < self.size_bytes:
            return b""
        if self._all is not None:
            return self._all[offset : offset + size]
        self._file.seek(offset)
        return self._file.read(min(size, self.size_bytes - offset))

    def pieces(self, offset: int, size: int) -> Iterator[bytes | memoryview]:
        """The bytes of a range, in pieces that fit in memory; ends early at the end of the file."""
        if self._all is not None:
            if size > 0 and 0 <= offset < self.size_bytes:
                yield memoryview(self._all)[offset : offset + size]
            return
        end = offset + size
        while offset < end and (piece := self.read(offset, min(WINDOW_BYTES, end - offset))):
            yield piece
            offset += len(piece)

    def find(self, needle: bytes, start: int) -> int:
        """Where `needle` first stands at or after `start`; -1 when nowhere."""
        if self._all is not None:
            return _find(self._all, needle, start)
        overlap = len(needle) - 1
        while piece := self.read(start, WINDOW_BYTES):
            at = _find(piece, needle, 0)
            if at >= 0:
                return start + at
            if len(piece) <= overlap:
                break
            start += len(piece) - overlap
        return -1

    def stream(self) -> BinaryIO:
        """The file as a seekable stream, for decoders; valid as long as the original is open."""
        if self._all is not None:
            return io.BytesIO(self._all)
        return io.BufferedReader(_Stream(self), WINDOW_BYTES)

    def check_unchanged(self) -> None:
        """Raise FileChanged when the file is not what it was when it was opened."""
        now = os.fstat(self._file.fileno())
        if (now.st_size, now.st_mtime_ns) != (self._status.st_size, self._status.st_mtime_ns):
            raise FileChanged(self.path)
        if self._all is not None and len(self._all) != self.size_bytes:
            raise FileChanged(self.path)


def _find(content: bytes, needle: bytes, start: int) -> int:
    """`bytes.find`, which is slow for two bytes that are frequent by themselves."""
    if len(needle) != 2:
        return content.find(needle, start)
    wanted = int.from_bytes(needle, "little")
    for window in range(start, len(content) - 1, _LOOK_BYTES):
        end = min(window + _LOOK_BYTES + 1, len(content))
        found = [
            first + 2 * int(hits.argmax())
            for first in (window, window + 1)
            if (hits := np.frombuffer(content, "<u2", (end - first) // 2, first) == wanted).any()
        ]
        if found:
            return min(found)
    return -1


class _Stream(io.RawIOBase):
    """A large original as the file object that decoders want."""

    def __init__(self, original: Original) -> None:
        self._original = original
        self._offset = 0

    def readable(self) -> bool:
        """Yes."""
        return True

    def seekable(self) -> bool:
        """Yes."""
        return True

    def tell(self) -> int:
        """Where the next read begins."""
        return self._offset

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move, as files do."""
        base = {io.SEEK_CUR: self._offset, io.SEEK_END: self._original.size_bytes}.get(whence, 0)
        self._offset = max(0, base + offset)
        return self._offset

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override] # typeshed: any buffer
        """Read as much as fits, less at the end."""
        content = self._original.read(self._offset, len(buffer))
        buffer[: len(content)] = content
        self._offset += len(content)
        return len(content)


@contextmanager
def open_original(path: Path) -> Iterator[Original]:
    """Open a file for reading; its failures inside the block become a FileProblem."""
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):  # noqa: PTH116 - one call less than Path.stat
            raise _irregular(path)
        with FileIO(os.open(path, _FLAGS), closefd=True) as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise _irregular(path)
            if status.st_size == 0:
                raise FileProblem(path, "the file is empty", advice=advice.ANEW)
            original = Original(path, file, status)
            yield original
            original.check_unchanged()
    except OSError as error:
        raise problem_of(path, error) from error
    except ValueError as error:  # a null byte in the name
        if "null" in str(error):
            reason = "its name is not one that a file can have"
            raise FileProblem(path, reason, advice=advice.RENAME) from error
        raise
