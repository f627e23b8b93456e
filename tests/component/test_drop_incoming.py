"""What a drop brings: local paths, sorted, with a reason for what cannot be used."""

import errno
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QUrl
from PySide6.QtWidgets import QApplication

from album_ui import words
from album_ui.drop.incoming import PORTAL, accepts, local_paths, sort_dropped


def test_local_paths_are_taken_once_and_web_pages_are_not(tmp_path: Path) -> None:
    here = QUrl.fromLocalFile(str(tmp_path / "a b é.jpg"))
    urls = [here, QUrl("https://example.org/x.jpg"), here]
    assert local_paths(urls) == [tmp_path / "a b é.jpg"]


def test_a_drag_is_accepted_for_files_and_for_the_portal() -> None:
    files, web, portal = QMimeData(), QMimeData(), QMimeData()
    files.setUrls([QUrl.fromLocalFile(str(Path.home()))])
    web.setUrls([QUrl("https://example.org/")])
    portal.setData(PORTAL, b"12345")
    assert accepts(files)
    assert accepts(portal)
    assert not accepts(web)
    assert not accepts(QMimeData())


def test_folders_files_and_the_rest_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "a.jpg").write_bytes(b"x")
    gone = tmp_path / "gone"
    dropped = sort_dropped([tmp_path / "folder", tmp_path / "a.jpg", gone])
    assert dropped.folders == (tmp_path / "folder",)
    assert dropped.files == (tmp_path / "a.jpg",)
    assert len(dropped.problems) == 1
    assert dropped.problems[0].said() == f"«{gone}» is not there any more."


PORTAL_AND_DROP = """
import sys
from PySide6.QtCore import ClassInfo, QCoreApplication, QObject, Slot
from PySide6.QtDBus import QDBusConnection
from album_ui.drop.incoming import ask_portal

@ClassInfo({"D-Bus Interface": "org.freedesktop.portal.FileTransfer"})
class Portal(QObject):
    @Slot(str, "QVariantMap", result="QStringList")
    def RetrieveFiles(self, key, options):
        return [f"/run/doc/{key}/a b.jpg", f"/run/doc/{key}/folder"]

app = QCoreApplication([])
bus, portal = QDBusConnection.sessionBus(), Portal()
if sys.argv[1] == "portal":
    bus.registerService("org.freedesktop.portal.Documents")
    bus.registerObject(
        "/org/freedesktop/portal/documents", portal,
        QDBusConnection.RegisterOption.ExportAllSlots,
    )

def answer(paths, problem):
    print(*paths, problem, sep="|")
    app.exit()

ask_portal("42", app, answer)
if bus.isConnected():
    app.exec()
"""


def ask_in_a_session(*words: str) -> str:
    done = subprocess.run(
        [*words[:-1], sys.executable, "-c", PORTAL_AND_DROP, words[-1]],
        env={**os.environ, "DBUS_SESSION_BUS_ADDRESS": ""},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.stdout.strip()


@pytest.mark.skipif(not shutil.which("dbus-run-session"), reason="needs dbus-run-session")
def test_the_portal_hands_over_the_files_of_a_sandboxed_program() -> None:
    session = shutil.which("dbus-run-session") or ""
    assert ask_in_a_session(session, "--", "portal") == "/run/doc/42/a b.jpg|/run/doc/42/folder|"
    assert "did not hand over" in ask_in_a_session(session, "--", "none")


def test_without_a_session_bus_it_says_so() -> None:
    assert "no session bus" in ask_in_a_session("none")


def test_an_unreadable_folder_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: Path) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(os, "scandir", refuse)
    dropped = sort_dropped([tmp_path])
    assert not dropped.folders
    assert "cannot be read: there is no permission." in dropped.problems[0].said()


def test_what_cannot_be_used_is_said_in_the_language_of_the_window(
    qapp: QApplication, tmp_path: Path
) -> None:
    (problem,) = sort_dropped([tmp_path / "gone"]).problems
    words.install(qapp, "zh")
    try:
        assert problem.said() == f"“{tmp_path / 'gone'}”已不存在。"
    finally:
        words.install(qapp, "en")
