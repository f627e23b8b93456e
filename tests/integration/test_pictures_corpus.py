"""Real files, hard and broken ones among them: each has an outcome, and memory stays in bounds."""

import csv
import io
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from album.domain.photo import MediaKind
from album.errors import FileProblem
from album.pictures.decode import Decoder
from album.pictures.examine import examine
from album.pictures.formats import SUPPORTED
from album.pictures.thumbnails import SMALL_PX, render

MEMORY_LIMIT_BYTES = 600 << 20


@pytest.fixture(scope="module")
def decoder() -> Iterator[Decoder]:
    made = Decoder()
    yield made
    made.close()


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUPPORTED)


def outcome(decoder: Decoder, path: Path) -> str | None:
    """None when it has a picture, else why not."""
    try:
        seen = examine(path)
        made = render(decoder, path)
    except FileProblem as problem:
        return problem.reason
    width, height = Image.open(io.BytesIO(made.small)).size
    assert max(height, width) <= SMALL_PX
    about = seen.metadata
    if about.width and about.height and min(width, height) > 20:
        assert width / height == pytest.approx(about.width / about.height, rel=0.05)
    return None


def test_every_photo_is_read(shared: Path, decoder: Decoder) -> None:
    for path in files(shared / "photos"):
        assert outcome(decoder, path) is None, path.name
        assert examine(path).kind is MediaKind.PHOTO


@pytest.mark.parametrize("folder", ["formats", "orientation", "gps", "video"])
def test_every_sound_file_is_read(shared: Path, decoder: Decoder, folder: str) -> None:
    for path in files(shared / "media" / folder):
        assert outcome(decoder, path) is None, path.name


def test_every_malformed_file_has_an_outcome(shared: Path, decoder: Decoder) -> None:
    with (shared / "media" / "INDEX.csv").open() as table:
        readable = {row["file"] for row in csv.DictReader(table) if row["decodes"] == "ok"}
    for path in files(shared / "media" / "malformed"):
        why = outcome(decoder, path)
        name = path.relative_to(shared / "media").as_posix()
        assert why is None or name not in readable, f"{name}: {why}"


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_memory_of_the_program_stays_in_bounds(shared: Path) -> None:
    program = """if True:
        import sys
        from pathlib import Path
        from album.errors import FileProblem
        from album.pictures.decode import Decoder
        from album.pictures.thumbnails import render
        decoder = Decoder()
        for path in sorted(Path(sys.argv[1]).iterdir()):
            try:
                render(decoder, path)
            except FileProblem:
                pass
        decoder.close()
        status = Path("/proc/self/status").read_text().splitlines()
        print(next(line.split()[1] for line in status if line.startswith("VmHWM:")))
    """
    folder = shared / "media" / "malformed"
    done = subprocess.run(
        [sys.executable, "-c", program, folder], capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
    # Not ru_maxrss: Linux starts that of a new program at what its parent had.
    assert int(done.stdout) * 1024 < MEMORY_LIMIT_BYTES
