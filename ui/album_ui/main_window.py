"""The frame of the window: toolbar, sidebar, pages, status line."""

from collections.abc import Mapping

from PySide6.QtCore import QByteArray, QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QSplitter, QStackedWidget, QVBoxLayout, QWidget

from album.settings import SettingsStore
from album_ui import shortcuts
from album_ui.pages import Page, PageContext, PageName
from album_ui.theme import SIDEBAR_PX, STATUS_PX, TOOLBAR_PX

PROGRAM = "Albumen"
MOST_BACK = 32
OPENING = QSize(1440, 900)
SMALLEST = QSize(800, 540)
"""At which nothing overlaps and every control is whole, in every language."""
_FRAME = QSize(4, 36)
"""Kept free for what the system draws round the window: it tells its size too late."""
_WHOLE_SCREEN = Qt.WindowState.WindowMaximized | Qt.WindowState.WindowFullScreen


def opening_size(wanted: QSize, room: QSize) -> QSize:
    """The size to open with where the screen leaves this room, frame and title included."""
    return wanted.boundedTo(room - _FRAME)


class MainWindow(QWidget):
    """Lays out what it is given and moves between pages.

    Args:
        toolbar, sidebar, status: the parts round the pages; each page says whether it wants them.
        pages: by name; the first one shown is the caller's choice (`show_page`).
        settings: where the window was and how wide its sidebar is.

    Signals:
        page_shown(PageName): another page came up.
        query_wanted(Query): a page asks the library to show this.
        closed(): the user closes the window.
    """

    page_shown = Signal(object)
    query_wanted = Signal(object)
    closed = Signal()

    def __init__(
        self,
        toolbar: QWidget,
        sidebar: QWidget,
        status: QWidget,
        pages: Mapping[PageName, Page],
        settings: SettingsStore,
    ) -> None:
        super().__init__()
        self.setObjectName("window")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._toolbar, self._sidebar, self._status = toolbar, sidebar, status
        self._pages = dict(pages)
        self._settings = settings
        self._sidebar_shown = True
        self._before: list[tuple[PageName, PageContext]] = []
        self._shown: tuple[PageName, PageContext] | None = None
        self._stack = QStackedWidget()
        self._stack.setObjectName("pages")
        self._splitter = QSplitter(Qt.Orientation.Horizontal)
        self._lay_out()
        for page in self._pages.values():
            self._take_in(page)
        self._restore()
        shortcuts.action("full_screen", self, self._on_full_screen)
        shortcuts.action("quit", self, self.close)
        shortcuts.action("sidebar", self, self.toggle_sidebar)

    @property
    def page(self) -> Page | None:
        """The page that is shown."""
        return None if self._shown is None else self._pages[self._shown[0]]

    @property
    def page_name(self) -> PageName | None:
        """The name of the page that is shown."""
        return None if self._shown is None else self._shown[0]

    @property
    def sidebar_shown(self) -> bool:
        """Whether the user has the sidebar open (a page may hide it for its time)."""
        return self._sidebar_shown

    def show_page(self, name: PageName, context: PageContext | None = None) -> None:
        """Bring a page up; `go_back` returns to the one before."""
        if self._shown is not None and self._shown[0] is not name:
            here = self._pages[self._shown[0]].context or self._shown[1]
            self._before = [*self._before, (self._shown[0], here)][-MOST_BACK:]
        self._bring(name, context or PageContext())

    def go_back(self) -> None:
        """Return to the page before this one; the library when there was none."""
        if self._before:
            self._bring(*self._before.pop())
        elif self._shown is not None and self._shown[0] is not PageName.LIBRARY:
            self._bring(PageName.LIBRARY, PageContext())

    def go_home(self) -> None:
        """Show the library and forget the way here."""
        self._before.clear()
        if self.page_name is not PageName.LIBRARY:
            self._bring(PageName.LIBRARY, PageContext())

    def come_forward(self) -> None:
        """Be seen: out of the task bar, over other windows, with the keys as far as may be."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()

    def toggle_sidebar(self) -> None:
        """Show or hide the sidebar."""
        self._sidebar_shown = not self._sidebar_shown
        page = self.page
        self._sidebar.setVisible(self._sidebar_shown and (page is None or page.wants_sidebar))

    def _lay_out(self) -> None:
        self._toolbar.setObjectName("toolbar")
        self._sidebar.setObjectName("sidebar")
        self._status.setObjectName("status")
        for part in (self._toolbar, self._sidebar, self._status):
            part.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._toolbar.setFixedHeight(TOOLBAR_PX)
        self._status.setFixedHeight(STATUS_PX)
        self._sidebar.setMinimumWidth(SIDEBAR_PX[0])
        self._sidebar.setMaximumWidth(SIDEBAR_PX[2])
        self._splitter.setHandleWidth(1)
        self._splitter.setChildrenCollapsible(False)
        self._splitter.addWidget(self._sidebar)
        self._splitter.addWidget(self._stack)
        self._splitter.setStretchFactor(1, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._toolbar)
        column.addWidget(self._splitter, 1)
        column.addWidget(self._status)

    def _take_in(self, page: Page) -> None:
        self._stack.addWidget(page)
        page.left.connect(self.go_back)
        page.page_wanted.connect(self.show_page)
        page.query_wanted.connect(self.query_wanted)
        page.title_changed.connect(self._on_title_changed)

    def _restore(self) -> None:
        settings = self._settings.current
        self.setMinimumSize(opening_size(SMALLEST, self.screen().availableSize()))
        self.resize(OPENING)
        if settings.window_geometry:
            self.restoreGeometry(QByteArray.fromBase64(settings.window_geometry.encode("ascii")))
        if not self.windowState() & _WHOLE_SCREEN:
            self.resize(opening_size(self.size(), self.screen().availableSize()))
        width = min(max(settings.sidebar_width_px, SIDEBAR_PX[0]), SIDEBAR_PX[2])
        self._splitter.setSizes([width, max(1, self.width() - width)])

    def _bring(self, name: PageName, context: PageContext) -> None:
        before = self.page
        page = self._pages[name]
        if before is not None and before is not page:
            before.leave()
        self._shown = (name, context)
        self._toolbar.setVisible(page.wants_toolbar)
        self._sidebar.setVisible(page.wants_sidebar and self._sidebar_shown)
        self._status.setVisible(page.wants_status)
        self._stack.setCurrentWidget(page)
        page.enter(context)
        page.setFocus(Qt.FocusReason.OtherFocusReason)
        self._on_title_changed(page.title)
        self.page_shown.emit(name)

    def _on_title_changed(self, title: str) -> None:
        self.setWindowTitle(f"{title} – {PROGRAM}" if title else PROGRAM)

    def _on_full_screen(self) -> None:
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Note where the window was; end what the shown page does."""
        page = self.page
        if page is not None:
            page.leave()
        geometry = bytes(self.saveGeometry().toBase64().data()).decode("ascii")
        width = self._splitter.sizes()[0] or self._settings.current.sidebar_width_px
        self._settings.change(window_geometry=geometry, sidebar_width_px=width)
        self.closed.emit()
        super().closeEvent(event)
