from collections.abc import Iterator
from typing import cast

import numpy as np
import pytest
from numpy.typing import NDArray
from skimage import data

from album.analysis.protocol import Hint
from album.analysis.registry import segmenter as installed
from album.errors import PackProblem
from album_models.segmenter import SIDE_PX, Network, SubjectSegmenter


def sample(name: str) -> NDArray[np.uint8]:
    picture: NDArray[np.uint8] = getattr(data, name)()
    return picture


def side_by_side() -> NDArray[np.uint8]:
    """Two cups of coffee on one table, far apart."""
    cup = sample("coffee")
    return np.concatenate((cup, cup[:, ::-1]), axis=1)


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


class Told:
    """A network that answers what it is told."""

    def __init__(self, outline: NDArray[np.float32]) -> None:
        self.outline = outline

    def look(self, _: NDArray[np.uint8]) -> tuple[NDArray[np.float32], float]:
        return self.outline.copy(), 0.98


def told(*patches: tuple[slice, float]) -> SubjectSegmenter:
    """A segmenter that sees upright strips, each as sure as is said."""
    outline = np.zeros((SIDE_PX, SIDE_PX), np.float32)
    for columns, sure in patches:
        outline[60:200, columns] = sure
    made = SubjectSegmenter()
    made._network = cast("Network", Told(outline))
    return made


WALL = np.full((300, 300, 3), 90, np.uint8)


def test_slivers_that_the_network_doubts_are_no_subject() -> None:
    cutout = told((slice(40, 44), 0.6), (slice(150, 156), 0.66)).segment(WALL)
    assert not cutout.found
    assert cutout.confidence < 0.7
    assert not cutout.alpha.any()


def test_beside_a_subject_what_is_doubted_is_left_out() -> None:
    cutout = told((slice(20, 100), 0.98), (slice(160, 220), 0.6)).segment(WALL)
    assert len(cutout.subjects) == 1
    assert cutout.alpha[150, 70] > 200
    assert not cutout.alpha[:, 170:].any()


def test_who_points_at_what_is_doubted_gets_it() -> None:
    cutout = told((slice(160, 220), 0.6)).segment(WALL, [Hint(220, 150, wanted=True)])
    assert cutout.found
    assert cutout.alpha[150, 220] > 127


def test_the_layers_are_the_whole(segmenter: SubjectSegmenter) -> None:
    cutout = segmenter.segment(side_by_side())
    assert len(cutout.subjects) == 2
    total = np.zeros(cutout.alpha.shape, np.int32)
    for one in cutout.subjects:
        x, y, width, height = one.box
        assert one.alpha.shape == (height, width)
        assert 0 < one.share < 1
        total[y : y + height, x : x + width] += one.alpha
    assert np.abs(total - cutout.alpha).max() <= 14
    assert np.abs(total - cutout.alpha).mean() < 0.5


def test_a_click_where_nothing_is_found_keeps_only_what_was_clicked(
    segmenter: SubjectSegmenter,
) -> None:
    pixels = np.full((240, 320, 3), (90, 140, 200), np.uint8)
    pixels[150:] = (60, 110, 50)
    assert not segmenter.segment(pixels).found
    clicked = segmenter.segment(pixels, [Hint(160, 200)])
    assert clicked.found
    assert clicked.alpha[200, 160] > 127
    assert clicked.alpha[40, 160] < 128


def test_a_landscape_has_no_clear_subject(segmenter: SubjectSegmenter) -> None:
    random = np.random.default_rng(2)
    rows = np.linspace(0, 1, 300)[:, None, None]
    sky = np.array([90, 140, 210]) + rows * np.array([110, 80, 30])
    land = np.array([70, 100, 50]) + random.normal(0, 18, (300, 400, 1))
    pixels = np.where(rows < 0.55, sky, land).clip(0, 255).astype(np.uint8)
    assert not segmenter.segment(pixels).found


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
