"""A CLIP pack as an analyser: scenes and events by their English names."""

from __future__ import annotations

import math
import shutil
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from album.analysis.protocol import Findings
from album.domain.tag import Facet
from album.errors import PackProblem
from album.taxonomies import built_in_taxonomy
from album_models.packs.labels import Labels, tag_sums
from album_models.packs.parts import INPUT_PX, judged, revision_of, sound_file, spec_of
from album_models.packs.pictures import as_square
from album_models.packs.tokens import Tokenizer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray
    from torch import Tensor

    from album.analysis.packs import Pack
    from album.analysis.protocol import Sample
    from album_models.device import Device
    from album_models.packs.clip import Clip

_PROMPT: Final = "a photo of {}"
_NAMED: Final = frozenset({Facet.SCENE, Facet.EVENT})
_TEXTS_AT_ONCE: Final = 32


def prepare(pack: Pack, files: Sequence[Path], into: Path) -> list[Path]:
    """The published checkpoint as safetensors, and the vocabulary as it is; PackProblem."""
    from album_models.packs.checkpoint import read_checkpoint, save_tensors

    checkpoint, vocabulary = files
    network = _build(pack, read_checkpoint(checkpoint), checkpoint.name)
    pieces = len(Tokenizer(vocabulary))
    if pieces != network.shape.vocabulary:
        raise PackProblem(
            f"{vocabulary.name} does not fit {checkpoint.name}:"
            f" {pieces:,} pieces instead of {network.shape.vocabulary:,}."
        )
    if network.shape.side_px != spec_of(pack).side_px:
        raise PackProblem(f"{checkpoint.name} sees pictures of {network.shape.side_px} px.")
    return [save_tensors(network, into), shutil.copyfile(vocabulary, into / vocabulary.name)]


def _build(pack: Pack, tensors: Mapping[str, Tensor], source: str) -> Clip:
    """The network with its tensors; PackProblem."""
    from album_models.packs.checkpoint import fill_exactly
    from album_models.packs.clip import Clip, plainly_named, shape_of

    named = plainly_named(tensors)
    network = Clip(shape_of(named), quick=spec_of(pack).architecture == "clip-quickgelu")
    fill_exactly(network, named, source)
    return network.eval()


class PackWords:
    """Looks at photos with a network that was taught with texts.

    A tag's chance is its share among all scenes and events, as CLIP compares texts; a broader tag
    has that of the narrower ones as well.

    Args:
        pack: installed.
    """

    input_px = INPUT_PX

    def __init__(self, pack: Pack) -> None:
        self.name = str(pack.capability)
        self.revision = revision_of(pack)
        self.batch_size = 8
        self._pack = pack
        self._spec = spec_of(pack)
        taxonomy = built_in_taxonomy()
        slugs = [tag.slug for tag in taxonomy if tag.facet in _NAMED]
        self._prompts = [_PROMPT.format(taxonomy.name(slug)) for slug in slugs]
        labels = Labels(tuple(range(len(slugs))), tuple((slug,) for slug in slugs))
        self._sums = tag_sums(labels, taxonomy)
        self._network: Clip | None = None
        self._device: Device | None = None
        self._texts = np.zeros((0, 0), np.float32)

    @property
    def device(self) -> str:
        """Where it runs; empty while it is not loaded."""
        return "" if self._device is None else str(self._device)

    def load(self, device: str) -> None:
        """Make ready; PackProblem, EnvironmentProblem, DeviceMemoryProblem."""
        from album_models.device import OutOfMemoryAsProblem, choose, limit_threads
        from album_models.packs.checkpoint import read_checkpoint

        limit_threads()
        path = sound_file(self._pack)
        with OutOfMemoryAsProblem():
            chosen = choose(device)
            network = _build(self._pack, read_checkpoint(path), self._pack.name)
            network.to(chosen.handle)
            network.visual.to(chosen.dtype)  # texts are few: they are read in full precision
            self._network, self._device = network, chosen
            self._texts = self.texts(self._prompts)
        self.batch_size = max(1, chosen.batch_size // 2)

    def prepare(self, sample: Sample) -> NDArray[np.uint8]:
        """The whole picture as a square, (side_px, side_px, 3)."""
        return as_square(sample.pixels, self._spec.side_px)

    def analyse(self, prepared: Sequence[Any]) -> list[Findings]:
        """Tags over the threshold and the ranking for each picture."""
        if not prepared:
            return []
        network, _ = self._loaded()
        alike = (
            math.exp(network.logit_scale.item()) * self.pictures(np.stack(prepared)) @ self._texts.T
        )
        raised = np.exp(alike - alike.max(axis=1, keepdims=True))
        scores = raised / raised.sum(axis=1, keepdims=True) @ self._sums.matrix
        told = [judged(self._sums.slugs, row, self._spec.threshold) for row in scores]
        return [Findings(tags=shown, ranked=ranked) for shown, ranked in told]

    def pictures(self, pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
        """(N, side, side, 3) to unit vectors, (N, joint)."""
        import torch

        from album_models.device import OutOfMemoryAsProblem

        network, device = self._loaded()
        with OutOfMemoryAsProblem(), torch.inference_mode():
            batch = torch.from_numpy(pictures).to(device.handle).permute(0, 3, 1, 2).float() / 255
            mean, std = (
                torch.tensor(values, device=device.handle).view(3, 1, 1)
                for values in (self._spec.mean, self._spec.std)
            )
            seen = network.pictures(((batch - mean) / std).to(device.dtype))
            found: NDArray[np.float32] = seen.float().cpu().numpy()
        return found

    def texts(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Any texts to unit vectors, (N, joint); near those of the pictures that they fit."""
        import torch

        from album_models.device import OutOfMemoryAsProblem

        network, device = self._loaded()
        numbers = Tokenizer(self._pack.files[1].path).encode(texts, network.shape.context)
        with OutOfMemoryAsProblem(), torch.inference_mode():
            read = [
                network.texts(torch.from_numpy(numbers[at : at + _TEXTS_AT_ONCE]).to(device.handle))
                .float()
                .cpu()
                .numpy()
                for at in range(0, len(numbers), _TEXTS_AT_ONCE)
            ]
        return np.concatenate(read)

    def unload(self) -> None:
        """Give memory back."""
        self._network = self._device = None

    def _loaded(self) -> tuple[Clip, Device]:
        if self._network is None or self._device is None:
            raise PackProblem(f"The pack {self._pack.name} has not been loaded.")
        return self._network, self._device
