"""Outlines taken apart into subjects, and refined to full size: numpy alone."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray
from skimage.measure import label

from album.analysis.protocol import Hint
from album_models.corrections import obey, places
from album_models.instances import cleaned, components, owners
from album_models.refine import full_alpha

SIDE = 160


def discs(*which: tuple[int, int, int]) -> NDArray[np.float32]:
    """An outline with discs at (x, y) of a radius."""
    rows, columns = np.ogrid[:SIDE, :SIDE]
    there = np.zeros((SIDE, SIDE), bool)
    for x, y, radius in which:
        there |= np.hypot(columns - x, rows - y) < radius
    return there.astype(np.float32)


@given(arrays.arrays(np.bool_, st.tuples(st.integers(1, 24), st.integers(1, 24))))
@settings(max_examples=60)
def test_components_are_what_hangs_together(mask: NDArray[np.bool_]) -> None:
    found = components(mask)
    wanted: NDArray[np.int64] = label(mask, connectivity=1)  # type: ignore[no-untyped-call]  # scikit-image carries no types
    assert found.max() == wanted.max()
    assert ((found > 0) == mask).all()
    for number in range(1, int(found.max()) + 1):
        assert len(np.unique(wanted[found == number])) == 1


def test_two_things_are_two_subjects_the_larger_first() -> None:
    labels = owners(discs((30, 80, 20), (110, 80, 30)))
    assert labels[80, 110] == 1
    assert labels[80, 30] == 2
    assert labels[50, 30] == 2  # what lies beside it goes with it
    assert labels.min() == 1


def test_a_neck_divides_and_a_waist_does_not() -> None:
    joined = discs((40, 80, 30), (120, 80, 30))
    joined[77:84, 60:100] = 1
    assert owners(joined).max() == 2
    assert owners(discs((60, 80, 30), (100, 80, 30))).max() == 1


def test_what_is_small_belongs_to_its_neighbour_unless_somebody_points_at_it() -> None:
    outline = discs((60, 80, 40), (140, 80, 7))
    assert owners(outline).max() == 1
    assert owners(outline, [(80, 140)]).max() == 2


def test_nothing_has_no_owner() -> None:
    assert not owners(np.zeros((20, 20), np.float32)).any()


def test_specks_go_and_pinholes_are_filled() -> None:
    outline = discs((80, 80, 50), (10, 10, 3))
    outline[78:82, 78:82] = 0
    tidy = cleaned(outline)
    assert not tidy[:20, :20].any()
    assert tidy[80, 80] == 1


def test_a_large_hole_stays() -> None:
    outline = discs((80, 80, 60)) - discs((80, 80, 30))
    assert cleaned(outline)[80, 80] == 0


def test_clicks_reach_as_far_as_the_colour() -> None:
    pixels = np.full((320, 320, 3), 40, np.uint8)
    pixels[100:200, 100:200] = (220, 60, 40)
    outline = np.zeros((SIDE, SIDE), np.float32)
    added = obey(outline, pixels, [Hint(150, 150)])
    assert added[60, 60] == 1
    assert added[20, 20] == 0
    assert obey(added, pixels, [Hint(150, 150, wanted=False)])[60, 60] == 0
    assert places([Hint(319, 0)], pixels, outline.shape) == [(0, 159)]


@pytest.mark.parametrize("shape", [(300, 400), (37, 500), (1, 1), (900, 700)])
def test_an_alpha_has_the_size_of_its_picture(shape: tuple[int, int]) -> None:
    pixels = np.zeros((*shape, 3), np.uint8)
    alpha = full_alpha(pixels, discs((80, 80, 50)))
    assert alpha.shape == shape
    assert alpha.dtype == np.uint8


def test_an_alpha_follows_the_colours_and_not_the_coarse_outline() -> None:
    rows, columns = np.ogrid[:600, :600]
    there = np.hypot(columns - 300, rows - 300) < 180
    pixels = np.where(there[..., None], (230, 200, 40), (30, 60, 90)).astype(np.uint8)
    coarse = discs((81, 80, 49))
    alpha = full_alpha(pixels, coarse)
    away = np.abs(np.hypot(columns - 300, rows - 300) - 180) > 3
    assert ((alpha > 127) == there)[away].mean() > 0.995
    assert alpha[300, 300] == 255
    assert alpha[5, 5] == 0
