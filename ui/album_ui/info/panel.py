"""What is known of the selected photos, and where it is decided: tags, stars, heart."""

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Final

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from album.domain.colours import COLOURS
from album.domain.photo import PhotoId
from album.domain.tag import Facet, PhotoTag, TagState
from album.session import Change, ChangeKind, Decision, LibrarySession
from album.storage.photos import CommonOpinion
from album.storage.rows import PhotoDetails
from album.storage.values import shown
from album_ui import shortcuts, words
from album_ui.background import in_background
from album_ui.bridge import Bridge
from album_ui.fields import LineField
from album_ui.flow import FlowLayout
from album_ui.info.bars import ColourBar, ScoreBar, Stars
from album_ui.info.common import CommonTag, as_shown, common_tags, span
from album_ui.info.facts import FactLine, fact_lines, file_line
from album_ui.info.lines import FactRow
from album_ui.info.tags import PlainChip, ShownTag, SignButton, TagChip, in_order, note_of
from album_ui.labels import PlainLabel
from album_ui.search.completions import Completions
from album_ui.theme import Theme
from album_ui.words import tr

SETTLE_MS: Final = 60
"""While the selection moves on with the arrow keys, details are asked for when it rests."""

MOST_SUMMED: Final = 48
"""Of a larger selection so many photos are looked through, to tell what is on them."""

_PAD_PX: Final = 16


@dataclass(frozen=True, slots=True)
class _Several:
    """What is known of a selection: `photos` are its first, `opinion` is of all of it."""

    photos: Sequence[PhotoDetails]
    opinion: CommonOpinion


class InfoPanel(QWidget):
    """Shows one photo, or what several have in common; in the viewer it gets the `DarkTheme`.

    Signals:
        decided(Decision): the user changed something here; there is something to undo.
        left(): the user is done with typing tags: the photos have the keys again.
    """

    decided = Signal(object)
    left = Signal()

    def __init__(
        self,
        session: LibrarySession,
        bridge: Bridge,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._bridge = session, bridge
        self._theme = theme
        self._ids: tuple[PhotoId, ...] = ()
        self._told: PhotoDetails | _Several | None = None
        self._common: dict[str, CommonTag] = {}
        self._timer = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._timer.timeout.connect(self._fetch)
        self.setObjectName("info")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(tr("Info"))
        self._title, self._line, self.problem = PlainLabel(), PlainLabel(), PlainLabel()
        self.stars = Stars(self._theme)
        self._tags = FlowLayout(None, 6, 6)
        self.rejected = QLabel()
        self.field = LineField()
        self._completions = Completions(session, bridge, self.field)
        self._add = QPushButton()
        self._colours = ColourBar(theme)
        self._style = FlowLayout(None, 6, 6)
        self._quality = QVBoxLayout()
        self._quality.setSpacing(0)
        self._overall = PlainLabel()
        self._facts = QVBoxLayout()
        self._facts.setSpacing(3)
        self._files = QVBoxLayout()
        self._lay_out()
        self._connect(theme)
        self._show_none()

    @property
    def title(self) -> str:
        """What stands at the top."""
        return self._title.text()

    def show_photos(self, ids: Sequence[int]) -> None:
        """Show these photos, soon."""
        wanted = tuple(PhotoId(int(one)) for one in ids)
        if wanted != self._ids:
            self._ids = wanted
            self._timer.start()

    def add_tag(self) -> None:
        """Let the user type a tag for the photos that are shown."""
        if self._ids:
            self.field.show()
            self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)

    # Laying out

    def _lay_out(self) -> None:
        inside = QWidget()
        inside.setObjectName("scrolled")
        column = QVBoxLayout(inside)
        column.setContentsMargins(_PAD_PX, 14, _PAD_PX, 20)
        column.setSpacing(0)
        self._title.setProperty("role", "heading")
        self._title.setWordWrap(True)
        self._line.setProperty("role", "second")
        self._line.setWordWrap(True)
        self.problem.setProperty("role", "problem")
        self.problem.setWordWrap(True)
        self.problem.hide()
        for label in (self._title, self._line, self.problem):
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            column.addWidget(label)
        column.addSpacing(8)
        column.addWidget(self.stars)
        self._sections = {
            "tags": self._section(column, tr("Tags"), self._tag_body(), self._add),
            "colours": self._section(column, tr("Colours"), self._colours),
            "style": self._section(column, tr("Style"), _holder(self._style)),
            "quality": self._section(column, tr("Quality"), _holder(self._quality), self._overall),
            "facts": self._section(column, tr("Where and how"), _holder(self._facts)),
            "files": self._section(column, tr("Files"), _holder(self._files)),
        }
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidget(inside)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(1, 0, 0, 0)
        whole.addWidget(scroll)

    def _section(
        self, column: QVBoxLayout, title: str, body: QWidget, corner: QWidget | None = None
    ) -> QWidget:
        label = PlainLabel(title.upper())
        label.setProperty("role", "section")
        head = QHBoxLayout()
        head.setContentsMargins(0, 20, 0, 6)
        head.addWidget(label, 1)
        if corner is not None:
            head.addWidget(corner)
        section = QWidget()
        inner = QVBoxLayout(section)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(0)
        inner.addLayout(head)
        inner.addWidget(body)
        column.addWidget(section)
        return section

    def _tag_body(self) -> QWidget:
        self._overall.setProperty("role", "small")
        self._add.setProperty("kind", "link")
        self._add.setIconSize(QSize(14, 14))
        self._add.setToolTip(shortcuts.tip("add_tag"))
        self._add.setAccessibleName(tr("Add a tag"))
        self._add.clicked.connect(self.add_tag)
        self.field.setPlaceholderText(tr("Add a tag"))
        self.field.setAccessibleName(tr("Add a tag"))
        self.field.hide()
        self._completions.taken.connect(self._on_tag_taken)
        self.rejected.setProperty("role", "small")
        self.rejected.setWordWrap(True)
        self.rejected.linkActivated.connect(self._on_cleared)
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(self._tags)
        column.addWidget(self.field)
        column.addWidget(self.rejected)
        return body

    def _connect(self, theme: Theme) -> None:
        self.field.textEdited.connect(self._on_typed)
        self.field.returnPressed.connect(self._on_tag_typed)
        self.field.editingFinished.connect(self._on_left_field)
        self.field.left.connect(self._on_field_done)
        self.stars.rated.connect(self._on_rated)
        self.stars.favourite_toggled.connect(self._on_favourite)
        self._bridge.changed.connect(self._on_changed)
        theme.changed.connect(self._on_theme_changed)
        self._paint_icons()

    def _paint_icons(self) -> None:
        self._add.setIcon(self._theme.icon("plus"))

    def _on_theme_changed(self) -> None:
        self._paint_icons()
        self._told = None
        self._timer.start()

    # What is shown

    def _fetch(self) -> None:
        if not self._ids:
            self._show_none()
        elif len(self._ids) == 1:
            details = self._session.details(self._ids[0])
            self._bridge.call(details, self._show_one, owner=self, latest="info")
        else:
            asked = [self._session.details(one) for one in self._ids[:MOST_SUMMED]]
            opinion = self._session.common_opinion(self._ids)
            several = in_background(
                lambda: _Several([one.result() for one in asked], opinion.result())
            )
            self._bridge.call(several, self._show_several, owner=self, latest="info")

    def _is_told(self, what: PhotoDetails | _Several) -> bool:
        """Whether just this is shown already: nothing moves, and the focus stays where it is."""
        told, self._told = self._told, what
        return told is not None and told == what

    def _show_none(self) -> None:
        self._told = None
        self.problem.hide()
        self._title.setText(tr("Nothing selected"))
        self._line.setText(tr("Select a photo to see what is known of it."))
        self._line.show()
        self.stars.hide()
        for section in self._sections.values():
            section.hide()

    def _show_one(self, details: PhotoDetails) -> None:
        if details.id is None or self._ids != (details.id,) or self._is_told(details):
            return
        name = shown(details.path.name) if details.path is not None else ""
        self._common = {}
        self._title.setText(details.title or name)
        parts = [name] if details.title else []
        if details.taken is not None:
            parts.append(words.moment(datetime.fromisoformat(details.taken)))
        elif details.sorted_under is not None:
            parts.append(tr("File from {day}", day=words.short_day(details.sorted_under)))
        self._line.setText(" · ".join(parts))
        self._line.setVisible(bool(parts))
        self._show_problem(details)
        self.stars.show()
        self.stars.show_opinion(details.rating, favourite=details.favourite)
        self._show_tags(in_order(self._shown_tag(one) for one in details.tags))
        self._show_rejected(details)
        self._show_look(details)
        self._show_quality(details)
        self._show_lines("facts", self._facts, fact_lines(details))
        self._show_lines("files", self._files, [file_line(one) for one in details.files])

    def _show_problem(self, details: PhotoDetails) -> None:
        cannot = tr("This photo cannot be shown.")
        self.problem.setText(f"{cannot} {words.sentence(details.problem)}")
        self.problem.setVisible(bool(details.problem))

    def _shown_tag(self, tag: PhotoTag) -> ShownTag:
        figures, certainty = "", None
        if tag.state is TagState.SUGGESTED and tag.score is not None:
            figures, certainty = f"{tag.score:.2f}", tag.certainty
        return ShownTag(tag.slug, self._named(tag), tag.state, note_of(tag), figures, certainty)

    def _named(self, tag: PhotoTag) -> str:
        own = tag.name and tag.slug not in self._session.taxonomy
        return tag.name if own else self._name(tag.slug)

    def _name(self, slug: str) -> str:
        return self._session.tag_name(slug, words.language())

    def _show_tags(self, tags: Sequence[ShownTag], *, fixed: bool = False) -> None:
        """Show tags to decide on; fixed ones are only told."""
        focused = self._focused_tag()
        self._tags.clear()
        style = [one for one in tags if self._facet(one.slug) is Facet.STYLE]
        for tag in tags:
            if tag in style:
                continue
            if fixed:
                _put(self._tags, PlainChip(f"{tag.name} {tag.figures}", self._theme))
                continue
            chip = TagChip(tag, self._theme)
            chip.decided.connect(self._on_decided)
            chip.cleared.connect(self._on_cleared)
            _put(self._tags, chip)
        if focused is not None:
            self._focus_tag(focused)
        self._style.clear()
        for tag in style:
            _put(self._style, PlainChip(tag.name, self._theme))
        self._sections["style"].setVisible(bool(style))
        self._sections["tags"].show()

    def _focused_tag(self) -> int | None:
        """The place of the tag whose button has the focus."""
        focus = QApplication.focusWidget()
        for place in range(self._tags.count() if isinstance(focus, SignButton) else 0):
            item = self._tags.itemAt(place)
            chip = None if item is None else item.widget()
            if chip is not None and focus is not None and chip.isAncestorOf(focus):
                return place
        return None

    def _focus_tag(self, place: int) -> None:
        """Put the focus on the tag at this place, or where it was last."""
        item = self._tags.itemAt(min(place, self._tags.count() - 1))
        chip = None if item is None else item.widget()
        if isinstance(chip, TagChip):
            chip.focus_first()
        else:
            self.left.emit()

    def _facet(self, slug: str) -> Facet:
        return self._session.taxonomy.facet(slug)

    def _show_rejected(self, details: PhotoDetails) -> None:
        names = [
            f'<a href="{escape(one.slug)}" style="color:{self._theme.palette.second}">'
            f"{escape(self._named(one))}</a>"
            for one in details.rejected
        ]
        said = words.count(
            "{n} rejected: {tags}", "{n} rejected: {tags}", len(names), tags=", ".join(names)
        )
        self.rejected.setText(said)
        self.rejected.setToolTip(tr("Click a tag to forget that you rejected it"))
        self.rejected.setVisible(bool(names))

    def _show_look(self, details: PhotoDetails) -> None:
        names = [COLOURS.name(one.name, words.language()) for one in details.colours]
        self._colours.show_colours(details.colours, names)
        self._sections["colours"].setVisible(bool(details.colours))

    def _show_quality(self, details: PhotoDetails) -> None:
        _empty(self._quality)
        quality = details.quality
        self._sections["quality"].setVisible(quality is not None)
        if quality is None:
            return
        self._overall.setText(str(round(100 * quality.score)))
        for name, score in (
            (tr("Clarity"), quality.clarity),
            (tr("Exposure"), quality.exposure),
            (tr("Composition"), quality.composition),
            (tr("Framing"), quality.framing),
        ):
            _put(self._quality, ScoreBar(name, score, self._theme))

    def _show_lines(self, section: str, column: QVBoxLayout, lines: Sequence[FactLine]) -> None:
        _empty(column)
        for line in lines:
            _put(column, FactRow(line, self._theme))
        self._sections[section].setVisible(bool(lines))

    def _show_several(self, several: _Several) -> None:
        photos, opinion = several.photos, several.opinion
        if tuple(one.id for one in photos[:1]) != self._ids[:1] or self._is_told(several):
            return
        self.problem.hide()
        self._title.setText(
            words.count("{n} photo selected", "{n} photos selected", len(self._ids))
        )
        part = tr("Tags counted in the first {n}", n=words.number(len(photos)))
        self._line.setText(span(photos) if len(photos) == len(self._ids) else part)
        self._line.setVisible(bool(self._line.text()))
        self.stars.show()
        self.stars.show_opinion(opinion.rating, favourite=opinion.favourite)
        self._common = {one.slug: one for one in common_tags(photos)}
        shown_tags = [as_shown(one, len(photos), self._name) for one in self._common.values()]
        self._show_tags(shown_tags, fixed=len(photos) < len(self._ids))
        self.rejected.hide()
        for name in ("colours", "style", "quality", "facts", "files"):
            self._sections[name].hide()

    # What the user decides

    def _on_decided(self, slug: str, state: TagState) -> None:
        common = self._common.get(slug)
        ids: Sequence[PhotoId] = self._ids
        if common is not None:
            ids = common.undecided or common.ids
        self._decide(self._session.decide(ids, slug, state))

    def _on_cleared(self, slug: str) -> None:
        self._decide(self._session.clear_tag(self._ids, slug))

    def _on_rated(self, stars: int) -> None:
        self._decide(self._session.set_rating(self._ids, stars or None))

    def _on_favourite(self, wanted: bool) -> None:
        self._decide(self._session.set_favourite(self._ids, wanted))

    def _decide(self, future: Future[Decision]) -> None:
        self._bridge.call(future, self._on_decision, owner=self)

    def _on_decision(self, decision: Decision) -> None:
        self._timer.start()
        self.decided.emit(decision)

    def _on_typed(self, text: str) -> None:
        self._completions.look_up(text, text.strip())

    def _on_tag_typed(self) -> None:
        if self.field.text().strip():
            self._on_tag_taken(self.field.text())
        else:
            self._on_field_done()

    def _on_tag_taken(self, word: str) -> None:
        self._completions.hide()
        self.field.clear()
        if word.strip():
            self._decide(self._session.decide(self._ids, word.strip(), TagState.MANUAL))

    def _on_field_done(self) -> None:
        self.left.emit()
        self.field.clear()
        self.field.hide()

    def _on_left_field(self) -> None:
        if not self.field.hasFocus():
            self.field.clear()
            self.field.hide()

    def _on_changed(self, change: Change) -> None:
        if change.kind in {ChangeKind.PHOTOS, ChangeKind.FACETS} and (
            not change.ids or not set(self._ids).isdisjoint(change.ids)
        ):
            self._timer.start()


def _holder(layout: QVBoxLayout | FlowLayout) -> QWidget:
    widget = QWidget()
    layout.setContentsMargins(0, 0, 0, 0)
    widget.setLayout(layout)
    return widget


def _put(layout: QVBoxLayout | FlowLayout, widget: QWidget) -> None:
    """At the end of it, to be seen at once: Qt would leave its place empty for a frame."""
    layout.addWidget(widget)
    widget.show()


def _empty(column: QVBoxLayout) -> None:
    while (item := column.takeAt(0)) is not None:
        widget = item.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
