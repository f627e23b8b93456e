"""The one style sheet, made from a palette.

Widgets say what they are by the dynamic properties `role` (labels: second, third, small, heading,
title, question, section, key, problem) and `kind` (buttons: main, quiet, icon, link;
without one: a plain control).
"""

from collections.abc import Mapping
from string import Template

from album_ui.palette import Palette

_SHEET = Template(
    """
QWidget { color: $text; font-size: ${base}px; }
QDialog, QWidget#window, QWidget#toolbar, QWidget#status, QWidget#info { background: $window; }
QWidget#toolbar { border-bottom: 1px solid $line; }
QWidget#status { border-top: 1px solid $line; }
QWidget#info { border-left: 1px solid $line; }
QWidget#sidebar { background: $sidebar; border-right: 1px solid $line; }
QWidget#page, QWidget#pages { background: $page; }
QScrollArea, QScrollArea > QWidget > QWidget#scrolled { background: transparent; border: none; }
QSplitter::handle { background: transparent; }

QLabel { background: transparent; }
QLabel[role="second"] { color: $second; }
QLabel[role="small"] { color: $second; font-size: ${small}px; }
QLabel[role="third"] { color: $third; }
QLabel[role="heading"] { font-size: ${heading}px; font-weight: 600; }
QLabel[role="title"] { font-size: ${title}px; font-weight: 600; }
QLabel[role="question"] { font-size: ${question}px; font-weight: 600; }
QLabel[role="section"] { color: $second; font-size: ${small}px; font-weight: 600; }
QLabel[role="problem"] { color: $no; }
QLabel[role="key"] {
    color: $second; background: $field; border: 1px solid $line; border-bottom-width: 2px;
    border-radius: 4px;
    padding: 0 5px; font-size: ${small}px; font-weight: 600;
}

QLineEdit {
    background: $field; border: 1px solid $line; border-radius: 7px; padding: 0 8px;
    min-height: 28px;
    selection-background-color: $tint; selection-color: $text;
}
QLineEdit:focus { border-color: $accent; }
QLineEdit[wrong="true"] { border-color: $no; }
QLineEdit[bare="true"] { background: transparent; border: none; padding: 0; }

QPushButton, QToolButton {
    background: $field; border: 1px solid $line; border-radius: 7px; padding: 0 12px;
    min-height: 28px; color: $text;
}
QToolButton { padding: 0; }
QPushButton:hover, QToolButton:hover { background: $chip; }
QPushButton:focus, QToolButton:focus { border: 1px solid $accent; }
QPushButton:disabled, QToolButton:disabled { color: $third; }
QPushButton[kind="main"] {
    background: $accent; border-color: $accent; color: $on_accent; font-weight: 600;
}
QPushButton[kind="main"]:hover { background: $accent_hover; }
QPushButton[kind="main"]:focus { border: 2px solid $text; }
QPushButton[kind="main"]:disabled { background: $chip; border-color: $chip; color: $third; }
QPushButton[kind="quiet"], QToolButton[kind="quiet"] {
    background: transparent; border-color: transparent;
}
QPushButton[kind="quiet"]:hover, QToolButton[kind="quiet"]:hover { background: $chip; }
QPushButton[kind="quiet"]:focus, QToolButton[kind="quiet"]:focus { border-color: $accent; }
QPushButton[kind="quiet"]:checked, QToolButton[kind="quiet"]:checked {
    background: $tint; color: $accent;
}
QPushButton[kind="icon"], QToolButton[kind="icon"] {
    background: transparent; border: 1px solid transparent; padding: 0; min-width: 28px;
    max-width: 28px;
}
QPushButton[kind="icon"]:hover, QToolButton[kind="icon"]:hover { background: $chip; }
QPushButton[kind="icon"]:focus, QToolButton[kind="icon"]:focus { border-color: $accent; }
QPushButton[kind="icon"]:checked, QToolButton[kind="icon"]:checked { background: $tint; }
QPushButton[kind="link"] {
    background: transparent; border: none; border-radius: 3px; padding: 0; min-height: 0;
    color: $second;
    text-align: left;
}
QPushButton[kind="link"]:hover { color: $text; text-decoration: underline; }
QPushButton[kind="link"]:focus { color: $accent; text-decoration: underline; }
QPushButton::menu-indicator, QToolButton::menu-indicator { width: 0; image: none; }

QMenu { background: $field; border: 1px solid $line; border-radius: 7px; padding: 4px; }
QMenu::item { padding: 5px 16px 5px 10px; border-radius: 5px; }
QMenu::item:selected { background: $tint; }
QMenu::item:disabled { color: $third; }
QMenu::separator { height: 1px; background: $line; margin: 4px 8px; }
QMenu::icon { padding-left: 8px; }
QToolTip { background: $field; color: $text; border: 1px solid $line; padding: 4px 6px; }
QAbstractItemView#completions {
    background: $field; border: 1px solid $line; border-radius: 7px; padding: 4px; outline: none;
    selection-background-color: $tint; selection-color: $text;
}
QAbstractItemView#completions::item { min-height: 26px; padding: 0 6px; border-radius: 5px; }

QSlider { border: 1px solid transparent; border-radius: 7px; min-height: 18px; }
QSlider::groove:horizontal { height: 3px; background: $line; border-radius: 1px; }
QSlider::sub-page:horizontal { background: $line; border-radius: 1px; }
QSlider::handle:horizontal {
    width: 11px; height: 11px; margin: -5px 0; background: $field; border: 1px solid $second;
    border-radius: 6px;
}
QSlider::handle:horizontal:hover { border-color: $accent; }
QSlider:focus { border-color: $accent; }
QProgressBar {
    background: $line; border: none; border-radius: 1px; max-height: 3px; min-height: 3px;
}
QProgressBar::chunk { background: $accent; border-radius: 1px; }
QCheckBox { spacing: 8px; }

QScrollBar:vertical { background: transparent; width: 8px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 8px; margin: 0; }
QScrollBar::handle {
    background: $line; border-radius: 3px; margin: 1px; min-height: 32px; min-width: 32px;
}
QScrollBar::handle:hover { background: $third; }
QScrollBar[idle="true"]::handle { background: transparent; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
"""
)


def style_sheet(palette: Palette, font_px: Mapping[str, int]) -> str:
    """The sheet for a palette and the sizes of type (`base`, `small` ...) in pixels."""
    colours = {name: getattr(palette, name) for name in palette.__slots__ if name != "dark"}
    hover = palette.colour("accent").lighter(112).name()
    return _SHEET.substitute(colours | dict(font_px) | {"accent_hover": hover})
