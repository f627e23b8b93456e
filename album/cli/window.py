"""`gui`: the window, found by entry point, so that the command knows no Qt."""

import os
import sys
from pathlib import Path

import click

from album.cli.options import A_PATH, Common, device_option, library_option, pass_common
from album.errors import EnvironmentProblem

WINDOWS = "albumen.windows"


@click.command()
@click.argument("folder", nargs=-1, type=A_PATH)
@library_option
@device_option
@pass_common
def gui(common: Common, folder: tuple[Path, ...] = ()) -> int:
    """Open the window, adding the FOLDERs."""
    from importlib.metadata import entry_points

    if not _has_screen():
        raise EnvironmentProblem(
            "There is no screen to open the window on.",
            advice="`album index` and `album facets` do the same work without one.",
        )
    found = {point.name: point for point in entry_points(group=WINDOWS)}
    if "main" not in found:
        raise EnvironmentProblem(
            "This installation has no window.", advice="Install albumen with its user interface."
        )
    arguments = [] if common.library is None else ["--library", str(common.library)]
    arguments += ["--device", common.device, *(str(one.absolute()) for one in folder)]
    opened = found["main"].load()(arguments)
    return opened if isinstance(opened, int) else 0


def _has_screen() -> bool:
    """Whether Qt can show a window: without a screen it would end the process on Linux."""
    if sys.platform in {"win32", "darwin"}:
        return True
    return any(map(os.environ.get, ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")))


COMMANDS = (gui,)
