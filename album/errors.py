"""The errors Albumen raises on purpose; anything else that is raised is a bug.

`EnvironmentProblem` is about the machine (show it, go on), `FileProblem` about one file (record it,
go on), `LibraryProblem` about the library itself (say it, stop).
"""

from pathlib import Path


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
    """One file could not be read, decoded or understood; the others go on."""

    def __init__(self, path: Path, reason: str, *, advice: str = "") -> None:
        super().__init__(reason, advice=advice)
        self.path = path
        self.reason = reason


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
