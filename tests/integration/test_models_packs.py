"""Packs of every kind: files as their makers publish them, small and made here."""

import os
import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
import torch
from onnx import TensorProto, helper, numpy_helper
from safetensors.torch import load_file
from torch import nn

from album.analysis.packs import (
    Capability,
    NetworkSpec,
    Pack,
    PackFile,
    Shelf,
    find_faults,
    manifest_text,
    offered_packs,
)
from album.analysis.protocol import Hint, Pixels, Sample
from album.errors import EnvironmentProblem, PackProblem
from album.taxonomies import built_in_taxonomy
from album_models.packs import classifier, detector, yolox
from album_models.packs.labels import read_labels, tag_sums
from album_models.packs.networks import LOADERS, Networks

PLACES = NetworkSpec("torchvision-classifier", "shufflenet_v2_x0_5", "places365", 64)
THINGS = NetworkSpec("torchvision-classifier", "shufflenet_v2_x0_5", "imagenet", 64)
OBJECTS = NetworkSpec("torchvision-detector", "ssdlite320_mobilenet_v3_large", "coco", 320)
YOLOX = NetworkSpec("yolox-onnx", "yolox_s", "coco", 64)
SUBJECT = NetworkSpec("subject-onnx", "probability", side_px=32, threshold=0.4)

Offer = Callable[[Capability, NetworkSpec, Path], Path]


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "installed", Networks())


@pytest.fixture
def offer(tmp_path: Path) -> Offer:
    """Writes a manifest beside a pack's file, without a hash, as nobody publishes one."""

    def make(capability: Capability, spec: NetworkSpec, file: Path) -> Path:
        files = (PackFile(file, 0, ""),)
        pack = Pack("small", "1", "MIT", "a test", files, capability, spec, builtin=False)
        (tmp_path / "small.toml").write_text(manifest_text(pack), "utf-8")
        return tmp_path / "small.toml"

    return make


def photo(seed: int = 0, size: tuple[int, int] = (90, 120)) -> Pixels:
    return np.random.default_rng(seed).integers(0, 255, (*size, 3), np.uint8)


def state_of(network: nn.Module, **biases: float) -> dict[str, torch.Tensor]:
    """Its tensors, the last layer told to prefer one class: `state_of(network, c42=9.0)`."""
    state = network.state_dict()
    for name, bias in biases.items():
        state["fc.bias"][int(name.removeprefix("c"))] = bias
    return state


def number_of(labels: str, name: str) -> str:
    place = next(n for n, slugs in enumerate(read_labels(labels).slugs) if name in slugs)
    return f"c{place}"


# What is offered


@pytest.mark.parametrize("pack", offered_packs(), ids=lambda pack: pack.name)
def test_every_offered_pack_can_be_made(pack: Pack) -> None:
    spec = pack.network
    assert spec is not None
    assert spec.loader in LOADERS
    assert pack.capability is not None
    assert not pack.calibrated
    for file in pack.files:
        assert file.url.endswith(f"/{file.path.name}")
    assert any(file.size_bytes or file.about_bytes for file in pack.files)
    if spec.labels:
        assert len(read_labels(spec.labels)) in {80, 365, 1000}
    with torch.device("meta"):
        if spec.loader == "torchvision-classifier":
            classifier.build(spec)
        elif spec.loader == "torchvision-detector":
            detector.build(spec)


@pytest.mark.parametrize(("name", "count"), [("imagenet", 1000), ("places365", 365), ("coco", 80)])
def test_labels_mean_tags_that_are_known(name: str, count: int) -> None:
    labels, taxonomy = read_labels(name), built_in_taxonomy()
    assert len(labels) == count
    for slugs in labels.slugs:
        assert all(slug in taxonomy for slug in slugs)
    meant = sum(bool(slugs) for slugs in labels.slugs)
    assert meant > 0.9 * count


def test_a_broader_tag_sums_up_the_narrower_ones() -> None:
    sums = tag_sums(read_labels("places365"), built_in_taxonomy())
    matrix = dict(zip(sums.slugs, sums.matrix.T, strict=True))
    assert (matrix["indoor"] >= matrix["kitchen"]).all()
    assert matrix["kitchen"].sum() == 2
    assert set(np.unique(sums.matrix)) == {0.0, 1.0}


# Classifiers


def test_an_old_checkpoint_is_converted_once_and_gives_scenes(
    shelf: Shelf, offer: Offer, tmp_path: Path
) -> None:
    file = tmp_path / "small_places365.pth.tar"
    network = classifier.build(PLACES)
    state = {
        f"module.{name}": tensor
        for name, tensor in state_of(network, **{number_of("places365", "kitchen"): 40.0}).items()
        if not name.endswith("num_batches_tracked")
    }
    content = {"epoch": 90, "arch": "shufflenet", "state_dict": state, "best_prec1": 54.0}
    torch.save(content, file, _use_new_zipfile_serialization=False)
    pack = shelf.install(str(offer(Capability.SCENES, PLACES, file)))
    assert [one.path.name for one in pack.files] == ["weights.safetensors"]
    assert pack.files[0].pinned
    assert find_faults(pack) == []
    analyser = Networks().analyser(pack)
    analyser.load("cpu")
    assert (analyser.name, analyser.device) == ("scenes", "cpu")
    assert analyser.revision.startswith("small-1-")
    (found, _) = analyser.analyse([analyser.prepare(Sample(photo(seed))) for seed in (1, 2)])
    assert {tag.slug for tag in found.tags} == {"kitchen", "indoor"}
    assert found.ranked[:2] == found.tags
    assert all(0 <= tag.score <= 1 for tag in found.ranked)
    analyser.unload()
    with pytest.raises(PackProblem, match="not been loaded"):
        analyser.analyse([])


def test_a_state_dict_gives_things_with_their_broader_names(
    shelf: Shelf, offer: Offer, tmp_path: Path
) -> None:
    file = tmp_path / "shufflenet-1234.pth"
    torch.save(state_of(classifier.build(THINGS), **{number_of("imagenet", "robin"): 40.0}), file)
    pack = shelf.install(str(offer(Capability.THINGS, THINGS, file)))
    assert set(load_file(pack.files[0].path)) == set(classifier.build(THINGS).state_dict())
    analyser = Networks().analyser(pack)
    analyser.load("cpu")
    (found,) = analyser.analyse([analyser.prepare(Sample(photo()))])
    scores = {tag.slug: tag.score for tag in found.tags}
    assert scores["robin"] <= scores["songbird"] <= scores["bird"] <= scores["animal"]


class Attack:
    """What a checkpoint must never do."""

    def __init__(self, target: Path) -> None:
        self._target = target

    def __reduce__(self) -> tuple[Callable[[str], int], tuple[str]]:
        return (os.system, (f"echo harm > {self._target}",))


@pytest.mark.parametrize("new_format", [True, False])
def test_a_checkpoint_that_would_run_a_program_is_refused(
    shelf: Shelf, offer: Offer, tmp_path: Path, new_format: bool
) -> None:
    file, harm = tmp_path / "attack.pth", tmp_path / "harm"
    content = {"state_dict": {"fc.bias": torch.zeros(3)}, "more": Attack(harm)}
    torch.save(content, file, _use_new_zipfile_serialization=new_format)
    with pytest.raises(PackProblem, match="could run as a program"):
        shelf.install(str(offer(Capability.THINGS, THINGS, file)))
    assert not harm.exists()
    assert list((tmp_path / "installed").iterdir()) == []


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda s: s | {"fc.bias": torch.zeros(7)}, r"fc\.bias has the shape \(7,\)"),
        (lambda s: s | {"odd": torch.zeros(1)}, "odd is not expected"),
        (lambda s: {k: v for k, v in s.items() if k != "fc.weight"}, r"fc\.weight is missing"),
        (lambda s: {"epoch": 3}, "no table of tensors"),
        (lambda s: [1, 2], "no table of tensors"),
    ],
)
def test_a_checkpoint_that_does_not_fit_is_refused(
    shelf: Shelf,
    offer: Offer,
    tmp_path: Path,
    change: Callable[[Mapping[str, Any]], Any],
    complaint: str,
) -> None:
    file = tmp_path / "other.pth"
    torch.save(change(dict(classifier.build(THINGS).state_dict())), file)
    with pytest.raises(PackProblem, match=complaint):
        shelf.install(str(offer(Capability.THINGS, THINGS, file)))
    assert list((tmp_path / "installed").iterdir()) == []


@pytest.mark.parametrize("share", [0.0, 0.1, 0.9])
def test_half_a_checkpoint_is_refused(
    shelf: Shelf, offer: Offer, tmp_path: Path, share: float
) -> None:
    file = tmp_path / "half.pth"
    torch.save(classifier.build(THINGS).state_dict(), file)
    content = file.read_bytes()
    file.write_bytes(content[: int(share * len(content))])
    with pytest.raises(PackProblem, match=r"half\.pth"):
        shelf.install(str(offer(Capability.THINGS, THINGS, file)))


def test_weights_that_change_after_they_were_installed_are_not_run(
    shelf: Shelf, offer: Offer, tmp_path: Path
) -> None:
    file = tmp_path / "fine.pth"
    torch.save(classifier.build(THINGS).state_dict(), file)
    pack = shelf.install(str(offer(Capability.THINGS, THINGS, file)))
    content = bytearray(pack.files[0].path.read_bytes())
    content[-1] ^= 1
    pack.files[0].path.write_bytes(content)
    with pytest.raises(PackProblem, match="small is damaged"):
        Networks().analyser(pack).load("cpu")


# Objects


def test_a_detector_gives_boxes_in_shares_of_the_picture(
    shelf: Shelf, offer: Offer, tmp_path: Path
) -> None:
    torch.manual_seed(0)
    network = detector.build(OBJECTS)
    state = network.state_dict()
    person = 1
    for name, tensor in state.items():
        if re.search(r"classification_head\.module_list\.\d+\.1\.bias", name):
            tensor.view(-1, 91)[:, person] = 12.0
    file = tmp_path / "ssdlite.pth"
    torch.save(state, file)
    pack = shelf.install(str(offer(Capability.OBJECTS, OBJECTS, file)))
    analyser = Networks().analyser(pack)
    analyser.load("cpu")
    (found,) = analyser.analyse([analyser.prepare(Sample(photo(0, (96, 128))))])
    assert {tag.slug for tag in found.tags} == {"person"}
    assert found.regions
    for region in found.regions:
        left, top, width, height = region.box
        assert region.slug == "person"
        assert min(left, top) >= 0
        assert min(width, height) > 0
        assert max(left + width, top + height) <= 1 + 1e-6


def constant_network(answer: np.ndarray[Any, Any], side_px: int, path: Path) -> None:
    """An ONNX network that answers the same, whatever it sees."""
    graph = helper.make_graph(
        [
            helper.make_node("ReduceMean", ["images"], ["mean"], keepdims=0),
            helper.make_node("Mul", ["mean", "zero"], ["nothing"]),
            helper.make_node("Add", ["nothing", "answer"], ["output"]),
        ],
        "constant",
        [helper.make_tensor_value_info("images", TensorProto.FLOAT, (1, 3, side_px, side_px))],
        [helper.make_tensor_value_info("output", TensorProto.FLOAT, answer.shape)],
        [
            numpy_helper.from_array(answer.astype(np.float32), "answer"),
            numpy_helper.from_array(np.zeros((), np.float32), "zero"),
        ],
    )
    save(graph, path)


def save(graph: onnx.GraphProto, path: Path) -> None:
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.checker.check_model(model)
    onnx.save(model, path)


def test_yolox_answers_are_decoded(shelf: Shelf, offer: Offer, tmp_path: Path) -> None:
    """A dog whose centre is in column 2, row 1 of the grid of 16 px, seen twice; a weak cat."""
    answer = np.zeros(yolox.answers(64, 80), np.float32)
    dog, cat, row = 16, 15, 64 + 1 * 4 + 2
    answer[0, row, :5] = (0.5, 0.25, np.log(2), np.log(1), 1.0)
    answer[0, row, 5 + dog] = 0.9
    answer[0, row + 1, :5] = (-0.4, 0.25, np.log(2), np.log(1), 1.0)
    answer[0, row + 1, 5 + dog] = 0.7
    answer[0, 0, :5] = (0.5, 0.5, 0.0, 0.0, 0.5)
    answer[0, 0, 5 + cat] = 0.5
    file = tmp_path / "yolox.onnx"
    constant_network(answer, 64, file)
    pack = shelf.install(str(offer(Capability.OBJECTS, YOLOX, file)))
    analyser = Networks().analyser(pack)
    analyser.load("cpu")
    # Half as high as wide: the picture takes the upper half of the square.
    (found,) = analyser.analyse([analyser.prepare(Sample(photo(0, (50, 100))))])
    (region,) = found.regions
    assert (region.slug, region.score) == ("dog", 0.9)
    assert region.box == pytest.approx((24 / 64, 12 / 32, 32 / 64, 16 / 32))
    assert [tag.slug for tag in found.tags] == ["dog", "animal"]
    assert {tag.slug for tag in found.ranked} == {"dog", "animal", "cat"}


def test_a_network_of_another_shape_is_refused(shelf: Shelf, offer: Offer, tmp_path: Path) -> None:
    file = tmp_path / "yolox.onnx"
    constant_network(np.zeros((1, 84, 6)), 64, file)
    with pytest.raises(PackProblem, match=r"answers \(1, 84, 6\) instead of \(1, 84, 85\)"):
        shelf.install(str(offer(Capability.OBJECTS, YOLOX, file)))
    assert list((tmp_path / "installed").iterdir()) == []


def test_what_is_no_network_is_refused(shelf: Shelf, offer: Offer, tmp_path: Path) -> None:
    file = tmp_path / "yolox.onnx"
    constant_network(np.zeros(yolox.answers(64, 80)), 64, file)
    file.write_bytes(file.read_bytes()[:500])
    with pytest.raises(PackProblem, match="no network that can be run"):
        shelf.install(str(offer(Capability.OBJECTS, YOLOX, file)))


def test_without_the_runtime_nothing_is_fetched(
    shelf: Shelf, offer: Offer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(EnvironmentProblem, match=r"albumen\[onnx\]"):
        shelf.install("yolox-s")
    assert not (tmp_path / "installed").exists()


# The subject


def red_is_subject(side_px: int, path: Path) -> None:
    """An ONNX network that takes what is red for the subject."""
    kernel = np.array([20.0, -10.0, -10.0], np.float32).reshape(1, 3, 1, 1)
    shape = (1, 3, side_px, side_px)
    graph = helper.make_graph(
        [
            helper.make_node("Conv", ["input", "kernel", "bias"], ["logits"]),
            helper.make_node("Sigmoid", ["logits"], ["output"]),
        ],
        "red",
        [helper.make_tensor_value_info("input", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("output", TensorProto.FLOAT, (1, 1, *shape[2:]))],
        [
            numpy_helper.from_array(kernel, "kernel"),
            numpy_helper.from_array(np.array([-10.0], np.float32), "bias"),
        ],
    )
    save(graph, path)


def test_a_subject_is_lifted_in_full_size(shelf: Shelf, offer: Offer, tmp_path: Path) -> None:
    file = tmp_path / "u2netp.onnx"
    red_is_subject(32, file)
    pack = shelf.install(str(offer(Capability.SUBJECT, SUBJECT, file)))
    assert find_faults(pack) == []
    segmenter = Networks().segmenter(pack)
    segmenter.load("cpu")
    rows, columns = np.ogrid[:300, :400]
    disc = np.hypot(rows - 150, columns - 200) < 80
    picture = np.where(disc[..., None], (230, 20, 20), (40, 90, 40)).astype(np.uint8)
    cutout = segmenter.segment(picture)
    assert cutout.found
    assert cutout.alpha.shape == (300, 400)
    assert ((cutout.alpha > 127) == disc).mean() > 0.98
    assert cutout.box == pytest.approx((121, 71, 159, 159), abs=12)
    grey = np.full((300, 400, 3), 90, np.uint8)
    assert not segmenter.segment(grey).found
    assert segmenter.segment(grey, [Hint(200, 150)]).found
    segmenter.unload()


def test_a_pack_does_only_what_it_is_for(shelf: Shelf, offer: Offer, tmp_path: Path) -> None:
    file = tmp_path / "u2netp.onnx"
    red_is_subject(32, file)
    pack = shelf.install(str(offer(Capability.SUBJECT, SUBJECT, file)))
    with pytest.raises(PackProblem, match="does not look at photos"):
        Networks().analyser(pack)
    torch.save(classifier.build(THINGS).state_dict(), tmp_path / "things.pth")
    things = shelf.install(str(offer(Capability.THINGS, THINGS, tmp_path / "things.pth")))
    with pytest.raises(PackProblem, match="lifts no subjects"):
        Networks().segmenter(things)


def test_a_loader_of_a_newer_program_is_said_to_be_missing(
    shelf: Shelf, offer: Offer, tmp_path: Path
) -> None:
    (tmp_path / "new.bin").touch()
    manifest = offer(Capability.WORDS, NetworkSpec("holograms", "x"), tmp_path / "new.bin")
    with pytest.raises(PackProblem, match="holograms"):
        shelf.install(str(manifest))
