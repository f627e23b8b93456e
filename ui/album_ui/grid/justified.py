"""An item view of justified rows under headings: positions, selection and keys; draws nothing."""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QRegion, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QWidget

from album.storage.search import Page
from album_ui.grid.geometry import Layout, Measures, Rect, Strip
from album_ui.grid.grouping import Groups, group
from album_ui.grid.model import PhotoGridModel
from album_ui.guard import guarded
from album_ui.theme import PAGE_MARGIN_PX, PHOTO_GAP_PX, PHOTO_HEIGHT_PX

AnyIndex = QModelIndex | QPersistentModelIndex

HEADING_PX: Final = 34
BETWEEN_PX: Final = 14
SETTLED_MS: Final = 4
"""What is in sight is asked for so long after it came there: first the frame is painted."""
STRIPS_KEPT: Final = 2
"""Pages whose rows are remembered: a choice taken back shows the page before at once."""


@guarded
class JustifiedView(QListView):
    """Knows where every photo of a page lies, at any size, and how keys and clicks select them.

    A `QListView` by name only: Qt tells screen readers of lists and their items, not of item views
    in general. Nothing of its own layout is ever called.

    Signals:
        scrolled(int): the first visible row of the model is another.
    """

    scrolled = Signal(int)

    def __init__(self, model: PhotoGridModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.photos = model
        self._row_px = PHOTO_HEIGHT_PX[1]
        self._days = True
        self._groups: Groups | None = None
        self._strips = [Strip(np.empty(0, dtype=np.float32))]
        self._layout = self._strip.laid_out(self._measures())
        self._goal_x: int | None = None
        self._settled = QTimer(self, singleShot=True, interval=SETTLED_MS)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QAbstractItemView.Shape.NoFrame)
        self.verticalScrollBar().valueChanged.connect(self._on_scrolled)

    @property
    def _strip(self) -> Strip:
        return self._strips[0]

    # What is shown

    @property
    def positions(self) -> Layout:
        """Where the photos lie."""
        return self._layout

    @property
    def row_px(self) -> int:
        """Wanted height of a row."""
        return self._row_px

    def set_row_px(self, height: int) -> None:
        """Make the pictures larger or smaller; what is at the top stays there."""
        height = min(max(height, PHOTO_HEIGHT_PX[0]), PHOTO_HEIGHT_PX[2])
        if height != self._row_px:
            self._row_px = height
            self._lay_out(keep=True)

    def show_days(self, wanted: bool) -> None:
        """Whether photos stand under the day they were taken; takes effect with the next page."""
        self._days = wanted

    def selected_rows(self) -> list[tuple[int, int]]:
        """Runs (first, last) of selected rows, in order."""
        ranges = self.selectionModel().selection()
        return sorted(
            (ranges.at(place).top(), ranges.at(place).bottom()) for place in range(ranges.count())
        )

    def selected_ids(self) -> NDArray[np.int32]:
        """The selected photos in the order of the grid."""
        runs = [self.photos.ids[first : last + 1] for first, last in self.selected_rows()]
        return np.concatenate(runs) if runs else np.empty(0, dtype=np.int32)

    def select_rows(self, rows: NDArray[np.int64]) -> None:
        """Select exactly these rows (in order)."""
        selection = QItemSelection()
        if len(rows):
            breaks = np.flatnonzero(np.diff(rows) > 1) + 1
            for run in np.split(rows, breaks):
                first, last = self.photos.index(int(run[0])), self.photos.index(int(run[-1]))
                selection.select(first, last)
        flag = QItemSelectionModel.SelectionFlag.ClearAndSelect
        self.selectionModel().select(selection, flag)

    def go_to(self, row: int) -> None:
        """Scroll so that this row of the model is at the top."""
        if 0 <= row < self._strip.count:
            layout = self._layout
            line = layout.row_of(row)
            place = layout.group_of(row)
            first_line = int(layout.group_rows[place]) == line
            top = layout.group_top(place) if first_line else int(layout.row_tops[line])
            self.verticalScrollBar().setValue(top)

    def first_visible(self) -> int:
        """The first photo in sight, -1 for none."""
        top = self.verticalScrollBar().value()
        lines = self._layout.rows_between(top + HEADING_PX, top + HEADING_PX + 1)
        return int(self._layout.row_starts[lines.start]) if lines else -1

    def visible_rows(self, ahead: int = 0) -> range:
        """The model's rows that are in sight, with so many lines of photos before and after."""
        top = self.verticalScrollBar().value()
        lines = self._layout.rows_between(top, top + self.viewport().height())
        if not lines:
            return range(0)
        starts = self._layout.row_starts
        first, last = max(0, lines.start - ahead), min(self._layout.rows, lines.stop + ahead)
        return range(int(starts[first]), int(starts[last]))

    def show_page(self, page: Page, *, keep: bool) -> None:
        """Show these photos.

        Args:
            page: what to show.
            keep: what is at the top stays there (the library changed); else the page begins at its
                top.
        """
        anchor = self.first_visible() if keep else -1
        at = int(self.photos.ids[anchor]) if anchor >= 0 else -1
        bar = self.verticalScrollBar()
        offset = self._layout.rect(anchor).y - bar.value() if at >= 0 else 0
        at_top = bar.value() == 0
        self.photos.show(page)
        row = self.photos.place_of(at) if at >= 0 and not at_top else -1
        bar.setValue(self._layout.rect(row).y - offset if row >= 0 else 0)
        self.scrolled.emit(self.first_visible())

    def reset(self) -> None:
        """Lay out the model's page."""
        super().reset()
        self.executeDelayedItemsLayout()  # else Qt does it in the next frame, and paints twice
        page = self.photos.page
        if page is not None:
            self._groups = group(page.day) if self._days else None
            starts = None if self._groups is None else self._groups.starts
            known = [one for one in self._strips if one.is_of(page.aspect, starts)]
            strip = known[0] if known else Strip(page.aspect, starts)
            others = [one for one in self._strips if one is not strip]
            self._strips = [strip, *others][:STRIPS_KEPT]
        self._lay_out(keep=False)

    def doItemsLayout(self) -> None:  # noqa: N802 - Qt's name
        """Positions are computed when the page or the width changes, not item by item."""
        QAbstractItemView.doItemsLayout(self)

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        """Draw it; a list view would make an index of every selected photo."""
        QAbstractItemView.selectionChanged(self, selected, deselected)

    def _measures(self) -> Measures:
        width = max(80, self.viewport().width() - PAGE_MARGIN_PX)
        heading = HEADING_PX if self._days else 0
        return Measures(width, self._row_px, PHOTO_GAP_PX, heading, BETWEEN_PX)

    def _lay_out(self, *, keep: bool) -> None:
        anchor = self.first_visible() if keep else -1
        offset = 0
        if anchor >= 0:
            offset = int(self._layout.rect(anchor).y) - self.verticalScrollBar().value()
        self._layout = self._strip.laid_out(self._measures())
        self.updateGeometries()
        if 0 <= anchor < self._strip.count:
            self.verticalScrollBar().setValue(self._layout.rect(anchor).y - offset)
        self._settle()
        self.viewport().update()

    def _settle(self) -> None:
        """Ask for what is in sight, soon: a hand that goes on scrolling does not put it off."""
        if not self._settled.isActive():
            self._settled.start()

    def _on_scrolled(self) -> None:
        self._settle()
        self.scrolled.emit(self.first_visible())

    # Qt's questions about positions

    def visualRect(self, index: AnyIndex) -> QRect:
        """Where a photo lies in the viewport."""
        if not index.isValid() or index.row() >= self._strip.count:
            return QRect()
        rect = self._layout.rect(index.row())
        top = rect.y - self.verticalScrollBar().value()
        return QRect(rect.x + PAGE_MARGIN_PX, top, rect.width, rect.height)

    def indexAt(self, point: QPoint) -> QModelIndex:
        """The photo at a point of the viewport."""
        x, y = point.x() - PAGE_MARGIN_PX, point.y() + self.verticalScrollBar().value()
        found = self._layout.photo_at(x, y)
        return QModelIndex() if found is None else self.photos.index(found)

    def scrollTo(
        self,
        index: AnyIndex,
        hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible,
    ) -> None:
        """Bring a photo into sight, its day's heading with it."""
        if not index.isValid() or index.row() >= self._strip.count:
            return
        rect, bar = self._layout.rect(index.row()), self.verticalScrollBar()
        height = self.viewport().height()
        if hint is QAbstractItemView.ScrollHint.PositionAtCenter:
            bar.setValue(rect.y + rect.height // 2 - height // 2)
        elif rect.y - self._layout.measures.heading < bar.value():
            bar.setValue(rect.y - self._layout.measures.heading)
        elif rect.y + rect.height + PHOTO_GAP_PX > bar.value() + height:
            bar.setValue(rect.y + rect.height + PHOTO_GAP_PX - height)

    def horizontalOffset(self) -> int:
        """Nothing scrolls sideways."""
        return 0

    def verticalOffset(self) -> int:
        """How far down the page the viewport is."""
        return self.verticalScrollBar().value()

    def isIndexHidden(self, index: AnyIndex) -> bool:
        """No photo of the page is hidden."""
        return False

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Move what is drawn already; only what comes into sight is drawn."""
        self.viewport().scroll(0, dy)

    def visualRegionForSelection(self, selection: QItemSelection) -> QRegion:
        """Selections are drawn with the whole viewport: it is one frame either way."""
        return QRegion(self.viewport().rect())

    def updateGeometries(self) -> None:
        """Say how far the page can be scrolled."""
        bar, height = self.verticalScrollBar(), self.viewport().height()
        bar.setRange(0, max(0, self._layout.height + PAGE_MARGIN_PX - height))
        bar.setPageStep(height)
        bar.setSingleStep(self._row_px // 2)
        QAbstractItemView.updateGeometries(self)

    def setSelection(self, rect: QRect, command: QItemSelectionModel.SelectionFlag) -> None:
        """Select a run (Shift) or what the rubber band touches."""
        selection = QItemSelection()
        if self.state() is QAbstractItemView.State.DragSelectingState:
            area = rect.normalized().translated(-PAGE_MARGIN_PX, self.verticalScrollBar().value())
            touched = Rect(area.x(), area.y(), area.width(), area.height())
            runs = self._layout.runs_in(touched)
        else:
            ends = sorted(
                index.row()
                for index in (self.indexAt(rect.topLeft()), self.indexAt(rect.bottomRight()))
                if index.isValid()
            )
            runs = [(ends[0], ends[-1])] if ends else []
        for first, last in runs:
            selection.select(self.photos.index(first), self.photos.index(last))
        self.selectionModel().select(selection, command)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay the rows out anew where their width changed; keep what is at the top."""
        QAbstractItemView.resizeEvent(self, event)
        if self._measures() != self._layout.measures:
            self._lay_out(keep=True)
        else:
            self.updateGeometries()
            self._settle()

    # Keys

    def moveCursor(
        self,
        action: QAbstractItemView.CursorAction,
        modifiers: Qt.KeyboardModifier,
    ) -> QModelIndex:
        """Where a key leads from the current photo."""
        count = self._strip.count
        if not count:
            return QModelIndex()
        at = self.currentIndex().row()
        if at < 0:
            return self.photos.index(max(0, self.first_visible()))
        moves = QAbstractItemView.CursorAction
        if action in {moves.MoveUp, moves.MoveDown, moves.MovePageUp, moves.MovePageDown}:
            return self.photos.index(self._vertical(at, action))
        self._goal_x = None
        target = {
            moves.MoveLeft: at - 1,
            moves.MovePrevious: at - 1,
            moves.MoveRight: at + 1,
            moves.MoveNext: at + 1,
            moves.MoveHome: 0,
            moves.MoveEnd: count - 1,
        }[action]
        return self.photos.index(min(max(0, target), count - 1))

    def _vertical(self, at: int, action: QAbstractItemView.CursorAction) -> int:
        layout, moves = self._layout, QAbstractItemView.CursorAction
        line, rect = layout.row_of(at), layout.rect(at)
        if self._goal_x is None:
            self._goal_x = rect.x + rect.width // 2
        if action in {moves.MoveUp, moves.MoveDown}:
            target = line + (1 if action is moves.MoveDown else -1)
        else:
            way = self.viewport().height() * (1 if action is moves.MovePageDown else -1)
            lines = layout.rows_between(rect.y + way, rect.y + way + 1)
            past = layout.rows - 1 if way > 0 else 0
            target = lines.start if lines else past
        if not 0 <= target < layout.rows:
            return at
        return layout.nearest(target, self._goal_x)

    def keyboardSearch(self, search: str) -> None:  # noqa: N802 - Qt's name
        """Letters are keys of the window, not the beginning of a name."""
