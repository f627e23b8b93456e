"""Torch's library is there before torch is, and torch works with it."""

import subprocess
import sys

import pytest

PROGRAM = """
import sys
from pathlib import Path
from album_models.preload import preload_torch
preload_torch()
assert "torch" not in sys.modules
print("libtorch_cpu" in Path("/proc/self/maps").read_text())
from album_models.tagger import Tagger
tagger = Tagger()
tagger.load("cpu")
preload_torch()
print(tagger.device)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells which libraries are mapped")
def test_torch_is_mapped_before_it_is_imported() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False
    )
    assert done.stdout.split() == ["True", "cpu"], done.stderr
