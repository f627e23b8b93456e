"""A torchvision classifier as an analyser: ImageNet's things, Places365's scenes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from album.analysis.protocol import Findings
from album.errors import PackProblem
from album.taxonomies import built_in_taxonomy
from album_models.packs.labels import read_labels, tag_sums
from album_models.packs.parts import INPUT_PX, judged, revision_of, sound_file, spec_of
from album_models.packs.pictures import as_square

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from torch import nn

    from album.analysis.packs import NetworkSpec, Pack
    from album.analysis.protocol import Sample
    from album_models.device import Device


def build(spec: NetworkSpec) -> nn.Module:
    """The network without weights, one answer a class of its labels; PackProblem."""
    from album_models.vision import models

    try:
        network: nn.Module = models.get_model(  # type: ignore[attr-defined] # as documented
            spec.architecture, weights=None, num_classes=len(read_labels(spec.labels))
        )
    except (ValueError, TypeError) as error:
        raise PackProblem(f"{spec.architecture} is no classifier that is known here.") from error
    return network


class PackClassifier:
    """Looks at photos with a classifier.

    A tag's score is the sum of the probabilities of the classes that say it, so a broader tag is
    never below a narrower one. Nobody measured on our photos how right these sums are: the
    threshold is high instead.

    Args:
        pack: installed.
    """

    input_px = INPUT_PX

    def __init__(self, pack: Pack) -> None:
        self.name = str(pack.capability)
        self.revision = revision_of(pack)
        self.batch_size = 16
        self._pack = pack
        self._spec = spec_of(pack)
        self._sums = tag_sums(read_labels(self._spec.labels), built_in_taxonomy())
        self._network: nn.Module | None = None
        self._device: Device | None = None

    @property
    def device(self) -> str:
        """Where it runs; empty while it is not loaded."""
        return "" if self._device is None else str(self._device)

    def load(self, device: str) -> None:
        """Make ready; PackProblem, EnvironmentProblem, DeviceMemoryProblem."""
        from album_models.device import OutOfMemoryAsProblem, choose, laid_out, limit_threads
        from album_models.packs.checkpoint import fill_exactly, read_checkpoint

        limit_threads()
        path = sound_file(self._pack)
        with OutOfMemoryAsProblem():
            chosen, network = choose(device), build(self._spec)
            fill_exactly(network, read_checkpoint(path), self._pack.name)
            laid_out(network.eval(), chosen)
        self._network, self._device = network, chosen
        self.batch_size = chosen.batch_size

    def prepare(self, sample: Sample) -> NDArray[np.uint8]:
        """The whole picture as a square, (side_px, side_px, 3)."""
        return as_square(sample.pixels, self._spec.side_px)

    def analyse(self, prepared: Sequence[Any]) -> list[Findings]:
        """Tags over the threshold and the ranking for each picture."""
        if self._network is None or self._device is None:
            raise PackProblem(f"The pack {self._pack.name} has not been loaded.")
        if not prepared:
            return []
        from album_models.device import OutOfMemoryAsProblem

        with OutOfMemoryAsProblem():
            chances = _chances(self._network, self._device, np.stack(prepared), self._spec)
        scores = chances @ self._sums.matrix
        told = [judged(self._sums.slugs, row, self._spec.threshold) for row in scores]
        return [Findings(tags=shown, ranked=ranked) for shown, ranked in told]

    def unload(self) -> None:
        """Give memory back."""
        self._network = self._device = None


def _chances(
    network: nn.Module, device: Device, pictures: NDArray[np.uint8], spec: NetworkSpec
) -> NDArray[np.float32]:
    """(N, side, side, 3) to the probabilities of the classes, (N, classes)."""
    import torch

    with torch.inference_mode():
        batch = torch.from_numpy(pictures).to(device.handle).permute(0, 3, 1, 2)
        mean, std = (
            torch.tensor(values, device=device.handle).view(3, 1, 1)
            for values in (spec.mean, spec.std)
        )
        scaled = (batch.float() / 255 - mean) / std
        chances: NDArray[np.float32] = (
            network(scaled.to(device.dtype)).float().softmax(dim=1).cpu().numpy()
        )
    return chances
