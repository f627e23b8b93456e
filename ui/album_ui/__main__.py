"""`albumen`, `album gui`: opens the window on a library."""

import argparse
import logging
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtGui import QIcon, QImage, QPixmap
from PySide6.QtWidgets import QApplication

from album.directories import default_library, log_directory, settings_path
from album.errors import (
    AlbumError,
    EnvironmentProblem,
    LibraryDamaged,
    LibraryLocked,
    LibraryProblem,
)
from album.log import kept_log
from album.manners import keep_what_lives
from album.notices import NoticeLevel, Notices
from album.session import LibrarySession, call, newest_backup, restore_backup
from album.settings import SettingsStore
from album_resources.icons import APP_ID, program_icon
from album_ui import words
from album_ui.compose import Program
from album_ui.crash import CrashHook
from album_ui.dialog import Dialog, offer_backup
from album_ui.main_window import PROGRAM
from album_ui.theme import Scheme, Theme
from album_ui.words import told_of, tr

EXIT_ENVIRONMENT = 3
RENEWED = 1000
"""Qt's loop ended since the window has to be made anew, in another language."""

SWITCH_S = 0.001
"""How long a thread may compute before the window's turn comes (Python's own: 5 ms)."""

_log = logging.getLogger(__name__)


def main(arguments: Sequence[str] | None = None) -> int:
    """Open the window and stay until it is closed.

    Args:
        arguments: `--library DIR`, `--device NAME`, folders to add; None: those of the process.

    Returns:
        0, or 3 when the library cannot be opened.
    """
    wanted = _parse(arguments)
    keep_pace()
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl+C: Qt's loop would never see it
    app = QApplication.instance() or QApplication([PROGRAM])
    if not isinstance(app, QApplication):
        raise TypeError("another kind of Qt application runs in this process")
    app.setApplicationName(PROGRAM)
    app.setDesktopFileName(APP_ID)
    app.setWindowIcon(QIcon(QPixmap.fromImage(QImage.fromData(program_icon()))))
    with kept_log(log_directory()):
        return _run(app, wanted)


def _run(app: QApplication, wanted: argparse.Namespace) -> int:
    settings = SettingsStore(settings_path())
    words.install(app, settings.current.language)
    theme = Theme(app, Scheme(settings.current.theme))
    crash = CrashHook(log_directory())
    left = crash.install()
    try:
        session = _open(theme, wanted, settings)
        if session is None:
            return EXIT_ENVIRONMENT
        with session:
            return _show(app, session, crash, left, wanted.folders)
    except LibraryLocked as problem:
        return _hand_over(theme, problem, wanted.library, wanted.folders)
    finally:
        crash.uninstall()


def _open(
    theme: Theme, wanted: argparse.Namespace, settings: SettingsStore
) -> LibrarySession | None:
    """The library, or a backup of it if the user wants that; None where there is none to open."""
    while True:
        try:
            return LibrarySession.open(wanted.library, device=wanted.device, settings=settings)
        except LibraryLocked:
            raise
        except LibraryDamaged as problem:
            if not _restored(theme, problem, wanted.library):
                return None
        except AlbumError as problem:
            _refuse(theme, problem)
            return None


def _restored(theme: Theme, problem: LibraryDamaged, library: Path) -> bool:
    """Whether the user took the newest backup instead of a damaged library."""
    backup = newest_backup(library)
    if backup is None:
        _refuse(theme, problem)
        return False
    _log.error("%s", problem)
    if not offer_backup(theme, problem, backup):
        return False
    try:
        kept = restore_backup(library, backup)
    except (EnvironmentProblem, LibraryDamaged) as other:
        _refuse(theme, other)
        return False
    _log.warning("%s is the library now; the damaged one is kept as %s", backup, kept)
    return True


def keep_pace() -> None:
    """Let no other thread, and no search for garbage, keep the window waiting for long."""
    sys.setswitchinterval(SWITCH_S)
    keep_what_lives()


def _show(
    app: QApplication,
    session: LibrarySession,
    crash: CrashHook,
    left: Path | None,
    folders: Sequence[Path],
) -> int:
    program = _bring_up(app, session)
    _tell_crashes(crash, left, session.notices)
    if folders:
        program.add(folders)
    while (code := app.exec()) == RENEWED:
        words.install(app, session.settings.current.language)
        former, program = program, _bring_up(app, session)
        _take_down(former)
    _take_down(program)
    return code


def _bring_up(app: QApplication, session: LibrarySession) -> Program:
    program = Program(app, session)
    program.renewal_wanted.connect(lambda: app.exit(RENEWED))
    program.start()
    program.window.show()
    return program


def _take_down(program: Program) -> None:
    program.window.close()
    program.close()
    program.window.deleteLater()


def _hand_over(theme: Theme, problem: AlbumError, library: Path, folders: Sequence[Path]) -> int:
    """Give the folders to the Albumen that works on the library, and let its window come forward.

    It sees what others write. Where no window is, say why there is none here either.
    """
    try:
        if folders:
            _give(library, folders)
    except AlbumError as other:
        _refuse(theme, other)
        return EXIT_ENVIRONMENT
    if call(library):
        return 0
    if folders:
        added = tr("What you opened has been added there.")
        Dialog(theme, tr("Albumen is open already"), added).exec()
        return 0
    _refuse(theme, problem)
    return EXIT_ENVIRONMENT


def _give(library: Path, folders: Sequence[Path]) -> None:
    with LibrarySession.open(library, analyse=False, watch=False, exclusive=False) as session:
        session.add_files([one.absolute() for one in folders]).result()


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="albumen")
    parser.add_argument("folders", nargs="*", type=Path, help="folders of photos to add")
    parser.add_argument("--library", type=Path, default=None, help="folder of the library")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda, cuda:1, mps")
    wanted = parser.parse_args(arguments)
    wanted.library = wanted.library or default_library()
    return wanted


def _refuse(theme: Theme, problem: AlbumError) -> None:
    """Say why there is no window: a dialog, since there is nothing to lay a notice over."""
    _log.error("%s", problem)
    title = (
        tr("This library cannot be opened")
        if isinstance(problem, LibraryProblem)
        else tr("Albumen cannot start")
    )
    Dialog(theme, title, told_of(problem)).exec()


def _tell_crashes(crash: CrashHook, left: Path | None, notices: Notices) -> None:
    def tell(text: str, report: Path) -> None:
        notices.tell(
            NoticeLevel.ERROR,
            tr("Something went wrong inside Albumen: {what}.", what=text),
            advice=tr("What happened is noted in {file}.", file=report),
            replaces="crash",
        )

    crash.tell = tell
    if left is not None:
        _log.warning("the last run ended by a fault, see %s", left)
        notices.tell(
            NoticeLevel.WARNING,
            tr("Albumen ended unexpectedly last time; nothing is lost."),
            advice=tr("What happened is noted in {file}.", file=left),
        )


if __name__ == "__main__":
    sys.exit(main())
