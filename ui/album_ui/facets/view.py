"""The sidebar as one list: places every line, draws it, takes mouse and keys."""

from bisect import bisect_right
from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QEvent, QItemSelection, QModelIndex, QPoint, QRect, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QContextMenuEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QRegion,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QLineEdit, QListView, QWidget

from album.domain.tag import Facet
from album_ui.facets.items import Item, Kind
from album_ui.facets.model import AnyIndex, SidebarModel
from album_ui.facets.painter import ItemPainter
from album_ui.guard import guarded
from album_ui.theme import LIST_ROW_PX, Theme
from album_ui.words import tr

SWATCH_PX: Final = 24
HEADING_PX: Final = 34
_FIELD_PX: Final = 36
_LEFT_PX, _TOP_PX, _BOTTOM_PX = 8, 12, 16
_HEIGHTS: Final = {Kind.HEADING: HEADING_PX, Kind.FIELD: _FIELD_PX}
_ACTIVATING: Final = {Qt.Key.Key_Return, Qt.Key.Key_Enter}
_MOVING: Final = {
    Qt.Key.Key_Up,
    Qt.Key.Key_Down,
    Qt.Key.Key_Left,
    Qt.Key.Key_Right,
    Qt.Key.Key_Home,
    Qt.Key.Key_End,
    Qt.Key.Key_PageUp,
    Qt.Key.Key_PageDown,
}


@guarded
class SidebarView(QListView):
    """One widget for all lines: a choice changes most of them, and a frame draws them at once.

    A `QListView` by name only, as the grid (docs/adr/0040-window.md): screen readers learn of its
    lines, but nothing of its own layout is ever called. The current line is where the keys are;
    nothing is ever selected.

    Signals:
        activated_item(Item): a click or Space.
        excluded(Item): Alt-click, right click or minus on a value.
        only(Item): double click or Enter on a value.
        context_wanted(Item, QPoint): the context menu of a place, with its point on the screen.
        typed(Facet, str): the text of a section's field changed.
    """

    activated_item = Signal(object)
    excluded = Signal(object)
    only = Signal(object)
    context_wanted = Signal(object, object)
    typed = Signal(object, str)

    def __init__(self, model: SidebarModel, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines = model
        self._theme = theme
        self._painter = ItemPainter(theme)
        self._rects: list[QRect] = []
        self._bottoms: list[int] = []
        self._height = 0
        self._hovered = self._pressed = -1
        self._key, self._row = "", -1
        self._fields: dict[Facet, QLineEdit] = {}
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setFrameShape(QAbstractItemView.Shape.NoFrame)
        self.setMouseTracking(True)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName(tr("Browse by"))
        self.setModel(model)
        model.modelReset.connect(self._restore_current)  # after Qt's own let go of it
        self.verticalScrollBar().rangeChanged.connect(self._on_range_changed)
        theme.changed.connect(self._on_theme_changed)

    # What stands where

    def item_rect(self, key: str) -> QRect:
        """Where the line of this key is in the viewport; empty where there is none."""
        row = self._lines.row_of(key)
        return self._seen(row) if row >= 0 else QRect()

    def field(self, facet: Facet) -> QLineEdit:
        """The field that finds values of a facet; shown while its section is open."""
        if facet not in self._fields:
            field = QLineEdit(self.viewport())
            field.textChanged.connect(lambda text: self.typed.emit(facet, text))
            field.hide()
            self._fields[facet] = field
        return self._fields[facet]

    def go_to(self, key: str) -> None:
        """Make the line of this key the current one."""
        row = self._lines.row_of(key)
        if row >= 0:
            self.setCurrentIndex(self._lines.index(row))

    def _seen(self, row: int) -> QRect:
        return self._rects[row].translated(0, -self.verticalScrollBar().value())

    def _lay_out(self) -> None:
        width = self.viewport().width() - _LEFT_PX
        self._rects = []
        y, x = _TOP_PX, 0
        before = None
        for item in self._lines.items:
            if item.kind is Kind.SWATCH:
                going_on = before is Kind.SWATCH and x + SWATCH_PX <= width
                if before is Kind.SWATCH and not going_on:
                    y += SWATCH_PX + 1
                x = x if going_on else 4
                self._rects.append(QRect(_LEFT_PX + x, y, SWATCH_PX, SWATCH_PX))
                x += SWATCH_PX
            else:
                y += SWATCH_PX if before is Kind.SWATCH else 0
                height = _HEIGHTS.get(item.kind, LIST_ROW_PX)
                self._rects.append(QRect(_LEFT_PX, y, width, height))
                y += height
            before = item.kind
        self._height = y + (SWATCH_PX if before is Kind.SWATCH else 0) + _BOTTOM_PX
        self._bottoms = [rect.bottom() for rect in self._rects]
        self.updateGeometries()
        self._place_fields()
        self.viewport().update()

    def _place_fields(self) -> None:
        shown = {
            item.facet: self._seen(row)
            for row, item in enumerate(self._lines.items)
            if item.kind is Kind.FIELD
        }
        for facet, field in self._fields.items():
            rect = shown.get(facet)
            if rect is not None:
                field.setGeometry(rect.adjusted(0, 2, -2, -4))
            field.setVisible(rect is not None)

    def _row_at(self, point: QPoint) -> int:
        at = point + QPoint(0, self.verticalScrollBar().value())
        for row in range(bisect_right(self._bottoms, at.y() - 1), len(self._rects)):
            if self._rects[row].contains(at):
                return row
            if self._rects[row].top() > at.y():
                break
        return -1

    def _item(self, row: int) -> Item | None:
        return self._lines.items[row] if 0 <= row < len(self._lines.items) else None

    def _on_range_changed(self, lowest: int, highest: int) -> None:
        """The bar keeps its room, so that nothing jumps, and shows only where it can be moved."""
        bar = self.verticalScrollBar()
        idle = lowest == highest
        if bar.property("idle") != idle:
            bar.setProperty("idle", idle)
            bar.style().unpolish(bar)
            bar.style().polish(bar)

    def _on_theme_changed(self) -> None:
        self._painter.refresh()
        self.viewport().update()

    # Drawing

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the lines in sight."""
        top = self.verticalScrollBar().value()
        area, dirty = event.rect(), event.region()
        here = self.currentIndex().row() if self.hasFocus() else -1
        with QPainter(self.viewport()) as painter:
            painter.fillRect(area, self._theme.palette.colour("sidebar"))
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            first = bisect_right(self._bottoms, area.top() + top - 1)
            for row in range(first, len(self._rects)):
                rect = self._rects[row].translated(0, -top)
                if rect.top() > area.bottom():
                    break
                if not dirty.intersects(rect):
                    continue
                self._painter.paint(
                    painter,
                    self._lines.items[row],
                    rect,
                    hovered=row == self._hovered,
                    focused=row == here,
                )

    # Qt's questions about positions

    def reset(self) -> None:
        """Lay out the lines anew; what is at the current one stays where it is on the screen."""
        self._hovered = self._pressed = -1
        row = self._row
        before = self._seen(row).top() if 0 <= row < len(self._rects) else -1
        super().reset()
        self.executeDelayedItemsLayout()  # else Qt does it in the next frame, and paints twice
        self._lay_out()
        found = self._lines.row_of(self._key)
        if found >= 0 and 0 <= before < self.viewport().height():
            self.verticalScrollBar().setValue(self._rects[found].top() - before)

    def _restore_current(self) -> None:
        """The line that was current still is, or its neighbour; a reset lets go of it."""
        if self._key and self._rects:
            found = self._lines.row_of(self._key)
            row = found if found >= 0 else self._nearest(self._row)
            self.setAutoScroll(False)
            self.setCurrentIndex(self._lines.index(row))
            self.setAutoScroll(True)

    def _nearest(self, row: int) -> int:
        """The last line up to this row that can be the current one."""
        row = min(row, len(self._rects) - 1)
        while row > 0 and self._lines.items[row].kind is Kind.FIELD:
            row -= 1
        return row

    def currentChanged(self, current: AnyIndex, previous: AnyIndex) -> None:
        """Remember where the keys are."""
        item = self._item(current.row())
        if item is not None:
            self._key, self._row = item.key, current.row()
        super().currentChanged(current, previous)
        self.viewport().update()

    def dataChanged(self, first: AnyIndex, last: AnyIndex, roles: Sequence[int] = ()) -> None:
        """Draw what says something else now."""
        if QAccessible.isActive():  # telling nobody takes as long as half of the drawing
            QAbstractItemView.dataChanged(self, first, last, roles)
        if 0 <= first.row() <= last.row() < len(self._rects):
            top, bottom = self._seen(first.row()).top(), self._seen(last.row()).bottom()
            self.viewport().update(0, top, self.viewport().width(), bottom - top + 1)

    def doItemsLayout(self) -> None:  # noqa: N802 - Qt's name
        """Positions are computed when lines or the width change."""
        QAbstractItemView.doItemsLayout(self)

    def visualRect(self, index: AnyIndex) -> QRect:
        """Where a line is in the viewport."""
        row = index.row()
        return self._seen(row) if 0 <= row < len(self._rects) else QRect()

    def indexAt(self, point: QPoint) -> QModelIndex:
        """The line at a point of the viewport."""
        row = self._row_at(point)
        return self._lines.index(row) if row >= 0 else QModelIndex()

    def scrollTo(
        self,
        index: AnyIndex,
        hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible,
    ) -> None:
        """Bring a line into sight, with its neighbours."""
        if not 0 <= index.row() < len(self._rects):
            return
        rect, bar = self._rects[index.row()], self.verticalScrollBar()
        height = self.viewport().height()
        if rect.top() < bar.value():
            bar.setValue(rect.top() - HEADING_PX)
        elif rect.bottom() > bar.value() + height:
            bar.setValue(rect.bottom() + HEADING_PX - height)

    def horizontalOffset(self) -> int:
        """Nothing scrolls sideways."""
        return 0

    def verticalOffset(self) -> int:
        """How far down the viewport is."""
        return self.verticalScrollBar().value()

    def isIndexHidden(self, index: AnyIndex) -> bool:
        """No line is hidden."""
        return False

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Move what is drawn already, and the fields with it."""
        self.viewport().scroll(0, dy)

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        """Nothing is ever selected."""

    def visualRegionForSelection(self, selection: QItemSelection) -> QRegion:
        """Nothing is ever selected."""
        return QRegion()

    def updateGeometries(self) -> None:
        """Say how far the list can be scrolled."""
        bar, height = self.verticalScrollBar(), self.viewport().height()
        bar.setRange(0, max(0, self._height - height))
        bar.setPageStep(height)
        bar.setSingleStep(LIST_ROW_PX)
        QAbstractItemView.updateGeometries(self)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lines are as wide as the list."""
        QAbstractItemView.resizeEvent(self, event)
        self._lay_out()

    # Mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """The line under the pointer becomes the current one."""
        row = self._row_at(event.position().toPoint())
        item = self._item(row)
        if item is None or item.kind is Kind.FIELD:
            return
        self.setCurrentIndex(self._lines.index(row))
        if event.button() is Qt.MouseButton.LeftButton:
            self._pressed = row

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click chooses; Alt-click leaves a value out."""
        row, pressed = self._row_at(event.position().toPoint()), self._pressed
        self._pressed = -1
        item = self._item(row)
        if event.button() is Qt.MouseButton.LeftButton and row == pressed and item is not None:
            alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
            signal = self.excluded if alt and item.value else self.activated_item
            signal.emit(item)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Only this value; elsewhere a second click is a click."""
        item = self._item(self._row_at(event.position().toPoint()))
        if item is None or not item.value:
            self.mousePressEvent(event)
        elif event.button() is Qt.MouseButton.LeftButton:
            self.only.emit(item)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Light up the line under the pointer."""
        self._hover(self._row_at(event.position().toPoint()))

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is under the pointer any more."""
        self._hover(-1)
        super().leaveEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The right button leaves a value out; a place offers what can be done with it."""
        by_key = event.reason() is QContextMenuEvent.Reason.Keyboard
        row = self.currentIndex().row() if by_key else self._row_at(event.pos())
        item = self._item(row)
        if item is None:
            return
        if item.value:
            self.excluded.emit(item)
        elif item.kind is Kind.PLACE:
            at = self._seen(row).center() if by_key else event.pos()
            self.context_wanted.emit(item, self.viewport().mapToGlobal(at))

    def _hover(self, row: int) -> None:
        if row != self._hovered:
            for one in (row, self._hovered):
                if 0 <= one < len(self._rects):
                    self.viewport().update(self._seen(one))
            self._hovered = row

    # Keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space chooses, minus leaves out, Enter takes only this, arrows move."""
        item = self._item(self.currentIndex().row())
        if event.key() in _MOVING:
            super().keyPressEvent(event)
        elif item is None:
            event.ignore()
        elif event.key() == Qt.Key.Key_Space:
            self.activated_item.emit(item)
        elif event.key() in _ACTIVATING:
            (self.only if item.value else self.activated_item).emit(item)
        elif event.key() == Qt.Key.Key_Minus and item.value:
            self.excluded.emit(item)
        else:
            event.ignore()

    def moveCursor(
        self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier
    ) -> QModelIndex:
        """Where a key leads from the current line; over a field, and over the rest of the discs."""
        at, last = self.currentIndex().row(), len(self._rects) - 1
        moves = QAbstractItemView.CursorAction
        if action in {moves.MoveHome, moves.MoveEnd} or at < 0:
            return self._lines.index(last if action is moves.MoveEnd else 0)
        way = -1 if action in {moves.MoveUp, moves.MoveLeft, moves.MovePrevious} else 1
        if action in {moves.MovePageUp, moves.MovePageDown}:
            page = self.viewport().height() * (1 if action is moves.MovePageDown else -1)
            wanted = bisect_right(self._bottoms, self._rects[at].top() + page)
            return self._lines.index(min(max(0, wanted), last))
        sideways = action in {moves.MoveLeft, moves.MoveRight}
        if sideways and self._lines.items[at].kind is not Kind.SWATCH:
            return self._lines.index(at)
        target = at + way
        while 0 <= target <= last and self._is_passed(at, target, sideways=sideways):
            target += way
        return self._lines.index(target if 0 <= target <= last else at)

    def _is_passed(self, at: int, target: int, *, sideways: bool) -> bool:
        """Whether a key goes over a line: fields, and discs beside the current one (up, down)."""
        item, here = self._lines.items[target], self._lines.items[at]
        if item.kind is Kind.FIELD:
            return True
        beside = self._rects[target].top() == self._rects[at].top()
        return not sideways and here.kind is item.kind is Kind.SWATCH and beside

    def keyboardSearch(self, search: str) -> None:  # noqa: N802 - Qt's name
        """Letters are keys of the window, not the beginning of a name."""
