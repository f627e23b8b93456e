"""Colours, type, icons and words: what the whole window stands on."""

import ast
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTranslator
from PySide6.QtGui import QColor, QFontInfo, QIcon, QPixmap
from PySide6.QtWidgets import (
    QApplication,
    QLineEdit,
    QPushButton,
    QSlider,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

import album_ui
from album.domain.appearance import Colour
from album_resources.translations import LANGUAGES, catalogue
from album_ui import words
from album_ui.info.bars import ColourBar
from album_ui.palette import DARK, LIGHT, VIEWER, Palette, strong
from album_ui.shortcuts import TABLE, Where, shown
from album_ui.theme import Scheme, Size, Theme

SOURCES = Path(album_ui.__file__).parent


def contrast(one: str, other: str) -> float:
    """WCAG 2.1, 1.4.3."""

    def luminance(colour: QColor) -> float:
        parts = [
            value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
            for value in (colour.redF(), colour.greenF(), colour.blueF())
        ]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    first, second = sorted((luminance(QColor(one)), luminance(QColor(other))), reverse=True)
    return (first + 0.05) / (second + 0.05)


@pytest.mark.parametrize("palette", [LIGHT, DARK, VIEWER, strong(LIGHT), strong(DARK)])
def test_words_can_be_read_on_every_ground(palette: Palette) -> None:
    for ground in (palette.window, palette.sidebar, palette.page, palette.field):
        assert contrast(palette.text, ground) >= 4.5
        assert contrast(palette.second, ground) >= 4.5
        assert contrast(palette.third, ground) >= 3.0
        assert contrast(palette.accent, ground) >= 4.5
    for ground in (palette.chip, palette.tint):
        assert contrast(palette.text, ground) >= 4.5
    assert contrast(palette.accent, palette.tint) >= 4.0
    assert contrast(palette.on_accent, palette.accent) >= 4.5


def test_no_other_file_knows_a_colour() -> None:
    guilty = []
    for path in SOURCES.rglob("*.py"):
        if path.name in {"palette.py", "prints.py"}:  # the second one draws pictures
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                text = node.value
                if len(text) in {4, 7} and text[0] == "#" and QColor(text).isValid():
                    guilty.append(f"{path.name}: {text}")
    assert not guilty


def test_light_and_dark_change_everything_at_once(theme: Theme, qapp: QApplication) -> None:
    changes: list[bool] = []
    theme.changed.connect(lambda: changes.append(theme.palette.dark))
    theme.choose(Scheme.DARK)
    assert DARK.page in qapp.styleSheet()
    assert theme.palette is DARK
    theme.choose(Scheme.LIGHT)
    assert LIGHT.page in qapp.styleSheet()
    assert changes == [True, False]


@pytest.mark.parametrize("scheme", [Scheme.LIGHT, Scheme.DARK])
def test_a_colour_like_the_ground_has_an_edge(theme: Theme, scheme: Scheme, qtbot: QtBot) -> None:
    theme.choose(scheme)
    ground = theme.colour("window")
    bar = ColourBar(theme)
    bar.resize(80, bar.height())
    qtbot.addWidget(bar)
    rgb = (ground.red(), ground.green(), ground.blue())
    bar.show_colours([Colour("own", rgb, 1.0)], ["own"])
    seen = bar.grab().toImage()
    inside, edge = seen.pixelColor(40, 9), seen.pixelColor(40, 0)
    theme.choose(Scheme.LIGHT)
    assert inside == ground
    assert contrast(edge.name(), ground.name()) > 1.8


def test_the_small_buttons_of_qts_dialogs_keep_their_icons(theme: Theme, qtbot: QtBot) -> None:
    sign = QPixmap(16, 16)
    sign.fill(Qt.GlobalColor.red)
    button = QToolButton()
    qtbot.addWidget(button)
    button.setIcon(QIcon(sign))
    button.setFixedSize(30, 30)
    image = button.grab().toImage()
    points = ((x, y) for x in range(image.width()) for y in range(image.height()))
    assert sum(image.pixelColor(x, y) == QColor(Qt.GlobalColor.red) for x, y in points) >= 256


def test_figures_are_all_of_one_width(theme: Theme) -> None:
    font = theme.font(Size.BASE)
    assert QFontInfo(font).pixelSize() == theme.font_px(Size.BASE)
    assert any(bytes(tag.toString().data()) == b"tnum" for tag in font.featureTags())


def test_sizes_of_type_are_shares_of_the_systems_own(theme: Theme) -> None:
    base = theme.font_px(Size.BASE)
    assert theme.font_px(Size.SMALL) < base < theme.font_px(Size.HEADING)
    assert theme.font_px(Size.QUESTION) == round(2.15 * base)


@pytest.mark.parametrize("ratio", [1.0, 1.25, 1.5, 2.0])
def test_icons_are_drawn_for_the_screen(theme: Theme, ratio: float) -> None:
    sign = theme.sign("heart", "text", 16, ratio)
    assert sign.width() == round(16 * ratio)
    assert sign.devicePixelRatio() == ratio
    assert theme.sign("heart", "text", 16, ratio) is sign


def test_keys_have_one_meaning_in_a_place() -> None:
    for where in Where:
        keys = [key for one in TABLE if one.where in {where, Where.ANYWHERE} for key in one.keys]
        handled = [key for key in keys if key not in {"Esc", "Return", "Space", "Left", "Right"}]
        doubled = {key for key in handled if handled.count(key) > 1}
        assert not doubled - {"Ctrl+S", "Ctrl+C"}, f"{where}: {doubled}"
    assert shown("search")


# Words


def spoken_texts() -> set[str]:
    """Every English text that the window may say, found in the code."""
    texts: set[str] = {one.text for one in TABLE} | {where.value for where in Where}
    for path in SOURCES.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                wanted = {"tr": 1, "mark": 1, "count": 2, "counted": 2}.get(name, 0)
                for argument in node.args[:wanted]:
                    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                        texts.add(argument.value)
    return texts


@pytest.mark.parametrize("language", [code for code in LANGUAGES if code != "en"])
def test_everything_is_translated(language: str) -> None:
    known = catalogue(language)
    assert not sorted(spoken_texts() - known.keys())


@pytest.mark.parametrize("language", [code for code in LANGUAGES if code != "en"])
def test_translations_have_the_same_places_to_fill(language: str) -> None:
    import string

    def fields(text: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    for english, other in catalogue(language).items():
        assert fields(english) == fields(other), english


def test_the_language_can_be_changed(qapp: QApplication) -> None:
    words.install(qapp, "zh")
    try:
        assert words.tr("All photos") != "All photos"
        assert "3" in words.count("{n} photo", "{n} photos", 3)
        assert words.language() == "zh"
    finally:
        words.install(qapp, "en")
    assert words.tr("All photos") == "All photos"
    assert words.count("{n} photo", "{n} photos", 1) == "1 photo"
    assert words.count("{n} photo", "{n} photos", 18300) == "18,300 photos"


def test_an_unknown_text_is_said_as_it_stands(qapp: QApplication) -> None:
    words.install(qapp, "en")
    assert words.tr("No such text {n}", n=3) == "No such text 3"
    assert words.duration(24) == "0:24"
    assert words.duration(3725) == "1:02:05"


def test_qt_never_asks_python_for_a_word(qapp: QApplication) -> None:
    assert not issubclass(words.Catalogue, QTranslator)  # asked under locks of Qt, on any thread


@pytest.mark.parametrize("kind", [QSlider, QPushButton, QToolButton, QLineEdit])
def test_what_has_the_focus_looks_so(
    theme: Theme, qtbot: QtBot, kind: Callable[[QWidget], QWidget]
) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    part, other = kind(window), QWidget(window)
    other.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    window.show()
    window.activateWindow()
    other.setFocus()
    without = part.grab().toImage()
    part.setFocus()
    qtbot.waitUntil(part.hasFocus)
    assert part.grab().toImage() != without


def test_a_scheme_nobody_knows_is_that_of_the_system() -> None:
    assert Scheme("purple") is Scheme.SYSTEM
