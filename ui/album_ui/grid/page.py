"""The library page: the choice over the grid, the years beside it, the info at the right."""

from concurrent.futures import Future
from functools import partial

import numpy as np
from PySide6.QtCore import QItemSelectionModel, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from album.domain.photo import PhotoId
from album.domain.query import Query, Sort
from album.session import Change, ChangeKind, Decision, LibrarySession
from album.storage.photos import CommonOpinion
from album.storage.search import Page as PhotoPage
from album_ui import shortcuts
from album_ui.bridge import Bridge
from album_ui.grid.model import PhotoGridModel
from album_ui.grid.pixmaps import Pixmaps
from album_ui.grid.scroller import YearScroller
from album_ui.grid.view import PhotoGridView
from album_ui.info.panel import InfoPanel
from album_ui.pages import Page, PageContext, PageName
from album_ui.search.browsing import Browsing
from album_ui.search.chips import ChoiceLine
from album_ui.search.empty import EmptyPage
from album_ui.theme import INFO_PX, Theme

NARROW_PX = 760
"""Below this width of the page there is no room for the info beside the photos."""

TIMED = frozenset({Sort.NEWEST, Sort.OLDEST})
"""Orders in which photos stand under their days."""


class LibraryPage(Page):
    """Where photos are browsed and selected.

    Signals:
        decided(Decision): photos were changed here; there is something to undo.
        drag_wanted(ids): these photos are being dragged out of the window.
        folder_wanted(): the user wants to add a folder.
        row_px_changed(int): the user made the pictures larger or smaller in the grid.
        info_toggled(bool): the info was shown or hidden.
        album_saved(SavedAlbum): the search has a name now.
    """

    decided = Signal(object)
    drag_wanted = Signal(object)
    folder_wanted = Signal()
    row_px_changed = Signal(int)
    info_toggled = Signal(bool)
    album_saved = Signal(object)

    def __init__(
        self,
        session: LibrarySession,
        bridge: Bridge,
        theme: Theme,
        browsing: Browsing,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._bridge, self._browsing = session, bridge, browsing
        self._asked: Query | None = None
        self._begun = False  # only the first photos are there so far
        self._cramped = False
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.model = PhotoGridModel(session, bridge, self)
        self.pixmaps = Pixmaps(session, bridge, self)
        self.view = PhotoGridView(self.model, self.pixmaps, theme)
        self._scroller = YearScroller(theme)
        self.choice = ChoiceLine(browsing, session.tag_name, theme)
        self._empty = EmptyPage(session, bridge)
        self.info = InfoPanel(session, bridge, theme)
        self._stack = QStackedWidget()
        self._splitter = QSplitter(Qt.Orientation.Horizontal)
        self._lay_out(session.settings.current.info_width_px)
        self._connect()
        self._make_actions()

    @property
    def title(self) -> str:
        """The window is simply called by the program's name here."""
        return ""

    def enter(self, context: PageContext) -> None:
        """Come up; where a photo is named, it becomes the current one."""
        if context.photo_id is not None:
            row = self.model.place_of(context.photo_id)
            if row >= 0:
                self._make_current(row)
        self.setFocusProxy(self.view)

    def close_pictures(self) -> None:
        """Decode nothing any more."""
        self.pixmaps.close()

    def toggle_info(self) -> None:
        """Show or hide the info."""
        shown = self.info.isHidden()
        self._cramped = False
        self.info.setVisible(shown)
        self._session.settings.change(info_shown=shown)
        self.info_toggled.emit(shown)

    def remark(self, text: str) -> None:
        """Say something about what was searched; empty: nothing more."""
        self.choice.remark(text)

    def set_row_px(self, height: int) -> None:
        """Make the pictures so high."""
        self.view.set_row_px(height)

    def _lay_out(self, info_px: int) -> None:
        photos = QWidget()
        row = QHBoxLayout(photos)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.view, 1)
        row.addWidget(self._scroller)
        self._stack.addWidget(photos)
        self._stack.addWidget(self._empty)
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.choice)
        column.addWidget(self._stack, 1)
        self.info.setMinimumWidth(INFO_PX[0])
        self.info.setMaximumWidth(INFO_PX[2])
        self._splitter.setHandleWidth(1)
        self._splitter.setChildrenCollapsible(False)
        self._splitter.addWidget(left)
        self._splitter.addWidget(self.info)
        self._splitter.setStretchFactor(0, 1)
        self._splitter.setSizes([10_000, info_px])
        self.info.setVisible(self._session.settings.current.info_shown)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._splitter)
        self.view.set_row_px(self._session.settings.current.row_height_px)

    def _connect(self) -> None:
        self._browsing.first_photos.connect(self._on_first_photos)
        self._browsing.page_changed.connect(self._on_page)
        self._bridge.changed.connect(self._on_changed)
        self.view.opened.connect(self._on_opened)
        self.view.favourite_wanted.connect(self._on_heart)
        self.view.selection_made.connect(self._on_selection)
        self.view.drag_wanted.connect(lambda: self.drag_wanted.emit(self.selected_ids()))
        self.view.scrolled.connect(self._scroller.show_place)
        self.view.resized.connect(self.row_px_changed)
        self._scroller.photo_wanted.connect(self.view.go_to)
        self.choice.album_named.connect(self._on_album_named)
        self.choice.left.connect(self.view.setFocus)
        self._empty.query_wanted.connect(self._browsing.ask)
        self._empty.folder_wanted.connect(self.folder_wanted)
        self.info.decided.connect(self.decided)
        self.info.left.connect(self.view.setFocus)

    def _make_actions(self) -> None:
        act = shortcuts.action
        act("info", self, self.toggle_info)
        act("add_tag", self, self._on_add_tag)
        act("favourite", self, self._on_favourite)
        act("cutout", self, self._on_cutout)
        for made in (
            act("save_album", self, self.choice.ask_name),
            act("larger", self, lambda: self._step(24)),
            act("smaller", self, lambda: self._step(-24)),
        ):  # from the sidebar and the search too, while the library is on the screen
            made.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        for stars in range(6):
            act(f"rate_{stars}", self, partial(self._on_rate, stars))

    def selected_ids(self) -> list[PhotoId]:
        """The selected photos; the current one where none is selected."""
        ids = self.view.selected_ids()
        if len(ids):
            return [PhotoId(int(one)) for one in ids]
        row = self.view.currentIndex().row()
        return [self.model.photo_id(row)] if row >= 0 else []

    # Answers

    def _on_first_photos(self, page: PhotoPage) -> None:
        """What the library begins with; all of it takes the place of this and stays where it is."""
        if self.model.page is None and page.total:
            self._asked = self._browsing.query
            self._begun = True
            self.view.show_days(self._browsing.sort in TIMED)
            self.view.show_page(page, keep=False)

    def _on_page(self, page: PhotoPage) -> None:
        same = self._asked == self._browsing.query
        self._asked = self._browsing.query
        timed = self._browsing.sort in TIMED
        if same and self.model.page is not None and np.array_equal(page.ids, self.model.ids):
            self.model.take_columns(page)
            self.view.viewport().update()
            if self._begun:
                self._show_years(page)
            return
        kept = self.view.selected_ids() if same else np.empty(0, dtype=np.int32)
        current = self._current_id() if same else None
        self.view.show_days(timed)
        self.view.show_page(page, keep=same)
        self._show_years(page)
        if len(kept):
            self.view.select_rows(self.model.places_of(kept.tolist()))
        if current is not None and (row := self.model.place_of(current)) >= 0:
            flag = QItemSelectionModel.SelectionFlag.NoUpdate
            self.view.selectionModel().setCurrentIndex(self.model.index(row), flag)
        self._on_selection()
        self._scroller.show_place(self.view.first_visible())
        if not page.total:
            self._empty.show_query(self._browsing.query)
        was_empty = self._stack.currentIndex() == 1
        self._stack.setCurrentIndex(0 if page.total else 1)
        if was_empty and page.total and not isinstance(self.window().focusWidget(), QLineEdit):
            self.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_years(self, page: PhotoPage) -> None:
        self._begun = False
        self._scroller.show_days(page.day, timed=self._browsing.sort in TIMED)

    def _current_id(self) -> int | None:
        row = self.view.currentIndex().row()
        return int(self.model.ids[row]) if 0 <= row < len(self.model.ids) else None

    def _make_current(self, row: int) -> None:
        index = self.model.index(row)
        flag = QItemSelectionModel.SelectionFlag.ClearAndSelect
        self.view.selectionModel().setCurrentIndex(index, flag)
        self.view.scrollTo(index)

    def _on_changed(self, change: Change) -> None:
        if change.kind in {ChangeKind.PHOTOS, ChangeKind.FACETS} and change.ids:
            self.model.forget(change.ids)
        elif change.kind is ChangeKind.PROBLEMS:
            self.model.forget(self.model.ids[row] for row in self.view.visible_rows())

    # What the user does

    def _on_opened(self, row: int) -> None:
        self.page_wanted.emit(PageName.VIEWER, PageContext(self.model.ids, row))

    def _on_cutout(self) -> None:
        row = self.view.currentIndex().row()
        if row >= 0:
            self.page_wanted.emit(PageName.CUTOUT, PageContext(self.model.ids, row))

    def _on_heart(self, row: int, wanted: bool) -> None:
        ids = [self.model.photo_id(row)]
        self._decide(self._session.set_favourite(ids, wanted))

    def _on_favourite(self) -> None:
        """Favourites, unless all of them are."""
        ids = self.selected_ids()

        def decide(said: CommonOpinion) -> None:
            self._decide(self._session.set_favourite(ids, not said.favourite))

        if ids:
            self._bridge.call(self._session.common_opinion(ids), decide, owner=self)

    def _on_rate(self, stars: int) -> None:
        ids = self.selected_ids()
        if ids:
            self._decide(self._session.set_rating(ids, stars or None))

    def _on_add_tag(self) -> None:
        if self.selected_ids():
            if self.info.isHidden():
                self.toggle_info()
            self.info.show_photos(self.selected_ids())
            self.info.add_tag()

    def _on_album_named(self, name: str) -> None:
        saved = self._session.save_album(name, self._browsing.query)
        self._bridge.call(saved, self.album_saved.emit, owner=self)

    def _decide(self, future: Future[Decision]) -> None:
        self._bridge.call(future, self.decided.emit, owner=self)

    def _on_selection(self) -> None:
        self.info.show_photos(self.view.selected_ids().tolist())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a narrow window the info gives its room to the photos until there is more."""
        super().resizeEvent(event)
        cramped = self.width() < NARROW_PX
        if cramped != self._cramped:
            self._cramped = cramped
            self.info.setVisible(not cramped and self._session.settings.current.info_shown)
            self.info_toggled.emit(not self.info.isHidden())

    def _step(self, pixels: int) -> None:
        self.view.set_row_px(self.view.row_px + pixels)
        self.row_px_changed.emit(self.view.row_px)
