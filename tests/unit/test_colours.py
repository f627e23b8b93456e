"""Named colours: everyday colours get their everyday names, shares are honest."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import ImageColor

from album.analysis.colours import (
    ColourAnalyser,
    measure_colours,
    name_colours,
)
from album.analysis.protocol import Pixels, Sample
from album.domain.colours import COLOURS
from album.domain.tag import Facet
from album.storage.facets import FacetIndex
from album.testing.taxonomy import sample_taxonomy

EVERYDAY = {
    "red": "red crimson firebrick darkred maroon indianred orangered",
    "orange": "orange darkorange coral",
    "yellow": "yellow gold khaki goldenrod",
    "green": "green lime forestgreen darkgreen olive olivedrab seagreen limegreen darkolivegreen",
    "teal": "teal cyan turquoise darkcyan lightseagreen aquamarine cadetblue",
    "blue": "blue navy skyblue lightblue steelblue royalblue dodgerblue midnightblue",
    "purple": "purple indigo violet darkviolet orchid rebeccapurple mediumpurple magenta",
    "pink": "pink hotpink deeppink lightpink palevioletred",
    "brown": "saddlebrown sienna chocolate peru #5c4033",
    "beige": "beige tan wheat bisque burlywood",
    "white": "white snow ivory ghostwhite",
    "grey": "grey silver darkgrey dimgrey lightgrey slategrey",
    "black": "black #101010 #1c1c1c #201814",
}


def plain(*colours: str, side: int = 96) -> Pixels:
    """Stripes of equal height."""
    rows = [np.full((side // len(colours), side, 3), ImageColor.getrgb(c)) for c in colours]
    return np.concatenate(rows).astype(np.uint8)


@pytest.mark.parametrize(
    ("word", "name"), [(word, name) for name, words in EVERYDAY.items() for word in words.split()]
)
def test_an_everyday_colour_has_its_everyday_name(word: str, name: str) -> None:
    code = name_colours(np.array([ImageColor.getrgb(word)[:3]], np.uint8))[0]
    assert list(COLOURS)[code].slug == name


def test_every_name_is_a_colour_tag_with_both_languages() -> None:
    assert len({tag.slug for tag in COLOURS}) == len(COLOURS) == 13
    assert all(tag.facet is Facet.COLOUR and set(tag.names) == {"en", "zh"} for tag in COLOURS)


def test_shares_and_means_are_those_of_the_areas() -> None:
    colours = measure_colours(plain("#00f", "#00f", "#00f", "#f00"))
    assert [(c.name, c.rgb, round(c.share, 2)) for c in colours] == [
        ("blue", (0, 0, 255), 0.75),
        ("red", (255, 0, 0), 0.25),
    ]


def test_a_colour_on_less_than_a_twentieth_is_not_named() -> None:
    pixels = plain("white")
    pixels[:4] = (255, 0, 0)
    assert [c.name for c in measure_colours(pixels)] == ["white"]


def test_grain_does_not_colour_a_grey_picture() -> None:
    grain = np.random.default_rng(1).normal(128, 25, (288, 384, 3))
    names = [c.name for c in measure_colours(np.clip(grain, 0, 255).astype(np.uint8))]
    assert names == ["grey"]


@given(
    red=st.integers(0, 255),
    green=st.integers(0, 255),
    blue=st.integers(0, 255),
    width=st.integers(1, 40),
    height=st.integers(1, 40),
)
def test_one_colour_fills_a_picture_of_one_colour(
    red: int, green: int, blue: int, width: int, height: int
) -> None:
    (colour,) = measure_colours(np.full((height, width, 3), (red, green, blue), np.uint8))
    assert colour.rgb == (red, green, blue)
    assert colour.share == 1.0


def test_a_dimmer_neutral_is_never_lighter_in_name() -> None:
    greys = np.repeat(np.arange(256, dtype=np.uint8)[:, None], 3, axis=1)
    names = [list(COLOURS)[code].slug for code in name_colours(greys)]
    assert list(dict.fromkeys(names)) == ["black", "grey", "white"]


def test_the_analyser_answers_in_order() -> None:
    analyser = ColourAnalyser()
    analyser.load("cpu")
    prepared = [analyser.prepare(Sample(plain(c))) for c in ("red", "navy")]
    found = analyser.analyse(prepared)
    analyser.unload()
    assert [f.colours[0].name for f in found] == ["red", "blue"]
    assert all(f.tags == () and f.quality is None for f in found)


@pytest.mark.parametrize("word", ["red", "Crimson", "红色", "红"])
def test_a_colour_is_found_by_all_of_its_words(word: str) -> None:
    assert FacetIndex(sample_taxonomy()).resolve(Facet.COLOUR, word) == ["red"]
