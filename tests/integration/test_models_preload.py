"""Torch is imported with its library in place, and what it made is never searched for garbage."""

import subprocess
import sys

import pytest

PROGRAM = """
import gc, sys
from importlib.abc import MetaPathFinder
from pathlib import Path
from album_models.tagger import Tagger

class Watch(MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name == "torch._C":
            print("libtorch_cpu" in Path("/proc/self/maps").read_text(), gc.isenabled())

tagger = Tagger()
assert "torch" not in sys.modules
sys.meta_path.insert(0, Watch())
tagger.load("cpu")
print(tagger.device, gc.isenabled(), gc.get_freeze_count() > 100_000)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells which libraries are mapped")
def test_torch_is_mapped_before_it_is_imported_and_then_kept() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False
    )
    assert done.stdout.split() == ["True", "False", "cpu", "True", "True"], done.stderr
