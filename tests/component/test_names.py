"""Names of files, folders and tags look as they are written, whatever stands in them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import Qt as RichText
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from album.domain.query import Query, WordTerm
from album.domain.tag import TagState
from album.session import LibrarySession
from album.testing.pictures import make_picture
from album_ui.activity.folders import FolderPopup
from album_ui.compose import Program
from album_ui.labels import plain_tip, plain_words
from album_ui.problems.model import ProblemsModel
from album_ui.theme import Scheme

FOLDER, FILE, TAG = "<b>x<b> &amp; y", "<i>1<i> &lt;.jpg", "<u>you</u> & me"


def seen(tip: str) -> str:
    """What Qt shows of a tooltip."""
    if not RichText.mightBeRichText(tip):
        return tip
    document = QTextDocument()
    document.setHtml(tip)
    return document.toPlainText()


@pytest.mark.parametrize("name", [FOLDER, FILE, TAG, "a\nb <c>", "&amp;", "<3", "Tom & Jerry", ""])
def test_a_tip_shows_what_is_written(name: str) -> None:
    assert seen(plain_tip(name)) == name


def test_words_keep_their_ampersand(qtbot: QtBot) -> None:
    assert plain_words("Tom & Jerry") == "Tom && Jerry"


@pytest.fixture
def program(
    session: LibrarySession, tmp_path: Path, qapp: QApplication, qtbot: QtBot
) -> Iterator[Program]:
    """A window on a folder, files and a tag that look like markup."""
    folder = tmp_path / FOLDER
    make_picture(folder / FILE, "sky", seed=1)
    (folder / "<s>bad<s>.jpg").write_bytes(b"no picture")
    session.add_folder(folder).result(30)
    list(session.index())
    ids = session.browse(Query()).result(10).ids.tolist()
    session.decide(ids, TAG, TagState.MANUAL).result(10)
    program = Program(qapp, session, Scheme.LIGHT)
    program.start()
    program.window.show()
    qtbot.waitUntil(lambda: len(program.library.model.ids) == 1)
    program.library.info.show_photos(ids)
    qtbot.waitUntil(lambda: any(TAG in tip for tip in map(seen, tips(program))))
    yield program
    program.window.close()
    program.close()
    program.window.deleteLater()


def tips(program: Program) -> list[str]:
    """All tooltips of the window."""
    return [one.toolTip() for one in program.window.findChildren(QWidget) if one.toolTip()]


def test_no_tooltip_takes_a_name_for_markup(program: Program, qtbot: QtBot) -> None:
    popup = program.window.findChild(FolderPopup)
    qtbot.waitUntil(lambda: bool(popup and any(FOLDER in seen(tip) for tip in tips(program))))
    shown = [seen(tip) for tip in tips(program)]
    for name in (FOLDER, FILE, TAG):
        assert any(name in tip for tip in shown), name
    model = ProblemsModel()
    model.show(program._session.problems().result(10))
    tip = model.data(model.index(0), Qt.ItemDataRole.ToolTipRole)
    assert "<s>bad<s>.jpg" in seen(str(tip))


def test_what_is_offered_instead_keeps_its_ampersand(program: Program, qtbot: QtBot) -> None:
    program.show_query(Query((WordTerm("nothing & more"), WordTerm("<i>"))))

    def offered() -> bool:
        buttons = program.library.findChildren(QPushButton)
        return any("nothing && more" in one.text() for one in buttons)

    qtbot.waitUntil(offered)
