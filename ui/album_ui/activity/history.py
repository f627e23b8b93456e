"""What goes on and what was said lately, opened from the status line."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from album.jobs.activity import Activity
from album.notices import Notice, NoticeLevel
from album.session import LibrarySession
from album_ui.activity.popup import Popup
from album_ui.activity.sentence import describe
from album_ui.labels import PlainLabel
from album_ui.theme import GRID_PX, Theme
from album_ui.words import told_of, tr

_MOST_SHOWN = 50
_HISTORY_PX = 240


class ActivityPopup(Popup):
    """All activities, then the notices, newest first."""

    def __init__(self, session: LibrarySession, theme: Theme, parent: QWidget) -> None:
        super().__init__(theme, parent)
        self._session = session
        self._activities = PlainLabel()
        self._activities.setWordWrap(True)
        heading = PlainLabel(tr("Activity"))
        heading.setProperty("role", "heading")
        self._said = PlainLabel(tr("Lately").upper())
        self._said.setProperty("role", "section")
        self._notices = PlainLabel()
        self._notices.setWordWrap(True)
        self._notices.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._notices.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        inside = QWidget()
        inside.setObjectName("scrolled")
        within = QVBoxLayout(inside)
        within.setContentsMargins(0, 0, 2 * GRID_PX, 0)
        within.addWidget(self._notices)
        within.addStretch()
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setWidget(inside)
        self._scroll.setMaximumHeight(_HISTORY_PX)
        self.column.addWidget(heading)
        self.column.addWidget(self._activities)
        self.column.addWidget(self._said)
        self.column.addWidget(self._scroll)

    def show_activities(self, activities: Sequence[Activity]) -> None:
        """One line for each."""
        lines = []
        for activity in activities:
            said = describe(activity)
            place = f" ({activity.note})" if activity.note and not said.stuck else ""
            lines.append(f"{said.what}: {said.figures}{place}")
        self._activities.setText(
            "\n".join(lines) or tr("Nothing goes on: all photos are looked at.")
        )

    def show_above(
        self, widget: QWidget, side: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft
    ) -> None:
        """Open with the notices of this moment."""
        self.show_notices(self._session.notices.held)
        super().show_above(widget, side)

    def show_notices(self, notices: Sequence[Notice]) -> None:
        """The latest first."""
        shown = [_line(notice) for notice in reversed(notices[-_MOST_SHOWN:])]
        self._notices.setText("\n\n".join(shown))
        self._said.setVisible(bool(shown))
        self._scroll.setVisible(bool(shown))


def _line(notice: Notice) -> str:
    sign = "" if notice.level is NoticeLevel.INFO else "⚠ "
    return f"{sign}{told_of(notice)}"
