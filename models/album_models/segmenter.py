"""Lifts the subject off its background: shared backbone, pyramid decoder, edges refined."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Final

import numpy as np
import torch
from PIL import Image

from album.analysis.protocol import Cutout, Subject
from album.errors import PackProblem
from album_models.backbone import Backbone, normalise
from album_models.corrections import obey, places
from album_models.decoder import SubjectDecoder, as_logits, traits_of
from album_models.device import OutOfMemoryAsProblem, choose, laid_out, limit_threads
from album_models.instances import cleaned, owners
from album_models.refine import full_alpha
from album_models.weights import Weights, fill

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from album.analysis.protocol import Alpha, Hint, Pixels
    from album_models.device import Device

SIDE_PX: Final = 256
"""The network sees pictures as squares of this side."""
_LEAST_PRESENCE: Final = 0.5
_LEAST_SHARE: Final = 0.002
_LEAST_SURE: Final = 0.7
"""Mean of the outline inside a subject. What lies below are slivers and haze: of the 270 held-out
subjects none that was found is lost."""
_FAINT: Final = 0.02
_VISIBLE: Final = 12
_STRIP_ROWS: Final = 512


class Network:
    """Backbone and decoder on a device."""

    def __init__(self, weights: Weights, device: Device) -> None:
        weights.verify()
        self.device = device
        self.backbone, self.decoder = Backbone(), SubjectDecoder()
        fill(self.backbone, weights.tensors("tagger.safetensors"), "backbone")
        fill(self.decoder, weights.tensors("segmenter.safetensors"), "decoder")
        presence = copy.deepcopy(self.decoder.presence)
        for network in (self.backbone, self.decoder):
            laid_out(network.eval(), device)
        self.decoder.presence = presence.to(device.handle)

    @torch.inference_mode()
    def look(self, picture: NDArray[np.uint8]) -> tuple[NDArray[np.float32], float]:
        """(SIDE_PX, SIDE_PX, 3) to the subject's outline, and the probability that there is one."""
        batch = torch.from_numpy(picture)[None].to(self.device.handle).permute(0, 3, 1, 2)
        pyramid = self.backbone.pyramid(normalise(batch).to(self.device.dtype))
        outline = as_logits(self.decoder(pyramid)[0], SIDE_PX, SIDE_PX).sigmoid()
        presence = self.decoder.presence(traits_of(pyramid[-1], outline)).sigmoid()
        return outline[0, 0].cpu().numpy(), float(presence)


class SubjectSegmenter:
    """The built-in segmenter.

    Args:
        weights: None: those that come with Albumen.
    """

    name = "subject"

    def __init__(self, weights: Weights | None = None) -> None:
        self._weights = weights or Weights()
        self.revision = self._weights.pack.revision
        self._network: Network | None = None

    def load(self, device: str) -> None:
        """Make ready; PackProblem, EnvironmentProblem, DeviceMemoryProblem."""
        limit_threads()
        with OutOfMemoryAsProblem():
            self._network = Network(self._weights, choose(device))

    def segment(self, pixels: Pixels, hints: Sequence[Hint] = ()) -> Cutout:
        """The subjects of one full-size picture; a wanted click makes one where there is none."""
        if self._network is None:
            raise PackProblem("The segmenter has not been loaded.")
        size = (SIDE_PX, SIDE_PX)
        small = Image.fromarray(pixels).resize(size, Image.Resampling.BICUBIC, reducing_gap=3.0)
        with OutOfMemoryAsProblem():
            outline, presence = self._network.look(np.array(small))
        if (outline > 0.5).mean() < _LEAST_SHARE:
            presence = 0.0
        wanted = [hint for hint in hints if hint.wanted]
        if presence < _LEAST_PRESENCE and not wanted:
            return _nothing(pixels, presence)
        outline = obey(cleaned(outline), pixels, hints)
        points = places(wanted, pixels, outline.shape)
        labels = owners(outline, points)
        pointed = {int(labels[point]) for point in points}
        sure = set() if presence < _LEAST_PRESENCE else _sure(labels, outline)
        if not pointed | sure:
            return _nothing(pixels, min(presence, _share_sure(outline)))
        if (pointed | sure) != set(range(1, int(labels.max()) + 1)):
            outline[~np.isin(labels, list(pointed | sure))] = 0
            labels = owners(outline, points)
        alpha = full_alpha(pixels, outline)
        subjects = tuple(_subjects(alpha, labels, outline))
        if not subjects:
            return _nothing(pixels, presence)
        return Cutout(alpha, presence, found=True, box=_around(subjects), subjects=subjects)

    def unload(self) -> None:
        """Give memory back."""
        self._network = None
        if torch.cuda.is_available():
            torch.cuda.empty_cache()


def _sure(labels: NDArray[np.int32], outline: NDArray[np.float32]) -> set[int]:
    """Numbers of the subjects whose outline the network is sure of."""
    numbers = range(1, int(labels.max()) + 1)
    return {n for n in numbers if _share_sure(outline[labels == n]) >= _LEAST_SURE}


def _share_sure(outline: NDArray[np.float32]) -> float:
    """How sure the network is of what it takes for the subject, on the average; 0 for nothing."""
    inside = outline[outline > 0.5]
    return float(inside.mean()) if len(inside) else 0.0


def _subjects(
    alpha: Alpha, labels: NDArray[np.int32], outline: NDArray[np.float32]
) -> Iterator[Subject]:
    """The layers of an alpha, by who owns which part of it."""
    count = int(labels.max())
    for number in range(1, count + 1):
        mine = labels == number
        rows, columns = _region(mine & (outline > _FAINT), alpha.shape)
        part = alpha[rows, columns]
        if count > 1:
            part = _shared(part, mine, rows, columns, alpha.shape)
        box = _box(part)
        if box is None:
            continue
        x, y, width, height = box
        part = np.ascontiguousarray(part[y : y + height, x : x + width])
        share = float(part.mean(dtype=np.float64)) / 255 * part.size / alpha.size
        sure = _share_sure(outline[mine])
        yield Subject(part, (columns.start + x, rows.start + y, width, height), share, sure)


def _region(there: NDArray[np.bool_], shape: tuple[int, int]) -> tuple[slice, slice]:
    """Rows and columns of a full-size picture in which a region of the outline lies, with room."""
    kept = []
    for axis, full in ((1, shape[0]), (0, shape[1])):
        found = np.flatnonzero(there.any(axis=axis))
        if not len(found):
            return slice(0, 0), slice(0, 0)
        side = there.shape[1 - axis]
        room = side // 32 + 2
        first = max(0, int(found[0]) - room) * full // side
        last = min(side, int(found[-1]) + 1 + room)
        kept.append(slice(first, -(-last * full // side)))
    return kept[0], kept[1]


def _shared(
    part: Alpha, mine: NDArray[np.bool_], rows: slice, columns: slice, shape: tuple[int, int]
) -> Alpha:
    """A part of an alpha, less what belongs to neighbours; strip by strip."""
    owned = Image.fromarray(mine.astype(np.float32))
    down, across = mine.shape[0] / shape[0], mine.shape[1] / shape[1]
    answer = np.empty_like(part)
    for top in range(0, part.shape[0], _STRIP_ROWS):
        strip = part[top : top + _STRIP_ROWS]
        first = rows.start + top
        box = (
            columns.start * across,
            first * down,
            columns.stop * across,
            (first + len(strip)) * down,
        )
        size = (strip.shape[1], strip.shape[0])
        weight = np.asarray(owned.resize(size, Image.Resampling.BILINEAR, box=box))
        answer[top : top + _STRIP_ROWS] = strip * weight + 0.5
    return answer


def _box(alpha: Alpha) -> tuple[int, int, int, int] | None:
    """x, y, width, height of what can be seen; None where nothing is at least half opaque."""
    if not (alpha > 127).any():
        return None
    down, across = (np.flatnonzero((alpha > _VISIBLE).any(axis=axis)) for axis in (1, 0))
    left, top = int(across[0]), int(down[0])
    return (left, top, int(across[-1]) - left + 1, int(down[-1]) - top + 1)


def _around(subjects: Sequence[Subject]) -> tuple[int, int, int, int]:
    left, top = (min(one.box[place] for one in subjects) for place in (0, 1))
    right, bottom = (
        max(one.box[place] + one.box[place + 2] for one in subjects) for place in (0, 1)
    )
    return (left, top, right - left, bottom - top)


def _nothing(pixels: Pixels, presence: float) -> Cutout:
    return Cutout(np.zeros(pixels.shape[:2], np.uint8), presence, found=False)
