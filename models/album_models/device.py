"""Where networks run: which device, how many threads, and in which number format."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import torch

from album.errors import DeviceMemoryProblem, EnvironmentProblem

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from torch import nn

_BATCHES: Final = {"cpu": 16, "mps": 32, "cuda": 64}
_DECODERS: Final = 2


@dataclass(frozen=True, slots=True)
class Device:
    """A device that is there.

    Attributes:
        handle: as torch calls it.
        dtype: the number format that is fastest there and exact enough.
        batch_size: pictures a batch that suit it.
    """

    handle: torch.device
    dtype: torch.dtype
    batch_size: int

    def __str__(self) -> str:
        """As shown to the user: `cpu`, `cuda:0`."""
        return str(self.handle)


def choose(wanted: str) -> Device:
    """The device called `wanted` (`auto`: CUDA, else MPS, else the CPU); EnvironmentProblem."""
    if wanted == "auto":
        wanted = "cuda:0" if torch.cuda.is_available() else "mps" if _has_mps() else "cpu"
    try:
        device = torch.device(wanted)
    except RuntimeError:
        raise _absent(wanted) from None
    there = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": _has_mps()}
    if not there.get(device.type, False):
        raise _absent(wanted)
    if device.type == "cuda":
        device = torch.device("cuda", device.index or 0)
        if (device.index or 0) >= torch.cuda.device_count():
            raise _absent(wanted)
    return Device(device, _dtype(device), _BATCHES[device.type])


def laid_out(network: nn.Module, device: Device) -> None:
    """Moves a network to its device, in its number format, channels last."""
    network.to(device.handle, device.dtype)
    for parameter in network.parameters():
        if parameter.dim() == 4:
            parameter.data = parameter.data.contiguous(memory_format=torch.channels_last)


def limit_threads() -> None:
    """Leaves cores to the decoders: torch would take them all."""
    if "OMP_NUM_THREADS" not in os.environ:
        cores = os.cpu_count() or 1
        torch.set_num_threads(max(1, cores - _DECODERS if cores > 2 * _DECODERS else cores - 1))


class OutOfMemoryAsProblem:
    """Context in which the device's out-of-memory error becomes a DeviceMemoryProblem."""

    def __enter__(self) -> Self:
        """Starts watching."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Translates torch.cuda.OutOfMemoryError and what the CPU allocator raises instead."""
        if isinstance(error, torch.cuda.OutOfMemoryError | MemoryError) or (
            isinstance(error, RuntimeError) and "allocate memory" in str(error)
        ):
            raise DeviceMemoryProblem(
                "The device has not enough memory for these pictures at once."
            ) from error


def _absent(wanted: str) -> EnvironmentProblem:
    return EnvironmentProblem(
        f"There is no device «{wanted}» that Albumen can use.",
        advice=f"Say auto, or one that is there: {', '.join(_there())}.",
    )


def _there() -> list[str]:
    """The devices of this machine, as the user may name them."""
    cuda = [f"cuda:{number}" for number in range(torch.cuda.device_count())]
    return ["cpu", *cuda, *(["mps"] if _has_mps() else [])]


def _has_mps() -> bool:
    return torch.backends.mps.is_available()


def _dtype(device: torch.device) -> torch.dtype:
    if device.type == "cuda":
        return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float16
    if device.type == "mps":
        return torch.float16
    return torch.bfloat16 if _fast_bf16() else torch.float32


def _fast_bf16() -> bool:
    """Whether this CPU computes bfloat16 in hardware; elsewhere float32 is faster."""
    has = getattr(torch.cpu, "_is_avx512_bf16_supported", None)
    return bool(has and has())
