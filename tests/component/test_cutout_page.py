"""The cut-out page on a real library: lift, correct, choose a form, hand on."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPointF, QStandardPaths, Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from album.domain.query import Query, Sort
from album.interchange.forms import Part
from album.session import LibrarySession
from album_ui.bridge import Bridge
from album_ui.cutout.output import place_to_save
from album_ui.cutout.page import CutoutPage
from album_ui.cutout.panel import Backdrop
from album_ui.pages import PageContext
from album_ui.theme import Theme


@pytest.fixture
def page(
    qtbot: QtBot, indexed: LibrarySession, bridge: Bridge, theme: Theme
) -> Iterator[CutoutPage]:
    ids = indexed.browse(Query(), Sort.OLDEST).result(10).ids
    page = CutoutPage(indexed, bridge, theme)
    qtbot.addWidget(page)
    page.resize(1000, 700)
    page.show()
    page.enter(PageContext(ids, 0))
    assert page.busy  # it shows at once that it works
    yield page
    page.leave()


def wait_for_subject(page: CutoutPage, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: page._parcel is not None and not page.busy)


def test_the_subject_stands_on_nothing(page: CutoutPage, qtbot: QtBot) -> None:
    wait_for_subject(page, qtbot)
    assert page._rendering is not None
    result = page._rendering.result
    assert result.shape == (320, 480, 4)
    assert result[0, 0, 3] == 0
    assert result[..., 3].max() == 255
    assert page._save.isEnabled()


def test_a_click_adds_an_alt_click_takes_away_and_undo_takes_back(
    page: CutoutPage, qtbot: QtBot
) -> None:
    wait_for_subject(page, qtbot)
    canvas = page._canvas

    def opaque() -> int:
        assert page._rendering is not None
        return int((page._rendering.result[..., 3] > 0).sum())

    before = opaque()
    corner = canvas.to_widget(QPointF(30, 30)).toPoint()
    QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=corner)
    wait_for_subject(page, qtbot)
    added = opaque()
    assert added > before
    middle = canvas.to_widget(QPointF(240, 160)).toPoint()
    QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.AltModifier, middle)
    wait_for_subject(page, qtbot)
    assert opaque() < added
    QTest.keyClick(canvas, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    wait_for_subject(page, qtbot)
    assert opaque() == added


def test_the_keyboard_points_too(page: CutoutPage, qtbot: QtBot) -> None:
    wait_for_subject(page, qtbot)
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Up):
        for _ in range(6):
            QTest.keyClick(page._canvas, key, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(page._canvas, Qt.Key.Key_Return)
    assert len(page._hints) == 1
    assert page._hints[0].wanted
    wait_for_subject(page, qtbot)
    QTest.keyClick(page._canvas, Qt.Key.Key_Delete)
    assert not page._hints[1].wanted
    wait_for_subject(page, qtbot)


@pytest.mark.parametrize(
    ("backdrop", "part", "channels"),
    [
        (Backdrop.WHITE, Part.WHOLE, 3),
        (Backdrop.BLUR, Part.WHOLE, 3),
        (Backdrop.NOTHING, Part.CROP, 4),
        (Backdrop.NOTHING, Part.MASK, 1),
    ],
)
def test_every_form_is_one_choice_away(
    page: CutoutPage, qtbot: QtBot, backdrop: Backdrop, part: Part, channels: int
) -> None:
    wait_for_subject(page, qtbot)
    page._panel.choose(backdrop, part)
    wait_for_subject(page, qtbot)
    assert page._rendering is not None
    result = page._rendering.result
    assert (1 if result.ndim == 2 else result.shape[2]) == channels
    assert (result.shape[0] < 320) == (part is Part.CROP)


def test_copy_puts_transparency_on_the_clipboard(page: CutoutPage, qtbot: QtBot) -> None:
    wait_for_subject(page, qtbot)
    QTest.keyClick(page._canvas, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    mime = QGuiApplication.clipboard().mimeData()
    assert mime.hasFormat("image/png")
    image = QImage.fromData(mime.data("image/png").data())
    assert image.hasAlphaChannel()
    assert image.pixelColor(0, 0).alpha() == 0


def test_save_writes_where_the_user_says(
    page: CutoutPage, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wait_for_subject(page, qtbot)
    wanted = tmp_path / "mine.png"
    monkeypatch.setattr(
        QFileDialog, "getSaveFileName", lambda *_: (str(wanted.with_suffix("")), "")
    )
    QTest.keyClick(page._canvas, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(wanted.exists)
    with Image.open(wanted) as image:
        assert image.mode == "RGBA"
        assert image.size == (480, 320)


def test_originals_stay_as_they_are(
    page: CutoutPage, qtbot: QtBot, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wait_for_subject(page, qtbot)
    original = photos / "already-there.png"
    Image.new("RGB", (8, 8), "red").save(original)
    before = original.read_bytes()
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(original), ""))
    notices = len(page._session.notices.held)
    page._on_save()
    qtbot.waitUntil(lambda: len(page._session.notices.held) > notices)
    assert original.read_bytes() == before


def test_the_parcel_for_a_drag_is_a_file_and_goes_with_the_page(
    page: CutoutPage, qtbot: QtBot
) -> None:
    wait_for_subject(page, qtbot)
    parcel = page._parcel
    assert parcel is not None
    assert parcel.mime(with_file=True).urls()[0].toLocalFile() == str(parcel.file)
    assert parcel.file.name.endswith("-cutout.png")
    assert np.asarray(Image.open(parcel.file)).shape == (320, 480, 4)
    page.leave()
    assert not parcel.file.exists()


def test_without_a_subject_it_asks_for_a_click(
    qtbot: QtBot,
    session: LibrarySession,
    bridge: Bridge,
    theme: Theme,
    tmp_path: Path,
) -> None:
    folder = tmp_path / "plain"
    folder.mkdir()
    Image.new("RGB", (200, 150), (90, 120, 150)).save(folder / "plain.png")
    session.add_folder(folder).result(30)
    for _ in session.index():
        pass
    page = CutoutPage(session, bridge, theme)
    qtbot.addWidget(page)
    page.resize(800, 600)
    page.show()
    page.enter(PageContext(session.browse(Query(), Sort.OLDEST).result(10).ids, 0))
    qtbot.waitUntil(lambda: "No clear subject" in page._words.text())
    assert not page._save.isEnabled()
    qtbot.waitUntil(lambda: page._canvas.levels is not None and not page._canvas.full.isEmpty())
    at = page._canvas.to_widget(QPointF(100, 75)).toPoint()
    QTest.mouseClick(page._canvas, Qt.MouseButton.LeftButton, pos=at)
    wait_for_subject(page, qtbot)
    assert page._words.text() == ""
    page.leave()


def test_saving_begins_where_it_was_done_last_or_among_the_pictures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pictures, used = tmp_path / "Pictures", tmp_path / "used"
    monkeypatch.setattr(QStandardPaths, "writableLocation", lambda _: str(pictures))
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    assert place_to_save("") == tmp_path  # there is no folder of pictures
    pictures.mkdir()
    assert place_to_save(str(used)) == pictures
    used.mkdir()
    assert place_to_save(str(used)) == used
