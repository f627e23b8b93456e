"""Brings the library up to what lies in a folder: scan, reconcile, examine, store, in batches."""

import time
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import sqlite_utils

from album.cancel import CancelToken
from album.domain.photo import FolderId, PhotoId
from album.domain.taxonomy import Taxonomy
from album.errors import FileProblem
from album.intake.reconcile import FileChanges, Reconciliation
from album.intake.scanner import FileStat, FolderOffline, Scanner
from album.intake.watcher import Spot
from album.manners import give_way
from album.pictures import advice
from album.pictures.examine import CUT_SHORT
from album.pictures.examiner import Examiner, Outcome
from album.pictures.original import FileChanged, FileUnreadable
from album.storage.database import Database
from album.storage.folders import Folder
from album.storage.jobs import enqueue, retry_failed
from album.storage.photos import (
    ExaminedFile,
    FileState,
    KnownFile,
    MovedFile,
    known_files,
    known_files_in,
    move_files,
    set_file_state,
    store_examined,
)
from album.storage.problems import Failure, Stage, problems, record, resolve

EXAMINERS = 2
CHUNK = 16
"""So many files are examined together, once many have been."""
SOLO = 64
"""The first files are examined one by one: they are the first to be seen."""
APART_FROM = 320
"""From this file on other processes examine: fewer are done before those have started."""
FIRST_BATCH = 8
MOST_BATCH = 200
FLUSH_S = 0.25
"""What was examined is stored after this long, however little it is."""
AHEAD = 8
"""Chunks that are being examined, or wait for it."""
AHEAD_WRITES = 2
SETTLED_S = 0.15
"""A file that was written to less than this ago may still be growing."""


@dataclass(frozen=True, slots=True)
class ImportProgress:
    """Where the import of one folder stands.

    Attributes:
        seen: files that the scan has come by.
        examined: files that were read, failed ones included.
        new: photos that the library did not know.
        failed: files that could not be read.
        ids: photos that were added or changed since the last progress.
        unsettled: directories with files that are still being written to; to be scanned again.
    """

    seen: int = 0
    examined: int = 0
    new: int = 0
    failed: int = 0
    ids: tuple[PhotoId, ...] = ()
    unsettled: tuple[Path, ...] = ()


class Importer:
    """Imports folders, one run at a time.

    Args:
        database: of the library.
        taxonomy: turns keywords into tags.
        signature: of the analysers that shall look at new photos; None while nobody knows: then
            they are not queued, and whoever finds the analysers queues all that have no job.
        apart_from: the file of a run from which on other processes examine.
    """

    def __init__(
        self,
        database: Database,
        taxonomy: Taxonomy,
        signature: Callable[[], str | None],
        *,
        apart_from: int = APART_FROM,
    ) -> None:
        self._database = database
        self._taxonomy = taxonomy
        self._signature = signature
        self._devices: dict[FolderId, int] = {}
        self._apart_from = apart_from
        self._pool = ThreadPoolExecutor(EXAMINERS, "album-examiner", give_way)
        self._examiner = Examiner(processes=EXAMINERS)

    def run(
        self,
        folder: Folder,
        token: CancelToken,
        *,
        spots: Sequence[Spot] = (),
        excluded: Collection[Path] = (),
    ) -> Iterator[ImportProgress]:
        """Look through a folder (or these spots of it), and yield after each batch that was stored.

        FolderOffline, FolderUnreadable; Interrupted; EnvironmentProblem when the library cannot be
        written. What was stored until then stays.
        """
        scanner = Scanner(folder.path, token, excluded=excluded)
        run = _Run(self._database, self._taxonomy, self._signature, folder, scanner, spots)
        run.trusted_empty = self._devices.get(folder.id) == scanner.device
        begun = 0
        for files in run.scan():
            if begun <= self._apart_from < begun + len(files):
                self._examiner.get_ready()
            for chunk in _chunks(files, begun):
                token.check()
                apart = begun >= self._apart_from
                begun += len(chunk)
                run.put(chunk, self._pool.submit(self._examine, folder, chunk, apart))
                yield from run.stored()
        yield from run.finish(token)
        self._devices[folder.id] = scanner.device

    def close(self) -> None:
        """Stop the threads; files that are being read here are read to their end."""
        self._examiner.close()
        self._pool.shutdown(cancel_futures=True)

    def _examine(self, folder: Folder, files: Sequence[FileStat], apart: bool) -> list[Outcome]:
        return self._examiner.examine(folder.path, [file.path for file in files], apart=apart)


def _chunks(files: Sequence[FileStat], begun: int) -> Iterator[Sequence[FileStat]]:
    """One by one at first, then several at once; `begun` files came before these."""
    at = min(len(files), max(0, SOLO - begun))
    yield from ([file] for file in files[:at])
    yield from (files[start : start + CHUNK] for start in range(at, len(files), CHUNK))


@dataclass(slots=True)
class _Batch:
    """What goes to the writer together."""

    examined: list[ExaminedFile] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    broken: list[KnownFile] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.examined) + len(self.failures)


@dataclass(frozen=True, slots=True)
class _Stored:
    """What the writer answers."""

    ids: tuple[PhotoId, ...]
    new: int = 0


class _Run:
    """One look through a folder.

    Attributes:
        trusted_empty: this very file system held the folder at the last look, so when nothing is in
            it any more, somebody has deleted it all; else its drive may not be mounted.
    """

    trusted_empty = False

    def __init__(
        self,
        database: Database,
        taxonomy: Taxonomy,
        signature: Callable[[], str | None],
        folder: Folder,
        scanner: Scanner,
        spots: Sequence[Spot],
    ) -> None:
        self._database = database
        self._taxonomy = taxonomy
        self._signature = signature
        self._folder = folder
        self._scanner = scanner
        self._spots = spots
        self._known = self._known_files()
        self._unread: set[Path] = set()
        self._troubled = self._known_problems()
        failed = {path: stamp for path, stamp in self._troubled.items() if stamp}
        self._reconciliation = Reconciliation(self._known.values(), failed, self._unread)
        self._doubtful: list[FileStat] = []
        self._reading: deque[tuple[Sequence[FileStat], Future[list[Outcome]]]] = deque()
        self._writing: deque[Future[_Stored]] = deque()
        self._batch = _Batch()
        self._batch_size = FIRST_BATCH
        self._flushed_s = time.monotonic()
        self._unsettled: set[Path] = set()
        self._seen = self._examined = self._new = self._failed = 0

    # What the library knows

    def _known_files(self) -> dict[Path, KnownFile]:
        roots = [spot.directory for spot in self._spots]
        if not roots or Path() in roots:
            known = self._database.query(lambda c: known_files(c, self._folder.id))
        else:
            known = [
                file
                for root in roots
                for file in self._database.query(
                    partial(known_files_in, folder_id=self._folder.id, directory=root)
                )
            ]
        return {file.path: file for file in known if self._concerns(file.path)}

    def _known_problems(self) -> dict[Path, tuple[int, int] | None]:
        """Troubled files of this folder, with how they were when they failed to be read."""
        found: dict[Path, tuple[int, int] | None] = {}
        for problem in self._database.query(problems):
            if problem.folder_id != self._folder.id or problem.path == self._folder.path:
                continue
            path = problem.path.relative_to(self._folder.path)
            if self._concerns(path):
                stamp = None
                if problem.stage is Stage.READ and problem.size_bytes is not None:
                    stamp = (problem.size_bytes, problem.mtime_ns or 0)
                elif problem.stage is Stage.READ:
                    self._unread.add(path)
                found[path] = found.get(path) or stamp
        return found

    def _concerns(self, path: Path) -> bool:
        return not self._spots or any(
            path.is_relative_to(spot.directory) if spot.deep else path.parent == spot.directory
            for spot in self._spots
        )

    # Scanning and reading

    def scan(self) -> Iterator[Sequence[FileStat]]:
        """Batches of files that have to be read."""
        for files in self._walk():
            self._seen += len(files)
            for file in files:
                self._troubled.pop(file.path, None)
            certain, doubtful = self._reconciliation.see(files)
            self._doubtful += doubtful
            if certain.returned:
                self._write(partial(self._note_states, changes=certain))
            yield self._settled(certain.to_examine)
        if self._seen == 0 and not self._trusts_empty():
            raise FolderOffline(
                f"The folder {self._folder.shown} is empty; its photos are kept as they were.",
                advice="Mount its drive; if you have deleted all of it, remove the folder instead.",
            )
        rest = self._reconciliation.settle(self._doubtful, self._scanner.unseen)
        yield self._settled(rest.added)
        self._write(partial(self._note_states, changes=rest))
        self._write(self._note_problems)

    def _walk(self) -> Iterator[list[FileStat]]:
        if not self._spots:
            yield from self._scanner.walk()
        deep = [spot.directory for spot in self._spots if spot.deep]
        for spot in self._spots:
            if any(spot.directory.is_relative_to(one) for one in deep if one != spot.directory):
                continue
            if spot.deep:
                yield from self._scanner.walk(spot.directory)
            else:
                yield self._scanner.files_in(spot.directory)

    def _trusts_empty(self) -> bool:
        had_some = any(file.state is FileState.PRESENT for file in self._known.values())
        return bool(
            self.trusted_empty
            or self._spots
            or not had_some
            or next(self._folder.path.iterdir(), None)
        )

    def _settled(self, files: Iterable[FileStat]) -> list[FileStat]:
        """Those that nobody is writing to just now; the others are looked at later."""
        now_ns = time.time_ns()
        young_ns = now_ns - int(SETTLED_S * 1e9)
        settled = []
        for file in files:
            if young_ns < file.mtime_ns <= now_ns:
                self._unsettled.add(file.path.parent)
            else:
                settled.append(file)
        return settled

    def put(self, files: Sequence[FileStat], future: "Future[list[Outcome]]") -> None:
        """Files are being read; waits for the oldest when too many are."""
        self._reading.append((files, future))
        while len(self._reading) > AHEAD or (self._reading and self._reading[0][1].done()):
            self._take()

    def _take(self) -> None:
        """Wait for the files that have been read longest, and hand full batches to the writer."""
        files, future = self._reading.popleft()
        for file, found in zip(files, future.result(), strict=True):
            if isinstance(found, FileProblem):
                self._note_failure(file, found)
                continue
            self._examined += 1
            self._batch.examined.append(
                ExaminedFile(file.path, file.size_bytes, file.mtime_ns, file.inode, found)
            )
            if found.cut_short:
                self._batch.failures.append(self._failure(file, CUT_SHORT, advice.ANEW))
        late = time.monotonic() - self._flushed_s > FLUSH_S
        if len(self._batch) >= self._batch_size or (late and len(self._batch)):
            self._flush()

    def _note_failure(self, file: FileStat, problem: FileProblem) -> None:
        self._scanner.check_root()
        if isinstance(problem, FileChanged) or not problem.path.exists():
            self._unsettled.add(file.path.parent)
            return
        self._examined += 1
        self._failed += 1
        tried_again = isinstance(problem, FileUnreadable)  # rights change, the file's times do not
        self._batch.failures.append(
            self._failure(file, problem.reason, problem.advice, stamped=not tried_again)
        )
        known = self._known.get(file.path)
        if known is not None and not tried_again:  # else it is what it was, as far as one can see
            self._batch.broken.append(known)

    def _failure(self, file: FileStat, reason: str, help_: str, *, stamped: bool = True) -> Failure:
        """A file that is not as it should be; stamped: it is left alone while it stays so."""
        return Failure(
            self._folder.id,
            file.path,
            Stage.READ,
            reason,
            help_,
            size_bytes=file.size_bytes if stamped else None,
            mtime_ns=file.mtime_ns if stamped else None,
        )

    # Storing

    def _flush(self) -> None:
        batch, self._batch = self._batch, _Batch()
        self._batch_size = min(MOST_BATCH, self._batch_size * 2)
        self._flushed_s = time.monotonic()
        self._write(partial(self._store, batch=batch))

    def _write(self, fn: Callable[[sqlite_utils.Database], _Stored]) -> None:
        self._writing.append(self._database.write(fn))

    def stored(self, *, all_of_it: bool = False) -> Iterator[ImportProgress]:
        """Progress for each batch that is stored; waits only where the writer falls behind."""
        while self._writing:
            behind = len(self._writing) > AHEAD_WRITES
            if not (all_of_it or behind or self._writing[0].done()):
                return
            stored = self._writing.popleft().result()
            self._new += stored.new
            if stored.ids or self._writing:
                yield self._progress(stored.ids)

    def finish(self, token: CancelToken) -> Iterator[ImportProgress]:
        """Wait for all that is under way; the last progress names what has to be scanned again."""
        while self._reading:
            token.check()
            self._take()
            yield from self.stored()
        if len(self._batch):
            self._flush()
        yield from self.stored(all_of_it=True)
        yield self._progress((), tuple(sorted(self._unsettled)))

    def _progress(
        self, ids: tuple[PhotoId, ...], unsettled: tuple[Path, ...] = ()
    ) -> ImportProgress:
        return ImportProgress(self._seen, self._examined, self._new, self._failed, ids, unsettled)

    # In the write thread

    def _store(self, db: sqlite_utils.Database, batch: _Batch) -> _Stored:
        (newest,) = db.conn.execute("SELECT coalesce(max(id), 0) FROM photo").fetchone()
        folder_id = self._folder.id
        ids = store_examined(db, folder_id, batch.examined, self._taxonomy)
        resolve(db, folder_id, [file.path for file in batch.examined])
        changed = {file.path for file in batch.examined} & self._known.keys()
        distinct = list(dict.fromkeys(ids))
        signature = self._signature()
        if signature is not None:
            enqueue(db, distinct, signature)
        if changed:
            retry_failed(db, distinct)
        record(db, batch.failures)
        broken = [file.id for file in batch.broken]
        hidden = set_file_state(db, broken, FileState.MISSING) if broken else []
        former = {self._known[path].photo_id for path in changed}
        return _Stored(tuple({*distinct, *hidden, *former}), sum(one > newest for one in distinct))

    def _note_states(self, db: sqlite_utils.Database, changes: FileChanges) -> _Stored:
        ids: set[PhotoId] = set()
        if changes.moved:
            ids.update(move_files(db, [_moved(*move, self._folder.id) for move in changes.moved]))
        for files, state in (
            (changes.returned, FileState.PRESENT),
            (changes.missing, FileState.MISSING),
        ):
            if files:
                ids.update(set_file_state(db, [file.id for file in files], state))
        gone = [file.path for file in changes.missing] + [old.path for old, _ in changes.moved]
        resolve(db, self._folder.id, gone)
        return _Stored(tuple(ids))

    def _note_problems(self, db: sqlite_utils.Database) -> _Stored:
        """Record what the scan could not see; forget problems of files that are gone."""
        failures = [
            Failure(
                self._folder.id,
                path := problem.path.relative_to(self._folder.path),
                Stage.FOLDER if path in self._scanner.unseen else Stage.READ,
                problem.reason,
                problem.advice,
            )
            for problem in self._scanner.problems
        ]
        reported = {failure.path for failure in failures}
        forgotten = [
            path
            for path in self._troubled
            if path not in reported
            and not any(path.is_relative_to(part) for part in self._scanner.unseen)
        ]
        resolve(db, self._folder.id, forgotten)
        record(db, failures)
        return _Stored(())


def _moved(known: KnownFile, seen: FileStat, folder_id: FolderId) -> MovedFile:
    return MovedFile(known.id, folder_id, seen.path, seen.size_bytes, seen.mtime_ns, seen.inode)
