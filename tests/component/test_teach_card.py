"""The card that teaches a tag from the selection, on a real library."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from album.domain.photo import PhotoId
from album.domain.tag import TagState
from album.session import LibrarySession, Prospect
from album.testing.pictures import make_pictures
from album_ui.bridge import Bridge
from album_ui.teach.card import TeachCard
from album_ui.theme import Theme


@pytest.fixture
def alike(session: LibrarySession, tmp_path: Path) -> list[PhotoId]:
    """Photos of one kind, in a library of many."""
    make_pictures(tmp_path / "many", 70)
    session.add_folder(tmp_path / "many").result(30)
    for _ in session.index():
        pass
    found = session.browse(session.parse("tag:sunset")).result(30).ids
    return [PhotoId(int(one)) for one in found]


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    return window


@pytest.fixture
def card(
    session: LibrarySession, bridge: Bridge, theme: Theme, window: QWidget
) -> Iterator[TeachCard]:
    card = TeachCard(session, bridge, theme, window)
    yield card
    card.close()


def test_the_estimate_comes_before_anything_is_changed(
    card: TeachCard, alike: list[PhotoId], session: LibrarySession, qtbot: QtBot, window: QWidget
) -> None:
    card.open_for(alike[:6], window)
    assert not card.button.isEnabled()
    QTest.keyClicks(card.field, "evening glow")
    qtbot.waitUntil(card.button.isEnabled, timeout=20_000)
    said = card.estimate.text()
    assert "right" in said
    assert "%" in said
    assert session.teaching.tags().result(30) == []
    with qtbot.waitSignal(card.taught, timeout=20_000) as taught:
        QTest.keyClick(card.field, Qt.Key.Key_Return)
    assert taught.args is not None
    prospect = taught.args[0]
    assert isinstance(prospect, Prospect)
    assert prospect.applied
    assert [one.slug for one in session.teaching.tags().result(30)] == ["evening-glow"]


def test_too_few_photos_are_kept_as_examples(
    card: TeachCard, alike: list[PhotoId], session: LibrarySession, qtbot: QtBot, window: QWidget
) -> None:
    card.open_for(alike[:2], window)
    QTest.keyClicks(card.field, "evening glow")
    qtbot.waitUntil(card.button.isEnabled, timeout=20_000)
    assert "3 more" in card.estimate.text()
    with qtbot.waitSignal(card.taught, timeout=20_000):
        card.button.click()
    assert session.teaching.tags().result(30) == []


def test_the_tag_that_all_of_them_have_is_proposed(
    card: TeachCard, alike: list[PhotoId], session: LibrarySession, qtbot: QtBot, window: QWidget
) -> None:
    session.decide(alike[:5], "evening glow", TagState.MANUAL).result(30)
    card.open_for(alike[:5], window)
    qtbot.waitUntil(lambda: card.field.text() == "evening glow", timeout=20_000)
    qtbot.waitUntil(card.button.isEnabled, timeout=20_000)


def test_esc_leaves_everything_as_it_was(
    card: TeachCard, alike: list[PhotoId], session: LibrarySession, qtbot: QtBot, window: QWidget
) -> None:
    card.open_for(alike[:6], window)
    QTest.keyClick(card, Qt.Key.Key_Escape)
    assert card.isHidden()
    assert session.teaching.tags().result(30) == []
