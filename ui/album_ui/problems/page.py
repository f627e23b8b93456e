"""Files and folders that something is wrong with: what, why, since when, and what can be done."""

from collections.abc import Sequence

from PySide6.QtCore import QItemSelection, Qt, QUrl
from PySide6.QtGui import QAction, QDesktopServices, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QListView,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from album.notices import NoticeLevel
from album.session import Change, ChangeKind, LibrarySession
from album.storage.problems import Problem
from album_ui import shortcuts
from album_ui.bridge import Bridge
from album_ui.labels import PlainLabel
from album_ui.pages import Page, PageContext
from album_ui.problems.delegate import ProblemDelegate
from album_ui.problems.model import ProblemsModel
from album_ui.theme import GRID_PX, PAGE_MARGIN_PX, Theme
from album_ui.words import count, tr

_NONE_ICON_PX = 40


class ProblemsPage(Page):
    """Lists what could not be read; each can be tried again or shown in its folder."""

    def __init__(
        self, session: LibrarySession, bridge: Bridge, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._bridge = bridge
        self._theme = theme
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._model = ProblemsModel(self)
        self._list = QListView()
        self._summary = PlainLabel()
        self._retry = QPushButton(tr("Try again"))
        self._retry_all = QPushButton(tr("Try all again"))
        self._show = QPushButton(tr("Show in folder"))
        self._none = PlainLabel()
        self._empty = self._empty_state()
        self._stack = QStackedWidget()
        self._lay_out()
        shortcuts.action("problems_retry", self, self._on_retry)
        bridge.changed.connect(self._on_changed)
        theme.changed.connect(self._colour)
        self._colour()
        self._show_problems([])

    @property
    def title(self) -> str:
        """What the window is called."""
        return tr("Problems")

    def _lay_out(self) -> None:
        title = PlainLabel(tr("Problems"))
        title.setProperty("role", "title")
        self._summary.setProperty("role", "second")
        self._retry_all.setProperty("kind", "main")
        self._retry.setToolTip(shortcuts.tip("problems_retry"))
        self._retry.clicked.connect(self._on_retry)
        self._retry_all.clicked.connect(lambda: self._try_again(self._model.problems))
        self._show.clicked.connect(self._on_show)
        top = QHBoxLayout()
        top.setSpacing(2 * GRID_PX)
        top.addWidget(title)
        top.addWidget(self._summary)
        top.addStretch()
        for button in (self._show, self._retry, self._retry_all):
            top.addWidget(button)
        self._prepare_list()
        self._stack.addWidget(self._list)
        self._stack.addWidget(self._empty)
        column = QVBoxLayout(self)
        column.setContentsMargins(PAGE_MARGIN_PX, PAGE_MARGIN_PX, PAGE_MARGIN_PX, 0)
        column.setSpacing(4 * GRID_PX)
        column.addLayout(top)
        column.addWidget(self._stack, 1)

    def _prepare_list(self) -> None:
        self._list.setModel(self._model)
        self._list.setItemDelegate(ProblemDelegate(self._theme))
        self._list.setAccessibleName(tr("Problems"))
        self._list.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self._list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self._list.setUniformItemSizes(True)
        self._list.setFrameShape(QListView.Shape.NoFrame)
        self._list.setStyleSheet("QListView { background: transparent; outline: none; }")
        self._list.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        for text, slot in (
            (tr("Try again"), self._on_retry),
            (tr("Show in folder"), self._on_show),
        ):
            action = QAction(text, self._list)
            action.triggered.connect(slot)
            self._list.addAction(action)
        self._list.doubleClicked.connect(self._on_show)
        self._list.selectionModel().selectionChanged.connect(self._on_selected)

    def _empty_state(self) -> QWidget:
        state = QWidget()
        words = PlainLabel(tr("Nothing is wrong: every file could be read."))
        words.setProperty("role", "heading")
        after = PlainLabel(tr("A file that cannot be read is listed here with its reason."))
        after.setProperty("role", "second")
        column = QVBoxLayout(state)
        column.setSpacing(2 * GRID_PX)
        column.addStretch(2)
        for label in (self._none, words, after):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            column.addWidget(label)
        column.addStretch(3)
        return state

    def _colour(self) -> None:
        self._none.setPixmap(
            self._theme.icon("check-circle", "yes").pixmap(_NONE_ICON_PX, _NONE_ICON_PX)
        )
        self._list.viewport().update()

    def enter(self, context: PageContext) -> None:
        """List what is wrong now."""
        self._refresh()

    def _on_changed(self, change: Change) -> None:
        if change.kind is ChangeKind.PROBLEMS and self.isVisible():
            self._refresh()

    def _refresh(self) -> None:
        self._bridge.call(
            self._session.problems(), self._show_problems, owner=self, latest="problems"
        )

    def _show_problems(self, problems: Sequence[Problem]) -> None:
        chosen = {problem.id for problem in self._chosen()}
        self._model.show(problems)
        for row, problem in enumerate(problems):
            if problem.id in chosen:
                index = self._model.index(row)
                self._list.selectionModel().select(
                    index, self._list.selectionModel().SelectionFlag.Select
                )
        self._summary.setText(
            count(
                "{n} file or folder · the rest goes on",
                "{n} files or folders · the rest goes on",
                len(problems),
            )
            if problems
            else ""
        )
        self._stack.setCurrentIndex(0 if problems else 1)
        self.take_keys(self._list if problems else self._empty)
        self._retry_all.setVisible(bool(problems))
        self._on_selected()

    def _chosen(self) -> list[Problem]:
        rows = sorted(index.row() for index in self._list.selectionModel().selectedIndexes())
        return [self._model.problems[row] for row in rows]

    def _on_selected(self, *_: QItemSelection) -> None:
        some = self._list.selectionModel().hasSelection()
        for button in (self._retry, self._show):
            button.setEnabled(some)
            button.setVisible(bool(self._model.problems))

    def _on_retry(self) -> None:
        self._try_again(self._chosen())

    def _try_again(self, problems: Sequence[Problem]) -> None:
        if problems:
            ids = [problem.id for problem in problems]
            self._bridge.call(self._session.retry(ids), lambda _: self._refresh(), owner=self)
            said = count("Trying {n} file again", "Trying {n} files again", len(ids))
            self._session.notices.tell(NoticeLevel.INFO, said, replaces="retry")

    def _on_show(self) -> None:
        for folder in {problem.path.parent for problem in self._chosen()}:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc goes back; Enter shows the file in its folder."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._on_show()
        else:
            super().keyPressEvent(event)
