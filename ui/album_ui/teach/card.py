"""A small card that teaches a tag: its name, how right it would be, and the key that does it."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QWidget

from album.domain.photo import PhotoId
from album.domain.share import Share
from album.domain.tag import TagState
from album.errors import AlbumError
from album.session import LibrarySession, Prospect
from album.storage.rows import PhotoDetails
from album_ui import words
from album_ui.activity.popup import Popup
from album_ui.background import in_background
from album_ui.bridge import Bridge
from album_ui.labels import PlainLabel
from album_ui.theme import Theme
from album_ui.words import repeated, tr

REST_MS: Final = 250
"""While the name is typed, the estimate waits until it rests."""

MOST_LOOKED_AT: Final = 24
"""Of a larger selection so many photos are looked through for a tag they have in common."""


class TeachCard(Popup):
    """Opens for a selection; Enter teaches, Esc closes.

    Signals:
        taught(Prospect): the tag was taught, or its examples were kept for later.
    """

    taught = Signal(object)

    def __init__(
        self, session: LibrarySession, bridge: Bridge, theme: Theme, parent: QWidget
    ) -> None:
        super().__init__(theme, parent)
        self._session, self._bridge = session, bridge
        self._ids: tuple[PhotoId, ...] = ()
        self._title, self.estimate = PlainLabel(), PlainLabel()
        self.field = QLineEdit()
        self.button = QPushButton(tr("Teach"))
        self._rest = QTimer(self, singleShot=True, interval=REST_MS)
        self._rest.timeout.connect(self._ask)
        self._lay_out()

    def open_for(self, ids: Sequence[PhotoId], over: QWidget) -> None:
        """Show the card for these photos, its lower edge over a widget."""
        self._ids = tuple(ids)
        self._title.setText(
            words.count("Teach a tag from {n} photo", "Teach a tag from {n} photos", len(self._ids))
        )
        self.field.clear()
        self._say([tr("Name it, and see how right it would be.")], ready=False)
        self.show_above(over, Qt.AlignmentFlag.AlignRight)
        self.field.setFocus(Qt.FocusReason.PopupFocusReason)
        asked = [self._session.details(one) for one in self._ids[:MOST_LOOKED_AT]]
        photos = in_background(lambda: [one.result() for one in asked])
        self._bridge.call(photos, self._propose, owner=self, latest="propose")

    def _lay_out(self) -> None:
        self.setAccessibleName(tr("Teach a tag"))
        self._title.setProperty("role", "heading")
        self.field.setPlaceholderText(tr("Name of the tag"))
        self.field.setAccessibleName(tr("Name of the tag"))
        self.field.textChanged.connect(self._on_typed)
        self.field.returnPressed.connect(self._on_teach)
        self.estimate.setProperty("role", "second")
        self.estimate.setWordWrap(True)
        self.button.setProperty("kind", "main")
        self.button.clicked.connect(self._on_teach)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.button)
        for widget in (self._title, self.field, self.estimate):
            self.column.addWidget(widget)
        self.column.addLayout(row)

    def _propose(self, photos: Sequence[PhotoDetails]) -> None:
        """Fill in the tag that all of them were given by hand, where nothing is typed yet."""
        given = [
            {tag.slug for tag in one.tags if tag.state in {TagState.MANUAL, TagState.CONFIRMED}}
            for one in photos
        ]
        common = set.intersection(*given) if given else set()
        own = sorted(slug for slug in common if slug not in self._session.taxonomy)
        if own and not self.field.text():
            self.field.setText(self._session.tag_name(own[0], words.language()))
            self.field.selectAll()

    def _on_typed(self, text: str) -> None:
        if text.strip():
            self._say([tr("Looking…")], ready=False)
            self._rest.start()
        else:
            self._rest.stop()
            self._say([tr("Name it, and see how right it would be.")], ready=False)

    def _ask(self) -> None:
        prospect = self._session.teaching.preview(self.field.text().strip(), self._ids)
        self._bridge.call(prospect, self._show, self._on_failed, owner=self, latest="preview")

    def _show(self, prospect: Prospect) -> None:
        if self.field.text().strip():
            self._say(lines_of(prospect), ready=True)
            self.button.setText(tr("Keep as examples") if prospect.needs else tr("Teach"))

    def _on_failed(self, problem: AlbumError) -> None:
        self._say([repeated(problem.text)], ready=False)

    def _say(self, lines: Sequence[str], *, ready: bool) -> None:
        self.estimate.setText("\n".join(lines))
        self.button.setEnabled(ready)
        self.adjustSize()

    def _on_teach(self) -> None:
        if not self.button.isEnabled():
            return
        work = self._session.teaching.teach(self.field.text().strip(), self._ids)
        self._bridge.call(work, self.taught.emit, owner=self)
        self.close()


def lines_of(prospect: Prospect) -> list[str]:
    """What a prospect means, in the user's words."""
    lines = []
    if prospect.unseen:
        lines.append(
            words.count(
                "{n} photo has not been looked at yet",
                "{n} photos have not been looked at yet",
                prospect.unseen,
            )
        )
    if prospect.needs:
        needed = words.count(
            "Needs {n} more example to learn it", "Needs {n} more examples to learn it",
            prospect.needs,
        )  # fmt: skip
        return [*lines, needed]
    if prospect.precision is None or prospect.recall is None:
        return [*lines, tr("No other photo looks like these")]
    count = words.count("Suggests {n} photo", "Suggests {n} photos", prospect.suggestions)
    right = tr("About {share} of them right ({low} to {high})", **_shares(prospect.precision))
    found = tr("Finds about {share} of all ({low} to {high})", **_shares(prospect.recall))
    return [*lines, count, right, found]


def _shares(share: Share) -> dict[str, str]:
    return {
        "share": f"{share.value:.0%}",
        "low": f"{share.low:.0%}",
        "high": f"{share.high:.0%}",
    }
