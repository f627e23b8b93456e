"""The sidebar: live counts, or, exclude, only; all of it by keyboard too."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QAccessible, QContextMenuEvent, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from album.domain.query import FacetTerm, Query
from album.domain.tag import Facet
from album.session import LibrarySession
from album.storage.facets import FacetCount
from album_ui.bridge import Bridge
from album_ui.facets.items import LARGEST, Choice, Item, Kind, Section, hint, spoken
from album_ui.facets.model import SidebarModel
from album_ui.facets.panel import FacetPanel
from album_ui.facets.view import SidebarView
from album_ui.palette import SWATCHES
from album_ui.search.browsing import Browsing
from album_ui.theme import Theme
from tests.component.conftest import PHOTOS

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
ALT, PLAIN = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.NoModifier


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
    qtbot.waitUntil(lambda: bool(panel.values(Facet.SCENE)), timeout=10_000)
    yield panel
    panel.close()
    panel.deleteLater()


def value(panel: FacetPanel, slug: str, facet: Facet = Facet.SCENE) -> Item:
    return next(one for one in panel.values(facet) if one.value == slug)


def click(
    panel: FacetPanel,
    item: Item,
    modifier: Qt.KeyboardModifier = PLAIN,
) -> None:
    at = panel.view.item_rect(item.key).center()
    QTest.mouseClick(panel.view.viewport(), LEFT, modifier, at)


def current(panel: FacetPanel) -> Item:
    return panel.items[panel.view.currentIndex().row()]


def test_counts_are_those_of_the_library(panel: FacetPanel, indexed: LibrarySession) -> None:
    truth = indexed.facet_counts(Query()).result(10)
    shown = {one.value: one.count for one in panel.values(Facet.SCENE)}
    assert shown == {one.slug: one.count for one in truth[Facet.SCENE][:LARGEST]}
    assert panel.place("all").count == PHOTOS


def test_a_click_is_or_inside_a_facet(panel: FacetPanel, browsing: Browsing, qtbot: QtBot) -> None:
    click(panel, value(panel, "sky"))
    with qtbot.waitSignal(browsing.counts_changed):
        click(panel, value(panel, "night"))
    assert browsing.query == Query((FacetTerm(Facet.SCENE, ("sky", "night")),))
    assert value(panel, "sky").choice is Choice.CHOSEN
    click(panel, value(panel, "sky"))
    assert browsing.query == Query((FacetTerm(Facet.SCENE, ("night",)),))


def test_alt_click_leaves_out_and_all_stays_in_its_place(
    panel: FacetPanel, browsing: Browsing, qtbot: QtBot
) -> None:
    before = [one.value for one in panel.values(Facet.SCENE)]
    held = value(panel, "sky").count
    with qtbot.waitSignal(browsing.counts_changed):
        click(panel, value(panel, "sky"), ALT)
    assert browsing.query == Query((FacetTerm(Facet.SCENE, ("sky",), negated=True),))
    sky = value(panel, "sky")
    assert sky.choice is Choice.EXCLUDED
    assert sky.count == held
    assert "left out" in spoken(sky)
    after = [one.value for one in panel.values(Facet.SCENE)]
    assert after == [one for one in before if one in after]


def test_the_right_button_leaves_out(panel: FacetPanel, browsing: Browsing) -> None:
    at = panel.view.item_rect(value(panel, "night").key).center()
    reason = QContextMenuEvent.Reason.Mouse
    QApplication.sendEvent(
        panel.view.viewport(), QContextMenuEvent(reason, at, panel.view.mapToGlobal(at))
    )
    assert browsing.query == Query((FacetTerm(Facet.SCENE, ("night",), negated=True),))


def test_a_double_click_takes_only_this(panel: FacetPanel, browsing: Browsing) -> None:
    click(panel, value(panel, "sky"))
    click(panel, value(panel, "night"))
    at = panel.view.item_rect(value(panel, "night").key).center()
    QTest.mouseDClick(panel.view.viewport(), LEFT, pos=at)
    assert browsing.query == Query((FacetTerm(Facet.SCENE, ("night",)),))


def test_the_keyboard_does_all_of_it(panel: FacetPanel, browsing: Browsing) -> None:
    sky = value(panel, "sky")
    panel.view.setFocus()
    panel.view.go_to(sky.key)
    QTest.keyClick(panel.view, Qt.Key.Key_Space)
    assert browsing.query == Query((FacetTerm(Facet.SCENE, ("sky",)),))
    QTest.keyClick(panel.view, Qt.Key.Key_Minus)
    assert browsing.query == Query((FacetTerm(Facet.SCENE, ("sky",), negated=True),))
    QTest.keyClick(panel.view, Qt.Key.Key_Return)
    assert browsing.query == Query((FacetTerm(Facet.SCENE, ("sky",)),))
    row = panel.view.currentIndex().row()
    QTest.keyClick(panel.view, Qt.Key.Key_Down)
    assert panel.view.currentIndex().row() == row + 1
    QTest.keyClick(panel.view, Qt.Key.Key_Up)
    assert current(panel).key == sky.key


def test_the_keys_stay_on_the_line_while_the_counts_change(
    panel: FacetPanel, browsing: Browsing, qtbot: QtBot
) -> None:
    panel.view.setFocus()
    night = value(panel, "night")
    top = panel.view.item_rect(night.key).top()
    with qtbot.waitSignal(browsing.counts_changed):
        click(panel, night)
    assert panel.view.hasFocus()
    assert current(panel).key == night.key
    assert panel.view.item_rect(night.key).top() == top


def test_keys_that_mean_nothing_here_are_left_to_the_window(panel: FacetPanel) -> None:
    panel.view.go_to(value(panel, "sky").key)
    event = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_F, PLAIN, "f")
    panel.view.keyPressEvent(event)
    assert not event.isAccepted()


def test_every_line_can_be_reached_by_keys(panel: FacetPanel) -> None:
    panel.view.setFocus()
    QTest.keyClick(panel.view, Qt.Key.Key_Home)
    met = {current(panel).key}
    for _ in panel.items:
        QTest.keyClick(panel.view, Qt.Key.Key_Right)
        QTest.keyClick(panel.view, Qt.Key.Key_Down)
        met.add(current(panel).key)
    swatches = {one.key for one in panel.items if one.kind is Kind.SWATCH}
    assert {one.key for one in panel.items} - swatches <= met
    QTest.keyClick(panel.view, Qt.Key.Key_End)
    assert current(panel) == panel.items[-1]


def test_places_of_the_library_lead_there(
    panel: FacetPanel, browsing: Browsing, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(browsing.counts_changed):
        click(panel, panel.place("favourites"))
    assert browsing.query == Query((FacetTerm(Facet.FLAG, ("favourite",)),))
    assert panel.place("favourites").marked
    click(panel, panel.place("all"))
    assert browsing.query == Query()


def test_a_heading_folds_its_values(panel: FacetPanel) -> None:
    heading = next(one for one in panel.items if one.key == Facet.SCENE)
    click(panel, heading)
    assert not panel.values(Facet.SCENE)
    assert "folded" in spoken(current(panel))
    click(panel, current(panel))
    assert panel.values(Facet.SCENE)


def test_names_are_said_with_their_counts(panel: FacetPanel) -> None:
    index = panel.view.model().index(panel.items.index(value(panel, "sky")), 0)
    said = index.data(Qt.ItemDataRole.AccessibleTextRole)
    assert said.startswith("sky, ")
    assert "photo" in said
    assert index.data(Qt.ItemDataRole.CheckStateRole) is not None


def test_a_screen_reader_meets_every_line(panel: FacetPanel) -> None:
    seen = QAccessible.queryAccessibleInterface(panel.view)
    assert seen.childCount() == len(panel.items)
    names = [seen.child(row).text(QAccessible.Text.Name) for row in range(seen.childCount())]
    assert names == [spoken(one) for one in panel.items]


def test_more_opens_a_field_that_finds_values(panel: FacetPanel, browsing: Browsing) -> None:
    browsing.counts_changed.emit({Facet.THING: many(87)})
    more = next(one for one in panel.items if one.key == "thing/more")
    click(panel, more)
    field = panel.view.field(Facet.THING)
    assert field.isVisible()
    assert field.hasFocus()
    assert field.accessibleName()
    assert len(panel.values(Facet.THING)) == 87
    field.setText("tag 8")
    found = [one.value for one in panel.values(Facet.THING)]
    assert found == ["tag-8", *(f"tag-8{n}" for n in range(7))]
    assert field.hasFocus()
    click(panel, next(one for one in panel.items if one.key == "thing/more"))
    assert len(panel.values(Facet.THING)) == LARGEST
    assert field.isHidden()


@pytest.fixture
def section() -> Section:
    return Section(Facet.THING, "Thing", lambda _, one: one.name)


def many(count: int) -> list[FacetCount]:
    return [FacetCount(f"tag-{n}", f"tag {n}", 1000 - n) for n in range(count)]


def test_six_are_shown_and_the_rest_on_demand(section: Section) -> None:
    section.take_counts(many(87), Query())
    assert len(section.values()) == LARGEST
    assert section.items()[-1].text == "Show 81 more"
    section.show_more()
    assert len(section.values()) == 87
    assert section.items()[-1].text == "Show less"


def test_what_is_chosen_is_always_there(section: Section) -> None:
    query = Query((FacetTerm(Facet.THING, ("tag-40",)),))
    counts = [FacetCount(one.slug, one.name, one.count, one.slug == "tag-40") for one in many(87)]
    section.take_counts(counts, query)
    assert section.values()[-1].value == "tag-40"
    assert section.values()[-1].choice is Choice.CHOSEN


def turned_round(section: Section, *, keep_order: bool) -> list[str]:
    """The values in their order, after the rarest has become the most frequent."""
    section.take_counts(many(3), Query())
    turned = [FacetCount("tag-2", "tag 2", 9), FacetCount("tag-0", "tag 0", 3)]
    section.take_counts(turned, Query((FacetTerm(Facet.YEAR, ("2024",)),)), keep_order=keep_order)
    return [one.value for one in section.values()]


def test_a_query_from_elsewhere_brings_the_most_frequent_up(section: Section) -> None:
    assert turned_round(section, keep_order=False) == ["tag-2", "tag-0"]


def test_values_keep_their_places_and_get_them_back(section: Section) -> None:
    assert turned_round(section, keep_order=True) == ["tag-0", "tag-2"]
    back = [FacetCount("new", "new", 99), *reversed(many(3))]
    section.take_counts(back, Query(), keep_order=True)
    assert [one.value for one in section.values()] == ["tag-0", "tag-1", "tag-2", "new"]


def test_a_section_opened_again_is_sorted(section: Section) -> None:
    turned_round(section, keep_order=True)
    section.fold()
    section.fold()
    assert [one.value for one in section.values()] == ["tag-2", "tag-0"]
    assert turned_round(section, keep_order=True) == ["tag-0", "tag-2"]
    section.show_more()
    assert [one.value for one in section.values()] == ["tag-2", "tag-0"]


def test_choices_made_here_leave_every_section_as_it_stands(
    panel: FacetPanel, browsing: Browsing, qtbot: QtBot
) -> None:
    before = {one.key: row for row, one in enumerate(panel.items) if one.value}
    shown = {one.facet for one in panel.items if one.kind is Kind.VALUE}
    assert len(shown) > 1
    for slug in ("sky", "night", "sky"):
        with qtbot.waitSignal(browsing.counts_changed):
            click(panel, value(panel, slug))
        with qtbot.waitSignal(browsing.counts_changed):
            browsing.refresh()
        kept = [one.key for one in panel.items if one.key in before]
        assert kept == sorted(kept, key=before.__getitem__)


def test_a_chosen_value_is_tinted_from_edge_to_edge(
    panel: FacetPanel, browsing: Browsing, theme: Theme, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(browsing.counts_changed):
        click(panel, value(panel, "sky"))
    seen = panel.view.viewport().grab().toImage()
    for slug, role in (("sky", "tint"), ("night", "sidebar")):
        middle = panel.view.item_rect(value(panel, slug).key).center()
        assert seen.pixelColor(middle) == theme.colour(role)


def test_a_facet_without_values_is_not_there(section: Section) -> None:
    section.take_counts([], Query())
    assert section.items() == []


def test_colours_are_swatches_in_their_own_order(theme: Theme, qtbot: QtBot) -> None:
    section = Section(Facet.COLOUR, "Colour", lambda _, one: one.name)
    section.take_counts([FacetCount("blue", "blue", 9), FacetCount("red", "red", 3)], Query())
    assert [one.value for one in section.values()] == ["red", "blue"]
    assert set(SWATCHES) >= {"red", "blue"}
    assert hint(section.values()[0]) == "red · 3 photos"
    model = SidebarModel()
    view = SidebarView(model, theme)
    qtbot.addWidget(view)
    view.resize(220, 100)
    model.show(section.items())
    red, blue = (view.item_rect(one.key) for one in section.values())
    assert red.top() == blue.top()
    assert red.right() < blue.left()
    assert not view.grab().isNull()
