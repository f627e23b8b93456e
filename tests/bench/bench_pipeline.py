"""Tagging a library beside the bare network on pictures that are decoded already.

python tests/bench/bench_pipeline.py [--json] [--count N] [--device auto]
"""

import argparse
import io
import sqlite3
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

from album.analysis.protocol import Analyser, Sample
from album.analysis.registry import analysers
from album.session import LibrarySession
from album.testing.figures import Figure, report

COUNT = 400
ROUNDS = 3
TARGET = 0.85
TAGGER_TARGET = 60.0
"""Of the tagger on two CPU cores, from decoded pictures to tags."""
SIZE = (1632, 1224)


def make_library(folder: Path, count: int) -> None:
    """Different JPEGs of 2 MP: soft shapes of different colours and some grain."""
    folder.mkdir()
    random = np.random.default_rng(3)
    grain = random.normal(0, 4, (SIZE[1], SIZE[0], 1))
    for number in range(count):
        shapes = random.integers(0, 255, (9, 12, 3), np.uint8)
        soft = Image.fromarray(shapes).resize(SIZE, Image.Resampling.BICUBIC)
        pixels = (np.asarray(soft) + grain).clip(0, 255).astype(np.uint8)
        Image.fromarray(pixels).save(folder / f"{number:05}.jpg", quality=80)


def bare_rate(used: list[Analyser], folder: Path, device: str) -> float:
    """Pictures a second of all analysers alone, prepared beforehand, in full batches.

    As many as the library has: machines run faster and slower by a fifth within seconds, and the
    best of short looks would be set against the best of long ones.
    """
    for one in used:
        one.load(device)
    size = max(1, min(one.batch_size for one in used))
    paths = sorted(folder.iterdir())
    samples = [Sample(_small(path)) for path in paths[: len(paths) // size * size]]
    prepared = [[one.prepare(sample) for sample in samples] for one in used]
    began_s = time.perf_counter()
    for start in range(0, len(samples), size):
        for one, pictures in zip(used, prepared, strict=True):
            one.analyse(pictures[start : start + size])
    seconds = time.perf_counter() - began_s
    for one in used:
        one.unload()
    return len(samples) / seconds


def tagger_rate(folder: Path, device: str) -> float:
    """Pictures a second from decoded ones to their tags, prepared and looked at in one thread."""
    tagger = next(one for one in analysers() if one.name == "tagger")
    tagger.load(device)
    size = tagger.batch_size
    samples = [Sample(_small(path)) for path in sorted(folder.iterdir())[: 8 * size]]
    began_s = time.perf_counter()
    for start in range(0, len(samples), size):
        tagger.analyse([tagger.prepare(one) for one in samples[start : start + size]])
    seconds = time.perf_counter() - began_s
    tagger.unload()
    return len(samples) / seconds


def _small(path: Path) -> "np.ndarray[tuple[int, ...], np.dtype[np.uint8]]":
    with Image.open(io.BytesIO(path.read_bytes())) as image:
        image.draft("RGB", (384, 384))
        image.thumbnail((384, 384))
        return np.asarray(image.convert("RGB"))


def tagging_rate(folder: Path, library: Path, device: str, *, ready: bool) -> float:
    """Photos a second, from the first that is tagged to the last; `ready`: thumbnails are there."""
    with LibrarySession.open(library, watch=False, device=device) as session:
        session.pause()
        session.add_folder(folder).result()
        count = len(list(folder.iterdir()))
        _wait(lambda: session.database.query(_rows) == count)
        if ready:
            _wait(lambda: session.thumbnails.idle)
        began_s = time.perf_counter()
        session.resume()
        _wait(lambda: session.database.query(_done) > 0)
        first_s = time.perf_counter()
        first = session.database.query(_done)
        _wait(lambda: session.database.query(_done) == count)
        now_s = time.perf_counter()
    if ready:
        sys.stderr.write(f"first batch after {first_s - began_s:.1f} s\n")
    return (count - first) / max(0.001, now_s - first_s)


def _rows(connection: sqlite3.Connection) -> int:
    return int(connection.execute("SELECT count(*) FROM photo").fetchone()[0])


def _done(connection: sqlite3.Connection) -> int:
    return int(connection.execute("SELECT count(*) FROM job WHERE state = 'done'").fetchone()[0])


def _wait(holds: Callable[[], bool]) -> None:
    tick = threading.Event()
    while not holds():
        tick.wait(0.02)


def main() -> None:
    """Measure with thumbnails made before, and with everything at once."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=COUNT)
    parser.add_argument("--device", default="auto")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place, "pictures")
        make_library(folder, options.count)
        tagger = bare = ready = fresh = 0.0
        for number in range(ROUNDS):  # turn and turn about: other programs disturb both alike
            tagger = max(tagger, tagger_rate(folder, options.device))
            bare = max(bare, bare_rate(analysers(), folder, options.device))
            library = Path(place, str(number))
            ready = max(ready, tagging_rate(folder, library, options.device, ready=True))
            library = Path(place, f"{number}-fresh")
            fresh = max(fresh, tagging_rate(folder, library, options.device, ready=False))
    report(
        [
            Figure("tagger on decoded input", round(tagger, 1), "/s", TAGGER_TARGET, at_most=False),
            Figure("bare network, decoded input", round(bare, 1), "/s"),
            Figure("tagging, thumbnails there", round(ready, 1), "/s"),
            Figure(
                "tagging beside the bare network",
                round(ready / bare, 2),
                "x",
                TARGET,
                at_most=False,
            ),
            Figure("tagging while thumbnails are made", round(fresh, 1), "/s"),
        ]
    )


if __name__ == "__main__":
    main()
