"""`make install-desktop`: Albumen in the menu of this user, and in «open a folder with».

Starts the bundle where there is one, else the virtual environment of this checkout. Writes to the
user's own data folder only; `--remove` takes it all away again.
"""

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
APP_ID = "io.github.albumen.Albumen"
ENTRY = ROOT / f"packaging/linux/{APP_ID}.desktop"
METAINFO = ROOT / f"packaging/linux/{APP_ID}.metainfo.xml"
DRAWING = ROOT / "resources/album_resources/icons/albumen.svg"
PROGRAMS = (ROOT / "dist/albumen/albumen", ROOT / ".venv/bin/albumen")
ICON_SIZES_PX = (16, 24, 32, 48, 64, 128, 256, 512)


def quoted(program: Path) -> str:
    """A path as the Exec line of a desktop entry wants it."""
    text = str(program)
    for character in '\\"`$':
        text = text.replace(character, "\\" + character)
    return '"' + text.replace("\\", "\\\\").replace("%", "%%") + '"'


def entry_text(program: Path) -> str:
    """The desktop entry, starting this very program."""
    return ENTRY.read_text("utf-8").replace("Exec=albumen ", f"Exec={quoted(program)} ")


def places(data: Path) -> dict[Path, Path | None]:
    """Where each file goes, and what it is a copy of; the entry itself is written."""
    icons = data / "icons/hicolor"
    copies: dict[Path, Path | None] = {
        icons / f"{size}x{size}/apps/{APP_ID}.png": ROOT / f"packaging/icons/albumen-{size}.png"
        for size in ICON_SIZES_PX
    }
    return copies | {
        icons / f"scalable/apps/{APP_ID}.svg": DRAWING,
        data / f"metainfo/{METAINFO.name}": METAINFO,
        data / f"applications/{ENTRY.name}": None,
    }


def install(data: Path) -> int:
    """Write the files; 3 when there is no program that they could start."""
    program = next((path for path in PROGRAMS if path.exists()), None)
    if program is None:
        print("There is nothing to start yet: run `make bundle` or `make setup` first.")
        return 3
    for target, source in places(data).items():
        target.parent.mkdir(parents=True, exist_ok=True)
        if source is None:
            target.write_text(entry_text(program), "utf-8")
        else:
            shutil.copyfile(source, target)
    print(f"Albumen is in the menu now; it starts {program}")
    return 0


def remove(data: Path) -> int:
    """Take the files away again."""
    for target in places(data):
        target.unlink(missing_ok=True)
    print("Albumen is out of the menu.")
    return 0


def main() -> int:
    """Install or remove; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--remove", action="store_true", help="take Albumen out of the menu")
    wanted = parser.parse_args()
    if not sys.platform.startswith("linux"):
        print("Desktop entries are for Linux; packaging/README.md has the way for this system.")
        return 3
    data = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local/share")
    code = remove(data) if wanted.remove else install(data)
    tool = shutil.which("update-desktop-database")
    if tool:
        subprocess.run([tool, "-q", data / "applications"], check=False)
    return code


if __name__ == "__main__":
    sys.exit(main())
