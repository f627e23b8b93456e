"""Examining many files: in other processes, since Python runs one thread at a time in each."""

import json
import logging
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from album.domain.photo import Examination, Fingerprint, MediaKind, Metadata
from album.errors import FileProblem
from album.pictures import advice
from album.pictures.examine import examine
from album.pictures.isolate import Workers
from album.pictures.original import FileChanged, FileUnreadable

_log = logging.getLogger(__name__)

_OPERATION: Final = "album.pictures.examiner:examine_here"
_SECONDS: Final = 3600.0
"""Of one batch: a slow drive may take long, and nothing here computes for long."""
_IDLE_S: Final = 5.0

Outcome = Examination | FileProblem


class Examiner:
    """Examines batches of files, and never raises because of one; safe for several threads.

    Args:
        processes: at most so many; each starts when it is first needed.
    """

    def __init__(self, *, processes: int = 2) -> None:
        self._workers = Workers(
            _OPERATION, processes=processes, seconds=_SECONDS, idle_seconds=_IDLE_S
        )

    def get_ready(self) -> None:
        """Many files are to come: start the processes now; does not wait for them."""
        self._workers.get_ready()

    def examine(self, folder: Path, files: Sequence[Path], *, apart: bool) -> list[Outcome]:
        """What is in each of these files, or why nobody can tell.

        Args:
            folder: that they lie in.
            files: relative to it.
            apart: in another process; costs a third of a second when it has to be started.

        Interrupted when the examiner is closed.
        """
        if apart:
            try:
                _, content = self._workers.ask(folder, files=[str(one) for one in files])
                return _told(folder, files, bytes(content))
            except FileProblem as problem:  # the worker is gone: one of them was too much for it
                _log.warning("examined here, in another process it failed: %s", problem.reason)
        return [_outcome(folder / one) for one in files]

    def close(self) -> None:
        """End the processes; who waits for one gets Interrupted. Idempotent."""
        self._workers.close()


def examine_here(folder: Path, files: Iterable[str]) -> bytes:
    """What a worker does: the outcomes of these files as JSON."""
    return json.dumps([_document(_outcome(folder / one)) for one in files]).encode()


def _outcome(path: Path) -> Outcome:
    try:
        return examine(path)
    except FileProblem as problem:
        return problem
    except Exception:  # noqa: BLE001 (one file never stops the others)
        _log.exception("examining %s", path)
        reason = "Albumen could not make sense of it"
        return FileProblem(path, reason, advice=advice.REPORT)


def _document(outcome: Outcome) -> dict[str, Any]:
    if isinstance(outcome, FileProblem):
        kind = type(outcome).__name__
        return {"problem": kind, "reason": outcome.reason, "advice": outcome.advice}
    said = asdict(outcome.metadata)
    said["taken"] = outcome.metadata.taken and outcome.metadata.taken.isoformat()
    return {
        "fingerprint": str(outcome.fingerprint),
        "kind": outcome.kind,
        "format": outcome.format,
        "metadata": {name: value for name, value in said.items() if value is not None},
        "cut_short": outcome.cut_short,
    }


def _told(folder: Path, files: Sequence[Path], content: bytes) -> list[Outcome]:
    documents = json.loads(content)
    return [_read(folder / one, said) for one, said in zip(files, documents, strict=True)]


def _read(path: Path, said: dict[str, Any]) -> Outcome:
    if "problem" in said:
        return _problem(path, said["problem"], said["reason"], said["advice"])
    metadata = said["metadata"]
    if "taken" in metadata:
        metadata["taken"] = datetime.fromisoformat(metadata["taken"])
    for name in ("gps", "keywords"):
        if name in metadata:
            metadata[name] = tuple(metadata[name])
    return Examination(
        Fingerprint.parse(said["fingerprint"]),
        MediaKind(said["kind"]),
        said["format"],
        Metadata(**metadata),
        cut_short=said["cut_short"],
    )


def _problem(path: Path, kind: str, reason: str, advice: str) -> FileProblem:
    if kind == FileChanged.__name__:
        return FileChanged(path, reason)
    if kind == FileUnreadable.__name__:
        return FileUnreadable(path, reason, advice=advice)
    return FileProblem(path, reason, advice=advice)
