"""The drawing over the first question: four prints on a table. Pictures bring their own colours."""

from collections.abc import Callable
from itertools import pairwise

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QLinearGradient,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPolygonF,
    QRadialGradient,
)
from PySide6.QtWidgets import QWidget

_WIDTH, _HEIGHT = 840.0, 216.0
_FRAME_PX = 6.0

Scene = Callable[[QPainter, QRectF], None]


class Prints(QWidget):
    """Four small prints, a little askew."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMinimumSize(400, 95)
        self.setAccessibleName("")

    def sizeHint(self) -> QSize:
        """As drawn."""
        return QSize(round(_WIDTH), round(_HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Shadows first, then the prints from left to right."""
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            scale = min(self.width() / _WIDTH, self.height() / _HEIGHT)
            painter.translate(self.width() / 2, self.height() / 2)
            painter.scale(scale, scale)
            painter.translate(-_WIDTH / 2, -_HEIGHT / 2)
            for box, degrees, scene in _PRINTS:
                _paint_print(painter, box, degrees, scene)


def _paint_print(painter: QPainter, box: QRectF, degrees: float, scene: Scene) -> None:
    """One print, turned about its middle."""
    painter.save()
    painter.translate(box.center())
    painter.rotate(degrees)
    painter.translate(-box.center())
    painter.setPen(Qt.PenStyle.NoPen)
    for step in range(8):
        painter.setBrush(QColor(40, 24, 8, 7))
        spread = 1.5 * step
        shadow = box.adjusted(-spread, 4 - spread, spread, 6 + spread)
        painter.drawRoundedRect(shadow, 6 + spread, 6 + spread)
    painter.setBrush(QColor("#FFFFFF"))
    painter.drawRoundedRect(box, 7, 7)
    inner = box.adjusted(_FRAME_PX, _FRAME_PX, -_FRAME_PX, -_FRAME_PX)
    clip = QPainterPath()
    clip.addRoundedRect(inner, 4, 4)
    painter.setClipPath(clip)
    scene(painter, inner)
    painter.restore()


def _sky(painter: QPainter, box: QRectF, *colours: str) -> None:
    """A vertical gradient over the whole box."""
    gradient = QLinearGradient(box.topLeft(), box.bottomLeft())
    for place, colour in enumerate(colours):
        gradient.setColorAt(place / (len(colours) - 1), QColor(colour))
    painter.fillRect(box, QBrush(gradient))


def _glow(painter: QPainter, middle: QPointF, radius: float, colour: str) -> None:
    """A light that fades outwards."""
    gradient = QRadialGradient(middle, radius)
    gradient.setColorAt(0.0, QColor(colour))
    faded = QColor(colour)
    faded.setAlpha(0)
    gradient.setColorAt(1.0, faded)
    painter.setBrush(QBrush(gradient))
    painter.drawEllipse(middle, radius, radius)


def _land(painter: QPainter, box: QRectF, colour: str, points: list[tuple[float, float]]) -> None:
    """A filled shape whose smooth upper edge goes through `points` (shares of the box)."""
    at = [QPointF(box.x() + x * box.width(), box.y() + y * box.height()) for x, y in points]
    path = QPainterPath(at[0])
    for before, after in pairwise(at):
        middle = (before.x() + after.x()) / 2
        path.cubicTo(QPointF(middle, before.y()), QPointF(middle, after.y()), after)
    path.lineTo(box.bottomRight())
    path.lineTo(box.bottomLeft())
    path.closeSubpath()
    painter.setBrush(QColor(colour))
    painter.drawPath(path)


def _shore(painter: QPainter, box: QRectF) -> None:
    """A bay at noon."""
    _sky(painter, box, "#3E8FD0", "#A9D8EE", "#E4F3F4")
    _land(painter, box, "#5E8FA6", [(0, 0.46), (0.25, 0.42), (0.5, 0.47), (1, 0.49)])
    _land(painter, box, "#2FA3B5", [(0, 0.5), (1, 0.5)])
    _land(painter, box, "#6CCBC6", [(0, 0.62), (0.4, 0.6), (1, 0.68)])
    _land(painter, box, "#F2FAF4", [(0, 0.71), (0.35, 0.7), (0.7, 0.8), (1, 0.79)])
    _land(painter, box, "#EFDDB4", [(0, 0.73), (0.35, 0.73), (0.7, 0.83), (1, 0.82)])
    _land(painter, box, "#DDC48F", [(0, 0.93), (0.4, 0.87), (1, 0.95)])


def _meadow(painter: QPainter, box: QRectF) -> None:
    """Hills with a tree."""
    _sky(painter, box, "#BFDDEB", "#EAF1E2", "#F4EFD6")
    _land(painter, box, "#B4C88A", [(0, 0.5), (0.3, 0.42), (0.65, 0.5), (1, 0.4)])
    _land(painter, box, "#8DAF57", [(0, 0.62), (0.35, 0.6), (0.7, 0.5), (1, 0.58)])
    _land(painter, box, "#6B9440", [(0, 0.7), (0.45, 0.78), (1, 0.66)])
    foot = QPointF(box.x() + 0.68 * box.width(), box.y() + 0.56 * box.height())
    painter.setBrush(QColor("#5B4630"))
    painter.drawRect(QRectF(foot.x() - 2.5, foot.y() - 18, 5, 24))
    for across, up, radius, colour in (
        (-11.0, 26.0, 14.0, "#3F6B2B"),
        (11.0, 27.0, 15.0, "#47752F"),
        (0.0, 38.0, 17.0, "#548537"),
    ):
        painter.setBrush(QColor(colour))
        painter.drawEllipse(foot + QPointF(across, -up), radius, radius * 0.92)
    _land(painter, box, "#54802F", [(0, 0.86), (0.5, 0.9), (1, 0.82)])


def _peaks(painter: QPainter, box: QRectF) -> None:
    """Mountains over a lake."""
    _sky(painter, box, "#6E8FB8", "#C9D5E2", "#F0E6DA")

    def peak(colour: str, *points: tuple[float, float]) -> None:
        painter.setBrush(QColor(colour))
        painter.drawPolygon(
            QPolygonF(
                [QPointF(box.x() + x * box.width(), box.y() + y * box.height()) for x, y in points]
            )
        )

    peak("#8C99AE", (-0.1, 0.75), (0.22, 0.34), (0.5, 0.75))
    peak("#6F7C95", (0.1, 0.75), (0.52, 0.16), (0.95, 0.75))
    peak(
        "#F4F4F2",
        (0.38, 0.36),
        (0.52, 0.16),
        (0.67, 0.365),
        (0.58, 0.32),
        (0.52, 0.4),
        (0.46, 0.33),
    )
    peak("#59677F", (0.55, 0.75), (0.84, 0.38), (1.15, 0.75))
    _land(painter, box, "#34503F", [(0, 0.7), (0.3, 0.73), (0.7, 0.68), (1, 0.72)])
    _land(painter, box, "#7391A8", [(0, 0.78), (1, 0.78)])
    _land(painter, box, "#5D7C95", [(0, 0.9), (0.5, 0.87), (1, 0.91)])


def _evening(painter: QPainter, box: QRectF) -> None:
    """The sun going down over water."""
    _sky(painter, box, "#3B3357", "#B6474B", "#F08A3C", "#F9C667")
    sun = QPointF(box.x() + 0.56 * box.width(), box.y() + 0.6 * box.height())
    _glow(painter, sun, 62, "#FFE7A0")
    painter.setBrush(QColor("#FFF3C4"))
    painter.drawEllipse(sun, 13, 13)
    _land(painter, box, "#4A2A3A", [(0, 0.56), (0.2, 0.6), (0.4, 0.64), (1, 0.65)])
    _land(painter, box, "#8E4138", [(0, 0.66), (1, 0.66)])
    painter.setBrush(QColor(255, 205, 120, 150))
    for row in range(5):
        half = 20 - 3 * row
        y = box.y() + (0.7 + 0.055 * row) * box.height()
        painter.drawRoundedRect(QRectF(sun.x() - half, y, 2.0 * half, 2.4), 1.2, 1.2)
    _land(painter, box, "#2B1B28", [(0, 0.86), (0.35, 0.95), (1, 0.98)])


_PRINTS: tuple[tuple[QRectF, float, Scene], ...] = (
    (QRectF(32, 32, 200, 148), -6.0, _shore),
    (QRectF(232, 28, 204, 156), -1.5, _meadow),
    (QRectF(444, 30, 158, 152), 1.5, _peaks),
    (QRectF(608, 32, 200, 148), 6.0, _evening),
)
