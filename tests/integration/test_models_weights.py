import shutil
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from album.analysis.packs import find_faults
from album.errors import PackProblem
from album_models.tagger import Tagger
from album_models.weights import BUILT_IN, Weights, fill

MOST_BYTES = 30 * 1024 * 1024


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(BUILT_IN, tmp_path / "weights"))


def test_the_built_in_pack_is_sound_and_small() -> None:
    pack = Weights().pack
    assert find_faults(pack) == []
    assert pack.size_bytes < MOST_BYTES
    assert {file.path.name for file in pack.files} == {
        path.name for path in BUILT_IN.iterdir() if path.suffix in {".safetensors", ".json"}
    }


def test_every_weight_file_has_a_card() -> None:
    cards = BUILT_IN.parent / "cards"
    for path in BUILT_IN.glob("*.safetensors"):
        text = (cards / f"{path.stem}.md").read_text(encoding="utf-8")
        assert "## Trained on" in text
        assert "## Make it again" in text


@pytest.mark.parametrize("name", ["tagger.safetensors", "tagger.json"])
def test_a_damaged_file_is_named(copy: Path, name: str) -> None:
    content = bytearray((copy / name).read_bytes())
    content[len(content) // 2] ^= 0xFF
    (copy / name).write_bytes(content)
    with pytest.raises(PackProblem, match=name):
        Tagger(Weights(copy)).load("cpu")


def test_half_a_file_is_named(copy: Path) -> None:
    target = copy / "tagger.safetensors"
    target.write_bytes(target.read_bytes()[:1000])
    with pytest.raises(PackProblem, match=r"tagger\.safetensors"):
        Tagger(Weights(copy)).load("cpu")


def test_a_missing_file_is_named(copy: Path) -> None:
    (copy / "tagger.safetensors").unlink()
    with pytest.raises(PackProblem, match=r"tagger\.safetensors"):
        Tagger(Weights(copy)).load("cpu")


def test_no_manifest_is_a_problem_of_the_pack(tmp_path: Path) -> None:
    with pytest.raises(PackProblem):
        Tagger(Weights(tmp_path))


def test_what_is_no_safetensors_file_is_a_problem_of_the_pack(copy: Path) -> None:
    (copy / "odd.safetensors").write_bytes(b"not tensors at all")
    with pytest.raises(PackProblem, match=r"odd\.safetensors"):
        Weights(copy).tensors("odd.safetensors")


def test_tensors_of_another_shape_are_refused(tmp_path: Path) -> None:
    save_file({"head.weight": torch.zeros(3, 4), "head.bias": torch.zeros(3)}, tmp_path / "a")
    tensors = Weights(tmp_path).tensors("a")
    with pytest.raises(PackProblem, match=r"head\.weight.*\(3, 4\).*\(2, 4\)"):
        fill(nn.Linear(4, 2), tensors, "head")


def test_tensors_too_few_or_too_many_are_refused(tmp_path: Path) -> None:
    save_file({"head.weight": torch.zeros(2, 4)}, tmp_path / "few")
    with pytest.raises(PackProblem, match=r"head\.bias.*missing"):
        fill(nn.Linear(4, 2), Weights(tmp_path).tensors("few"), "head")
    given = {"head.weight": torch.zeros(2, 4), "head.odd": torch.zeros(2)}
    with pytest.raises(PackProblem, match=r"head\.odd.*not expected"):
        fill(nn.Linear(4, 2, bias=False), given, "head")
