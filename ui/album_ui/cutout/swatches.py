"""The two kinds of choices beside a cut-out: small pictures of what lies behind, and plain rows."""

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QPainter, QPainterPath, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QAbstractButton

from album_ui.theme import CONTROL_RADIUS_PX, GRID_PX, LIST_ROW_PX, Size, Theme

_SWATCH = QSize(78, 56)
_LABEL_PX = 20
_TICK_PX = 14
_SIGN_PX = 18
_DISC_PX = 16


class Swatch(QAbstractButton):
    """A small picture with its name below; the chosen one has a line round it.

    Args:
        theme: its colours.
        text: its name.
        sign: an icon in its middle.

    Attributes:
        ticked: whether a chosen one has a tick, too: where several can be chosen.
    """

    def __init__(self, theme: Theme, text: str, *, sign: str = "") -> None:
        super().__init__()
        self._theme = theme
        self._sign = sign
        self.ticked = False
        self._picture: QPixmap | None = None
        self._whole = False
        self._brush = QBrush(Qt.BrushStyle.NoBrush)
        self.setText(text)
        self.setCheckable(True)
        self.setAccessibleName(text)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFixedSize(_SWATCH.width(), _SWATCH.height() + _LABEL_PX)

    def show_brush(self, brush: QBrush) -> None:
        """Fill it with a colour or a pattern, under the picture that is there."""
        self._brush = brush
        self.update()

    def show_picture(self, picture: QPixmap, *, whole: bool = False) -> None:
        """Fill it with a picture, cropped in its middle; or fit all of it in."""
        self._picture = picture
        self._whole = whole
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The picture, the line round it, the name."""
        palette = self._theme.palette
        box = QRectF(3, 3, _SWATCH.width() - 6, _SWATCH.height() - 6)
        path = QPainterPath()
        path.addRoundedRect(box, CONTROL_RADIUS_PX - 2, CONTROL_RADIUS_PX - 2)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.fillPath(path, self._brush)
            if self._picture is not None:
                self._paint_picture(painter, path, box)
            if self._sign:
                self._theme.icon(self._sign, "second").paint(painter, _middle(box, _SIGN_PX))
            painter.setPen(QPen(palette.colour("line"), 1))
            painter.drawPath(path)
            if self.isChecked() or self.hasFocus():
                role = "accent" if self.isChecked() else "second"
                painter.setPen(QPen(palette.colour(role), 2))
                painter.drawRoundedRect(
                    QRectF(1, 1, _SWATCH.width() - 2, _SWATCH.height() - 2),
                    CONTROL_RADIUS_PX,
                    CONTROL_RADIUS_PX,
                )
            if self.ticked and self.isChecked():
                self._paint_tick(painter, box)
            painter.setPen(palette.colour("text" if self.isChecked() else "second"))
            painter.setFont(self._theme.font(Size.SMALL, strong=self.isChecked()))
            label = QRect(0, _SWATCH.height(), self.width(), _LABEL_PX)
            painter.drawText(label, Qt.AlignmentFlag.AlignCenter, self.text())

    def _paint_picture(self, painter: QPainter, path: QPainterPath, box: QRectF) -> None:
        picture = self._picture
        if picture is None or picture.isNull():
            return
        painter.save()
        painter.setClipPath(path)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        scales = box.width() / picture.width(), box.height() / picture.height()
        scale = 0.9 * min(scales) if self._whole else max(scales)
        width, height = picture.width() * scale, picture.height() * scale
        middle = box.center()
        painter.drawPixmap(
            QRectF(middle.x() - width / 2, middle.y() - height / 2, width, height),
            picture,
            QRectF(picture.rect()),
        )
        painter.restore()

    def _paint_tick(self, painter: QPainter, box: QRectF) -> None:
        """A tick on a disc in the upper right corner."""
        palette = self._theme.palette
        disc = QRectF(box.right() - _DISC_PX - 3, box.top() + 3, _DISC_PX, _DISC_PX)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(palette.colour("accent"))
        painter.drawEllipse(disc)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        self._theme.icon("check-bold", "on_accent").paint(painter, _middle(disc, _DISC_PX - 6))


def _middle(box: QRectF, side_px: int) -> QRect:
    """A square in the middle of a box."""
    place = box.center().toPoint()
    return QRect(place.x() - side_px // 2, place.y() - side_px // 2, side_px, side_px)


class ChoiceRow(QAbstractButton):
    """A row of words; the chosen one has a tick at its right."""

    def __init__(self, theme: Theme, text: str) -> None:
        super().__init__()
        self._theme = theme
        self.setText(text)
        self.setCheckable(True)
        self.setAccessibleName(text)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFixedHeight(LIST_ROW_PX)

    def sizeHint(self) -> QSize:
        """As wide as the words."""
        return QSize(self.fontMetrics().horizontalAdvance(self.text()) + 40, LIST_ROW_PX)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Ground under the pointer, words, tick."""
        palette = self._theme.palette
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            if self.underMouse() or self.hasFocus():
                painter.setBrush(palette.colour("chip"))
                painter.drawRoundedRect(self.rect(), CONTROL_RADIUS_PX - 2, CONTROL_RADIUS_PX - 2)
            painter.setFont(self._theme.font(strong=self.isChecked()))
            painter.setPen(palette.colour("text"))
            words = self.rect().adjusted(2 * GRID_PX, 0, -6 * GRID_PX, 0)
            painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, self.text())
            if self.isChecked():
                top = (self.height() - _TICK_PX) // 2
                place = QRect(self.width() - _TICK_PX - 2 * GRID_PX, top, _TICK_PX, _TICK_PX)
                self._theme.icon("check-bold", "accent").paint(painter, place)
