"""The errors Albumen raises on purpose; anything else that is raised is a bug.

`EnvironmentProblem` is about the machine (show it, go on), `FileProblem` about one file (record it,
go on), `LibraryProblem` about the library itself (say it, stop).
"""

import errno
from pathlib import Path
from typing import Final

_WORDS: Final = {
    errno.EACCES: "there is no permission",
    errno.EPERM: "there is no permission",
    errno.EROFS: "its drive can only be read",
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "your share of the disk is used up",
    errno.ENOENT: "it is not there",
    errno.ENOTDIR: "a file is in its way",
    errno.EEXIST: "something is there already",
    errno.EISDIR: "it is a folder",
    errno.ELOOP: "its links lead back to themselves",
    errno.ENAMETOOLONG: "its name is too long",
    errno.EIO: "the drive reports an error",
    errno.ESTALE: "the drive is gone",
    errno.ENODEV: "the drive is gone",
    errno.ENXIO: "the drive is gone",
    errno.EBUSY: "another program uses it",
    errno.ETXTBSY: "another program uses it",
    errno.EMFILE: "too many files are open",
    errno.ENFILE: "too many files are open",
    errno.ENOMEM: "there is not enough memory",
    errno.EFBIG: "it would be larger than the drive allows",
}


def in_words(error: OSError) -> str:
    """What the operating system complains of, as the end of a sentence."""
    return _WORDS.get(error.errno or 0, "the system refused")


def advised(text: str, advice: str) -> str:
    """What happened and what can be done about it, as sentences; either may be empty."""
    text = text.strip()
    ended = not (text and advice) or text[-1] in ".!?…:;。"
    gap = "" if text.endswith("。") else " "
    return f"{text if ended else f'{text}.'}{gap}{advice}".strip()


class AlbumError(Exception):
    """Root of all errors that Albumen raises on purpose.

    The text says what happened and to what; `advice` says what the user can do.
    """

    def __init__(self, text: str, *, advice: str = "") -> None:
        super().__init__(text)
        self.text = text
        self.advice = advice

    def __str__(self) -> str:
        """The text with its advice, as shown to a user."""
        return advised(self.text, self.advice)


class EnvironmentProblem(AlbumError):
    """The machine is in the way: disk full, no permission, no such folder, no watches left."""


class DeviceMemoryProblem(EnvironmentProblem):
    """The inference device ran out of memory; a smaller batch or the CPU may do."""


class PackProblem(EnvironmentProblem):
    """A model pack is missing, damaged, or not what its manifest says."""


class FileProblem(AlbumError):
    """One file could not be read, decoded or understood; the others go on.

    Attributes:
        detail: what a decoder or the system said, for the log: no words for users.
    """

    def __init__(self, path: Path, reason: str, *, advice: str = "", detail: str = "") -> None:
        super().__init__(reason, advice=advice)
        self.path = path
        self.reason = reason
        self.detail = detail


class LibraryProblem(AlbumError):
    """The library cannot be used as it is."""


class LibraryLocked(LibraryProblem):
    """Another Albumen works on this library."""


class LibraryTooNew(LibraryProblem):
    """The library was written by a newer Albumen."""


class LibraryDamaged(LibraryProblem):
    """The library file is not a sound SQLite database."""


class QueryProblem(AlbumError):
    """A search text that cannot be understood."""


class Interrupted(AlbumError):
    """The user cancelled; never shown as an error."""
