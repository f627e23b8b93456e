"""The old background's colour leaves the edge of a subject."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from album.interchange.fringes import cleared

RED, GREEN = (200, 20, 20), (20, 180, 30)


def test_the_edge_takes_the_colour_of_what_is_opaque() -> None:
    alpha = np.zeros((60, 900), np.uint8)
    alpha[:, :400] = 255
    alpha[:, 400:403] = (190, 128, 60)
    share = alpha[..., None] / 255
    pixels = (share * np.array(RED) + (1 - share) * np.array(GREEN)).astype(np.uint8)
    clean = cleared(pixels, alpha)
    before = np.abs(pixels[30, 400:403].astype(int) - RED).sum(axis=1)
    after = np.abs(clean[30, 400:403].astype(int) - RED).sum(axis=1)
    assert (after < 0.8 * before).all()
    assert after[2] < 0.4 * before[2]


def test_what_is_opaque_or_gone_keeps_its_pixels() -> None:
    random = np.random.default_rng(0)
    pixels = random.integers(0, 255, (200, 300, 3), np.uint8)
    alpha = random.choice(np.array([0, 255, 128], np.uint8), (200, 300))
    given_pixels = pixels.copy()
    clean = cleared(pixels, alpha)
    assert (clean[alpha != 128] == pixels[alpha != 128]).all()
    assert (pixels == given_pixels).all()


def test_a_plain_subject_is_not_even_copied() -> None:
    pixels = np.zeros((40, 40, 3), np.uint8)
    assert cleared(pixels, np.full((40, 40), 255, np.uint8)) is pixels


@given(st.integers(1, 300), st.integers(1, 300), st.integers(0, 255))
@settings(max_examples=30)
def test_any_size_and_one_colour_stays_that_colour(width: int, height: int, opacity: int) -> None:
    pixels = np.full((height, width, 3), RED, np.uint8)
    alpha = np.full((height, width), opacity, np.uint8)
    assert (cleared(pixels, alpha) == pixels).all()
