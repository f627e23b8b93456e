"""Small signs drawn by hand where an icon would be too coarse: tick, cross, minus."""

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen


def round_pen(colour: QColor, width: float) -> QPen:
    """A pen with round ends and corners."""
    return QPen(
        colour,
        width,
        Qt.PenStyle.SolidLine,
        Qt.PenCapStyle.RoundCap,
        Qt.PenJoinStyle.RoundJoin,
    )


def paint_tick(painter: QPainter, centre: QPointF, colour: QColor) -> None:
    """Draw a small tick round a point."""
    painter.setPen(round_pen(colour, 1.7))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    x, y = centre.x(), centre.y()
    painter.drawPolyline(
        [QPointF(x - 3.2, y + 0.2), QPointF(x - 0.9, y + 2.6), QPointF(x + 3.4, y - 2.4)]
    )


def paint_cross(painter: QPainter, centre: QPointF, colour: QColor, reach: float = 3.0) -> None:
    """Draw a small cross round a point."""
    painter.setPen(round_pen(colour, 1.4))
    x, y = centre.x(), centre.y()
    painter.drawLine(QPointF(x - reach, y - reach), QPointF(x + reach, y + reach))
    painter.drawLine(QPointF(x - reach, y + reach), QPointF(x + reach, y - reach))


def paint_minus(painter: QPainter, centre: QPointF, colour: QColor, reach: float = 3.5) -> None:
    """Draw a small minus round a point."""
    painter.setPen(round_pen(colour, 1.6))
    x, y = centre.x(), centre.y()
    painter.drawLine(QPointF(x - reach, y), QPointF(x + reach, y))
