"""Tags as chips: what a person or the file says is filled, what a model suggests is dashed."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QWidget

from album.domain.tag import Certainty, PhotoTag, TagState
from album_ui.guard import guarded
from album_ui.labels import plain_tip
from album_ui.strokes import paint_cross, paint_tick
from album_ui.theme import Size, Theme
from album_ui.words import certain, mark, tr

CHIP_PX: Final = 26
_BUTTON_PX: Final = 16
_WORDS: Final = {
    None: mark("Suggested"),
    Certainty.SURE: mark("Suggested, sure: nine in ten of these are right"),
    Certainty.LIKELY: mark("Suggested, likely: seven in ten of these are right"),
    Certainty.EXPERIMENTAL: mark("Suggested, experimental: nobody knows how often it is right"),
}


@dataclass(frozen=True, slots=True)
class ShownTag:
    """A tag as it is shown for one photo or several.

    Attributes:
        slug, name: of the tag.
        state: what it is worth.
        score: of a suggestion.
        note: the tooltip: which state, by whom.
        figures: small figures after the name («0.94», «3 of 5»).
        certainty: of a suggestion.
    """

    slug: str
    name: str
    state: TagState
    note: str = ""
    figures: str = ""
    certainty: Certainty | None = None

    @property
    def small(self) -> str:
        """What follows the name in small: «0.94», «0.63 likely»."""
        return certain(self.figures, self.certainty)


def in_order(tags: Iterable[ShownTag]) -> list[ShownTag]:
    """Decided ones first, then by the figures that are seen; those that look equal by name."""
    return sorted(
        tags,
        key=lambda one: (
            one.state is TagState.SUGGESTED,
            -float(one.figures or 1),
            one.name.casefold(),
            one.slug,
        ),
    )


def note_of(tag: PhotoTag) -> str:
    """Which state a tag is in and by whom, in words."""
    texts = {
        TagState.IMPORTED: tr("From the file"),
        TagState.MANUAL: tr("Set by you"),
        TagState.CONFIRMED: tr("Accepted by you"),
        TagState.REJECTED: tr("Rejected by you"),
        TagState.SUGGESTED: tr(_WORDS[tag.certainty]),
    }
    said = texts[tag.state]
    if tag.score is not None and tag.state is not TagState.SUGGESTED:
        said += " · " + tr("the model says {score}", score=f"{tag.score:.2f}")
    return f"{said} · {tag.model}" if tag.model else said


@guarded
class SignButton(QAbstractButton):
    """A small tick or cross on a chip."""

    def __init__(self, sign: str, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sign, self._theme = sign, theme
        self.setFixedSize(_BUTTON_PX, CHIP_PX)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the focus with the photos
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the sign; in its colour under the pointer or the focus."""
        lit = self.underMouse() or self.hasFocus()
        role = {"yes": "yes", "no": "no", "off": "text"}[self._sign] if lit else "second"
        colour = self._theme.colour(role)
        centre = QPointF(self.width() / 2, self.height() / 2)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            if self.hasFocus():
                painter.setPen(QPen(self._theme.colour("accent"), 1))
                painter.drawEllipse(centre, 7.5, 7.5)
            if self._sign == "yes":
                paint_tick(painter, centre, colour)
            else:
                paint_cross(painter, centre, colour)


@guarded
class TagChip(QWidget):
    """One tag.

    Signals:
        decided(str, TagState): the user accepted or rejected it (slug, state).
        cleared(str): the user takes his own word back.
        chosen(str): the user wants to see all photos with it.
    """

    decided = Signal(str, object)
    cleared = Signal(str)

    def __init__(self, tag: ShownTag, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tag, self._theme = tag, theme
        self._font, self._small = theme.font(), theme.font(Size.SMALL)
        self._suggested = tag.state is TagState.SUGGESTED
        self.setToolTip(plain_tip(tag.note))
        self.setAccessibleName(f"{tag.name} {tag.small}, {tag.note}".replace("  ", " "))
        self.setFixedHeight(CHIP_PX)
        row = QHBoxLayout(self)
        row.setContentsMargins(self._words_px(), 0, 7, 0)
        row.setSpacing(1)
        if self._suggested:
            self._add(row, "yes", tr("Accept {tag}", tag=tag.name), TagState.CONFIRMED)
            self._add(row, "no", tr("Reject {tag}", tag=tag.name), TagState.REJECTED)
        else:
            off = self._button(row, "off", tr("Take {tag} away", tag=tag.name))
            off.clicked.connect(self._on_off)

    def _add(self, row: QHBoxLayout, sign: str, text: str, state: TagState) -> None:
        slug = self.tag.slug
        button = self._button(row, sign, text)
        button.clicked.connect(lambda: self.decided.emit(slug, state))

    def _button(self, row: QHBoxLayout, sign: str, text: str) -> SignButton:
        button = SignButton(sign, self._theme, self)
        button.setToolTip(plain_tip(text))
        button.setAccessibleName(text)
        row.addWidget(button)
        return button

    def focus_first(self) -> None:
        """Put the focus on its first button."""
        for button in self.findChildren(SignButton)[:1]:
            button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_off(self) -> None:
        if self.tag.state is TagState.MANUAL:
            self.cleared.emit(self.tag.slug)
        else:
            self.decided.emit(self.tag.slug, TagState.REJECTED)

    def _words_px(self) -> int:
        """Where the buttons begin."""
        left = 10 if self._suggested else 26
        width = left + QFontMetrics(self._font).horizontalAdvance(self.tag.name)
        if self.tag.small:
            width += 6 + QFontMetrics(self._small).horizontalAdvance(self.tag.small)
        return width + 4

    def sizeHint(self) -> QSize:
        """As wide as its words and buttons."""
        buttons = 2 * _BUTTON_PX + 1 if self._suggested else _BUTTON_PX
        return QSize(self._words_px() + buttons + 7, CHIP_PX)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the ground, the tick and the words."""
        theme = self._theme
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            ground = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
            if self._suggested:
                pen = QPen(theme.colour("third"), 1)
                pen.setDashPattern([3, 2.5])
                painter.setPen(pen)
                painter.setBrush(Qt.BrushStyle.NoBrush)
            else:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(theme.colour("chip"))
            painter.drawRoundedRect(ground, CHIP_PX / 2, CHIP_PX / 2)
            x = 10
            if not self._suggested:
                paint_tick(painter, QPointF(15, CHIP_PX / 2), theme.colour("yes"))
                x = 26
            middle = Qt.AlignmentFlag.AlignVCenter
            painter.setFont(self._font)
            painter.setPen(theme.colour("text"))
            painter.drawText(self.rect().adjusted(x, 0, 0, 0), middle, self.tag.name)
            x += painter.fontMetrics().horizontalAdvance(self.tag.name) + 6
            painter.setFont(self._small)
            painter.setPen(theme.colour("second"))
            painter.drawText(self.rect().adjusted(x, 0, 0, 0), middle, self.tag.small)


@guarded
class PlainChip(QWidget):
    """A word on a quiet ground."""

    def __init__(self, text: str, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text, self._theme = text, theme
        self._font = theme.font()
        self.setAccessibleName(text)

    def sizeHint(self) -> QSize:
        """As wide as its word."""
        return QSize(QFontMetrics(self._font).horizontalAdvance(self._text) + 20, CHIP_PX)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw ground and word."""
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.colour("chip"))
            painter.drawRoundedRect(QRectF(self.rect()), CHIP_PX / 2, CHIP_PX / 2)
            painter.setPen(self._theme.colour("text"))
            painter.setFont(self._font)
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._text)
