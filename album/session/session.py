"""The open library and all its threads."""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING, Self

from album.analysis.protocol import Analyser, Cutout, Hint, Pixels, Segmenter
from album.domain.photo import FolderId, PhotoId
from album.domain.query import Query
from album.domain.tag import Facet, TagState
from album.domain.taxonomy import Taxonomy
from album.jobs.activity import ActivityBoard
from album.notices import Notices
from album.session.changes import Changes
from album.session.values import Decision, FolderStatus, Progress
from album.settings import SettingsStore

if TYPE_CHECKING:
    from album.pictures.thumbnails import ThumbnailService
    from album.storage.albums import SavedAlbum
    from album.storage.database import Database
    from album.storage.problems import Problem
    from album.storage.rows import PhotoDetails, PhotoRow
    from album.storage.search import FacetCount, Page, Sort


class LibrarySession:
    """The open library: every question and every order goes through here.

    Futures finish with a value or an AlbumError. Nothing blocks the caller except `open`, `index`
    and `close`.

    Attributes:
        directory: of the library.
        database: for what has no method here, as the upkeep commands (`status`, `jobs`, `check`).
        taxonomy: all tags that are known.
        settings, notices, activity, changes: see their classes; listeners are called on
            worker threads.
        thumbnails: small pictures; `request(ids, size, priority)`, `on_ready`.
    """

    directory: Path
    database: "Database"
    taxonomy: Taxonomy
    settings: SettingsStore
    notices: Notices
    activity: ActivityBoard
    changes: Changes
    thumbnails: "ThumbnailService"

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
            exclusive: be the one that watches and analyses; False for quick commands.
            device: `auto`, `cpu`, `cuda`, `cuda:1`, `mps`.
            settings: of the user; None: the defaults, kept nowhere.
            analysers: None: those that are installed.
            segmenter: None: the one that is installed.
            taxonomy: None: the one of album_resources.

        LibraryLocked, LibraryTooNew, LibraryDamaged; EnvironmentProblem when the place cannot be
        used.
        """
        raise NotImplementedError

    def close(self) -> None:
        """Stop every thread, in order; may be called again, and from any thread."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    # Folders

    def add_folder(self, path: Path) -> Future[FolderStatus]:
        """Watch this folder; finishes when it is known, its photos come later."""
        raise NotImplementedError

    def add_files(self, paths: Sequence[Path]) -> Future[list[FolderStatus]]:
        """What was dropped: folders are added, a file adds the folder that it lies in."""
        raise NotImplementedError

    def remove_folder(self, folder_id: FolderId) -> Future[None]:
        """Watch it no longer: its photos are hidden, what was decided about them stays noted."""
        raise NotImplementedError

    def folders(self) -> Future[list[FolderStatus]]:
        """All watched folders, by path."""
        raise NotImplementedError

    # Browsing

    def browse(self, query: Query, sort: "Sort") -> "Future[Page]":
        """The photos for which the query holds, in order."""
        raise NotImplementedError

    def facet_counts(self, query: Query) -> "Future[Mapping[Facet, Sequence[FacetCount]]]":
        """The values of every facet with the photos that choosing it would show."""
        raise NotImplementedError

    def rows(self, ids: Sequence[PhotoId]) -> "Future[list[PhotoRow]]":
        """What the grid shows of these photos, in the order of `ids`; unknown ones left out."""
        raise NotImplementedError

    def details(self, photo_id: PhotoId) -> "Future[PhotoDetails]":
        """All that is known of one photo; AlbumError when there is no such photo."""
        raise NotImplementedError

    def parse(self, text: str) -> Query:
        """The query that this text means; QueryProblem."""
        raise NotImplementedError

    def suggest(self, text: str, most: int = 8) -> list[str]:
        """Completions of the last word of a search text, then nearest spellings."""
        raise NotImplementedError

    # Deciding

    def decide(
        self, ids: Sequence[PhotoId], slug_or_word: str, state: TagState
    ) -> Future[Decision]:
        """Accept (CONFIRMED), reject (REJECTED) or set by hand (MANUAL) a tag on these photos."""
        raise NotImplementedError

    def clear_tag(self, ids: Sequence[PhotoId], slug: str) -> Future[Decision]:
        """Take a tag's human decision away again; a tag set by hand leaves the photo."""
        raise NotImplementedError

    def set_favourite(self, ids: Sequence[PhotoId], favourite: bool) -> Future[Decision]:
        """Mark photos as favourites, or no longer."""
        raise NotImplementedError

    def set_rating(self, ids: Sequence[PhotoId], rating: int | None) -> Future[Decision]:
        """Rate photos 0 to 5; None: not rated."""
        raise NotImplementedError

    def undo(self) -> Future[str | None]:
        """Take back the last decision of this session; its text, None when there is none left."""
        raise NotImplementedError

    # Problems and saved searches

    def problems(self) -> "Future[list[Problem]]":
        """Every file and folder that something is wrong with, newest first."""
        raise NotImplementedError

    def retry(self, problem_ids: Sequence[int]) -> Future[int]:
        """Look at these files again; how many are."""
        raise NotImplementedError

    def albums(self) -> "Future[list[SavedAlbum]]":
        """Saved searches by name."""
        raise NotImplementedError

    def save_album(self, name: str, query: Query) -> "Future[SavedAlbum]":
        """Keep a search under a name; an album of that name is replaced."""
        raise NotImplementedError

    def remove_album(self, album_id: int) -> Future[None]:
        """Forget a saved search."""
        raise NotImplementedError

    # Pictures

    def picture(self, photo_id: PhotoId, longest_px: int | None = None) -> Future[Pixels]:
        """The upright picture, decoded off the caller's thread; None: full size. FileProblem."""
        raise NotImplementedError

    def cutout(
        self, photo_id: PhotoId, hints: Sequence[Hint] = ()
    ) -> Future[tuple[Pixels, Cutout]]:
        """The full-size picture and its subject; before all analysis. FileProblem, PackProblem."""
        raise NotImplementedError

    def wanted(self, ids: Sequence[PhotoId]) -> None:
        """These are on the screen: their thumbnails and their analysis come first."""
        raise NotImplementedError

    # Work in the background

    @property
    def paused(self) -> bool:
        """Whether looking at photos waits for `resume`."""
        raise NotImplementedError

    def pause(self) -> None:
        """Look at no more photos until `resume`; scanning and thumbnails go on."""
        raise NotImplementedError

    def resume(self) -> None:
        """Go on looking at photos."""
        raise NotImplementedError

    def index(self) -> Iterator[Progress]:
        """Scan all folders and look at everything that waits; blocks.

        Says where it stands, at most ten times a second. The last Progress has the stage DONE.
        """
        raise NotImplementedError
