"""The search field, the chips, and what stands where nothing was found."""

from collections.abc import Iterator
from concurrent.futures import Future

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from album.domain.photo import PhotoId
from album.domain.query import FacetTerm, Query, Sort, WordTerm
from album.domain.tag import Facet, TagState
from album.session import LibrarySession
from album.storage.search import Page
from album_ui import words
from album_ui.bridge import Bridge
from album_ui.labels import PlainLabel
from album_ui.search.browsing import Browsing
from album_ui.search.chips import ChipButton, ChoiceLine, chip_words
from album_ui.search.choices import Chip
from album_ui.search.empty import EmptyPage
from album_ui.search.field import SearchField
from album_ui.theme import Theme

BEACH = FacetTerm(Facet.SCENE, ("beach", "sky"))


@pytest.fixture
def browsing(indexed: LibrarySession, bridge: Bridge) -> Browsing:
    indexed.facet_counts(Query()).result(10)
    return Browsing(indexed, bridge)


@pytest.fixture
def field(
    indexed: LibrarySession, bridge: Bridge, browsing: Browsing, theme: Theme, qtbot: QtBot
) -> Iterator[SearchField]:
    field = SearchField(indexed, bridge, browsing, theme)
    field.resize(600, 30)
    field.show()
    field.setFocus()
    yield field
    field.close()
    field.deleteLater()


@pytest.fixture
def line(
    indexed: LibrarySession, browsing: Browsing, theme: Theme, qtbot: QtBot
) -> Iterator[ChoiceLine]:
    line = ChoiceLine(browsing, indexed.tag_name, theme)
    line.resize(800, 60)
    line.show()
    yield line
    line.close()
    line.deleteLater()


def test_typing_asks_once_it_rests(field: SearchField, browsing: Browsing, qtbot: QtBot) -> None:
    asked: list[Query] = []
    browsing.query_changed.connect(asked.append)
    QTest.keyClicks(field, "beach -night")
    qtbot.waitUntil(lambda: bool(asked))
    assert asked == [Query((WordTerm("beach"), WordTerm("night", negated=True)))]
    assert field.text() == "beach -night", "what is typed stays as it is typed"


def test_the_query_shows_as_text_that_means_it(
    field: SearchField, browsing: Browsing, indexed: LibrarySession
) -> None:
    field.clearFocus()
    query = Query((BEACH, FacetTerm(Facet.SCENE, ("night",), negated=True)))
    browsing.ask(query)
    assert indexed.parse(field.text()) == query


def test_a_text_without_meaning_is_marked_and_changes_nothing(
    field: SearchField, browsing: Browsing
) -> None:
    browsing.ask(Query((BEACH,)))
    field.setText("tag:beach,sports")
    field.ask_now()
    assert field.property("wrong")
    assert browsing.query == Query((BEACH,))
    field.setText("beach")
    field.ask_now()
    assert not field.property("wrong")


@pytest.mark.parametrize(
    ("text", "remark"),
    [
        ("beach", ""),
        ("tag:beach,sports", "tag:beach,sports names values of different kinds."),
        ("is:nonsense", "is:nonsense is nothing that photos can be. Possible are"),
        ("beach 2024-13", "There is no day or month 2024-13."),
        ("bogus:x", "bogus:x is searched for as a word"),
        ("seaside", "“seaside” is also understood as “beach”."),
    ],
)
def test_what_is_to_be_said_about_a_text_is_said(
    field: SearchField, line: ChoiceLine, text: str, remark: str
) -> None:
    field.remarked.connect(line.remark)
    field.setText(text)
    field.ask_now()
    assert said(line).startswith(remark)
    assert bool(said(line)) is bool(remark)


def test_a_remark_goes_with_the_query_that_it_is_about(
    field: SearchField, line: ChoiceLine, browsing: Browsing
) -> None:
    field.remarked.connect(line.remark)
    field.setText("is:nonsense")
    field.ask_now()
    field.clearFocus()
    browsing.ask(Query((BEACH,)))
    assert said(line) == ""


def said(line: ChoiceLine) -> str:
    """What stands below the chips."""
    shown = [one for one in line.findChildren(PlainLabel) if one.wordWrap() and one.isVisible()]
    return " ".join(one.text() for one in shown)


def test_esc_brings_the_query_back_and_leaves(
    field: SearchField, browsing: Browsing, qtbot: QtBot
) -> None:
    browsing.ask(Query((BEACH,)))
    said = field.text()
    field.setText("half a wor")
    with qtbot.waitSignal(field.left):
        QTest.keyClick(field, Qt.Key.Key_Escape)
    assert field.text() == said


def test_names_are_completed(field: SearchField, browsing: Browsing, qtbot: QtBot) -> None:
    QTest.keyClicks(field, "bea")
    qtbot.waitUntil(lambda: "beach" in field.completions.names)
    field.completions.taken.emit("beach")
    assert field.text().strip() == "beach"
    assert browsing.query == Query((WordTerm("beach"),))


def test_enter_asks_for_what_was_typed_not_for_what_is_offered(
    field: SearchField, browsing: Browsing, qtbot: QtBot
) -> None:
    QTest.keyClicks(field, "bea")
    qtbot.waitUntil(lambda: field.completions.popup.isVisible())
    QTest.keyClick(field.completions.popup, Qt.Key.Key_Return)
    assert field.text() == "bea"
    assert browsing.query == Query((WordTerm("bea"),))


def test_the_arrow_and_enter_take_what_is_offered(
    field: SearchField, browsing: Browsing, qtbot: QtBot
) -> None:
    QTest.keyClicks(field, "bea")
    qtbot.waitUntil(lambda: field.completions.popup.isVisible())
    offered = field.completions.names[0]
    QTest.keyClick(field.completions.popup, Qt.Key.Key_Down)
    QTest.keyClick(field.completions.popup, Qt.Key.Key_Return)
    assert field.text().strip() == offered
    assert browsing.query == Query((WordTerm(offered),))


def chips(line: ChoiceLine) -> list[ChipButton]:
    return [one for one in line.findChildren(ChipButton) if one.isVisible()]


def test_chips_repeat_the_choice_in_its_order(
    line: ChoiceLine, browsing: Browsing, qtbot: QtBot
) -> None:
    browsing.ask(Query((BEACH, FacetTerm(Facet.SCENE, ("night",), negated=True))))
    qtbot.waitUntil(lambda: len(chips(line)) == 3)
    assert [chip.text() for chip in chips(line)] == ["beach", "sky", "night"]
    assert "without" in chips(line)[2].accessibleName()
    chips(line)[0].click()
    assert browsing.query.terms[0] == FacetTerm(Facet.SCENE, ("sky",))


def test_places_of_the_library_are_a_title(line: ChoiceLine, browsing: Browsing) -> None:
    browsing.ask(Query((FacetTerm(Facet.KIND, ("video",)),)))
    assert not chips(line)
    assert line.title == "Videos"
    browsing.ask(Query())
    assert line.title == "All photos"


def test_a_choice_is_named_as_an_album(line: ChoiceLine, browsing: Browsing, qtbot: QtBot) -> None:
    named: list[str] = []
    line.album_named.connect(named.append)
    browsing.ask(Query((BEACH,)))
    line.ask_name()
    QTest.keyClicks(line.name, "At the sea")
    QTest.keyClick(line.name, Qt.Key.Key_Return)
    assert named == ["At the sea"]


def test_counts_say_photos_and_videos(line: ChoiceLine, browsing: Browsing, qtbot: QtBot) -> None:
    with qtbot.waitSignal(browsing.page_changed):
        browsing.refresh()
    assert line.total == "9 photos"


@pytest.fixture
def empty(
    indexed: LibrarySession, bridge: Bridge, browsing: Browsing, qtbot: QtBot
) -> Iterator[EmptyPage]:
    page = EmptyPage(indexed, bridge)
    page.resize(700, 600)
    page.show()
    yield page
    page.close()
    page.deleteLater()


def offers(page: EmptyPage) -> list[str]:
    return [one.text() for one in page.findChildren(QPushButton) if one.isVisible()]


def test_nothing_found_offers_the_nearest_spelling(empty: EmptyPage, qtbot: QtBot) -> None:
    wanted: list[Query] = []
    empty.query_wanted.connect(wanted.append)
    empty.show_query(Query((WordTerm("baech"),)))
    qtbot.waitUntil(lambda: "Did you mean “beach”?" in offers(empty))
    next(one for one in empty.findChildren(QPushButton) if "beach" in one.text()).click()
    assert wanted == [Query((WordTerm("beach"),))]


def test_nothing_found_says_what_no_photo_has(empty: EmptyPage, qtbot: QtBot) -> None:
    empty.show_query(
        Query((FacetTerm(Facet.SCENE, ("sky", "moon base")), WordTerm("not there", negated=True)))
    )
    texts = [one for one in empty.findChildren(PlainLabel) if one.wordWrap()]
    qtbot.waitUntil(lambda: texts[0].text() == "No photo has “moon base”, “not there”.")


def test_what_no_photo_has_stands_in_the_order_of_the_query(
    empty: EmptyPage, indexed: LibrarySession, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    browse, asked = indexed.browse, list[tuple[Future[Page], Page]]()

    def later(query: Query, sort: Sort) -> Future[Page]:
        asked.append((Future(), browse(query, sort).result(10)))
        return asked[-1][0]

    monkeypatch.setattr(indexed, "browse", later)
    empty.show_query(Query((WordTerm("moon base"), WordTerm("not there"))))
    for future, page in reversed(asked):
        future.set_result(page)
    texts = [one for one in empty.findChildren(PlainLabel) if one.wordWrap()]
    qtbot.waitUntil(lambda: texts[0].text() == "No photo has “moon base”, “not there”.")


def test_nothing_found_offers_what_to_take_away(empty: EmptyPage, qtbot: QtBot) -> None:
    empty.show_query(Query((FacetTerm(Facet.SCENE, ("sky",)), FacetTerm(Facet.EVENT, ("sports",)))))
    qtbot.waitUntil(lambda: any(one.startswith("Without event sports") for one in offers(empty)))
    assert not any(one.startswith("Without scene sky") for one in offers(empty))


def test_an_empty_library_offers_a_folder(empty: EmptyPage, qtbot: QtBot) -> None:
    empty.show_query(Query())
    qtbot.waitUntil(lambda: offers(empty) == ["Choose a folder…"])


def test_choices_are_called_as_the_user_calls_them(
    line: ChoiceLine, browsing: Browsing, indexed: LibrarySession, qapp: QApplication
) -> None:
    ids = [PhotoId(int(one)) for one in indexed.browse(Query()).result(10).ids[:1]]
    indexed.decide(ids, "Grandma's house", TagState.MANUAL).result(10)
    own = FacetTerm(Facet.KEYWORD, ("grandma-s-house",))
    assert chip_words(Query((own,)), Chip(0, 0), indexed.tag_name)[1] == "Grandma's house"
    red = FacetTerm(Facet.COLOUR, ("red",))
    words.install(qapp, "zh")
    assert chip_words(Query((red,)), Chip(0, 0), indexed.tag_name)[1] != "red"
    words.install(qapp, "en")
