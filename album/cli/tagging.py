"""`tag`: set and reject tags by hand."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from album.cli.language import name_of
from album.cli.library import find_photos, quick_library
from album.cli.options import (
    WORDS,
    Common,
    Exit,
    json_option,
    library_option,
    pass_common,
    refuse_options,
)
from album.cli.output import counted, fail, print_json, printable, say
from album.domain.tag import TagState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from album.domain.photo import PhotoId
    from album.session import Decision, LibrarySession

_SIGNS = {"+": TagState.MANUAL, "-": TagState.REJECTED}


@click.command(context_settings=WORDS)
@click.argument("words", nargs=-1, required=True, metavar="FILE... +TAG... -TAG...")
@click.option("--clear", "cleared", multiple=True, metavar="TAG", help="Take a decision back.")
@json_option
@library_option
@pass_common
def tag(common: Common, words: tuple[str, ...], cleared: tuple[str, ...], as_json: bool) -> int:
    """Set (+TAG) and reject (-TAG) tags on photos of the library.

    A file whose name begins with + or - is written as ./+name. Tags of two words are quoted:
    "+table tennis".
    """
    refuse_options(words)
    files = [Path(word) for word in words if word[0] not in _SIGNS]
    decisions = [(word[1:].strip(), _SIGNS[word[0]]) for word in words if word[0] in _SIGNS]
    if not files:
        raise click.UsageError("Name the files to tag.")
    if not (decisions or cleared) or not all(word for word, _ in decisions):
        raise click.UsageError("Say which tags: +beach sets one, -night rejects one.")
    _refuse_contradictions([*decisions, *((word, None) for word in cleared)])
    with quick_library(common) as session:
        ids, failed = find_photos(session, files)
        done = _decide(session, ids, decisions, cleared) if ids else []
    if as_json:
        print_json(
            {
                "decisions": [
                    {"tag": one.slug, "state": state, "changed": len(one.ids)}
                    for one, state in done
                ],
                "failed": [{"path": str(path), "reason": reason} for path, reason in failed],
            }
        )
    else:
        for one, state in done:
            name = name_of(one.slug, session.taxonomy) if one.slug in session.taxonomy else one.name
            say(f"{state} {printable(name)}: {counted(len(one.ids), 'photo')} changed")
    for path, reason in failed:
        fail(path, reason)
    return Exit.SOME_FAILED if failed else Exit.DONE


def _refuse_contradictions(decisions: "Sequence[tuple[str, TagState | None]]") -> None:
    """A usage error where the same tag is to be two things at once; None: its decision undone.

    QueryProblem for a word that can be no tag.
    """
    from album.storage.tags import word_for_tag
    from album.taxonomies import built_in_taxonomy

    taxonomy = built_in_taxonomy()
    said: dict[str, tuple[str, TagState | None]] = {}
    for word, state in decisions:
        slug, _, _ = word_for_tag(word, taxonomy)
        before, other = said.setdefault(slug, (word, state))
        if other is not state:
            raise click.UsageError(
                f"{_written(before, other)} and {_written(word, state)} contradict each other;"
                " say one of them. Nothing was changed."
            )


def _written(word: str, state: "TagState | None") -> str:
    """A decision as it stands on the command line."""
    signs = {state: sign for sign, state in _SIGNS.items()}
    return f"--clear {word}" if state is None else f"{signs[state]}{word}"


def _decide(
    session: "LibrarySession",
    ids: "Sequence[PhotoId]",
    decisions: "Sequence[tuple[str, TagState]]",
    cleared: "Sequence[str]",
) -> "list[tuple[Decision, str]]":
    done = [(session.decide(ids, word, state).result(), str(state)) for word, state in decisions]
    return done + [(session.clear_tag(ids, word).result(), "cleared") for word in cleared]


COMMANDS = (tag,)
