"""Puts the window together: which part gets what, and whose signals go where."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication, QFileDialog

from album.domain.photo import PhotoId
from album.domain.query import Query
from album.errors import AlbumError
from album.notices import NoticeLevel
from album.session import Decision, FolderStatus, LibrarySession, Prospect
from album.storage.albums import SavedAlbum
from album.storage.rows import PhotoRow
from album_ui import shortcuts, words
from album_ui.activity.notices import Message, NoticeLine
from album_ui.activity.status import StatusLine
from album_ui.bridge import Bridge
from album_ui.cutout.page import CutoutPage
from album_ui.decisions import decision_words
from album_ui.drop.area import DropArea
from album_ui.drop.opened import OpenedPicture
from album_ui.drop.outgoing import drag_out, mime_of_originals
from album_ui.facets.panel import FacetPanel
from album_ui.grid.page import LibraryPage
from album_ui.help.page import KeysOverlay
from album_ui.main_window import MainWindow
from album_ui.pages import PageContext, PageName
from album_ui.preferences import PreferencesMenu
from album_ui.problems.page import ProblemsPage
from album_ui.review.page import ReviewPage
from album_ui.search.browsing import Browsing
from album_ui.search.field import SearchField
from album_ui.search.toolbar import Toolbar
from album_ui.start.page import StartPage
from album_ui.teach.card import TeachCard
from album_ui.theme import Scheme, Theme
from album_ui.viewer.page import ViewerPage
from album_ui.warm import load_decoder
from album_ui.words import tr

if TYPE_CHECKING:
    from concurrent.futures import Future

MOST_DRAGGED = 1000
"""Files that are handed to another program at once."""

UNDO = "undo"


class Program(QObject):
    """The window of one library, with all that belongs to it.

    Args:
        app: the application.
        session: the open library; closed by whoever opened it.
        scheme: overrides the colours that the settings name.

    Signals:
        renewal_wanted(): another language was chosen; this window knows the words of the old one.
    """

    renewal_wanted = Signal()

    def __init__(
        self, app: QApplication, session: LibrarySession, scheme: Scheme | None = None
    ) -> None:
        super().__init__()
        load_decoder()
        self._session = session
        wanted = scheme or Scheme(session.settings.current.theme)
        self.theme = app.findChild(Theme) or Theme(app, wanted)
        self.theme.choose(wanted)
        self.bridge = Bridge(session)
        self.browsing = Browsing(session, self.bridge, self.bridge)
        self._make_parts()
        self._connect_pages()
        self._connect_parts()
        self._make_actions()

    def start(self) -> None:
        """Show the library, or ask for the first folder."""
        self.browsing.begin()
        self.window.show_page(PageName.LIBRARY)
        self.bridge.call(self._session.folders(), self._on_first_folders, owner=self)

    def close(self) -> None:
        """Let go of the session: nothing is delivered any more. May be called again."""
        self.bridge.close()
        self.library.close_pictures()

    def add(self, paths: Sequence[Path]) -> None:
        """Watch these folders, and the folders that these files lie in; show a single picture."""
        self.opened.await_only(paths)
        added = self._session.add_files(list(paths))
        self.bridge.call(added, self._on_added, owner=self)

    def _make_parts(self) -> None:
        session, bridge, theme = self._session, self.bridge, self.theme
        self.library = LibraryPage(session, bridge, theme, self.browsing)
        self.viewer = ViewerPage(session, bridge, theme)
        self.review = ReviewPage(session, bridge, theme)
        self.start_page = StartPage(session, bridge, theme)
        self.sidebar = FacetPanel(session, bridge, self.browsing, theme)
        self.field = SearchField(session, bridge, self.browsing, theme)
        self.toolbar = Toolbar(self.browsing, self.field, theme)
        self.status = StatusLine(session, bridge, theme)
        pages = {
            PageName.LIBRARY: self.library,
            PageName.VIEWER: self.viewer,
            PageName.CUTOUT: CutoutPage(session, bridge, theme),
            PageName.PROBLEMS: ProblemsPage(session, bridge, theme),
            PageName.REVIEW: self.review,
            PageName.START: self.start_page,
        }
        self.window = MainWindow(self.toolbar, self.sidebar, self.status, pages, session.settings)
        self.notices = NoticeLine(theme, self.window)
        self.opened = OpenedPicture(session, bridge, self.browsing, self._show_photo, self.window)
        self.drop = DropArea(bridge, theme, self.window)
        self.teach_card = TeachCard(session, bridge, theme, self.window)
        self.keys = KeysOverlay(theme, self.window)
        self.preferences = PreferencesMenu(session.settings, theme, self.window)

    def _connect_pages(self) -> None:
        self.library.decided.connect(self._on_decided)
        self.field.left.connect(self._on_search_left)
        self.field.remarked.connect(self.library.remark)
        self.field.completions.stay_below(self.library.choice)
        self.viewer.decided.connect(self._on_decided)
        self.viewer.photo_shown.connect(self._on_photo_shown)
        self.library.drag_wanted.connect(self._on_drag_wanted)
        self.library.folder_wanted.connect(self.choose_folder)
        self.library.row_px_changed.connect(self._on_row_px)
        self.library.album_saved.connect(self._on_album_saved)
        self.window.query_wanted.connect(self.show_query)
        self.window.page_shown.connect(self._on_page_shown)
        self.sidebar.library_wanted.connect(self.window.go_home)
        self.sidebar.problems_wanted.connect(partial(self.window.show_page, PageName.PROBLEMS))
        self.sidebar.review_wanted.connect(partial(self.window.show_page, PageName.REVIEW))
        self.browsing.query_changed.connect(lambda _: self.window.go_home())
        self.browsing.failed.connect(self._on_failed)

    def _connect_parts(self) -> None:
        for part in (self.toolbar, self.start_page):
            part.settings_wanted.connect(self.preferences.open_below)
        self.preferences.language_chosen.connect(self.renewal_wanted)
        self.toolbar.sidebar_toggled.connect(self.window.toggle_sidebar)
        self.toolbar.info_toggled.connect(self.library.toggle_info)
        self.library.info_toggled.connect(self.toolbar.set_info_shown)
        self.toolbar.row_px_chosen.connect(self._on_row_px)
        self.status.folder_wanted.connect(self.choose_folder)
        self.status.folder_removed.connect(self._on_folder_removed)
        self.drop.dropped.connect(self.add)
        self.teach_card.taught.connect(self._on_taught)
        self.drop.refused.connect(self._warn)
        self.bridge.notice_posted.connect(self.notices.post)
        self.bridge.called.connect(lambda _: self.window.come_forward())
        self.status.folder_came.connect(self._say_watching)
        settings = self._session.settings.current
        self.toolbar.set_info_shown(settings.info_shown)
        self.toolbar.set_row_px(settings.row_height_px)
        self._size_settled = QTimer(self, singleShot=True, interval=500)
        self._size_settled.timeout.connect(self._keep_row_px)

    def _make_actions(self) -> None:
        slots: dict[str, Callable[[], object]] = {
            "search": self._on_search,
            "undo": self.undo,
            "back": self._on_back,
            "forward": self.browsing.forward,
            "add_folder": self.choose_folder,
            "pause": self._on_pause,
            "settings": self._on_settings,
            "help": self.keys.toggle,
            "all_photos": self._on_all_photos,
            "teach": self._on_teach,
            "review": partial(self.window.show_page, PageName.REVIEW),
        }
        for name, slot in slots.items():
            shortcuts.action(name, self.window, slot)

    # What happens

    def show_query(self, query: Query) -> None:
        """Bring the library up with these photos."""
        self.browsing.ask(query)
        self.window.go_home()

    def choose_folder(self) -> None:
        """Ask for a folder to watch."""
        last = self._session.settings.current.last_folder or str(Path.home())
        title = tr("Choose a folder with pictures")
        chosen = QFileDialog.getExistingDirectory(self.window, title, last)
        if chosen:
            self._session.settings.change(last_folder=chosen)
            self.add([Path(chosen)])

    def undo(self) -> None:
        """Take back the last decision."""
        self.bridge.call(self._session.undo(), self._on_undone, owner=self)

    def _on_undone(self, decision: Decision | None) -> None:
        said = tr("Nothing to undo")
        if decision is not None:
            said = tr("Undone: {what}", what=decision_words(decision, self._session.taxonomy))
        self.notices.say(Message(said, replaces=UNDO))

    def _on_decided(self, decision: Decision) -> None:
        if decision.ids:
            said = decision_words(decision, self._session.taxonomy)
            self.notices.say(Message(said, action=tr("Undo"), act=self.undo, replaces=UNDO))

    def _on_teach(self) -> None:
        ids = self.library.selected_ids()
        if ids and self.window.page_name is PageName.LIBRARY:
            self.teach_card.open_for(ids, self.status)

    def _on_taught(self, tag: Prospect) -> None:
        if tag.applied:
            said = words.count(
                "Taught {tag}: {n} photo suggested",
                "Taught {tag}: {n} photos suggested",
                tag.suggestions,
                tag=tag.name,
            )
            review = partial(self.window.show_page, PageName.REVIEW)
            self.notices.say(Message(said, action=tr("Review"), act=review, replaces=UNDO))
        else:
            needed = words.count(
                "{tag} needs {n} more example",
                "{tag} needs {n} more examples",
                tag.needs,
                tag=tag.name,
            )
            self.notices.say(Message(needed))

    def _on_first_folders(self, folders: Sequence[FolderStatus]) -> None:
        if not folders:
            self.window.show_page(PageName.START)

    def _on_added(self, folders: Sequence[FolderStatus]) -> None:
        self.browsing.refresh()
        self.window.go_home()
        for folder in folders:
            self._say_watching(folder.path)

    def _say_watching(self, folder: Path) -> None:
        said = tr("Watching {folder}", folder=folder.name)
        self.notices.say(Message(said, replaces=f"watching {folder}"))

    def _show_photo(self, photo_id: PhotoId) -> bool:
        row = self.library.model.place_of(photo_id)
        if row < 0 or self.window.page_name is not PageName.LIBRARY:
            return False
        self.window.show_page(PageName.VIEWER, PageContext(self.library.model.ids, row))
        return True

    def _on_album_saved(self, album: SavedAlbum) -> None:
        self.sidebar.reveal_album(album)
        self.notices.say(Message(tr("Album «{name}» saved", name=album.name), replaces="album"))

    def _on_folder_removed(self, name: str) -> None:
        said = tr("{folder} is watched no longer; your tags stay", folder=name)
        self.notices.say(Message(said, action=tr("Undo"), act=self.undo, replaces=UNDO))

    def _on_failed(self, problem: AlbumError) -> None:
        self._session.notices.tell_problem(problem, replaces="browse")

    def _warn(self, text: str) -> None:
        self.notices.say(Message(text, NoticeLevel.WARNING))

    def _on_drag_wanted(self, ids: Sequence[PhotoId]) -> None:
        future: Future[list[PhotoRow]] = self._session.rows(list(ids)[:MOST_DRAGGED])
        self.bridge.call(future, self._drag, owner=self)

    def _drag(self, rows: Sequence[PhotoRow]) -> None:
        paths = [row.path for row in rows if row.path is not None and not row.offline]
        if paths:
            drag_out(self.library.view, mime_of_originals(paths))

    def _on_photo_shown(self, photo_id: int) -> None:
        """The library waits where the viewer is."""
        model = self.library.model
        self.library.enter(PageContext(model.ids, model.place_of(photo_id)))

    def _on_page_shown(self, name: PageName) -> None:
        self.sidebar.show_page_place(name)
        self.notices.show_dark(self.window.page is self.viewer)
        self.notices.keep_off(self.window.page.foot if self.window.page else None)

    def _on_row_px(self, height: int) -> None:
        self.library.set_row_px(height)
        self.toolbar.set_row_px(height)
        self._size_settled.start()

    def _keep_row_px(self) -> None:
        self._session.settings.change(row_height_px=self.library.view.row_px)

    def _on_all_photos(self) -> None:
        self.show_query(Query())
        self.library.setFocus()

    def _on_search(self) -> None:
        self.window.go_home()
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _on_search_left(self) -> None:
        self.window.go_home()
        self.library.setFocus()

    def _on_back(self) -> None:
        if self.window.page_name is PageName.LIBRARY:
            self.browsing.back()
        else:
            self.window.go_back()

    def _on_settings(self) -> None:
        buttons = (self.toolbar.settings, self.start_page.settings)
        below = next((one for one in buttons if one.isVisible()), self.window)
        self.preferences.open_below(below)

    def _on_pause(self) -> None:
        if self._session.paused:
            self._session.resume()
        else:
            self._session.pause()
