"""What is said and asked where there is no window yet."""

from datetime import datetime
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from album.errors import AlbumError
from album_ui import words
from album_ui.labels import PlainLabel
from album_ui.theme import GRID_PX, Theme
from album_ui.words import repeated, sentence, tr

_WIDE_PX = 460


class Dialog(QDialog):
    """A title, some sentences, and one main thing to do beside closing it.

    Args:
        theme: gives the sign its colour.
        title, text: what happened.
        offer: what can be done about it; empty for nothing. `exec` says whether it is wanted.
    """

    def __init__(
        self, theme: Theme, title: str, text: str, offer: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        sign = PlainLabel()
        sign.setPixmap(theme.icon("warning-circle", "accent").pixmap(28, 28))
        heading, said = PlainLabel(title), PlainLabel(text)
        heading.setProperty("role", "heading")
        said.setProperty("role", "second")
        said.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        for label in (heading, said):
            label.setWordWrap(True)
            label.setFixedWidth(_WIDE_PX)
        self.said = text
        column = QVBoxLayout()
        column.setSpacing(2 * GRID_PX)
        column.addWidget(heading)
        column.addWidget(said)
        column.addSpacing(3 * GRID_PX)
        column.addLayout(self._buttons(offer))
        row = QHBoxLayout(self)
        row.setContentsMargins(5 * GRID_PX, 5 * GRID_PX, 5 * GRID_PX, 4 * GRID_PX)
        row.setSpacing(3 * GRID_PX)
        row.addWidget(sign, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(column)
        row.setSizeConstraint(QHBoxLayout.SizeConstraint.SetFixedSize)
        self._main.setFocus()

    def _buttons(self, offer: str) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(2 * GRID_PX)
        row.addStretch()
        close = QPushButton(tr("Close"))
        close.setAutoDefault(False)
        close.clicked.connect(self.reject)
        row.addWidget(close)
        main = close
        if offer:
            main = QPushButton(offer)
            main.clicked.connect(self.accept)
            row.addWidget(main)
        main.setProperty("kind", "main")
        main.setDefault(True)
        self._main = main
        return row


def offer_backup(theme: Theme, problem: AlbumError, backup: Path) -> bool:
    """Whether the user wants this backup instead of the library that cannot be opened."""
    made = words.moment(datetime.fromtimestamp(backup.stat().st_mtime).astimezone())
    text = "\n\n".join(
        (
            sentence(repeated(problem.text)),
            tr(
                "There is a backup of {date}. It can take the library's place; "
                "what was decided since then is not in it. "
                "The damaged file is kept in the folder “damaged” of the library.",
                date=made,
            ),
        )
    )
    title = tr("This library cannot be opened")
    offer = tr("Open the backup of {date}", date=made)
    return Dialog(theme, title, text, offer).exec() == Dialog.DialogCode.Accepted
