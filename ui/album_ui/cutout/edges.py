"""Two sliders: how soft the edge of a subject is, and where it runs."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QSlider, QWidget

from album.interchange.layers import Edge
from album_ui.labels import PlainLabel
from album_ui.theme import GRID_PX
from album_ui.words import tr

_FEATHER_PX = 40
_SHIFT_PX = 20
_VALUE_PX = 44


class EdgeSliders(QWidget):
    """Feather and shift, in pixels of the full picture.

    Signals:
        chosen(): another edge is wanted.
    """

    chosen = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._feather, self._feather_px = _slider(tr("Feather"), 0, _FEATHER_PX)
        self._shift, self._shift_px = _slider(tr("Shift"), -_SHIFT_PX, _SHIFT_PX)
        self._feather.setToolTip(tr("How wide the edge is softened"))
        self._shift.setToolTip(tr("Moves the edge inwards or outwards"))
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(3 * GRID_PX)
        grid.setVerticalSpacing(2 * GRID_PX)
        rows = ((self._feather, self._feather_px), (self._shift, self._shift_px))
        for row, (slider, value) in enumerate(rows):
            name = PlainLabel(slider.accessibleName())
            name.setBuddy(slider)
            grid.addWidget(name, row, 0)
            grid.addWidget(slider, row, 1)
            grid.addWidget(value, row, 2)
            slider.valueChanged.connect(self._on_moved)
        self._say()

    @property
    def edge(self) -> Edge:
        """What the sliders say."""
        return Edge(self._feather.value(), self._shift.value())

    def reset(self) -> None:
        """The edge as it was found; says nothing."""
        for slider in (self._feather, self._shift):
            slider.blockSignals(True)
            slider.setValue(0)
            slider.blockSignals(False)
        self._say()

    def _on_moved(self) -> None:
        self._say()
        self.chosen.emit()

    def _say(self) -> None:
        edge = self.edge
        self._feather_px.setText(tr("{n} px", n=edge.feather_px))
        sign = "+" if edge.shift_px > 0 else "−" if edge.shift_px < 0 else ""
        self._shift_px.setText(tr("{n} px", n=f"{sign}{abs(edge.shift_px)}"))


def _slider(name: str, least: int, most: int) -> tuple[QSlider, QLabel]:
    slider = QSlider(Qt.Orientation.Horizontal)
    slider.setRange(least, most)
    slider.setPageStep(5)
    slider.setValue(0)
    slider.setAccessibleName(name)
    value = PlainLabel()
    value.setProperty("role", "small")
    value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    value.setMinimumWidth(_VALUE_PX)
    return slider, value
