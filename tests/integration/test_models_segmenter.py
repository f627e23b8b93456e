from collections.abc import Iterator

import numpy as np
import pytest
from numpy.typing import NDArray
from skimage import data

from album.analysis.protocol import Hint
from album.analysis.registry import segmenter as installed
from album.errors import PackProblem
from album_models.segmenter import SubjectSegmenter


def sample(name: str) -> NDArray[np.uint8]:
    picture: NDArray[np.uint8] = getattr(data, name)()
    return picture


@pytest.fixture(scope="module")
def segmenter() -> Iterator[SubjectSegmenter]:
    made = SubjectSegmenter()
    made.load("cpu")
    yield made
    made.unload()


@pytest.mark.parametrize(
    ("picture", "inside", "outside"),
    [
        # (x, y) of points that are, and that are not, part of the subject
        ("astronaut", [(225, 110), (230, 350)], [(20, 250), (500, 30)]),
        ("cat", [(250, 120), (330, 200)], [(20, 20), (20, 280)]),
        ("coffee", [(280, 100), (200, 250)], [(20, 20), (580, 380)]),
    ],
)
def test_the_subject_is_inside_and_the_background_outside(
    segmenter: SubjectSegmenter,
    picture: str,
    inside: list[tuple[int, int]],
    outside: list[tuple[int, int]],
) -> None:
    pixels = sample(picture)
    cutout = segmenter.segment(pixels)
    assert cutout.found
    assert cutout.alpha.shape == pixels.shape[:2]
    assert all(cutout.alpha[y, x] > 127 for x, y in inside)
    assert all(cutout.alpha[y, x] < 128 for x, y in outside)
    assert cutout.box is not None
    x, y, width, height = cutout.box
    opaque = cutout.alpha > 127
    assert opaque[y : y + height, x : x + width].sum() == opaque.sum()


def test_edges_are_soft(segmenter: SubjectSegmenter) -> None:
    alpha = segmenter.segment(sample("cat")).alpha
    assert ((alpha > 20) & (alpha < 235)).any()


def test_nothing_is_found_in_a_plain_wall(segmenter: SubjectSegmenter) -> None:
    cutout = segmenter.segment(np.full((300, 500, 3), 180, np.uint8))
    assert not cutout.found
    assert cutout.box is None
    assert cutout.alpha.shape == (300, 500)
    assert not cutout.alpha.any()


def test_clicks_change_the_outline(segmenter: SubjectSegmenter) -> None:
    pixels = sample("astronaut")
    before = segmenter.segment(pixels).alpha
    without = segmenter.segment(pixels, [Hint(230, 350, wanted=False)]).alpha
    assert before[350, 230] > 127
    assert without[350, 230] < 128


def test_a_wanted_click_makes_a_subject(segmenter: SubjectSegmenter) -> None:
    pixels = np.full((200, 200, 3), 60, np.uint8)
    pixels[60:140, 60:140] = (220, 30, 30)
    cutout = segmenter.segment(pixels, [Hint(100, 100)])
    assert cutout.found
    assert cutout.alpha[100, 100] > 127
    assert cutout.alpha[10, 10] < 128


@pytest.mark.parametrize("shape", [(1, 1), (3, 700), (700, 3)])
def test_odd_shapes_keep_their_size(segmenter: SubjectSegmenter, shape: tuple[int, int]) -> None:
    assert segmenter.segment(np.zeros((*shape, 3), np.uint8)).alpha.shape == shape


def test_it_is_found_by_entry_point() -> None:
    assert installed().name == "subject"


def test_unloaded_it_says_so() -> None:
    with pytest.raises(PackProblem):
        SubjectSegmenter().segment(np.zeros((8, 8, 3), np.uint8))
