"""One page of suggestions: large pictures, their scores, what was decided."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QWidget

from album.domain.photo import PhotoId
from album.domain.tag import Certainty
from album_ui.grid.pixmaps import Pixmaps
from album_ui.guard import guarded
from album_ui.theme import GRID_PX, PHOTO_RADIUS_PX, Theme
from album_ui.words import certain, mark, tr

COLUMNS = 4
ROWS = 3
_GAP_PX = 6 * GRID_PX
_FOOT_PX = 30
_MARK_PX = 22
_BAR_PX = 3


class Verdict(Enum):
    """What was decided about one suggestion."""

    OPEN = mark("not decided")
    YES = mark("yes")
    NO = mark("no")
    SKIPPED = mark("skipped")


@dataclass(slots=True)
class Suggestion:
    """One photo that a model would tag; `score` is its calibrated probability."""

    photo_id: PhotoId
    score: float
    certainty: Certainty | None = None
    verdict: Verdict = Verdict.OPEN

    @property
    def words(self) -> str:
        """The score in words, with how certain it is."""
        return certain(f"{self.score:.2f}", self.certainty)


@guarded
class ReviewGrid(QWidget):
    """Paints a page of suggestions.

    Signals:
        chosen(int): a place was clicked.
        opened(int): a place was clicked twice.
    """

    chosen = Signal(int)
    opened = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._pixmaps: Pixmaps | None = None
        self._shown: Sequence[Suggestion] = ()
        self._current = 0
        self.setAccessibleName(tr("Suggestions"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def start(self, pixmaps: Pixmaps) -> None:
        """Take small pictures from here until `stop`."""
        self._pixmaps = pixmaps
        pixmaps.ready.connect(self.update)

    def stop(self) -> None:
        """Let go of them."""
        self._pixmaps = None
        self._shown = ()

    def show_page(self, shown: Sequence[Suggestion], current: int) -> None:
        """Show these, one of them current."""
        fresh = [one.photo_id for one in shown] != [one.photo_id for one in self._shown]
        self._shown = tuple(shown)
        self._current = current
        if fresh:
            self._want()
        if 0 <= current < len(shown):
            one = shown[current]
            self.setAccessibleDescription(
                tr("Photo {place}: {score}, {verdict}", place=current + 1, score=one.words,
                   verdict=tr(one.verdict.value))
            )  # fmt: skip
        self.update()

    def _cell(self, place: int) -> QRectF:
        width = (self.width() - (COLUMNS - 1) * _GAP_PX) / COLUMNS
        height = (self.height() - (ROWS - 1) * _GAP_PX) / ROWS
        row, column = divmod(place, COLUMNS)
        return QRectF(column * (width + _GAP_PX), row * (height + _GAP_PX), width, height)

    def _picture(self, place: int) -> QRectF:
        return self._cell(place).adjusted(0, 0, 0, -_FOOT_PX)

    def _want(self) -> None:
        if self._pixmaps is None or not self._shown:
            return
        ratio = self.devicePixelRatioF()
        box = self._picture(0)
        size = QSize(max(1, round(box.width() * ratio)), max(1, round(box.height() * ratio)))
        self._pixmaps.want([(one.photo_id, size) for one in self._shown], len(self._shown))

    def paintEvent(self, event: QPaintEvent) -> None:
        """All places of the page."""
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.setFont(self._theme.font())
            widths = [painter.fontMetrics().horizontalAdvance(one.words) for one in self._shown]
            for place, one in enumerate(self._shown):
                self._paint_picture(painter, place, one)
                self._paint_score(painter, place, one, max(widths))

    def _paint_picture(self, painter: QPainter, place: int, one: Suggestion) -> None:
        palette = self._theme.palette
        box = self._picture(place)
        path = QPainterPath()
        path.addRoundedRect(box, PHOTO_RADIUS_PX, PHOTO_RADIUS_PX)
        painter.fillPath(path, palette.colour("chip"))
        pixmap = None if self._pixmaps is None else self._pixmaps.get(one.photo_id)
        if pixmap is not None:
            painter.setClipPath(path)
            painter.drawPixmap(box, pixmap, QRectF(pixmap.rect()))
            if one.verdict in (Verdict.NO, Verdict.SKIPPED):
                painter.fillRect(box, QColor(0, 0, 0, 140 if one.verdict is Verdict.NO else 70))
            painter.setClipping(False)
        if place == self._current:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(palette.colour("accent"), 3))
            painter.drawRoundedRect(box.adjusted(1.5, 1.5, -1.5, -1.5), 2, 2)
        if one.verdict in (Verdict.YES, Verdict.NO):
            self._paint_mark(painter, box.topLeft() + QPointF(17, 17), one.verdict)

    def _paint_mark(self, painter: QPainter, at: QPointF, verdict: Verdict) -> None:
        yes = verdict is Verdict.YES
        painter.setPen(QPen(QColor(Qt.GlobalColor.white), 2))
        painter.setBrush(self._theme.palette.colour("yes" if yes else "no"))
        painter.drawEllipse(at, _MARK_PX / 2, _MARK_PX / 2)
        painter.setPen(QPen(self._theme.palette.colour("on_accent"), 2))
        arm = _MARK_PX / 5
        if yes:
            painter.drawLine(at + QPointF(-arm, 0), at + QPointF(-arm / 4, arm * 0.8))
            painter.drawLine(at + QPointF(-arm / 4, arm * 0.8), at + QPointF(arm, -arm * 0.8))
        else:
            painter.drawLine(at + QPointF(-arm, -arm), at + QPointF(arm, arm))
            painter.drawLine(at + QPointF(-arm, arm), at + QPointF(arm, -arm))

    def _paint_score(self, painter: QPainter, place: int, one: Suggestion, words_px: int) -> None:
        palette = self._theme.palette
        cell = self._cell(place)
        foot = QRectF(cell.left() + 2, cell.bottom() - _FOOT_PX + 4, cell.width() - 4, 22)
        painter.setPen(palette.colour("second"))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(foot, right, one.words)
        room = foot.width() - words_px - 2 * GRID_PX
        line = QRectF(foot.left(), foot.center().y() - _BAR_PX / 2, room, _BAR_PX)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(palette.colour("line"))
        painter.drawRoundedRect(line, 1.5, 1.5)
        painter.setBrush(palette.colour("accent"))
        line.setWidth(room * min(max(one.score, 0.0), 1.0))
        painter.drawRoundedRect(line, 1.5, 1.5)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Other sizes are wanted."""
        super().resizeEvent(event)
        self._want()

    def _place_at(self, at: QPointF) -> int | None:
        for place in range(len(self._shown)):
            if self._cell(place).contains(at):
                return place
        return None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Make a place current."""
        place = self._place_at(event.position())
        if place is not None:
            self.chosen.emit(place)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Look closer."""
        place = self._place_at(event.position())
        if place is not None:
            self.opened.emit(place)
