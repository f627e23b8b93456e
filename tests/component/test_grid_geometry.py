"""Where photos lie: rows fill the width, nothing overlaps, every photo is found again."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from album_ui.grid.geometry import CHUNK, TALLEST, Layout, Measures, Rect, Strip
from album_ui.grid.grouping import EPOCH, Span, group


def strip_of(aspects: list[float], starts: list[int] | None = None) -> Strip:
    return Strip(
        np.array(aspects, np.float32), None if starts is None else np.array(starts, np.int64)
    )


aspects = st.lists(st.floats(0.2, 6.0), min_size=1, max_size=300)
measures = st.builds(
    Measures,
    width=st.integers(120, 2500),
    row=st.integers(60, 400),
    gap=st.integers(0, 8),
    heading=st.sampled_from((0, 34)),
    between=st.integers(0, 20),
)


@given(aspects, measures, st.data())
def test_every_photo_has_its_place_and_is_found_there(
    shapes: list[float], wanted: Measures, data: st.DataObject
) -> None:
    starts = sorted({0, *data.draw(st.lists(st.integers(0, len(shapes) - 1), max_size=5))})
    layout = Layout(strip_of(shapes, starts), wanted)
    bottom = 0
    for row in range(layout.rows):
        rects = layout.row_rects(row)
        assert rects
        assert rects[0].x == 0
        for left, right in itertools.pairwise(rects):
            assert right.x - (left.x + left.width) in {wanted.gap - 1, wanted.gap, wanted.gap + 1}
        assert rects[-1].x + rects[-1].width <= wanted.width + len(rects)
        assert rects[0].y >= bottom
        bottom = rects[0].y + rects[0].height
        first = int(layout.row_starts[row])
        for photo, rect in enumerate(rects, first):
            assert layout.row_of(photo) == row
            assert layout.rect(photo) == rect
            middle = (rect.x + rect.width // 2, rect.y + rect.height // 2)
            assert layout.photo_at(*middle) == photo
    assert bottom == layout.height
    assert layout.row_starts.tolist() == sorted(set(layout.row_starts.tolist()))
    assert set(starts) <= set(layout.row_starts.tolist()), "a group begins a row"


@given(st.integers(1, 5 * CHUNK), st.integers(300, 2000))
def test_rows_are_about_as_high_as_wanted(count: int, width: int) -> None:
    random = np.random.default_rng(count)
    shapes = random.choice([0.67, 0.75, 1.33, 1.5, 1.78], count)
    layout = Layout(strip_of(shapes.tolist()), Measures(width, 176, 4))
    assert layout.row_heights.max() <= round(176 * TALLEST)
    if width > 900:
        assert layout.row_heights.min() > 100
        if layout.rows >= 4:
            assert abs(float(np.median(layout.row_heights)) - 176) < 30


def test_all_rows_but_the_last_of_a_group_fill_the_width() -> None:
    layout = Layout(strip_of([1.5] * 40, [0, 13]), Measures(1000, 176, 4, 34, 14))
    lasts = {int(first) - 1 for first in layout.group_rows[1:]} | {layout.rows - 1}
    for row in set(range(layout.rows)) - lasts:
        last = layout.row_rects(row)[-1]
        assert abs(last.x + last.width - 1000) <= 1


def test_a_short_last_row_keeps_its_natural_height() -> None:
    layout = Layout(strip_of([1.5, 1.5]), Measures(1600, 176, 4))
    assert layout.row_heights.tolist() == [176]
    assert layout.rect(1).x + layout.rect(1).width == 2 * 264 + 4


def test_nothing_to_lay_out() -> None:
    layout = Layout(strip_of([], []), Measures(800, 176))
    assert (layout.rows, layout.height) == (0, 0)
    assert layout.photo_at(10, 10) is None
    assert not layout.rows_between(0, 500)
    assert not layout.groups_between(0, 500)


def test_a_rectangle_touches_runs_of_photos() -> None:
    layout = Layout(strip_of([1.0] * 12), Measures(404, 100, 0))
    assert layout.runs_in(Rect(0, 0, 1, 1)) == [(0, 0)]
    per_row = int(layout.row_starts[1])
    everything = layout.runs_in(Rect(0, 0, 404, layout.height))
    assert everything[0] == (0, per_row - 1)
    assert everything[-1][1] == 11


def test_headings_stand_over_their_groups() -> None:
    layout = Layout(strip_of([1.5] * 20, [0, 5, 9]), Measures(1000, 176, 4, 34, 14))
    assert layout.group_top(0) == 0
    for place in range(3):
        first = layout.group_photos(place).start
        assert layout.rect(first).y == layout.group_top(place) + 34
        assert layout.group_of(first) == place
    assert list(layout.groups_between(0, layout.height)) == [0, 1, 2]


def days(*when: str) -> "np.ndarray[tuple[int], np.dtype[np.int32]]":
    return np.array(when, "datetime64[D]").astype(np.int32)


@given(st.lists(st.integers(-4000, 30000), max_size=400))
def test_groups_are_runs_in_order_and_cover_all(numbers: list[int]) -> None:
    ordered = np.array(sorted(numbers, reverse=True), np.int32)
    groups = group(ordered)
    assert len(groups.starts) == len(groups.spans) == len(groups.days)
    if numbers:
        assert groups.starts[0] == 0
        assert (np.diff(groups.starts) > 0).all()
        inside = np.searchsorted(groups.starts, np.arange(len(ordered)), side="right") - 1
        for place, span in enumerate(groups.spans.tolist()):
            members = ordered[inside == place].astype("datetime64[D]")
            if span == Span.DAY:
                assert len(set(members.tolist())) == 1
            if span == Span.MONTH:
                assert len(set(members.astype("datetime64[M]").tolist())) == 1


def test_busy_days_stand_alone_and_sparse_ones_join_their_month() -> None:
    busy = ["2025-07-12"] * 14 + ["2025-07-11"] * 31
    sparse = ["2025-03-20", "2025-03-11", "2025-03-02"]
    groups = group(days(*busy, *sparse))
    assert [Span(span) for span in groups.spans.tolist()] == [Span.DAY, Span.DAY, Span.MONTH]
    assert groups.starts.tolist() == [0, 14, 45]


def test_years_of_single_photos_stand_together() -> None:
    groups = group(days("2026-01-03", "2025-06-01", "2023-10-31", "2022-08-14"))
    assert groups.starts.tolist() == [0]
    newest, oldest = groups.ends(0)
    assert (newest.year, oldest.year) == (2026, 2022)


@pytest.mark.parametrize("count", [0, 1])
def test_groups_of_next_to_nothing(count: int) -> None:
    assert len(group(np.zeros(count, np.int32)).starts) == count
    assert EPOCH.year == 1970
