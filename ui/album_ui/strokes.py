"""Small signs drawn by hand where an icon would be too coarse: tick, cross, a broken picture."""

from PySide6.QtCore import QPointF, QRectF, Qt
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


def paint_broken(
    painter: QPainter, centre: QPointF, size_px: float, colour: QColor, ground: QColor
) -> None:
    """Draw a picture that is struck through: there is nothing to be seen of it.

    Args:
        painter: smooth edges are its own choice.
        centre: middle of the sign.
        size_px: its width.
        colour: of its lines.
        ground: what it is drawn on, seen on both sides of the stroke through it.
    """
    frame = QRectF(0, 0, size_px, size_px * 0.75)
    frame.moveCenter(centre)
    line = max(1.0, size_px / 16)
    painter.setPen(QPen(colour, line))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(frame, size_px / 12, size_px / 12)
    ground_line, unit = frame.bottom() - size_px / 10, size_px / 8
    hills = (0.9, 0.0), (2.7, -2.6), (4.2, -0.6), (5.2, -1.7), (7.0, 0.0)
    points = [QPointF(frame.left() + x * unit, ground_line + y * unit) for x, y in hills]
    painter.drawPolyline(points)
    reach = QPointF(size_px, size_px) / 2
    for pen in (QPen(ground, 3 * line), QPen(colour, line)):
        painter.setPen(pen)
        painter.drawLine(centre - reach, centre + reach)
