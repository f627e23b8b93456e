"""The line over the grid: where one is, or the choice as chips, and how many photos that gives."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from album.domain.colours import COLOURS
from album.domain.query import DateTerm, FacetTerm, Query, RatingTerm, Term
from album.domain.tag import Facet
from album.storage.facets import TAG_FACETS
from album.storage.search import Page
from album_ui import shortcuts, words
from album_ui.fields import LineField
from album_ui.flow import FlowLayout
from album_ui.labels import PlainLabel
from album_ui.search import choices
from album_ui.search.browsing import Browsing
from album_ui.search.choices import Chip
from album_ui.strokes import paint_cross
from album_ui.theme import PAGE_MARGIN_PX, SCROLLER_PX, Theme
from album_ui.words import mark, tr

CHIP_PX: Final = 27
_PAD_PX: Final = 10
_CROSS_PX: Final = 18

KINDS: Final = {
    Facet.SCENE: mark("scene"),
    Facet.EVENT: mark("event"),
    Facet.THING: mark("thing"),
    Facet.STYLE: mark("style"),
    Facet.KEYWORD: mark("keyword"),
    Facet.COLOUR: mark("colour"),
    Facet.CAMERA: mark("camera"),
    Facet.YEAR: mark("when"),
    Facet.FOLDER: mark("folder"),
    Facet.KIND: "",
    Facet.FLAG: "",
}
VALUES: Final = {
    (Facet.FLAG, "favourite"): mark("Favourites"),
    (Facet.FLAG, "review"): mark("To review"),
    (Facet.FLAG, "offline"): mark("Offline"),
    (Facet.FLAG, "problem"): mark("With a problem"),
    (Facet.FLAG, "untagged"): mark("Without a tag"),
    (Facet.KIND, "video"): mark("Videos"),
    (Facet.KIND, "photo"): mark("Photos"),
}
"""Values that are no tags, in words."""


TagName = Callable[[str, str], str]
"""Gives the name of a slug in a language."""


def value_name(facet: Facet, value: str, tag_name: TagName) -> str:
    """A facet's value as the user reads it."""
    known = VALUES.get((facet, value))
    if known is not None:
        return tr(known)
    if facet is Facet.FOLDER:
        return value.rstrip("/").rpartition("/")[2] or value
    if facet is Facet.COLOUR:
        return COLOURS.name(value, words.language())
    if facet not in TAG_FACETS:
        return value
    return tag_name(value, words.language())


def chip_words(query: Query, chip: Chip, tag_name: TagName) -> tuple[str, str]:
    """The small word of a chip («scene», «or», «when») and what it says."""
    term = query.terms[chip.term]
    if isinstance(term, FacetTerm) and chip.value is not None:
        small = tr("or") if chip.value and not term.negated else tr(KINDS[term.facet])
        return small, value_name(term.facet, term.values[chip.value], tag_name)
    return _whole(term)


def _whole(term: Term) -> tuple[str, str]:
    if isinstance(term, DateTerm):
        return tr("when"), words.span(term.first, term.last)
    if isinstance(term, RatingTerm):
        low, high = term.lowest, term.highest
        return tr("rating"), str(low) if low == high else f"{low}–{high}"
    if isinstance(term, FacetTerm):
        return tr(KINDS[term.facet]), ""
    return "", f"“{term.text}”" if " " in term.text else term.text


class ChipButton(QAbstractButton):
    """A chip; the whole of it takes the choice away.

    Signals:
        taken(Chip): it was clicked.
    """

    taken = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._chip: Chip | None = None
        self._small, self._negated = "", False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setToolTip(tr("Take away"))
        self.setFixedHeight(CHIP_PX)
        self.clicked.connect(lambda: self.taken.emit(self._chip))

    def say(self, chip: Chip, small: str, text: str, *, negated: bool) -> None:
        """Stand for this part of the query, in these words."""
        self._chip = chip
        if (small, text, negated) == (self._small, self.text(), self._negated):
            return
        self._small, self._negated = small, negated
        self.setText(text)
        said = f"{small} {text}".strip()
        name = tr("without {value}", value=said) if negated else said
        self.setAccessibleName(tr("{value}, take away", value=name))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as its words."""
        metrics = QFontMetrics(self._theme.font())
        wide = metrics.horizontalAdvance(self.text())
        if self._small:
            wide += metrics.horizontalAdvance(self._small) + 5
        return QSize(wide + 2 * _PAD_PX + _CROSS_PX, CHIP_PX)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Delete takes it away, as Space does."""
        if event.key() in {Qt.Key.Key_Delete, Qt.Key.Key_Backspace, Qt.Key.Key_Return}:
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw ground, words and cross."""
        palette = self._theme.palette
        accent = not self._negated
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            ground = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
            focused = QPen(palette.colour("accent"), 1)
            painter.setPen(focused if self.hasFocus() else Qt.PenStyle.NoPen)
            painter.setBrush(palette.colour("tint" if accent else "chip"))
            painter.drawRoundedRect(ground, CHIP_PX / 2, CHIP_PX / 2)
            font = self._theme.font()
            painter.setFont(font)
            x = _PAD_PX
            middle = Qt.AlignmentFlag.AlignVCenter
            if self._small:
                painter.setPen(palette.colour("second"))
                painter.drawText(self.rect().adjusted(x, 0, 0, 0), middle, self._small)
                x += painter.fontMetrics().horizontalAdvance(self._small) + 5
            font.setStrikeOut(self._negated)
            painter.setFont(font)
            painter.setPen(palette.colour("accent" if accent else "text"))
            painter.drawText(self.rect().adjusted(x, 0, 0, 0), middle, self.text())
            cross = QPointF(self.width() - _PAD_PX - 4, self.height() / 2)
            paint_cross(painter, cross, palette.colour("accent" if accent else "second"))


class ChoiceLine(QWidget):
    """Title and count of what is shown, or its chips.

    Signals:
        album_named(str): the choice is to be kept under this name.
        left(): the name is given, or not wanted any more: the photos have the keys again.
    """

    album_named = Signal(str)
    left = Signal()

    def __init__(
        self,
        browsing: Browsing,
        tag_name: TagName,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._browsing, self._tag_name, self._theme = browsing, tag_name, theme
        self.setAttribute(
            Qt.WidgetAttribute.WA_OpaquePaintEvent
        )  # else all behind it is drawn, too
        self._title = PlainLabel()
        self._title.setProperty("role", "title")
        self._total = PlainLabel()
        self._total.setProperty("role", "second")
        self._total.setFixedHeight(CHIP_PX)
        self._remark = PlainLabel()
        self._remark.setProperty("role", "second")
        self._remark.setWordWrap(True)
        self._remark.hide()
        self._chips = QWidget()
        self._flow = FlowLayout(self._chips, 8, 6)
        self._save = QPushButton(tr("Save as album"))
        self._save.setProperty("kind", "link")
        self._save.setFixedHeight(CHIP_PX)
        self._save.setToolTip(shortcuts.tip("save_album"))
        self._save.clicked.connect(self.ask_name)
        self._buttons: list[ChipButton] = []
        self.name = LineField()
        self.name.setPlaceholderText(tr("Name of the album"))
        self.name.setAccessibleName(tr("Name of the album"))
        self.name.setFixedWidth(190)
        self.name.setStyleSheet(f"min-height: {CHIP_PX - 2}px;")  # as high as a chip
        self.name.returnPressed.connect(self._on_named)
        self.name.editingFinished.connect(self.name.hide)
        self.name.left.connect(self._on_name_left)
        self.name.hide()
        for part in (self._save, self.name):  # where the choice ends
            self._flow.addWidget(part)
        self._lay_out()
        browsing.query_changed.connect(self._show_query)
        browsing.page_changed.connect(self._show_page)
        theme.changed.connect(self._on_theme_changed)
        self._show_query(browsing.query)

    @property
    def title(self) -> str:
        """The place of the library that is shown; empty where chips say it."""
        return self._title.text()

    @property
    def total(self) -> str:
        """How many photos there are, in words."""
        return self._total.text()

    def remark(self, text: str) -> None:
        """Say something about the query, quietly below its chips; empty: nothing more."""
        self._remark.setText(text)
        self._remark.setVisible(bool(text))

    def ask_name(self) -> None:
        """Let the user name the choice, to keep it as an album."""
        if self._browsing.query.terms:
            self.name.show()
            self.name.setFocus(Qt.FocusReason.OtherFocusReason)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(PAGE_MARGIN_PX, 14, SCROLLER_PX, 8)
        column.setSpacing(6)
        row = QHBoxLayout()
        row.setSpacing(10)
        column.addLayout(row)
        column.addWidget(self._remark)
        self._title.setFixedHeight(CHIP_PX)
        row.addWidget(self._title, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._chips, 1)
        row.addWidget(self._total, 0, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)

    def _show_query(self, query: Query) -> None:
        single = _place_title(query)
        self._title.setText(single)
        self._title.setVisible(bool(single))
        chips = [] if single else choices.chips(query)
        self._have_buttons(len(chips))
        for button, chip in zip(self._buttons, chips, strict=False):
            small, text = chip_words(query, chip, self._tag_name)
            button.say(chip, small, text, negated=query.terms[chip.term].negated)
        for place, button in enumerate(self._buttons):
            button.setVisible(place < len(chips))
        self._save.setVisible(bool(chips))
        self._chips.setVisible(True)
        self._chips.updateGeometry()

    def _have_buttons(self, wanted: int) -> None:
        """Chips are kept: making one costs more than all else that a choice changes here."""
        while len(self._buttons) < wanted:
            button = ChipButton(self._theme)
            button.taken.connect(self._on_taken)
            self._buttons.append(button)
            self._flow.insert(len(self._buttons) - 1, button)

    def _on_taken(self, chip: Chip) -> None:
        self._browsing.ask(choices.without(self._browsing.query, chip))

    def _on_theme_changed(self) -> None:
        self._show_query(self._browsing.query)

    def _show_page(self, page: Page) -> None:
        self._total.setText(words.pictures(page.total, page.videos))

    def paintEvent(self, event: QPaintEvent) -> None:
        """The ground of the page."""
        with QPainter(self) as painter:
            painter.fillRect(event.rect(), self._theme.palette.colour("page"))

    def _on_named(self) -> None:
        name = self.name.text().strip()
        if name:
            self.album_named.emit(name)
        self._on_name_left()

    def _on_name_left(self) -> None:
        self.name.clear()
        self.name.hide()
        self.left.emit()


def _place_title(query: Query) -> str:
    """The name of a place of the library that the query is, empty for any other query."""
    if not query.terms:
        return tr("All photos")
    (term, *more) = query.terms
    if more or not isinstance(term, FacetTerm) or term.negated or len(term.values) != 1:
        return ""
    if term.facet not in {Facet.FLAG, Facet.KIND}:
        return ""
    name = VALUES.get((term.facet, term.values[0]), "")
    return tr(name) if name else ""
