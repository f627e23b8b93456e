"""Lifting the subject of a 12 MP photo that is decoded already, to an alpha of its full size.

python tests/bench/bench_cutout.py [--json] [--rounds N] [--threads N] [--large]
"""

import argparse
import resource
import statistics
import sys
import time

import numpy as np
import torch
from PIL import Image
from skimage import data

from album.analysis.protocol import Pixels
from album.analysis.registry import segmenter
from album.testing.figures import Figure, report

SIZE = (4000, 3000)
LARGE = (11_600, 8_700)
ROUNDS = 7
TARGET_S = 0.6
MOST_MIB = 1_200
"""Beside the picture itself, for 100 MP."""


def pictures(size: tuple[int, int]) -> dict[str, Pixels]:
    """Photos with one subject and with several, enlarged, with grain of a camera."""
    random = np.random.default_rng(5)
    found = {}
    for name in ("astronaut", "chelsea", "coffee"):
        large = Image.fromarray(getattr(data, name)()).resize(size, Image.Resampling.BICUBIC)
        pixels = np.array(large)
        for row in range(0, size[1], 500):
            part = pixels[row : row + 500]
            grain = random.normal(0, 3, part.shape[:2]).astype(np.float32)[..., None]
            part[:] = (part + grain).clip(0, 255)
        found[name] = pixels
    return found


def main() -> int:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--threads", type=int, help="else as the program itself chooses")
    parser.add_argument("--large", action="store_true", help="memory and time of 100 MP, too")
    chosen = parser.parse_args()
    used = segmenter()
    used.load("cpu")
    if chosen.threads:
        torch.set_num_threads(chosen.threads)
    figures = []
    for name, pixels in pictures(SIZE).items():
        used.segment(pixels)
        seconds, busy = [], []
        for _ in range(chosen.rounds):
            began_s, used_s = time.perf_counter(), time.process_time()
            used.segment(pixels)
            seconds.append(time.perf_counter() - began_s)
            busy.append(time.process_time() - used_s)
        told = f"cut-out of 12 MP ({name})"
        figures.append(Figure(told, statistics.median(seconds), "s", TARGET_S))
        figures.append(Figure(f"{told}, processor time", statistics.median(busy), "s"))
    if chosen.large:
        pixels = pictures(LARGE)["astronaut"]
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        began_s = time.perf_counter()
        used.segment(pixels)
        figures.append(Figure("cut-out of 100 MP", time.perf_counter() - began_s, "s"))
        more = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
        figures.append(Figure("memory beside 100 MP", more, "MiB", MOST_MIB))
    used.unload()
    report(figures)
    return 0


if __name__ == "__main__":
    sys.exit(main())
