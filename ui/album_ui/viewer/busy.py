"""A thin line that moves while something is on its way."""

from PySide6.QtCore import QElapsedTimer, QRectF, Qt, QTimer
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from album_ui.theme import Theme
from album_ui.words import tr

_HEIGHT_PX = 3
_STEP_MS = 33
_ROUND_MS = 1400
_SHARE = 0.28


class BusyBar(QWidget):
    """Shows at once that a request was heard; stands still where the system asks for no motion."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._clock = QElapsedTimer()
        self._timer = QTimer(self)
        self._timer.setInterval(_STEP_MS)
        self._timer.timeout.connect(self.update)
        self.setFixedHeight(_HEIGHT_PX)
        self.setAccessibleName(tr("Working"))
        policy = self.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.setSizePolicy(policy)
        self.hide()

    def start(self) -> None:
        """Show it."""
        self._clock.start()
        self.show()
        if self._theme.fade_ms:
            self._timer.start()

    def stop(self) -> None:
        """Take it away."""
        self._timer.stop()
        self.hide()

    def paintEvent(self, event: QPaintEvent) -> None:
        """A piece of the line that wanders from left to right."""
        with QPainter(self) as painter:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.palette.colour("accent"))
            if not self._timer.isActive():
                painter.drawRect(self.rect())
                return
            place = (self._clock.elapsed() % _ROUND_MS) / _ROUND_MS
            width = self.width() * _SHARE
            left = place * (self.width() + width) - width
            painter.drawRect(QRectF(left, 0, width, _HEIGHT_PX))
