"""How a picture looks: its colours and its quality."""

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
