"""`add`, `remove`, `folders`: which folders the library watches."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from album.cli.library import existing_folder, new_or_quick_library, quick_library
from album.cli.options import A_PATH, Common, Exit, json_option, library_option, pass_common
from album.cli.output import counted, fail, print_json, print_table, printable, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from album.domain.photo import FolderId
    from album.session import FolderStatus


@click.command()
@click.argument("folder", nargs=-1, required=True, type=A_PATH)
@json_option
@library_option
@pass_common
def add(common: Common, folder: tuple[Path, ...], as_json: bool) -> int:
    """Watch these FOLDERs.

    A window that runs shows their photos at once; `album index` looks at them.
    """
    folders = [existing_folder(one) for one in folder]
    with new_or_quick_library(common) as session:
        known = {one.id for one in session.folders().result()}
        added = [session.add_folder(one).result() for one in folders]
    if as_json:
        print_json([{"id": one.id, "path": str(one.path)} for one in added])
    else:
        _say_added(folders, added, known)
    return Exit.DONE


def _say_added(
    folders: "Sequence[Path]", added: "Sequence[FolderStatus]", known: "set[FolderId]"
) -> None:
    """What became of each folder that was named; one that was added just now is known next time."""
    for folder, one in zip(folders, added, strict=True):
        place = printable(one.path)
        if one.id not in known:
            say(f"added {place}; an open window shows its photos, `album index` looks at them")
        elif folder.resolve() == one.path:
            say(f"{place} is in the library already")
        else:
            say(f"{printable(folder)} lies in {place}, which is in the library already")
        known = known | {one.id}


@click.command()
@click.argument("folder", type=A_PATH)
@json_option
@library_option
@pass_common
def remove(common: Common, folder: Path, as_json: bool) -> int:
    """Watch FOLDER no longer; its files stay as they are.

    What was decided about its photos is kept, and holds again when the folder is added again.
    """
    wanted = {folder.expanduser().absolute(), folder.resolve()}
    with quick_library(common) as session:
        for status in session.folders().result():
            if status.path in wanted:
                session.remove_folder(status.id).result()
                if as_json:
                    print_json({"id": status.id, "path": str(status.path)})
                else:
                    say(
                        f"no longer watching {printable(status.path)}; its files stay as they are,"
                        " what you decided is kept"
                    )
                return Exit.DONE
    fail(folder, "this folder is not watched; `album folders` lists those that are.")
    return Exit.ENVIRONMENT


@click.command()
@json_option
@library_option
@pass_common
def folders(common: Common, as_json: bool) -> int:
    """The watched folders and how they are."""
    from album.cli.reading import reading
    from album.session.folders import folder_statuses

    with reading(common) as library:
        found = [_as_it_is_now(one) for one in folder_statuses(library.connection)]
    if as_json:
        print_json(
            [
                {
                    "id": one.id,
                    "path": str(one.path),
                    "state": str(one.state),
                    "note": one.note,
                    "photos": one.photos,
                }
                for one in found
            ]
        )
    elif found:
        print_table(
            (
                (str(one.state), counted(one.photos, "photo"), printable(one.path), one.note)
                for one in found
            ),
            right=(1,),
        )
    else:
        say("no folders yet; `album add FOLDER` adds one")
    return Exit.DONE


def _as_it_is_now(status: "FolderStatus") -> "FolderStatus":
    """The last scan may be long ago: whether the folder is there is looked at now."""
    from album.cancel import CancelToken
    from album.intake.scanner import FolderOffline, FolderUnreadable, Scanner
    from album.storage.folders import FolderState

    try:
        Scanner(status.path, CancelToken())
    except FolderOffline as problem:
        return replace(status, state=FolderState.OFFLINE, note=str(problem))
    except FolderUnreadable as problem:
        return replace(status, state=FolderState.UNREADABLE, note=str(problem))
    if status.state == FolderState.OFFLINE:
        return replace(status, state=FolderState.HEALTHY, note="")
    return status


COMMANDS = (add, remove, folders)
