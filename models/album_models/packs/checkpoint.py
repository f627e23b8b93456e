"""Checkpoints as other people publish them: tensors are taken, code is refused."""

from __future__ import annotations

import pickle
import warnings
from typing import TYPE_CHECKING, Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from album.errors import PackProblem

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def read_checkpoint(path: Path) -> dict[str, Tensor]:
    """The tensors of a checkpoint by name: a PyTorch file (new or old format) or safetensors.

    Only tensors and plain containers are read; a file that wants to run code is refused before any
    of it runs. Prefixes that training on several devices leaves (`module.`) are taken off.

    PackProblem when it is no such file.
    """
    found = _read(path)
    for key in ("state_dict", "model"):
        if isinstance(found, dict) and isinstance(found.get(key), dict):
            found = found[key]
    if not isinstance(found, dict):
        raise PackProblem(f"{path.name} holds no table of tensors.")
    tensors = {
        str(name).removeprefix("module."): tensor
        for name, tensor in found.items()
        if isinstance(tensor, Tensor)
    }
    if not tensors:
        raise PackProblem(f"{path.name} holds no table of tensors.")
    return tensors


def _read(path: Path) -> Any:  # noqa: ANN401 (whatever is in there)
    try:
        if path.suffix == ".safetensors":
            return load_file(path)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # old files use what torch now calls outdated
            return torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        raise PackProblem(
            f"{path.name} was refused: it is damaged, or holds more than tensors, and that could"
            " run as a program.",
            advice="Fetch it from its makers.",
        ) from error
    except (RuntimeError, EOFError, ValueError, KeyError, OSError, SafetensorError) as error:
        raise PackProblem(
            f"{path.name} cannot be read as a checkpoint: {str(error).partition(chr(10))[0]}.",
            advice="It may be half a download: fetch it anew.",
        ) from error


def fill_exactly(network: nn.Module, tensors: Mapping[str, Tensor], source: str) -> None:
    """Gives a network its tensors; PackProblem unless all names and shapes fit.

    Counters of batches, which old checkpoints lack, may be missing.
    """
    wanted = network.state_dict()
    for name in dict.fromkeys((*wanted, *tensors)):
        if name not in wanted:
            raise PackProblem(f"{source} does not fit: the tensor {name} is not expected.")
        if name not in tensors:
            if name.endswith("num_batches_tracked"):
                continue
            raise PackProblem(f"{source} does not fit: the tensor {name} is missing.")
        if tensors[name].shape != wanted[name].shape:
            raise PackProblem(
                f"{source} does not fit: the tensor {name} has the shape"
                f" {tuple(tensors[name].shape)} instead of {tuple(wanted[name].shape)}."
            )
    network.load_state_dict(dict(tensors), strict=False)


def converted(network: nn.Module, checkpoint: Path, into: Path) -> Path:
    """A published checkpoint as safetensors in a folder, from which nothing but tensors is read.

    PackProblem when it does not fit the network.
    """
    fill_exactly(network, read_checkpoint(checkpoint), checkpoint.name)
    return save_tensors(network, into)


def save_tensors(network: nn.Module, into: Path) -> Path:
    """All tensors of a network as safetensors in a folder."""
    path = into / "weights.safetensors"
    save_file({name: one.contiguous() for name, one in network.state_dict().items()}, path)
    return path
