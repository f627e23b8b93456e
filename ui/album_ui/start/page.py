"""The only question that is asked at the start: where the pictures are."""

from pathlib import Path

from PySide6.QtCore import QSize, QStandardPaths, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from album.errors import AlbumError
from album.session import FolderStatus, LibrarySession
from album_ui import shortcuts
from album_ui.background import in_background
from album_ui.bridge import Bridge
from album_ui.labels import PlainLabel, plain_tip
from album_ui.pages import Page, PageContext, PageName
from album_ui.start.prints import Prints
from album_ui.theme import GRID_PX, PAGE_MARGIN_PX, Size, Theme
from album_ui.words import told_of, tr

_BUTTON_PX = 34
_ICON = QSize(17, 17)


def pictures_folder() -> Path | None:
    """The user's own folder of pictures, where there is one that is not empty. Touches the disk."""
    place = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation)
    folder = Path(place) if place else None
    if folder is None or folder == Path.home():
        return None
    try:
        return folder if next(folder.iterdir(), None) is not None else None
    except OSError:
        return None


class StartPage(Page):
    """Asks which folder holds the pictures; a drop anywhere on the window answers it too.

    Signals:
        settings_wanted(QWidget): show the settings (the language) below this button.
    """

    settings_wanted = Signal(object)

    wants_sidebar = False
    wants_toolbar = False
    wants_status = False

    def __init__(
        self, session: LibrarySession, bridge: Bridge, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._bridge = bridge
        self._theme = theme
        self._pictures: Path | None = None
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._use = QPushButton(tr("Use my Pictures folder"))
        self._use.clicked.connect(self._on_use_pictures)
        self._choose = QPushButton(tr("Choose a folder…"))
        self._choose.clicked.connect(self._on_choose)
        self.settings = QPushButton()
        self.settings.setProperty("kind", "icon")
        self.settings.setIconSize(_ICON)
        self.settings.setToolTip(shortcuts.tip("settings"))
        self.settings.setAccessibleName(tr("Settings"))
        self.settings.clicked.connect(lambda: self.settings_wanted.emit(self.settings))
        self._problem = PlainLabel()
        self._problem.setProperty("role", "problem")
        self._lay_out()
        theme.changed.connect(self._paint_icon)
        self._paint_icon()
        self._offer(None)

    def _lay_out(self) -> None:
        question = PlainLabel(tr("Where are your pictures?"))
        question.setProperty("role", "question")
        promise = PlainLabel(
            tr(
                "Drop a folder here. Albumen looks at every photo on this computer, "
                "and nowhere else.\nNothing is uploaded, and your files are never changed."
            )
        )
        promise.setProperty("role", "second")
        promise.setStyleSheet(f"font-size: {self._theme.font_px(Size.HEADING)}px;")
        after = PlainLabel(tr("You can browse from the first second; tags come while you look."))
        after.setProperty("role", "small")
        for label in (question, promise, after, self._problem):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        buttons = QHBoxLayout()
        buttons.setSpacing(3 * GRID_PX)
        buttons.addStretch()
        for button in (self._use, self._choose):
            button.setStyleSheet(f"min-height: {_BUTTON_PX}px; padding: 0 {5 * GRID_PX}px;")
            button.setCursor(Qt.CursorShape.PointingHandCursor)
            button.setAutoDefault(True)
            buttons.addWidget(button)
        buttons.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(PAGE_MARGIN_PX, PAGE_MARGIN_PX, PAGE_MARGIN_PX, PAGE_MARGIN_PX)
        column.setSpacing(0)
        column.addWidget(self.settings, 0, Qt.AlignmentFlag.AlignRight)
        column.addStretch(3)
        column.addWidget(Prints(), 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(2 * GRID_PX)
        column.addWidget(question)
        column.addSpacing(3 * GRID_PX)
        column.addWidget(promise, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(6 * GRID_PX)
        column.addLayout(buttons)
        column.addSpacing(6 * GRID_PX)
        column.addWidget(after)
        column.addSpacing(2 * GRID_PX)
        column.addWidget(self._problem)
        column.addStretch(4)

    def _paint_icon(self) -> None:
        self.settings.setIcon(self._theme.icon("gear-six"))

    def enter(self, context: PageContext) -> None:
        """Look whether there is a Pictures folder to offer."""
        self._problem.clear()
        self._bridge.call(
            in_background(pictures_folder), self._offer, owner=self, latest="pictures"
        )

    def _offer(self, pictures: Path | None) -> None:
        """Offer the Pictures folder where there is one; the main action is one button alone."""
        self._pictures = pictures
        self._use.setVisible(pictures is not None)
        self._use.setToolTip("" if pictures is None else plain_tip(str(pictures)))
        self._choose.setText(
            tr("Choose a folder…") if pictures is None else tr("Choose another folder…")
        )
        main = self._choose if pictures is None else self._use
        for button in (self._use, self._choose):
            button.setProperty("kind", "main" if button is main else "")
            button.style().polish(button)
        main.setFocus()

    def _on_use_pictures(self) -> None:
        if self._pictures is not None:
            self._add(self._pictures)

    def _on_choose(self) -> None:
        last = self._session.settings.current.last_folder or str(self._pictures or Path.home())
        chosen = QFileDialog.getExistingDirectory(self, tr("Choose a folder with pictures"), last)
        if chosen:
            self._session.settings.change(last_folder=chosen)
            self._add(Path(chosen))

    def _add(self, folder: Path) -> None:
        """Watch the folder; the library comes up as soon as it is known."""
        self._problem.clear()
        self._bridge.call(
            self._session.add_folder(folder), self._on_added, self._on_refused, owner=self
        )

    def _on_added(self, folder: FolderStatus) -> None:
        self.page_wanted.emit(PageName.LIBRARY, PageContext())

    def _on_refused(self, problem: AlbumError) -> None:
        self._problem.setText(told_of(problem))
