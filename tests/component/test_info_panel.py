"""The info panel: what is known of the selected photos, and where it is decided."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from album.domain.photo import PhotoId
from album.domain.query import Query, Sort
from album.domain.tag import TagState
from album.session import Decision, LibrarySession
from album.storage.rows import Camera
from album_ui.bridge import Bridge
from album_ui.info import facts
from album_ui.info.panel import InfoPanel
from album_ui.info.tags import SignButton, TagChip
from album_ui.theme import Theme


@pytest.fixture
def ids(indexed: LibrarySession) -> list[PhotoId]:
    return [PhotoId(int(one)) for one in indexed.browse(Query(), Sort.NEWEST).result(10).ids]


@pytest.fixture
def panel(
    indexed: LibrarySession, bridge: Bridge, theme: Theme, qtbot: QtBot
) -> Iterator[InfoPanel]:
    panel = InfoPanel(indexed, bridge, theme)
    panel.resize(300, 800)
    panel.show()
    yield panel
    panel.close()
    panel.deleteLater()


def chips(panel: InfoPanel) -> dict[str, TagChip]:
    return {one.tag.slug: one for one in panel.findChildren(TagChip) if one.isVisible()}


def states(session: LibrarySession, photo: PhotoId) -> dict[str, TagState]:
    details = session.details(photo).result(10)
    return {one.slug: one.state for one in (*details.tags, *details.rejected)}


def button(chip: TagChip, text: str) -> SignButton:
    return next(
        one for one in chip.findChildren(SignButton) if one.accessibleName().startswith(text)
    )


def test_one_photo_is_named_with_its_tags(
    panel: InfoPanel, indexed: LibrarySession, ids: list[PhotoId], qtbot: QtBot
) -> None:
    panel.show_photos(ids[:1])
    qtbot.waitUntil(lambda: bool(chips(panel)))
    assert panel.title.endswith(".jpg")
    slug, chip = next(iter(chips(panel).items()))
    assert states(indexed, ids[0])[slug] is TagState.SUGGESTED
    assert chip.tag.figures, "a suggestion shows its score"
    assert "fake@1" in chip.tag.note


def test_a_suggestion_is_accepted(
    panel: InfoPanel, indexed: LibrarySession, ids: list[PhotoId], qtbot: QtBot
) -> None:
    panel.show_photos(ids[:1])
    qtbot.waitUntil(lambda: bool(chips(panel)))
    slug, chip = next(iter(chips(panel).items()))
    decided: list[Decision] = []
    panel.decided.connect(decided.append)
    QTest.mouseClick(button(chip, "Accept"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(decided))
    assert states(indexed, ids[0])[slug] is TagState.CONFIRMED
    qtbot.waitUntil(lambda: chips(panel)[slug].tag.state is TagState.CONFIRMED)


def test_a_suggestion_is_rejected_and_that_taken_back(
    panel: InfoPanel, indexed: LibrarySession, ids: list[PhotoId], qtbot: QtBot
) -> None:
    panel.show_photos(ids[:1])
    qtbot.waitUntil(lambda: bool(chips(panel)))
    slug, chip = next(iter(chips(panel).items()))
    button(chip, "Reject").click()
    qtbot.waitUntil(lambda: slug not in chips(panel))
    assert states(indexed, ids[0])[slug] is TagState.REJECTED
    qtbot.waitUntil(lambda: "1 rejected" in panel.rejected.text())
    panel.rejected.linkActivated.emit(slug)
    qtbot.waitUntil(lambda: states(indexed, ids[0]).get(slug) is not TagState.REJECTED)


def test_a_tag_is_typed(
    panel: InfoPanel, indexed: LibrarySession, ids: list[PhotoId], qtbot: QtBot
) -> None:
    panel.show_photos(ids[:2])
    panel.add_tag()
    QTest.keyClicks(panel.field, "Anna's birthday")
    QTest.keyClick(panel.field, Qt.Key.Key_Return)
    qtbot.waitUntil(
        lambda: all(TagState.MANUAL in states(indexed, photo).values() for photo in ids[:2])
    )
    assert "anna-s-birthday" in states(indexed, ids[0])


def test_several_photos_show_what_they_have_in_common(
    panel: InfoPanel, ids: list[PhotoId], indexed: LibrarySession, qtbot: QtBot
) -> None:
    indexed.decide(ids[:3], "gathering", TagState.MANUAL).result(10)
    panel.show_photos(ids[:3])
    qtbot.waitUntil(lambda: "gathering" in chips(panel))
    assert panel.title == "3 photos selected"
    assert chips(panel)["gathering"].tag.figures == "all"


def test_stars_and_heart(
    panel: InfoPanel, ids: list[PhotoId], indexed: LibrarySession, qtbot: QtBot
) -> None:
    panel.show_photos(ids[:1])
    panel.stars.rated.emit(4)
    qtbot.waitUntil(lambda: indexed.details(ids[0]).result(10).rating == 4)
    panel.stars.favourite_toggled.emit(True)
    qtbot.waitUntil(lambda: indexed.details(ids[0]).result(10).favourite)
    qtbot.waitUntil(lambda: "4" in panel.stars.accessibleName())


def test_nothing_selected_says_so(panel: InfoPanel, qtbot: QtBot) -> None:
    panel.show_photos([])
    qtbot.waitUntil(lambda: panel.title == "Nothing selected")


def test_the_camera_in_one_line() -> None:
    camera = Camera("Canon EOS 6D", None, 5.6, 1 / 640, 200, 200.0)
    assert facts.camera_line(camera) == "Canon EOS 6D · 200 mm · f/5.6 · 1/640 s · ISO 200"
    assert facts.camera_line(Camera()) == ""
    assert facts.exposure(2.5) == "2.5 s"
    assert facts.exposure(1.0) == "1 s"
    assert facts.exposure(0.0005) == "1/2000 s"


def test_the_place_in_one_line() -> None:
    assert facts.place_line((45.66014, 10.65021)) == "45.6601° N, 10.6502° E"
    assert facts.place_line((-33.0, -70.5)) == "33.0000° S, 70.5000° W"
    assert facts.place_line(None) == ""
