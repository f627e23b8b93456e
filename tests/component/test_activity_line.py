"""The status line, the notices and the health of the folders."""

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QDesktopServices, QPalette
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from album.domain.photo import FolderId
from album.domain.query import Query
from album.errors import EnvironmentProblem
from album.jobs.activity import Activity, ActivityKind, ActivityState
from album.notices import Notice, NoticeLevel
from album.session import FolderStatus, LibrarySession
from album.session.saving import TRY_EVERY, Saving
from album.testing import make_picture
from album_ui.activity.folders import FolderPopup, health
from album_ui.activity.notices import Message, NoticeLine
from album_ui.activity.sentence import describe, sentence, time_left
from album_ui.activity.status import StatusLine
from album_ui.bridge import Bridge
from album_ui.palette import VIEWER
from album_ui.theme import Theme

ANALYSING = Activity(ActivityKind.ANALYSING, 4120, 18300, 61.2, 232.0)


def folder(state: str, note: str = "") -> FolderStatus:
    return FolderStatus(FolderId(1), Path("/photos"), state, note, 10)


def test_one_sentence_with_a_rate_and_a_time_left() -> None:
    said = describe(ANALYSING)
    assert said.what == "Looking at photos"
    assert said.figures == "4,120 of 18,300 · 61/s · 4 min left"
    assert said.share == pytest.approx(4120 / 18300)


def test_what_tells_most_is_said() -> None:
    thumbnails = Activity(ActivityKind.THUMBNAILS, 3, 10)
    assert sentence((thumbnails, ANALYSING)) == describe(ANALYSING)
    assert sentence(()) is None


def test_a_scan_counts_up_without_an_end() -> None:
    said = describe(Activity(ActivityKind.SCANNING, 1204, None, 3.25))
    assert (said.figures, said.share) == ("1,204 · 3.2/s", None)


@pytest.mark.parametrize(
    ("state", "what"),
    [
        (ActivityState.PAUSED, "Paused"),
        (ActivityState.ON_BATTERY, "Waiting for mains power"),
    ],
)
def test_what_waits_says_why(state: ActivityState, what: str) -> None:
    said = describe(Activity(ActivityKind.ANALYSING, 100, 300, state=state))
    assert (said.what, said.figures) == (what, "200 photos left")


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (3, "less than a minute left"),
        (240, "4 min left"),
        (5400, "1 h 30 min left"),
        (90_000, "25 h left"),
    ],
)
def test_time_left_is_coarse(seconds: float, words: str) -> None:
    assert time_left(seconds) == words


def test_the_dot_shows_the_worst_folder() -> None:
    assert health([]).role == "third"
    assert health([folder("healthy")]).role == "yes"
    assert health([folder("healthy"), folder("polling")]).text == "2 folders watched"
    offline = health([folder("healthy"), folder("offline", "Unplugged.")])
    assert (offline.role, offline.text) == ("no", "1 folder offline")
    assert "Unplugged." in offline.detail


@pytest.fixture
def line(qtbot: QtBot, session: LibrarySession, bridge: Bridge, theme: Theme) -> StatusLine:
    line = StatusLine(session, bridge, theme)
    qtbot.addWidget(line)
    line.resize(900, 28)
    line.show()
    return line


def test_the_line_is_quiet_when_nothing_goes_on(line: StatusLine) -> None:
    line.show_activities((ANALYSING,))
    assert not line._what.isHidden()
    assert line._bar.value() == 225
    line.show_activities(())
    assert line._what.isHidden()
    assert line._bar.isHidden()
    assert not line._health.isHidden()


def test_pause_reaches_the_session(line: StatusLine, session: LibrarySession) -> None:
    line.show_activities((ANALYSING,))
    line._pause.click()
    assert session.paused
    line._pause.click()
    assert not session.paused


def test_a_new_folder_is_counted(
    line: StatusLine, session: LibrarySession, photos: Path, qtbot: QtBot
) -> None:
    session.add_folder(photos).result(30)
    qtbot.waitUntil(lambda: line._health.text() == "1 folder watched")
    line._on_folders()
    assert line._folder_popup.isVisible()
    line._folder_popup._remove(line._folders[0])
    qtbot.waitUntil(lambda: line._health.text() == "No folder watched")
    line._folder_popup.close()


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(1000, 700)
    window.show()
    return window


def test_a_notice_comes_and_leaves(window: QWidget, theme: Theme, qtbot: QtBot) -> None:
    QTest.mouseMove(window, QPoint(5, 5))
    notices = NoticeLine(theme, window, stays_ms=50)
    notices.say(Message("One"))
    notices.say(Message("Two"))
    assert notices._text.text() == "One"
    qtbot.waitUntil(lambda: notices._text.text() == "Two")
    qtbot.waitUntil(notices.isHidden)


def test_a_notice_stays_under_the_pointer(window: QWidget, theme: Theme, qtbot: QtBot) -> None:
    notices = NoticeLine(theme, window, stays_ms=50)
    notices.say(Message("One"))
    QTest.mouseMove(window, QPoint(5, 5))
    QTest.mouseMove(notices, QPoint(10, 10))
    qtbot.waitUntil(lambda: not notices._timer.isActive() or notices.isHidden())
    notices._timer.stop()


def test_undo_is_at_hand_at_once(window: QWidget, theme: Theme) -> None:
    undone: list[str] = []
    notices = NoticeLine(theme, window)
    notices.say(Message("Watching photos"))
    notices.say(Message("Rejected beach", action="Undo", act=lambda: undone.append("beach")))
    assert notices._text.text() == "Rejected beach"
    notices._act.click()
    assert undone == ["beach"]


def test_a_later_notice_of_the_same_matter_replaces(window: QWidget, theme: Theme) -> None:
    notices = NoticeLine(theme, window)
    notices.post(Notice(NoticeLevel.INFO, "The disk is nearly full.", replaces="disk"))
    notices.post(Notice(NoticeLevel.WARNING, "The disk is full.", "Make room.", replaces="disk"))
    assert notices._text.text() == "The disk is full. Make room."
    assert not notices._sign.isHidden()


def test_over_a_dark_page_a_notice_is_dark(window: QWidget, theme: Theme) -> None:
    notices = NoticeLine(theme, window)
    notices.say(Message("Rejected beach", action="Undo", act=lambda: None))
    for dark, palette in ((True, VIEWER), (False, theme.palette)):
        notices.show_dark(dark)
        seen = notices.grab().toImage()
        assert seen.pixelColor(seen.width() // 2, 4) == palette.colour("field")
        words = notices._text.palette().color(QPalette.ColorRole.WindowText)
        assert words == palette.colour("text")


def test_what_was_said_is_kept_under_activity(line: StatusLine, session: LibrarySession) -> None:
    session.notices.tell(NoticeLevel.WARNING, "The disk is full.", advice="Make room.")
    line._on_activity()
    assert "The disk is full. Make room." in line._activity_popup._notices.text()
    line._activity_popup.close()


def test_what_was_saved_can_be_shown(
    window: QWidget, theme: Theme, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()))
    line = NoticeLine(theme, window)
    line.post(Notice(NoticeLevel.INFO, "Saved.", folder=tmp_path))
    assert line._act.text() == "Show"
    line._act.click()
    assert opened == [str(tmp_path)]
    line.post(Notice(NoticeLevel.INFO, "Nothing to show."))
    assert line._act.isHidden()


def test_a_folder_is_looked_through_again_from_its_popup(
    session: LibrarySession, bridge: Bridge, theme: Theme, photos: Path, qtbot: QtBot
) -> None:
    folder = session.add_folder(photos).result(30)
    for _ in session.index():
        pass
    before = session.folders().result(10)[0].photos
    make_picture(photos / "new.jpg", "night", seed=900)
    parent = QWidget()
    qtbot.addWidget(parent)
    popup = FolderPopup(session, bridge, theme, parent)
    popup.show_folders([folder])
    (again,) = (
        button
        for button in popup.findChildren(QPushButton)
        if button.accessibleName() == f"Look through {photos.name} again"
    )
    again.click()
    qtbot.waitUntil(lambda: session.folders().result(10)[0].photos == before + 1, timeout=30_000)


def test_a_full_disk_is_said_until_there_is_room_again(
    session: LibrarySession, line: StatusLine, qtbot: QtBot
) -> None:
    def limit(pages: int) -> None:
        order = f"PRAGMA max_page_count = {pages}"
        session.database.write(lambda db: db.conn.execute(order).fetchone()).result(10)

    saving = Saving(session.database, session.activity)
    limit(1)  # no more than there are
    with pytest.raises(EnvironmentProblem, match="full"):
        session.save_album("x" * 1_000_000, Query()).result(10)
    saving.look()
    qtbot.waitUntil(lambda: line._what.text() == "Nothing can be saved")
    assert "is full" in line._figures.text()
    assert line._pause.isHidden()
    limit(1_000_000)
    saving.look()
    assert session.activity.current
    for _ in range(TRY_EVERY):
        saving.look()
    session.database.data_version()  # what was asked before is done
    saving.look()
    assert not session.activity.current
    qtbot.waitUntil(line._what.isHidden)
