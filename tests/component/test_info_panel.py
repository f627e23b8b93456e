"""The info panel: what is known of the selected photos, and where it is decided."""

import itertools
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from album.domain.photo import PhotoId
from album.domain.query import Query, Sort
from album.domain.tag import TagState
from album.session import ChangeKind, Decision, LibrarySession
from album.storage.rows import Camera
from album_ui import words
from album_ui.bridge import Bridge
from album_ui.info import facts
from album_ui.info.panel import SETTLE_MS, InfoPanel
from album_ui.info.tags import ShownTag, SignButton, TagChip, in_order
from album_ui.search.completions import Completions
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


def plain(text: str) -> str:
    """With common spaces, and without signs that keep a line from breaking."""
    return text.replace("\u00a0", " ").replace("\u2060", "")


def chips(panel: InfoPanel) -> dict[str, TagChip]:
    return {one.tag.slug: one for one in panel.findChildren(TagChip) if one.isVisible()}


def shown_state(panel: InfoPanel, slug: str) -> TagState:
    return chips(panel)[slug].tag.state


def states(session: LibrarySession, photo: PhotoId) -> dict[str, TagState]:
    details = session.details(photo).result(10)
    return {one.slug: one.state for one in (*details.tags, *details.rejected)}


def button(chip: TagChip, text: str) -> SignButton:
    return next(
        one for one in chip.findChildren(SignButton) if one.accessibleName().startswith(text)
    )


def test_own_words_stay_as_they_were_written(
    panel: InfoPanel, indexed: LibrarySession, ids: list[PhotoId], qtbot: QtBot
) -> None:
    indexed.decide(ids[:1], "Grandma's house", TagState.MANUAL).result(10)
    panel.show_photos(ids[:1])
    qtbot.waitUntil(lambda: "grandma-s-house" in chips(panel))
    assert chips(panel)["grandma-s-house"].tag.name == "Grandma's house"


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


def test_the_day_of_the_file_is_said_where_the_photo_has_none(
    panel: InfoPanel, indexed: LibrarySession, ids: list[PhotoId], qtbot: QtBot
) -> None:
    silent = "UPDATE photo SET taken = NULL WHERE id = ?"
    indexed.database.write(lambda db: db.conn.execute(silent, ids[:1]).rowcount).result(10)
    details = indexed.details(ids[0]).result(10)
    assert details.sorted_under is not None
    panel.show_photos(ids[:1])
    said = f"File from {words.short_day(details.sorted_under)}"
    qtbot.waitUntil(lambda: said in [one.text() for one in panel.findChildren(QLabel)])


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
    qtbot.waitUntil(lambda: slug in chips(panel) and shown_state(panel, slug) is TagState.CONFIRMED)


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


def test_of_a_very_large_selection_it_says_how_many_were_counted(
    panel: InfoPanel, ids: list[PhotoId], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("album_ui.info.panel.MOST_SUMMED", 2)
    panel.show_photos(ids[:3])
    qtbot.waitUntil(lambda: panel.title == "3 photos selected")
    said = [one.text() for one in panel.findChildren(QLabel)]
    assert "Tags counted in the first 2" in said


def test_heart_and_stars_are_those_of_the_whole_selection(
    panel: InfoPanel,
    ids: list[PhotoId],
    indexed: LibrarySession,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("album_ui.info.panel.MOST_SUMMED", 2)
    indexed.set_favourite(ids[:2], True).result(10)
    indexed.set_rating(ids[:2], 4).result(10)
    panel.show_photos(ids[:2])
    qtbot.waitUntil(lambda: panel.stars.accessibleName() == "4 stars, favourite")
    panel.show_photos(ids[:3])
    qtbot.waitUntil(lambda: panel.stars.accessibleName() == "0 stars")
    panel.stars.favourite_toggled.emit(True)
    panel.stars.rated.emit(4)
    qtbot.waitUntil(lambda: panel.stars.accessibleName() == "4 stars, favourite")


def test_stars_and_heart(
    panel: InfoPanel, ids: list[PhotoId], indexed: LibrarySession, qtbot: QtBot
) -> None:
    panel.show_photos(ids[:1])
    panel.stars.rated.emit(4)
    qtbot.waitUntil(lambda: indexed.details(ids[0]).result(10).rating == 4)
    panel.stars.favourite_toggled.emit(True)
    qtbot.waitUntil(lambda: indexed.details(ids[0]).result(10).favourite)
    qtbot.waitUntil(lambda: "4" in panel.stars.accessibleName())


def test_esc_leaves_the_tag_that_is_typed(
    panel: InfoPanel, indexed: LibrarySession, ids: list[PhotoId], qtbot: QtBot
) -> None:
    panel.show_photos(ids[:1])
    panel.add_tag()
    QTest.keyClicks(panel.field, "beac")
    with qtbot.waitSignal(panel.left):
        QTest.keyClick(panel.field, Qt.Key.Key_Escape)
    assert panel.field.isHidden()
    assert panel.field.text() == ""
    panel.add_tag()
    with qtbot.waitSignal(panel.left):
        QTest.keyClick(panel.field, Qt.Key.Key_Return)
    assert panel.field.isHidden(), "Enter with nothing to add leaves too"
    assert TagState.MANUAL not in states(indexed, ids[0]).values()


def names_for(
    panel: InfoPanel, indexed: LibrarySession, ids: list[PhotoId], typed: str, qtbot: QtBot
) -> Completions:
    """Type the beginning of a tag; the list of names that is offered for it."""
    indexed.facet_counts(Query()).result(10)
    panel.show_photos(ids)
    panel.add_tag()
    panel.activateWindow()
    qtbot.waitUntil(panel.field.hasFocus)
    QTest.keyClicks(panel.field, typed)
    names = panel.findChild(Completions)
    assert names is not None
    return names


def test_a_marked_name_is_taken_whole(
    panel: InfoPanel, indexed: LibrarySession, ids: list[PhotoId], qtbot: QtBot
) -> None:
    names = names_for(panel, indexed, ids[:1], "bea", qtbot)
    qtbot.waitUntil(lambda: "beach" in names.names and names.popup.isVisible())
    QTest.keyClick(names.popup, Qt.Key.Key_Down)
    QTest.keyClick(names.popup, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: states(indexed, ids[0]).get("beach") is TagState.MANUAL)
    assert "bea" not in states(indexed, ids[0])


def test_esc_in_the_list_of_names_closes_only_the_list(
    panel: InfoPanel, indexed: LibrarySession, ids: list[PhotoId], qtbot: QtBot
) -> None:
    names = names_for(panel, indexed, ids[:1], "bea", qtbot)
    qtbot.waitUntil(names.popup.isVisible)
    QTest.keyClick(names.popup, Qt.Key.Key_Escape)
    assert not names.popup.isVisible()
    assert panel.field.text() == "bea"
    assert not panel.field.isHidden()


def test_an_empty_field_leaves_undo_to_the_window(
    panel: InfoPanel, ids: list[PhotoId], qtbot: QtBot
) -> None:
    undone: list[bool] = []
    undo = QAction(panel, shortcut=QKeySequence("Ctrl+Z"))
    undo.triggered.connect(lambda: undone.append(True))
    panel.addAction(undo)
    panel.show_photos(ids[:1])
    panel.add_tag()
    panel.activateWindow()
    qtbot.waitUntil(panel.field.hasFocus)
    control = Qt.KeyboardModifier.ControlModifier
    QTest.keyClicks(panel.field, "be")
    QTest.keyClick(panel.field, Qt.Key.Key_Z, control)
    assert not undone
    assert panel.field.text() == "", "its own text is undone first"
    QTest.keyClick(panel.field, Qt.Key.Key_Z, control)
    assert undone == [True]


def test_tags_of_one_score_stand_by_name() -> None:
    suggested, confirmed = TagState.SUGGESTED, TagState.CONFIRMED
    tags = [
        ShownTag("tree", "tree", suggested, figures="0.51"),
        ShownTag("plant", "plant", suggested, figures="0.51"),
        ShownTag("sky", "sky", suggested, figures="0.99"),
        ShownTag("sea", "sea", confirmed),
        ShownTag("boat", "boat", confirmed),
    ]
    for some in itertools.permutations(tags):
        assert [one.slug for one in in_order(some)] == ["boat", "sea", "sky", "plant", "tree"]


def test_what_is_shown_already_stays_as_it_is(
    panel: InfoPanel, indexed: LibrarySession, ids: list[PhotoId], qtbot: QtBot
) -> None:
    panel.show_photos(ids[:1])
    qtbot.waitUntil(lambda: bool(chips(panel)))
    before = chips(panel)
    indexed.decide(ids[1:2], "gathering", TagState.MANUAL).result(10)
    indexed.changes.tell(ChangeKind.PHOTOS)
    qtbot.wait(4 * SETTLE_MS)
    assert chips(panel) == before, "a chip that was focused would lose the focus"


def test_nothing_selected_says_so(panel: InfoPanel, ids: list[PhotoId], qtbot: QtBot) -> None:
    panel.show_photos(ids[:1])
    qtbot.waitUntil(lambda: bool(chips(panel)))
    panel.show_photos([])
    qtbot.waitUntil(lambda: panel.title == "Nothing selected")


def test_the_camera_in_one_line() -> None:
    camera = Camera("Canon EOS 6D", None, 5.6, 1 / 640, 200, 200.0)
    said = facts.camera_line(camera)
    assert plain(said) == "Canon EOS 6D · 200 mm · f/5.6 · 1/640 s · ISO 200"
    assert "640\u00a0s" in said, "no line break between a figure and its unit"
    assert facts.camera_line(Camera()) == ""
    assert plain(facts.exposure(2.5)) == "2.5 s"
    assert plain(facts.exposure(1.0)) == "1 s"
    assert plain(facts.exposure(0.0005)) == "1/2000 s"


@pytest.mark.parametrize(
    ("camera", "lens", "said"),
    [
        ("Apple iPhone 5", "iPhone 5 back camera 4.12mm f/2.4", "back camera"),
        ("Apple iPhone 13 Pro", "iPhone 13 Pro back triple camera 4.12mm f/2.4",
         "back triple camera"),
        ("Apple iPhone 5", "iPhone 5", ""),
        ("Canon EOS 30D", "EF50mm f/1.8 II", "EF50mm f/1.8 II"),
        ("Canon EOS 30D", "Canon EF 50mm f/1.8", "Canon EF 50mm f/1.8"),
        ("NIKON D90", "18.0-105.0 mm f/3.5-5.6", "18.0-105.0 mm f/3.5-5.6"),
        ("NIKON D90", None, ""),
    ],
)  # fmt: skip
def test_a_lens_does_not_say_again_what_the_camera_says(
    camera: str, lens: str | None, said: str
) -> None:
    assert facts.lens_line(Camera(camera, lens, aperture=2.4, focal_mm=4.12)) == said


def test_the_place_in_one_line() -> None:
    assert plain(facts.place_line((45.66014, 10.65021))) == "45.6601° N, 10.6502° E"
    assert plain(facts.place_line((-33.0, -70.5))) == "33.0000° S, 70.5000° W"
    assert facts.place_line(None) == ""


def test_a_click_on_a_tag_leaves_the_focus_where_it_was(
    panel: InfoPanel, ids: list[PhotoId], qtbot: QtBot
) -> None:
    grid = QLineEdit()
    qtbot.addWidget(grid)
    grid.show()
    grid.setFocus()
    panel.show_photos(ids[:1])
    qtbot.waitUntil(lambda: bool(chips(panel)))
    slug = next(iter(chips(panel)))
    with qtbot.waitSignal(panel.decided):
        QTest.mouseClick(button(chips(panel)[slug], "Accept"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: slug in chips(panel) and shown_state(panel, slug) is TagState.CONFIRMED)
    assert not isinstance(QApplication.focusWidget(), SignButton)


def test_a_key_on_a_tag_keeps_the_focus_among_the_tags(
    panel: InfoPanel, ids: list[PhotoId], qtbot: QtBot
) -> None:
    panel.show_photos(ids[:1])
    qtbot.waitUntil(lambda: bool(chips(panel)))
    slug = next(iter(chips(panel)))
    panel.activateWindow()
    button(chips(panel)[slug], "Accept").setFocus()
    with qtbot.waitSignal(panel.decided):
        QTest.keyClick(button(chips(panel)[slug], "Accept"), Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: slug in chips(panel) and shown_state(panel, slug) is TagState.CONFIRMED)
    assert isinstance(QApplication.focusWidget(), SignButton)


def test_names_are_shown_as_they_are_written(
    panel: InfoPanel, ids: list[PhotoId], qtbot: QtBot
) -> None:
    # A file may be called `<img src=x>.jpg`: nothing of a name is markup.
    panel.show_photos(ids[:1])
    qtbot.waitUntil(lambda: bool(chips(panel)))
    rich = [one for one in panel.findChildren(QLabel) if one.textFormat().name != "PlainText"]
    assert rich == [panel.rejected]
