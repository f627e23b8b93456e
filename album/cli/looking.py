"""`recognise`: what is in pictures, without any library."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from album.cli.files import expand
from album.cli.language import colour_name, name_of
from album.cli.library import say_notices, user_settings
from album.cli.options import (
    A_PATH,
    Common,
    Exit,
    device_option,
    json_option,
    library_option,
    pass_common,
)
from album.cli.output import fail, print_json
from album.cli.photos import say_photo
from album.errors import FileProblem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from album.analysis.recognise import Answer, Recognised
    from album.domain.taxonomy import Taxonomy

FEWEST_KEYWORDS = 20
MOST_KEYWORDS = 50
LIKELY = 0.1
"""Tags below their thresholds fill the keywords up while their score is not below this."""


@click.command()
@click.argument("file", nargs=-1, required=True, type=A_PATH)
@click.option("--top", type=click.IntRange(1, 100), metavar="N", help="The N highest of all tags.")
@click.option("--keywords", is_flag=True, help="Also 20 to 50 keywords, where it holds so much.")
@library_option
@json_option
@device_option
@pass_common
def recognise(
    common: Common, file: tuple[Path, ...], top: int | None, keywords: bool, as_json: bool
) -> int:
    """What is in each FILE (folders: all in them): the tags over their thresholds."""
    from album.pictures.examine import CUT_SHORT
    from album.taxonomies import built_in_taxonomy

    files, failed = expand(file)
    taxonomy = built_in_taxonomy()
    documents = []
    for path, answer in _look(common, files, taxonomy):
        if isinstance(answer, FileProblem):
            failed.append(FileProblem(path, answer.reason, advice=answer.advice))
            continue
        if answer.cut_short:
            fail(path, f"{CUT_SHORT}; what is there of it was looked at")
        document = _document(answer, top)
        if keywords:
            document["keywords"] = list_keywords(answer, taxonomy)
        documents.append(document)
        if not as_json:
            say_photo(document, taxonomy)
    if as_json:
        print_json(documents)
    for problem in failed:
        fail(problem.path, str(problem))
    return Exit.SOME_FAILED if failed else Exit.DONE


def _look(
    common: Common, files: list[Path], taxonomy: "Taxonomy"
) -> "Iterator[tuple[Path, Answer]]":
    """Each file with what is in it; the networks are loaded once, and not for nothing."""
    if not files:
        return
    from album.analysis.packs import chosen_packs
    from album.analysis.recognise import recognise as look
    from album.analysis.registry import analysers
    from album.notices import Notices

    notices = Notices()
    notices.subscribe(say_notices())
    chosen = analysers(chosen_packs(user_settings().current.packs))
    yield from look(files, chosen, taxonomy, device=common.device, notices=notices)


def _document(answer: "Recognised", top: int | None) -> dict[str, Any]:
    """The object that is printed of one file."""
    from album.storage.rows import details_json

    details = answer.details
    if top is None:
        return details_json(details)
    found = {tag.slug: tag for tag in details.tags}
    ranked = tuple(found.get(tag.slug, tag) for tag in answer.ranked[:top])
    document = details_json(replace(details, tags=ranked))
    for tag in document["tags"]:
        if tag["tag"] not in found:
            tag["state"] = None
    return document


def list_keywords(answer: "Recognised", taxonomy: "Taxonomy") -> list[str]:
    """Keywords in the user's language, the surest first: at most 50, and colours up to 20.

    Its tags come first; then likely ones with their broader tags, which are no less likely.
    """
    slugs = dict.fromkeys(tag.slug for tag in answer.details.tags)
    for tag in answer.ranked:
        if (tag.score or 0) < LIKELY or len(slugs) >= MOST_KEYWORDS:
            break
        slugs.update(dict.fromkeys((tag.slug, *taxonomy.ancestors(tag.slug))))
    words = dict.fromkeys(name_of(slug, taxonomy) for slug in slugs)
    for colour in answer.details.colours:
        if len(words) < FEWEST_KEYWORDS:
            words[colour_name(colour.name)] = None
    return list(words)[:MOST_KEYWORDS]


COMMANDS = (recognise,)
