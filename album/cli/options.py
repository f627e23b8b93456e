"""Options that many commands share, and the exit codes of all of them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

import click

_DEVICE = re.compile(r"auto|cpu|mps|cuda(:\d+)?")
"""How devices are named; whether the machine has one shows when it is used."""

A_PATH = click.Path(path_type=Path, readable=False)
"""Any path: one that cannot be read is a problem of that file, not of the command line."""


class Exit(IntEnum):
    """How a command ended."""

    DONE = 0
    SOME_FAILED = 1
    WRONG_COMMAND_LINE = 2
    ENVIRONMENT = 3
    INTERRUPTED = 130


@dataclass(slots=True)
class Common:
    """What the user said before or after the command's name.

    Attributes:
        library: None: ALBUM_LIBRARY, or the platform's user data folder.
        device: where networks run.
    """

    library: Path | None = None
    device: str = "auto"


pass_common = click.make_pass_decorator(Common, ensure=True)


def _keep_library(context: click.Context, _parameter: click.Parameter, value: Path | None) -> None:
    common = context.ensure_object(Common)
    if value is not None:
        common.library = value.expanduser().absolute()


def _keep_device(context: click.Context, _parameter: click.Parameter, value: str | None) -> None:
    common = context.ensure_object(Common)
    if value is None:
        return
    if not _DEVICE.fullmatch(value):
        raise click.BadParameter(f"{value!r} is none of auto, cpu, cuda, cuda:N, mps.")
    common.device = value


library_option = click.option(
    "--library",
    metavar="DIR",
    type=A_PATH,
    expose_value=False,
    callback=_keep_library,
    help="The library; else ALBUM_LIBRARY, else one in the user's data folder.",
)

device_option = click.option(
    "--device",
    metavar="DEVICE",
    expose_value=False,
    callback=_keep_device,
    help="Where networks run: auto, cpu, cuda, cuda:1, mps.",
)

json_option = click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON document instead of text."
)


WORDS = {"ignore_unknown_options": True}
"""Context settings of commands whose words may begin with `-`: `-night` is a word, no option."""


def refuse_options(words: Sequence[str]) -> None:
    """A usage error for words that must have been meant as options."""
    for word in words:
        if word.startswith("--"):
            raise click.NoSuchOption(word)
