"""`models`: which model packs are installed, and whether their files are sound."""

from typing import TYPE_CHECKING, Any

import click

from album.cli.options import Exit, json_option, library_option
from album.cli.output import fail, megabytes, print_json, print_table, say

if TYPE_CHECKING:
    from album.analysis.packs import Pack


@click.group(invoke_without_command=True)
@library_option
@json_option
@click.pass_context
def models(context: click.Context, as_json: bool) -> int:
    """The model packs that are installed.

    All are built in; nothing is fetched from a network.
    """
    if context.invoked_subcommand is not None:
        return Exit.DONE
    from album.analysis.packs import installed_packs

    packs = installed_packs()
    if as_json:
        print_json([_document(pack) for pack in packs])
    elif packs:
        print_table(
            (
                (pack.name, f"revision {pack.revision}", megabytes(pack.size_bytes), pack.purpose)
                for pack in packs
            ),
            right=(2,),
        )
    else:
        say("no model packs are installed: photos are browsed by colour, date and place only")
    return Exit.DONE


@models.command()
@library_option
@json_option
def verify(as_json: bool) -> int:
    """Compare every file of the packs with the SHA-256 of its manifest."""
    from album.analysis.packs import find_faults, installed_packs

    found = [(pack, find_faults(pack)) for pack in installed_packs()]
    if as_json:
        print_json(
            [_document(pack) | {"sound": not faults, "faults": faults} for pack, faults in found]
        )
    else:
        for pack, faults in found:
            say(f"{pack.name}: {'damaged' if faults else 'sound'}")
    for pack, faults in found:
        for fault in faults:
            fail(pack.name, fault)
    return Exit.ENVIRONMENT if any(faults for _, faults in found) else Exit.DONE


def _document(pack: "Pack") -> dict[str, Any]:
    return {
        "name": pack.name,
        "revision": pack.revision,
        "builtin": pack.builtin,
        "licence": pack.licence,
        "purpose": pack.purpose,
        "bytes": pack.size_bytes,
        "files": [
            {"path": str(file.path), "bytes": file.size_bytes, "sha256": file.sha256}
            for file in pack.files
        ],
    }


COMMANDS = (models,)
