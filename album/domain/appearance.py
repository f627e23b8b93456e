"""How a picture looks: its colours, its quality, its parts."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Colour:
    """A named colour of a picture: its mean sRGB and its share of the pixels (0 to 1)."""

    name: str
    rgb: tuple[int, int, int]
    share: float


@dataclass(frozen=True, slots=True)
class Quality:
    """Scores from 0 to 1, higher is better; `score` is the overall one."""

    score: float
    clarity: float
    exposure: float
    composition: float
    framing: float
    noise: float


@dataclass(frozen=True, slots=True)
class Region:
    """A part of a picture that carries a tag.

    Attributes:
        box: left, top, width, height, in shares (0 to 1) of the upright picture's width and height.
    """

    slug: str
    score: float
    box: tuple[float, float, float, float]
