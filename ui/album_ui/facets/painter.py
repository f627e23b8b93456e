"""Draws the lines of the sidebar; decides nothing."""

from typing import Final

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen, QPixmap, QStaticText

from album_ui import words
from album_ui.facets.items import Choice, Item, Kind
from album_ui.palette import SWATCHES
from album_ui.strokes import paint_minus, paint_tick
from album_ui.theme import Size, Theme

INDENT_PX: Final = 8
TEXT_PX: Final = 32
_BOX_PX: Final = 14
_ICON_PX: Final = 16
_CARET_PX: Final = 12
_HEADING_DOWN_PX: Final = 20
"""From the top of a heading to the middle of its words."""
_MOST_NAMES: Final = 2000
_PLAIN, _STRONG, _STRUCK = range(3)
_MIDDLE: Final = Qt.AlignmentFlag.AlignVCenter
_RIGHT: Final = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight


class ItemPainter:
    """Draws items in the colours of the theme; `refresh` when those changed."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self.refresh()

    def refresh(self) -> None:
        """Take colours and fonts of the theme as they are now."""
        theme = self._theme
        self._colours = {name: theme.colour(name) for name in _ROLES}
        self._swatch_line = theme.palette.swatch_line
        struck = theme.font()
        struck.setStrikeOut(True)
        self._fonts = (theme.font(), theme.font(strong=True), struck)
        self._small = theme.font(Size.SMALL, strong=True)
        self._digit_px = QFontMetrics(self._fonts[_PLAIN]).horizontalAdvance("0")
        self._names: dict[tuple[str, int, int], QStaticText] = {}
        self._boxes: dict[tuple[Choice, float], QPixmap] = {}
        self._swatches: dict[tuple[str, Choice, bool, bool, QSize, float], QPixmap] = {}

    def paint(
        self, painter: QPainter, item: Item, rect: QRect, *, hovered: bool, focused: bool
    ) -> None:
        """Draw an item in its rectangle; the painter draws smooth edges."""
        if item.kind is Kind.SWATCH:
            self._swatch(painter, item, rect, hovered=hovered, focused=focused)
            return
        ground = QRectF(rect).adjusted(0, 0.5, 0, -0.5)
        line = item.kind in {Kind.PLACE, Kind.VALUE}
        if line and (item.chosen or hovered):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._colours["tint" if item.chosen else "chip"])
            painter.drawRoundedRect(ground, 6, 6)
        if focused:
            painter.setPen(QPen(self._colours["accent"], 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            top = 2 * _HEADING_DOWN_PX - rect.height() if item.kind is Kind.HEADING else 0
            painter.drawRoundedRect(ground.adjusted(0.5, top + 0.5, -0.5, -0.5), 6, 6)
        if item.kind is Kind.HEADING:
            self._heading(painter, item, rect, hovered=hovered)
        elif item.kind is Kind.MORE:
            self._more(painter, item, rect, hovered=hovered)
        elif line:
            self._line(painter, item, rect)

    def _heading(self, painter: QPainter, item: Item, rect: QRect, *, hovered: bool) -> None:
        words_at = QRect(rect)
        words_at.setHeight(2 * _HEADING_DOWN_PX)
        painter.setFont(self._small)
        painter.setPen(self._colours["second"])
        painter.drawText(words_at.adjusted(INDENT_PX, 0, -30, 0), _MIDDLE, item.text.upper())
        name = "caret-right" if item.folded else "caret-down"
        role = "text" if hovered else "third"
        sign = self._theme.sign(name, role, _CARET_PX, painter.device().devicePixelRatioF())
        right, middle = rect.right() - INDENT_PX - _CARET_PX, rect.top() + _HEADING_DOWN_PX
        painter.drawPixmap(right, middle - _CARET_PX // 2, sign)

    def _more(self, painter: QPainter, item: Item, rect: QRect, *, hovered: bool) -> None:
        painter.setFont(self._fonts[_PLAIN])
        painter.setPen(self._colours["text" if hovered else "second"])
        painter.drawText(rect.adjusted(TEXT_PX, 0, -INDENT_PX, 0), _MIDDLE, item.text)

    def _line(self, painter: QPainter, item: Item, rect: QRect) -> None:
        if item.kind is Kind.PLACE:
            self._icon(painter, item, rect)
        else:
            self._box(painter, item.choice, rect)
        right = rect.right() + 1 - INDENT_PX
        if item.count is not None:
            figures = words.number(item.count)
            painter.setFont(self._fonts[_PLAIN])
            painter.setPen(self._colours["accent" if item.chosen else "second"])
            painter.drawText(rect.adjusted(0, 0, -INDENT_PX, 0), _RIGHT, figures)
            right -= self._digit_px * len(figures) + 8
        struck = item.choice is Choice.EXCLUDED
        weight = _STRUCK if struck else _STRONG if item.chosen else _PLAIN
        painter.setFont(self._fonts[weight])
        painter.setPen(self._colours["second" if struck else "text"])
        left = rect.left() + TEXT_PX
        name = self._name(item.text, right - left, weight)
        painter.drawStaticText(
            left, rect.top() + round((rect.height() - name.size().height()) / 2), name
        )

    def _name(self, text: str, room_px: int, weight: int) -> QStaticText:
        """The name as it fits, laid out: names stay, and laying them out is most of the work."""
        known = self._names.get((text, room_px, weight))
        if known is None:
            if len(self._names) > _MOST_NAMES:
                self._names.clear()
            font = self._fonts[weight]
            metrics = QFontMetrics(font)
            known = QStaticText(metrics.elidedText(text, Qt.TextElideMode.ElideRight, room_px))
            known.setTextFormat(Qt.TextFormat.PlainText)
            known.prepare(font=font)
            self._names[text, room_px, weight] = known
        return known

    def _icon(self, painter: QPainter, item: Item, rect: QRect) -> None:
        role = "accent" if item.marked else "second"
        ratio = painter.device().devicePixelRatioF()
        sign = self._theme.sign(item.icon, role, _ICON_PX, ratio)
        top = rect.top() + (rect.height() - _ICON_PX) // 2
        painter.drawPixmap(rect.left() + INDENT_PX, top, sign)

    def _box(self, painter: QPainter, choice: Choice, rect: QRect) -> None:
        ratio = painter.device().devicePixelRatioF()
        if (choice, ratio) not in self._boxes:
            self._boxes[choice, ratio] = self._drawn_box(choice, ratio)
        top = rect.top() + (rect.height() - _BOX_PX) // 2
        painter.drawPixmap(rect.left() + INDENT_PX, top, self._boxes[choice, ratio])

    def _drawn_box(self, choice: Choice, ratio: float) -> QPixmap:
        size = round(_BOX_PX * ratio)
        drawn = QPixmap(size, size)
        drawn.setDevicePixelRatio(ratio)
        drawn.fill(Qt.GlobalColor.transparent)
        box = QRectF(0, 0, _BOX_PX, _BOX_PX)
        chosen = choice is Choice.CHOSEN
        with QPainter(drawn) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen if chosen else QPen(self._colours["third"], 1))
            painter.setBrush(self._colours["accent"] if chosen else Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box if chosen else box.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
            if chosen:
                paint_tick(painter, box.center(), self._colours["on_accent"])
            elif choice is Choice.EXCLUDED:
                paint_minus(painter, box.center(), self._colours["second"])
        return drawn

    def _swatch(
        self, painter: QPainter, item: Item, rect: QRect, *, hovered: bool, focused: bool
    ) -> None:
        ratio = painter.device().devicePixelRatioF()
        look = (item.value, item.choice, hovered, focused, rect.size(), ratio)
        if look not in self._swatches:
            drawn = QPixmap(rect.size() * ratio)
            drawn.setDevicePixelRatio(ratio)
            drawn.fill(Qt.GlobalColor.transparent)
            with QPainter(drawn) as on_it:
                on_it.setRenderHint(QPainter.RenderHint.Antialiasing)
                whole = QRect(QPoint(), rect.size())
                self._draw_swatch(on_it, item, whole, hovered=hovered, focused=focused)
            self._swatches[look] = drawn
        painter.drawPixmap(rect.topLeft(), self._swatches[look])

    def _draw_swatch(
        self, painter: QPainter, item: Item, rect: QRect, *, hovered: bool, focused: bool
    ) -> None:
        colour = QColor(SWATCHES.get(item.value, self._colours["chip"]))
        disc = QRectF(rect).adjusted(3.5, 3.5, -3.5, -3.5)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if focused or hovered or item.choice is Choice.CHOSEN:
            strong = focused or item.choice is Choice.CHOSEN
            painter.setPen(QPen(self._colours["accent" if strong else "third"], 1.5))
            painter.drawEllipse(QRectF(rect).adjusted(1, 1, -1, -1))
        painter.setPen(QPen(self._swatch_line, 1))
        painter.setBrush(colour)
        painter.drawEllipse(disc)
        self._swatch_sign(painter, item.choice, disc.center(), colour)

    def _swatch_sign(
        self, painter: QPainter, choice: Choice, centre: QPointF, colour: QColor
    ) -> None:
        sign = QColor("black") if colour.lightnessF() > 0.6 else QColor("white")
        if choice is Choice.CHOSEN:
            paint_tick(painter, centre, sign)
        elif choice is Choice.EXCLUDED:
            paint_minus(painter, centre, sign)


_ROLES: Final = ("tint", "chip", "accent", "on_accent", "text", "second", "third")
