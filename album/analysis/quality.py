"""How well a picture is taken, from measurements that say what they measure.

All five scores run from 0 (poor) to 1 (good) and are computed from the brightness of a picture of
at most 384 px. They are technical, not a taste: a foggy morning has little clarity, and a night
is dark on purpose.

clarity: how abrupt the edges are where the picture has most detail (a blurred background does not
    count against it). Gradient energy at full, half and quarter size, each freed of its noise;
    clarity is the logarithm of full to quarter: 1/16 for a blurred edge (0), 1/4 for one as sharp
    as pixels can be (0.67), 1/2 and more for fine texture (1); times how much contrast there is
    to judge by. Blur finer than a pixel of the 384 px picture cannot be seen here. After B. Vu,
    D. Chandler, A fast wavelet-based algorithm for global and local image sharpness estimation
    (IEEE SPL 2012): log-energies of scales, and the sharpest blocks decide.
exposure: mean brightness near the middle, few clipped pixels, a range of tones that is used. The
    bell over brightness is the «well-exposedness» of T. Mertens, J. Kautz, F. Van Reeth, Exposure
    fusion (Pacific Graphics 2007).
noise: 1 without noise, 0.5 at a standard deviation of 6 grey levels; measured in the flattest
    parts by J. Immerkaer, Fast noise variance estimation (CVIU 1996). Clipped parts show no noise
    and are left out.
composition: where the detail lies: its centre near a crossing of thirds, or detail balanced left
    to right; and how gathered it is. After the rule-of-thirds feature of R. Datta et al.,
    Studying aesthetics in photographic images using a computational approach (ECCV 2006), and the
    edge distribution of Y. Ke, X. Tang, F. Jing, The design of high-level features for photo
    quality assessment (CVPR 2006).
framing: whether detail keeps clear of the borders: 1 when they are calm, 0 when what catches the
    eye is cut by all of them. It knows no subject, only detail.
score: weighted geometric mean of the five, so one bad thing is not made good by four others.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from album.analysis.protocol import Findings, Pixels, Quality, Sample

WEIGHTS = {
    "clarity": 0.35,
    "exposure": 0.25,
    "noise": 0.15,
    "composition": 0.10,
    "framing": 0.15,
}
"""Exponents of the overall score; they add up to 1."""

_WORK_PX = 384
_BLOCK_PX = 16
_GRID = 24  # cells a side in which the mass of detail is weighed
_NOISE_HALF = 6.0  # grey levels at which `noise` is 0.5

Plane = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class _Gradients:
    """Squared gradients of one scale and their mean over the blocks of the picture."""

    energy: Plane
    blocks: Plane


def measure_quality(pixels: Pixels) -> Quality:
    """Scores of one upright RGB picture; a picture of a few pixels gets honest low ones."""
    luma = _luma(pixels)
    scales = _scales(luma)
    sigma = _noise_sigma(luma, scales[-1].blocks)
    detail = _detail(scales[1].energy, sigma)
    scores = {
        "clarity": _clarity(scales, sigma),
        "exposure": _exposure(luma),
        "composition": _composition(detail),
        "framing": _framing(detail),
        "noise": 1 / (1 + (sigma / _NOISE_HALF) ** 2),
    }
    logs = sum(weight * np.log(max(scores[name], 0.01)) for name, weight in WEIGHTS.items())
    return Quality(
        score=round(float(np.exp(logs)), 4), **{n: round(s, 4) for n, s in scores.items()}
    )


def _luma(pixels: Pixels) -> Plane:
    picture = Image.fromarray(pixels).convert("L")
    if max(picture.size) > _WORK_PX:
        picture.thumbnail((_WORK_PX, _WORK_PX), Image.Resampling.BOX)
    luma = np.asarray(picture, np.float32)
    padding = [(0, max(0, 2 * _GRID - side)) for side in luma.shape]  # half of it fills the grid
    return np.pad(luma, padding, "edge") if np.any(padding) else luma


def _halved(plane: Plane) -> Plane:
    """Means of two by two pixels; an odd last row or column is left out."""
    even = plane[: plane.shape[0] // 2 * 2, : plane.shape[1] // 2 * 2]
    rows = even[0::2] + even[1::2]
    halved: Plane = (rows[:, 0::2] + rows[:, 1::2]) * np.float32(0.25)
    return halved


def _block_means(plane: Plane, side: int) -> Plane:
    """Means over squares of `side` pixels, what is over at the right and below left out."""
    height, width = plane.shape[0] // side, plane.shape[1] // side
    rows = plane[: height * side].reshape(height, side, -1).sum(axis=1)
    sums: Plane = rows[:, : width * side].reshape(height, width, side).sum(axis=2)
    return sums / np.float32(side**2)


def _scales(luma: Plane) -> list[_Gradients]:
    """Gradient energies at full, half and quarter size, over the same blocks of the picture."""
    scales, plane, side = [], luma, _BLOCK_PX
    for _ in range(3):
        across, down = np.diff(plane[:-1], axis=1), np.diff(plane[:, :-1], axis=0)
        np.multiply(across, across, out=across)
        np.multiply(down, down, out=down)
        energy = _bordered(across + down, 0, 1)
        scales.append(_Gradients(energy, _block_means(energy, side)))
        plane, side = _halved(plane), side // 2
    height, width = np.min([scale.blocks.shape for scale in scales], axis=0)
    return [_Gradients(scale.energy, scale.blocks[:height, :width]) for scale in scales]


def _bordered(plane: Plane, before: int, after: int) -> Plane:
    """Its edge repeated around it: what np.pad does, in a fraction of the time."""
    height, width = plane.shape
    wide = np.empty((height + before + after, width + before + after), np.float32)
    wide[before : before + height, before : before + width] = plane
    wide[:before], wide[before + height :] = wide[before], wide[before + height - 1]
    wide[:, :before] = wide[:, before : before + 1]
    wide[:, before + width :] = wide[:, before + width - 1 : before + width]
    return wide


def _noise_sigma(luma: Plane, flatness: Plane) -> float:
    """Standard deviation of the noise in grey levels, from the flattest tenth of the blocks.

    Flatness is measured apart: choosing by the noise itself would take the blocks with least of it.
    """
    rows = _second_difference(luma, axis=0)
    response = _bordered(np.abs(_second_difference(rows, axis=1)), 1, 1)
    height, width = flatness.shape
    blocks = _block_means(response, _BLOCK_PX)[:height, :width]
    tones = _block_means(luma, _BLOCK_PX)[:height, :width]
    unclipped = (tones > 4) & (tones < 251)
    if not unclipped.any():
        return 0.0
    order = np.argsort(flatness[unclipped], kind="stable")
    flattest = blocks[unclipped][order[: len(order) // 10 + 1]]
    return float(np.sqrt(np.pi / 2) / 6 * flattest.mean())


def _second_difference(plane: Plane, axis: int) -> Plane:
    once: Plane = np.diff(plane, axis=axis)
    twice: Plane = np.diff(once, axis=axis)
    return twice


def _clarity(scales: list[_Gradients], sigma: float) -> float:
    # Noise of variance v adds 4v to a squared gradient, a quarter of that at each halving.
    fine, middle, coarse = (
        np.maximum(scale.blocks - 4 * sigma**2 / 4**halvings, 0)
        for halvings, scale in enumerate(scales)
    )
    strength = (fine + middle + coarse).ravel()
    top = np.argpartition(strength, -max(1, strength.size // 8))[-max(1, strength.size // 8) :]
    coarse_energy = float(coarse.ravel()[top].sum())
    if coarse_energy <= 0:
        return 0.0
    kept = float(np.log2(max(float(fine.ravel()[top].sum()) / coarse_energy, 1e-3)))
    contrast = coarse_energy / len(top)
    return float(np.clip((kept + 4) / 3, 0, 1)) * contrast / (contrast + 60.0)


def _exposure(luma: Plane) -> float:
    histogram = np.bincount(luma.astype(np.uint8).ravel(), minlength=256) / luma.size
    below = np.cumsum(histogram)
    mean = float(histogram @ np.arange(256)) / 255
    clipped = float(below[3] + 1 - below[251])
    low, high = np.searchsorted(below, (0.02, 0.98))
    middle = float(np.exp(-((mean - 0.47) ** 2) / (2 * 0.22**2)))
    spread = min(1.0, float(high - low) / 160)
    return middle * (1 - 0.8 * max(0.0, clipped - 0.02)) * (0.3 + 0.7 * spread)


def _detail(energy: Plane, sigma: float) -> Plane:
    """Mass of detail in cells of a grid, shape (`_GRID`, `_GRID`), adding up to 1 (all 0: none)."""
    strength = np.sqrt(np.maximum(energy - 2 * sigma**2, 0))
    rows = np.linspace(0, strength.shape[0], _GRID, endpoint=False).astype(int)
    columns = np.linspace(0, strength.shape[1], _GRID, endpoint=False).astype(int)
    cells = np.add.reduceat(np.add.reduceat(strength, rows, axis=0), columns, axis=1)
    heights = np.diff(rows, append=strength.shape[0])
    widths = np.diff(columns, append=strength.shape[1])
    mass = (cells / np.outer(heights, widths)).astype(np.float32)
    return mass / np.float32(mass.sum()) if mass.sum() > 1 else np.zeros_like(mass)


def _composition(detail: Plane) -> float:
    if not detail.any():
        return 0.0
    places = (np.arange(_GRID) + 0.5) / _GRID
    x, y = float(detail.sum(0) @ places), float(detail.sum(1) @ places)
    # The centre of mass moves less than a subject does: full marks for half the way to a third.
    off = np.hypot(min(abs(x - 0.42), abs(x - 0.58)), min(abs(y - 0.42), abs(y - 0.58)))
    thirds = float(np.exp(-((off / 0.10) ** 2)))
    balance = 1 - 0.5 * float(np.abs(detail - detail[:, ::-1]).sum())
    # Share of cells that hold nine tenths of the detail: all of them means nothing stands out.
    ordered = np.cumsum(np.sort(detail.ravel())[::-1])
    gathered = 1 - float(np.searchsorted(ordered, 0.9)) / detail.size
    return 0.6 * max(thirds, balance) + 0.4 * min(1.0, gathered / 0.5)


def _framing(detail: Plane) -> float:
    if not detail.any():
        return 0.0
    borders = (detail[0], detail[-1], detail[:, 0], detail[:, -1])
    # 1: as much detail at this border as everywhere; a subject that is cut has more.
    crowding = [float(np.clip(border.mean() * detail.size, 0, 1.5)) / 1.5 for border in borders]
    return 1 - sum(crowding) / len(crowding)


class QualityAnalyser:
    """Scores how pictures are taken; works where pictures are prepared, needs no weights."""

    name = "quality"
    revision = "1"
    input_px = _WORK_PX
    batch_size = 64
    device = "cpu"

    def load(self, device: str) -> None:
        """Nothing to load."""

    def prepare(self, sample: Sample) -> Findings:
        """The whole work: cheap, thread-safe, and it keeps the inference thread free."""
        return Findings(quality=measure_quality(sample.pixels))

    def analyse(self, prepared: Sequence[Findings]) -> list[Findings]:
        """What `prepare` found, in order."""
        return list(prepared)

    def unload(self) -> None:
        """Nothing to give back."""
