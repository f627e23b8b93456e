"""Looking at files and making thumbnails, beside a bare Pillow loop on the same files.

python tests/bench/bench_pictures.py [--json]
"""

import io
import os
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
from PIL import Image
from PIL.ExifTags import IFD, Base

from album.domain.photo import Fingerprint, PhotoId
from album.errors import FileProblem
from album.pictures.decode import Decoder
from album.pictures.examine import examine
from album.pictures.formats import JPEG
from album.pictures.identity import fingerprint
from album.pictures.service import Located, ThumbnailService
from album.pictures.thumbnails import LARGE_PX, SMALL_PX, ThumbnailStore
from album.testing.figures import Figure, report

LIBRARIES = {"2 MP": ((1632, 1224), 120), "12 MP": ((4000, 3000), 24)}
ROUNDS = 3
EXAMINE_TARGET = 1_200.0
THUMBNAILS_TARGET = 0.9
CORES = os.cpu_count() or 1


def photos(folder: Path, size: tuple[int, int], count: int) -> list[Path]:
    """Pictures that compress like photographs: soft shapes and sensor noise."""
    width, height = size
    random = np.random.default_rng(1)
    shapes = random.integers(0, 255, (height // 60, width // 60, 3), np.uint8)
    soft = np.asarray(Image.fromarray(shapes).resize(size, Image.Resampling.BICUBIC))
    noise = random.normal(0, 5, (height, width, 1))
    picture = (soft + noise).clip(0, 255).astype(np.uint8)
    exif = Image.Exif()
    exif[Base.Make], exif[Base.Model], exif[Base.Orientation] = "Canon", "Canon EOS 5D", 1
    details = exif.get_ifd(IFD.Exif)
    details[Base.DateTimeOriginal] = "2024:05:06 07:08:09"
    details[Base.LensModel], details[Base.ISOSpeedRatings] = "EF 50 mm f/1.8", 400
    folder.mkdir()
    for number in range(count):
        shifted = Image.fromarray(np.roll(picture, 7 * number, axis=1))
        shifted.save(folder / f"{number}.jpg", quality=82, exif=exif)
    return sorted(folder.iterdir())


def rate(work: Callable[[], object], count: int) -> float:
    """Files a second, the best of some rounds."""
    best_s = float("inf")
    for _ in range(ROUNDS):
        start_s = time.perf_counter()
        work()
        best_s = min(best_s, time.perf_counter() - start_s)
    return count / best_s


def pillow_loop(paths: list[Path], folder: Path) -> None:
    """What a few lines of Pillow do: both sizes from one decode, on all cores, kept on disk."""

    def both(path: Path) -> None:
        with Image.open(path) as image:
            image.draft("RGB", (LARGE_PX, LARGE_PX))
            for size_px in (LARGE_PX, SMALL_PX):
                image.thumbnail((size_px, size_px), Image.Resampling.LANCZOS)
                buffer = io.BytesIO()
                image.save(buffer, "JPEG", quality=85)
                (folder / f"{path.stem}-{size_px}.jpg").write_bytes(buffer.getvalue())

    with ThreadPoolExecutor(CORES) as pool:
        list(pool.map(both, paths))


def our_service(paths: list[Path], folder: Path) -> None:
    """The same by the service that the window uses."""
    left = threading.Semaphore(0)
    decoder = Decoder()

    def on_ready(_photo: PhotoId, _size_px: int, _answer: bytes | FileProblem) -> None:
        left.release()

    service = ThumbnailService(
        ThumbnailStore(Path(tempfile.mkdtemp(dir=folder)), 1 << 30),
        decoder,
        lambda number: Located(
            Fingerprint("bench", number.to_bytes(16, "little")), [paths[number]]
        ),
        on_ready=on_ready,
        threads=CORES,
    )
    service.request([PhotoId(number) for number in range(len(paths))])
    for _ in paths:
        left.acquire()
    service.close()
    decoder.close()


def figures(name: str, paths: list[Path], folder: Path) -> list[Figure]:
    """All figures of one library."""
    count = len(paths)
    bytes_each = sum(path.stat().st_size for path in paths) / count
    examined = rate(lambda: [examine(path) for path in paths], count)
    hashed = rate(lambda: [fingerprint(path, JPEG) for path in paths], count)
    bare = rate(partial(pillow_loop, paths, folder), count)
    ours = rate(partial(our_service, paths, folder), count)
    return [
        Figure(f"size of a JPEG of {name}", round(bytes_each / 1e6, 2), "MB"),
        Figure(f"examine {name}, 1 thread", round(examined), "/s", EXAMINE_TARGET, at_most=False)
        if name == "2 MP"
        else Figure(f"examine {name}, 1 thread", round(examined), "/s"),
        Figure(f"identity alone {name}, 1 thread", round(hashed), "/s"),
        Figure(f"thumbnails {name}, bare Pillow, {CORES} threads", round(bare, 1), "/s"),
        Figure(f"thumbnails {name}, {CORES} threads", round(ours, 1), "/s"),
        Figure(
            f"thumbnails {name}, beside bare Pillow",
            round(ours / bare, 3),
            "x",
            THUMBNAILS_TARGET,
            at_most=False,
        ),
    ]


def main() -> None:
    """Measure small and large JPEGs."""
    measured = []
    with tempfile.TemporaryDirectory() as name:
        for size, (pixels, count) in LIBRARIES.items():
            folder = Path(name, size.replace(" ", ""))
            kept = Path(name, f"thumbnails-{folder.name}")
            kept.mkdir()
            measured += figures(size, photos(folder, pixels, count), kept)
    report(measured)


if __name__ == "__main__":
    main()
