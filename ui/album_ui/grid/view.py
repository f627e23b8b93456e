"""The grid: draws photos under their days, asks for what comes into sight, takes the mouse."""

import time
from datetime import date
from typing import Final

from PySide6.QtCore import (
    QEvent,
    QItemSelectionModel,
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
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QWidget

from album.domain.photo import MediaKind
from album_ui import words
from album_ui.grid.geometry import Rect
from album_ui.grid.grouping import Span
from album_ui.grid.justified import HEADING_PX, JustifiedView
from album_ui.grid.model import PhotoGridModel
from album_ui.grid.painter import Cell, CellPainter, heart_rect, tick_rect
from album_ui.grid.pixmaps import Pixmaps
from album_ui.guard import guarded
from album_ui.theme import PAGE_MARGIN_PX, Size, Theme

ROWS_AHEAD: Final = 3
WHEEL_STEP_PX: Final = 120
FRAME_MS: Final = 16


@guarded
class PhotoGridView(JustifiedView):
    """Draws the photos, asks for what comes into sight, and takes the mouse.

    Signals:
        opened(int): the user wants to look at the photo of this row.
        favourite_wanted(int, bool): its heart was clicked.
        selection_made(): what is selected is different.
        drag_wanted(): the selected photos are being dragged out.
        resized(int): the wanted height of rows was changed with the wheel.
    """

    opened = Signal(int)
    favourite_wanted = Signal(int, bool)
    selection_made = Signal()
    drag_wanted = Signal()
    resized = Signal(int)

    def __init__(
        self, model: PhotoGridModel, pixmaps: Pixmaps, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(model, parent)
        self.pixmaps = pixmaps
        self._theme = theme
        self._painter = CellPainter(theme)
        self._hovered = -1
        self._band: QRect | None = None
        self._band_from = QPoint()
        self._fresh: dict[int, float] = {}
        self._fading = QTimer(self, interval=FRAME_MS)
        self._fading.timeout.connect(self._on_frame)
        self._settled.timeout.connect(self._fetch_visible)
        self.setDragEnabled(True)
        self.setMouseTracking(True)
        self.viewport().setMouseTracking(True)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName(words.tr("Photos"))
        self.setModel(model)
        self.selectionModel().selectionChanged.connect(self._on_selection_changed)
        pixmaps.ready.connect(self._on_pixmaps_ready)
        theme.changed.connect(self._on_theme_changed)

    def reset(self) -> None:
        """Nothing of the page before is under the pointer any more."""
        self._hovered = -1
        super().reset()

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
            counted = words.pictures(len(photos), self.photos.videos_in(photos))
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
            cell.broken = bool(known.problem)
            if known.kind is MediaKind.VIDEO:
                cell.length = words.duration(known.duration_s or 0.0)
        return cell

    def _opacity(self, photo_id: int, now: float) -> float:
        since = self._fresh.get(photo_id)
        if since is None:
            return 1.0
        return min(1.0, (now - since) * 1000 / max(1, self._theme.fade_ms))

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

    def _on_frame(self) -> None:
        """Draw the fading ones anew; those outside the view fade too, or this would never end."""
        begun = time.monotonic() - self._theme.fade_ms / 1000
        self._fresh = {one: since for one, since in self._fresh.items() if since > begun}
        if not self._fresh:
            self._fading.stop()
        self.viewport().update()

    def _on_selection_changed(self) -> None:
        self.viewport().update()
        self.selection_made.emit()

    def _on_theme_changed(self) -> None:
        self._painter.refresh()
        self.viewport().update()

    # Keys and mouse

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
