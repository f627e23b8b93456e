"""`make run`: the main job on this machine, with the user's own folder or the sample library.

With a screen it opens the window; without one it indexes and prints what it found.
"""

import os
import subprocess
import sys
from pathlib import Path

from bootstrap import environment_python, qt_directory
from sample_library import SAMPLE, make_sample
from system_libraries import can_show_window

SOME_FAILED = 1
"""Exit code of `album index` when it is done but for some files, which it has named."""


def album(*arguments: str | Path) -> int:
    """Run the `album` command of the virtual environment; its exit code."""
    return subprocess.run([environment_python(), "-m", "album", *arguments], check=False).returncode


def main() -> int:
    """Do the main job; 0 when it is done, else the exit code of the command that was in the way."""
    chosen = os.environ.get("ALBUMEN_FOLDER", "")
    if chosen:
        folder = Path(chosen).expanduser().absolute()
        library: list[str | Path] = []
    else:
        folder = make_sample(SAMPLE)
        library = ["--library", SAMPLE / "library"]
    if can_show_window(qt_directory(), os.environ):
        return album(*library, "gui", folder)
    print(f"No screen here: indexing {folder} and printing what is in it.", flush=True)
    code = album(*library, "index", folder)
    return code if code > SOME_FAILED else album(*library, "facets")


if __name__ == "__main__":
    sys.exit(main())
