"""The built-in weights: found beside this module, checked against their manifest."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from album.analysis.packs import Pack, find_faults, read_manifest
from album.errors import PackProblem

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import Tensor, nn

BUILT_IN: Final = Path(__file__).parent / "weights"
"""Folder of the weights that come with Albumen."""
_ADVICE: Final = "Install Albumen anew, or run `album models verify` to see what is damaged."


class Weights:
    """A pack of weights in a folder: `basic.toml` says which files belong to it, with hashes."""

    def __init__(self, folder: Path = BUILT_IN) -> None:
        self._folder = folder
        self._pack: Pack | None = None

    @property
    def pack(self) -> Pack:
        """What the manifest says; PackProblem where there is none."""
        if self._pack is None:
            self._pack = read_manifest(self._folder / "basic.toml")
        return self._pack

    def verify(self) -> None:
        """PackProblem unless every file is there and is what the manifest says."""
        faults = find_faults(self.pack)
        if faults:
            raise PackProblem(f"The built-in recognition is damaged: {faults[0]}", advice=_ADVICE)

    def tensors(self, name: str) -> dict[str, Tensor]:
        """All tensors of a file of the pack, as they are stored (float16)."""
        from safetensors import SafetensorError
        from safetensors.torch import load as load_tensors

        try:
            return load_tensors((self._folder / name).read_bytes())
        except (OSError, SafetensorError) as error:
            raise PackProblem(f"{name} cannot be read: {error}.", advice=_ADVICE) from error

    def table(self, name: str) -> dict[str, Any]:
        """A JSON file of the pack."""
        try:
            found: dict[str, Any] = json.loads((self._folder / name).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise PackProblem(f"{name} cannot be read: {error}.", advice=_ADVICE) from error
        return found


def fill(network: nn.Module, tensors: Mapping[str, Tensor], part: str) -> None:
    """Gives a network the tensors named `part.*`; PackProblem unless names and shapes fit."""
    given = {
        name.removeprefix(f"{part}."): tensor.float() if tensor.is_floating_point() else tensor
        for name, tensor in tensors.items()
        if name.startswith(f"{part}.")
    }
    wanted = {name: tensor.shape for name, tensor in network.state_dict().items()}
    for name in dict.fromkeys((*wanted, *given)):
        if name not in given or name not in wanted:
            state = "missing" if name in wanted else "not expected"
            raise PackProblem(
                f"The tensor {part}.{name} of the weights is {state}.", advice=_ADVICE
            )
        if given[name].shape != wanted[name]:
            raise PackProblem(
                f"The tensor {part}.{name} of the weights has the shape {tuple(given[name].shape)}"
                f" instead of {tuple(wanted[name])}.",
                advice=_ADVICE,
            )
    network.load_state_dict(given)
