"""Figures as bars: colours by their share, scores from 0 to 100, stars."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from album.domain.appearance import Colour
from album_ui.guard import guarded
from album_ui.theme import Theme
from album_ui.words import tr

COLOUR_PX: Final = 18
SCORE_PX: Final = 22
STARS: Final = 5


@guarded
class ColourBar(QWidget):
    """The colours of a picture side by side."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._colours: Sequence[Colour] = ()
        self.setFixedHeight(COLOUR_PX)

    def show_colours(self, colours: Sequence[Colour], names: Sequence[str]) -> None:
        """Show these; their names are said."""
        self._colours = colours
        shares = [f"{name} {one.share:.0%}" for one, name in zip(colours, names, strict=True)]
        self.setToolTip(", ".join(shares))
        self.setAccessibleName(", ".join(shares))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw one field a colour, and a hairline round all: one may be that of the ground."""
        total = sum(one.share for one in self._colours)
        if not total:
            return
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            path = QPainterPath()
            path.addRoundedRect(QRectF(self.rect()), 4, 4)
            painter.setClipPath(path)
            left = 0.0
            for one in self._colours:
                width = self.width() * one.share / total
                painter.fillRect(QRectF(left, 0, width + 1, self.height()), QColor(*one.rgb))
                left += width
            painter.setClipping(False)
            painter.setPen(QPen(self._theme.palette.swatch_line, 1))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 3.5, 3.5)


@guarded
class ScoreBar(QWidget):
    """A name, a bar, a number from 0 to 100."""

    def __init__(
        self, name: str, score: float, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._name, self._score, self._theme = name, score, theme
        self.setFixedHeight(SCORE_PX)
        self.setAccessibleName(f"{name} {round(100 * score)}")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the three."""
        theme, middle = self._theme, Qt.AlignmentFlag.AlignVCenter
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setFont(theme.font())
            painter.setPen(theme.colour("text"))
            painter.drawText(self.rect(), middle, self._name)
            painter.setPen(theme.colour("second"))
            right = middle | Qt.AlignmentFlag.AlignRight
            painter.drawText(self.rect(), right, str(round(100 * self._score)))
            left, end = min(96.0, self.width() * 0.4), self.width() - 34.0
            bar = QRectF(left, self.height() / 2 - 2, max(0.0, end - left), 4)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("line"))
            painter.drawRoundedRect(bar, 2, 2)
            bar.setWidth(bar.width() * min(max(self._score, 0.0), 1.0))
            painter.setBrush(theme.colour("accent"))
            painter.drawRoundedRect(bar, 2, 2)


@guarded
class Stars(QWidget):
    """The rating, and a heart; click to change them.

    Signals:
        rated(int): this many stars were clicked; 0 where the shown number was.
        favourite_toggled(bool): the heart was.
    """

    rated = Signal(int)
    favourite_toggled = Signal(bool)

    _STEP = 20

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._rating = 0
        self._favourite = False
        self._hover = -1
        self.setFixedSize((STARS + 1) * self._STEP + 10, 22)
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setToolTip(tr("Favourite (F), stars (0 to 5)"))

    def show_opinion(self, rating: int | None, *, favourite: bool) -> None:
        """Show what a person thinks of the photo."""
        self._rating, self._favourite = max(0, rating or 0), favourite
        said = tr("{n} stars", n=self._rating)
        self.setAccessibleName(f"{said}, {tr('favourite')}" if favourite else said)
        self.update()

    def sizeHint(self) -> QSize:
        """Heart and stars."""
        return self.minimumSize()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the heart, then the stars."""
        with QPainter(self) as painter:
            name, role = ("heart-fill", "accent") if self._favourite else ("heart", "third")
            self._sign(painter, name, role, 9)
            for star in range(1, STARS + 1):
                full = star <= self._rating
                lit = full or star <= self._hover
                role = "accent" if full else "second" if lit else "third"
                self._sign(painter, "star-fill" if full else "star", role, self._x(star))

    def _sign(self, painter: QPainter, name: str, role: str, x: float) -> None:
        middle = QPointF(x, self.height() / 2)
        left, top = round(middle.x() - 8), round(middle.y() - 8)
        painter.drawPixmap(left, top, self._theme.sign(name, role, 16, self.devicePixelRatioF()))

    def _x(self, star: int) -> int:
        return 9 + 10 + star * self._STEP

    def _star_at(self, x: float) -> int:
        """0 for the heart."""
        return 0 if x < self._x(1) - 10 else min(STARS, max(1, round((x - 19) / self._STEP)))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Light up the stars to the pointer."""
        self._hover = self._star_at(event.position().x())
        self.update()

    def leaveEvent(self, event: object) -> None:
        """The pointer is gone."""
        self._hover = -1
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Rate, or make a favourite."""
        star = self._star_at(event.position().x())
        if star == 0:
            self.favourite_toggled.emit(not self._favourite)
        else:
            self.rated.emit(0 if star == self._rating else star)
