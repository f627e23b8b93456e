"""Quality: each fault lowers its own score, and one score only means what it says."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from album.analysis.protocol import Pixels, Quality, Sample
from album.analysis.quality import WEIGHTS, QualityAnalyser, measure_quality

Faulty = Callable[[Image.Image, float], Image.Image]


def scene(seed: int = 0, size: tuple[int, int] = (384, 288)) -> Image.Image:
    """A picture with edges of all directions, calm parts and all tones."""
    rng = np.random.default_rng(seed)
    width, height = size
    ramp = np.linspace(40, 210, width)[None, :, None] * np.linspace(1, 0.7, height)[:, None, None]
    picture = Image.fromarray(np.repeat(ramp, 3, axis=2).astype(np.uint8))
    draw = ImageDraw.Draw(picture)
    for _ in range(60):
        x, y = rng.integers(20, width - 60), rng.integers(20, height - 60)
        w, h = rng.integers(4, 50, 2)
        draw.ellipse([x, y, x + w, y + h], fill=tuple(int(c) for c in rng.integers(0, 256, 3)))
    return picture


def of(picture: Image.Image) -> Quality:
    return measure_quality(np.asarray(picture))


def blurred(picture: Image.Image, amount: float) -> Image.Image:
    return picture.filter(ImageFilter.GaussianBlur(amount))


def brightened(picture: Image.Image, stops: float) -> Image.Image:
    return Image.fromarray(np.clip(np.asarray(picture, float) * 2**stops, 0, 255).astype(np.uint8))


def grainy(picture: Image.Image, sigma: float) -> Image.Image:
    grain = np.random.default_rng(5).normal(0, sigma, (*picture.size[::-1], 1))
    return Image.fromarray(np.clip(np.asarray(picture) + grain, 0, 255).astype(np.uint8))


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(
    ("fault", "amounts", "name"),
    [
        (blurred, (0, 0.7, 1.5, 3, 6), "clarity"),
        (brightened, (0, -1, -2, -3, -5), "exposure"),
        (brightened, (0, 1, 1.5, 2, 3), "exposure"),
        (grainy, (0, 4, 8, 16, 32), "noise"),
    ],
)
def test_more_of_a_fault_is_a_lower_score(
    fault: Faulty, amounts: tuple[float, ...], name: str, seed: int
) -> None:
    scores = [getattr(of(fault(scene(seed), amount)), name) for amount in amounts]
    assert scores == sorted(scores, reverse=True)
    assert scores[0] > scores[-1] + 0.4


@pytest.mark.parametrize(
    ("fault", "amount"), [(blurred, 3), (brightened, -4), (brightened, 3), (grainy, 30)]
)
def test_any_fault_lowers_the_overall_score(fault: Faulty, amount: float) -> None:
    assert of(fault(scene(), amount)).score < of(scene()).score - 0.1


def test_a_blurred_background_does_not_cost_clarity() -> None:
    sharp = scene()
    portrait = blurred(sharp, 5)
    portrait.paste(sharp.crop((120, 60, 260, 220)), (120, 60))
    assert of(portrait).clarity > 0.8 * of(sharp).clarity


def test_grain_is_not_taken_for_clarity() -> None:
    soft = blurred(scene(), 4)
    assert of(grainy(soft, 10)).clarity < of(scene()).clarity / 2


def test_noise_is_measured_in_grey_levels() -> None:
    flat = Image.new("RGB", (384, 288), (128, 128, 128))
    assert of(flat).noise == 1.0
    assert of(grainy(flat, 6)).noise == pytest.approx(0.5, abs=0.12)


def test_a_subject_that_is_cut_is_framed_worse() -> None:
    def dotted(left: int, top: int) -> Image.Image:
        picture = Image.new("RGB", (384, 288), (90, 110, 130))
        draw = ImageDraw.Draw(picture)
        for x in range(left, left + 120, 12):
            for y in range(top, top + 120, 12):
                draw.rectangle([x, y, x + 6, y + 6], fill=(250, 240, 60))
        return picture

    assert of(dotted(130, 90)).framing == 1.0
    assert of(dotted(-40, -30)).framing < 0.7


def test_detail_near_a_third_is_composed_better_than_in_a_corner() -> None:
    def spot(x: int, y: int) -> Image.Image:
        picture = Image.new("RGB", (384, 288), (200, 200, 200))
        ImageDraw.Draw(picture).ellipse([x - 30, y - 30, x + 30, y + 30], fill=(20, 60, 20))
        return picture

    assert of(spot(384 * 42 // 100, 288 * 42 // 100)).composition > of(spot(40, 250)).composition


@pytest.mark.parametrize(
    "pixels",
    [
        np.zeros((1, 1, 3), np.uint8),
        np.full((5, 3, 3), 255, np.uint8),
        np.zeros((288, 384, 3), np.uint8),
        np.full((20, 3000, 3), 77, np.uint8),
        np.random.default_rng(0).integers(0, 256, (90, 1200, 3), np.uint8),
    ],
    ids=["one pixel", "tiny white", "black", "long and plain", "long and wild"],
)
def test_odd_pictures_get_scores_from_0_to_1(pixels: NDArray[np.uint8]) -> None:
    quality = measure_quality(pixels)
    assert all(0 <= getattr(quality, name) <= 1 for name in ("score", *WEIGHTS))


def test_the_analyser_answers_in_order() -> None:
    analyser = QualityAnalyser()
    analyser.load("auto")
    pictures: list[Pixels] = [np.asarray(scene()), np.asarray(blurred(scene(), 6))]
    found = analyser.analyse([analyser.prepare(Sample(pixels)) for pixels in pictures])
    analyser.unload()
    first, second = (f.quality for f in found)
    assert first is not None
    assert second is not None
    assert first.clarity > second.clarity
