"""What a page of the window is: library, viewer, cut-out, problems, first start.

`MainWindow` keeps its pages in a stack and shows one at a time:

    +--------------------------------------------------+
    | toolbar (48)             hidden unless wants_toolbar
    +---------+----------------------------------------+
    | sidebar |  page                                   |
    | hidden unless wants_sidebar                       |
    +---------+----------------------------------------+
    | status line (28)         hidden unless wants_status
    +--------------------------------------------------+

A page is a `QWidget` that gets its collaborators in its constructor, in this order, as far as it
needs them: `session`, `bridge`, `theme`, `parent`. It is built once, hidden; `enter` tells it what
to show each time it comes up, `leave` that it goes: what it began (pictures being decoded, timers)
ends there. A page never touches another one; it asks the window by its signals:

    left                        go back to where the user came from (Esc, Back)
    page_wanted(name, context)  open that page with that context
    query_wanted(query)         show the library with this `album.domain.query.Query`
    title_changed(text)         the window's title

Colours come from `theme.palette` (and `theme.changed` says when they are others), icons from
`theme.icon(name, role)`, words from `album_ui.words.tr`, keys from `album_ui.shortcuts`.
What a page gets from the session comes through `bridge.call(future, on_done, on_error,
owner=self)`, so it arrives on the GUI thread and not at all when the page is gone.
"""

from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget


class PageName(StrEnum):
    """The pages that the window knows."""

    LIBRARY = "library"
    VIEWER = "viewer"
    CUTOUT = "cutout"
    PROBLEMS = "problems"
    REVIEW = "review"
    START = "start"


def _no_ids() -> NDArray[np.int32]:
    return np.empty(0, dtype=np.int32)


@dataclass(frozen=True, slots=True)
class PageContext:
    """What a page is entered with.

    Attributes:
        ids: photo ids in the order of the grid, shape (photos,).
        row: which of them is the one in question; -1 for none.
    """

    ids: NDArray[np.int32] = field(default_factory=_no_ids)
    row: int = -1

    @property
    def photo_id(self) -> int | None:
        """The photo in question, None for none."""
        return int(self.ids[self.row]) if 0 <= self.row < len(self.ids) else None


class Page(QWidget):
    """One page of the window; see the module's text for how it is used."""

    left = Signal()
    page_wanted = Signal(object, object)  # PageName, PageContext
    query_wanted = Signal(object)  # Query
    title_changed = Signal(str)

    wants_sidebar = True
    wants_toolbar = True
    wants_status = True

    @property
    def title(self) -> str:
        """What the window is called while this page is shown; empty: the program's name."""
        return ""

    @property
    def foot(self) -> QWidget | None:
        """What stands at the foot of the page and is to be seen always: notices keep off it."""
        return None

    @property
    def context(self) -> PageContext | None:
        """What is shown now, where that is no longer what the page was entered with."""
        return None

    def take_keys(self, part: QWidget) -> None:
        """Let this part have the keys: what is hidden takes none, and then Esc would do nothing."""
        had = self.isVisible() and (self.hasFocus() or self.window().focusWidget() is None)
        part.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFocusProxy(part)
        if had:
            self.setFocus(Qt.FocusReason.OtherFocusReason)

    def enter(self, context: PageContext) -> None:
        """Come up and show this."""

    def leave(self) -> None:
        """Go: end whatever was begun for this page."""
