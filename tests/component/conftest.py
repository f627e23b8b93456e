"""A real library with fakes for what needs weights, and what every part of the window gets."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from album.session import LibrarySession
from album.testing.fakes import FakeAnalyser, FakeSegmenter
from album.testing.pictures import make_pictures
from album.testing.taxonomy import sample_taxonomy
from album_ui.bridge import Bridge
from album_ui.compose import Program
from album_ui.theme import Scheme, Theme

PHOTOS = 9


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """A folder with nine pictures."""
    folder = tmp_path / "photos"
    make_pictures(folder, PHOTOS, size=(480, 320))
    return folder


@pytest.fixture
def session(tmp_path: Path) -> Iterator[LibrarySession]:
    """An open library without folders."""
    session = LibrarySession.open(
        tmp_path / "library",
        watch=False,
        analysers=[FakeAnalyser()],
        segmenter=FakeSegmenter(),
        taxonomy=sample_taxonomy(),
    )
    yield session
    session.close()


@pytest.fixture
def indexed(session: LibrarySession, photos: Path) -> LibrarySession:
    """An open library that has looked at all pictures of its folder."""
    session.add_folder(photos).result(30)
    for _ in session.index():
        pass
    return session


@pytest.fixture
def theme(qapp: QApplication) -> Theme:
    """The light theme."""
    theme = qapp.findChild(Theme) or Theme(qapp, Scheme.LIGHT)
    theme.choose(Scheme.LIGHT)
    return theme


@pytest.fixture
def bridge(session: LibrarySession, qapp: QApplication) -> Iterator[Bridge]:
    """The crossing between the session's threads and the window."""
    bridge = Bridge(session)
    yield bridge
    bridge.close()


@contextmanager
def opened(
    session: LibrarySession, app: QApplication, qtbot: QtBot, size: QSize
) -> Iterator[Program]:
    """The whole window on a library with all of `PHOTOS`."""
    program = Program(app, session, Scheme.LIGHT)
    program.window.resize(size)
    program.start()
    program.window.show()
    program.window.activateWindow()
    qtbot.waitExposed(program.window)
    qtbot.waitUntil(lambda: len(program.library.model.ids) == PHOTOS, timeout=10_000)
    yield program
    program.window.close()
    program.close()
    program.window.deleteLater()
