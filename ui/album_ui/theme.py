"""The look of the moment: measures, sizes of type, and the palette put on the whole program."""

from enum import Enum, StrEnum
from typing import Final

from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontInfo, QIcon, QPixmap
from PySide6.QtWidgets import QApplication, QStyle

from album_ui import icons
from album_ui.palette import DARK, LIGHT, VIEWER, Palette, qt_palette, strong
from album_ui.style import style_sheet

GRID_PX: Final = 4
TOOLBAR_PX: Final = 48
STATUS_PX: Final = 28
SIDEBAR_PX: Final = (200, 236, 360)
"""Narrowest, usual and widest."""
INFO_PX: Final = (260, 300, 420)
PHOTO_GAP_PX: Final = 4
PHOTO_RADIUS_PX: Final = 3
CONTROL_RADIUS_PX: Final = 7
CONTROL_PX: Final = 30
LIST_ROW_PX: Final = 27
PAGE_MARGIN_PX: Final = 20
SCROLLER_PX: Final = 84
PHOTO_HEIGHT_PX: Final = (120, 176, 400)
"""Lowest, usual and highest row of the grid."""
FADE_MS: Final = 120


class Scheme(StrEnum):
    """Which colours the user wants."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"

    @classmethod
    def _missing_(cls, value: object) -> "Scheme":
        """What settings written by hand or by a newer Albumen may name."""
        return cls.SYSTEM


class Size(Enum):
    """Sizes of type, as a share of the system's own."""

    SMALL = 0.85
    BASE = 1.0
    HEADING = 1.15
    TITLE = 1.4
    QUESTION = 2.15


class Theme(QObject):
    """The palette and the type of the moment, put on the whole program.

    Constructed with the application; `scheme` overrides what the system says.
    """

    changed = Signal()

    def __init__(self, app: QApplication, scheme: Scheme = Scheme.SYSTEM) -> None:
        super().__init__(app)
        self._app = app
        self._scheme = scheme
        self._base = QFont(app.font())
        self._base_px = max(11, QFontInfo(self._base).pixelSize())
        self._signs: dict[tuple[str, str, int, float], QPixmap] = {}
        app.setStyle("Fusion")
        self._moves = app.style().styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration) > 0
        self.palette = self._wanted()
        self._put_on()
        app.styleHints().colorSchemeChanged.connect(self._on_system_changed)

    @property
    def scheme(self) -> Scheme:
        """What the user asked for."""
        return self._scheme

    @property
    def fade_ms(self) -> int:
        """How long a fade takes; 0 where the system asks for no motion."""
        return FADE_MS if self._moves else 0

    def choose(self, scheme: Scheme) -> None:
        """Light, dark, or as the system has it."""
        self._scheme = scheme
        self._on_system_changed()

    def font(self, size: Size = Size.BASE, *, strong: bool = False) -> QFont:
        """The system's font in one of our sizes, 400 or 600, figures all of one width."""
        font = QFont(self._base)
        font.setPixelSize(self.font_px(size))
        font.setWeight(QFont.Weight.DemiBold if strong else QFont.Weight.Normal)
        font.setFeature(QFont.Tag("tnum"), 1)
        return font

    def font_px(self, size: Size) -> int:
        """Height of a size of type in pixels."""
        return round(self._base_px * size.value)

    def colour(self, role: str) -> QColor:
        """The colour of a role as it is now."""
        return self.palette.colour(role)

    def icon(self, name: str, role: str = "second") -> QIcon:
        """A line icon (its Phosphor name) in the colour of a role; accent where it is on."""
        return icons.icon(name, self.palette.colour(role), self.palette.colour("accent"))

    def sign(self, name: str, role: str, size_px: int, ratio: float) -> QPixmap:
        """The same icon ready to be drawn, for what is painted often."""
        key = (name, role, size_px, ratio)
        if key not in self._signs:
            icon = icons.icon(name, self.palette.colour(role))
            self._signs[key] = icon.pixmap(QSize(size_px, size_px), ratio)
        return self._signs[key]

    def sheet(self, palette: Palette) -> str:
        """The style sheet of a palette, for a part that is always dark."""
        return style_sheet(palette, {size.name.lower(): self.font_px(size) for size in Size})

    def _wanted(self) -> Palette:
        if self._scheme is Scheme.SYSTEM:
            dark = self._app.styleHints().colorScheme() is Qt.ColorScheme.Dark
        else:
            dark = self._scheme is Scheme.DARK
        palette = DARK if dark else LIGHT
        return strong(palette) if self._wants_contrast() else palette

    def _wants_contrast(self) -> bool:
        hints = getattr(self._app.styleHints(), "accessibility", None)  # since Qt 6.10
        return (
            hints is not None and hints().contrastPreference() is Qt.ContrastPreference.HighContrast
        )

    def _put_on(self) -> None:
        self._app.setPalette(qt_palette(self.palette))
        self._app.setFont(self.font())
        self._app.setStyleSheet(self.sheet(self.palette))

    def _on_system_changed(self) -> None:
        wanted = self._wanted()
        if wanted == self.palette:
            return
        self.palette = wanted
        self._signs.clear()
        self._put_on()
        self.changed.emit()


class DarkTheme(Theme):
    """The theme of a part that is always dark, whatever the rest of the program is."""

    def __init__(self, whole: Theme) -> None:
        QObject.__init__(self, whole)
        self._app, self._scheme, self._moves = whole._app, Scheme.DARK, whole._moves
        self._base, self._base_px = whole._base, whole._base_px
        self._signs = {}
        self.palette = VIEWER
