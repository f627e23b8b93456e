"""Looking at photos, beside the bare network: does decoding ever starve it?

python tests/bench/bench_tagging.py [--json]

The bare network gets pictures that are decoded and prepared already; `index` starts from JPEG files
whose rows and thumbnails are there (its tagging stage), with the same weights on the same device.
"""

import tempfile
import time
from pathlib import Path

import numpy as np
from PIL import Image

from album.analysis.protocol import Analyser, Sample
from album.analysis.registry import analysers
from album.session import LibrarySession, Stage
from album.testing.figures import Figure, report

COUNT = 400
SIZE = (1632, 1224)
TARGET = 0.85


def make_photos(folder: Path) -> None:
    """Different JPEG files of 2 MP."""
    random = np.random.default_rng(3)
    for number in range(COUNT):
        small = Image.fromarray(random.integers(0, 256, (24, 32, 3), np.uint8))
        small.resize(SIZE, Image.Resampling.BICUBIC).save(folder / f"{number:04}.jpg", quality=88)


def bare_rate(tagger: Analyser) -> float:
    """Pictures a second of the network alone."""
    tagger.load("auto")
    random = np.random.default_rng(4)
    size = tagger.batch_size
    pixels = [random.integers(0, 256, (288, 384, 3), np.uint8) for _ in range(size)]
    prepared = [tagger.prepare(Sample(one)) for one in pixels]
    tagger.analyse(prepared)
    start_s = time.perf_counter()
    rounds = max(1, COUNT // size)
    for _ in range(rounds):
        tagger.analyse(prepared)
    rate = rounds * size / (time.perf_counter() - start_s)
    tagger.unload()
    return rate


def index_rate(folder: Path, library: Path) -> float:
    """Photos a second that are tagged, between the first batch that is stored and the last."""
    with LibrarySession.open(library, analyse=False, watch=False) as session:
        session.add_folder(folder).result()
        for _ in session.index():
            pass
    marks = [(0.0, 0)]
    with LibrarySession.open(library, watch=False) as session:
        for step in session.index():
            if step.analysed != marks[-1][1]:
                marks.append((time.perf_counter(), step.analysed))
            if step.stage is Stage.DONE:
                break
    (first_s, first), (last_s, last) = marks[1], marks[-1]
    return (last - first) / (last_s - first_s)


def main() -> None:
    """Measure both, one after the other."""
    tagger = next(one for one in analysers() if one.name == "tagger")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name, "photos")
        folder.mkdir()
        make_photos(folder)
        bare = bare_rate(tagger)
        indexed = index_rate(folder, Path(name, "library"))
    report(
        [
            Figure("bare network", round(bare, 1), "/s", at_most=False),
            Figure("tagging of an index", round(indexed, 1), "/s", at_most=False),
            Figure(
                "tagging beside the bare network",
                round(indexed / bare, 3),
                "",
                TARGET,
                at_most=False,
            ),
        ]
    )


if __name__ == "__main__":
    main()
