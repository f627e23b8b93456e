"""The open library and all its threads."""

import logging
import threading
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import Future
from functools import partial
from pathlib import Path
from typing import Self

import sqlite_utils

from album.analysis.inference import InferenceThread
from album.analysis.packs import chosen_packs
from album.analysis.protocol import Analyser, Cutout, Hint, Pixels, Segmenter
from album.analysis.registry import analysers as installed_analysers
from album.analysis.registry import segmenter as installed_segmenter
from album.analysis.registry import signature_of
from album.directories import make_library
from album.domain.photo import FolderId, PhotoId
from album.domain.query import Query, Sort
from album.domain.query_text import parse_query, print_query
from album.domain.tag import Facet, TagState
from album.domain.taxonomy import Taxonomy
from album.errors import AlbumError, Interrupted, PackProblem
from album.intake.importer import Importer
from album.intake.watcher import Watcher
from album.jobs.activity import ActivityBoard
from album.notices import Notices
from album.pictures.decode import Decoder
from album.pictures.thumbnails import ThumbnailStore
from album.session.arrivals import Arrivals
from album.session.browsing import Browsing
from album.session.calling import Calls
from album.session.changes import ChangeKind, Changes
from album.session.deciding import Decisions
from album.session.folders import WatchedFolders
from album.session.futures import failed, mapped
from album.session.housekeeping import Housekeeper
from album.session.indexing import Standing, Tally, index_all
from album.session.looking import BATTERY, IMPORT, USER, Looking, LookingEvents
from album.session.originals import Originals
from album.session.saving import Saving
from album.session.scanning import FolderScanner, ScanEvents, scan_around
from album.session.teaching import Teaching
from album.session.thumbnails import Thumbnails
from album.session.values import Act, Decision, FolderStatus, Progress
from album.settings import SettingsStore
from album.storage import albums, problems
from album.storage.albums import SavedAlbum
from album.storage.database import Database
from album.storage.facets import FacetCount
from album.storage.folders import Folder, folders
from album.storage.jobs import release_running, requeue_outdated
from album.storage.lock import LibraryLock
from album.storage.photos import CommonOpinion, common_opinion, locate, photo_at, without_thumbnail
from album.storage.problems import Problem
from album.storage.rows import PhotoDetails, PhotoRow, photo_details, photo_rows
from album.storage.search import Page
from album.storage.tags import sync_tags
from album.taxonomies import built_in_taxonomy

_log = logging.getLogger(__name__)


class LibrarySession:
    """The open library: every question and every order goes through here.

    Futures finish with a value or an AlbumError. Nothing blocks the caller except `open`, `index`
    and `close`.

    Attributes:
        directory: of the library.
        database: for what has no method here; see album.storage.
        taxonomy: all tags that are known.
        settings, notices, activity, changes, calls: see their classes; listeners are called on
            worker threads.
        thumbnails: small pictures; `request(ids, size_px, urgency)`, `subscribe(listener)`.
        teaching: tags that the user teaches; `preview`, `teach`, `forget`, `tags`.
    """

    @classmethod
    def open(
        cls,
        directory: Path,
        *,
        analyse: bool = True,
        watch: bool = True,
        exclusive: bool = True,
        device: str = "auto",
        settings: SettingsStore | None = None,
        analysers: Sequence[Analyser] | None = None,
        segmenter: Segmenter | None = None,
        taxonomy: Taxonomy | None = None,
    ) -> Self:
        """Open the library in `directory`, made there when it is new.

        Args:
            directory: of the library.
            analyse: look at photos in the background.
            watch: keep watching the folders, and notice what other processes write.
            exclusive: be the one that scans, watches and analyses; False for quick commands.
            device: `auto`, `cpu`, `cuda`, `cuda:1`, `mps`.
            settings: of the user; None: the defaults, kept nowhere.
            analysers: None: those that are installed.
            segmenter: None: the one that is installed.
            taxonomy: None: the one that comes with Albumen.

        LibraryLocked, LibraryTooNew, LibraryDamaged; EnvironmentProblem when the place cannot be
        used.
        """
        directory = directory.expanduser().absolute()
        make_library(directory)
        lock = LibraryLock(directory / "library.lock")
        if exclusive:
            lock.acquire()
        try:
            database = Database(directory / "library.db").open()
        except BaseException:
            lock.release()
            raise
        try:
            session = cls(
                directory,
                lock,
                database,
                settings or SettingsStore(),
                taxonomy or built_in_taxonomy(),
                device,
                segmenter,
                exclusive=exclusive,
            )
            if exclusive:
                session._start(analysers, analyse=analyse, watch=watch)
        except BaseException:
            database.close()
            lock.release()
            raise
        return session

    def __init__(
        self,
        directory: Path,
        lock: LibraryLock,
        database: Database,
        settings: SettingsStore,
        taxonomy: Taxonomy,
        device: str,
        segmenter: Segmenter | None,
        *,
        exclusive: bool,
    ) -> None:
        """For `open` only; nothing runs yet."""
        self.directory = directory
        self.database = database
        self.taxonomy = taxonomy
        self.settings = settings
        self.notices = Notices()
        self.activity = ActivityBoard()
        self.calls = Calls(directory)
        self._lock = lock
        self._device = device if device != "auto" else settings.current.device
        self._segmenter = segmenter
        self._closing = threading.Lock()
        self._closed = threading.Event()
        self._browsing = Browsing(database, taxonomy)
        self.changes = Changes(self._browsing.refresh)
        self._decoder = Decoder()
        budget_bytes = settings.current.thumbnail_budget_bytes
        self._store = ThumbnailStore(directory / "thumbnails", budget_bytes)
        self.thumbnails = Thumbnails(
            database,
            self._store,
            self._decoder,
            self.activity,
            on_photos=partial(self.changes.tell, ChangeKind.PHOTOS),
            on_failed=self._on_failed,
            records=exclusive,
        )
        self._decisions = Decisions(database, self._browsing, self.changes, taxonomy)
        self.teaching = Teaching(database, self._decisions, taxonomy, self.changes)
        self._originals = Originals(database, self._decoder, self._segment)
        self._inference: InferenceThread | None = None
        self._looking: Looking | None = None
        self._signature: str | None = None
        self._starter: threading.Thread | None = None
        self._holds: set[str] = set()
        self._tally = Tally(database)
        self._arrivals = Arrivals(partial(self._hold, IMPORT), self._begin_work)
        self._scanner: FolderScanner | None = None
        self._watcher: Watcher | None = None
        self._housekeeper: Housekeeper | None = None
        self._folders = self._make_folders()

    def _make_folders(self) -> WatchedFolders:
        return WatchedFolders(
            self.database,
            self.directory,
            self._scanner,
            self._watcher,
            on_removed=partial(self.changes.tell, ChangeKind.PHOTOS),
            on_changed=partial(self.changes.tell, ChangeKind.FOLDERS),
        )

    # Starting and stopping

    def _start(self, analysers: Sequence[Analyser] | None, *, analyse: bool, watch: bool) -> None:
        """Start the threads of the process that scans, watches and analyses."""
        self.database.write(self._tidy).result()
        self._inference = InferenceThread((), self._find_segmenter, self._device, self.notices)
        importer = Importer(self.database, self.taxonomy, lambda: self._signature)
        self._scanner = FolderScanner(
            self.database,
            importer,
            self.directory,
            self._polling if watch else None,
            self.activity,
            self.notices,
            ScanEvents(
                photos=self._on_scanned,
                folders=partial(self.changes.tell, ChangeKind.FOLDERS),
                problems=partial(self.changes.tell, ChangeKind.PROBLEMS),
                settled=self._arrivals.settle,
            ),
        )
        if watch:
            self._watcher = Watcher(self._scanner.on_change, self.notices)
            looks = (self.calls.look, Saving(self.database, self.activity).look)
            battery = (partial(self._hold, BATTERY), partial(self._lift, BATTERY))
            self._housekeeper = Housekeeper(
                self.database, self.settings, self._on_written, battery, looks
            )
        self._folders = self._make_folders()
        if watch:
            self._folders.sync()
        mapped(self.database.read(without_thumbnail), self.thumbnails.make)
        self.teaching.follow()
        if analyse and analysers is not None:
            self._begin_looking(self._inference, analysers)
        elif analyse:
            self._starter = threading.Thread(target=self._find_and_begin, name="album-start")
            self._starter.start()

    def _find_and_begin(self) -> None:
        """What looks at photos may take seconds to import; nobody waits for it."""
        try:
            found = installed_analysers(chosen_packs(self.settings.current.packs))
        except PackProblem as problem:
            self.notices.tell_problem(problem, replaces="analysers")
            return
        with self._closing:
            if self._inference is not None and not self._closed.is_set():
                self._begin_looking(self._inference, found)

    def _begin_looking(self, inference: InferenceThread, used: Sequence[Analyser]) -> None:
        inference.use(used)
        self._signature = signature = signature_of(used)
        self.database.write(lambda db: requeue_outdated(db, signature)).result()
        self._looking = self._make_looking(inference, used)
        for reason in self._holds:
            self._looking.hold(reason)
        self._looking.start()

    def _make_looking(self, inference: InferenceThread, used: Sequence[Analyser]) -> Looking:
        return Looking(
            self.database,
            self._store,
            self.thumbnails,
            inference,
            used,
            self.taxonomy,
            self.notices,
            self.activity,
            LookingEvents(
                looked=partial(self.changes.tell, ChangeKind.FACETS),
                failed=self._on_failed,
                gone=self._on_gone,
            ),
        )

    def _find_segmenter(self) -> Segmenter:
        if self._segmenter is not None:
            return self._segmenter
        return installed_segmenter(chosen_packs(self.settings.current.packs))

    def _tidy(self, db: sqlite_utils.Database) -> None:
        sync_tags(db, self.taxonomy)
        release_running(db)

    def close(self) -> None:
        """Stop every thread, in order; may be called again, and from any thread."""
        with self._closing:
            if self._closed.is_set():
                return
            self._closed.set()
        if self._starter is not None:
            self._starter.join()
        workers = (
            self._watcher,
            self._scanner,
            self._housekeeper,
            self._looking,
            self._inference,
            self.teaching,
            self._originals,
            self.thumbnails,
            self._decoder,
            self.changes,
            self.database,
        )
        for worker in workers:
            if worker is not None:
                worker.close()
        self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    # Folders

    def add_folder(self, path: Path) -> Future[FolderStatus]:
        """Watch this folder; finishes when it is known, its photos come later."""
        return self._folders.add(path)

    def add_files(self, paths: Sequence[Path]) -> Future[list[FolderStatus]]:
        """What was dropped: folders are added, a file adds the folder that it lies in."""
        return self._folders.add_files(paths)

    def remove_folder(self, folder_id: FolderId) -> Future[Decision]:
        """Watch it no longer: its photos are hidden, what was decided about them stays noted.

        `undo` watches it again.
        """

        def note(was: Folder | None) -> Decision:
            if was is None:
                return Decision("", ())
            name = was.path.name
            done = Decision(f"Stopped watching {name}", (), act=Act.UNWATCHED, name=name)
            return self._decisions.remember(done, partial(self._folders.restore, was))

        return mapped(self._folders.remove(folder_id), note)

    def rescan(self, folder_id: FolderId) -> None:
        """Look through the whole of a watched folder again, in the background."""
        self._folders.rescan(folder_id)

    def folders(self) -> Future[list[FolderStatus]]:
        """All watched folders, by path."""
        return self._folders.statuses()

    # Browsing

    def browse(self, query: Query, sort: Sort = Sort.NEWEST) -> Future[Page]:
        """The photos for which the query holds, in order."""
        return self.database.read(lambda c: self._browsing.find(c, query, sort))

    def first_page(self, sort: Sort = Sort.NEWEST) -> Future[Page | None]:
        """What the library begins with, in milliseconds; None when `browse` is as fast."""
        return self.database.read(lambda c: self._browsing.first_page(c, sort))

    def facet_counts(self, query: Query) -> Future[dict[Facet, list[FacetCount]]]:
        """The values of every facet with the photos that choosing it would show."""
        return self.database.read(lambda c: self._browsing.counts(c, query))

    def rows(self, ids: Sequence[PhotoId]) -> Future[list[PhotoRow]]:
        """What the grid shows of these photos, in the order of `ids`; unknown ones left out."""
        return self.database.read(lambda c: photo_rows(c, ids))

    def photo_at(self, path: Path) -> Future[PhotoId | None]:
        """The photo whose file lies at this absolute path; None for none."""
        return self.database.read(partial(photo_at, path=path))

    def details(self, photo_id: PhotoId) -> Future[PhotoDetails]:
        """All that is known of one photo; AlbumError when there is no such photo."""
        found = self.database.read(lambda c: photo_details(c, photo_id))
        return mapped(found, partial(_existing, photo_id))

    def common_opinion(self, ids: Sequence[PhotoId]) -> Future[CommonOpinion]:
        """The rating and the heart that all these photos share."""
        return self.database.read(lambda c: common_opinion(c, ids))

    def parse(self, text: str) -> Query:
        """The query that this text means; QueryProblem."""
        return parse_query(text, self.taxonomy)

    def suggest(self, text: str, most: int = 8) -> list[str]:
        """Names of tags in use that begin with the text, then those that are spelled nearly so."""
        return self._browsing.suggest(text, most)

    def tag_name(self, slug: str, language: str) -> str:
        """What a tag is called in this language; its own words where somebody made it up."""
        if slug in self.taxonomy:
            return self.taxonomy.name(slug, language)
        return self._browsing.keyword(slug)

    # Deciding

    def decide(
        self, ids: Sequence[PhotoId], slug_or_word: str, state: TagState
    ) -> Future[Decision]:
        """Accept (CONFIRMED), reject (REJECTED) or set by hand (MANUAL) a tag on these photos."""
        return self._decisions.decide(ids, slug_or_word, state)

    def clear_tag(self, ids: Sequence[PhotoId], slug: str) -> Future[Decision]:
        """Take a tag's human decision away again; a tag set by hand leaves the photo."""
        return self._decisions.clear_tag(ids, slug)

    def set_favourite(self, ids: Sequence[PhotoId], favourite: bool) -> Future[Decision]:
        """Mark photos as favourites, or no longer."""
        return self._decisions.set_favourite(ids, favourite)

    def set_rating(self, ids: Sequence[PhotoId], rating: int | None) -> Future[Decision]:
        """Rate photos 0 to 5; None: not rated."""
        return self._decisions.set_rating(ids, rating)

    def undo(self) -> Future[Decision | None]:
        """Take back the last decision of this session; None when there is none left."""
        return self._decisions.undo()

    # Problems and saved searches

    def problems(self) -> Future[list[Problem]]:
        """Every file and folder that something is wrong with, newest first."""
        return self.database.read(problems.problems)

    def retry(self, problem_ids: Sequence[int]) -> Future[int]:
        """Look at these files again; how many are."""
        tried = self.database.write(lambda db: problems.retry(db, problem_ids))
        return mapped(tried, self._on_retried)

    def albums(self) -> Future[list[SavedAlbum]]:
        """Saved searches by name."""
        return self.database.read(albums.albums)

    def save_album(self, name: str, query: Query) -> Future[SavedAlbum]:
        """Keep a search under a name; an album of that name is replaced."""
        text = print_query(query)
        saved = self.database.write(lambda db: albums.save_album(db, name, text))
        return mapped(saved, self._on_album)

    def remove_album(self, album_id: int) -> Future[None]:
        """Forget a saved search."""
        removed = self.database.write(lambda db: albums.remove_album(db, album_id))
        return mapped(removed, lambda found: self.changes.tell(ChangeKind.ALBUMS))

    # Pictures

    def picture(self, photo_id: PhotoId, longest_px: int | None = None) -> Future[Pixels]:
        """The upright picture, decoded off the caller's thread; None: full size. FileProblem."""
        return self._originals.picture(photo_id, longest_px)

    def cutout(
        self, photo_id: PhotoId, hints: Sequence[Hint] = ()
    ) -> Future[tuple[Pixels, Cutout]]:
        """The full-size picture and its subject; before all analysis. FileProblem, PackProblem."""
        return self._originals.cutout(photo_id, hints)

    def wanted(self, ids: Sequence[PhotoId]) -> None:
        """These are on the screen: they are looked at first."""
        if self._looking is not None:
            self._looking.want(ids)

    # Work in the background

    @property
    def paused(self) -> bool:
        """Whether looking at photos waits for `resume`."""
        return USER in self._holds

    def pause(self) -> None:
        """Look at no more photos until `resume`; scanning and thumbnails go on."""
        self._hold(USER)

    def resume(self) -> None:
        """Go on looking at photos, on battery too."""
        self._lift(USER)
        self._lift(BATTERY)

    def _hold(self, reason: str) -> None:
        self._holds.add(reason)
        if self._looking is not None:
            self._looking.hold(reason)

    def _lift(self, reason: str) -> None:
        self._holds.discard(reason)
        if self._looking is not None:
            self._looking.lift(reason)

    def index(self) -> Iterator[Progress]:
        """Scan all folders and look at everything that waits; blocks.

        Says where it stands, at most ten times a second. The last Progress has the stage DONE.
        """
        if self._scanner is None:
            raise ValueError("only an exclusive session can index")
        return index_all(
            [folder.id for folder in self._folders.all()],
            self._scanner.scan,
            self._standing,
            lambda: self.activity.current,
            self._settle,
            self._closed,
        )

    def _settle(self) -> None:
        self.teaching.settle()
        self.changes.settle()

    def _standing(self) -> Standing:
        # asked in this order: what ends between two questions has begun the next one by then
        scanner = self._scanner
        scanned = scanner is None or scanner.idle
        starting = self._starter is not None and self._starter.is_alive()
        looking = self._looking
        looked = not starting and (looking is None or looking.idle)
        through = scanned and looked and self.thumbnails.idle
        photos, failed, unseen = self._tally.read(exact=through)
        return Standing(
            scanned=scanned,
            thumbnailed=self.thumbnails.idle,
            looked=looked,
            photos=photos,
            new=max(0, scanner.new - unseen) if scanner else 0,
            analysed=looking.looked if looking else 0,
            failed=failed,
            device=looking.device if looking else "",
        )

    # What the threads tell

    def _on_scanned(self, ids: Collection[PhotoId]) -> None:
        self.changes.tell(ChangeKind.PHOTOS, ids)
        self._arrivals.add(ids)

    def _polling(self, folder_id: FolderId) -> str:
        return self._watcher.polling(folder_id) if self._watcher else ""

    def _begin_work(self, ids: Collection[PhotoId]) -> None:
        self.thumbnails.make(ids)
        self._lift(IMPORT)
        if self._looking is not None:
            self._looking.wake()

    def _on_failed(self, ids: Collection[PhotoId]) -> None:
        """Photos could not be decoded, or looked at: what never could be leaves the page."""
        self.changes.tell(ChangeKind.PROBLEMS)
        self.changes.tell(ChangeKind.PHOTOS, ids)

    def _on_gone(self, ids: Collection[PhotoId]) -> None:
        """Files are not where they were: see what became of them."""
        places = self.database.query(lambda c: locate(c, list(ids)))
        self._rescan([path for place in places.values() for path in place.paths])

    def _rescan(self, paths: Collection[Path]) -> None:
        """Scan the directories that these files lie in; soon: it may be asked on a read thread."""
        if self._scanner is not None:
            scan = partial(scan_around, self._scanner, paths)
            self.database.read(folders).add_done_callback(scan)

    def _on_retried(self, tried: Sequence[Problem]) -> int:
        self.thumbnails.make([one.photo_id for one in tried if one.photo_id is not None])
        self._rescan([one.path for one in tried])
        if self._looking is not None:
            self._looking.wake()
        self.changes.tell(ChangeKind.PROBLEMS)
        return len(tried)

    def _on_album(self, album: SavedAlbum) -> SavedAlbum:
        self.changes.tell(ChangeKind.ALBUMS)
        return album

    def _on_written(self) -> None:
        """Another process has written: nobody knows what."""
        self._folders.sync()
        for kind in ChangeKind:
            self.changes.tell(kind)
        if self._looking is not None:
            self._looking.wake()

    def _segment(self, pixels: Pixels, hints: Sequence[Hint]) -> Future[Cutout]:
        with self._closing:
            if self._inference is None and not self._closed.is_set():
                self._inference = InferenceThread(
                    (), self._find_segmenter, self._device, self.notices
                )
            inference = self._inference
        if inference is None:
            return failed(Interrupted("The library has been closed."))
        return inference.segment(pixels, hints)


def _existing(photo_id: PhotoId, found: PhotoDetails | None) -> PhotoDetails:
    if found is None:
        raise AlbumError(f"There is no photo {photo_id} in the library.")
    return found
