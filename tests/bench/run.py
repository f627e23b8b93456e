"""All benches beside this file, and one table of their figures: what `make bench` runs.

    python tests/bench/run.py [NAME...]        # only bench_NAME.py ...

Each `bench_*.py` runs in a process of its own, one after the other, with `--json`; what it prints
on stderr is shown as it comes. A bench that prints no figures is shown as it is.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

from album.testing.figures import Figure, print_figures

HERE = Path(__file__).resolve().parent


def benches(names: list[str]) -> list[Path]:
    """The benches of these names, all when there are none; ends with 2 for an unknown name."""
    found = {path.stem.removeprefix("bench_"): path for path in sorted(HERE.glob("bench_*.py"))}
    unknown = [name for name in names if name not in found]
    if unknown:
        print(f"no bench {', '.join(unknown)}; there are {', '.join(found)}", file=sys.stderr)
        sys.exit(2)
    return [found[name] for name in names or found]


def run(path: Path) -> tuple[list[Figure], str]:
    """The figures of one bench, else the text that it printed; neither: it failed."""
    print(f"{path.stem} ...", end=" ", file=sys.stderr, flush=True)
    start_s = time.monotonic()
    environment = os.environ | {"QT_QPA_PLATFORM": os.environ.get("QT_QPA_PLATFORM", "offscreen")}
    done = subprocess.run(
        [sys.executable, path, "--json"],
        stdout=subprocess.PIPE,
        text=True,
        check=False,
        env=environment,
    )
    print(f"{time.monotonic() - start_s:.0f} s", file=sys.stderr)
    try:
        found = [Figure(**one) for one in json.loads(done.stdout)]
    except (ValueError, TypeError):
        return [], done.stdout
    return (found, "") if done.returncode == 0 else ([], done.stdout)


def main() -> int:
    """Exit code 1 when a bench failed or a figure misses its target."""
    figures, texts, failed = [], [], []
    for path in benches([word for word in sys.argv[1:] if not word.startswith("-")]):
        found, text = run(path)
        figures += found
        if text:
            texts.append(f"{path.stem}:\n{text}")
        elif not found:
            failed.append(path.stem)
    if figures:
        print_figures(figures)
    for text in texts:
        print(f"\n{text}")
    for name in failed:
        print(f"{name} failed", file=sys.stderr)
    missed = [one.name for one in figures if one.ratio is not None and one.ratio < 1]
    if missed:
        print(f"\nbelow target: {'; '.join(missed)}")
    return 1 if failed or missed else 0


if __name__ == "__main__":
    sys.exit(main())
