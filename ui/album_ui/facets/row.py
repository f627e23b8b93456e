"""Rows of the sidebar: places of the library, values of a facet, swatches of colours."""

from enum import Enum
from typing import Final

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QEnterEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QAbstractButton, QWidget

from album_ui import words
from album_ui.strokes import paint_minus, paint_tick
from album_ui.theme import LIST_ROW_PX, Theme
from album_ui.words import tr

INDENT_PX: Final = 8
BOX_PX: Final = 14
ICON_PX: Final = 16
TEXT_PX: Final = 32
SWATCH_PX: Final = 24


class Choice(Enum):
    """What the query says of a value."""

    NONE = 0
    CHOSEN = 1
    EXCLUDED = 2


class SidebarRow(QAbstractButton):
    """One line of the sidebar: a sign, a name, a count.

    Signals:
        moved(int): the arrow keys ask for the row after (1) or before (-1).
    """

    moved = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._count: int | None = None
        self._hovered = False
        self.setFixedHeight(LIST_ROW_PX)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    @property
    def count(self) -> int | None:
        """The number at the right, None for none."""
        return self._count

    def set_count(self, count: int | None) -> None:
        """Change the number in place."""
        if count != self._count:
            self._count = count
            self._speak()
            self.update()

    def _speak(self) -> None:
        """Say what the row is to a screen reader."""
        parts = [self.text()]
        if self._count is not None:
            parts.append(words.count("{n} photo", "{n} photos", self._count))
        self.setAccessibleName(", ".join(parts))

    def _marked(self) -> bool:
        """Whether the row stands out."""
        return self.isChecked()

    def _paint_sign(self, painter: QPainter) -> None:
        """Draw what stands before the name."""

    def _strike(self) -> bool:
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw ground, sign, name and count."""
        palette, marked = self._theme.palette, self._marked()
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            ground = QRectF(self.rect()).adjusted(0, 0.5, 0, -0.5)
            if marked or self._hovered:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(palette.colour("tint" if marked else "chip"))
                painter.drawRoundedRect(ground, 6, 6)
            if self.hasFocus():
                painter.setPen(QPen(palette.colour("accent"), 1))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRoundedRect(ground.adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
            self._paint_sign(painter)
            self._paint_words(painter, marked)

    def _paint_words(self, painter: QPainter, marked: bool) -> None:
        palette = self._theme.palette
        right = self.width() - INDENT_PX
        middle = Qt.AlignmentFlag.AlignVCenter
        if self._count is not None:
            painter.setFont(self._theme.font())
            painter.setPen(palette.colour("accent" if marked else "second"))
            figures = words.number(self._count)
            width = painter.fontMetrics().horizontalAdvance(figures)
            painter.drawText(QRect(right - width, 0, width, self.height()), middle, figures)
            right -= width + 8
        font = self._theme.font(strong=marked)
        font.setStrikeOut(self._strike())
        painter.setFont(font)
        painter.setPen(palette.colour("second" if self._strike() else "text"))
        room = QRect(TEXT_PX, 0, right - TEXT_PX, self.height())
        name = painter.fontMetrics().elidedText(
            self.text(), Qt.TextElideMode.ElideRight, room.width()
        )
        painter.drawText(room, middle, name)

    def sizeHint(self) -> QSize:
        """As wide as it may be."""
        return QSize(160, LIST_ROW_PX)

    def enterEvent(self, event: QEnterEvent) -> None:
        """The pointer is over the row."""
        self._hovered = True
        self.update()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """The pointer is gone."""
        self._hovered = False
        self.update()
        super().leaveEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and down go to the neighbours."""
        if event.key() == Qt.Key.Key_Up:
            self.moved.emit(-1)
        elif event.key() == Qt.Key.Key_Down:
            self.moved.emit(1)
        else:
            super().keyPressEvent(event)


class PlaceRow(SidebarRow):
    """A place of the library (All photos, Favourites, an album) with an icon."""

    context_wanted = Signal(object)  # QPoint on the screen

    def __init__(
        self, text: str, icon_name: str, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(theme, parent)
        self._icon_name = icon_name
        self.setText(text)
        self.setCheckable(True)
        self._speak()

    def nextCheckState(self) -> None:
        """Where one is, is not up to the click but to what is asked."""

    def _paint_sign(self, painter: QPainter) -> None:
        role = "accent" if self._marked() else "second"
        sign = self._theme.sign(self._icon_name, role, ICON_PX, self.devicePixelRatioF())
        painter.drawPixmap(INDENT_PX, (self.height() - ICON_PX) // 2, sign)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer what can be done with the place."""
        self.context_wanted.emit(event.globalPos())


class ValueRow(SidebarRow):
    """A value: click chooses, Alt-click or right click excludes, double click: only this.

    Signals:
        toggled_by_user(), excluded_by_user(), only_by_user(): what the user did with it.
    """

    toggled_by_user = Signal()
    excluded_by_user = Signal()
    only_by_user = Signal()

    def __init__(self, value: str, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.value = value
        self._choice = Choice.NONE
        self.setCheckable(True)
        self.setToolTip(tr("Click: choose. Alt-click: leave out. Double click: only this."))

    @property
    def choice(self) -> Choice:
        """What the query says of the value."""
        return self._choice

    def show_value(self, name: str, count: int | None, choice: Choice) -> None:
        """Change what is shown, in place."""
        if (name, count, choice) == (self.text(), self._count, self._choice):
            return
        self.setText(name)
        self._count, self._choice = count, choice
        self.setChecked(choice is Choice.CHOSEN)
        self.update()
        self._speak()

    def _speak(self) -> None:
        super()._speak()
        if self._choice is Choice.EXCLUDED:
            self.setAccessibleName(tr("{name}, left out", name=self.accessibleName()))

    def nextCheckState(self) -> None:
        """The tick follows the query, not the click."""

    def _strike(self) -> bool:
        return self._choice is Choice.EXCLUDED

    def _paint_sign(self, painter: QPainter) -> None:
        palette = self._theme.palette
        box = QRectF(INDENT_PX, (self.height() - BOX_PX) / 2, BOX_PX, BOX_PX)
        chosen = self._choice is Choice.CHOSEN
        painter.setPen(Qt.PenStyle.NoPen if chosen else QPen(palette.colour("third"), 1))
        painter.setBrush(palette.colour("accent") if chosen else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box if chosen else box.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        if chosen:
            paint_tick(painter, box.center(), palette.colour("on_accent"))
        elif self._choice is Choice.EXCLUDED:
            paint_minus(painter, box.center(), palette.colour("second"))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Alt-click leaves the value out."""
        inside = self.rect().contains(event.position().toPoint())
        alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        left = event.button() is Qt.MouseButton.LeftButton
        pressed = self.isDown()
        super().mouseReleaseEvent(event)
        if inside and left and pressed:
            (self.excluded_by_user if alt else self.toggled_by_user).emit()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Only this value."""
        if event.button() is Qt.MouseButton.LeftButton:
            self.only_by_user.emit()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The right button leaves the value out."""
        self.excluded_by_user.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space chooses, minus leaves out, Enter takes only this."""
        if event.key() == Qt.Key.Key_Space:
            self.toggled_by_user.emit()
        elif event.key() == Qt.Key.Key_Minus:
            self.excluded_by_user.emit()
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.only_by_user.emit()
        else:
            super().keyPressEvent(event)


class Swatch(ValueRow):
    """A colour as a disc; the tick or the minus lies on it."""

    def __init__(
        self, value: str, colour: QColor, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(value, theme, parent)
        self._colour = colour
        self.setFixedSize(SWATCH_PX, SWATCH_PX)

    def show_value(self, name: str, count: int | None, choice: Choice) -> None:
        """Change what is shown, in place."""
        super().show_value(name, count, choice)
        counted = "" if count is None else words.count("{n} photo", "{n} photos", count)
        self.setToolTip(f"{name} · {counted}" if counted else name)

    def sizeHint(self) -> QSize:
        """A square."""
        return QSize(SWATCH_PX, SWATCH_PX)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the disc and what the query says of it."""
        palette = self._theme.palette
        disc = QRectF(self.rect()).adjusted(3.5, 3.5, -3.5, -3.5)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            if self.hasFocus() or self._choice is Choice.CHOSEN:
                painter.setPen(QPen(palette.colour("accent"), 1.5))
                painter.drawEllipse(QRectF(self.rect()).adjusted(1, 1, -1, -1))
            painter.setPen(QPen(palette.colour("line"), 1))
            painter.setBrush(self._colour)
            painter.drawEllipse(disc)
            sign = QColor("black") if self._colour.lightnessF() > 0.6 else QColor("white")
            if self._choice is Choice.CHOSEN:
                paint_tick(painter, disc.center(), sign)
            elif self._choice is Choice.EXCLUDED:
                paint_minus(painter, disc.center(), sign)
