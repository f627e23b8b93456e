"""The strip at the right edge: every month that has photos, as a tick; drag to be there at once."""

import math
from datetime import date
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFont,
    QFontMetrics,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QStaticText,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from album_ui import words
from album_ui.grid.grouping import run_starts
from album_ui.grid.model import day_of
from album_ui.guard import guarded
from album_ui.theme import SCROLLER_PX, Size, Theme

_MARGIN_PX: Final = 16
_TICK_RIGHT_PX: Final = 44
_LONGEST_PX: Final = 20
_SHORTEST_PX: Final = 5
_HIGHEST_SLOT_PX: Final = 14
_LABEL_PX: Final = 19
_MARK_PX: Final = (20, 3)
_YEAR_APART_PX: Final = 18
_CLEAR_PX: Final = 2
"""Free above and below the label."""


@guarded
class YearScroller(QWidget):
    """Shows where in time one is and goes anywhere.

    Signals:
        photo_wanted(int): scroll to this row of the model.
    """

    photo_wanted = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._days: NDArray[np.int32] = np.empty(0, dtype=np.int32)
        self._starts: NDArray[np.int64] = np.empty(0, dtype=np.int64)
        self._months: NDArray[np.int64] = np.empty(0, dtype=np.int64)
        self._sizes: NDArray[np.int64] = np.empty(0, dtype=np.int64)
        self._timed = True
        self._count = 0
        self._at = 0
        self._pointer: int | None = None
        self.setFixedWidth(SCROLLER_PX)
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName(words.tr("Years"))
        self._scale: QPixmap | None = None
        self._scale_for = (QSize(), 1.0)
        self._years: dict[int, QStaticText] = {}
        self._years_at: list[tuple[QRectF, QStaticText]] = []
        theme.changed.connect(self._redraw)

    def show_days(self, days: NDArray[np.int32], *, timed: bool) -> None:
        """The day of every photo in order; without time in their order only the place is shown."""
        self._days, self._timed, self._count = days, timed, len(days)
        if timed and len(days):
            day_starts = run_starts(days)
            dates = days[day_starts].astype(np.int64).astype("datetime64[D]")
            months = dates.astype("datetime64[M]").astype(np.int64)
            first = run_starts(months)
            self._starts, self._months = day_starts[first], months[first]
            self._sizes = np.diff(np.append(self._starts, len(days)))
        else:
            self._starts = self._months = self._sizes = np.empty(0, dtype=np.int64)
        self._at = min(self._at, max(0, self._count - 1))
        self._redraw()

    def show_place(self, row: int) -> None:
        """The first row in sight is this one."""
        if row != self._at:
            self._at = max(0, row)
            self.update()

    def _slot(self) -> float:
        """Height of one month."""
        room = self.height() - 2 * _MARGIN_PX
        return min(_HIGHEST_SLOT_PX, room / max(1, len(self._starts)))

    def _y_of(self, row: int) -> float:
        if not self._timed or not len(self._starts):
            return _MARGIN_PX + (self.height() - 2 * _MARGIN_PX) * row / max(1, self._count - 1)
        month = int(np.searchsorted(self._starts, row, side="right")) - 1
        inside = (row - int(self._starts[month])) / int(self._sizes[month])
        return _MARGIN_PX + (month + inside) * self._slot()

    def _row_at(self, y: int) -> int:
        if not self._timed or not len(self._starts):
            share = (y - _MARGIN_PX) / max(1, self.height() - 2 * _MARGIN_PX)
            return min(max(0, round(share * (self._count - 1))), max(0, self._count - 1))
        place = min(max(0.0, (y - _MARGIN_PX) / self._slot()), len(self._starts) - 0.001)
        month = int(place)
        return int(self._starts[month]) + int((place - month) * int(self._sizes[month]))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw ticks, years and the label of the place."""
        if self._scale is None or self._scale_for != (self.size(), self.devicePixelRatioF()):
            self._scale = self._drawn_scale()
        with QPainter(self) as painter:
            painter.drawPixmap(0, 0, self._scale)
            if self._count:
                self._paint_place(painter)

    def _drawn_scale(self) -> QPixmap:
        """What stays while one scrolls: ground and ticks; the years get their places."""
        ratio = self.devicePixelRatioF()
        self._scale_for = (self.size(), ratio)
        scale = QPixmap(self.size() * ratio)
        scale.setDevicePixelRatio(ratio)
        scale.fill(self._theme.palette.colour("page"))
        if self._timed and self._count:
            with QPainter(scale) as painter:
                self._paint_ticks(painter)
        self._years_at = self._placed_years()
        return scale

    def _redraw(self) -> None:
        self._scale = None
        self.update()

    def _paint_ticks(self, painter: QPainter) -> None:
        """The longest of the months that share three pixels."""
        slot = self._slot()
        together = max(1, math.ceil(3 / max(slot, 0.01)))  # a strip without height has no room
        firsts = np.arange(0, len(self._sizes), together)
        shares = np.sqrt(np.maximum.reduceat(self._sizes, firsts) / self._sizes.max())
        lengths = np.rint(_SHORTEST_PX + (_LONGEST_PX - _SHORTEST_PX) * shares).astype(int)
        tops = (_MARGIN_PX + (firsts + 0.5) * slot).astype(int)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.palette.colour("line").darker(108))
        painter.drawRects(
            [
                QRect(_TICK_RIGHT_PX - length, top, length, 1)
                for length, top in zip(lengths.tolist(), tops.tolist(), strict=True)
            ]
        )

    def _placed_years(self) -> list[tuple[QRectF, QStaticText]]:
        """Every year at its first month, as far as there is room."""
        font = self._theme.font(Size.SMALL)
        placed: list[tuple[QRectF, QStaticText]] = []
        slot, free = self._slot(), -1e9
        years = self._months // 12
        for month in run_starts(years).tolist():
            text = self._year(1970 + int(years[month]), font)
            y = _MARGIN_PX + month * slot
            if y >= free:
                top = round(y - text.size().height() / 2)
                placed.append((QRectF(QPointF(_TICK_RIGHT_PX + 6, top), text.size()), text))
                free = y + max(_YEAR_APART_PX, text.size().height())
        return placed

    def _years_beside(self, label: QRectF) -> list[tuple[QRectF, QStaticText]]:
        """The years that are seen while the label of the place is here."""
        taken = label.adjusted(0, -_CLEAR_PX, 0, _CLEAR_PX)
        return [one for one in self._years_at if not one[0].intersects(taken)]

    def _year(self, year: int, font: QFont) -> QStaticText:
        """The words of a year, laid out once."""
        if year not in self._years:
            text = QStaticText(str(year))
            text.setTextFormat(Qt.TextFormat.PlainText)
            text.prepare(font=font)
            self._years[year] = text
        return self._years[year]

    def _paint_place(self, painter: QPainter) -> None:
        """The label of the place, and the years that it leaves room for."""
        row = self._at if self._pointer is None else self._row_at(self._pointer)
        y = self._y_of(row) if self._pointer is None else float(self._pointer)
        y = min(max(y, _LABEL_PX), self.height() - _LABEL_PX)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        text = self._said(row)
        if not text:
            self._paint_mark(painter, y)
            return
        strong = self._theme.font(Size.SMALL, strong=True)
        width = max(28, QFontMetrics(strong).horizontalAdvance(text) + 14)
        box = QRectF(self.width() - width, y - _LABEL_PX / 2, width + 6, _LABEL_PX)
        painter.setFont(self._theme.font(Size.SMALL))
        painter.setPen(self._theme.palette.colour("third"))
        for at, year in self._years_beside(box):
            painter.drawStaticText(at.topLeft(), year)
        painter.setFont(strong)
        self._paint_label(painter, box, text)

    def _said(self, row: int) -> str:
        """The month of a photo, at the pointer the day; empty where there is no time."""
        when = self._when(row)
        if when is None:
            return ""
        if self._pointer is None:
            return words.month(when)
        return f"{when.day} {words.month(when)}" if words.language() == "en" else words.day(when)

    def _paint_label(self, painter: QPainter, box: QRectF, text: str) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.palette.colour("text"))
        painter.drawRoundedRect(box, 3, 3)
        painter.setPen(self._theme.palette.colour("page"))
        painter.drawText(box.adjusted(7, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, text)

    def _paint_mark(self, painter: QPainter, y: float) -> None:
        """The place alone, where photos do not follow each other in time."""
        mark = QRectF(self.width() - _MARK_PX[0], y - _MARK_PX[1] / 2, *_MARK_PX)
        painter.fillRect(mark, self._theme.palette.colour("text"))

    def _when(self, row: int) -> date | None:
        if not self._timed or not 0 <= row < len(self._days):
            return None
        return day_of(int(self._days[row]))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go where the pointer is."""
        self._go(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Name the day at the pointer; go there while the button is down."""
        self._pointer = event.position().toPoint().y()
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._go(event)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Name the place that is shown again."""
        self._pointer = None
        self.update()
        super().leaveEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """The wheel belongs to the photos."""
        event.ignore()

    def _go(self, event: QMouseEvent) -> None:
        if self._count:
            self.photo_wanted.emit(self._row_at(event.position().toPoint().y()))
