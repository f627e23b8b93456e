"""Where indexing stands, on stderr: a line that is rewritten on a terminal, few lines elsewhere."""

import shutil
import sys
import time
from typing import TYPE_CHECKING

import click

from album.cli.output import CLEAR_LINE, counted, duration, number

if TYPE_CHECKING:
    from collections.abc import Iterable

    from album.session import Progress

_BAR_CELLS = 24
_QUIET_EVERY_S = 10.0

_STAGES = {
    "scanning": "looking for photos",
    "thumbnails": "making thumbnails",
    "analysing": "looking at photos",
}


def show_progress(steps: "Iterable[Progress]") -> "Progress":
    """Show each step as it comes; the last one, which is the summary."""
    meter = _Bar() if sys.stderr.isatty() else _Lines()
    last: Progress | None = None
    try:
        for last in steps:
            if str(last.stage) in _STAGES:
                meter.show(last)
    finally:
        meter.end()
    if last is None:
        raise RuntimeError("indexing ended without a summary")
    return last


def describe(step: "Progress") -> str:
    """One step in words: `looking at photos 4,120 of 18,300 · 61/s · 4 min 0 s left`."""
    text = _STAGES[str(step.stage)]
    if step.total is not None:
        text += f" {number(step.done)} of {number(step.total)}"
    elif step.done:
        text += f" {number(step.done)}"
    if step.per_second is not None:
        text += f" · {step.per_second:,.0f}/s"
    if step.left_s is not None and step.left_s >= 1:
        text += f" · {duration(step.left_s)} left"
    if step.failed:
        text += f" · {counted(step.failed, 'problem')}"
    return text


class _Bar:
    """A bar on the last line of a terminal."""

    def __init__(self) -> None:
        self._shown = False

    def show(self, step: "Progress") -> None:
        filled = _BAR_CELLS * step.done // step.total if step.total else 0
        bar = "█" * filled + "░" * (_BAR_CELLS - filled)
        line = f"{bar} {describe(step)}"[: shutil.get_terminal_size().columns - 1]
        click.echo(f"{CLEAR_LINE}{line}", err=True, nl=False)
        self._shown = True

    def end(self) -> None:
        if self._shown:
            click.echo(CLEAR_LINE, err=True, nl=False)


class _Lines:
    """A line when a stage begins, then one every ten seconds."""

    def __init__(self) -> None:
        self._stage = ""
        self._said_s = 0.0

    def show(self, step: "Progress") -> None:
        now_s = time.monotonic()
        if str(step.stage) == self._stage and now_s - self._said_s < _QUIET_EVERY_S:
            return
        self._stage, self._said_s = str(step.stage), now_s
        click.echo(f"album: {describe(step)}", err=True)

    def end(self) -> None:
        """Nothing is left to tidy."""
