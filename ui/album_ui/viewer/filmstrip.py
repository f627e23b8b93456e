"""The photos before and after, in one row; the one that is shown stands in the middle."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSize, Qt, QVariantAnimation, Signal
from PySide6.QtGui import (
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from album_ui.grid.pixmaps import Pixmaps
from album_ui.guard import guarded
from album_ui.theme import GRID_PX, PHOTO_GAP_PX, PHOTO_RADIUS_PX, Theme
from album_ui.words import tr

CELL = QSize(92, 66)
_STEP_PX = CELL.width() + PHOTO_GAP_PX
_AHEAD = 4


@guarded
class FilmStrip(QWidget):
    """Small pictures to move by.

    Signals:
        chosen(int): the row of the photo that was clicked.
    """

    chosen = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._pixmaps: Pixmaps | None = None
        self._ids: NDArray[np.int32] = np.empty(0, np.int32)
        self._row = 0
        self._wheel = 0
        self._slide = QVariantAnimation(self)
        self._slide.valueChanged.connect(self.update)
        self.setFixedHeight(CELL.height() + 5 * GRID_PX)
        self.setAccessibleName(tr("Photos before and after"))
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def start(self, pixmaps: Pixmaps) -> None:
        """Take small pictures from here until `stop`."""
        self._pixmaps = pixmaps
        pixmaps.ready.connect(self.update)

    def stop(self) -> None:
        """Let go of them."""
        self._pixmaps = None

    def go_to(self, ids: NDArray[np.int32], row: int) -> None:
        """Put this row in the middle; a slide where it is near, a jump else."""
        near = ids is self._ids and abs(row - self._row) <= _AHEAD
        start = self._middle()
        self._ids, self._row = ids, row
        self._slide.stop()
        if near and self._theme.fade_ms:
            self._slide.setDuration(self._theme.fade_ms)
            self._slide.setStartValue(start)
            self._slide.setEndValue(float(row))
            self._slide.start()
        self._want()
        self.update()

    def _middle(self) -> float:
        """The row (and a part of one) that stands in the middle now."""
        if self._slide.state() == QVariantAnimation.State.Running:
            return float(self._slide.currentValue())
        return float(self._row)

    def _rows(self) -> range:
        half = self.width() // _STEP_PX // 2 + 2
        middle = round(self._middle())
        return range(max(0, middle - half), min(len(self._ids), middle + half + 1))

    def _want(self) -> None:
        if self._pixmaps is None:
            return
        ratio = self.devicePixelRatioF()
        size = QSize(round(CELL.width() * ratio), round(CELL.height() * ratio))
        rows = sorted(self._rows(), key=lambda row: abs(row - self._row))
        self._pixmaps.want([(int(self._ids[row]), size) for row in rows], len(rows))

    def _rect(self, row: int) -> QRectF:
        left = self.width() / 2 + (row - self._middle()) * _STEP_PX - CELL.width() / 2
        top = (self.height() - CELL.height()) / 2
        return QRectF(left, top, CELL.width(), CELL.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """The pictures; the others a little darker than the one that is shown."""
        palette = self._theme.palette
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            for row in self._rows():
                box = self._rect(row)
                path = QPainterPath()
                path.addRoundedRect(box, PHOTO_RADIUS_PX, PHOTO_RADIUS_PX)
                painter.setOpacity(1.0 if row == self._row else 0.62)
                pixmap = None if self._pixmaps is None else self._pixmaps.get(int(self._ids[row]))
                painter.fillPath(path, palette.colour("chip"))
                if pixmap is not None:
                    painter.setClipPath(path)
                    painter.drawPixmap(box, pixmap, QRectF(pixmap.rect()))
                    painter.setClipping(False)
                if row == self._row:
                    painter.setPen(QPen(palette.colour("accent"), 2))
                    painter.setBrush(Qt.BrushStyle.NoBrush)
                    painter.drawRoundedRect(box.adjusted(-3, -3, 3, 3), 5, 5)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """More or fewer pictures are in sight."""
        super().resizeEvent(event)
        self._want()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go to that photo."""
        for row in self._rows():
            if self._rect(row).contains(event.position()):
                self.chosen.emit(row)
                return

    def wheelEvent(self, event: QWheelEvent) -> None:
        """One photo a notch."""
        self._wheel += event.angleDelta().y() or event.angleDelta().x()
        steps = int(self._wheel / 120)
        if steps:
            self._wheel -= 120 * steps
            self.chosen.emit(min(max(self._row - steps, 0), len(self._ids) - 1))
        event.accept()
