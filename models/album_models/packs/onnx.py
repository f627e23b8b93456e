"""ONNX networks, run by onnxruntime, which is installed on request: `albumen[onnx]`."""

from __future__ import annotations

import importlib
import os
from typing import TYPE_CHECKING, Any

from album.errors import EnvironmentProblem, PackProblem

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

_PROVIDERS = {
    "cuda": ("CUDAExecutionProvider",),
    "mps": ("CoreMLExecutionProvider",),
    "auto": ("CUDAExecutionProvider", "CoreMLExecutionProvider"),
}
_SHOWN = {"CUDAExecutionProvider": "cuda:0", "CoreMLExecutionProvider": "mps"}


def runtime() -> Any:  # noqa: ANN401 (the module, which ships no types)
    """The module onnxruntime; EnvironmentProblem where it is not installed."""
    try:
        module = importlib.import_module("onnxruntime")
    except ImportError as error:
        raise EnvironmentProblem(
            "This pack needs onnxruntime, which is not installed.",
            advice="Install it: pip install 'albumen[onnx]'.",
        ) from error
    module.disable_telemetry_events()
    module.set_default_logger_severity(3)
    return module


class OnnxNetwork:
    """A network in an ONNX file.

    Args:
        path: of the file.
        device: `auto`, `cpu`, `cuda`, `cuda:1`, `mps`; the CPU where the runtime has nothing else.

    PackProblem when the file is no network that the runtime can run.
    """

    def __init__(self, path: Path, device: str = "cpu") -> None:
        self._path = path
        module = runtime()
        options = module.SessionOptions()
        options.intra_op_num_threads = max(1, (os.cpu_count() or 2) - 1)
        there = module.get_available_providers()
        wanted = _PROVIDERS.get(device.partition(":")[0], ())
        chosen = [*(one for one in wanted if one in there), "CPUExecutionProvider"]
        try:
            self._session = module.InferenceSession(str(path), options, providers=chosen)
        except Exception as error:  # the runtime has a class of its own for every kind
            raise PackProblem(
                f"{path.name} is no network that can be run: {_first_line(error)}.",
                advice="It may be half a download: fetch it anew.",
            ) from error
        self.device = _SHOWN.get(self._session.get_providers()[0], "cpu")

    def check(self, given: tuple[int, ...], answered: tuple[int, ...]) -> None:
        """PackProblem unless the first input and output have these shapes, where they are fixed."""
        for what, node, wanted in (
            ("takes", self._session.get_inputs()[0], given),
            ("answers", self._session.get_outputs()[0], answered),
        ):
            shape = tuple(node.shape)
            fits = len(shape) == len(wanted) and all(
                one == other or not isinstance(one, int)
                for one, other in zip(shape, wanted, strict=False)
            )
            if not fits:
                raise PackProblem(
                    f"{self._path.name} does not fit: it {what} {shape} instead of {wanted}."
                )

    def run(self, picture: NDArray[np.float32]) -> list[NDArray[np.float32]]:
        """All outputs for one input, (1, channels, height, width); PackProblem."""
        name = self._session.get_inputs()[0].name
        try:
            answers: list[NDArray[np.float32]] = self._session.run(None, {name: picture})
        except Exception as error:
            raise PackProblem(
                f"{self._path.name} could not be run: {_first_line(error)}."
            ) from error
        return answers


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0].strip().rstrip(".")
