"""`index` and `watch`: scan the folders and look at all photos that wait."""

import signal
import threading
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

import click

from album.cli.library import existing_folder, working_library
from album.cli.options import (
    A_PATH,
    Common,
    Exit,
    device_option,
    json_option,
    library_option,
    pass_common,
)
from album.cli.output import counted, duration, fail, note, number, print_json, printable, say
from album.cli.progress import show_progress
from album.errors import EnvironmentProblem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from album.jobs.activity import Activity
    from album.notices import Notice, Notices
    from album.session import LibrarySession, Progress
    from album.storage.problems import Problem

_LONG_S = 3600.0

LIBRARY_STUCK = "library"
"""The key of notices that say that the library cannot be written."""


@click.command()
@click.argument("folder", nargs=-1, type=A_PATH)
@json_option
@library_option
@device_option
@pass_common
def index(common: Common, folder: tuple[Path, ...], as_json: bool) -> int:
    """Add the FOLDERs if new, scan, look at all photos that wait."""
    folders = [existing_folder(one) for one in folder]
    _end_on_sigterm()
    with working_library(common, watch=False) as session:
        outcome = _index(session, folders)
    if as_json:
        print_json(_document(outcome))
    else:
        _say_summary(outcome.summary)
    return _name_failures(outcome)


@click.command()
@click.argument("folder", nargs=-1, type=A_PATH)
@library_option
@device_option
@pass_common
def watch(common: Common, folder: tuple[Path, ...]) -> int:
    """As index, and go on until Ctrl+C with what changes."""
    folders = [existing_folder(one) for one in folder]
    _end_on_sigterm()
    with working_library(common, watch=True) as session:
        outcome = _index(session, folders)
        _say_summary(outcome.summary)
        code = _name_failures(outcome)
        watched = counted(len(session.folders().result()), "folder")
        note(f"now watching {watched} for changes; Ctrl+C ends it.")
        _tell_changes(session, outcome.problems)
    return code


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What indexing came to.

    Attributes:
        waiting: photos that nobody could look at: the networks are not usable.
        vanished: folders of the command line that went away meanwhile.
        unseen: all watched folders are away or cannot be read.
    """

    summary: "Progress"
    problems: "list[Problem]"
    waiting: int
    vanished: tuple[Path, ...] = ()
    unseen: bool = False


def _index(session: "LibrarySession", folders: list[Path]) -> _Outcome:
    from album.storage.folders import FolderState
    from album.storage.jobs import counts

    for folder in folders:
        session.add_folder(folder).result()
    if not session.folders().result():
        note("no folder is watched yet; `album index FOLDER` adds one.")
    summary = show_progress(until_stuck(session.index(), session.notices))
    watched = session.folders().result()
    away = [one for one in watched if one.state in {FolderState.OFFLINE, FolderState.UNREADABLE}]
    for one in away:
        note(printable(one.note))
    jobs = session.database.query(counts)
    return _Outcome(
        summary,
        session.problems().result(),
        jobs.pending + jobs.running,
        tuple(folder for folder in folders if not folder.is_dir()),
        bool(away) and len(away) == len(watched),
    )


def until_stuck(steps: "Iterator[Progress]", notices: "Notices") -> "Iterator[Progress]":
    """The steps, until the library cannot be written: a window waits for room, a command ends."""
    stuck: list[Notice] = []
    forget = notices.subscribe(lambda notice: stuck.append(notice))
    try:
        for step in steps:
            yield step
            if any(one.replaces == LIBRARY_STUCK for one in stuck):
                raise EnvironmentProblem(
                    "Stopped: the library cannot be written.",
                    advice="Once it can, `album index` goes on there.",
                )
    finally:
        forget()


def _document(outcome: _Outcome) -> dict[str, Any]:
    summary = outcome.summary
    return {
        "photos": summary.photos,
        "new": summary.new,
        "analysed": summary.analysed,
        "failed": [{"path": str(one.path), "reason": one.reason} for one in outcome.problems],
        "seconds": round(summary.seconds, 3),
        "photos_per_second": _rate(summary),
        "device": summary.device,
    }


def _rate(summary: "Progress") -> float:
    """Photos that were looked at a second, over the whole run."""
    return round(summary.analysed / summary.seconds, 2) if summary.seconds > 0 else 0.0


def _say_summary(summary: "Progress") -> None:
    say(f"{counted(summary.photos, 'photo')} in the library, {number(summary.new)} of them new")
    if not summary.new and not summary.analysed:
        say("nothing new")
        return
    where = f" on {summary.device}" if summary.device else ""
    say(
        f"looked at {number(summary.analysed)} in {duration(summary.seconds)}"
        f" ({_rate(summary):,.1f} a second{where})"
    )


def _name_failures(outcome: _Outcome) -> Exit:
    for one in outcome.problems:
        fail(one.path, one.reason)
    if outcome.problems:
        note(
            f"{counted(len(outcome.problems), 'problem')}; `album problems` says what can be done."
        )
    for folder in outcome.vanished:
        fail(folder, "went away meanwhile; nothing is lost, `album index` goes on when it is back.")
    if outcome.waiting:
        note(f"{counted(outcome.waiting, 'photo')} could not be looked at now; they wait.")
    if outcome.waiting or outcome.vanished or outcome.unseen:
        return Exit.ENVIRONMENT
    return Exit.SOME_FAILED if outcome.problems else Exit.DONE


def _tell_changes(session: "LibrarySession", known: "Sequence[Problem]") -> None:
    """Say what happens until the user ends it; quiet while nothing does."""
    from album.session import ChangeKind

    told = {(one.path, one.reason) for one in known}
    teller = _Teller()
    changed = threading.Event()
    changed.set()  # something may have happened since the problems were read
    forget_activity = session.activity.subscribe(teller)
    forget_changes = session.changes.subscribe(
        lambda change: changed.set() if change.kind is ChangeKind.PROBLEMS else None
    )
    try:
        while True:
            while not changed.wait(_LONG_S):
                pass
            changed.clear()
            for one in session.problems().result():
                if (one.path, one.reason) not in told:
                    told.add((one.path, one.reason))
                    fail(one.path, one.reason)
    except KeyboardInterrupt:
        note(f"stopped watching; {counted(teller.looked, 'photo')} looked at meanwhile.")
    finally:
        forget_activity()
        forget_changes()


class _Teller:
    """A line when photos begin to be looked at, and one when all of them are.

    Attributes:
        looked: how many there were so far.
    """

    def __init__(self) -> None:
        self.looked = 0
        self._total = 0

    def __call__(self, activities: "Sequence[Activity]") -> None:
        totals = [one.total or 0 for one in activities if str(one.kind) == "analysing"]
        total = max(totals, default=0)
        if total and not self._total:
            note(f"looking at {counted(total, 'photo')} that came or changed")
        elif self._total and not total:
            note(f"looked at {counted(self._total, 'photo')}")
            self.looked += self._total
        self._total = max(self._total, total) if total else 0


def _end_on_sigterm() -> None:
    """Let a service manager's SIGTERM end the work as cleanly as Ctrl+C."""
    signal.signal(signal.SIGTERM, _interrupt)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


COMMANDS = (index, watch)
