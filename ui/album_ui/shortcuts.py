"""Every key that does something: one table for actions, tooltips, help and tests."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from album_ui.words import tr


class Where(Enum):
    """Where a key works; the value heads its part of the help page."""

    ANYWHERE = "Anywhere"
    LIBRARY = "Library"
    PHOTOS = "Selected photos"
    FACETS = "Sidebar"
    VIEWER = "Viewer"
    REVIEW = "Review"
    CUTOUT = "Cut-out"
    PROBLEMS = "Problems"


@dataclass(frozen=True, slots=True)
class Shortcut:
    """A key and what it does.

    Attributes:
        keys: portable key sequences (`Ctrl+F`), the first one is shown.
        text: what it does, in English (a key of the catalogue).
        handled: False where Qt or the widget's own key handling does it, True where `action` makes
            it.
    """

    name: str
    where: Where
    keys: tuple[str, ...]
    text: str
    handled: bool = True


TABLE: tuple[Shortcut, ...] = (
    Shortcut("search", Where.ANYWHERE, ("Ctrl+F",), "Search"),
    Shortcut("undo", Where.ANYWHERE, ("Ctrl+Z",), "Undo"),
    Shortcut("back", Where.ANYWHERE, ("Alt+Left", "Back"), "Back"),
    Shortcut("forward", Where.ANYWHERE, ("Alt+Right", "Forward"), "Forward"),
    Shortcut("sidebar", Where.ANYWHERE, ("Ctrl+B",), "Show or hide the sidebar"),
    Shortcut("info", Where.ANYWHERE, ("I",), "Show or hide the info"),
    Shortcut("add_folder", Where.ANYWHERE, ("Ctrl+O",), "Add a folder"),
    Shortcut("pause", Where.ANYWHERE, ("Ctrl+P",), "Pause or go on looking at photos"),
    Shortcut("settings", Where.ANYWHERE, ("Ctrl+,",), "Settings"),
    Shortcut("full_screen", Where.ANYWHERE, ("F11",), "Full screen"),
    Shortcut("help", Where.ANYWHERE, ("?", "F1"), "All keys"),
    Shortcut("quit", Where.ANYWHERE, ("Ctrl+Q",), "Quit"),
    Shortcut("open", Where.LIBRARY, ("Return", "Space"), "Open the photo", handled=False),
    Shortcut("move", Where.LIBRARY, ("Left", "Right", "Up", "Down"), "Move", handled=False),
    Shortcut("ends", Where.LIBRARY, ("Home", "End"), "First or last photo", handled=False),
    Shortcut("pages", Where.LIBRARY, ("PgUp", "PgDown"), "A screen up or down", handled=False),
    Shortcut("select_all", Where.LIBRARY, ("Ctrl+A",), "Select all", handled=False),
    Shortcut("select_none", Where.LIBRARY, ("Esc",), "Select nothing", handled=False),
    Shortcut("larger", Where.LIBRARY, ("Ctrl++", "Ctrl+="), "Larger pictures"),
    Shortcut("smaller", Where.LIBRARY, ("Ctrl+-",), "Smaller pictures"),
    Shortcut("all_photos", Where.LIBRARY, ("Ctrl+Shift+A",), "All photos"),
    Shortcut("save_album", Where.LIBRARY, ("Ctrl+S",), "Save the choice as an album"),
    Shortcut("review", Where.LIBRARY, ("R",), "Review suggestions"),
    Shortcut("favourite", Where.PHOTOS, ("F",), "Favourite, or no longer"),
    Shortcut("rate_0", Where.PHOTOS, ("0",), "No stars"),
    Shortcut("rate_1", Where.PHOTOS, ("1",), "1 star"),
    Shortcut("rate_2", Where.PHOTOS, ("2",), "2 stars"),
    Shortcut("rate_3", Where.PHOTOS, ("3",), "3 stars"),
    Shortcut("rate_4", Where.PHOTOS, ("4",), "4 stars"),
    Shortcut("rate_5", Where.PHOTOS, ("5",), "5 stars"),
    Shortcut("add_tag", Where.PHOTOS, ("T", "+"), "Add a tag"),
    Shortcut("teach", Where.PHOTOS, ("Shift+T",), "Teach a tag from these photos"),
    Shortcut("cutout", Where.PHOTOS, ("C",), "Lift subject"),
    Shortcut(
        "facet_choose", Where.FACETS, ("Space",), "Choose a value, or no longer", handled=False
    ),
    Shortcut("facet_exclude", Where.FACETS, ("-",), "Leave a value out", handled=False),
    Shortcut("facet_only", Where.FACETS, ("Return",), "Only this value", handled=False),
    Shortcut("facet_move", Where.FACETS, ("Up", "Down"), "Move", handled=False),
    Shortcut("viewer_next", Where.VIEWER, ("Right",), "Next photo", handled=False),
    Shortcut("viewer_previous", Where.VIEWER, ("Left",), "Previous photo", handled=False),
    Shortcut("viewer_zoom", Where.VIEWER, ("Z",), "Whole photo or its pixels", handled=False),
    Shortcut("viewer_in", Where.VIEWER, ("+",), "Closer", handled=False),
    Shortcut("viewer_out", Where.VIEWER, ("-",), "Farther", handled=False),
    Shortcut("viewer_regions", Where.VIEWER, ("G",), "Regions", handled=False),
    Shortcut("viewer_play", Where.VIEWER, ("Return",), "Play the video", handled=False),
    Shortcut("viewer_leave", Where.VIEWER, ("Esc", "Space"), "Back to the library", handled=False),
    Shortcut("review_yes", Where.REVIEW, ("A",), "Yes", handled=False),
    Shortcut("review_no", Where.REVIEW, ("X",), "No", handled=False),
    Shortcut("review_skip", Where.REVIEW, ("S",), "Skip", handled=False),
    Shortcut("review_page", Where.REVIEW, ("Return",), "Yes to this page", handled=False),
    Shortcut("review_rest", Where.REVIEW, ("Shift+Return",), "No to the rest", handled=False),
    Shortcut("review_closer", Where.REVIEW, ("Space",), "Look closer", handled=False),
    Shortcut("review_leave", Where.REVIEW, ("Esc",), "Back to the library", handled=False),
    Shortcut("cutout_copy", Where.CUTOUT, ("Ctrl+C",), "Copy the cut-out", handled=False),
    Shortcut("cutout_save", Where.CUTOUT, ("Ctrl+S",), "Save as PNG", handled=False),
    Shortcut(
        "cutout_move",
        Where.CUTOUT,
        ("Left", "Right", "Up", "Down"),
        "Move the cross",
        handled=False,
    ),
    Shortcut("cutout_add", Where.CUTOUT, ("Return",), "Add what is there", handled=False),
    Shortcut("cutout_take", Where.CUTOUT, ("Del",), "Take away what is there", handled=False),
    Shortcut("cutout_leave", Where.CUTOUT, ("Esc",), "Back", handled=False),
    Shortcut("problems_retry", Where.PROBLEMS, ("Ctrl+R",), "Try again", handled=False),
)

_BY_NAME = {one.name: one for one in TABLE}


def shortcut(name: str) -> Shortcut:
    """The table's entry; KeyError for a name that it lacks."""
    return _BY_NAME[name]


def shown(name: str) -> str:
    """The key as the user's system writes it («Ctrl+F»)."""
    keys = QKeySequence(shortcut(name).keys[0])
    return keys.toString(QKeySequence.SequenceFormat.NativeText)


def tip(name: str, text: str = "") -> str:
    """What a control says of itself when pointed at: «Search (Ctrl+F)»."""
    return f"{text or tr(shortcut(name).text)} ({shown(name)})"


def action(name: str, owner: QWidget, slot: Callable[[], object]) -> QAction:
    """An action of the table: its keys work wherever the widget or a child has the focus."""
    entry = shortcut(name)
    made = QAction(tr(entry.text), owner)
    made.setObjectName(name)
    made.setShortcuts([QKeySequence(keys) for keys in entry.keys])
    made.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
    made.setToolTip(tip(name))
    made.triggered.connect(lambda: slot())
    owner.addAction(made)
    return made
