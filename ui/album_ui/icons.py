"""Line icons of one family (Phosphor, through QtAwesome), drawn sharp at any scale."""

from typing import cast

import qtawesome  # type: ignore[import-untyped]  # ships no types
from PySide6.QtGui import QColor, QIcon


def icon(name: str, colour: QColor, on_colour: QColor | None = None) -> QIcon:
    """The icon with this Phosphor name (`heart`, `heart-fill`).

    Args:
        name: as the family names it.
        colour: of its lines.
        on_colour: of its lines while a checkable control is on.
    """
    options = {"color": colour, "color_disabled": _faded(colour)}
    if on_colour is not None:
        options |= {"color_on": on_colour}
    return cast("QIcon", qtawesome.icon(f"ph.{name}", **options))


def _faded(colour: QColor) -> QColor:
    faded = QColor(colour)
    faded.setAlphaF(0.4)
    return faded
