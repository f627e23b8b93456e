"""The surface a picture is looked at on: fit, zoom to its pixels, pan."""

from enum import Enum

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QGestureEvent, QPinchGesture, QWidget

from album_ui.guard import guarded
from album_ui.viewer.levels import Levels, source_rect

ZOOM_STEP = 1.25
LARGEST_SCALE = 16.0
PIXELS_FROM_SCALE = 3.0
"""From here on single pixels are shown as squares instead of smoothed."""

ENLARGED_TO_FIT = 3.0
"""How far a small picture is enlarged to fill the window."""


class Fit(Enum):
    """How the picture follows the size of the window."""

    WHOLE = "whole"
    FREE = "free"


@guarded
class PictureCanvas(QWidget):
    """Shows one picture. Positions are in pixels of the full picture, whatever is loaded yet.

    Attributes:
        zoomed: device pixels per picture pixel, after any change.
        pressed_at: a click (no drag) at this picture position.
    """

    zoomed = Signal(float)
    pressed_at = Signal(QPointF, Qt.KeyboardModifier)

    def __init__(self, ground: QColor, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.margins_px = 24
        self._ground = ground
        self._full = QSize()
        self._levels: Levels | None = None
        self._fit = Fit.WHOLE
        self._scale = 1.0
        self._centre = QPointF()
        self._grabbed: QPoint | None = None
        self._moved = False
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.grabGesture(Qt.GestureType.PinchGesture)

    # what is shown

    def show_picture(self, full: QSize, levels: Levels | None, *, keep_view: bool = False) -> None:
        """Show a picture of size `full`, of which `levels` is what is there by now."""
        self._full = full
        self._levels = levels
        if not keep_view:
            self._fit = Fit.WHOLE
            self._centre = QPointF(full.width() / 2, full.height() / 2)
        self._settle()

    def sharpen(self, levels: Levels) -> None:
        """A better rendering of the same picture came; the view stays as it is."""
        self._levels = levels
        self.update()

    def clear(self) -> None:
        """Show nothing and let go of the pixels."""
        self._levels = None
        self._full = QSize()
        self.update()

    def set_ground(self, ground: QColor) -> None:
        """The colour round the picture."""
        self._ground = ground
        self.update()

    @property
    def ground(self) -> QColor:
        """The colour round the picture."""
        return self._ground

    @property
    def levels(self) -> Levels | None:
        """What is loaded of the picture."""
        return self._levels

    @property
    def full(self) -> QSize:
        """Size of the full picture in pixels; empty without one."""
        return self._full

    # zoom

    @property
    def scale(self) -> float:
        """Device pixels per picture pixel."""
        return self._scale

    @property
    def fits(self) -> bool:
        """Whether the whole picture is kept in sight."""
        return self._fit is Fit.WHOLE

    @property
    def wanted_px(self) -> int:
        """Longest side in device pixels at which the picture is shown now."""
        return round(max(self._full.width(), self._full.height()) * self._scale)

    def fit_scale(self) -> float:
        """The scale at which the whole picture is in sight."""
        ratio = self.devicePixelRatioF()
        room = self.size() - QSize(2 * self.margins_px, 2 * self.margins_px)
        if self._full.isEmpty() or room.width() <= 0 or room.height() <= 0:
            return 1.0
        across = room.width() * ratio / self._full.width()
        down = room.height() * ratio / self._full.height()
        return min(across, down, ENLARGED_TO_FIT * ratio)

    def fit(self) -> None:
        """Show the whole picture."""
        self._fit = Fit.WHOLE
        self._settle()

    def set_scale(self, scale: float, at: QPointF | None = None) -> None:
        """Zoom so that the picture point under the widget position `at` stays there."""
        anchor = QPointF(self.rect().center()) if at is None else at
        held = self.to_picture(anchor)
        lowest = min(self.fit_scale(), 1.0)
        self._scale = min(max(scale, lowest), LARGEST_SCALE)
        if self._scale <= self.fit_scale() < 1.0:
            self._fit = Fit.WHOLE
        else:
            self._fit = Fit.FREE
            self._centre += held - self.to_picture(anchor)
        self._settle()

    def zoom_by(self, factor: float, at: QPointF | None = None) -> None:
        """Zoom in (over 1) or out."""
        self.set_scale(self._scale * factor, at)

    def pan_by(self, across_px: float, down_px: float) -> None:
        """Move the picture by logical pixels."""
        step = self.devicePixelRatioF() / self._scale
        self._centre -= QPointF(across_px * step, down_px * step)
        self._settle()

    def can_pan(self) -> bool:
        """Whether a part of the picture is out of sight."""
        shown = self.picture_rect()
        return shown.width() > self.width() + 1 or shown.height() > self.height() + 1

    def _settle(self) -> None:
        """Bring scale and centre into their bounds and repaint."""
        if self._fit is Fit.WHOLE:
            self._scale = self.fit_scale()
            self._centre = QPointF(self._full.width() / 2, self._full.height() / 2)
        else:
            ratio = self.devicePixelRatioF() / self._scale
            self._centre = QPointF(
                _held(self._centre.x(), self._full.width(), self.width() * ratio),
                _held(self._centre.y(), self._full.height(), self.height() * ratio),
            )
        if self._grabbed is None:
            self.setCursor(self.idle_cursor())
        self.zoomed.emit(self._scale)
        self.update()

    def idle_cursor(self) -> Qt.CursorShape:
        """The pointer while nothing is dragged."""
        return Qt.CursorShape.OpenHandCursor if self.can_pan() else Qt.CursorShape.ArrowCursor

    # geometry

    def picture_rect(self) -> QRectF:
        """Where the whole picture lies, in logical pixels of the widget."""
        step = self._scale / self.devicePixelRatioF()
        width, height = self._full.width() * step, self._full.height() * step
        middle = QPointF(self.width() / 2, self.height() / 2)
        corner = middle - self._centre * step
        return QRectF(corner.x(), corner.y(), width, height)

    def to_picture(self, position: QPointF) -> QPointF:
        """The picture position that is shown at a widget position."""
        step = self.devicePixelRatioF() / self._scale
        return self._centre + (position - QPointF(self.width() / 2, self.height() / 2)) * step

    def to_widget(self, position: QPointF) -> QPointF:
        """The widget position at which a picture position is shown."""
        step = self._scale / self.devicePixelRatioF()
        return (position - self._centre) * step + QPointF(self.width() / 2, self.height() / 2)

    # painting: subclasses put things under and over the picture

    def paint_under(self, painter: QPainter, shown: QRectF) -> None:
        """Paint what lies under the picture."""

    def paint_over(self, painter: QPainter, shown: QRectF) -> None:
        """Paint what lies over the picture."""

    def paint_levels(self, painter: QPainter, levels: Levels) -> None:
        """Paint the visible part of a rendering of the picture."""
        whole = self.picture_rect()
        visible = whole.intersected(QRectF(self.rect()))
        if visible.isEmpty():
            return
        step = self.devicePixelRatioF() / self._scale
        wanted = QRectF(
            (visible.x() - whole.x()) * step,
            (visible.y() - whole.y()) * step,
            visible.width() * step,
            visible.height() * step,
        )
        loaded = levels.size.width() / max(1, self._full.width())
        image = levels.at(self._scale / loaded)
        smooth = self._scale / loaded < PIXELS_FROM_SCALE
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
        painter.drawImage(visible, image, source_rect(image, self._full, wanted))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Ground, picture, and what subclasses add."""
        with QPainter(self) as painter:
            painter.fillRect(event.rect(), self._ground)
            shown = self.picture_rect()
            self.paint_under(painter, shown)
            if self._levels is not None:
                self.paint_levels(painter, self._levels)
            self.paint_over(painter, shown)

    # pointer

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the whole picture in sight where it was."""
        super().resizeEvent(event)
        self._settle()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """A wheel zooms at the pointer; two fingers move a picture larger than the window."""
        fine = event.pixelDelta()
        zooms = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if not fine.isNull() and self.can_pan() and not zooms:
            self.pan_by(fine.x(), fine.y())
        else:
            self.zoom_by(ZOOM_STEP ** (event.angleDelta().y() / 120), event.position())
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the picture."""
        if event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
            self._grabbed = event.position().toPoint()
            self._moved = False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move the picture with the pointer."""
        if self._grabbed is None:
            return
        way = event.position().toPoint() - self._grabbed
        if not self._moved and way.manhattanLength() < 4:
            return
        self._moved = True
        self._grabbed = event.position().toPoint()
        if self.can_pan():
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
            self.pan_by(way.x(), way.y())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go; a press that did not move is a click."""
        held, self._grabbed = self._grabbed, None
        self.setCursor(self.idle_cursor())
        if held is not None and not self._moved and event.button() == Qt.MouseButton.LeftButton:
            self.pressed_at.emit(self.to_picture(event.position()), event.modifiers())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Change between the whole picture and its pixels."""
        if self.fits:
            self.set_scale(1.0, event.position())
        else:
            self.fit()

    def event(self, event: QEvent) -> bool:
        """Pinch on a touchpad or a touch screen."""
        if isinstance(event, QNativeGestureEvent):
            if event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
                self.zoom_by(1.0 + event.value(), event.position())
                return True
        elif isinstance(event, QGestureEvent):
            pinch = event.gesture(Qt.GestureType.PinchGesture)
            if isinstance(pinch, QPinchGesture):
                at = QPointF(self.mapFromGlobal(pinch.hotSpot().toPoint()))
                self.zoom_by(pinch.scaleFactor(), at)
                return True
        return super().event(event)


def _held(centre: float, length: float, room: float) -> float:
    """A centre that keeps the window filled by a larger picture, and a smaller one centred."""
    if length <= room:
        return length / 2
    return min(max(centre, room / 2), length - room / 2)
