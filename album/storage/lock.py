"""One process at a time watches and analyses a library."""

import os
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

from album.errors import EnvironmentProblem, LibraryLocked, in_words

_LOCKED_BYTE = 1 << 30
"""Windows locks bytes against reading too, so the locked one lies behind the process id."""


class LibraryLock:
    """The exclusive role on a library, held by a lock file; the system frees it after a kill.

    Args:
        path: of the lock file; it is made and stays.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._handle: int | None = None

    def acquire(self) -> Self:
        """Take the role; LibraryLocked, naming the process that holds it, when it is taken."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle = os.open(
                self._path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600
            )
        except OSError as error:
            raise EnvironmentProblem(
                f"The lock file {self._path} cannot be made: {in_words(error)}.",
                advice="Check that the folder exists and that you may write there.",
            ) from error
        if not _try_lock(handle):
            owner = os.pread(handle, 32, 0) if hasattr(os, "pread") else os.read(handle, 32)
            os.close(handle)
            process = owner.decode("ascii", "replace").strip() or "unknown"
            raise LibraryLocked(
                f"Another Albumen (process {process}) works on the library {self._path.parent}.",
                advice="Use that one, or close it first.",
            )
        os.ftruncate(handle, 0)
        os.write(handle, f"{os.getpid()}\n".encode("ascii"))
        self._handle = handle
        return self

    def release(self) -> None:
        """Give the role back. May be called again."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def __enter__(self) -> Self:
        return self.acquire()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()


if sys.platform == "win32":
    import msvcrt

    def _try_lock(handle: int) -> bool:
        os.lseek(handle, _LOCKED_BYTE, os.SEEK_SET)
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        finally:
            os.lseek(handle, 0, os.SEEK_SET)
        return True

else:
    import fcntl

    def _try_lock(handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
