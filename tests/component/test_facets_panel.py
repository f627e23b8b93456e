"""The sidebar: live counts, or, exclude, only; all of it by keyboard too."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from album.domain.query import FacetTerm, Query
from album.domain.tag import Facet
from album.session import LibrarySession
from album.storage.facets import FacetCount
from album_ui.bridge import Bridge
from album_ui.facets.panel import FacetPanel
from album_ui.facets.row import Choice, ValueRow
from album_ui.facets.section import LARGEST, FacetSection
from album_ui.palette import SWATCHES
from album_ui.search.browsing import Browsing
from album_ui.theme import Theme
from tests.component.conftest import PHOTOS

LEFT, ALT = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.AltModifier
INSIDE = QPoint(30, 12)


@pytest.fixture
def browsing(indexed: LibrarySession, bridge: Bridge) -> Browsing:
    return Browsing(indexed, bridge)


@pytest.fixture
def panel(
    indexed: LibrarySession, bridge: Bridge, browsing: Browsing, theme: Theme, qtbot: QtBot
) -> Iterator[FacetPanel]:
    panel = FacetPanel(indexed, bridge, browsing, theme)
    panel.resize(236, 900)
    panel.show()
    browsing.refresh()
    qtbot.waitUntil(lambda: bool(panel.section(Facet.SCENE).rows), timeout=10_000)
    yield panel
    panel.close()
    panel.deleteLater()


def row_of(panel: FacetPanel, value: str, facet: Facet = Facet.SCENE) -> ValueRow:
    return next(row for row in panel.section(facet).rows if row.value == value)


def test_counts_are_those_of_the_library(panel: FacetPanel, indexed: LibrarySession) -> None:
    truth = indexed.facet_counts(Query()).result(10)
    shown = {row.value: row.count for row in panel.section(Facet.SCENE).rows}
    assert shown == {one.slug: one.count for one in truth[Facet.SCENE][:LARGEST]}
    assert panel.places["all"].count == PHOTOS


def test_a_click_is_or_inside_a_facet(panel: FacetPanel, browsing: Browsing, qtbot: QtBot) -> None:
    QTest.mouseClick(row_of(panel, "sky"), LEFT, pos=INSIDE)
    QTest.mouseClick(row_of(panel, "night"), LEFT, pos=INSIDE)
    assert browsing.query == Query((FacetTerm(Facet.SCENE, ("sky", "night")),))
    assert row_of(panel, "sky").choice is Choice.CHOSEN
    QTest.mouseClick(row_of(panel, "sky"), LEFT, pos=INSIDE)
    assert browsing.query == Query((FacetTerm(Facet.SCENE, ("night",)),))


def test_alt_click_leaves_out_and_stays_in_sight(
    panel: FacetPanel, browsing: Browsing, qtbot: QtBot
) -> None:
    QTest.mouseClick(row_of(panel, "night"), LEFT, ALT, pos=INSIDE)
    assert browsing.query == Query((FacetTerm(Facet.SCENE, ("night",), negated=True),))
    with qtbot.waitSignal(browsing.counts_changed):
        pass
    row = row_of(panel, "night")
    assert row.choice is Choice.EXCLUDED
    assert "left out" in row.accessibleName()


def test_a_double_click_takes_only_this(panel: FacetPanel, browsing: Browsing) -> None:
    QTest.mouseClick(row_of(panel, "sky"), LEFT, pos=INSIDE)
    row = row_of(panel, "night")
    QTest.mouseClick(row, LEFT, pos=INSIDE)
    QTest.mouseDClick(row, LEFT, pos=INSIDE)
    assert browsing.query == Query((FacetTerm(Facet.SCENE, ("night",)),))


def test_the_keyboard_does_all_of_it(panel: FacetPanel, browsing: Browsing) -> None:
    row = row_of(panel, "sky")
    row.setFocus()
    QTest.keyClick(row, Qt.Key.Key_Space)
    assert browsing.query == Query((FacetTerm(Facet.SCENE, ("sky",)),))
    QTest.keyClick(row, Qt.Key.Key_Minus)
    assert browsing.query == Query((FacetTerm(Facet.SCENE, ("sky",), negated=True),))
    QTest.keyClick(row, Qt.Key.Key_Return)
    assert browsing.query == Query((FacetTerm(Facet.SCENE, ("sky",)),))
    rows = panel.section(Facet.SCENE).rows
    QTest.keyClick(row, Qt.Key.Key_Down)
    assert panel.focusWidget() is rows[rows.index(row) + 1]
    QTest.keyClick(panel.focusWidget(), Qt.Key.Key_Up)
    assert panel.focusWidget() is row


def test_places_of_the_library_lead_there(panel: FacetPanel, browsing: Browsing) -> None:
    panel.places["favourites"].click()
    assert browsing.query == Query((FacetTerm(Facet.FLAG, ("favourite",)),))
    assert panel.places["favourites"].isChecked()
    panel.places["all"].click()
    assert browsing.query == Query()


def test_names_are_said_with_their_counts(panel: FacetPanel) -> None:
    row = row_of(panel, "sky")
    assert row.accessibleName().startswith("sky, ")
    assert "photo" in row.accessibleName()


@pytest.fixture
def section(theme: Theme, qtbot: QtBot) -> FacetSection:
    section = FacetSection(Facet.THING, "Thing", lambda _, one: one.name, theme)
    qtbot.addWidget(section)
    section.show()
    return section


def many(count: int) -> list[FacetCount]:
    return [FacetCount(f"tag-{n}", f"tag {n}", 1000 - n) for n in range(count)]


def test_six_are_shown_and_the_rest_on_demand(section: FacetSection) -> None:
    section.show_counts(many(87), Query())
    assert len(section.rows) == LARGEST
    assert section.more.text() == "Show 81 more"
    section.more.click()
    assert len(section.rows) == 87
    section.filter.setText("tag 8")
    assert [row.value for row in section.rows] == ["tag-8", *(f"tag-8{n}" for n in range(7))]
    section.more.click()
    assert len(section.rows) == LARGEST


def test_what_is_chosen_is_always_there(section: FacetSection) -> None:
    query = Query((FacetTerm(Facet.THING, ("tag-40",)),))
    counts = [FacetCount(one.slug, one.name, one.count, one.slug == "tag-40") for one in many(87)]
    section.show_counts(counts, query)
    assert section.rows[-1].value == "tag-40"
    assert section.rows[-1].choice is Choice.CHOSEN


def test_rows_stay_and_change_in_place(section: FacetSection) -> None:
    section.show_counts(many(5), Query())
    before = section.rows
    section.show_counts([FacetCount(one.slug, one.name, 1) for one in many(5)], Query())
    assert section.rows == before
    assert [row.count for row in before] == [1] * 5


def test_a_facet_without_values_is_not_there(section: FacetSection) -> None:
    section.show_counts([], Query())
    assert section.isHidden()


def test_colours_are_swatches_in_their_own_order(theme: Theme, qtbot: QtBot) -> None:
    section = FacetSection(Facet.COLOUR, "Colour", lambda _, one: one.name, theme)
    qtbot.addWidget(section)
    section.resize(220, 100)
    section.show()
    section.show_counts([FacetCount("blue", "blue", 9), FacetCount("red", "red", 3)], Query())
    assert [row.value for row in section.rows] == ["red", "blue"]
    assert set(SWATCHES) >= {"red", "blue"}
    assert section.rows[0].toolTip() == "red · 3 photos"
    assert not section.grab().isNull()
