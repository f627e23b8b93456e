import numpy as np
import pytest
import torch

from album.errors import DeviceMemoryProblem, EnvironmentProblem
from album_models.backbone import FEATURES, PYRAMID_CHANNELS, Backbone, normalise
from album_models.decoder import SubjectDecoder, as_logits
from album_models.device import OutOfMemoryAsProblem, choose, laid_out
from album_models.tagger import Tagger
from album_models.weights import Weights, fill


@pytest.mark.parametrize(
    "error", [MemoryError(), torch.cuda.OutOfMemoryError("CUDA out of memory")]
)
def test_out_of_memory_is_told_as_such(error: BaseException) -> None:
    with pytest.raises(DeviceMemoryProblem), OutOfMemoryAsProblem():
        raise error


def test_a_batch_beyond_all_memory_is_a_problem_of_the_device() -> None:
    with pytest.raises(DeviceMemoryProblem), OutOfMemoryAsProblem():
        torch.empty(1 << 60, dtype=torch.uint8)


def test_other_errors_stay_what_they_are() -> None:
    with pytest.raises(RuntimeError, match="shape"), OutOfMemoryAsProblem():
        raise RuntimeError("shape mismatch")


def test_auto_is_always_there() -> None:
    device = choose("auto")
    assert str(device).partition(":")[0] in {"cpu", "cuda", "mps"}
    assert device.batch_size >= 1


def test_the_cpu_can_be_asked_for() -> None:
    assert str(choose("cpu")) == "cpu"


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a CUDA device")
def test_cuda_without_cuda_says_so() -> None:
    with pytest.raises(EnvironmentProblem, match="cuda") as caught:
        choose("cuda")
    assert "cpu" in caught.value.advice
    assert "cuda" not in caught.value.advice


@pytest.mark.parametrize("side", [192, 224, 97])
def test_the_backbone_halves_and_widens(side: int) -> None:
    backbone = Backbone().eval()
    with torch.inference_mode():
        pyramid = backbone.pyramid(normalise(torch.zeros(2, 3, side, side, dtype=torch.uint8)))
        pooled = backbone.pool(pyramid[-1])
        fine, coarse, decided = SubjectDecoder().eval()(pyramid)
    assert [level.shape[1] for level in pyramid] == list(PYRAMID_CHANNELS)
    sides = [-(-side // stride) for stride in (2, 4, 8, 16, 32)]
    assert [level.shape[-1] for level in pyramid] == sides
    assert pooled.shape == (2, FEATURES)
    found = (fine.shape[-1], coarse.shape[-1], decided.shape[-1])
    assert found == (sides[0], sides[1], sides[3])
    assert as_logits(fine, 50, 70).shape == (2, 1, 50, 70)


@pytest.mark.parametrize("side", [192, 97])
def test_convolutions_clip_the_same_in_one_pass_as_in_two(side: int) -> None:
    backbone = Backbone().eval()
    fill(backbone, Weights().tensors("tagger.safetensors"), "backbone")
    random = np.random.default_rng(5)
    pictures = torch.from_numpy(random.integers(0, 255, (2, 3, side, side), np.uint8))
    with torch.no_grad():
        in_one = backbone(normalise(pictures))
    in_two = backbone(normalise(pictures)).detach()  # training needs what comes before clipping
    assert in_one.std() > 0.1
    torch.testing.assert_close(in_one, in_two)


def test_the_faster_number_format_finds_the_same_features() -> None:
    tagger = Tagger()
    tagger.load("cpu")
    network = tagger._network
    assert network is not None
    picture = np.random.default_rng(1).integers(0, 255, (1, 192, 192, 3), np.uint8)
    fast = network.look(picture)[0]
    device = choose("cpu")
    laid_out(network.backbone, type(device)(device.handle, torch.float32, 1))
    network.device = type(device)(device.handle, torch.float32, 1)
    exact = network.look(picture)[0]
    cosine = (fast * exact).sum() / np.linalg.norm(fast) / np.linalg.norm(exact)
    assert cosine > 0.99
