"""The program's own icon; all others are of the family that QtAwesome brings."""

from importlib.resources import files
from typing import Final

APP_ID: Final = "io.github.albumen.Albumen"
"""What desktops know the program by: its menu entry, its windows, its icon."""


def program_icon() -> bytes:
    """The program's icon as SVG."""
    return files(__package__).joinpath("albumen.svg").read_bytes()
