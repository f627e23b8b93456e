"""The toolbar: sidebar, back and forward, the search field, order, size of pictures, info."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QSlider, QWidget

from album.domain.query import Query, Sort
from album_ui import shortcuts
from album_ui.search.browsing import Browsing
from album_ui.search.field import SearchField
from album_ui.theme import GRID_PX, PHOTO_HEIGHT_PX, Theme
from album_ui.words import mark, tr

SORTS: Final = {
    Sort.NEWEST: mark("Newest first"),
    Sort.OLDEST: mark("Oldest first"),
    Sort.QUALITY: mark("Best first"),
    Sort.NAME: mark("By file name"),
    Sort.SCORE: mark("Surest first"),
}
_ICON: Final = QSize(17, 17)
_SLIDER_PX: Final = 88
_NARROW_PX: Final = 900


class Toolbar(QWidget):
    """What is always at hand while photos are browsed.

    Signals:
        sidebar_toggled(), info_toggled(): show or hide them.
        settings_wanted(QWidget): show the settings below this button.
        row_px_chosen(int): how high rows of the grid should be.
    """

    sidebar_toggled = Signal()
    info_toggled = Signal()
    settings_wanted = Signal(object)
    row_px_chosen = Signal(int)

    def __init__(
        self, browsing: Browsing, field: SearchField, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._browsing = browsing
        self._field = field
        self._theme = theme
        self._sidebar = self._button("sidebar", self.sidebar_toggled.emit)
        self._back = self._button("back", browsing.back)
        self._forward = self._button("forward", browsing.forward)
        self._info = self._button("info", self.info_toggled.emit)
        self._info.setCheckable(True)
        self.settings = self._button("settings", self._on_settings)
        self._order = QPushButton()
        self._order.setMenu(self._order_menu())
        self._order.setAccessibleName(tr("Order of photos"))
        self._smaller = QPushButton()
        self._size = QSlider(Qt.Orientation.Horizontal)
        self._lay_out()
        browsing.query_changed.connect(self._on_query_changed)
        theme.changed.connect(self._paint_icons)
        self._paint_icons()
        self._on_query_changed(browsing.query)

    def set_row_px(self, height: int) -> None:
        """Show how high rows are now."""
        self._size.blockSignals(True)
        self._size.setValue(height)
        self._size.blockSignals(False)

    def set_info_shown(self, shown: bool) -> None:
        """Show whether the info is there."""
        self._info.setChecked(shown)

    def _button(self, name: str, slot: Callable[[], object]) -> QPushButton:
        button = QPushButton()
        button.setProperty("kind", "icon")
        button.setIconSize(_ICON)
        button.setToolTip(shortcuts.tip(name))
        button.setAccessibleName(tr(shortcuts.shortcut(name).text))
        button.clicked.connect(lambda: slot())
        return button

    def _order_menu(self) -> QMenu:
        menu = QMenu(self)
        group = QActionGroup(menu)
        for sort, text in SORTS.items():
            action = QAction(tr(text), menu, checkable=True)
            action.setData(sort)
            action.setChecked(sort is self._browsing.sort)
            action.triggered.connect(lambda _=False, sort=sort: self._browsing.order(sort))
            group.addAction(action)
            menu.addAction(action)
        return menu

    def _lay_out(self) -> None:
        self._size.setRange(PHOTO_HEIGHT_PX[0], PHOTO_HEIGHT_PX[2])
        self._size.setFixedWidth(_SLIDER_PX)
        self._size.setAccessibleName(tr("Size of pictures"))
        self._size.setToolTip(tr("Size of pictures"))
        self._size.valueChanged.connect(self.row_px_chosen)
        self._smaller.setProperty("kind", "icon")
        self._smaller.setIconSize(_ICON)
        self._smaller.setToolTip(shortcuts.tip("smaller"))
        self._smaller.setAccessibleName(tr("Smaller pictures"))
        self._smaller.clicked.connect(
            lambda: self._size.setValue(self._size.value() - 3 * self._size.singleStep() * 8)
        )
        row = QHBoxLayout(self)
        row.setContentsMargins(3 * GRID_PX, 0, 3 * GRID_PX, 0)
        row.setSpacing(2 * GRID_PX)
        for button in (self._sidebar, self._back, self._forward):
            row.addWidget(button)
        row.addStretch(1)
        row.addWidget(self._field, 8)
        row.addStretch(1)
        row.addWidget(self._order)
        row.addWidget(self._smaller)
        row.addWidget(self._size)
        row.addSpacing(GRID_PX)
        row.addWidget(self._info)
        row.addWidget(self.settings)

    def _on_settings(self) -> None:
        self.settings_wanted.emit(self.settings)

    def _on_query_changed(self, query: Query) -> None:
        self._back.setEnabled(self._browsing.can_go_back)
        self._forward.setEnabled(self._browsing.can_go_forward)
        self._order.setText(f"{tr(SORTS[self._browsing.sort])}  ")

    def _paint_icons(self) -> None:
        names = {
            self._sidebar: "layout",
            self._back: "caret-left",
            self._forward: "caret-right",
            self._smaller: "squares-four",
            self._info: "info",
            self.settings: "gear-six",
        }
        for button, name in names.items():
            button.setIcon(self._theme.icon(name))
        self._order.setIcon(self._theme.icon("caret-down"))
        self._order.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        self._order.setIconSize(QSize(12, 12))
