"""The grid: an item view with computed positions; a million photos cost what a screenful does."""

import time
from datetime import date
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QRegion,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QWidget

from album.domain.photo import MediaKind
from album.storage.search import Page
from album_ui import words
from album_ui.grid.geometry import Layout, Measures, Rect, Strip
from album_ui.grid.grouping import Groups, Span, group
from album_ui.grid.model import PhotoGridModel
from album_ui.grid.painter import Cell, CellPainter, heart_rect, tick_rect
from album_ui.grid.pixmaps import Pixmaps
from album_ui.theme import PAGE_MARGIN_PX, PHOTO_GAP_PX, PHOTO_HEIGHT_PX, Size, Theme

AnyIndex = QModelIndex | QPersistentModelIndex

ROWS_AHEAD: Final = 3
HEADING_PX: Final = 34
BETWEEN_PX: Final = 14
WHEEL_STEP_PX: Final = 120
FRAME_MS: Final = 16


class PhotoGridView(QAbstractItemView):
    """Justified rows under day headings.

    Signals:
        opened(int): the user wants to look at the photo of this row.
        favourite_wanted(int, bool): its heart was clicked.
        selection_made(): what is selected is different.
        drag_wanted(): the selected photos are being dragged out.
        scrolled(int): the first visible row of the model is another.
        resized(int): the wanted height of rows was changed with the wheel.
    """

    opened = Signal(int)
    favourite_wanted = Signal(int, bool)
    selection_made = Signal()
    drag_wanted = Signal()
    scrolled = Signal(int)
    resized = Signal(int)

    def __init__(
        self, model: PhotoGridModel, pixmaps: Pixmaps, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.photos = model
        self.pixmaps = pixmaps
        self._theme = theme
        self._painter = CellPainter(theme)
        self._row_px = PHOTO_HEIGHT_PX[1]
        self._days = True
        self._groups: Groups | None = None
        self._strip = Strip(np.empty(0, dtype=np.float32))
        self._layout = Layout(self._strip, self._measures())
        self._hovered = -1
        self._goal_x: int | None = None
        self._band: QRect | None = None
        self._band_from = QPoint()
        self._fresh: dict[int, float] = {}
        self._fading = QTimer(self, interval=FRAME_MS)
        self._fading.timeout.connect(self.viewport().update)
        self._fetching = QTimer(self, singleShot=True, interval=0)
        self._fetching.timeout.connect(self._fetch_visible)
        self._set_up()
        self.setModel(model)
        self.selectionModel().selectionChanged.connect(self._on_selection_changed)
        pixmaps.ready.connect(self._on_pixmaps_ready)
        theme.changed.connect(self._on_theme_changed)

    def _set_up(self) -> None:
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QAbstractItemView.Shape.NoFrame)
        self.setDragEnabled(True)
        self.setMouseTracking(True)
        self.viewport().setMouseTracking(True)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName(words.tr("Photos"))
        self.verticalScrollBar().valueChanged.connect(self._on_scrolled)

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
        page = self.photos.page
        if page is not None:
            self._groups = group(page.day) if self._days else None
            starts = None if self._groups is None else self._groups.starts
            self._strip = Strip(page.aspect, starts)
        self._hovered = -1
        self._lay_out(keep=False)

    def _measures(self) -> Measures:
        width = max(80, self.viewport().width() - PAGE_MARGIN_PX)
        heading = HEADING_PX if self._days else 0
        return Measures(width, self._row_px, PHOTO_GAP_PX, heading, BETWEEN_PX)

    def _lay_out(self, *, keep: bool) -> None:
        anchor = self.first_visible() if keep else -1
        offset = 0
        if anchor >= 0:
            offset = int(self._layout.rect(anchor).y) - self.verticalScrollBar().value()
        self._layout = Layout(self._strip, self._measures())
        self.updateGeometries()
        if 0 <= anchor < self._strip.count:
            self.verticalScrollBar().setValue(self._layout.rect(anchor).y - offset)
        self._fetching.start()
        self.viewport().update()

    # Drawing

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw what is in sight."""
        with QPainter(self.viewport()) as painter:
            painter.fillRect(event.rect(), self._theme.palette.colour("page"))
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            top = self.verticalScrollBar().value()
            area = event.rect().translated(0, top)
            painter.translate(PAGE_MARGIN_PX, -top)
            if self._days:
                self._paint_headings(painter, area.top(), area.bottom() + 1)
            self._paint_photos(painter, area.top(), area.bottom() + 1)
            if self._band is not None:
                self._paint_band(painter, self._band)

    def _paint_headings(self, painter: QPainter, top: int, bottom: int) -> None:
        layout, groups = self._layout, self._groups
        if groups is None:
            return
        strong, plain = self._theme.font(Size.HEADING, strong=True), self._theme.font()
        text, second = self._theme.palette.colour("text"), self._theme.palette.colour("second")
        for place in layout.groups_between(top, bottom):
            photos = layout.group_photos(place)
            line = QRect(0, layout.group_top(place), layout.measures.width, HEADING_PX - 8)
            named = _named(Span(int(groups.spans[place])), groups.ends(place))
            painter.setFont(strong)
            painter.setPen(text)
            painter.drawText(line, Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft, named)
            indent = painter.fontMetrics().horizontalAdvance(named) + 10
            painter.setFont(plain)
            painter.setPen(second)
            counted = words.count("{n} photo", "{n} photos", len(photos))
            painter.drawText(line.adjusted(indent, 0, 0, 0), Qt.AlignmentFlag.AlignBottom, counted)

    def _paint_photos(self, painter: QPainter, top: int, bottom: int) -> None:
        now = time.monotonic()
        current = self.currentIndex().row() if self.hasFocus() else -1
        selected = self._selected_in(self.visible_rows())
        for line in self._layout.rows_between(top, bottom):
            first = int(self._layout.row_starts[line])
            for at, rect in enumerate(self._layout.row_rects(line)):
                cell = self._cell(first + at, rect, now)
                cell.selected = first + at in selected
                cell.current = first + at == current
                self._painter.paint(painter, cell)
        if not self._fresh:
            self._fading.stop()

    def _selected_in(self, rows: range) -> set[int]:
        found: set[int] = set()
        for first, last in self.selected_rows():
            found.update(range(max(first, rows.start), min(last + 1, rows.stop)))
        return found

    def _cell(self, row: int, rect: Rect, now: float) -> Cell:
        page = self.photos.page
        colour = QColor(self._theme.palette.chip)
        if page is not None and page.colour[row] >= 0:
            colour = QColor(int(page.colour[row]))
        photo_id = self.photos.photo_id(row)
        cell = Cell(QRect(rect.x, rect.y, rect.width, rect.height), colour)
        cell.pixmap = self.pixmaps.get(photo_id)
        cell.opacity = self._opacity(photo_id, now)
        cell.hovered = row == self._hovered
        known = self.photos.row(row)
        if known is not None:
            cell.favourite = known.favourite
            cell.offline = known.offline
            if known.kind is MediaKind.VIDEO:
                cell.length = words.duration(known.duration_s or 0.0)
        return cell

    def _opacity(self, photo_id: int, now: float) -> float:
        since = self._fresh.get(photo_id)
        if since is None:
            return 1.0
        share = (now - since) * 1000 / max(1, self._theme.fade_ms)
        if share >= 1.0:
            del self._fresh[photo_id]
            return 1.0
        return share

    def _paint_band(self, painter: QPainter, band: QRect) -> None:
        accent = self._theme.palette.colour("accent")
        painter.setPen(QPen(accent, 1))
        accent.setAlpha(40)
        painter.setBrush(accent)
        painter.drawRect(band.translated(-PAGE_MARGIN_PX, 0))

    # What comes and goes

    def _fetch_visible(self) -> None:
        near = self.visible_rows(ROWS_AHEAD)
        self.photos.fetch(near)
        sizes: list[tuple[int, QSize]] = []
        ratio = self.devicePixelRatioF()
        here = self.visible_rows()
        order = [*here, *(row for row in near if row not in here)]
        lines: dict[int, list[Rect]] = {}
        for row in order:
            line = self._layout.row_of(row)
            if line not in lines:
                lines[line] = self._layout.row_rects(line)
            rect = lines[line][row - int(self._layout.row_starts[line])]
            size = QSize(round(rect.width * ratio), round(rect.height * ratio))
            sizes.append((int(self.photos.ids[row]), size))
        self.pixmaps.want(sizes, visible=len(here))

    def _on_pixmaps_ready(self, ids: list[int]) -> None:
        if self._theme.fade_ms:
            now = time.monotonic()
            self._fresh.update((photo_id, now) for photo_id in ids)
            self._fading.start()
        self.viewport().update()

    def _on_scrolled(self) -> None:
        self._fetching.start()
        self.scrolled.emit(self.first_visible())

    def _on_selection_changed(self) -> None:
        self.viewport().update()
        self.selection_made.emit()

    def _on_theme_changed(self) -> None:
        self._painter.refresh()
        self.viewport().update()

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
        super().updateGeometries()

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

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open with Enter or Space, select nothing with Esc; the rest is as in every item view."""
        at = self.currentIndex().row()
        plain = event.modifiers() in {
            Qt.KeyboardModifier.NoModifier,
            Qt.KeyboardModifier.KeypadModifier,
        }
        if plain and event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space}:
            if at >= 0:
                self.opened.emit(at)
        elif event.key() == Qt.Key.Key_Escape and self.selectionModel().hasSelection():
            self.clearSelection()
        else:
            super().keyPressEvent(event)
            if event.key() not in {
                Qt.Key.Key_Up,
                Qt.Key.Key_Down,
                Qt.Key.Key_PageUp,
                Qt.Key.Key_PageDown,
            }:
                self._goal_x = None

    def keyboardSearch(self, search: str) -> None:  # noqa: N802 - Qt's name
        """Letters are keys of the window, not the beginning of a name."""

    # Mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """The tick and the heart of a photo are buttons; elsewhere the photo is selected."""
        self._goal_x = None
        point = event.position().toPoint()
        index = self.indexAt(point)
        if event.button() is Qt.MouseButton.LeftButton and index.isValid():
            rect = self.visualRect(index)
            if tick_rect(rect).contains(point):
                toggle = QItemSelectionModel.SelectionFlag.Toggle
                self.selectionModel().setCurrentIndex(index, toggle)
                return
            if heart_rect(rect).contains(point):
                known = self.photos.row(index.row())
                if known is not None:
                    self.favourite_wanted.emit(index.row(), not known.favourite)
                return
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Light up the photo under the pointer; draw the rubber band."""
        super().mouseMoveEvent(event)
        point = event.position().toPoint()
        if self.state() is QAbstractItemView.State.DragSelectingState:
            offset = self.verticalScrollBar().value()
            here = QPoint(point.x(), point.y() + offset)
            if self._band is None:
                self._band_from = here
            self._band = QRect(self._band_from, here).normalized()
            self.viewport().update()
            return
        self._hover(self.indexAt(point).row())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """The rubber band is gone."""
        super().mouseReleaseEvent(event)
        if self._band is not None:
            self._band = None
            self.viewport().update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open the photo."""
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and event.button() is Qt.MouseButton.LeftButton:
            self.opened.emit(index.row())

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is under the pointer any more."""
        self._hover(-1)
        super().leaveEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll by pixels where the device has them, by most of a row else; Ctrl makes larger."""
        angle = event.angleDelta().y()
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.set_row_px(self._row_px + (12 if angle > 0 else -12))
            self.resized.emit(self._row_px)
        elif event.pixelDelta().y():
            bar = self.verticalScrollBar()
            bar.setValue(bar.value() - event.pixelDelta().y())
        else:
            bar = self.verticalScrollBar()
            bar.setValue(bar.value() - round(angle / 120 * WHEEL_STEP_PX))
        event.accept()

    def startDrag(self, supported: Qt.DropAction) -> None:
        """Hand what is selected to whoever takes photos out of the window."""
        self.drag_wanted.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay the rows out anew where their width changed; keep what is at the top."""
        super().resizeEvent(event)
        if self._measures() != self._layout.measures:
            self._lay_out(keep=True)
        else:
            self.updateGeometries()
            self._fetching.start()

    def _hover(self, row: int) -> None:
        if row != self._hovered:
            self._hovered = row
            self.viewport().update()


def _named(span: Span, days: tuple[date, date]) -> str:
    """What stands over a group."""
    first, last = sorted(days)
    if span is Span.YEAR:
        return str(first.year) if first.year == last.year else f"{first.year} – {last.year}"
    return words.day(first) if span is Span.DAY else words.whole_month(first)
