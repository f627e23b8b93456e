"""What was dropped on the window: paths out of a drag, sorted into folders and files."""

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QMimeData, QObject, QUrl

from album.errors import in_words
from album_ui.words import mark, repeated, tr

PORTAL = "application/vnd.portal.filetransfer"
_PORTAL_SERVICE = "org.freedesktop.portal.Documents"
_PORTAL_PATH = "/org/freedesktop/portal/documents"
_PORTAL_INTERFACE = "org.freedesktop.portal.FileTransfer"
_PORTAL_TIMEOUT_MS = 5000


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a path cannot be used; it is put into words on the GUI thread.

    Attributes:
        text: of the words, with `{path}` and `{reason}` in it.
        reason: what the system says.
    """

    text: str
    path: Path
    reason: str = ""

    def said(self) -> str:
        """One plain sentence in the user's language."""
        return tr(self.text, path=self.path, reason=repeated(self.reason))


@dataclass(frozen=True, slots=True)
class Dropped:
    """What a drop brought.

    Attributes:
        problems: one for each path that cannot be used.
    """

    folders: tuple[Path, ...] = ()
    files: tuple[Path, ...] = ()
    problems: tuple[Refusal, ...] = ()


def accepts(mime: QMimeData) -> bool:
    """Whether a drag may hold folders or files of this computer."""
    if mime.hasFormat(PORTAL):
        return True
    return any(url.isLocalFile() for url in mime.urls())


def local_paths(urls: Iterable[QUrl]) -> list[Path]:
    """The files and folders of this computer among the URLs, each once, in order."""
    paths = (Path(url.toLocalFile()) for url in urls if url.isLocalFile())
    return list(dict.fromkeys(paths))


def sort_dropped(paths: Iterable[Path]) -> Dropped:
    """The paths by what they are, and what is wrong with the rest. Touches the disk."""
    folders: list[Path] = []
    files: list[Path] = []
    problems: list[Refusal] = []
    for path in paths:
        try:
            if path.is_dir():
                with os.scandir(path):
                    folders.append(path)
            elif path.is_file():
                files.append(path)
            else:
                problems.append(Refusal(mark("«{path}» is not there any more."), path))
        except OSError as problem:
            reason = in_words(problem)
            problems.append(Refusal(mark("«{path}» cannot be read: {reason}."), path, reason))
    return Dropped(tuple(folders), tuple(files), tuple(problems))


def ask_portal(key: str, parent: QObject, answer: Callable[[list[Path], str], None]) -> None:
    """Ask the document portal for the files behind a drag out of a sandboxed program.

    `answer` gets the paths and, where there are none, a plain reason; on the GUI thread, later.
    """
    try:
        from PySide6.QtDBus import QDBusConnection, QDBusMessage, QDBusPendingCallWatcher
    except ImportError:  # not part of Qt on Windows and macOS
        answer([], tr("This system cannot hand over files from a sandboxed program."))
        return
    request = QDBusMessage.createMethodCall(
        _PORTAL_SERVICE, _PORTAL_PATH, _PORTAL_INTERFACE, "RetrieveFiles"
    )
    request.setArguments([key, {}])
    bus = QDBusConnection.sessionBus()
    if not bus.isConnected():
        answer([], tr("The file portal cannot be reached: there is no session bus."))
        return
    watcher = QDBusPendingCallWatcher(bus.asyncCall(request, _PORTAL_TIMEOUT_MS), parent)

    def finished() -> None:
        reply = watcher.reply()
        watcher.deleteLater()
        if reply.type() is QDBusMessage.MessageType.ErrorMessage:
            reason = reply.errorMessage()
            answer([], tr("The file portal did not hand over the files: {reason}", reason=reason))
        else:
            (names,) = reply.arguments()
            answer([Path(str(name)) for name in names], "")

    watcher.finished.connect(finished)
