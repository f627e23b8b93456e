"""What the command prints: aligned text or one JSON document on stdout, messages on stderr."""

import json
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import click

Json: TypeAlias = dict[str, Any] | list[dict[str, Any]]
"""A document: an object, or a list of them."""


def printable(text: str | Path) -> str:
    """Text on one line: control characters and bytes that are no text become escapes."""
    return "".join(_shown(character) for character in str(text))


def _shown(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Cs":  # a byte of a file name that is not UTF-8
        return f"\\x{ord(character) & 0xFF:02x}"
    if category in {"Cc", "Cf", "Zl", "Zp"} and character not in "\u200d\u200c":
        return character.encode("unicode_escape").decode("ascii")
    return character


def print_json(document: Json) -> None:
    r"""One document, pure ASCII: valid wherever it goes.

    A byte of a file name that is not UTF-8 becomes `\udcXX`, as `os.fsencode` expects it.
    """
    click.echo(json.dumps(document, indent=2, ensure_ascii=True, allow_nan=False))


def say(text: str = "") -> None:
    """A line of the answer, on stdout."""
    click.echo(text)


CLEAR_LINE = "\r\x1b[2K"
"""What takes the progress bar off its line of the terminal."""


def note(text: str) -> None:
    """A message beside the answer, on stderr; on a terminal in the place of the progress bar."""
    before = CLEAR_LINE if sys.stderr.isatty() else ""
    click.echo(f"{before}album: {text}", err=True)


def fail(path: str | Path, reason: str) -> None:
    """Name a file that failed, on stderr."""
    note(f"{printable(path)}: {reason}")


def number(value: float) -> str:
    """With thousands separators: 1,204."""
    return f"{value:,.0f}"


def counted(count: int, noun: str, plural: str = "") -> str:
    """`1 photo`, `1,204 photos`."""
    return f"{number(count)} {noun if count == 1 else plural or noun + 's'}"


def megabytes(size_bytes: int) -> str:
    """A size as people say it: 812 bytes, 1,204 KB, 29.1 MB."""
    if size_bytes < 1000:
        return counted(size_bytes, "byte")
    if size_bytes < 10_000_000:
        return f"{number(size_bytes / 1000)} KB"
    return f"{size_bytes / 1e6:,.1f} MB"


def duration(seconds: float) -> str:
    """A time as people say it: 3.2 s, 4 min 10 s, 2 h 5 min."""
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    return f"{minutes // 60:,} h {minutes % 60} min"


def print_table(rows: Iterable[Sequence[str]], right: Sequence[int] = ()) -> None:
    """Columns that are as wide as their widest cell; those in `right` end flush right."""
    lines = [tuple(row) for row in rows]
    widths = [max(map(_width, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        cells = [
            " " * (width - _width(cell)) + cell
            if at in right
            else cell + " " * (width - _width(cell))
            for at, (cell, width) in enumerate(zip(line, widths, strict=True))
        ]
        say("  ".join(cells).rstrip())


def _width(text: str) -> int:
    """Columns that a terminal gives to it: wide characters take two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def make_streams_safe() -> None:
    """Let no character that the terminal cannot show end the command."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")
