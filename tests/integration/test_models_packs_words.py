"""The CLIP pack: texts in pieces, both encoders, tags by their names. Networks are made here."""

import gzip
import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from album.analysis.packs import Capability, NetworkSpec, Pack, PackFile, Shelf, manifest_text
from album.analysis.protocol import Sample
from album.errors import PackProblem
from album.taxonomies import built_in_taxonomy
from album_models.packs.clip import Clip, ClipShape, plainly_named, shape_of
from album_models.packs.networks import Networks
from album_models.packs.tokens import Tokenizer
from album_models.packs.words import PackWords

MERGES = ("b e", "a c", "be ac", "beac h</w>", "p h", "o t", "ph ot", "phot o</w>", "o f</w>")
PIECES = 2 * 256 + len(MERGES) + 2
SHAPE = ClipShape(64, 2, 16, 32, 64, 2, 77, PIECES, 32)
SPEC = NetworkSpec("clip", "clip-gelu", side_px=32, threshold=0.7)
DIALECTS: dict[str, Callable[[str], str]] = {
    "openclip": lambda name: name,
    "several devices": lambda name: f"module.{name}",
    "tinyclip": lambda name: (
        f"_image_encoder.module.{name}"
        if name.startswith("visual.")
        else f"_logit_scale.module.{name}"
        if name == "logit_scale"
        else f"_text_encoder.module.{name}"
    ),
}


@pytest.fixture
def vocabulary(tmp_path: Path) -> Path:
    path = tmp_path / "merges.txt.gz"
    path.write_bytes(gzip.compress("\n".join(("#version", *MERGES, "")).encode()))
    return path


def network(vocabulary: Path, sees: str) -> Clip:
    """A random network whose every picture is what this text means to it."""
    torch.manual_seed(1)
    made = Clip(SHAPE, quick=False)
    for parameter in made.parameters():
        torch.nn.init.normal_(parameter, std=0.3)
    numbers = torch.from_numpy(Tokenizer(vocabulary).encode([sees], SHAPE.context))
    with torch.no_grad():
        meant = made.eval().texts(numbers)[0]
        made.visual.ln_post.weight.zero_()
        made.visual.ln_post.bias.zero_()
        made.visual.ln_post.bias[0] = 1.0
        made.visual.proj[0] = meant
        made.logit_scale.fill_(math.log(1e5))
    return made


def install(tmp_path: Path, vocabulary: Path, state: object) -> Pack:
    checkpoint = tmp_path / "clip.pt"
    torch.save(state, checkpoint)
    files = (PackFile(checkpoint, 0, ""), PackFile(vocabulary, 0, ""))
    pack = Pack("small", "1", "MIT", "a test", files, Capability.WORDS, SPEC, builtin=False)
    (tmp_path / "small.toml").write_text(manifest_text(pack), "utf-8")
    return Shelf(tmp_path / "installed", Networks()).install(str(tmp_path / "small.toml"))


def test_texts_are_read_in_pieces(vocabulary: Path) -> None:
    tokenizer = Tokenizer(vocabulary)
    assert len(tokenizer) == PIECES
    merged = {piece: 512 + place for place, piece in enumerate(MERGES)}
    single = {letter: ord(letter) - ord("!") for letter in "abcdefghijklmnopqrstuvwxyz"}
    last = {letter: 256 + number for letter, number in single.items()}
    rows = tokenizer.encode(["A  photo of BEACH", "bee"], 9)
    begin, end = PIECES - 2, PIECES - 1
    assert rows.tolist() == [
        [begin, last["a"], merged["phot o</w>"], merged["o f</w>"], merged["beac h</w>"], end]
        + [0] * 3,
        [begin, merged["b e"], last["e"], end] + [0] * 5,
    ]


def test_any_text_can_be_read_and_long_ones_are_cut(vocabulary: Path) -> None:
    tokenizer = Tokenizer(vocabulary)
    rows = tokenizer.encode(["", "海滩 ☀️ it's 2024_", "beach " * 200], 77)
    assert (rows.max(axis=1) == tokenizer.end).all()
    assert (rows[2] != 0).all()
    assert rows[2, -1] == tokenizer.end


def test_what_is_no_vocabulary_is_refused(tmp_path: Path) -> None:
    (tmp_path / "odd.gz").write_bytes(b"no gzip")
    with pytest.raises(PackProblem, match=r"odd\.gz is no vocabulary"):
        Tokenizer(tmp_path / "odd.gz")


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_picture_gets_the_tag_whose_name_it_is_nearest_to(
    tmp_path: Path, vocabulary: Path, dialect: str
) -> None:
    named = DIALECTS[dialect]
    made = network(vocabulary, "a photo of beach")
    state = {named(name): tensor for name, tensor in made.state_dict().items()}
    pack = install(tmp_path, vocabulary, {"epoch": 25, "state_dict": state})
    assert [file.path.name for file in pack.files] == ["weights.safetensors", "merges.txt.gz"]
    analyser = Networks().analyser(pack)
    analyser.load("cpu")
    picture = np.random.default_rng(0).integers(0, 255, (60, 80, 3), np.uint8)
    (found,) = analyser.analyse([analyser.prepare(Sample(picture))])
    assert {tag.slug for tag in found.tags} == {"beach", "coast"}
    scores = {tag.slug: tag.score for tag in found.ranked}
    taxonomy = built_in_taxonomy()
    for slug, score in scores.items():
        assert all(scores.get(above, 1.0) >= score for above in taxonomy.ancestors(slug))


def test_texts_and_pictures_are_unit_vectors_of_one_space(tmp_path: Path, vocabulary: Path) -> None:
    pack = install(tmp_path, vocabulary, network(vocabulary, "beach").state_dict())
    analyser = PackWords(pack)
    with pytest.raises(PackProblem, match="not been loaded"):
        analyser.texts(["beach"])
    analyser.load("cpu")
    texts = analyser.texts(["beach", "photo of a beach", "beach"])
    pictures = analyser.pictures(np.zeros((2, 32, 32, 3), np.uint8))
    for vectors in (texts, pictures):
        assert np.linalg.norm(vectors, axis=1) == pytest.approx(1.0, abs=0.01)
    assert (texts[0] == texts[2]).all()
    assert pictures[0] @ texts[0] == pytest.approx(1.0, abs=0.01)
    assert texts[1] @ texts[0] < 0.9999


def test_a_text_does_not_depend_on_what_follows_its_end(vocabulary: Path) -> None:
    made = network(vocabulary, "beach")
    numbers = torch.from_numpy(Tokenizer(vocabulary).encode(["beach"], SHAPE.context))
    changed = numbers.clone()
    changed[0, 10:] = 7
    with torch.inference_mode():
        assert torch.allclose(made.texts(numbers), made.texts(changed), atol=1e-5)


def test_sizes_are_read_off_the_tensors(vocabulary: Path) -> None:
    state = network(vocabulary, "beach").state_dict()
    assert shape_of(plainly_named(state)) == SHAPE
    del state["text_projection"]
    with pytest.raises(PackProblem, match="no CLIP network"):
        shape_of(plainly_named(state))


def test_a_vocabulary_of_another_network_is_refused(tmp_path: Path, vocabulary: Path) -> None:
    state = network(vocabulary, "beach").state_dict()
    vocabulary.write_bytes(gzip.compress(b"#version\nb e\n"))
    with pytest.raises(PackProblem, match="515 pieces instead of 523"):
        install(tmp_path, vocabulary, state)
