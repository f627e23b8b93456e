"""What can be made of lifted subjects: which, on what, with which edge, how much is kept."""

from enum import Enum
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QBrush, QColor, QPixmap
from PySide6.QtWidgets import (
    QButtonGroup,
    QColorDialog,
    QFileDialog,
    QGridLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from album.interchange.forms import Behind, Look, Part
from album.interchange.layers import Edge
from album_ui.cutout.canvas import checkerboard
from album_ui.cutout.edges import EdgeSliders
from album_ui.cutout.subjects import SubjectRow
from album_ui.cutout.swatches import ChoiceRow, Swatch
from album_ui.labels import PlainLabel
from album_ui.theme import GRID_PX, INFO_PX, Theme
from album_ui.words import mark, tr

_COLUMNS = 3


class Backdrop(Enum):
    """What can be put behind the subject."""

    NOTHING = mark("Nothing")
    WHITE = mark("White")
    COLOUR = mark("Colour…")
    BLUR = mark("Blur")
    PICTURE = mark("Picture…")


_BEHIND = {
    Backdrop.NOTHING: Behind.NOTHING,
    Backdrop.WHITE: Behind.WHITE,
    Backdrop.COLOUR: Behind.COLOUR,
    Backdrop.BLUR: Behind.PICTURE,
    Backdrop.PICTURE: Behind.PICTURE,
}

_PARTS = {
    Part.WHOLE: mark("Whole frame"),
    Part.CROP: mark("Cropped to the subject"),
    Part.MASK: mark("Mask only"),
}

_FIRST_COLOUR = (230, 184, 92)


class FormPanel(QWidget):
    """The choices beside a cut-out.

    Attributes:
        subjects: which of them are kept.

    Signals:
        chosen(): another form is wanted.
    """

    chosen = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._backdrop = Backdrop.NOTHING
        self._colour = _FIRST_COLOUR
        self._picture: Path | None = None
        self._part = Part.WHOLE
        self.setObjectName("info")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedWidth(INFO_PX[1])
        self._swatches = {one: Swatch(theme, tr(one.value)) for one in Backdrop}
        self._rows = {part: ChoiceRow(theme, tr(text)) for part, text in _PARTS.items()}
        self._groups = (QButtonGroup(self), QButtonGroup(self))
        self.subjects = SubjectRow(theme)
        self._edges = EdgeSliders()
        self.subjects.chosen.connect(self.chosen)
        self._edges.chosen.connect(self.chosen)
        self._lay_out()
        theme.changed.connect(self._colour_swatches)
        self._colour_swatches()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(4 * GRID_PX, 4 * GRID_PX, 4 * GRID_PX, 4 * GRID_PX)
        column.setSpacing(2 * GRID_PX)
        column.addWidget(_section(tr("Subjects")))
        column.addWidget(self.subjects)
        column.addSpacing(3 * GRID_PX)
        column.addWidget(_section(tr("Behind it")))
        grid = QGridLayout()
        grid.setHorizontalSpacing(2 * GRID_PX)
        grid.setVerticalSpacing(2 * GRID_PX)
        grid.setColumnStretch(_COLUMNS, 1)
        for place, (backdrop, swatch) in enumerate(self._swatches.items()):
            self._groups[0].addButton(swatch)
            swatch.clicked.connect(lambda _=False, one=backdrop: self._on_backdrop(one))
            grid.addWidget(swatch, place // _COLUMNS, place % _COLUMNS)
        column.addLayout(grid)
        column.addSpacing(3 * GRID_PX)
        column.addWidget(_section(tr("Edge")))
        column.addWidget(self._edges)
        column.addSpacing(3 * GRID_PX)
        column.addWidget(_section(tr("Result")))
        rows = QVBoxLayout()
        rows.setSpacing(0)
        for part, row in self._rows.items():
            self._groups[1].addButton(row)
            row.clicked.connect(lambda _=False, one=part: self._on_part(one))
            rows.addWidget(row)
        column.addLayout(rows)
        column.addSpacing(4 * GRID_PX)
        words = PlainLabel(
            tr(
                "Click adds, Alt-click takes away. "
                "Drag the picture out to use it in another program."
            )
        )
        words.setProperty("role", "small")
        words.setWordWrap(True)
        column.addWidget(words)
        column.addStretch()
        self._swatches[Backdrop.NOTHING].setChecked(True)
        self._rows[Part.WHOLE].setChecked(True)

    @property
    def look(self) -> Look:
        """What is chosen; the backdrop's pixels are made later."""
        return Look(_BEHIND[self._backdrop], self._part, self._colour)

    @property
    def edge(self) -> Edge:
        """How the edge is to be drawn."""
        return self._edges.edge

    @property
    def picture(self) -> Path | None:
        """The file that lies behind, where it is one."""
        return self._picture if self._backdrop is Backdrop.PICTURE else None

    def choose(self, backdrop: Backdrop, part: Part) -> None:
        """Choose without asking anything."""
        self._backdrop, self._part = backdrop, part
        self._swatches[backdrop].setChecked(True)
        self._rows[part].setChecked(True)
        self.chosen.emit()

    def begin(self) -> None:
        """Another photo: no subjects are known yet, the edge is as it will be found."""
        self.subjects.show_subjects((), ())
        self._edges.reset()

    def show_photo(self, small: QPixmap) -> None:
        """The photo, for the swatch that shows it out of focus."""
        tiny = small.scaled(
            6,
            6,
            Qt.AspectRatioMode.KeepAspectRatioByExpanding,
            Qt.TransformationMode.SmoothTransformation,
        )
        self._swatches[Backdrop.BLUR].show_picture(tiny)

    def _on_backdrop(self, backdrop: Backdrop) -> None:
        settled = True
        if backdrop is Backdrop.COLOUR:
            settled = self._ask_colour()
        elif backdrop is Backdrop.PICTURE:
            settled = self._ask_picture()
        self.choose(backdrop if settled else self._backdrop, self._part)

    def _on_part(self, part: Part) -> None:
        self.choose(self._backdrop, part)

    def _ask_colour(self) -> bool:
        colour = QColorDialog.getColor(QColor(*self._colour), self, tr("Colour behind it"))
        if colour.isValid():
            self._colour = (colour.red(), colour.green(), colour.blue())
            self._colour_swatches()
        return colour.isValid()

    def _ask_picture(self) -> bool:
        pictures = tr("Pictures") + " (*.jpg *.jpeg *.png *.webp *.tif *.tiff *.bmp *.gif)"
        name, _ = QFileDialog.getOpenFileName(
            self, tr("Picture to put behind it"), str(self._picture or ""), pictures
        )
        if name:
            self._picture = Path(name)
        return bool(name)

    def _colour_swatches(self) -> None:
        palette = self._theme.palette
        self._swatches[Backdrop.NOTHING].show_brush(QBrush(checkerboard(self._theme)))
        self._swatches[Backdrop.WHITE].show_brush(QBrush(QColor(Qt.GlobalColor.white)))
        self._swatches[Backdrop.COLOUR].show_brush(QBrush(QColor(*self._colour)))
        self._swatches[Backdrop.PICTURE].show_brush(QBrush(palette.colour("chip")))
        icon = self._theme.icon("image", "second").pixmap(78, 56)
        self._swatches[Backdrop.PICTURE].show_picture(icon)


def _section(text: str) -> QLabel:
    label = PlainLabel(text.upper())
    label.setProperty("role", "section")
    return label
