"""The lifted subject on a checkerboard, with the clicks that corrected it."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QVariantAnimation, Signal
from PySide6.QtGui import (
    QBrush,
    QColor,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPen,
    QPixmap,
)
from PySide6.QtWidgets import QApplication

from album.analysis.protocol import Hint
from album_ui.theme import Theme
from album_ui.viewer.canvas import PictureCanvas
from album_ui.viewer.levels import Levels

_CHECK_PX = 10
_HINT_PX = 22
_GHOST = 0.1
_STEP_SHARE = 0.01


class CutoutCanvas(PictureCanvas):
    """Shows a rendering; a click names a point, a drag carries the result out of the window.

    Signals:
        hinted(x, y, wanted): a point of the shown result, in its pixels.
        drag_wanted(): the user drags the result away.
    """

    hinted = Signal(int, int, bool)
    drag_wanted = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme.palette.colour("page"))
        self._theme = theme
        self.margins_px = 48
        self._ghost: Levels | None = None
        self._before: Levels | None = None
        self._outline: QImage | None = None
        self._hints: Sequence[Hint] = ()
        self._corner = (0, 0)
        self._checked = False
        self._cross: QPointF | None = None
        self._pressed: QPointF | None = None
        self._fade = QVariantAnimation(self)
        self._fade.setStartValue(0.0)
        self._fade.setEndValue(1.0)
        self._fade.valueChanged.connect(self.update)
        self._fade.finished.connect(self._forget_before)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._board = checkerboard(theme)
        theme.changed.connect(self._colour)

    def _colour(self) -> None:
        self._board = checkerboard(self._theme)
        self.set_ground(self._theme.palette.colour("page"))

    # what is shown

    def show_photo(self, full: QSize, levels: Levels) -> None:
        """The photo itself, while its subject is looked for or when there is none."""
        self._ghost = None
        self._outline = None
        self._checked = False
        self._hints = ()
        self._corner = (0, 0)
        same = self.full == full
        self.show_picture(full, levels, keep_view=same)

    def show_result(
        self,
        levels: Levels,
        ghost: Levels | None,
        outline: QImage | None,
        corner: tuple[int, int],
    ) -> None:
        """The lifted subject; what was shown before fades out."""
        same = self.full == levels.size
        self._before = self.levels if same else None
        self._ghost = ghost
        self._outline = outline
        self._corner = corner
        self._checked = levels.images[0].hasAlphaChannel()
        self.show_picture(levels.size, levels, keep_view=same)
        if self._before is not None and self._theme.fade_ms:
            self._fade.stop()
            self._fade.setDuration(self._theme.fade_ms)
            self._fade.start()
        else:
            self._forget_before()

    def show_hints(self, hints: Sequence[Hint]) -> None:
        """Mark these points of the picture."""
        self._hints = tuple(hints)
        self.update()

    def clear(self) -> None:
        """Show nothing and let go of the pixels."""
        self._fade.stop()
        self._ghost = self._before = None
        self._outline = None
        self._hints = ()
        self._cross = None
        super().clear()

    def _forget_before(self) -> None:
        self._before = None
        self.update()

    # painting

    def paint_under(self, painter: QPainter, shown: QRectF) -> None:
        """The checkerboard, and faintly what was taken away."""
        if not self._checked:
            return
        painter.setBrushOrigin(shown.topLeft())
        painter.fillRect(shown, QBrush(self._board))
        if self._ghost is not None:
            painter.setOpacity(_GHOST)
            self.paint_levels(painter, self._ghost)
            painter.setOpacity(1.0)

    def paint_over(self, painter: QPainter, shown: QRectF) -> None:
        """What fades out, the outline, the clicks."""
        if self._before is not None:
            painter.setOpacity(1.0 - float(self._fade.currentValue() or 0.0))
            self.paint_levels(painter, self._before)
            painter.setOpacity(1.0)
        if self._outline is not None:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(shown, self._outline)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for hint in self._hints:
            at = QPointF(hint.x - self._corner[0] + 0.5, hint.y - self._corner[1] + 0.5)
            self._paint_hint(painter, self.to_widget(at), wanted=hint.wanted)
        if self._cross is not None and self.hasFocus():
            self._paint_cross(painter, self.to_widget(self._cross))

    def _paint_hint(self, painter: QPainter, at: QPointF, *, wanted: bool) -> None:
        painter.setPen(QPen(QColor(Qt.GlobalColor.white), 2))
        painter.setBrush(self._theme.palette.colour("yes" if wanted else "no"))
        painter.drawEllipse(at, _HINT_PX / 2, _HINT_PX / 2)
        painter.setPen(QPen(self._theme.palette.colour("on_accent"), 2))
        arm = _HINT_PX / 5
        painter.drawLine(at - QPointF(arm, 0), at + QPointF(arm, 0))
        if wanted:
            painter.drawLine(at - QPointF(0, arm), at + QPointF(0, arm))

    def _paint_cross(self, painter: QPainter, at: QPointF) -> None:
        for colour, width in ((QColor(Qt.GlobalColor.white), 3), (QColor(Qt.GlobalColor.black), 1)):
            painter.setPen(QPen(colour, width))
            painter.drawLine(at - QPointF(14, 0), at + QPointF(14, 0))
            painter.drawLine(at - QPointF(0, 14), at + QPointF(0, 14))

    def idle_cursor(self) -> Qt.CursorShape:
        """A cross: a click names a point."""
        return Qt.CursorShape.CrossCursor

    # pointer and keys

    def _hint(self, at: QPointF, *, wanted: bool) -> None:
        if QRectF(0, 0, self.full.width(), self.full.height()).contains(at):
            self.hinted.emit(int(at.x()), int(at.y()), wanted)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Left: a point or the begin of a drag; middle: move the picture."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed = event.position()
        else:
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """A left drag carries the result away."""
        if self._pressed is None:
            super().mouseMoveEvent(event)
            return
        way = event.position() - self._pressed
        if way.manhattanLength() >= QApplication.startDragDistance():
            self._pressed = None
            self.drag_wanted.emit()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click adds, with Alt it takes away."""
        pressed, self._pressed = self._pressed, None
        if pressed is not None and event.button() == Qt.MouseButton.LeftButton:
            taken_away = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
            self._hint(self.to_picture(pressed), wanted=not taken_away)
        else:
            super().mouseReleaseEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Two clicks are two clicks."""
        self.mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move a cross; Enter adds the point under it, Delete takes it away."""
        steps = {
            Qt.Key.Key_Left: (-1, 0),
            Qt.Key.Key_Right: (1, 0),
            Qt.Key.Key_Up: (0, -1),
            Qt.Key.Key_Down: (0, 1),
        }
        step = steps.get(Qt.Key(event.key()))
        if step is not None:
            self._move_cross(
                *step, fast=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            )
        elif self._cross is not None and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._hint(self._cross, wanted=True)
        elif self._cross is not None and event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self._hint(self._cross, wanted=False)
        else:
            super().keyPressEvent(event)

    def _move_cross(self, across: int, down: int, *, fast: bool) -> None:
        full = self.full
        step = max(full.width(), full.height()) * _STEP_SHARE * (5 if fast else 1)
        at = self._cross or QPointF(full.width() / 2, full.height() / 2)
        self._cross = QPointF(
            min(max(at.x() + across * step, 0.0), full.width() - 1.0),
            min(max(at.y() + down * step, 0.0), full.height() - 1.0),
        )
        self.update()


def checkerboard(theme: Theme) -> QPixmap:
    """Four squares that are repeated."""
    board = QPixmap(2 * _CHECK_PX, 2 * _CHECK_PX)
    light, dark = theme.palette.colour("field"), theme.palette.colour("line")
    board.fill(light)
    with QPainter(board) as painter:
        painter.fillRect(0, 0, _CHECK_PX, _CHECK_PX, dark)
        painter.fillRect(_CHECK_PX, _CHECK_PX, _CHECK_PX, _CHECK_PX, dark)
    return board
