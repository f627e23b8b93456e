"""How long a command takes to answer: from its start to its end, on a library of 20,000 photos."""

import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from album.testing.figures import Figure, report
from album.testing.libraries import synthetic_library

PHOTOS = 20_000
ROUNDS = 7
TARGET_S = 0.3
COMMANDS = {
    "album --help": ("--help",),
    "album search, 10 of 20k photos": ("search", "scene:tag-0", "--limit", "10"),
    "album facets, 20k photos": ("facets", "scene:tag-0"),
}


def seconds(library: Path, words: tuple[str, ...]) -> float:
    """Median wall time of a command; its first run, which fills the caches, is not counted."""
    command = [sys.executable, "-m", "album", "--library", str(library), *words]
    taken = []
    for _ in range(ROUNDS + 1):
        start_s = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        taken.append(time.perf_counter() - start_s)
    return median(taken[1:])


def main() -> None:
    """Measure the commands that people type most."""
    with tempfile.TemporaryDirectory() as name:
        library = Path(name)
        synthetic_library(library / "library.db", PHOTOS)
        report(
            [
                Figure(what, round(seconds(library, words), 3), "s", TARGET_S)
                for what, words in COMMANDS.items()
            ]
        )


if __name__ == "__main__":
    main()
