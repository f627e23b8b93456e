import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from album.analysis.protocol import Hint
from album_models.corrections import obey
from album_models.refine import full_alpha


def disc(side: int, radius: float) -> NDArray[np.bool_]:
    rows, columns = np.ogrid[:side, :side]
    inside: NDArray[np.bool_] = np.hypot(rows - side / 2, columns - side / 2) < radius
    return inside


def picture_of(inside: NDArray[np.bool_]) -> NDArray[np.uint8]:
    return np.where(inside[..., None], np.uint8(220), np.uint8(40)) * np.ones(3, np.uint8)


def test_alpha_follows_the_edge_of_the_picture_not_of_the_rough_outline() -> None:
    inside = disc(400, 120)
    rows, columns = np.ogrid[:64, :64]
    soft = 1 / (1 + np.exp(np.hypot(rows - 31.5, columns - 31.5) - 19.2))
    alpha = full_alpha(picture_of(inside), soft.astype(np.float32))
    assert ((alpha > 127) == inside).mean() > 0.998
    assert ((alpha > 25) & (alpha < 230)).mean() < 0.02


@given(st.integers(1, 700), st.integers(1, 700))
def test_alpha_is_as_large_as_the_picture(width: int, height: int) -> None:
    alpha = full_alpha(np.zeros((height, width, 3), np.uint8), np.zeros((8, 8), np.float32))
    assert alpha.shape == (height, width)
    assert not alpha.any()


def test_all_subject_is_all_opaque() -> None:
    alpha = full_alpha(picture_of(disc(300, 90)), np.ones((64, 64), np.float32))
    assert (alpha == 255).all()


def test_a_click_takes_away_what_hangs_together() -> None:
    inside = disc(200, 40)
    outline = np.ones((100, 100), np.float32)
    changed = obey(outline, picture_of(inside), [Hint(5, 5, wanted=False)])
    assert changed[2, 2] == 0
    assert changed[50, 50] == 1


def test_a_click_adds_what_looks_the_same() -> None:
    inside = disc(200, 40)
    changed = obey(np.zeros((100, 100), np.float32), picture_of(inside), [Hint(100, 100)])
    assert ((changed > 0.5) == disc(100, 20)).mean() > 0.97


def test_clicks_beyond_the_rim_are_taken_to_it() -> None:
    changed = obey(np.zeros((32, 32), np.float32), picture_of(disc(64, 60)), [Hint(900, -3)])
    assert changed[0, 31] == 1
