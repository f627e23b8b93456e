"""How one problem is painted: which file, why, what can be done, when."""

from datetime import datetime

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from album.storage.problems import Problem, Stage
from album_ui.guard import guarded
from album_ui.problems.model import Index, Role
from album_ui.theme import CONTROL_RADIUS_PX, GRID_PX, Size, Theme
from album_ui.words import count, moment, repeated, sentence, tr

_ICONS = {
    Stage.READ: "file-x",
    Stage.DECODE: "image",
    Stage.ANALYSE: "eye-slash",
    Stage.FOLDER: "folder",
}
_ICON_PX = 20
_PADDING_PX = 3 * GRID_PX
_LINE_PX = 2


@guarded
class ProblemDelegate(QStyledItemDelegate):
    """Three lines: the file's name and when, its folder, the reason with its advice."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Three lines and their margins."""
        name = QFontMetrics(self._theme.font(strong=True)).height()
        plain = QFontMetrics(self._theme.font()).height()
        small = QFontMetrics(self._theme.font(Size.SMALL)).height()
        return QSize(200, name + plain + small + 2 * _LINE_PX + 2 * _PADDING_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint the row."""
        problem = index.data(Role.PROBLEM)
        if not isinstance(problem, Problem):
            return
        palette = self._theme.palette
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        if state & QStyle.StateFlag.State_Selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(palette.colour("tint"))
            painter.drawRoundedRect(
                rect.adjusted(0, 1, 0, -1), CONTROL_RADIUS_PX, CONTROL_RADIUS_PX
            )
        else:
            painter.fillRect(rect.adjusted(0, rect.height() - 1, 0, 0), palette.colour("line"))
        inside = rect.adjusted(_PADDING_PX, _PADDING_PX, -_PADDING_PX, -_PADDING_PX)
        icon = self._theme.icon(_ICONS[problem.stage], "no")
        icon.paint(painter, QRect(inside.x(), inside.y(), _ICON_PX, _ICON_PX))
        inside.setLeft(inside.left() + _ICON_PX + _PADDING_PX)
        self._paint_words(painter, inside, problem)
        painter.restore()

    def _paint_words(self, painter: QPainter, inside: QRect, problem: Problem) -> None:
        folder, _, name = problem.shown.rpartition("/")
        when = moment(datetime.fromtimestamp(problem.last_s).astimezone())
        if problem.attempts > 1:
            when += " · " + count("tried once", "tried {n} times", problem.attempts)
        right = self._line(painter, inside, when, "third", self._theme.font(Size.SMALL), right=True)
        top = inside.adjusted(0, 0, -right - _PADDING_PX, 0)
        self._line(painter, top, _one_line(name), "text", self._theme.font(strong=True))
        inside.setTop(
            inside.top() + QFontMetrics(self._theme.font(strong=True)).height() + _LINE_PX
        )
        self._line(painter, inside, _one_line(folder), "second", self._theme.font(Size.SMALL))
        inside.setTop(inside.top() + QFontMetrics(self._theme.font(Size.SMALL)).height() + _LINE_PX)
        reason = sentence(repeated(problem.reason)) or tr("Not known.")
        used = self._line(painter, inside, f"{reason} ", "text", self._theme.font())
        rest = inside.adjusted(used, 0, 0, 0)
        self._line(painter, rest, sentence(repeated(problem.advice)), "second", self._theme.font())

    def _line(
        self,
        painter: QPainter,
        room: QRect,
        text: str,
        role: str,
        font: QFont,
        *,
        right: bool = False,
    ) -> int:
        """Paint one line, cut where there is no more room; its width."""
        painter.setFont(font)
        painter.setPen(self._theme.palette.colour(role))
        metrics = QFontMetrics(font)
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, max(0, room.width()))
        side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
        painter.drawText(room, side | Qt.AlignmentFlag.AlignTop, shown)
        return metrics.horizontalAdvance(shown)


def _one_line(text: str) -> str:
    """A name without what would break its line."""
    return "".join(sign if sign.isprintable() else "�" for sign in text)
