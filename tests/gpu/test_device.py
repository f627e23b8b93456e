"""What an accelerator answers is what the CPU answers; run with `pytest -m gpu`."""

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from skimage import data

from album.analysis.protocol import Findings, Sample
from album_models.segmenter import SubjectSegmenter
from album_models.tagger import Tagger

pytestmark = pytest.mark.gpu
PICTURES = ("cat", "coffee", "astronaut", "rocket")


def sample(name: str) -> NDArray[np.uint8]:
    picture: NDArray[np.uint8] = getattr(data, name)()
    return picture


@pytest.fixture
def accelerator() -> str:
    if torch.cuda.is_available():
        return "cuda:0"
    if torch.backends.mps.is_available():
        return "mps"
    pytest.skip("needs an accelerator")


def look(device: str) -> list[Findings]:
    tagger = Tagger()
    tagger.load(device)
    return tagger.analyse([tagger.prepare(Sample(sample(name))) for name in PICTURES])


def test_tags_agree_with_the_cpu(accelerator: str) -> None:
    for here, there in zip(look("cpu"), look(accelerator), strict=True):
        assert here.embedding is not None
        assert there.embedding is not None
        assert float(here.embedding.astype(float) @ there.embedding.astype(float)) > 0.995
        assert here.ranked[0].slug == there.ranked[0].slug


def test_cutouts_agree_with_the_cpu(accelerator: str) -> None:
    alphas = []
    for device in ("cpu", accelerator):
        segmenter = SubjectSegmenter()
        segmenter.load(device)
        alphas.append(segmenter.segment(sample("astronaut")).alpha.astype(np.int16))
    assert np.abs(alphas[0] - alphas[1]).mean() < 4
