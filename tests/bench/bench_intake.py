"""Adding a folder of JPEGs to a new library: import rate, first photos, all thumbnails, a new file.

python tests/bench/bench_intake.py [--json] [--count N]
"""

import argparse
import io
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image
from PIL.ExifTags import IFD, Base

from album.domain.query import Query
from album.pictures.service import Urgency
from album.pictures.thumbnails import SMALL_PX
from album.session import LibrarySession
from album.storage.photos import present_count, without_thumbnail
from album.testing import FakeAnalyser, sample_taxonomy
from album.testing.figures import Figure, report

COUNT = 1200
LIBRARIES = {"2 MP": ((1632, 1224), 1.0), "12 MP": ((4000, 3000), 0.1)}
IMPORT_TARGET = 1_200.0
FIRST_TARGET_S = 1.0
PAGE = 24
"""Photos that a window shows at once."""
TAIL = 60
"""Bytes before the end of a JPEG that make each file another picture."""


def jpeg(size: tuple[int, int]) -> bytes:
    """A picture that compresses like a photograph, with the usual EXIF."""
    width, height = size
    random = np.random.default_rng(1)
    shapes = random.integers(0, 255, (height // 60, width // 60, 3), np.uint8)
    soft = np.asarray(Image.fromarray(shapes).resize(size, Image.Resampling.BICUBIC))
    picture = (soft + random.normal(0, 5, (height, width, 1))).clip(0, 255).astype(np.uint8)
    exif = Image.Exif()
    exif[Base.Make], exif[Base.Model] = "Canon", "Canon EOS 5D"
    details = exif.get_ifd(IFD.Exif)
    details[Base.DateTimeOriginal], details[Base.ISOSpeedRatings] = "2024:05:06 07:08:09", 400
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, "JPEG", quality=82, exif=exif)
    return buffer.getvalue()


def make_library(folder: Path, size: tuple[int, int], count: int) -> None:
    """`count` different JPEGs, a hundred a directory."""
    data = jpeg(size)
    random = np.random.default_rng(2)
    for number in range(count):
        path = folder / f"{number // 100:03}" / f"IMG_{number:05}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        tail = random.integers(1, 250, TAIL, np.uint8).tobytes()
        path.write_bytes(data[: -TAIL - 2] + tail + data[-2:])


def wait(holds: Callable[[], bool]) -> float:
    """Seconds until it holds."""
    began_s = time.perf_counter()
    tick = threading.Event()
    while not holds():
        tick.wait(0.02)
    return time.perf_counter() - began_s


def total(session: LibrarySession) -> int:
    """Photos that a window would show."""
    return session.browse(Query()).result().total


def first_page(session: LibrarySession) -> None:
    """Until there is a picture of each of the newest photos, asked as the window asks."""
    got = set[int]()
    page = [int(one) for one in session.browse(Query()).result().ids[:PAGE]]
    unsubscribe = session.thumbnails.subscribe(lambda photo, size_px, answer: got.add(photo))
    session.thumbnails.request(page, SMALL_PX, Urgency.VISIBLE)  # type: ignore[arg-type]
    wait(lambda: got.issuperset(page))
    unsubscribe()


def opened(library: Path) -> LibrarySession:
    """As a window opens it: watching, analysing."""
    return LibrarySession.open(
        library, watch=True, analysers=[FakeAnalyser()], taxonomy=sample_taxonomy()
    )


def measure_import(name: str, folder: Path, library: Path, count: int) -> list[Figure]:
    """How soon all photos are in the library, have their thumbnails, and a new one shows up."""
    with opened(library) as session:
        began_s = time.perf_counter()
        session.add_folder(folder).result()
        wait(lambda: session.database.query(present_count) == count)
        imported_s = time.perf_counter() - began_s
        wait(lambda: not session.database.query(without_thumbnail))
        all_s = time.perf_counter() - began_s
        new_s = _new_file(session, folder, count)
    target = IMPORT_TARGET if name == "2 MP" else None
    return [
        Figure(f"import {name}", round(count / imported_s), "/s", target, at_most=False),
        Figure(f"all thumbnails of {name}, from adding", round(count / all_s, 1), "/s"),
        Figure(f"a new file of {name} in the library", round(new_s, 2), "s", FIRST_TARGET_S),
    ]


def measure_first_page(name: str, folder: Path, library: Path) -> list[Figure]:
    """How soon somebody who looks at the window sees something."""
    with opened(library) as session:
        began_s = time.perf_counter()
        session.add_folder(folder).result()
        wait(lambda: total(session) > 0)
        first_row_s = time.perf_counter() - began_s
        wait(lambda: total(session) >= PAGE)
        first_page(session)
        first_page_s = time.perf_counter() - began_s
    return [
        Figure(f"first photo of {name} in the library", round(first_row_s, 2), "s"),
        Figure(f"first page of {name}", round(first_page_s, 2), "s", FIRST_TARGET_S),
    ]


def _new_file(session: LibrarySession, folder: Path, count: int) -> float:
    data = bytearray(next(folder.rglob("*.jpg")).read_bytes())
    data[-20] ^= 0x55
    began_s = time.perf_counter()
    (folder / "000" / "new.jpg").write_bytes(data)
    wait(lambda: total(session) == count + 1)
    return time.perf_counter() - began_s


def main() -> None:
    """Measure small and large JPEGs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=COUNT, help="of the 2 MP library")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    measured = []
    with tempfile.TemporaryDirectory() as place:
        for name, (size, share) in LIBRARIES.items():
            count = max(30, int(options.count * share))
            folder = Path(place, name.replace(" ", ""))
            make_library(folder, size, count)
            sys.stderr.write(f"{name}: {count} files\n")
            measured += measure_first_page(name, folder, Path(place, f"seen-{folder.name}"))
            measured += measure_import(name, folder, Path(place, f"whole-{folder.name}"), count)
    report(measured)


if __name__ == "__main__":
    main()
