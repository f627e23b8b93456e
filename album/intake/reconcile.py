"""What became of the files of a folder: the library's rows against what the scan saw. Pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from album.intake.scanner import FileStat
from album.storage.photos import FileState, KnownFile

Stamp = tuple[int, int]
"""Size in bytes and time of the last write in ns: alike means nobody wrote to the file."""


@dataclass(frozen=True, slots=True)
class FileChanges:
    """The difference between library and folder.

    Attributes:
        added: at a path that the library does not know; to be examined.
        changed: written to since the last look; to be examined.
        moved: the very same file (inode, size, time) at a new path, its old one being free.
        returned: missing until now, and like it was.
        missing: not there any more.
    """

    added: tuple[FileStat, ...] = ()
    changed: tuple[FileStat, ...] = ()
    moved: tuple[tuple[KnownFile, FileStat], ...] = ()
    returned: tuple[KnownFile, ...] = ()
    missing: tuple[KnownFile, ...] = ()

    @property
    def to_examine(self) -> tuple[FileStat, ...]:
        """What has to be read to know what it is."""
        return self.added + self.changed


class Reconciliation:
    """Compares batch by batch, so that the first photos need not wait for the end of the scan.

    Args:
        known: rows of the folder (or of the part of it that is scanned).
        failed: files that could not be read, as they were then; not tried again while they stay so.
        again: files that are to be examined, changed or not.
    """

    def __init__(
        self,
        known: Iterable[KnownFile],
        failed: Mapping[Path, Stamp] | None = None,
        again: Collection[Path] = (),
    ) -> None:
        self._rest = {file.path: file for file in known}
        self._failed = failed or {}
        self._again = frozenset(again)
        self._by_inode = {
            (file.inode, file.size_bytes, file.mtime_ns): file
            for file in self._rest.values()
            if file.inode
        }

    def see(self, files: Iterable[FileStat]) -> tuple[FileChanges, tuple[FileStat, ...]]:
        """What is certain of these files already, and those that may have moved (see `settle`)."""
        added, changed, doubtful = list[FileStat](), list[FileStat](), list[FileStat]()
        returned = list[KnownFile]()
        for file in files:
            known = self._rest.pop(file.path, None)
            stamp = (file.size_bytes, file.mtime_ns)
            if self._failed.get(file.path) == stamp:
                continue
            if known is None:
                (doubtful if self._origin(file) else added).append(file)
            elif file.path in self._again or (known.size_bytes, known.mtime_ns) != stamp:
                changed.append(file)
            elif known.state is FileState.MISSING:
                returned.append(known)
        certain = FileChanges(tuple(added), tuple(changed), returned=tuple(returned))
        return certain, tuple(doubtful)

    def settle(self, doubtful: Iterable[FileStat], unseen: Collection[Path] = ()) -> FileChanges:
        """When the scan has ended: what moved, what is missing. Nothing below `unseen` is."""
        added, moved = list[FileStat](), list[tuple[KnownFile, FileStat]]()
        for file in doubtful:
            origin = self._origin(file)
            if origin is not None and self._rest.get(origin.path) is origin:
                moved.append((origin, file))
                del self._rest[origin.path]
            else:
                added.append(file)
        missing = tuple(
            known
            for known in self._rest.values()
            if known.state is FileState.PRESENT
            and not any(known.path.is_relative_to(directory) for directory in unseen)
        )
        return FileChanges(tuple(added), moved=tuple(moved), missing=missing)

    def _origin(self, file: FileStat) -> KnownFile | None:
        return self._by_inode.get((file.inode, file.size_bytes, file.mtime_ns))


def reconcile(
    known: Iterable[KnownFile],
    seen: Sequence[FileStat],
    unseen: Collection[Path] = (),
    failed: Mapping[Path, Stamp] | None = None,
) -> FileChanges:
    """All changes at once; for the arguments see `Reconciliation`."""
    reconciliation = Reconciliation(known, failed)
    certain, doubtful = reconciliation.see(seen)
    rest = reconciliation.settle(doubtful, unseen)
    return FileChanges(
        added=certain.added + rest.added,
        changed=certain.changed,
        moved=rest.moved,
        returned=certain.returned,
        missing=rest.missing,
    )
