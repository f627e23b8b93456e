"""Opening the library that a command is about, and finding files in it."""

from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from album.cli.options import Common
from album.cli.output import note, printable
from album.errors import EnvironmentProblem

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator, Sequence

    from album.domain.photo import PhotoId
    from album.notices import Notice
    from album.session import LibrarySession
    from album.settings import SettingsStore

DATABASE = "library.db"


def library_directory(common: Common) -> Path:
    """The library that the user means."""
    from album.directories import default_library

    return common.library or default_library()


def existing_library(common: Common) -> Path:
    """The library that the user means; EnvironmentProblem when there is none yet."""
    directory = library_directory(common)
    if not (directory / DATABASE).is_file():
        raise EnvironmentProblem(
            f"There is no library in {directory}.",
            advice="`album add FOLDER` makes one; --library names another.",
        )
    return directory


@contextmanager
def quick_library(common: Common) -> "Iterator[LibrarySession]":
    """The library for a small change, beside a window that may run."""
    directory = existing_library(common)
    with _opened(directory, common, work=False) as session:
        yield session


@contextmanager
def new_or_quick_library(common: Common) -> "Iterator[LibrarySession]":
    """As `quick_library`, but made when there is none."""
    with _opened(library_directory(common), common, work=False) as session:
        yield session


@contextmanager
def working_library(common: Common, *, watch: bool) -> "Iterator[LibrarySession]":
    """The library for the one process that scans and looks at photos; made when there is none."""
    with _opened(library_directory(common), common, work=True, watch=watch) as session:
        stop_telling = session.notices.subscribe(say_notices())
        try:
            yield session
        finally:
            stop_telling()


def say_notices() -> "Callable[[Notice], None]":
    """Says each notice on stderr; one that is told again and again, once."""
    said: set[str] = set()

    def say(notice: "Notice") -> None:
        text = str(notice)
        if text not in said:
            said.add(text)
            note(printable(text))

    return say


@contextmanager
def _opened(
    directory: Path, common: Common, *, work: bool, watch: bool = False
) -> "Iterator[LibrarySession]":
    from album.session import LibrarySession

    with LibrarySession.open(
        directory,
        analyse=work,
        watch=watch,
        exclusive=work,
        device=common.device,
        settings=user_settings(),
    ) as session:
        yield session


def user_settings() -> "SettingsStore":
    """What the user has set, for all libraries."""
    from album.directories import settings_path
    from album.settings import SettingsStore

    return SettingsStore(settings_path())


def photo_of(connection: "sqlite3.Connection", file: Path) -> "PhotoId | None":
    """The photo that lies at this path, as written or with its links resolved."""
    from album.storage.photos import photo_at

    for path in dict.fromkeys((file.expanduser().absolute(), file.resolve())):
        found = photo_at(connection, path)
        if found is not None:
            return found
    return None


def find_photos(
    session: "LibrarySession", files: "Sequence[Path]"
) -> "tuple[list[PhotoId], list[tuple[Path, str]]]":
    """The photos of the files, each once, and the files that are none, with the reason."""
    from album.storage.problems import is_never_decoded

    ids: dict[PhotoId, None] = {}
    failed = []
    for file in files:
        photo_id = session.database.query(partial(photo_of, file=file))
        if photo_id is None:
            failed.append((file, why_unknown(file)))
        elif session.database.query(partial(is_never_decoded, photo_id=photo_id)):
            failed.append((file, "it cannot be decoded; `album problems` says why."))
        else:
            ids[photo_id] = None
    return list(ids), failed


def why_unknown(file: Path) -> str:
    """What is to be said of a file of which the library knows nothing."""
    if file.exists():
        return "it is not in the library; `album index FOLDER` adds the folder it lies in."
    return "there is no such file, here or in the library."


def existing_folder(folder: Path) -> Path:
    """The folder's absolute path; EnvironmentProblem when there is none."""
    path = folder.expanduser().absolute()
    if not path.exists():
        raise EnvironmentProblem(f"There is no folder {path}.")
    if not path.is_dir():
        raise EnvironmentProblem(f"{path} is no folder.", advice="Name the folder it lies in.")
    return path
