"""Every colour by its role, light and dark, and the same for what Qt draws by itself."""

from dataclasses import dataclass, replace
from typing import Final

from PySide6.QtGui import QColor, QPalette


@dataclass(frozen=True, slots=True)
class Palette:
    """Every colour by its role, as `#RRGGBB`.

    Attributes:
        window: toolbar, status line, info. page: under the photos. field: what takes text.
        chip: chips and photos that are not there yet. line: hairlines.
        text, second, third: words, in falling weight; third only for what is said elsewhere too.
        accent: what is chosen, and the one main action. on_accent: words on it. tint: ground of a
            chosen row.
        yes, no: decided for, decided against (and problems). over: signs on a photo.
    """

    dark: bool
    window: str
    sidebar: str
    page: str
    field: str
    chip: str
    line: str
    text: str
    second: str
    third: str
    accent: str
    on_accent: str
    tint: str
    yes: str
    no: str
    over: str = "#FFFFFF"

    def colour(self, role: str) -> QColor:
        """The colour of a role by its name (`accent`)."""
        return QColor(getattr(self, role))

    @property
    def swatch_line(self) -> QColor:
        """Round the colours of photos: seen on every ground, whatever colour it surrounds."""
        line = self.colour("third")
        line.setAlphaF(0.6)
        return line


LIGHT: Final = Palette(
    dark=False,
    window="#F4F1ED",
    sidebar="#EEEAE4",
    page="#FBFAF8",
    field="#FFFFFF",
    chip="#EAE4DC",
    line="#E0DAD2",
    text="#23201C",
    second="#6A625A",
    third="#8C8379",
    accent="#A94F14",
    on_accent="#FFFFFF",
    tint="#F3E2D5",
    yes="#2B7546",
    no="#AE3226",
)
DARK: Final = Palette(
    dark=True,
    window="#1D1B18",
    sidebar="#22201C",
    page="#151412",
    field="#2A2722",
    chip="#322E29",
    line="#35312B",
    text="#EFEAE3",
    second="#B0A79C",
    third="#857C72",
    accent="#F0A35C",
    on_accent="#1D1B18",
    tint="#43301F",
    yes="#7CC796",
    no="#EE8A7C",
)
VIEWER: Final = replace(DARK, page="#0E0D0C")
"""One photo is always looked at in the dark."""


def strong(palette: Palette) -> Palette:
    """The same palette for people who need more contrast: fewer shades, clear lines."""
    return replace(palette, second=palette.text, third=palette.text, line=palette.second)


def qt_palette(palette: Palette) -> QPalette:
    """The same colours for what Qt draws by itself."""
    roles = {
        QPalette.ColorRole.Window: palette.window,
        QPalette.ColorRole.Base: palette.field,
        QPalette.ColorRole.AlternateBase: palette.window,
        QPalette.ColorRole.Button: palette.field,
        QPalette.ColorRole.ToolTipBase: palette.field,
        QPalette.ColorRole.ToolTipText: palette.text,
        QPalette.ColorRole.WindowText: palette.text,
        QPalette.ColorRole.Text: palette.text,
        QPalette.ColorRole.ButtonText: palette.text,
        QPalette.ColorRole.PlaceholderText: palette.second,
        QPalette.ColorRole.Highlight: palette.tint,
        QPalette.ColorRole.HighlightedText: palette.text,
        QPalette.ColorRole.Link: palette.accent,
        QPalette.ColorRole.Mid: palette.line,
        QPalette.ColorRole.Accent: palette.accent,
    }
    result = QPalette()
    for role, colour in roles.items():
        result.setColor(role, QColor(colour))
    for role in (
        QPalette.ColorRole.WindowText,
        QPalette.ColorRole.Text,
        QPalette.ColorRole.ButtonText,
    ):
        result.setColor(QPalette.ColorGroup.Disabled, role, QColor(palette.third))
    return result


SWATCHES: Final = {
    "red": "#C9382F",
    "orange": "#DF8A33",
    "yellow": "#E9CB46",
    "green": "#5E9B45",
    "teal": "#3E9090",
    "blue": "#3F6DB8",
    "purple": "#7A54A3",
    "pink": "#D98AAA",
    "brown": "#8A6244",
    "beige": "#DCCBAE",
    "white": "#F5F3EF",
    "grey": "#97938E",
    "black": "#1F1D1B",
}
"""How the named colours of pictures are shown to choose from."""
