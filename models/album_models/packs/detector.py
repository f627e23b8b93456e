"""Detectors as analysers: objects with a box, and the tags that they say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from album.analysis.protocol import Findings, Region
from album.errors import PackProblem
from album.taxonomies import built_in_taxonomy
from album_models.packs.labels import read_labels
from album_models.packs.parts import INPUT_PX, RANKED, revision_of, sound_file, spec_of, split
from album_models.packs.pictures import letterboxed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray
    from torch import nn

    from album.analysis.packs import NetworkSpec, Pack
    from album.analysis.protocol import Sample
    from album_models.device import Device

_LEAST = 0.05
"""Boxes below this score are not even ranked."""
_MOST_BOXES = 100
_OVERLAP = 0.45


@dataclass(frozen=True, slots=True)
class Boxes:
    """What a detector found in one picture.

    Attributes:
        corners: (N, 4) left, top, right, bottom, in shares of the picture's width and height.
        scores: (N,), highest first.
        classes: (N,) numbers of the labels, as the network gives them.
    """

    corners: NDArray[np.float32]
    scores: NDArray[np.float32]
    classes: NDArray[np.int64]


class Detector(Protocol):
    """A network that finds boxes."""

    device: str
    batch_size: int

    def find(self, prepared: Sequence[Any]) -> list[Boxes]:
        """The boxes of each picture."""


class PackDetector:
    """Looks for objects.

    A tag has the score of its surest box; a broader one is never below it.

    Args:
        pack: installed.
    """

    input_px = INPUT_PX

    def __init__(self, pack: Pack) -> None:
        self.name = str(pack.capability)
        self.revision = revision_of(pack)
        self.batch_size = 4
        self._pack = pack
        self._spec = spec_of(pack)
        labels = read_labels(self._spec.labels)
        numbers = range(len(labels)) if self._is_yolox else labels.classes
        self._slugs = dict(zip(numbers, labels.slugs, strict=True))
        self._taxonomy = built_in_taxonomy()
        self._detector: Detector | None = None

    @property
    def _is_yolox(self) -> bool:
        return self._spec.loader == "yolox-onnx"

    @property
    def device(self) -> str:
        """Where it runs; empty while it is not loaded."""
        return "" if self._detector is None else self._detector.device

    def load(self, device: str) -> None:
        """Make ready; PackProblem, EnvironmentProblem, DeviceMemoryProblem."""
        path = sound_file(self._pack)
        if self._is_yolox:
            from album_models.packs.yolox import YoloX

            self._detector = YoloX(path, device, self._spec)
        else:
            self._detector = TorchDetector(path, device, self._spec)
        self.batch_size = self._detector.batch_size

    def prepare(self, sample: Sample) -> tuple[NDArray[np.uint8], tuple[float, float]]:
        """The picture in a square, and how much of it the picture takes."""
        return letterboxed(sample.pixels, self._spec.side_px)

    def analyse(self, prepared: Sequence[Any]) -> list[Findings]:
        """Regions and tags over the threshold, and the ranking, for each picture."""
        if self._detector is None:
            raise PackProblem(f"The pack {self._pack.name} has not been loaded.")
        return [self._told(boxes) for boxes in self._detector.find(prepared)] if prepared else []

    def unload(self) -> None:
        """Give memory back."""
        self._detector = None

    def _told(self, boxes: Boxes) -> Findings:
        regions = tuple(self._regions(boxes))
        best: dict[str, float] = {}
        for one in regions:
            best[one.slug] = max(best.get(one.slug, 0.0), one.score)
        raised = self._taxonomy.with_parents(best)
        lowest = self._spec.threshold
        highest = sorted(raised.items(), key=lambda pair: -pair[1])[:RANKED]
        tags, ranked = split(highest, lowest)
        return Findings(
            tags=tags, ranked=ranked, regions=tuple(one for one in regions if one.score >= lowest)
        )

    def _regions(self, boxes: Boxes) -> Iterable[Region]:
        for corners, score, number in zip(boxes.corners, boxes.scores, boxes.classes, strict=True):
            left, top, right, bottom = np.clip(corners, 0.0, 1.0).astype(float)
            for slug in self._slugs.get(int(number), ())[:1]:
                if right > left and bottom > top:
                    box = (left, top, right - left, bottom - top)
                    yield Region(slug, round(float(score), 4), box)


def build(spec: NetworkSpec) -> nn.Module:
    """A torchvision detector without weights, for pictures of side_px; PackProblem."""
    from album_models.vision import detection

    known = {
        "ssdlite320_mobilenet_v3_large": {},
        "fasterrcnn_resnet50_fpn_v2": {"min_size": spec.side_px, "max_size": spec.side_px},
        "maskrcnn_resnet50_fpn_v2": {"min_size": spec.side_px, "max_size": spec.side_px},
    }
    if spec.architecture not in known:
        raise PackProblem(f"{spec.architecture} is no detector that is known here.")
    make = getattr(detection, spec.architecture)
    classes = max(read_labels(spec.labels).classes) + 1
    network: nn.Module = make(
        weights=None, weights_backbone=None, num_classes=classes, **known[spec.architecture]
    )
    return network


class TorchDetector:
    """A torchvision detector on a device; it scales and normalises by itself."""

    def __init__(self, path: Path, device: str, spec: NetworkSpec) -> None:
        from album_models.device import OutOfMemoryAsProblem, choose, limit_threads
        from album_models.packs.checkpoint import fill_exactly, read_checkpoint

        limit_threads()
        with OutOfMemoryAsProblem():
            self._device: Device = choose(device)
            self._network = build(spec)
            fill_exactly(self._network, read_checkpoint(path), path.name)
            # Boxes need the full number format.
            self._network.eval().to(self._device.handle)
        self.device = str(self._device)
        self.batch_size = max(1, self._device.batch_size // 4)

    def find(self, prepared: Sequence[Any]) -> list[Boxes]:
        """The boxes of each picture."""
        import torch

        from album_models.device import OutOfMemoryAsProblem

        with OutOfMemoryAsProblem(), torch.inference_mode():
            pictures = [
                torch.from_numpy(square).to(self._device.handle).permute(2, 0, 1).float() / 255
                for square, _ in prepared
            ]
            answers = self._network(pictures)
        return [
            as_boxes(
                answer["boxes"].float().cpu().numpy(),
                answer["scores"].float().cpu().numpy(),
                answer["labels"].cpu().numpy(),
                extent,
            )
            for answer, (_, extent) in zip(answers, prepared, strict=True)
        ]


def as_boxes(
    corners: NDArray[np.float32],
    scores: NDArray[np.float32],
    classes: NDArray[np.int64],
    extent: tuple[float, float],
) -> Boxes:
    """The best boxes, in shares of the picture, whose width and height are `extent`."""
    order = np.argsort(-scores, kind="stable")[:_MOST_BOXES]
    order = order[scores[order] >= _LEAST]
    share = np.array([*extent, *extent], np.float32)
    return Boxes(corners[order] / share, scores[order], classes[order])


def suppressed(
    corners: NDArray[np.float32], scores: NDArray[np.float32], classes: NDArray[np.int64]
) -> NDArray[np.intp]:
    """Indices of the boxes that no better box of their class covers, best first."""
    order = np.argsort(-scores, kind="stable")
    areas = np.prod(corners[:, 2:] - corners[:, :2], axis=1)
    kept: list[int] = []
    while len(order) and len(kept) < _MOST_BOXES:
        best, order = order[0], order[1:]
        kept.append(int(best))
        sides = np.minimum(corners[best, 2:], corners[order, 2:]) - np.maximum(
            corners[best, :2], corners[order, :2]
        )
        common = np.prod(np.clip(sides, 0, None), axis=1)
        covered = common > _OVERLAP * (areas[best] + areas[order] - common)
        order = order[~(covered & (classes[order] == classes[best]))]
    return np.array(kept, np.intp)
