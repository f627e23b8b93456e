"""Draws one photo of the grid and what lies over it; decides nothing."""

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPainterPath, QPen, QPixmap

from album_ui.strokes import paint_broken
from album_ui.theme import PHOTO_RADIUS_PX, Size, Theme

MARK_PX: Final = 22
MARK_INSET_PX: Final = 7
OUTLINE_PX: Final = 3
BROKEN_PX: Final = 32

_SHADE: Final = QColor(0, 0, 0, 110)
_WHITE: Final = QColor(255, 255, 255)


@dataclass(slots=True)
class Cell:
    """One photo as it is to be drawn.

    Attributes:
        colour: fills the place until there is a picture.
        opacity: of the picture over the colour.
        broken: whether it cannot be decoded, so that there will be no picture.
        length: of a video, in words; empty for photos.
    """

    rect: QRect
    colour: QColor
    pixmap: QPixmap | None = None
    opacity: float = 1.0
    selected: bool = False
    current: bool = False
    hovered: bool = False
    favourite: bool = False
    offline: bool = False
    broken: bool = False
    length: str = ""


def tick_rect(rect: QRect) -> QRect:
    """Where the tick of a photo is."""
    return QRect(rect.left() + MARK_INSET_PX, rect.top() + MARK_INSET_PX, MARK_PX, MARK_PX)


def heart_rect(rect: QRect) -> QRect:
    """Where the heart of a photo is."""
    return QRect(
        rect.right() - MARK_INSET_PX - MARK_PX, rect.top() + MARK_INSET_PX, MARK_PX, MARK_PX
    )


class CellPainter:
    """Draws cells in the colours of the theme; `refresh` when those changed."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self.refresh()

    def refresh(self) -> None:
        """Take the colours of the theme as they are now."""
        theme = self._theme
        self._accent = theme.palette.colour("accent")
        self._on_accent = theme.palette.colour("on_accent")
        self._page = theme.palette.colour("page")
        self._chip = theme.palette.colour("chip")
        self._second = theme.palette.colour("second")
        self._small = theme.font(Size.SMALL, strong=True)
        self._corners: dict[float, QPixmap] = {}

    def paint(self, painter: QPainter, cell: Cell) -> None:
        """Draw a cell where its rectangle says."""
        rect = cell.rect
        if cell.pixmap is None or cell.opacity < 1.0:
            painter.fillRect(rect, cell.colour)
        if cell.pixmap is not None:
            painter.setOpacity(cell.opacity * (0.45 if cell.offline else 1.0))
            painter.drawPixmap(rect, cell.pixmap)
            painter.setOpacity(1.0)
        elif cell.broken:
            self._sign(painter, rect)
        self._round(painter, rect)
        if cell.selected:
            self._outline(painter, rect, self._accent, OUTLINE_PX)
        elif cell.current:
            self._outline(painter, rect, self._theme.palette.colour("text"), 2)
        if cell.hovered or cell.selected or cell.favourite:
            self._marks(painter, cell)
        if cell.length:
            self._length(painter, rect, cell.length)
        if cell.offline:
            self._badge(painter, QPointF(rect.left() + 18, rect.bottom() - 17), "wifi-slash")

    def _round(self, painter: QPainter, rect: QRect) -> None:
        """Cover the corners with the page: cheaper than clipping every picture."""
        corners = self._corner_pixmap(painter.device().devicePixelRatioF())
        radius = PHOTO_RADIUS_PX
        for x, u in ((rect.left(), 0), (rect.right() + 1 - radius, radius)):
            for y, v in ((rect.top(), 0), (rect.bottom() + 1 - radius, radius)):
                ratio = corners.devicePixelRatio()
                source = QRectF(u * ratio, v * ratio, radius * ratio, radius * ratio)
                painter.drawPixmap(QRectF(x, y, radius, radius), corners, source)

    def _corner_pixmap(self, ratio: float) -> QPixmap:
        known = self._corners.get(ratio)
        if known is not None:
            return known
        size = 2 * PHOTO_RADIUS_PX
        pixmap = QPixmap(QSize(round(size * ratio), round(size * ratio)))
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        path = QPainterPath()
        path.addRect(QRectF(0, 0, size, size))
        path.addEllipse(QRectF(0, 0, size, size))
        with QPainter(pixmap) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.fillPath(path, QBrush(self._page))
        self._corners[ratio] = pixmap
        return pixmap

    def _outline(self, painter: QPainter, rect: QRect, colour: QColor, width: int) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(colour, width, j=Qt.PenJoinStyle.MiterJoin))
        half = width / 2
        inner = QRectF(rect).adjusted(half, half, -half, -half)
        painter.drawRoundedRect(inner, PHOTO_RADIUS_PX - 1, PHOTO_RADIUS_PX - 1)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _marks(self, painter: QPainter, cell: Cell) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ring = QRectF(tick_rect(cell.rect)).adjusted(1, 1, -1, -1)
        if cell.selected:
            painter.setPen(QPen(_WHITE, 2))
            painter.setBrush(self._accent)
            painter.drawEllipse(ring)
            self._icon(painter, "check-bold", ring.center(), 13)
        elif cell.hovered:
            painter.setPen(QPen(_WHITE, 2))
            painter.setBrush(_SHADE)
            painter.drawEllipse(ring)
        if cell.hovered or cell.favourite:
            centre = QRectF(heart_rect(cell.rect)).center()
            self._shade(painter, centre)
            self._icon(painter, "heart-fill" if cell.favourite else "heart", centre, 16)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _sign(self, painter: QPainter, rect: QRect) -> None:
        """A broken picture, on the colour of an empty place."""
        painter.fillRect(rect, self._chip)
        size = min(BROKEN_PX, rect.width() // 2, rect.height() // 2)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_broken(painter, QRectF(rect).center(), size, self._second, self._chip)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _shade(self, painter: QPainter, centre: QPointF) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(0, 0, 0, 70))
        painter.drawEllipse(centre, MARK_PX / 2, MARK_PX / 2)

    def _length(self, painter: QPainter, rect: QRect, length: str) -> None:
        painter.setFont(self._small)
        words = painter.fontMetrics().horizontalAdvance(length)
        width = words + 32
        badge = QRectF(rect.right() - width - 5, rect.bottom() - 25, width, 20)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(_SHADE.darker())
        painter.drawRoundedRect(badge, 4, 4)
        painter.setPen(_WHITE)
        painter.drawText(badge.adjusted(24, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, length)
        self._icon(painter, "video-camera", QPointF(badge.left() + 13, badge.center().y()), 13)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _badge(self, painter: QPainter, centre: QPointF, name: str) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(_SHADE)
        painter.drawEllipse(centre, MARK_PX / 2, MARK_PX / 2)
        self._icon(painter, name, centre, 14)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _icon(self, painter: QPainter, name: str, centre: QPointF, size: int) -> None:
        role = "on_accent" if name == "check-bold" else "over"
        sign = self._theme.sign(name, role, size, painter.device().devicePixelRatioF())
        painter.drawPixmap(round(centre.x() - size / 2), round(centre.y() - size / 2), sign)
