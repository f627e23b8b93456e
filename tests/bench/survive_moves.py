"""Do tags set by hand survive what other programs do to the files while Albumen is closed?

    python tests/bench/survive_moves.py [--count 200] [--photos DIR]

Indexes a folder (generated photos, or copies of the pictures in DIR), tags each photo by hand,
closes Albumen; then every file is moved or renamed and gets new metadata by exiftool or exiv2,
whichever is installed. Indexes again and counts the photos that still have their tags; exit code 1
when one lost them.
"""

import argparse
import json
import random
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

TAGS = ("held-by-hand", "beach", "night")


def album(library: Path, *words: str) -> str:
    """What the `album` command prints for these words on this library."""
    command = [sys.executable, "-m", "album", "--library", str(library), *words]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def make_photos(folder: Path, count: int, source: Path | None) -> list[Path]:
    """`count` different JPEG files: copies from `source` as far as it reaches, then generated."""
    folder.mkdir()
    originals = sorted(source.glob("*.jpg"))[:count] if source else []
    paths = [
        Path(shutil.copy(path, folder / f"real-{i:03}.jpg")) for i, path in enumerate(originals)
    ]
    rng = np.random.default_rng(7)
    for i in range(count - len(paths)):
        pixels = rng.integers(0, 255, (12, 16, 3), dtype=np.uint8)
        path = folder / f"made-{i:03}.jpg"
        Image.fromarray(pixels).resize((640, 480)).save(path, quality=90)
        paths.append(path)
    return paths


def rewrite_metadata(path: Path, number: int) -> str:
    """Have another program write new metadata into the file; the program's name."""
    edits = {
        "exiftool": [
            *("-q", "-m", "-overwrite_original", f"-Artist=Somebody {number}", "-Rating=3"),
            *("-Keywords+=edited", f"-XMP:Title=Edited {number}"),
        ],
        "exiv2": ["-M", f"set Exif.Image.Artist Somebody {number}", "modify"],
    }
    names = sorted(edits, reverse=number % 2 == 1)
    for name in names:
        program = shutil.which(name)
        if program is None:
            continue
        run = subprocess.run([program, *edits[name], str(path)], check=False, capture_output=True)
        if run.returncode == 0:
            return name
    return "metadata kept (no program could write it)"


def disturb(folder: Path, paths: list[Path]) -> dict[str, int]:
    """Move or rename every file and rewrite its metadata; how often each was done."""
    done: dict[str, int] = {}
    rng = random.Random(7)
    for number, path in enumerate(paths):
        deed = rng.choice(("renamed", "moved", "moved and renamed"))
        parent = folder / f"album {number % 5}" if "moved" in deed else path.parent
        name = f"other name {number}.jpeg" if "renamed" in deed else path.name
        parent.mkdir(exist_ok=True)
        target = path.rename(parent / name)
        for key in (deed, rewrite_metadata(target, number)):
            done[key] = done.get(key, 0) + 1
    return done


def main() -> int:
    """Run the whole examination once; exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument(
        "--photos", type=Path, help="use copies of the JPEG files in this folder first"
    )
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder, library = Path(scratch) / "photos", Path(scratch) / "library"
        paths = make_photos(folder, options.count, options.photos)
        album(library, "index", str(folder))
        known = json.loads(album(library, "search", "", "--limit", "100000", "--json"))
        album(library, "tag", *map(str, paths), *(f"+{tag}" for tag in TAGS))
        done = disturb(folder, paths)
        album(library, "index")
        found = [
            json.loads(album(library, "search", f"tag:{tag}", "--limit", "100000", "--json"))
            for tag in TAGS
        ]
    kept = len(set.intersection(*({row["path"] for row in rows} for rows in found)))
    print(f"photos: {len(known)}; done to them: {done}")
    print(f"{kept} of {len(known)} kept all of {', '.join(TAGS)}")
    return 0 if kept == len(known) else 1


if __name__ == "__main__":
    sys.exit(main())
