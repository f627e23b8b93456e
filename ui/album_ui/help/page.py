"""All keys, over the window, while they are looked at."""

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QScrollBar,
    QVBoxLayout,
    QWidget,
)

from album_ui.labels import PlainLabel
from album_ui.shortcuts import TABLE, Shortcut, Where
from album_ui.theme import CONTROL_RADIUS_PX, GRID_PX, Theme
from album_ui.words import tr

_CARD_PX = 1000
_COLUMN_PX = 280
_MOST_COLUMNS = 3
_MARGIN_PX = 6 * GRID_PX
_SCROLLS = {
    Qt.Key.Key_Down: QScrollBar.SliderAction.SliderSingleStepAdd,
    Qt.Key.Key_Up: QScrollBar.SliderAction.SliderSingleStepSub,
    Qt.Key.Key_PageDown: QScrollBar.SliderAction.SliderPageStepAdd,
    Qt.Key.Key_PageUp: QScrollBar.SliderAction.SliderPageStepSub,
}
_ARROWS = {"Left": "←", "Right": "→", "Up": "↑", "Down": "↓"}


def keys_of(entry: Shortcut) -> list[str]:
    """The keys of an entry as this system writes them, arrows as arrows in every language."""
    return [_with_arrow(keys, _native(keys)) for keys in entry.keys]


def _native(keys: str) -> str:
    return QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)


def _with_arrow(keys: str, native: str) -> str:
    name = keys.rpartition("+")[2]
    return native.replace(_native(name), _ARROWS[name]) if name in _ARROWS else native


def columns(entries: Iterable[Shortcut], wanted: int) -> list[list[tuple[Where, list[Shortcut]]]]:
    """The table in columns of about the same length, each part whole."""
    parts: dict[Where, list[Shortcut]] = {}
    for entry in entries:
        parts.setdefault(entry.where, []).append(entry)
    result: list[list[tuple[Where, list[Shortcut]]]] = [[] for _ in range(wanted)]
    lengths = [0] * wanted
    for where, of_part in sorted(parts.items(), key=lambda part: -len(part[1])):
        shortest = lengths.index(min(lengths))
        result[shortest].append((where, of_part))
        lengths[shortest] += len(of_part) + 2
    return result


class KeysOverlay(QWidget):
    """A card with every key of `shortcuts.TABLE`; any click outside, Esc or ? closes it."""

    def __init__(self, theme: Theme, window: QWidget) -> None:
        super().__init__(window)
        self._theme = theme
        self._window = window
        self._before: QWidget | None = None
        self.setAccessibleName(tr("All keys"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._card = QFrame(self)
        self._card.setObjectName("card")
        self._scroll = QScrollArea()
        self._columns = 0
        self._fill()
        window.installEventFilter(self)
        theme.changed.connect(self._colour)
        self._colour()
        self.hide()

    def _fill(self) -> None:
        heading = PlainLabel(tr("All keys"))
        heading.setProperty("role", "title")
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        whole = QVBoxLayout(self._card)
        whole.setContentsMargins(_MARGIN_PX, _MARGIN_PX, _MARGIN_PX, _MARGIN_PX)
        whole.setSpacing(3 * GRID_PX)
        whole.addWidget(heading)
        whole.addWidget(self._scroll, 1)
        chrome = whole.spacing() + heading.sizeHint().height() + 2 * GRID_PX
        self._chrome_px = 2 * _MARGIN_PX + chrome

    def _have_columns(self, wanted: int) -> QWidget:
        """The keys in so many columns."""
        inside = self._scroll.widget()
        if inside is None or wanted != self._columns:
            self._columns = wanted
            inside = _in_columns(wanted)
            self._scroll.setWidget(inside)
        return inside

    def _colour(self) -> None:
        palette = self._theme.palette
        self._card.setStyleSheet(
            f"QFrame#card {{ background: {palette.page}; border: 1px solid {palette.line};"
            f" border-radius: {2 * CONTROL_RADIUS_PX}px; }}"
        )

    def toggle(self) -> None:
        """Come up, or go."""
        if self.isVisible():
            self.leave()
        else:
            self._before = self.window().focusWidget()
            self._place()
            self.raise_()
            self.show()
            self.setFocus()

    def leave(self) -> None:
        """Go; what had the focus has it again."""
        self.hide()
        if self._before is not None:
            self._before.setFocus()
            self._before = None

    def _place(self) -> None:
        room = self._window.rect()
        self.setGeometry(room)
        margin = 8 * GRID_PX
        width = min(_CARD_PX, room.width() - margin)
        fits = (width - 2 * _MARGIN_PX) // _COLUMN_PX
        inside = self._have_columns(min(max(1, fits), _MOST_COLUMNS))
        height = min(inside.sizeHint().height() + self._chrome_px, room.height() - margin)
        self._card.setGeometry(
            (room.width() - width) // 2, (room.height() - height) // 2, width, height
        )

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep covering the window."""
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A veil over the window."""
        with QPainter(self) as painter:
            veil = self._theme.palette.colour("text" if not self._theme.palette.dark else "page")
            veil.setAlphaF(0.35 if not self._theme.palette.dark else 0.7)
            painter.fillRect(self.rect(), veil)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click beside the card closes it."""
        if not self._card.geometry().contains(event.position().toPoint()):
            self.leave()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc closes, arrows and pages scroll; nothing reaches the page below."""
        if event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_Question, Qt.Key.Key_F1):
            self.leave()
        elif event.key() in _SCROLLS:
            self._scroll.verticalScrollBar().triggerAction(_SCROLLS[Qt.Key(event.key())])
        event.accept()


def _in_columns(wanted: int) -> QWidget:
    inside = QWidget()
    inside.setObjectName("scrolled")
    row = QHBoxLayout(inside)
    row.setContentsMargins(0, 0, 2 * GRID_PX, 0)
    row.setSpacing(10 * GRID_PX)
    for parts in columns(TABLE, wanted):
        column = QVBoxLayout()
        column.setSpacing(GRID_PX)
        for where, entries in parts:
            column.addWidget(_section(where))
            column.addLayout(_table(entries))
            column.addSpacing(3 * GRID_PX)
        column.addStretch()
        row.addLayout(column, 1)
    return inside


def _section(where: Where) -> QLabel:
    label = PlainLabel(tr(where.value).upper())
    label.setProperty("role", "section")
    return label


def _table(entries: list[Shortcut]) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(3 * GRID_PX)
    grid.setVerticalSpacing(GRID_PX)
    grid.setColumnStretch(0, 1)
    for line, entry in enumerate(entries):
        text = PlainLabel(tr(entry.text))
        text.setWordWrap(True)
        grid.addWidget(text, line, 0)
        keys = QHBoxLayout()
        keys.setSpacing(GRID_PX)
        keys.addStretch()
        for name in keys_of(entry):
            key = PlainLabel(name)
            key.setProperty("role", "key")
            keys.addWidget(key, 0, Qt.AlignmentFlag.AlignVCenter)
        grid.addLayout(keys, line, 1)
    return grid
