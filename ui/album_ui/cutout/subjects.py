"""The subjects of a picture as a row of small pictures: ticked ones are kept."""

from collections.abc import Collection, Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QBrush, QImage, QPixmap
from PySide6.QtWidgets import QGridLayout, QWidget

from album_ui.cutout.swatches import Swatch
from album_ui.theme import GRID_PX, Theme
from album_ui.words import tr

_COLUMNS = 3


class SubjectRow(QWidget):
    """One swatch a subject, and one that asks for another; at least one stays ticked.

    Signals:
        chosen(): other subjects are ticked.
        more_wanted(): the user wants to point at another one.
    """

    chosen = Signal()
    more_wanted = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._swatches: list[Swatch] = []
        self._more = Swatch(theme, tr("Point at it"), sign="plus")
        self._more.setCheckable(False)
        self._more.setToolTip(tr("Click in the picture on what else you want to keep"))
        self._more.clicked.connect(self.more_wanted)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(2 * GRID_PX)
        self._grid.setVerticalSpacing(2 * GRID_PX)
        self._grid.setColumnStretch(_COLUMNS, 1)
        theme.changed.connect(self._colour)
        self._place()

    @property
    def kept(self) -> frozenset[int]:
        """Which subjects are ticked, counted from 0."""
        return frozenset(
            number for number, swatch in enumerate(self._swatches) if swatch.isChecked()
        )

    def show_subjects(self, pictures: Sequence[QImage], kept: Collection[int]) -> None:
        """These subjects, those of `kept` ticked. The focus stays where it was."""
        focused = next((n for n, one in enumerate(self._swatches) if one.hasFocus()), None)
        while len(self._swatches) > len(pictures):
            gone = self._swatches.pop()
            self._grid.removeWidget(gone)
            gone.hide()
            gone.deleteLater()
        while len(self._swatches) < len(pictures):
            self._swatches.append(self._made(len(self._swatches)))
        for number, (swatch, picture) in enumerate(zip(self._swatches, pictures, strict=True)):
            swatch.show_picture(QPixmap.fromImage(picture), whole=True)
            swatch.setChecked(number in kept)
            swatch.ticked = len(pictures) > 1
        self._colour()
        self._place()
        if focused is not None and focused >= len(self._swatches):
            (self._swatches[-1] if self._swatches else self._more).setFocus()

    def tick(self, number: int) -> None:
        """Keep this one, too."""
        if number < len(self._swatches) and not self._swatches[number].isChecked():
            self._swatches[number].setChecked(True)
            self.chosen.emit()

    def _made(self, number: int) -> Swatch:
        swatch = Swatch(self._theme, tr("Subject {n}", n=number + 1))
        swatch.setToolTip(tr("Keep this one or leave it out"))
        swatch.clicked.connect(lambda _=False: self._on_clicked(swatch))
        return swatch

    def _on_clicked(self, swatch: Swatch) -> None:
        if not self.kept:
            swatch.setChecked(True)
            return
        self.chosen.emit()

    def _place(self) -> None:
        for place, swatch in enumerate((*self._swatches, self._more)):
            self._grid.addWidget(swatch, place // _COLUMNS, place % _COLUMNS)
            swatch.show()
        before: QWidget | None = None
        for swatch in (*self._swatches, self._more):
            if before is not None:
                QWidget.setTabOrder(before, swatch)
            before = swatch

    def _colour(self) -> None:
        for swatch in (*self._swatches, self._more):
            swatch.show_brush(QBrush(self._theme.palette.colour("field")))
