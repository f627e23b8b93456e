"""The status line: what goes on, pause, and the health of the folders."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QSizePolicy, QWidget

from album.jobs.activity import Activity, ActivityState
from album.session import Change, ChangeKind, FolderStatus, LibrarySession
from album_ui import shortcuts
from album_ui.activity.folders import FolderPopup, health
from album_ui.activity.history import ActivityPopup
from album_ui.activity.sentence import Sentence, sentence
from album_ui.bridge import Bridge
from album_ui.labels import CutLabel, plain_tip
from album_ui.theme import GRID_PX, Theme
from album_ui.words import tr

_BAR_PX = 160
_ICON_PX = 12
_PAUSE_PX = 20
_STEPS = 1000


class StatusLine(QWidget):
    """One quiet line at the foot of the window.

    Signals:
        folder_wanted(): the user wants to add a folder.
        folder_removed(str): the folder of this name is watched no longer.
        folder_came(Path): this folder is watched since just now, whoever added it.
    """

    folder_wanted = Signal()
    folder_came = Signal(object)
    folder_removed = Signal(str)

    def __init__(
        self, session: LibrarySession, bridge: Bridge, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._bridge = bridge
        self._theme = theme
        self._activities: tuple[Activity, ...] = ()
        self._folders: list[FolderStatus] = []
        self._told_once = False
        self._what = QPushButton()
        self._bar = QProgressBar()
        self._figures = CutLabel()
        self._pause = QPushButton()
        self._health = QPushButton()
        self._folder_popup = FolderPopup(session, bridge, theme, self)
        self._folder_popup.folder_wanted.connect(self.folder_wanted)
        self._folder_popup.folder_removed.connect(self.folder_removed)
        self._activity_popup = ActivityPopup(session, theme, self)
        self._lay_out()
        bridge.activity_changed.connect(self.show_activities)
        bridge.changed.connect(self._on_changed)
        theme.changed.connect(self._paint_signs)
        self.show_activities(())
        self._show_folders([])
        self.refresh_folders()

    def _lay_out(self) -> None:
        self._what.setProperty("kind", "link")
        self._what.setToolTip(tr("Activity"))
        self._what.setAccessibleName(tr("Activity"))
        self._what.clicked.connect(self._on_activity)
        self._bar.setFixedWidth(_BAR_PX)
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(tr("Progress"))
        self._figures.setProperty("role", "second")
        self._figures.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        for label in (self._figures, self._what, self._health):
            label.setFont(self._theme.font())
        self._pause.setProperty("kind", "icon")
        self._pause.setIconSize(QSize(_ICON_PX, _ICON_PX))
        self._pause.clicked.connect(self.toggle_pause)
        self._health.setProperty("kind", "link")
        self._health.clicked.connect(self._on_folders)
        row = QHBoxLayout(self)
        row.setContentsMargins(3 * GRID_PX, 0, 3 * GRID_PX, 0)
        row.setSpacing(2 * GRID_PX + 2)
        for widget in (self._what, self._bar, self._figures, self._pause):
            row.addWidget(widget)
        row.addStretch()
        row.addWidget(self._health)
        side = f"{_PAUSE_PX}px"
        self._pause.setStyleSheet(
            f"min-height: {side}; max-height: {side}; min-width: {side}; max-width: {side};"
        )

    # what goes on

    def show_activities(self, activities: tuple[Activity, ...]) -> None:
        """Say what goes on now; nothing where nothing does."""
        self._activities = activities
        said = sentence(activities)
        goes_on = said is not None and not said.stuck
        self._what.setVisible(said is not None)
        self._figures.setVisible(said is not None)
        self._bar.setVisible(goes_on)
        self._pause.setVisible(goes_on)
        if said is not None:
            self._say(said)
        self._activity_popup.show_activities(activities)

    def _say(self, said: Sentence) -> None:
        self._what.setText(said.what)
        self._what.setIcon(self._theme.icon("warning", "no") if said.stuck else QIcon())
        self._figures.setText(said.figures)
        self._what.setAccessibleDescription(said.figures)
        if said.share is None:
            self._bar.setRange(0, 0 if said.state is ActivityState.RUNNING else _STEPS)
        else:
            self._bar.setRange(0, _STEPS)
            self._bar.setValue(round(said.share * _STEPS))
        self._paint_pause(said.state)

    def _paint_pause(self, state: ActivityState) -> None:
        waits = state is not ActivityState.RUNNING
        text = tr("Go on") if waits else tr("Pause")
        self._pause.setIcon(self._theme.icon("play-fill" if waits else "pause-fill"))
        self._pause.setToolTip(shortcuts.tip("pause", text))
        self._pause.setAccessibleName(text)

    def toggle_pause(self) -> None:
        """Pause looking at photos, or go on."""
        said = sentence(self._activities)
        if self._session.paused or (said and said.state is ActivityState.ON_BATTERY):
            self._session.resume()
        else:
            self._session.pause()

    def _on_activity(self) -> None:
        self._activity_popup.show_above(self._what)

    # folders

    def refresh_folders(self) -> None:
        """Ask for the health of the folders."""
        self._bridge.call(self._session.folders(), self._take_folders, owner=self, latest="folders")

    def _on_changed(self, change: Change) -> None:
        if change.kind in (ChangeKind.FOLDERS, ChangeKind.PHOTOS):
            self.refresh_folders()

    def _take_folders(self, folders: Sequence[FolderStatus]) -> None:
        known = {one.path for one in self._folders}
        came = [one.path for one in folders if one.path not in known] if self._told_once else []
        self._told_once = True
        self._show_folders(folders)
        for path in came:
            self.folder_came.emit(path)

    def _show_folders(self, folders: Sequence[FolderStatus]) -> None:
        self._folders = list(folders)
        self._folder_popup.show_folders(self._folders)
        self._health.setText(health(self._folders).text)
        self._paint_signs()

    def _paint_signs(self) -> None:
        worst = health(self._folders)
        self._health.setIcon(self._theme.icon("circle-fill", worst.role))
        self._health.setIconSize(QSize(8, 8))
        self._health.setToolTip(plain_tip(worst.detail))
        self._health.setAccessibleDescription(worst.detail)
        said = sentence(self._activities)
        if said is not None:
            self._paint_pause(said.state)

    def _on_folders(self) -> None:
        self._folder_popup.show_above(self._health, Qt.AlignmentFlag.AlignRight)
