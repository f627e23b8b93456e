"""What the user may set: a menu, since each is one choice of a few and holds at once."""

from collections.abc import Callable, Mapping
from typing import Final

from PySide6.QtCore import QPoint, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from album.settings import SettingsStore
from album_ui.theme import Scheme, Theme
from album_ui.words import mark, tr

SCHEMES: Final = {
    Scheme.SYSTEM: mark("As the system has it"),
    Scheme.LIGHT: mark("Light"),
    Scheme.DARK: mark("Dark"),
}
LANGUAGES: Final = {"system": mark("As the system has it"), "en": "English", "zh": "中文"}
"""Each language is called as those call it who speak it."""


class PreferencesMenu(QMenu):
    """Appearance, language, and whether looking at photos waits on battery.

    Args:
        settings: where the choices are kept.
        theme: changes with the choice.
        parent: the window.

    Signals:
        language_chosen(): another language is to be spoken; all words have to be made anew.
    """

    language_chosen = Signal()

    def __init__(self, settings: SettingsStore, theme: Theme, parent: QWidget) -> None:
        super().__init__(tr("Settings"), parent)
        self._settings = settings
        self._theme = theme
        schemes = {scheme.value: text for scheme, text in SCHEMES.items()}
        self.schemes = self._choice(tr("Appearance"), schemes, self._on_scheme)
        self.languages = self._choice(tr("Language"), LANGUAGES, self._on_language)
        self.battery = QAction(tr("Wait while on battery"), self, checkable=True)
        self.battery.triggered.connect(self._on_battery)
        self.addAction(self.battery)
        self.aboutToShow.connect(self._tick)
        self._tick()

    def open_below(self, widget: QWidget) -> None:
        """Show the menu with its right end under that of a widget."""
        corner = widget.mapToGlobal(widget.rect().bottomRight())
        self.popup(corner - QPoint(self.sizeHint().width(), 0))

    def _choice(
        self, title: str, texts: Mapping[str, str], slot: Callable[[QAction], None]
    ) -> QActionGroup:
        menu = self.addMenu(title)
        group = QActionGroup(menu)
        for value, text in texts.items():
            action = QAction(tr(text), menu, checkable=True)
            action.setData(value)
            group.addAction(action)
            menu.addAction(action)
        group.triggered.connect(slot)
        return group

    def _tick(self) -> None:
        current = self._settings.current
        for group, value in ((self.schemes, current.theme), (self.languages, current.language)):
            for action in group.actions():
                action.setChecked(action.data() == value)
        self.battery.setChecked(current.wait_on_battery)

    def _on_scheme(self, action: QAction) -> None:
        self._settings.change(theme=action.data())
        self._theme.choose(Scheme(action.data()))

    def _on_language(self, action: QAction) -> None:
        if action.data() != self._settings.current.language:
            self._settings.change(language=action.data())
            self.language_chosen.emit()

    def _on_battery(self, wait: bool) -> None:
        self._settings.change(wait_on_battery=wait)
