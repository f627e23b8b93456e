"""The folders of a library: added, removed, and kept in step with those who watch and scan them."""

import os
import sqlite3
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import Future
from functools import partial
from pathlib import Path

import sqlite_utils

from album.domain.photo import FolderId, PhotoId
from album.errors import EnvironmentProblem
from album.intake.scanner import covers
from album.intake.watcher import Watcher
from album.session.futures import failed, mapped
from album.session.scanning import FolderScanner
from album.session.values import FolderStatus
from album.storage.database import Database
from album.storage.folders import (
    Folder,
    add_folder,
    folder,
    folders,
    photo_counts,
    remove_folder,
)

_MOUNT = "Check its name, or mount its drive."


class WatchedFolders:
    """Adds, removes and lists folders.

    Args:
        database: of the library.
        library: its directory; neither it nor what is in it can be watched.
        scanner: scans new folders; None where this session scans nothing.
        watcher: watches them; None where this session watches nothing.
        on_removed: told which photos had files in a folder that was removed.
        on_changed: told that the list of folders changed.
    """

    def __init__(
        self,
        database: Database,
        library: Path,
        scanner: FolderScanner | None,
        watcher: Watcher | None,
        *,
        on_removed: Callable[[Collection[PhotoId]], None],
        on_changed: Callable[[], None],
    ) -> None:
        self._database = database
        self._library = library
        self._scanner = scanner
        self._watcher = watcher
        self._on_removed = on_removed
        self._on_changed = on_changed
        self._known: set[FolderId] = set()

    def add(self, path: Path) -> Future[FolderStatus]:
        """Watch a folder; one that lies in a watched folder is watched already."""
        try:
            place = self._checked(path)
        except EnvironmentProblem as problem:
            return failed(problem)
        return mapped(
            self._database.write(lambda db: _add(db, [place])), lambda found: self._added(found)[0]
        )

    def add_files(self, paths: Sequence[Path]) -> Future[list[FolderStatus]]:
        """Watch dropped folders, and the folders of dropped files."""
        try:
            places = [
                self._checked(path if path.is_dir() else path.parent)
                for path in paths
                if path.exists()
            ]
        except EnvironmentProblem as problem:
            return failed(problem)
        if not places:
            shown = ", ".join(os.fsencode(path).decode("utf-8", "replace") for path in paths)
            return failed(EnvironmentProblem(f"{shown} is not there.", advice=_MOUNT))
        return mapped(self._database.write(lambda db: _add(db, places)), self._added)

    def remove(self, folder_id: FolderId) -> Future[Folder | None]:
        """Watch a folder no longer; what it was, None where it was none any more."""
        if self._scanner is not None:
            self._scanner.forget(folder_id)
        if self._watcher is not None:
            self._watcher.unwatch(folder_id)
        self._known.discard(folder_id)

        def removed(gone: tuple[Folder | None, list[PhotoId]]) -> Folder | None:
            was, ids = gone
            self._on_removed(ids)
            self._on_changed()
            return was

        return mapped(self._database.write(partial(_remove, folder_id=folder_id)), removed)

    def restore(self, removed: Folder) -> Future[list[FolderStatus]]:
        """Watch a folder again that was removed, be it there just now or not."""
        return mapped(self._database.write(lambda db: _add(db, [removed.path])), self._added)

    def rescan(self, folder_id: FolderId) -> None:
        """Look through the whole folder again, soon; nothing where this session scans nothing."""
        if self._scanner is not None:
            self._scanner.scan(folder_id)

    def statuses(self) -> Future[list[FolderStatus]]:
        """All folders, by path."""
        return self._database.read(folder_statuses)

    def all(self) -> list[Folder]:
        """All folders; waits."""
        return self._database.query(folders)

    def sync(self, *, scan_known: bool = False) -> None:
        """Watch and scan folders that others have added, let go of those they have removed."""
        found = {one.id: one for one in self.all()}
        for folder_id in self._known - found.keys():
            self._known.discard(folder_id)
            if self._watcher is not None:
                self._watcher.unwatch(folder_id)
        fresh = found.keys() if scan_known else found.keys() - self._known
        for folder_id in fresh:
            self._begin(folder_id, found[folder_id].path)

    def _begin(self, folder_id: FolderId, path: Path) -> None:
        """Watching reports the whole folder once it has begun; else it is scanned from here."""
        self._known.add(folder_id)
        if self._scanner is not None:
            self._scanner.scan(folder_id)
        if self._watcher is not None:
            self._watcher.watch(folder_id, path)

    def _added(self, found: list[FolderStatus]) -> list[FolderStatus]:
        for status in found:
            self._begin(status.id, status.path)
        self._on_changed()
        return found

    def _checked(self, path: Path) -> Path:
        """The folder's real path; EnvironmentProblem when it cannot be watched."""
        shown = str(path)
        try:
            place = path.expanduser().resolve(strict=True)
        except (OSError, RuntimeError) as error:
            raise EnvironmentProblem(f"There is no folder {shown}.", advice=_MOUNT) from error
        if not place.is_dir():
            raise EnvironmentProblem(f"{shown} is no folder.", advice="Add the folder it lies in.")
        if place.is_relative_to(self._library.resolve()):
            raise EnvironmentProblem(
                f"{shown} belongs to the library itself.", advice="Choose a folder of photos."
            )
        return place


def _add(db: sqlite_utils.Database, places: Sequence[Path]) -> list[FolderStatus]:
    ids: dict[FolderId, None] = {}
    for place in places:
        known = [one for one in folders(db.conn) if covers(one.path, place)]
        inside = max(known, key=lambda one: len(one.path.parts), default=None)
        ids[inside.id if inside else add_folder(db, place).id] = None
    return [status for status in folder_statuses(db.conn) if status.id in ids]


def _remove(db: sqlite_utils.Database, folder_id: FolderId) -> tuple[Folder | None, list[PhotoId]]:
    return folder(db.conn, folder_id), remove_folder(db, folder_id)


def folder_statuses(connection: sqlite3.Connection) -> list[FolderStatus]:
    """All folders, by path."""
    counts = photo_counts(connection)
    return [
        FolderStatus(one.id, one.path, one.state, one.note, counts.get(one.id, 0))
        for one in sorted(folders(connection), key=lambda one: one.path)
    ]
