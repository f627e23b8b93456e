"""A line that slides up over the status line, says something, and leaves by itself."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from PySide6.QtCore import (
    QEasingCurve,
    QEvent,
    QObject,
    QPoint,
    QPropertyAnimation,
    QSize,
    QTimer,
    QUrl,
)
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QDesktopServices,
    QEnterEvent,
)
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from album.notices import Notice, NoticeLevel
from album_ui.labels import PlainLabel
from album_ui.theme import CONTROL_RADIUS_PX, GRID_PX, STATUS_PX, DarkTheme, Theme
from album_ui.words import told_of, tr

STAYS_MS = 6000
_WIDEST_PX = 720
_PLACE_CHANGES = {QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.Show, QEvent.Type.Hide}


@dataclass(frozen=True, slots=True)
class Message:
    """What a notice line says, and what can be done about it.

    Attributes:
        action: the word on its button; empty for none.
        act: what the button does.
        replaces: a key: a later message with it takes the place of this one.
    """

    text: str
    level: NoticeLevel = NoticeLevel.INFO
    action: str = ""
    act: Callable[[], object] | None = None
    replaces: str = ""


class NoticeLine(QFrame):
    """Shows one message at a time over the lower edge of `window`; the next waits for its turn."""

    def __init__(self, theme: Theme, window: QWidget, stays_ms: int = STAYS_MS) -> None:
        super().__init__(window)
        self._usual, self._dark = theme, DarkTheme(theme)
        self._theme = theme
        self._window = window
        self._foot: QWidget | None = None
        self._waiting: deque[Message] = deque()
        self._shown: Message | None = None
        self.setObjectName("notice")
        self._sign = PlainLabel()
        self._text = PlainLabel()
        self._text.setWordWrap(True)
        self._act = QPushButton()
        self._act.setProperty("kind", "quiet")
        self._act.clicked.connect(self._on_act)
        self._close = QPushButton()
        self._close.setProperty("kind", "icon")
        self._close.setAccessibleName(tr("Close"))
        self._close.setToolTip(tr("Close"))
        self._close.clicked.connect(self._leave)
        row = QHBoxLayout(self)
        row.setContentsMargins(3 * GRID_PX, GRID_PX, GRID_PX, GRID_PX)
        row.setSpacing(2 * GRID_PX)
        row.addWidget(self._sign)
        row.addWidget(self._text, 1)
        row.addWidget(self._act)
        row.addWidget(self._close)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(stays_ms)
        self._timer.timeout.connect(self._leave)
        self._slide = QPropertyAnimation(self, b"pos", self)
        self._slide.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._slide.finished.connect(self._place)
        window.installEventFilter(self)
        theme.changed.connect(self._colour)
        self._colour()
        self.hide()

    @property
    def message(self) -> Message | None:
        """What is shown now."""
        return self._shown

    def show_dark(self, dark: bool) -> None:
        """Look as it does over a page that is always dark, or as the rest of the program."""
        self._theme = self._dark if dark else self._usual
        self._colour()

    def keep_off(self, foot: QWidget | None) -> None:
        """Stay over this part of the window while it is to be seen; None: over the status line."""
        if self._foot is not None:
            self._foot.removeEventFilter(self)
        self._foot = foot
        if foot is not None:
            foot.installEventFilter(self)
        if self.isVisible():
            self._place()

    def post(self, notice: Notice) -> None:
        """Show a notice of the session; where it speaks of a file, «Show» opens the folder."""
        message = Message(told_of(notice), notice.level, replaces=notice.replaces)
        if notice.folder is not None:
            place = QUrl.fromLocalFile(str(notice.folder))
            act = partial(QDesktopServices.openUrl, place)
            message = replace(message, action=tr("Show"), act=act)
        self.say(message)

    def say(self, message: Message) -> None:
        """Show this now, or after what is shown already; what it can undo is said at once."""
        shown = self._shown
        supersedes = shown is not None and message.replaces and shown.replaces == message.replaces
        self._waiting = deque(
            one for one in self._waiting if not message.replaces or one.replaces != message.replaces
        )
        if shown is None or supersedes or message.act is not None or shown.act is not None:
            self._show(message)
        else:
            self._waiting.append(message)

    def _show(self, message: Message) -> None:
        self._shown = message
        self._text.setText(message.text)
        self._act.setText(message.action)
        self._act.setVisible(message.act is not None)
        self._paint_sign()
        announcement = QAccessibleAnnouncementEvent(self, message.text)
        QAccessible.updateAccessibility(announcement)
        if self.isVisible():
            self._place()
        else:
            self._slide_up()
        if not self.underMouse():
            self._timer.start()

    def _leave(self) -> None:
        self._timer.stop()
        self._shown = None
        if self._waiting:
            self._show(self._waiting.popleft())
        else:
            self._slide.stop()
            self.hide()

    def _on_act(self) -> None:
        act = self._shown.act if self._shown is not None else None
        self._leave()
        if act is not None:
            act()

    def _resting_place(self) -> QPoint:
        self.setMaximumWidth(min(_WIDEST_PX, self._window.width() - 8 * GRID_PX))
        self._text.setMinimumWidth(
            min(_WIDEST_PX - 200, self._text.fontMetrics().horizontalAdvance(self._text.text()) + 4)
        )
        self.adjustSize()
        left = (self._window.width() - self.width()) // 2
        return QPoint(left, self._floor() - self.height() - 3 * GRID_PX)

    def _floor(self) -> int:
        """Where the room for it ends."""
        floor = self._window.height() - STATUS_PX
        if self._foot is not None and self._foot.isVisible():
            floor = min(floor, self._foot.mapTo(self._window, QPoint(0, 0)).y())
        return floor

    def _place(self) -> None:
        if self._slide.state() != QPropertyAnimation.State.Running:
            self.move(self._resting_place())

    def _slide_up(self) -> None:
        rest = self._resting_place()
        start = rest + QPoint(0, 4 * GRID_PX if self._theme.fade_ms else 0)
        self.move(start)
        self.raise_()
        self.show()
        if start == rest:
            return
        self._slide.setDuration(self._theme.fade_ms)
        self._slide.setStartValue(start)
        self._slide.setEndValue(rest)
        self._slide.start()

    def _paint_sign(self) -> None:
        level = NoticeLevel.INFO if self._shown is None else self._shown.level
        self._sign.setVisible(level is not NoticeLevel.INFO)
        self._sign.setPixmap(self._theme.icon("warning", "no").pixmap(16, 16))
        self._close.setIcon(self._theme.icon("x"))
        self._close.setIconSize(QSize(14, 14))

    def _colour(self) -> None:
        palette = self._theme.palette
        whole = self._theme.sheet(palette) if self._theme is self._dark else ""
        self.setStyleSheet(
            f"{whole} QFrame#notice {{ background: {palette.field};"
            f" border: 1px solid {palette.line}; border-radius: {CONTROL_RADIUS_PX}px; }}"
        )
        self._paint_sign()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the place when the window, or what this stays over, changes."""
        if event.type() in _PLACE_CHANGES and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)

    def enterEvent(self, event: QEnterEvent) -> None:
        """Stay while the pointer is on it."""
        self._timer.stop()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Go on counting."""
        if self._shown is not None:
            self._timer.start()
        super().leaveEvent(event)
