"""The line over one photo: back, what it is, and what can be done with it."""

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QWidget

from album_ui.labels import PlainLabel
from album_ui.theme import GRID_PX, TOOLBAR_PX, Theme
from album_ui.words import tr

_ICON_PX = 16
_BUTTON_PX = 32


class KeyButton(QPushButton):
    """A button that shows its key: icon, word, key.

    Args:
        theme: colours and icons.
        icon: its name.
        text: the word; empty for an icon alone.
        key: as the user's system writes it; empty for none.
    """

    def __init__(self, theme: Theme, icon: str, text: str, key: str = "", kind: str = "") -> None:
        super().__init__()
        self._theme = theme
        self._icon_name = icon
        self._icon_role = ""
        self._sign = PlainLabel()
        self._word = PlainLabel(text)
        self._key = PlainLabel(key)
        self._key.setProperty("role", "key")
        self.setProperty("kind", kind)
        self.setFixedHeight(_BUTTON_PX)
        self.setAccessibleName(text)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        row = QHBoxLayout(self)
        row.setContentsMargins(3 * GRID_PX - 2, 0, 3 * GRID_PX - 2, 0)
        row.setSpacing(2 * GRID_PX - 1)
        for label in (self._sign, self._word, self._key):
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            row.addWidget(label, 0, Qt.AlignmentFlag.AlignVCenter)
        self._sign.setVisible(bool(icon))
        self._word.setVisible(bool(text))
        self._key.setVisible(bool(key))
        self.refresh()

    def sizeHint(self) -> QSize:
        """As wide as what is inside."""
        layout = self.layout()
        return QSize(0, 0) if layout is None else layout.sizeHint()

    def set_icon(self, name: str, role: str = "") -> None:
        """Another icon, in the colour of a role (empty: that of the words)."""
        self._icon_name, self._icon_role = name, role
        self.refresh()

    def set_text(self, text: str) -> None:
        """Another word."""
        self._word.setText(text)
        self._word.setVisible(bool(text))
        self.setAccessibleName(text)
        self.updateGeometry()

    def refresh(self) -> None:
        """Take the colours of the theme as they are now."""
        main = self.property("kind") == "main"
        role = self._icon_role or ("on_accent" if main else "text")
        if not self.isEnabled():
            role = "third"
        if self._icon_name:
            icon = self._theme.icon(self._icon_name, role)
            self._sign.setPixmap(icon.pixmap(_ICON_PX, _ICON_PX))
        colour = self._theme.palette.colour(role if main or not self.isEnabled() else "text")
        weight = 600 if main else 400
        self._word.setStyleSheet(f"color: {colour.name()}; font-weight: {weight};")

    def changeEvent(self, event: QEvent) -> None:
        """Grey while it cannot be used."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.EnabledChange:
            self.refresh()


class Header(QWidget):
    """Back, a title, a second text, then buttons at the right.

    Signals:
        left(): the user goes back.
    """

    left = Signal()

    def __init__(self, theme: Theme, name: str = "toolbar") -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(TOOLBAR_PX)
        self._back = KeyButton(theme, "caret-left", tr("Back"), kind="quiet")
        self._back.setToolTip(tr("Back (Esc)"))
        self._back.clicked.connect(self.left)
        self._buttons = [self._back]
        self._title = PlainLabel()
        self._title.setStyleSheet("font-weight: 600;")
        self._second = PlainLabel()
        self._second.setProperty("role", "second")
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(2 * GRID_PX, 0, 3 * GRID_PX, 0)
        self._row.setSpacing(2 * GRID_PX)
        self._row.addWidget(self._back)
        self._row.addSpacing(GRID_PX)
        self._row.addWidget(self._title)
        self._row.addWidget(self._second)
        self._row.addStretch()

    def say(self, title: str, second: str = "") -> None:
        """What is looked at."""
        self._title.setText(title)
        self._title.setVisible(bool(title))
        self._second.setText(second)

    def add(self, widget: QWidget) -> None:
        """Put a control at the right."""
        if isinstance(widget, KeyButton):
            self._buttons.append(widget)
        self._row.addWidget(widget)

    def refresh(self) -> None:
        """Take the colours of the theme as they are now."""
        for button in self._buttons:
            button.refresh()
