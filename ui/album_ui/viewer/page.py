"""One photo at a time on a dark ground."""

from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QSize, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QMenu, QVBoxLayout, QWidget

from album.domain.photo import MediaKind, PhotoId
from album.errors import AlbumError
from album.notices import NoticeLevel
from album.session import Change, ChangeKind, Decision, LibrarySession
from album.storage.rows import PhotoRow
from album_ui import shortcuts
from album_ui.bridge import Bridge
from album_ui.grid.pixmaps import Pixmaps
from album_ui.info.panel import InfoPanel
from album_ui.pages import Page, PageContext, PageName
from album_ui.palette import VIEWER
from album_ui.theme import INFO_PX, DarkTheme, Theme
from album_ui.viewer.busy import BusyBar
from album_ui.viewer.canvas import ZOOM_STEP
from album_ui.viewer.filmstrip import FilmStrip
from album_ui.viewer.header import Header, KeyButton
from album_ui.viewer.levels import Levels
from album_ui.viewer.loader import Loaded, PictureLoader
from album_ui.viewer.overlay import Overlay
from album_ui.viewer.regions import RegionCanvas, Regions
from album_ui.words import count, number, sentence, told_of, tr

if TYPE_CHECKING:
    from numpy.typing import NDArray

_LEAST_PX = 1280
_AHEAD_ROWS = 2
_SAME_SHAPE = 0.02
_STRIP_BYTES = 32 * 1024 * 1024
_MOST_RATING = 5


class ViewerPage(Page):
    """Shows the photos of a context one by one.

    Signals:
        photo_shown(int): the photo that is looked at now.
        decided(Decision): it was changed here; there is something to undo.
    """

    photo_shown = Signal(int)
    decided = Signal(object)

    wants_sidebar = False
    wants_toolbar = False
    wants_status = False

    def __init__(
        self, session: LibrarySession, bridge: Bridge, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._bridge = bridge
        self._theme = DarkTheme(theme)
        self._ids: NDArray[np.int32] = np.empty(0, np.int32)
        self._row = -1
        self._rows: dict[int, PhotoRow] = {}
        self._loaded: Loaded | None = None
        self._note = ""
        self._loader: PictureLoader | None = None
        self._pixmaps: Pixmaps | None = None
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._canvas = RegionCanvas(self._theme, VIEWER.colour("page"))
        self._regions = Regions(session, bridge, self._canvas, self._theme)
        self._overlay = Overlay(self._theme, self._canvas)
        self._busy = BusyBar(self._theme)
        self._strip = FilmStrip(self._theme)
        self._header = Header(self._theme, "viewer-header")
        self._heart = self._button("heart", tr("Favourite"), "favourite")
        self._star = self._button("star", tr("Rating"), "")
        self._lift = KeyButton(
            self._theme, "scissors", tr("Lift subject"), shortcuts.shown("cutout"), kind="quiet"
        )
        self._zoom = KeyButton(self._theme, "", "100 %", kind="quiet")
        self._info = InfoPanel(session, bridge, self._theme)
        self._info_button = self._button("info", tr("Info"), "info")
        self._side = QHBoxLayout()
        self._lay_out()
        self._connect()
        self.setStyleSheet(self._theme.sheet(VIEWER))

    def _button(self, icon: str, text: str, name: str) -> KeyButton:
        button = KeyButton(self._theme, icon, "", kind="quiet")
        button.setAccessibleName(text)
        button.setToolTip(shortcuts.tip(name, text) if name else text)
        return button

    def _lay_out(self) -> None:
        regions, info = self._regions.button, self._info_button
        for button in (self._heart, self._star, self._lift, regions, self._zoom, info):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            self._header.add(button)
        self._zoom.setToolTip(shortcuts.tip("viewer_zoom"))
        self._zoom.setMinimumWidth(64)
        self._canvas.setAccessibleName(tr("Photo"))
        middle = QVBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self._busy)
        middle.addWidget(self._canvas, 1)
        self._side.setSpacing(0)
        self._side.addLayout(middle, 1)
        self._side.addWidget(self._info)
        self._info.setFixedWidth(INFO_PX[1])
        self._info_button.setCheckable(True)
        self._show_info(self._session.settings.current.info_shown)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._header)
        column.addLayout(self._side, 1)
        column.addWidget(self._strip)

    def _connect(self) -> None:
        self._header.left.connect(self.left)
        self._heart.clicked.connect(self.toggle_favourite)
        self._star.clicked.connect(self._on_star)
        self._lift.clicked.connect(self._on_lift)
        self._zoom.clicked.connect(self.toggle_zoom)
        self._canvas.zoomed.connect(self._on_zoomed)
        self._info_button.clicked.connect(self.toggle_info)
        self._info.decided.connect(self._on_decided)
        self._info.left.connect(self.setFocus)
        self._overlay.stepped.connect(self.step)
        self._overlay.play_wanted.connect(self._on_play)
        self._strip.chosen.connect(self.go_to)
        self._bridge.changed.connect(self._on_changed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    # coming and going

    @property
    def title(self) -> str:
        """The name of the photo."""
        row = self._shown_row
        return "" if row is None else _name(row)

    @property
    def foot(self) -> QWidget:
        """The photos before and after this one."""
        return self._strip

    @property
    def context(self) -> PageContext | None:
        """The photo that was moved on to."""
        return PageContext(self._ids, self._row) if self._row >= 0 else None

    @property
    def photo_id(self) -> PhotoId | None:
        """The photo that is looked at."""
        return PhotoId(int(self._ids[self._row])) if 0 <= self._row < len(self._ids) else None

    @property
    def loaded(self) -> Loaded | None:
        """What is shown of it by now."""
        return self._loaded

    def enter(self, context: PageContext) -> None:
        """Show the photo of the context; the others are before and after it."""
        if context.photo_id is None:
            self.left.emit()
            return
        self._loader = PictureLoader(self._session, self._bridge)
        self._loader.loaded.connect(self._on_loaded)
        self._loader.failed.connect(self._on_failed)
        self._pixmaps = Pixmaps(self._session, self._bridge, self, _STRIP_BYTES)
        self._strip.start(self._pixmaps)
        self._ids = context.ids
        self._rows.clear()
        self._row = -1
        self._strip.setVisible(len(self._ids) > 1)
        self.go_to(context.row)

    def leave(self) -> None:
        """Let go of all pictures."""
        self._strip.stop()
        if self._loader is not None:
            self._loader.close()
            self._loader.deleteLater()
            self._loader = None
        if self._pixmaps is not None:
            self._pixmaps.close()
            self._pixmaps.deleteLater()
            self._pixmaps = None
        self._loaded = None
        self._row = -1
        self._regions.look_at(None)
        self._canvas.clear()
        self._busy.stop()

    # moving

    def step(self, way: int) -> None:
        """Go on by so many photos."""
        self.go_to(self._row + way)

    def go_to(self, row: int) -> None:
        """Show the photo of this row; nothing beyond the ends."""
        row = min(max(row, 0), len(self._ids) - 1)
        if row == self._row or row < 0:
            return
        self._row = row
        self._loaded = None
        self._note = ""
        self._overlay.show_problem()
        self._overlay.show_steps(before=row > 0, after=row < len(self._ids) - 1)
        self._strip.go_to(self._ids, row)
        self._fetch_rows()
        self._expect_nothing()
        self._show_words()
        self._load()
        if self._loaded is None:
            self._canvas.clear()
        photo_id = self.photo_id
        if photo_id is not None:
            self._session.wanted([photo_id])
            self._info.show_photos([photo_id])
            self._regions.look_at(photo_id)
            self.photo_shown.emit(photo_id)

    def _load(self) -> None:
        photo_id = self.photo_id
        if self._loader is None or photo_id is None:
            return
        self._busy.start()
        near = [self._row + way for way in (1, -1) if 0 <= self._row + way < len(self._ids)]
        self._loader.want(
            photo_id, [PhotoId(int(self._ids[row])) for row in near], self._screen_px()
        )

    def _screen_px(self) -> int:
        """Longest side in device pixels that fills this screen, so that a resize needs no other."""
        screen = self.screen().size()
        ratio = self.devicePixelRatioF()
        return max(_LEAST_PX, round(max(screen.width(), screen.height()) * ratio))

    def _fetch_rows(self) -> None:
        rows = range(max(0, self._row - _AHEAD_ROWS), min(len(self._ids), self._row + 3))
        missing = [
            PhotoId(int(self._ids[row])) for row in rows if int(self._ids[row]) not in self._rows
        ]
        if missing:
            self._bridge.call(self._session.rows(missing), self._on_rows, owner=self)

    def _on_rows(self, rows: list[PhotoRow]) -> None:
        for row in rows:
            self._rows[row.id] = row
        self._expect_nothing()
        self._show_words()
        if self._loaded is not None:
            self._put(self._loaded)

    def _expect_nothing(self) -> None:
        """Say at once what is known of a photo that could not be decoded before."""
        row = self._shown_row
        if row is not None and row.problem and self._loaded is None:
            self._say_why(sentence(row.problem))

    def _say_why(self, reason: str) -> None:
        self._note = reason
        if self._loaded is None:  # nor is there a thumbnail, so far
            self._overlay.show_problem(tr("This photo cannot be shown."), reason)
            self._zoom.hide()

    @property
    def _shown_row(self) -> PhotoRow | None:
        photo_id = self.photo_id
        return None if photo_id is None else self._rows.get(photo_id)

    def _show_words(self) -> None:
        row = self._shown_row
        place = tr("{row} of {all}", row=number(self._row + 1), all=number(len(self._ids)))
        parts = [
            place,
            "" if row is None else _name(row),
            self._note if self._loaded is not None else "",
        ]
        self._header.say("", " · ".join(part for part in parts if part))
        favourite = row is not None and row.favourite
        self._heart.set_icon("heart-fill" if favourite else "heart", "accent" if favourite else "")
        rating = (row.rating if row is not None else None) or 0
        self._star.set_icon("star-fill" if rating else "star", "accent" if rating else "")
        self._star.set_text(str(rating) if rating > 0 else "")
        self._star.setAccessibleName(count("Rating: {n} star", "Rating: {n} stars", max(0, rating)))
        video = row is not None and row.kind is MediaKind.VIDEO
        self._overlay.show_video(row.duration_s if row is not None else None, video=video)
        blank = bool(self._note) and self._loaded is None
        self._lift.setVisible(not video and not blank)
        if row is not None:
            self._canvas.setAccessibleDescription(", ".join((_name(row), *row.tags)))
        self.title_changed.emit(self.title)

    def _on_changed(self, change: Change) -> None:
        photo_id = self.photo_id
        if change.kind is not ChangeKind.PHOTOS or photo_id is None or self._loader is None:
            return
        if not change.ids or photo_id in change.ids:
            self._bridge.call(
                self._session.rows([photo_id]), self._on_rows, owner=self, latest="row"
            )

    # the picture

    def _on_loaded(self, loaded: Loaded) -> None:
        if loaded.photo_id == self.photo_id:
            self._put(loaded)

    def _put(self, loaded: Loaded) -> None:
        """Show what came; the view stays where the photo was there already."""
        known = self._loaded is not None
        self._loaded = loaded
        if not loaded.preliminary:
            self._busy.stop()
            self._note = ""
        elif self._note:
            self._show_words()
        self._overlay.show_problem()
        self._zoom.show()
        full = self._full_size(loaded.levels)
        if known and full == self._canvas.full:
            self._canvas.sharpen(loaded.levels)
        else:
            self._canvas.show_picture(full, loaded.levels, keep_view=known)
        self._on_zoomed(self._canvas.scale)

    def _full_size(self, levels: Levels) -> QSize:
        """The size that zooming goes by: the file's own, where the picture has its shape."""
        row = self._shown_row
        if row is None or not row.width or not row.height:
            return levels.size
        loaded = levels.size.width() / levels.size.height()
        if abs(loaded * row.height / row.width - 1) > _SAME_SHAPE:
            return levels.size
        return QSize(row.width, row.height)

    def _on_failed(self, photo_id: int, problem: AlbumError) -> None:
        if photo_id != self.photo_id:
            return
        self._busy.stop()
        row = self._shown_row
        away = row is not None and row.offline
        self._say_why(tr("Its drive is not there now.") if away else sentence(told_of(problem)))
        self._show_words()

    def _on_zoomed(self, scale: float) -> None:
        self._zoom.set_text(f"{round(100 * scale)} %")
        loaded = self._loaded
        if loaded is None or self._loader is None or loaded.longest_px is None:
            return
        longest = max(loaded.levels.size.width(), loaded.levels.size.height())
        more = max(self._canvas.full.width(), self._canvas.full.height()) > longest
        if more and not self._canvas.fits and self._canvas.wanted_px > longest:
            self._loader.want_full(loaded.photo_id)

    def toggle_zoom(self) -> None:
        """The whole photo, or its pixels."""
        if self._canvas.fits:
            self._canvas.set_scale(1.0)
        else:
            self._canvas.fit()

    # info

    def toggle_info(self) -> None:
        """Show or hide what is known of the photo."""
        self._show_info(self._info.isHidden())

    def _show_info(self, shown: bool) -> None:
        self._info.setVisible(shown)
        self._info_button.setChecked(shown)
        self._info_button.set_icon("info", "accent" if shown else "")

    # deciding

    def toggle_favourite(self) -> None:
        """Make it a favourite, or no longer."""
        row = self._shown_row
        if row is not None:
            self._decide(self._session.set_favourite([row.id], not row.favourite))

    def rate(self, stars: int) -> None:
        """So many stars; 0 takes them away."""
        row = self._shown_row
        if row is not None:
            self._decide(self._session.set_rating([row.id], stars or None))

    def _decide(self, future: Future[Decision]) -> None:
        self._bridge.call(future, self._on_decided, owner=self)

    def _on_decided(self, decision: Decision) -> None:
        if decision.ids:
            self._bridge.call(self._session.rows(list(decision.ids)), self._on_rows, owner=self)
            self.decided.emit(decision)

    def _on_star(self) -> None:
        menu = QMenu(self)
        for stars in range(_MOST_RATING + 1):
            text = tr("No stars") if stars == 0 else "★" * stars
            menu.addAction(f"{text}\t{stars}", partial(self.rate, stars))
        menu.exec(self._star.mapToGlobal(self._star.rect().bottomLeft()))

    def _on_lift(self) -> None:
        row = self._shown_row
        if row is not None and row.kind is MediaKind.PHOTO:
            self.page_wanted.emit(PageName.CUTOUT, PageContext(self._ids, self._row))

    def _on_play(self) -> None:
        row = self._shown_row
        if row is not None and row.path is not None:
            played = QDesktopServices.openUrl(QUrl.fromLocalFile(str(row.path)))
            if not played:
                self._session.notices.tell(
                    NoticeLevel.WARNING,
                    tr("No program here plays {file}.", file=row.path.name),
                    advice=tr("Install one that plays videos, then try again."),
                    replaces="play",
                )

    # keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """All keys of the viewer."""
        if isinstance(self.focusWidget(), QLineEdit):  # a tag is being typed
            return
        act = self._keys().get(Qt.Key(event.key()))
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        control = bool(modifiers & Qt.KeyboardModifier.ControlModifier)
        if control and event.key() == Qt.Key.Key_0:
            self._canvas.fit()
        elif control and event.key() == Qt.Key.Key_1:
            self._canvas.set_scale(1.0)
        elif act is not None and not control:
            act()
        elif not control and Qt.Key.Key_0 <= event.key() <= Qt.Key.Key_5:
            self.rate(event.key() - Qt.Key.Key_0)
        else:
            super().keyPressEvent(event)

    def _keys(self) -> dict[Qt.Key, Callable[[], object]]:
        return {
            Qt.Key.Key_Right: lambda: self.step(1),
            Qt.Key.Key_Left: lambda: self.step(-1),
            Qt.Key.Key_PageDown: lambda: self.step(10),
            Qt.Key.Key_PageUp: lambda: self.step(-10),
            Qt.Key.Key_Home: lambda: self.go_to(0),
            Qt.Key.Key_End: lambda: self.go_to(len(self._ids) - 1),
            Qt.Key.Key_Escape: self.left.emit,
            Qt.Key.Key_Space: self.left.emit,
            Qt.Key.Key_Return: self._on_return,
            Qt.Key.Key_Enter: self._on_return,
            Qt.Key.Key_F: self.toggle_favourite,
            Qt.Key.Key_C: self._on_lift,
            Qt.Key.Key_Z: self.toggle_zoom,
            Qt.Key.Key_I: self.toggle_info,
            Qt.Key.Key_G: self._regions.toggle,
            Qt.Key.Key_T: self._on_add_tag,
            Qt.Key.Key_Plus: lambda: self._canvas.zoom_by(ZOOM_STEP),
            Qt.Key.Key_Equal: lambda: self._canvas.zoom_by(ZOOM_STEP),
            Qt.Key.Key_Minus: lambda: self._canvas.zoom_by(1 / ZOOM_STEP),
        }

    def _on_add_tag(self) -> None:
        self._show_info(True)
        self._info.add_tag()

    def _on_return(self) -> None:
        """Play a video; leave a photo."""
        row = self._shown_row
        if row is not None and row.kind is MediaKind.VIDEO:
            self._on_play()
        else:
            self.left.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The screen may be another one now."""
        super().resizeEvent(event)
        if self._loader is not None and self._loaded is not None:
            self._on_zoomed(self._canvas.scale)


def _name(row: PhotoRow) -> str:
    """Title, else the file's name."""
    if row.title:
        return row.title
    return row.path.name if row.path is not None else tr("photo")
