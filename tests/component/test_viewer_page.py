"""The viewer on a real library."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from album.domain.appearance import Region
from album.domain.photo import PhotoId
from album.domain.query import Query, Sort
from album.domain.tag import TagScore
from album.session import LibrarySession
from album.storage.tags import Observation, store_observations
from album_ui.bridge import Bridge
from album_ui.pages import PageContext, PageName
from album_ui.theme import Theme
from album_ui.viewer.page import ViewerPage


@pytest.fixture
def ids(indexed: LibrarySession) -> NDArray[np.int32]:
    return indexed.browse(Query(), Sort.OLDEST).result(10).ids


@pytest.fixture
def viewer(
    qtbot: QtBot, indexed: LibrarySession, bridge: Bridge, theme: Theme, ids: NDArray[np.int32]
) -> ViewerPage:
    page = ViewerPage(indexed, bridge, theme)
    qtbot.addWidget(page)
    page.resize(1000, 700)
    page.show()
    page.enter(PageContext(ids, 2))
    return page


def is_sharp(page: ViewerPage) -> bool:
    return page.loaded is not None and not page.loaded.preliminary


def test_the_photo_of_the_context_is_shown(
    viewer: ViewerPage, ids: NDArray[np.int32], qtbot: QtBot
) -> None:
    qtbot.waitUntil(lambda: is_sharp(viewer))
    assert viewer.photo_id == ids[2]
    assert viewer.loaded is not None
    assert viewer.loaded.levels.size.width() == 480
    qtbot.waitUntil(lambda: viewer.title.endswith(".jpg"))
    viewer.leave()


def test_arrows_move_and_stop_at_the_ends(
    viewer: ViewerPage, ids: NDArray[np.int32], qtbot: QtBot
) -> None:
    QTest.keyClick(viewer, Qt.Key.Key_Right)
    assert viewer.photo_id == ids[3]
    QTest.keyClick(viewer, Qt.Key.Key_Home)
    QTest.keyClick(viewer, Qt.Key.Key_Left)
    assert viewer.photo_id == ids[0]
    QTest.keyClick(viewer, Qt.Key.Key_End)
    QTest.keyClick(viewer, Qt.Key.Key_Right)
    assert viewer.photo_id == ids[-1]
    qtbot.waitUntil(lambda: is_sharp(viewer))
    viewer.leave()


def test_it_comes_back_to_the_photo_that_was_moved_on_to(
    viewer: ViewerPage, ids: NDArray[np.int32]
) -> None:
    viewer.step(1)
    assert viewer.context is not None
    assert viewer.context.photo_id == ids[3]
    viewer.leave()
    assert viewer.context is None


def test_typing_a_tag_does_not_leave(
    viewer: ViewerPage, indexed: LibrarySession, qtbot: QtBot
) -> None:
    photo_id = viewer.photo_id
    assert photo_id is not None
    qtbot.waitUntil(lambda: is_sharp(viewer))
    qtbot.wait(150)
    QTest.keyClick(viewer, Qt.Key.Key_T)
    field = viewer.focusWidget()
    assert isinstance(field, QLineEdit)
    QTest.keyClicks(field, "cat")
    with qtbot.assertNotEmitted(viewer.left):
        QTest.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(
        lambda: "cat" in {tag.slug for tag in indexed.details(photo_id).result(10).tags}
    )
    viewer.leave()


def test_the_next_photo_is_there_already(viewer: ViewerPage, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: is_sharp(viewer))
    loader = viewer._loader
    assert loader is not None
    qtbot.waitUntil(lambda: len(loader._kept) == 3)
    viewer.step(1)
    assert is_sharp(viewer)
    viewer.leave()


def test_zoom_goes_to_pixels_and_back(viewer: ViewerPage, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: is_sharp(viewer))
    assert viewer._canvas.fits
    QTest.keyClick(viewer, Qt.Key.Key_Z)
    assert viewer._canvas.scale == 1.0
    QTest.keyClick(viewer, Qt.Key.Key_Plus)
    assert viewer._canvas.scale > 1.2
    QTest.keyClick(viewer, Qt.Key.Key_0, Qt.KeyboardModifier.ControlModifier)
    assert viewer._canvas.fits
    viewer.leave()


def test_hearts_and_stars_reach_the_library(
    viewer: ViewerPage, indexed: LibrarySession, qtbot: QtBot
) -> None:
    qtbot.waitUntil(lambda: viewer.title != "")
    photo_id = viewer.photo_id
    assert photo_id is not None
    with qtbot.waitSignal(viewer.decided):
        QTest.keyClick(viewer, Qt.Key.Key_F)
    with qtbot.waitSignal(viewer.decided):
        QTest.keyClick(viewer, Qt.Key.Key_4)
    details = indexed.details(photo_id).result(10)
    assert details.favourite
    assert details.rating == 4
    viewer.leave()


def test_c_lifts_the_subject_and_escape_leaves(
    viewer: ViewerPage, ids: NDArray[np.int32], qtbot: QtBot
) -> None:
    qtbot.waitUntil(lambda: viewer.title != "")
    with qtbot.waitSignal(viewer.page_wanted) as wanted:
        QTest.keyClick(viewer, Qt.Key.Key_C)
    assert wanted.args is not None
    assert wanted.args[0] is PageName.CUTOUT
    assert wanted.args[1].photo_id == ids[2]
    with qtbot.waitSignal(viewer.left):
        QTest.keyClick(viewer, Qt.Key.Key_Escape)
    viewer.leave()


def test_a_photo_that_cannot_be_shown_says_why(
    viewer: ViewerPage, indexed: LibrarySession, ids: NDArray[np.int32], qtbot: QtBot
) -> None:
    qtbot.waitUntil(lambda: is_sharp(viewer))
    details = indexed.details(int(ids[-1])).result(10)  # type: ignore[arg-type]
    assert details.path is not None
    Path(details.path).unlink()
    for file in (indexed.directory / "thumbnails").rglob("*"):
        if file.is_file():
            file.unlink()
    QTest.keyClick(viewer, Qt.Key.Key_End)
    qtbot.waitUntil(lambda: "cannot be shown" in viewer._overlay._problem.text())
    viewer.leave()


def test_an_original_that_is_gone_still_shows_its_thumbnail(
    viewer: ViewerPage, indexed: LibrarySession, ids: NDArray[np.int32], qtbot: QtBot
) -> None:
    qtbot.waitUntil(lambda: is_sharp(viewer))
    path = indexed.details(int(ids[-1])).result(10).path  # type: ignore[arg-type]
    assert path is not None
    path.unlink()
    QTest.keyClick(viewer, Qt.Key.Key_End)
    qtbot.waitUntil(lambda: viewer._note != "")
    assert viewer.loaded is not None
    assert viewer.loaded.preliminary
    assert viewer._overlay._problem.isHidden()
    viewer.leave()


def test_leaving_lets_go_of_the_pictures(viewer: ViewerPage, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: is_sharp(viewer))
    viewer.leave()
    assert viewer.loaded is None
    assert viewer._canvas.levels is None


def test_a_video_that_no_program_plays_is_said(
    viewer: ViewerPage, indexed: LibrarySession, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: False)
    told: list[str] = []
    unsubscribe = indexed.notices.subscribe(lambda notice: told.append(notice.text))
    qtbot.waitUntil(lambda: viewer.title.endswith(".jpg"))
    viewer._on_play()
    unsubscribe()
    assert told == [f"No program here plays {viewer.title}."]
    viewer.leave()


@pytest.fixture
def marked(indexed: LibrarySession, ids: NDArray[np.int32]) -> PhotoId:
    """The photo that the viewer shows, with a beach in its lower half."""
    photo_id = PhotoId(int(ids[2]))
    beach = Region("beach", 0.9, (0.0, 0.5, 1.0, 0.5))
    seen = Observation(photo_id, (TagScore("beach", 0.9),), regions=(beach,))
    indexed.database.write(
        lambda db: store_observations(db, "objects@1", [seen], indexed.taxonomy)
    ).result(10)
    return photo_id


def test_regions_are_shown_on_demand(marked: PhotoId, viewer: ViewerPage, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: is_sharp(viewer) and viewer._regions.button.isVisible())
    assert not viewer._canvas.marks
    plain = viewer._canvas.grab().toImage()
    QTest.keyClick(viewer, Qt.Key.Key_G)
    (mark,) = viewer._canvas.marks
    assert (mark.text, mark.box.y()) == ("beach 0.90", 0.5)
    assert viewer._canvas.grab().toImage() != plain
    QTest.keyClick(viewer, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: not viewer._canvas.marks)
    QTest.keyClick(viewer, Qt.Key.Key_Left)
    qtbot.waitUntil(lambda: bool(viewer._canvas.marks))
    viewer.leave()


def test_where_no_regions_are_known_that_is_said(
    viewer: ViewerPage, indexed: LibrarySession, qtbot: QtBot
) -> None:
    qtbot.waitUntil(lambda: is_sharp(viewer))
    assert not viewer._regions.button.isVisible()
    QTest.keyClick(viewer, Qt.Key.Key_G)
    assert "No parts of this photo" in indexed.notices.held[-1].text
    viewer.leave()
