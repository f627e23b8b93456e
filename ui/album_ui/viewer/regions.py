"""Which part of the photo carries which tag, drawn over it on demand."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QObject, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from album.domain.appearance import Region
from album.domain.photo import PhotoId
from album.notices import NoticeLevel
from album.session import Change, ChangeKind, LibrarySession
from album.storage.rows import PhotoDetails
from album_ui import shortcuts
from album_ui.bridge import Bridge
from album_ui.theme import GRID_PX, Size, Theme
from album_ui.viewer.canvas import PictureCanvas
from album_ui.viewer.header import KeyButton
from album_ui.words import language, tr

_LABEL_PX: Final = 20
_LINE_PX: Final = 1.5
_SHADE: Final = QColor(0, 0, 0, 90)


@dataclass(frozen=True, slots=True)
class Mark:
    """A box, in shares of the picture, and what stands on it."""

    text: str
    box: QRectF


class RegionCanvas(PictureCanvas):
    """A picture with marks over it."""

    def __init__(self, theme: Theme, ground: QColor) -> None:
        super().__init__(ground)
        self._theme = theme
        self._marks: Sequence[Mark] = ()

    @property
    def marks(self) -> Sequence[Mark]:
        """What is drawn over the picture."""
        return self._marks

    def show_marks(self, marks: Sequence[Mark]) -> None:
        """Draw these over the picture, the first one uppermost."""
        self._marks = tuple(marks)
        self.update()

    def paint_over(self, painter: QPainter, shown: QRectF) -> None:
        """Boxes, then their words, so that no box lies over words."""
        if not self._marks or self.levels is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._theme.font(Size.SMALL))
        boxes = [_placed(mark.box, shown) for mark in self._marks]
        for box in reversed(boxes):
            self._paint_box(painter, box)
        for mark, box in reversed(list(zip(self._marks, boxes, strict=True))):
            self._paint_words(painter, box, mark.text)

    def _paint_box(self, painter: QPainter, box: QRectF) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for colour, width in ((_SHADE, _LINE_PX + 2), (self._theme.colour("accent"), _LINE_PX)):
            painter.setPen(QPen(colour, width))
            painter.drawRoundedRect(box, 3, 3)

    def _paint_words(self, painter: QPainter, box: QRectF, text: str) -> None:
        """Over the box, or in it where it begins at the upper edge of the page."""
        wide = painter.fontMetrics().horizontalAdvance(text) + 4 * GRID_PX
        corner = QPointF(
            min(max(0.0, box.left()), max(0.0, self.width() - wide)),
            max(0.0, box.top() - _LABEL_PX - 1),
        )
        label = QRectF(corner.x(), corner.y(), wide, _LABEL_PX)
        ground = self._theme.colour("page")
        ground.setAlphaF(0.8)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawRoundedRect(label, 3, 3)
        painter.setPen(self._theme.colour("text"))
        painter.drawText(label, Qt.AlignmentFlag.AlignCenter, text)


def _placed(box: QRectF, shown: QRectF) -> QRectF:
    return QRectF(
        shown.x() + box.x() * shown.width(),
        shown.y() + box.y() * shown.height(),
        box.width() * shown.width(),
        box.height() * shown.height(),
    )


class Regions(QObject):
    """The regions of the photo that is looked at, and the button that shows them.

    Args:
        session, bridge: know them.
        canvas: shows them.
        theme: of the button.
    """

    def __init__(
        self, session: LibrarySession, bridge: Bridge, canvas: RegionCanvas, theme: Theme
    ) -> None:
        super().__init__(canvas)
        self._session, self._bridge, self._canvas = session, bridge, canvas
        self._photo_id: PhotoId | None = None
        self._known: tuple[Region, ...] = ()
        self._wanted = False
        key = shortcuts.shown("viewer_regions")
        self.button = KeyButton(theme, "bounding-box", tr("Regions"), key, kind="quiet")
        self.button.setCheckable(True)
        self.button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.button.clicked.connect(self.toggle)
        self.button.hide()
        bridge.changed.connect(self._on_changed)

    def look_at(self, photo_id: PhotoId | None) -> None:
        """Another photo is looked at; None: none any more."""
        self._photo_id = photo_id
        self._take(())
        self._ask()

    def toggle(self) -> None:
        """Show them, or no longer; where there are none that is said."""
        self._wanted = not self._wanted if self._known else False
        if not self._known:
            text = tr("No parts of this photo are known.")
            self._session.notices.tell(NoticeLevel.INFO, text, replaces="regions")
        self._show()

    def _ask(self) -> None:
        if self._photo_id is not None:
            self._bridge.call(
                self._session.details(self._photo_id),
                self._on_details,
                lambda _: None,
                owner=self,
                latest="regions",
            )

    def _on_details(self, details: PhotoDetails) -> None:
        if details.id == self._photo_id:
            self._take(details.regions)

    def _on_changed(self, change: Change) -> None:
        mine = not change.ids or self._photo_id in change.ids
        if change.kind is ChangeKind.FACETS and mine:
            self._ask()

    def _take(self, regions: tuple[Region, ...]) -> None:
        self._known = regions
        self._show()

    def _show(self) -> None:
        self.button.setVisible(bool(self._known))
        self.button.setChecked(self._wanted)
        self.button.set_icon("bounding-box", "accent" if self._wanted else "")
        self._canvas.show_marks([self._mark(one) for one in self._known] if self._wanted else ())

    def _mark(self, region: Region) -> Mark:
        name = self._session.tag_name(region.slug, language())
        return Mark(f"{name} {region.score:.2f}", QRectF(*region.box))
