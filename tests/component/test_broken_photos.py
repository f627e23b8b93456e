"""Photos that cannot be decoded: the grid, the viewer and the info say so, and why."""

import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from album.domain.photo import PhotoId
from album.domain.query import Query, Sort, WordTerm
from album.session import LibrarySession
from album_ui.bridge import Bridge
from album_ui.compose import Program
from album_ui.grid.painter import Cell, CellPainter
from album_ui.info.panel import InfoPanel
from album_ui.search.empty import EmptyPage
from album_ui.theme import Scheme, Theme


def chunk(kind: bytes, data: bytes) -> bytes:
    crc = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", crc)


@pytest.fixture
def broken(session: LibrarySession, photos: Path) -> PhotoId:
    """One of the photos: a PNG whose picture data is none; a favourite, so it stays on the page."""
    victim = photos / "broken.png"
    header = struct.pack(">IIBBBBB", 64, 48, 8, 2, 0, 0, 0)
    parts = (b"IHDR", header), (b"IDAT", b"this is not compressed data"), (b"IEND", b"")
    victim.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*one) for one in parts))
    session.add_folder(photos).result(30)
    for _ in session.index():
        pass
    problem = session.problems().result(10)[0]
    assert problem.path == victim
    assert problem.photo_id is not None
    assert problem.photo_id not in session.browse(Query(), Sort.NEWEST).result(10).ids
    session.set_favourite([problem.photo_id], True).result(10)
    return problem.photo_id


@pytest.fixture
def program(
    session: LibrarySession, broken: PhotoId, qapp: QApplication, qtbot: QtBot
) -> Iterator[Program]:
    program = Program(qapp, session, Scheme.LIGHT)
    program.start()
    program.window.show()
    qtbot.waitUntil(lambda: program.library.model.place_of(broken) >= 0, timeout=10_000)
    yield program
    program.window.close()
    program.close()
    program.window.deleteLater()


def test_the_grid_says_why_there_is_no_picture(
    program: Program, broken: PhotoId, qtbot: QtBot
) -> None:
    model = program.library.model
    place = model.place_of(broken)
    row = model.index(place)
    qtbot.waitUntil(lambda: model.data(row, Qt.ItemDataRole.ToolTipRole) is not None)
    tip = model.data(row, Qt.ItemDataRole.ToolTipRole)
    assert tip.startswith("This photo cannot be shown. ")
    assert tip in model.data(row, Qt.ItemDataRole.AccessibleTextRole)
    others = [model.index(at) for at in range(model.rowCount()) if at != place]
    assert not any(model.data(one, Qt.ItemDataRole.ToolTipRole) for one in others)


def test_the_info_says_why_there_is_no_picture(
    session: LibrarySession, bridge: Bridge, theme: Theme, broken: PhotoId, qtbot: QtBot
) -> None:
    panel = InfoPanel(session, bridge, theme)
    panel.show()
    panel.show_photos([broken])
    qtbot.waitUntil(panel.problem.isVisible)
    assert panel.problem.text().startswith("This photo cannot be shown. ")
    panel.show_photos([])
    qtbot.waitUntil(panel.problem.isHidden)
    panel.close()
    panel.deleteLater()


def test_where_nothing_can_be_read_the_page_says_so(
    session: LibrarySession, bridge: Bridge, broken: PhotoId, qtbot: QtBot
) -> None:
    page = EmptyPage(session, bridge)
    page.show()
    page.show_query(Query())
    qtbot.waitUntil(lambda: any("1 file could not" in one.text() for one in labels(page)))
    page.show_query(Query((WordTerm("sea"),)))
    assert not any("could not be read" in one.text() for one in labels(page))
    page.close()
    page.deleteLater()


def labels(page: EmptyPage) -> list[QLabel]:
    return page.findChildren(QLabel)


def test_a_broken_picture_is_painted_where_none_can_be(theme: Theme) -> None:
    def painted(*, broken: bool) -> QImage:
        image = QImage(QSize(200, 120), QImage.Format.Format_RGB32)
        with QPainter(image) as painter:
            cell = Cell(QRect(QPoint(0, 0), image.size()), QColor("#3050c0"), broken=broken)
            CellPainter(theme).paint(painter, cell)
        return image

    empty, sign = painted(broken=False), painted(broken=True)
    assert empty.pixelColor(100, 60) == QColor("#3050c0")
    assert sign.pixelColor(20, 20) == theme.palette.colour("chip")
    seen = {sign.pixel(x, y) for x in range(80, 120) for y in range(40, 80)}
    assert len(seen) > 1, "there is a sign in the middle"
