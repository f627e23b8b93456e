"""What lies in a folder now: every file that may be a photo, in a stable order; link loops end."""

import errno
import os
import stat
import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from album.cancel import CancelToken
from album.errors import EnvironmentProblem, FileProblem, in_words
from album.pictures import advice
from album.pictures.formats import SUPPORTED

BATCH_FILES = 500
BATCH_S = 0.1
"""A batch is handed on after this long even when it is not full, so slow drives show something."""

OPT_OUT = frozenset({".nomedia", ".noimage"})
"""A directory with a file of this name is left out, with all below it."""

SYSTEM_DIRECTORIES = frozenset(
    {"@eaDir", "#recycle", "$RECYCLE.BIN", "System Volume Information", "lost+found"}
)

_OFFLINE = frozenset(
    getattr(errno, name)
    for name in (
        *("ENOENT", "ENOTDIR", "ENODEV", "ENXIO", "EIO", "ESTALE", "ENOTCONN", "EHOSTDOWN"),
        *("EHOSTUNREACH", "ETIMEDOUT", "ENOMEDIUM"),
    )
    if hasattr(errno, name)
)
_HIDDEN_ATTRIBUTE = 0x2  # FILE_ATTRIBUTE_HIDDEN on Windows


class FolderOffline(EnvironmentProblem):
    """The folder is not there now: unplugged, not mounted, renamed, or deleted."""


class FolderUnreadable(EnvironmentProblem):
    """The folder is there, but we may not look into it."""


@dataclass(frozen=True, slots=True)
class FileStat:
    """A file as the scan saw it.

    Attributes:
        path: relative to the folder; bytes that are no text are kept as surrogates.
        inode: 0 where the system has none.
    """

    path: Path
    size_bytes: int
    mtime_ns: int
    inode: int


@dataclass(slots=True)
class _Listing:
    """What lies right in one directory: files, directories, links to directories."""

    files: list[FileStat] = field(default_factory=list)
    below: list[str] = field(default_factory=list)
    linked: list[str] = field(default_factory=list)


class Scanner:
    """Walks one folder; use it once.

    Args:
        folder: the watched root.
        token: ends the walk.
        excluded: directories that are left out: the library itself, folders watched on their own.

    Attributes:
        unseen: directories (relative) that could not be read; nothing is known of what is below.
        problems: why, one for each, and links that lead nowhere.
    """

    def __init__(
        self, folder: Path, token: CancelToken, *, excluded: Collection[Path] = ()
    ) -> None:
        self.unseen: list[Path] = []
        self.problems: list[FileProblem] = []
        self._folder = folder
        self._token = token
        self._excluded = frozenset(os.path.realpath(path) for path in excluded)
        self._visited: set[tuple[int, int]] = set()
        self._root_identity = self._identify_root()

    @property
    def device(self) -> int:
        """The number of the file system that the root lies on."""
        return self._root_identity[0]

    def walk(self, start: Path = Path()) -> Iterator[list[FileStat]]:
        """Batches of all files in the directory `start` and below; FolderOffline, FolderUnreadable.

        Real directories come before links, so that a file which both reach keeps its real path.
        """
        stack, links = [str(start) if start.parts else ""], list[str]()
        batch: list[FileStat] = []
        since_s = time.monotonic()
        while stack or links:
            self._token.check()
            directory = stack.pop() if stack else links.pop()
            found = self._list(directory)
            batch += found.files
            stack += reversed(found.below)
            links = [*reversed(found.linked), *links]
            now_s = time.monotonic()
            while len(batch) >= BATCH_FILES:
                yield batch[:BATCH_FILES]
                batch, since_s = batch[BATCH_FILES:], now_s
            if batch and now_s - since_s > BATCH_S:
                yield batch
                batch, since_s = [], now_s
        if batch:
            yield batch

    def files_in(self, directory: Path) -> list[FileStat]:
        """The files of one directory, without those below."""
        return self._list(str(directory) if directory.parts else "").files

    def check_root(self) -> None:
        """FolderOffline when the root is not there any more, or is another one."""
        try:
            now = os.stat(self._folder)  # noqa: PTH116 (as in _identify_root)
        except OSError as gone:
            raise _root_problem(self._folder, gone) from gone
        if (now.st_dev, now.st_ino) != self._root_identity:
            raise _root_problem(self._folder, FileNotFoundError(errno.ENOENT, "replaced"))

    def _identify_root(self) -> tuple[int, int]:
        try:
            found = os.stat(self._folder)  # noqa: PTH116 (Path.stat is the same, slower)
            if not stat.S_ISDIR(found.st_mode):
                raise NotADirectoryError(errno.ENOTDIR, "not a directory")
        except OSError as error:
            raise _root_problem(self._folder, error) from error
        for ancestor in self._folder.absolute().parents:
            self._enter(ancestor)
        return (found.st_dev, found.st_ino)

    def _enter(self, path: "os.PathLike[str] | str") -> bool:
        """Whether this directory is new to the walk."""
        try:
            found = os.stat(path)  # noqa: PTH116 (as in _identify_root)
        except OSError:
            return True
        key = (found.st_dev, found.st_ino)
        if found.st_ino and key in self._visited:
            return False
        self._visited.add(key)
        return True

    def _list(self, directory: str) -> _Listing:
        """What lies right in this directory, by name."""
        listing = _Listing()
        path = self._folder / directory if directory else self._folder
        if not self._enter(path):
            return listing
        try:
            with os.scandir(path) as found:
                entries = sorted(found, key=lambda entry: entry.name)
        except OSError as error:
            self._on_unreadable(path, directory, error)
            return listing
        if any(entry.name in OPT_OUT for entry in entries):
            return listing
        for entry in entries:
            self._token.check()
            if not is_hidden(entry.name):
                self._sort(entry, directory, listing)
        return listing

    def _sort(self, entry: "os.DirEntry[str]", directory: str, listing: _Listing) -> None:
        relative = os.path.join(directory, entry.name)  # noqa: PTH118 (surrogates stay as they are)
        try:
            if entry.is_dir():
                if entry.name not in SYSTEM_DIRECTORIES and not self._is_excluded(entry):
                    (listing.linked if entry.is_symlink() else listing.below).append(relative)
            elif is_supported(entry.name):
                self._add_file(relative, entry.stat(), listing)
        except FileNotFoundError:
            if entry.is_symlink():
                self._report(relative, "The link leads nowhere.", advice.LINK)
        except OSError as error:
            reason = f"It cannot be looked at: {in_words(error)}."
            self._report(relative, reason, advice.PERMISSIONS)

    def _add_file(self, relative: str, found: os.stat_result, listing: _Listing) -> None:
        if getattr(found, "st_file_attributes", 0) & _HIDDEN_ATTRIBUTE:
            return
        if not stat.S_ISREG(found.st_mode):
            reason = "This is not a regular file; it was not opened."
            self._report(relative, reason, advice.NO_PICTURE)
            return
        size_bytes, mtime_ns = found.st_size, found.st_mtime_ns
        listing.files.append(FileStat(Path(relative), size_bytes, mtime_ns, found.st_ino))

    def _is_excluded(self, entry: "os.DirEntry[str]") -> bool:
        return bool(self._excluded) and os.path.realpath(entry.path) in self._excluded

    def _report(self, relative: str, reason: str, help_: str) -> None:
        self.problems.append(FileProblem(self._folder / relative, reason, advice=help_))

    def _on_unreadable(self, path: Path, directory: str, error: OSError) -> None:
        if not directory:
            raise _root_problem(self._folder, error) from error
        self.check_root()
        if not isinstance(error, FileNotFoundError | NotADirectoryError):
            self.unseen.append(Path(directory))
            self.problems.append(
                FileProblem(
                    path,
                    f"This directory cannot be read: {in_words(error)}.",
                    advice="Check its permissions; what it holds is kept as it was.",
                )
            )


def _root_problem(folder: Path, error: OSError) -> EnvironmentProblem:
    shown = os.fsencode(folder).decode("utf-8", "replace")
    if error.errno in _OFFLINE:
        return FolderOffline(
            f"The folder {shown} is not there now; its photos are kept as they were.",
            advice="Plug in or mount its drive, or remove the folder from the library.",
        )
    return FolderUnreadable(
        f"The folder {shown} cannot be read: {in_words(error)}.",
        advice="Check its permissions.",
    )


def is_hidden(name: str) -> bool:
    """Whether files and directories of this name are left out."""
    return name.startswith(".")


def is_supported(name: str) -> bool:
    """Whether a file of this name may be a photo or a video."""
    return os.path.splitext(name)[1].lower() in SUPPORTED  # noqa: PTH122 (asked of every file)


def covers(folder: Path, path: Path) -> bool:
    """Whether a walk of `folder` comes by `path` (of a file or directory), going by names alone."""
    if path == folder:
        return True
    if not path.is_relative_to(folder):
        return False
    parts = path.relative_to(folder).parts
    return not any(is_hidden(part) or part in SYSTEM_DIRECTORIES for part in parts)
