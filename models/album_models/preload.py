"""Torch, imported without a pause of the window."""

from __future__ import annotations

import ctypes
import importlib
import importlib.util
import logging
import os
import sys
from pathlib import Path
from typing import Final

from album.manners import made_to_last

_LIBRARIES: Final = ("libtorch_cpu.so", "libtorch_cpu.dylib")

_log = logging.getLogger(__name__)


def import_torch() -> None:
    """Import torch, the first time, while the window goes on.

    While a module is imported, its libraries are mapped and linked with all Python threads waiting:
    a quarter of a second for torch. A foreign function lets them run meanwhile (`ctypes.CDLL` by
    itself does not), and the import finds the library there. Where that does not work (on
    Windows, say), the import does all, as ever.
    """
    if "torch" in sys.modules:
        return
    _map_library()
    with made_to_last():
        importlib.import_module("torch")


def _map_library() -> None:
    found = importlib.util.find_spec("torch")
    if found is None or found.origin is None:
        return
    for name in _LIBRARIES:
        path = Path(found.origin).parent / "lib" / name
        if path.is_file():
            open_library = ctypes.CDLL(None).dlopen
            open_library.restype = ctypes.c_void_p
            if open_library(os.fsencode(path), ctypes.c_int(os.RTLD_NOW)) is None:
                _log.debug("%s could not be mapped early", path)
