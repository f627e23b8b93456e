"""Several lifted subjects: which are kept, and how their edge is drawn."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from album.analysis.protocol import Cutout, Subject
from album.interchange.layers import Edge, edged, keep, layers, subjects_at


def two() -> Cutout:
    """A square of 20 at (10, 10), and one of 10 at (60, 30), in 100 x 50."""
    alpha = np.zeros((50, 100), np.uint8)
    alpha[10:30, 10:30] = 255
    alpha[30:40, 60:70] = 200
    subjects = (
        Subject(alpha[10:30, 10:30].copy(), (10, 10, 20, 20), 0.08, 0.9),
        Subject(alpha[30:40, 60:70].copy(), (60, 30, 10, 10), 0.02, 0.8),
    )
    return Cutout(alpha, 0.9, found=True, box=(10, 10, 60, 30), subjects=subjects)


def one() -> Cutout:
    alpha = np.zeros((50, 100), np.uint8)
    alpha[10:30, 10:30] = 255
    return Cutout(alpha, 0.9, found=True, box=(10, 10, 20, 20))


def test_a_cutout_without_layers_is_its_own_layer() -> None:
    (layer,) = layers(one())
    assert layer.box == (10, 10, 20, 20)
    assert layer.share == pytest.approx(400 / 5000)
    assert layers(Cutout(np.zeros((4, 4), np.uint8), 0.0, found=False)) == ()


def test_all_that_are_kept_are_the_cutout() -> None:
    assert keep(two(), [0, 1]) is not None
    assert (keep(two(), [0, 1]).alpha == two().alpha).all()


@pytest.mark.parametrize(("number", "box"), [(0, (10, 10, 20, 20)), (1, (60, 30, 10, 10))])
def test_one_that_is_kept_stands_alone(number: int, box: tuple[int, int, int, int]) -> None:
    kept = keep(two(), [number])
    x, y, width, height = box
    assert kept.box == box
    assert kept.found
    assert kept.alpha.astype(int).sum() == two().subjects[number].alpha.astype(int).sum()
    assert kept.alpha[y : y + height, x : x + width].all()


def test_none_that_is_kept_is_nothing() -> None:
    kept = keep(two(), [])
    assert not kept.found
    assert kept.box is None
    assert not kept.alpha.any()


def test_points_name_subjects() -> None:
    assert subjects_at(two(), [(15, 15)]) == [0]
    assert subjects_at(two(), [(65, 35), (15, 15)]) == [0, 1]
    assert subjects_at(two(), [(45, 5)]) == []


def test_no_edge_changes_nothing() -> None:
    cutout = two()
    assert edged(cutout, Edge()) is cutout


@pytest.mark.parametrize("shift", [-4, -1, 1, 4])
def test_a_shift_moves_the_edge_by_so_many_pixels(shift: int) -> None:
    moved = edged(one(), Edge(shift_px=shift))
    side = 20 + 2 * shift
    assert moved.box == (10 - shift, 10 - shift, side, side)
    assert moved.alpha[20, 10 - shift] == 255
    assert moved.alpha[20, 9 - shift] == 0


def test_a_shift_stops_at_the_frame() -> None:
    moved = edged(one(), Edge(shift_px=40))
    assert moved.alpha.shape == (50, 100)
    assert moved.box is not None
    assert moved.box[:2] == (0, 0)


def test_so_much_inwards_that_nothing_is_left() -> None:
    assert edged(one(), Edge(shift_px=-20)).box is None


def test_a_feather_softens_and_stays_in_its_place() -> None:
    soft = edged(one(), Edge(feather_px=6))
    assert 100 < soft.alpha[20, 10] < 160
    assert 0 < soft.alpha[20, 7] < soft.alpha[20, 12] < 255
    assert soft.alpha[20, 20] == 255
    assert soft.alpha[0, 99] == 0


@given(st.integers(-15, 15), st.integers(0, 20), st.integers(0, 99), st.integers(0, 49))
def test_any_edge_keeps_the_size_and_its_box_holds_what_is_seen(
    shift: int, feather: int, x: int, y: int
) -> None:
    alpha = np.zeros((50, 100), np.uint8)
    alpha[y : y + 12, x : x + 12] = 255
    cutout = Cutout(alpha, 0.9, found=True, box=(x, y, min(12, 100 - x), min(12, 50 - y)))
    drawn = edged(cutout, Edge(feather, shift))
    assert drawn.alpha.shape == (50, 100)
    seen = drawn.alpha > 127
    if drawn.box is None:
        assert not seen.any()
    else:
        left, top, width, height = drawn.box
        assert seen[top : top + height, left : left + width].sum() == seen.sum()
