"""`problems`, `jobs`, `status`, `check`, `backup`: how the library is."""

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from album.cli.library import DATABASE, existing_library, quick_library, why_unknown
from album.cli.options import A_PATH, Common, Exit, json_option, library_option, pass_common
from album.cli.output import (
    counted,
    megabytes,
    note,
    number,
    print_json,
    print_table,
    printable,
    say,
)
from album.errors import EnvironmentProblem, LibraryDamaged, advised

if TYPE_CHECKING:
    import sqlite3

    from album.cli.reading import Reading
    from album.storage.jobs import JobRecord
    from album.storage.problems import Problem

_ALL = 1_000_000_000

_TRIED = {
    "read": "it could not be read",
    "decode": "its picture could not be decoded",
    "analyse": "it could not be looked at",
    "folder": "the folder could not be looked through",
}
"""What went wrong, by stage."""


@click.command()
@click.option("--retry", is_flag=True, help="Let the next look at them try again.")
@json_option
@library_option
@pass_common
def problems(common: Common, retry: bool, as_json: bool) -> int:
    """Files that could not be read, decoded or looked at, and why."""
    from album.cli.reading import reading
    from album.storage.problems import problems as all_problems

    with reading(common) as library:
        found = all_problems(library.connection)
    if as_json:
        print_json([_problem_document(one) for one in found])
    else:
        _say_problems(found)
    if retry:
        with quick_library(common) as session:
            tried = session.retry([one.id for one in found]).result()
        note(f"{counted(tried, 'file')} will be tried again by `album index` or an open window.")
    return Exit.DONE


def _say_problems(found: "list[Problem]") -> None:
    if not found:
        say("no problems")
    for one in found:
        say(printable(one.path))
        say(f"    {printable(advised(one.reason, one.advice))}")
        tried = "tried once" if one.attempts == 1 else f"tried {number(one.attempts)} times"
        say(f"    {_TRIED[one.stage]}; {tried}, last on {_day_and_time(one.last_s)}")


def _problem_document(one: "Problem") -> dict[str, Any]:
    return {
        "id": one.id,
        "path": str(one.path),
        "stage": str(one.stage),
        "reason": one.reason,
        "advice": one.advice,
        "attempts": one.attempts,
        "first": _moment(one.first_s),
        "last": _moment(one.last_s),
    }


@click.command()
@click.option(
    "--state",
    type=click.Choice(("pending", "running", "done", "failed", "cancelled")),
    help="Only those; all but done ones if not said.",
)
@click.option("--limit", type=click.IntRange(1), default=100, help="At most so many; 100.")
@json_option
@library_option
@pass_common
def jobs(common: Common, state: str | None, limit: int, as_json: bool) -> int:
    """The queue of photos to look at."""
    from album.cli.reading import reading
    from album.storage.jobs import jobs as jobs_in_state

    with reading(common) as library:
        counts = _job_counts(library.connection)
        states = (state,) if state else ("running", "failed", "cancelled", "pending")
        found: list[JobRecord] = []
        for one in states:
            more = jobs_in_state(library.connection, state=one, limit=limit)
            found = [*found, *more][:limit]
        documents = [_job_document(library.connection, one) for one in found]
    if as_json:
        print_json({**counts, "jobs": documents})
        return Exit.DONE
    say("  ".join(f"{name} {number(count)}" for name, count in counts.items()))
    waiting = sum(counts[one] for one in states) - len(documents)
    if documents:
        print_table(
            (
                (str(one["id"]), one["state"], _shown(one["path"]), printable(one["reason"]))
                for one in documents
            ),
            right=(0,),
        )
    if waiting > 0:
        say(f"and {number(waiting)} more; --limit {limit + waiting} lists them")
    return Exit.DONE


def _job_counts(connection: "sqlite3.Connection") -> dict[str, int]:
    from dataclasses import asdict

    from album.storage.jobs import counts

    return asdict(counts(connection))


def _job_document(connection: "sqlite3.Connection", job: "JobRecord") -> dict[str, Any]:
    return {
        "id": job.id,
        "kind": job.kind,
        "state": job.state,
        "path": _place(connection, job),
        "attempts": job.attempts,
        "signature": job.signature,
        "reason": job.reason,
        "changed": _moment(job.changed_s),
    }


def _place(connection: "sqlite3.Connection", job: "JobRecord") -> str | None:
    """Where the job's photo lies; None when all its files are gone."""
    from album.storage.photos import locate

    located = locate(connection, [job.photo_id]).get(job.photo_id)
    return str(located.paths[0]) if located and located.paths else None


@click.command()
@click.argument("which", required=False, metavar="[ID|FILE]")
@json_option
@library_option
@pass_common
def status(common: Common, which: str | None, as_json: bool) -> int:
    """Where the library stands, or one job (by its ID) or FILE."""
    from album.cli.reading import reading

    with reading(common) as library:
        document = _library_document(library) if which is None else _job_or_file(library, which)
    unknown = document.get("known") is False and not document["problems"]
    if as_json:
        print_json(document)
    elif unknown:
        say(f"{printable(document['path'])}: {why_unknown(Path(document['path']))}")
    else:
        _say_document(document)
    return Exit.DONE


def _library_document(library: "Reading") -> dict[str, Any]:
    from album.session.folders import folder_statuses
    from album.storage.photos import present_count
    from album.storage.problems import problems as all_problems

    missing = (
        "SELECT count(DISTINCT photo_id) FROM file WHERE state = 'missing' AND photo_id NOT IN"
        " (SELECT photo_id FROM file WHERE state = 'present')"
    )
    folders = folder_statuses(library.connection)
    return {
        "library": str(library.path.parent),
        "bytes": _size_bytes(library.path.parent),
        "photos": present_count(library.connection),
        "missing_files": library.connection.execute(missing).fetchone()[0],
        "folders": len(folders),
        "unhealthy_folders": sum(str(one.state) not in {"healthy", "polling"} for one in folders),
        "problems": len(all_problems(library.connection)),
        "jobs": _job_counts(library.connection),
    }


def _size_bytes(directory: Path) -> int:
    return sum(one.stat().st_size for one in directory.glob(f"{DATABASE}*") if one.is_file())


def _job_or_file(library: "Reading", which: str) -> dict[str, Any]:
    from album.storage.jobs import jobs as jobs_in_state
    from album.storage.problems import problems as all_problems

    connection = library.connection
    everything = jobs_in_state(connection, limit=_ALL)
    if which.isdecimal() and not Path(which).exists():
        for job in everything:
            if job.id == int(which):
                return _job_document(connection, job)
        raise EnvironmentProblem(f"There is no job {which}; `album jobs` lists them.")
    path = Path(which)
    photo_id = library.photo_at(path)
    of_photo = [one for one in everything if photo_id is not None and one.photo_id == photo_id]
    return {
        "path": str(path.absolute()),
        "known": photo_id is not None,
        "jobs": [_job_document(connection, one) for one in of_photo],
        "problems": [
            _problem_document(one)
            for one in all_problems(connection)
            if one.path in {path.absolute(), path.resolve()}
        ],
    }


_HEADINGS = {"bytes": "size", "known": "in the library", "unhealthy_folders": "folders away"}


def _say_document(document: dict[str, Any]) -> None:
    for key, value in document.items():
        if isinstance(value, dict):
            text = "  ".join(f"{name} {number(count)}" for name, count in value.items())
        elif isinstance(value, list):
            text = "; ".join(
                f"{one.get('state') or one['stage']} {one['reason']}".rstrip() for one in value
            )
        elif key == "bytes":
            text = megabytes(value)
        elif isinstance(value, bool):
            text = "yes" if value else "no"
        elif key == "id" or not isinstance(value, int):
            text = _shown(value)
        else:
            text = number(value)
        say(f"{_HEADINGS.get(key, key.replace('_', ' ')):<18}{text or 'none'}")


@click.command()
@json_option
@library_option
@pass_common
def check(common: Common, as_json: bool) -> int:
    """Whether the library file is sound, page by page."""
    from album.cli.reading import reading
    from album.storage.failures import how_to_restore
    from album.storage.upkeep import find_faults

    where = existing_library(common) / DATABASE
    advice = how_to_restore(where)
    try:
        with reading(common) as library:
            faults = find_faults(library.connection)
    except LibraryDamaged as problem:  # so badly that it cannot be opened
        faults, advice = [problem.text], problem.advice
    if as_json:
        print_json({"library": str(where), "sound": not faults, "faults": faults})
    elif not faults:
        say(f"{printable(where)} is sound")
    for fault in faults:
        note(printable(fault if str(where) in fault else f"{where}: {fault}"))
    if faults:
        note(printable(f"{advice} The originals are untouched."))
    return Exit.ENVIRONMENT if faults else Exit.DONE


@click.command()
@click.argument("file", required=False, type=A_PATH)
@json_option
@library_option
@pass_common
def backup(common: Common, file: Path | None, as_json: bool) -> int:
    """Copy the library to FILE, or into its backups.

    It may be in use meanwhile; the copy is whole and consistent.
    """
    from album.cli.reading import reading
    from album.storage.upkeep import copy_database

    directory = existing_library(common)
    to = file or directory / "backups" / time.strftime("library-%Y%m%d-%H%M%S.db")
    if to.is_dir():
        to /= time.strftime("library-%Y%m%d-%H%M%S.db")
    if file is not None and not to.parent.is_dir():
        raise EnvironmentProblem(
            f"There is no folder {to.absolute().parent}; nothing was copied.",
            advice="Make it, or choose another place.",
        )
    if to.exists():
        raise EnvironmentProblem(
            f"{to} is there already; it was left as it is.", advice="Choose another name."
        )
    with reading(common) as library:
        copy_database(library.path, to.absolute())
    size_bytes = to.stat().st_size
    if as_json:
        print_json({"backup": str(to.absolute()), "bytes": size_bytes})
    else:
        say(f"{printable(to.absolute())}, {megabytes(size_bytes)}")
    return Exit.DONE


def _shown(value: object) -> str:
    return "gone" if value is None else printable(str(value))


def _day_and_time(seconds: int) -> str:
    """2026-11-27 20:12, by the clock of this machine."""
    return f"{datetime.fromtimestamp(seconds, UTC).astimezone():%Y-%m-%d %H:%M}"


def _moment(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).astimezone().isoformat(timespec="seconds")


COMMANDS = (problems, jobs, status, check, backup)
