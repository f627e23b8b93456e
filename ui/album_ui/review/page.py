"""Deciding suggestions of one tag, a page at a time: one key yes, one key no."""

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QHBoxLayout,
    QMenu,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from album.domain.tag import TagState
from album.session import Decision, LibrarySession
from album.storage.facets import FacetCount
from album_ui import shortcuts
from album_ui.bridge import Bridge
from album_ui.flow import FlowLayout
from album_ui.grid.pixmaps import Pixmaps
from album_ui.labels import PlainLabel, plain_words
from album_ui.pages import Page, PageContext, PageName
from album_ui.review.candidates import Candidates
from album_ui.review.grid import COLUMNS, ROWS, ReviewGrid, Suggestion, Verdict
from album_ui.theme import GRID_PX, PAGE_MARGIN_PX, Theme
from album_ui.viewer.header import KeyButton
from album_ui.words import count, language, mark, number, tr

_A_PAGE = COLUMNS * ROWS
_NARROW_PX = 980
_PIXMAP_BYTES = 64 * 1024 * 1024
_STRIP = (
    (("A",), mark("yes")),
    (("X",), mark("no")),
    (("S",), mark("skip")),
    (("←", "→"), mark("move")),
    (("Space",), mark("look closer")),
    (("Esc",), mark("back to the library")),
)

_A = TypeVar("_A")


@dataclass(frozen=True, slots=True)
class _Decided:
    """What was decided at once, and the page that it was decided on.

    Attributes:
        some: the suggestions; verdict: of all of them; written: when the library has it.
        slug, ids, shown: the tag that was asked about, its photos, those of the page.
        following: the first of `ids` after the page.
    """

    some: list[Suggestion]
    verdict: Verdict
    written: Future[Decision]
    slug: str
    ids: NDArray[np.int32]
    shown: list[Suggestion]
    following: int


class ReviewPage(Page):
    """Asks «Is this a beach?» of a page of photos, the least certain first.

    Signals:
        decided(Decision): something was decided here.
    """

    decided = Signal(object)

    def __init__(
        self, session: LibrarySession, bridge: Bridge, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._bridge = bridge
        self._theme = theme
        self._candidates = Candidates(session, bridge, self)
        self._slug = ""
        self._ids: NDArray[np.int32] = np.empty(0, np.int32)
        self._next = 0
        self._shown: list[Suggestion] = []
        self._current = 0
        self._said: Counter[tuple[str, Verdict]] = Counter()
        self._finished: set[str] = set()
        self._undoable: list[_Decided] = []
        self._filling = False
        self._asked = 0
        self._pixmaps: Pixmaps | None = None
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._question = PlainLabel()
        self._progress = PlainLabel()
        self._grid = ReviewGrid(theme)
        self._nothing = PlainLabel(
            tr("Nothing to review. Suggested tags appear here until decided.")
        )
        self._stack = QStackedWidget()
        self._strip = _key_strip()
        self._top = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._buttons = QWidget()
        self._other = KeyButton(theme, "caret-down", tr("Another tag"))
        self._undo = KeyButton(theme, "arrow-u-up-left", tr("Undo"), shortcuts.shown("undo"))
        self._rest_no = KeyButton(theme, "", tr("No to the rest"), "Shift+↵")
        self._rest_yes = KeyButton(
            theme, "arrow-elbow-down-left", tr("Yes to this page"), kind="main"
        )
        self._lay_out()
        self._connect()

    @property
    def title(self) -> str:
        """What the window is called."""
        return tr("To review")

    @property
    def foot(self) -> QWidget:
        """The keys of this page."""
        return self._strip

    @property
    def shown(self) -> Sequence[Suggestion]:
        """The suggestions of this page."""
        return tuple(self._shown)

    @property
    def slug(self) -> str:
        """The tag that is asked about; empty for none."""
        return self._slug

    def _lay_out(self) -> None:
        self._question.setProperty("role", "title")
        self._progress.setProperty("role", "second")
        self._nothing.setProperty("role", "second")
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        asked = QHBoxLayout()
        for row in (asked, self._top):
            row.setSpacing(2 * GRID_PX)
        buttons = FlowLayout(self._buttons, 2 * GRID_PX, 2 * GRID_PX)
        asked.addWidget(self._question)
        asked.addWidget(self._progress)
        asked.addStretch()
        for button in (self._other, self._undo, self._rest_no, self._rest_yes):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            buttons.addWidget(button)
        self._top.addLayout(asked, 1)
        self._top.addWidget(self._buttons)
        self._stack.addWidget(self._grid)
        self._stack.addWidget(self._nothing)
        column = self._column = QVBoxLayout(self)
        column.setSpacing(4 * GRID_PX)
        column.addLayout(self._top)
        column.addWidget(self._stack, 1)
        column.addWidget(self._strip)
        column.addSpacing(GRID_PX)

    def _connect(self) -> None:
        self._other.clicked.connect(self._on_other)
        self._undo.clicked.connect(self.undo)
        self._rest_no.clicked.connect(lambda: self.decide_rest(Verdict.NO))
        self._rest_yes.clicked.connect(lambda: self.decide_rest(Verdict.YES))
        self._grid.chosen.connect(self._go_to)
        self._grid.opened.connect(self._look_closer)
        self._theme.changed.connect(self._refresh)

    # coming and going

    def enter(self, context: PageContext) -> None:
        """Go on where it was left, or begin with the most frequent tag."""
        self._pixmaps = Pixmaps(self._session, self._bridge, self, _PIXMAP_BYTES)
        self._grid.start(self._pixmaps)
        self._said.clear()
        self._undoable.clear()
        self._finished.clear()
        if self._slug:
            self.review(self._slug)
        else:
            self._candidates.tags(self._newest(self._on_tags))

    def leave(self) -> None:
        """Let go of the pictures."""
        self._grid.stop()
        if self._pixmaps is not None:
            self._pixmaps.close()
            self._pixmaps.deleteLater()
            self._pixmaps = None

    def review(self, slug: str) -> None:
        """Ask about this tag."""
        self._slug = slug
        self._candidates.photos(slug, self._newest(self._on_photos))

    def _newest(self, then: Callable[[_A], None]) -> Callable[[_A], None]:
        """`then`, unless something else is wanted by the time the answer comes."""
        self._asked += 1
        asked = self._asked

        def take(answer: _A) -> None:
            if asked == self._asked:
                then(answer)

        return take

    def _on_tags(self, tags: list[FacetCount]) -> None:
        open_tags = [tag.slug for tag in tags if tag.slug not in self._finished]
        if open_tags:
            self.review(open_tags[0])
        else:
            self._slug = ""
            self._ids = np.empty(0, np.int32)
            self._show([])

    def _on_photos(self, ids: NDArray[np.int32]) -> None:
        self._ids = ids
        self._next = 0
        self._shown = []
        self._filling = False
        self._turn()

    def _turn(self) -> None:
        """The next page of suggestions."""
        some = [int(one) for one in self._ids[self._next : self._next + _A_PAGE]]
        self._next += len(some)
        self._candidates.suggestions(self._slug, some, self._newest(self._on_suggestions))

    def _on_suggestions(self, found: list[Suggestion]) -> None:
        if self._pixmaps is None:
            return
        self._shown = [*self._shown, *found] if self._filling else found
        if len(self._shown) < _A_PAGE and self._next < len(self._ids):
            self._filling = True
            self._turn()
            return
        self._filling = False
        if self._shown:
            self._show(self._shown)
        else:
            self._finished.add(self._slug)
            self._candidates.tags(self._newest(self._on_tags))

    def _show(self, shown: list[Suggestion]) -> None:
        self._shown = shown
        self._current = 0
        self._stack.setCurrentIndex(0 if shown else 1)
        self.take_keys(self._grid if shown else self._nothing)
        self._refresh()

    def _refresh(self) -> None:
        name = self._session.tag_name(self._slug, language()) if self._slug else ""
        self._question.setText(tr("Is this «{tag}»?", tag=name) if self._shown else tr("To review"))
        yes, no = (self._said[self._slug, one] for one in (Verdict.YES, Verdict.NO))
        parts = [tr("least certain first")] if self._shown else []
        if yes or no:
            parts.append(tr("{yes} yes, {no} no", yes=number(yes), no=number(no)))
        left = len(self._ids) - self._next
        if self._shown and left > 0:
            parts.append(count("up to {n} more", "up to {n} more", left))
        self._progress.setText(" · ".join(parts))
        self._undo.setEnabled(bool(self._undoable))
        for button in (self._rest_no, self._rest_yes):
            button.setEnabled(bool(self._shown))
        for button in (self._other, self._undo, self._rest_no, self._rest_yes):
            button.refresh()
        self._grid.show_page(self._shown, self._current)

    # deciding

    def decide(self, verdict: Verdict) -> None:
        """Yes, no or skip for the current photo; then the next one that is open."""
        if not self._shown:
            return
        one = self._shown[self._current]
        self._settle([one], verdict)
        self._advance()

    def decide_rest(self, verdict: Verdict) -> None:
        """The same for all that are open on this page, then the next page."""
        rest = [one for one in self._shown if one.verdict is Verdict.OPEN]
        if rest:
            self._settle(rest, verdict)
        self._turn()

    def _settle(self, some: list[Suggestion], verdict: Verdict) -> None:
        for one in some:
            self._said[self._slug, one.verdict] -= 1
            one.verdict = verdict
            self._said[self._slug, verdict] += 1
        if verdict is not Verdict.SKIPPED:
            state = TagState.CONFIRMED if verdict is Verdict.YES else TagState.REJECTED
            ids = [one.photo_id for one in some]
            written = self._session.decide(ids, self._slug, state)
            self._bridge.call(written, self.decided.emit, owner=self)
            page = (self._slug, self._ids, self._shown, self._next)
            self._undoable.append(_Decided(some, verdict, written, *page))
        self._refresh()

    def _advance(self) -> None:
        """The next open place of this page; the next page where none is left."""
        places = [*range(self._current + 1, len(self._shown)), *range(self._current)]
        for place in places:
            if self._shown[place].verdict is Verdict.OPEN:
                self._go_to(place)
                return
        self._turn()

    def undo(self) -> None:
        """Take back the last decision; its photos are open again, on the page that they were on."""
        if not self._undoable:
            return
        last = self._undoable.pop()
        self._bridge.call(last.written, self._take_back, lambda _: None, owner=self)
        for one in last.some:
            self._said[last.slug, last.verdict] -= 1
            one.verdict = Verdict.OPEN
        self._asked += 1  # whatever comes next does not come now
        self._filling = False
        self._finished.discard(last.slug)
        self._slug, self._ids, self._next = last.slug, last.ids, last.following
        self._show(last.shown)
        self._go_to(last.shown.index(last.some[0]))

    def _take_back(self, decision: Decision) -> None:
        if decision.ids:  # else nothing was written that could be undone
            self._bridge.call(self._session.undo(), lambda _: None, owner=self)

    # moving

    def _go_to(self, place: int) -> None:
        if 0 <= place < len(self._shown):
            self._current = place
            self._refresh()

    def _look_closer(self, place: int) -> None:
        ids = np.array([one.photo_id for one in self._shown], np.int32)
        self.page_wanted.emit(PageName.VIEWER, PageContext(ids, place))

    def _on_other(self) -> None:
        self._candidates.tags(self._offer)

    def _offer(self, tags: list[FacetCount]) -> None:
        menu = QMenu(self)
        for one in tags:
            action = menu.addAction(f"{plain_words(one.name)}\t{number(one.count)}")
            action.triggered.connect(lambda _=False, slug=one.slug: self.review(slug))
        menu.exec(self._other.mapToGlobal(self._other.rect().bottomLeft()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a narrow window the buttons stand below the question."""
        super().resizeEvent(event)
        narrow = self.width() < _NARROW_PX
        way = QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight
        self._top.setDirection(way)
        parts = (self._other, self._undo, self._rest_no, self._rest_yes)
        in_one_line = sum(one.sizeHint().width() + 2 * GRID_PX for one in parts)
        self._buttons.setMinimumWidth(0 if narrow else in_one_line)
        side = PAGE_MARGIN_PX if narrow else 2 * PAGE_MARGIN_PX
        self._column.setContentsMargins(side, PAGE_MARGIN_PX, side, 0)

    # keys

    def event(self, event: QEvent) -> bool:
        """While this page is up, its undo goes before that of the window."""
        undoes = isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Z
        if event.type() == QEvent.Type.ShortcutOverride and undoes:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """All keys of the page."""
        key = Qt.Key(event.key())
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            if key == Qt.Key.Key_Z:
                self.undo()
            else:
                super().keyPressEvent(event)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.decide_rest(Verdict.NO if shift else Verdict.YES)
        elif (act := self._keys().get(key)) is not None:
            act()
        else:
            super().keyPressEvent(event)

    def _keys(self) -> dict[Qt.Key, Callable[[], object]]:
        return {
            Qt.Key.Key_A: lambda: self.decide(Verdict.YES),
            Qt.Key.Key_X: lambda: self.decide(Verdict.NO),
            Qt.Key.Key_S: lambda: self.decide(Verdict.SKIPPED),
            Qt.Key.Key_Left: lambda: self._go_to(self._current - 1),
            Qt.Key.Key_Right: lambda: self._go_to(self._current + 1),
            Qt.Key.Key_Up: lambda: self._go_to(self._current - COLUMNS),
            Qt.Key.Key_Down: lambda: self._go_to(self._current + COLUMNS),
            Qt.Key.Key_Space: lambda: self._look_closer(self._current),
            Qt.Key.Key_Escape: self.left.emit,
        }


def _key_strip() -> QWidget:
    """The keys of the page, where they are useful."""
    strip = QWidget()
    line = FlowLayout(strip, 3 * GRID_PX, GRID_PX)
    for keys, text in _STRIP:
        part = QWidget()
        row = QHBoxLayout(part)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID_PX + 1)
        for key in keys:
            label = PlainLabel(key)
            label.setProperty("role", "key")
            row.addWidget(label, 0, Qt.AlignmentFlag.AlignVCenter)
        words = PlainLabel(tr(text))
        words.setProperty("role", "second")
        row.addWidget(words)
        line.addWidget(part)
    return strip
