"""`models`: the model packs: what there is, installing, checking, choosing, removing."""

import sys
import time
from typing import TYPE_CHECKING, Any

import click

from album.cli.library import user_settings
from album.cli.options import Exit, json_option, library_option
from album.cli.output import (
    CLEAR_LINE,
    fail,
    megabytes,
    note,
    print_json,
    print_table,
    printable,
    say,
)

if TYPE_CHECKING:
    from album.analysis.packs import Pack, Shelf, Shelved

_SAY_EVERY_S = 10.0


@click.group(invoke_without_command=True)
@library_option
@json_option
@click.pass_context
def models(context: click.Context, as_json: bool) -> int:
    """The model packs: what is installed, what can be had.

    One is built in. Others are fetched or read from a file when you say so, never by themselves.
    """
    return Exit.DONE if context.invoked_subcommand is not None else _list(as_json)


@models.command(name="list")
@library_option
@json_option
def list_packs(as_json: bool) -> int:
    """All packs: built in, installed, and those that can be had."""
    return _list(as_json)


def _list(as_json: bool) -> int:
    used, shelf = _used(), _shelf()
    found = shelf.all()
    if as_json:
        print_json(
            [
                _document(one.pack, installed=one.installed, used=one.pack.name in used)
                for one in found
            ]
        )
    elif found:
        print_table((_row(one, used) for one in found), right=(3,))
    else:
        say("no model packs are installed: photos are browsed by colour, date and place only")
    for name, problem in shelf.unreadable().items():
        fail(name, str(problem))
    return Exit.DONE


def _row(one: "Shelved", used: set[str]) -> tuple[str, ...]:
    pack = one.pack
    about = "" if pack.calibrated or pack.capability == "subject" else ", scores not calibrated"
    return (
        pack.name,
        _state(one, used),
        str(pack.capability or "all"),
        _size(pack),
        pack.licence,
        f"{pack.purpose}{about}",
    )


def _size(pack: "Pack") -> str:
    known = all(file.size_bytes or file.about_bytes for file in pack.files)
    return megabytes(pack.size_bytes) if known else "?"


def _state(one: "Shelved", used: set[str]) -> str:
    if one.pack.builtin:
        return "built in"
    if not one.installed:
        return "can be had"
    return "in use" if one.pack.name in used else "installed"


@models.command()
@click.argument("what", metavar="NAME|URL|FILE")
@click.option("--as", "named", metavar="NAME", default="", help="Which pack URL or FILE is.")
@library_option
@json_option
def install(what: str, named: str, as_json: bool) -> int:
    """Fetch the pack NAME, or take it from a URL or FILE.

    FILE is a pack's file as its makers publish it, or a manifest (.toml) with its files beside it.
    `album models use NAME` puts it to use.
    """
    meter = _Meter()
    try:
        pack = _shelf().install(what, named=named, progress=meter.show)
    finally:
        meter.end()
    if as_json:
        print_json(_document(pack, installed=True, used=False))
    else:
        say(f"{pack.name} is installed, {megabytes(pack.size_bytes)}")
        note(f"`album models use {pack.name}` puts it to use.")
    return Exit.DONE


@models.command()
@click.argument("name", required=False)
@library_option
@json_option
def verify(name: str | None, as_json: bool) -> int:
    """Compare every file of the packs with the SHA-256 of its manifest."""
    from album.analysis.packs import find_faults

    shelf = _shelf()
    packs = [shelf.installed(name)] if name else [one.pack for one in shelf.all() if one.installed]
    found = [(pack, find_faults(pack)) for pack in packs]
    unreadable = {} if name else shelf.unreadable()
    if as_json:
        print_json(
            [
                _document(pack, installed=True, used=pack.name in _used())
                | {"sound": not faults, "faults": faults}
                for pack, faults in found
            ]
        )
    else:
        for pack, faults in found:
            say(f"{pack.name}: {'damaged' if faults else 'sound'}")
    for pack, faults in found:
        for fault in faults:
            fail(pack.name, fault)
    for damaged, problem in unreadable.items():
        fail(damaged, str(problem))
    wrong = unreadable or any(faults for _, faults in found)
    return Exit.ENVIRONMENT if wrong else Exit.DONE


@models.command()
@click.argument("name")
@library_option
@json_option
def use(name: str, as_json: bool) -> int:
    """Let the installed pack NAME look at photos; `basic` goes back to the built-in one alone.

    Photos are looked at again by the next `album index` or the next window. What you decided about
    tags stays.
    """
    from album.analysis.packs import with_choice

    shelf, settings = _shelf(), user_settings()
    pack = shelf.installed(name)
    there = {one.pack.name: one.pack for one in shelf.all() if one.installed}
    before = settings.current.packs
    after = settings.change(packs=with_choice(before, pack, there.get)).packs
    if as_json:
        print_json(_document(pack, installed=True, used=pack.name in _used()))
    else:
        say("the built-in pack alone is in use" if pack.builtin else f"{pack.name} is in use")
    if not pack.calibrated and pack.capability != "subject":
        note("its scores are not calibrated: only what it is very sure of is suggested.")
    if before != after:
        note("photos are looked at again by `album index`, or when the window is next opened.")
    return Exit.DONE


@models.command()
@click.argument("name")
@library_option
@json_option
def remove(name: str, as_json: bool) -> int:
    """Take the installed pack NAME off the disk, and out of use."""
    from album.analysis.packs import names_of

    settings = user_settings()
    _shelf().remove(name)
    used = names_of(settings.current.packs)
    if name in used:
        settings.change(packs=",".join(one for one in used if one != name))
    if as_json:
        print_json({"name": name})
    else:
        say(f"{name} is removed")
    return Exit.DONE


def _shelf() -> "Shelf":
    from album.analysis.packs import Shelf
    from album.directories import models_directory

    return Shelf(models_directory())


def _used() -> set[str]:
    from album.analysis.packs import names_of

    return set(names_of(user_settings().current.packs))


def _document(pack: "Pack", *, installed: bool, used: bool) -> dict[str, Any]:
    return {
        "name": pack.name,
        "revision": pack.revision,
        "builtin": pack.builtin,
        "installed": installed,
        "in_use": used or pack.builtin,
        "capability": pack.capability,
        "calibrated": pack.calibrated,
        "licence": pack.licence,
        "purpose": pack.purpose,
        "bytes": pack.size_bytes,
        "files": [
            {
                "path": str(file.path) if installed else None,
                "url": file.url or None,
                "bytes": file.size_bytes or file.about_bytes,
                "sha256": file.sha256 or None,
            }
            for file in pack.files
        ],
    }


class _Meter:
    """How far fetching is: one line on a terminal, one every ten seconds elsewhere."""

    def __init__(self) -> None:
        self._terminal = sys.stderr.isatty()
        self._said_s = time.monotonic()
        self._shown = False

    def show(self, done: int, total: int) -> None:
        """So many bytes are there, of so many."""
        now_s = time.monotonic()
        if now_s - self._said_s < (0.1 if self._terminal else _SAY_EVERY_S):
            return
        self._said_s = now_s
        text = f"fetching {megabytes(done)}" + (f" of {megabytes(total)}" if total else "")
        if self._terminal:
            click.echo(f"{CLEAR_LINE}{printable(text)}", err=True, nl=False)
            self._shown = True
        else:
            note(text)

    def end(self) -> None:
        """Leave the line clean."""
        if self._shown:
            click.echo(CLEAR_LINE, err=True, nl=False)


COMMANDS = (models,)
