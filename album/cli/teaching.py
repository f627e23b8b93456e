"""`teach`: a tag of one's own, from examples."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from album.cli.files import expand
from album.cli.library import find_photos, quick_library
from album.cli.options import A_PATH, Common, Exit, json_option, library_option, pass_common
from album.cli.output import counted, fail, print_json, printable, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from album.domain.share import Share
    from album.session import Prospect

_OPTIONS = {"--like": "likes", "--unlike": "unlikes"}


class _Teach(click.Command):
    """A command in which `--like` and `--unlike` take all files that follow them."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Write the option before each of its files, as click wants it."""
        spread: list[str] = []
        option = ""
        for word in args:
            if word in _OPTIONS:
                option = word
            elif word.startswith("-") and word != "-":
                option = ""
                spread.append(word)
            else:
                spread += [option, word] if option else [word]
        return super().parse_args(ctx, spread)


@click.command(cls=_Teach)
@click.argument("tag")
@click.option(
    "--like",
    "likes",
    multiple=True,
    metavar="FILE...",
    type=A_PATH,
    help="Photos that have the tag; a folder stands for the photos in it.",
)
@click.option(
    "--unlike",
    "unlikes",
    multiple=True,
    metavar="FILE...",
    type=A_PATH,
    help="Photos that might be taken to have it, but do not.",
)
@click.option("--dry-run", is_flag=True, help="Say how right the tag would be, change nothing.")
@click.option("--forget", is_flag=True, help="Suggest the tag no longer; decisions stay.")
@json_option
@library_option
@pass_common
def teach(
    common: Common,
    tag: str,
    likes: tuple[Path, ...],
    unlikes: tuple[Path, ...],
    dry_run: bool,
    forget: bool,
    as_json: bool,
) -> int:
    """Teach a tag of your own from 5 photos or more that have it, and suggest it for others.

    Says what share of the suggestions is expected to be right, and what share of the photos with
    the tag will be found. The examples are kept as decisions; what was decided with `album tag` or
    in the window counts, too, so that without files the tag is learned anew.
    """
    if forget and (likes or unlikes or dry_run):
        raise click.UsageError("--forget stands alone.")
    with quick_library(common) as session:
        if forget:
            known = session.teaching.forget(tag).result()
            _say_forgotten(tag, known=known, as_json=as_json)
            return Exit.DONE
        liked, missing = find_photos(session, _with_folders(likes))
        unliked, also_missing = find_photos(session, _with_folders(unlikes))
        if both := set(liked) & set(unliked):
            raise click.UsageError(
                f"{counted(len(both), 'photo')} cannot be both liked and unliked."
            )
        work = session.teaching.preview if dry_run else session.teaching.teach
        prospect = work(tag, liked, unliked).result()
    failed = missing + also_missing
    if as_json:
        print_json(_document(prospect, failed))
    else:
        _say(prospect)
    for path, reason in failed:
        fail(path, reason)
    return Exit.SOME_FAILED if failed else Exit.DONE


def _with_folders(paths: "Sequence[Path]") -> list[Path]:
    """The files, and those that lie in the folders."""
    files, _ = expand([path for path in paths if path.is_dir()])
    return [*(path for path in paths if not path.is_dir()), *files]


def _say(prospect: "Prospect") -> None:
    name = printable(prospect.name)
    examples = counted(prospect.likes, "photo")
    if prospect.unlikes:
        examples += f" and {counted(prospect.unlikes, 'rejected one')}"
    if prospect.unseen:
        said = counted(prospect.unseen, "example has", "examples have")
        say(f"{said} not been looked at yet and cannot be used; `album index` looks.")
    if prospect.needs:
        say(f"{name}: {examples} so far; it needs {prospect.needs} more.")
        return
    say(f"{name}: learned from {examples}")
    if prospect.precision is None or prospect.recall is None:
        say("    no other photo of the library looks like them: nothing is suggested")
        return
    say(f"    precision {_percent(prospect.precision)} of what is suggested is right")
    say(f"    recall    {_percent(prospect.recall)} of the photos that have it are found")
    photos = counted(prospect.suggestions, "photo")
    if prospect.applied:
        say(f"    suggested for {photos}; accepting and rejecting them makes it better")
    else:
        say(f"    would be suggested for about {photos}; nothing was changed")


def _percent(share: "Share") -> str:
    return f"{share.value:.0%} ({share.low:.0%} to {share.high:.0%})"


def _say_forgotten(tag: str, *, known: bool, as_json: bool) -> None:
    if as_json:
        print_json({"tag": tag, "forgotten": known})
    else:
        name = printable(tag)
        say(f"{name}: suggested no longer" if known else f"{name}: was never taught")


def _document(prospect: "Prospect", failed: "Sequence[tuple[Path, str]]") -> dict[str, Any]:
    return {
        "tag": prospect.slug,
        "name": prospect.name,
        "likes": prospect.likes,
        "unlikes": prospect.unlikes,
        "unseen": prospect.unseen,
        "needs": prospect.needs,
        "precision": _share(prospect.precision),
        "recall": _share(prospect.recall),
        "suggestions": prospect.suggestions,
        "applied": prospect.applied,
        "failed": [{"path": str(path), "reason": reason} for path, reason in failed],
    }


def _share(share: "Share | None") -> dict[str, float] | None:
    if share is None:
        return None
    return {name: round(getattr(share, name), 4) for name in ("value", "low", "high")}


COMMANDS = (teach,)
