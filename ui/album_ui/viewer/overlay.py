"""What lies over the picture in the viewer: previous, next, play, and why nothing can be shown."""

from html import escape

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from album_ui.labels import PlainLabel
from album_ui.theme import GRID_PX, Theme
from album_ui.words import duration, tr

_ROUND_PX = 40
_PLAY_PX = 72
_PROBLEM_PX = 520


class Overlay(QObject):
    """Puts round buttons and words over a canvas and keeps them in their places.

    Signals:
        stepped(int): -1 previous, 1 next.
        play_wanted(): the video is to be played.
    """

    stepped = Signal(int)
    play_wanted = Signal()

    def __init__(self, theme: Theme, canvas: QWidget) -> None:
        super().__init__(canvas)
        self._theme = theme
        self._canvas = canvas
        self._previous = self._round("caret-left", tr("Previous photo"), _ROUND_PX)
        self._next = self._round("caret-right", tr("Next photo"), _ROUND_PX)
        self._play = self._round("play-fill", tr("Play in the video player"), _PLAY_PX)
        self._length = PlainLabel(parent=canvas)
        self._length.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._problem = QLabel(canvas)
        self._problem.setWordWrap(True)
        self._problem.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._problem.setFixedWidth(_PROBLEM_PX)
        for label in (self._length, self._problem):
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            label.hide()
        self._play.hide()
        self._previous.clicked.connect(lambda: self.stepped.emit(-1))
        self._next.clicked.connect(lambda: self.stepped.emit(1))
        self._play.clicked.connect(self.play_wanted)
        canvas.installEventFilter(self)

    def _round(self, icon: str, text: str, size_px: int) -> QPushButton:
        button = QPushButton(self._theme.icon(icon, "text"), "", self._canvas)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.setFixedSize(size_px, size_px)
        button.setIconSize(QSize(size_px * 2 // 5, size_px * 2 // 5))
        button.setToolTip(text)
        button.setAccessibleName(text)
        ground, hovered = self._theme.palette.chip, self._theme.palette.line
        button.setStyleSheet(
            f"QPushButton {{ background: {ground}; border: none; padding: 0; min-height: 0;"
            f" border-radius: {size_px // 2}px; }} QPushButton:hover {{ background: {hovered}; }}"
        )
        return button

    def show_steps(self, *, before: bool, after: bool) -> None:
        """Whether there is a photo before and after."""
        self._previous.setVisible(before)
        self._next.setVisible(after)

    def show_video(self, length_s: float | None, *, video: bool) -> None:
        """Offer to play it."""
        self._play.setVisible(video)
        self._length.setText(duration(length_s) if length_s else "")
        self._length.setVisible(video and length_s is not None)
        self._place()

    def show_problem(self, title: str = "", reason: str = "") -> None:
        """Say why nothing is shown; empty for no problem."""
        self._problem.setText(f"<b>{escape(title)}</b><br><br>{escape(reason)}")
        self._problem.setVisible(bool(title))
        self._place()

    def _place(self) -> None:
        room = self._canvas.rect()
        middle = room.center()
        edge = 4 * GRID_PX
        self._previous.move(edge, middle.y() - _ROUND_PX // 2)
        self._next.move(room.width() - edge - _ROUND_PX, middle.y() - _ROUND_PX // 2)
        self._play.move(middle.x() - _PLAY_PX // 2, middle.y() - _PLAY_PX // 2)
        self._length.adjustSize()
        self._length.move(middle.x() - self._length.width() // 2, middle.y() + _PLAY_PX // 2 + 8)
        self._problem.setFixedWidth(min(_PROBLEM_PX, max(100, room.width() - 3 * _ROUND_PX)))
        self._problem.adjustSize()
        self._problem.move(
            middle.x() - self._problem.width() // 2, middle.y() - self._problem.height() // 2
        )

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the places when the canvas changes its size."""
        if event.type() == QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)
