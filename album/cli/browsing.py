"""`search`, `facets`, `show`: what is in the library."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from album.cli.language import colour_name, name_of, word
from album.cli.library import why_unknown
from album.cli.options import (
    A_PATH,
    WORDS,
    Common,
    Exit,
    json_option,
    library_option,
    pass_common,
    refuse_options,
)
from album.cli.output import counted, fail, note, number, print_json, print_table, printable, say
from album.cli.photos import say_photo

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from album.cli.reading import Reading
    from album.domain.query import Query
    from album.domain.tag import Facet
    from album.domain.taxonomy import Taxonomy
    from album.storage.facets import FacetCount
    from album.storage.rows import PhotoDetails
    from album.storage.search import Browser

_SORTS = {"date": "NEWEST", "score": "SCORE", "quality": "QUALITY"}
_MOST_SHOWN = 30
_IN_WORDS = frozenset({"kind", "flag"})
"""Facets whose values are words of the program."""


@click.command(context_settings=WORDS)
@click.argument("query", nargs=-1, required=True, metavar="QUERY")
@click.option("--limit", type=click.IntRange(1), help="At most so many photos; all if not said.")
@click.option(
    "--sort", type=click.Choice(tuple(_SORTS)), default="date", help="Best or newest first."
)
@json_option
@library_option
@pass_common
def search(
    common: Common, query: tuple[str, ...], limit: int | None, sort: str, as_json: bool
) -> int:
    """Photos that match QUERY.

    Words, facet:value, -not, '"two words"', dates: 2024, 2024-07..2024-08, is:video, rating:3..5,
    'rating:>3'.
    """
    from album.cli.reading import reading
    from album.domain.photo import PhotoId
    from album.domain.query import Sort
    from album.storage.rows import search_json

    refuse_options(query)
    with reading(common) as library:
        wanted, browser = _understood(library, query), library.browser()
        page = library.find(browser, wanted, Sort[_SORTS[sort]])
        _say_what_nobody_has(library, browser, wanted)
        found = [library.details(PhotoId(int(one))) for one in page.ids[:limit]]
    if as_json:
        print_json(search_json(found))
        return Exit.DONE
    for one in found:
        say(printable(one.path) if one.path else f"photo {one.id}, its files are gone")
    shown = f", {number(len(found))} of them shown" if len(found) < page.total else ""
    click.echo(f"album: {counted(page.total, 'photo')}{shown}", err=True)
    return Exit.DONE


def _understood(library: "Reading", words: "Sequence[str]") -> "Query":
    """The query; what may be meant otherwise is said on stderr. QueryProblem for nonsense."""
    said = library.read(" ".join(words))
    for doubt in said.doubts:
        note(printable(doubt))
    for one in said.meanings:
        name = _name_in(one.facet, one.slug, library.taxonomy)
        note(printable(f"«{one.word}» is also understood as «{name}»."))
    for problem in said.wrong[:-1]:
        note(printable(str(problem)))
    if said.wrong:
        raise said.wrong[-1]
    return said.query


def _say_what_nobody_has(library: "Reading", browser: "Browser", wanted: "Query") -> None:
    from album.domain.query import parts_of
    from album.domain.query_text import print_query

    for part in parts_of(wanted):
        if not library.find(browser, part).total:
            note(printable(f"no photo has «{print_query(part)}»."))


@click.command(context_settings=WORDS)
@click.argument("query", nargs=-1, metavar="[QUERY]")
@click.option("--all", "whole", is_flag=True, help="List all values of each facet, however many.")
@json_option
@library_option
@pass_common
def facets(common: Common, query: tuple[str, ...], whole: bool, as_json: bool) -> int:
    """Facet values with their counts, for all photos or those that match QUERY."""
    from album.cli.reading import reading

    refuse_options(query)
    with reading(common) as library:
        wanted, browser = _understood(library, query), library.browser()
        _say_what_nobody_has(library, browser, wanted)
        found = library.counts(browser, wanted)
        total = library.find(browser, wanted).total
    if as_json:
        print_json({"total": total, "facets": _facets_document(found, library.taxonomy)})
    else:
        _say_facets(total, found, library.taxonomy, None if whole else _MOST_SHOWN)
    return Exit.DONE


def _shown_name(facet: "Facet", one: "FacetCount", taxonomy: "Taxonomy") -> str:
    if facet in _IN_WORDS:
        return word(one.slug)
    known = facet == "colour" or one.slug in taxonomy
    return _name_in(facet, one.slug, taxonomy) if known else one.name


def _name_in(facet: "Facet", slug: str, taxonomy: "Taxonomy") -> str:
    return colour_name(slug) if facet == "colour" else name_of(slug, taxonomy)


def _facets_document(
    found: "Mapping[Facet, Sequence[FacetCount]]", taxonomy: "Taxonomy"
) -> dict[str, Any]:
    return {
        str(facet): [
            {"tag": one.slug, "name": _shown_name(facet, one, taxonomy), "count": one.count}
            for one in values
        ]
        for facet, values in found.items()
    }


def _say_facets(
    total: int,
    found: "Mapping[Facet, Sequence[FacetCount]]",
    taxonomy: "Taxonomy",
    most: int | None,
) -> None:
    say(word("{n} photo" if total == 1 else "{n} photos", n=number(total)))
    for facet, values in found.items():
        if not values:
            continue
        say()
        say(word(str(facet)))
        shown = sorted(values, key=lambda one: -one.count)[:most]
        print_table(
            (
                ("", printable(_shown_name(facet, one, taxonomy)), number(one.count))
                for one in shown
            ),
            right=(2,),
        )
        if len(values) > len(shown):
            say(f"  and {number(len(values) - len(shown))} more; --all lists them")


@click.command()
@click.argument("file", nargs=-1, required=True, type=A_PATH)
@json_option
@library_option
@pass_common
def show(common: Common, file: tuple[Path, ...], as_json: bool) -> int:
    """All that the library knows of each FILE."""
    from album.cli.reading import reading
    from album.storage.rows import details_json

    found, unknown = [], []
    with reading(common) as library:
        for one in file:
            photo_id = library.photo_at(one)
            if photo_id is None:
                unknown.append(one)
            else:
                found.append((one, library.details(photo_id)))
    taxonomy = library.taxonomy
    documents = [
        details_json(details) | {"path": _known_as(path, details)} for path, details in found
    ]
    if as_json:
        print_json(documents)
    else:
        for document, (_, details) in zip(documents, found, strict=True):
            own = {one.slug: one.name for one in details.tags if one.slug not in taxonomy}
            say_photo(document, taxonomy, own)
    _say_what_is_away(found)
    for path in unknown:
        fail(path, why_unknown(path))
    return Exit.SOME_FAILED if unknown else Exit.DONE


def _say_what_is_away(found: "Sequence[tuple[Path, PhotoDetails]]") -> None:
    from album.storage.folders import FolderState

    for path, details in found:
        if details.path is None:
            note(f"{printable(path)}: its file is gone; what is known of it is kept.")
        elif all(one.folder_state is FolderState.OFFLINE for one in details.files):
            note(f"{printable(path)}: its drive is not there now.")


def _known_as(path: Path, details: "PhotoDetails") -> str:
    """The file that was asked for, as the library has it: absolute, without `.` and `..`."""
    meant = {path.expanduser().absolute(), path.resolve()}
    return str(next((one.path for one in details.files if one.path in meant), details.path))


COMMANDS = (search, facets, show)
