"""Thumbnails: what they look like, what the cache survives, and who is served first."""

import io
import os
import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from album.domain.photo import Fingerprint, PhotoId
from album.errors import EnvironmentProblem, FileProblem
from album.pictures.decode import Decoder
from album.pictures.service import Located, ThumbnailService, Urgency
from album.pictures.thumbnails import LARGE_PX, SMALL_PX, ThumbnailStore, render, sketch

MakePicture = Callable[..., Path]
Answer = bytes | FileProblem


def fingerprint(number: int) -> Fingerprint:
    return Fingerprint("test1", number.to_bytes(16, "big"))


@pytest.fixture
def store(tmp_path: Path) -> ThumbnailStore:
    return ThumbnailStore(tmp_path / "thumbnails", 10 << 20)


def entries(store_folder: Path) -> list[Path]:
    return sorted(path for path in store_folder.rglob("*") if path.is_file())


def test_one_decode_gives_all(picture_factory: MakePicture) -> None:
    class Once:
        asked: list[int | None]

        def __init__(self) -> None:
            self.asked = []

        def image(self, path: Path, longest_px: int | None) -> Image.Image:
            self.asked.append(longest_px)
            return Image.new("RGB", (1280, 960), (200, 100, 50))

        def sketch(self, path: Path, longest_px: int) -> Image.Image | None:
            raise AssertionError

    source = Once()
    made = render(source, Path("a.jpg"))
    assert source.asked == [LARGE_PX]
    assert Image.open(io.BytesIO(made.large)).size == (1280, 960)
    assert Image.open(io.BytesIO(made.small)).size == (384, 288)
    assert made.jpeg(SMALL_PX) == made.small
    assert made.jpeg(LARGE_PX) == made.large


def test_small_pictures_stay_as_they_are(picture_factory: MakePicture) -> None:
    decoder = Decoder()
    made = render(decoder, picture_factory(size=(100, 40)))
    assert Image.open(io.BytesIO(made.small)).size == (100, 40)
    assert Image.open(io.BytesIO(made.large)).size == (100, 40)
    decoder.close()


def test_what_is_put_is_got(store: ThumbnailStore) -> None:
    assert store.get(fingerprint(1), SMALL_PX) is None
    assert not store.has(fingerprint(1), SMALL_PX)
    store.put(fingerprint(1), SMALL_PX, b"small")
    store.put(fingerprint(1), LARGE_PX, b"large")
    assert store.get(fingerprint(1), SMALL_PX) == b"small"
    assert store.get(fingerprint(1), LARGE_PX) == b"large"
    assert store.get(fingerprint(2), SMALL_PX) is None
    assert store.has(fingerprint(1), SMALL_PX)


def test_entries_outlive_the_program_and_lie_two_folders_deep(
    store: ThumbnailStore, tmp_path: Path
) -> None:
    store.put(fingerprint(0xABCD << 112), SMALL_PX, b"small")
    folder = tmp_path / "thumbnails"
    assert ThumbnailStore(folder, 1 << 20).get(fingerprint(0xABCD << 112), SMALL_PX) == b"small"
    (entry,) = entries(folder)
    assert entry.relative_to(folder).parts[:2] == ("ab", "cd")


def test_nothing_but_the_picture_is_in_a_thumbnail(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x010E] = "private"
    path = tmp_path / "a.jpg"
    Image.new("RGB", (900, 600), "red").save(path, exif=exif, comment=b"private", dpi=(72, 72))
    decoder = Decoder()
    made = render(decoder, path)
    sketched = sketch(decoder, path)
    decoder.close()
    assert sketched is not None
    plain = Image.fromarray(np.asarray(Image.open(io.BytesIO(made.large))))
    assert Image.open(io.BytesIO(made.large)).info.keys() <= Image.open(as_jpeg(plain)).info.keys()
    assert not any(b"private" in jpeg for jpeg in (made.small, made.large, sketched))


def as_jpeg(image: Image.Image) -> io.BytesIO:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG")
    return buffer


@pytest.mark.parametrize("damage", [b"", b"x", b"smoll" + bytes(8)])
def test_a_damaged_entry_counts_as_none(
    store: ThumbnailStore, tmp_path: Path, damage: bytes
) -> None:
    store.put(fingerprint(1), SMALL_PX, b"small")
    (entry,) = entries(tmp_path / "thumbnails")
    entry.write_bytes(damage)
    assert store.get(fingerprint(1), SMALL_PX) is None
    assert not entry.exists()
    store.put(fingerprint(1), SMALL_PX, b"again")
    assert store.get(fingerprint(1), SMALL_PX) == b"again"


def test_the_oldest_go_when_there_are_too_many(tmp_path: Path) -> None:
    folder = tmp_path / "thumbnails"
    store = ThumbnailStore(folder, 10_000)
    for number in range(9):
        store.put(fingerprint(number), SMALL_PX, bytes(1000))
        (entry,) = folder.rglob(f"*{fingerprint(number).digest.hex()}*")
        os.utime(entry, (number, number))
    assert store.get(fingerprint(0), SMALL_PX)  # used: now the youngest
    store.put(fingerprint(10), SMALL_PX, bytes(1000))
    kept = {number for number in range(11) if store.has(fingerprint(number), SMALL_PX)}
    assert kept == {0, 3, 4, 5, 6, 7, 8, 10}


def test_a_deleted_cache_is_made_anew(store: ThumbnailStore, tmp_path: Path) -> None:
    store.put(fingerprint(1), SMALL_PX, b"small")
    shutil.rmtree(tmp_path / "thumbnails")
    assert store.get(fingerprint(1), SMALL_PX) is None
    store.put(fingerprint(1), SMALL_PX, b"small")
    assert store.get(fingerprint(1), SMALL_PX) == b"small"


def test_a_cache_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "thumbnails").write_bytes(b"a file in its place")
    store = ThumbnailStore(tmp_path / "thumbnails", 1000)
    with pytest.raises(EnvironmentProblem, match="Thumbnails cannot be kept"):
        store.put(fingerprint(1), SMALL_PX, b"small")
    assert store.get(fingerprint(1), SMALL_PX) is None


class Bench:
    """A service whose decoder waits until it is told to go on, and notes what it was asked for."""

    def __init__(self, folder: Path) -> None:
        self.asked: list[int] = []
        self.answers: list[tuple[int, int, Answer]] = []
        self.sketches: list[int] = []
        self.missing: set[int] = set()
        self.cheap: set[int] = set()
        self.gate = threading.Semaphore(0)
        self.changed = threading.Condition()
        self.store = ThumbnailStore(folder, 1 << 30)
        self.service = ThumbnailService(
            self.store,
            self,
            self.locate,
            on_ready=self.on_ready,
            on_sketch=lambda photo_id, _: self.sketches.append(photo_id),
            threads=1,
        )

    def image(self, path: Path, longest_px: int | None) -> Image.Image:
        with self.changed:
            self.asked.append(int(path.stem))
            self.changed.notify_all()
        assert self.gate.acquire(timeout=20)
        if path.suffix == ".bad":
            raise FileProblem(path, "it is damaged")
        return Image.new("RGB", (40, 30), (int(path.stem),) * 3)

    def sketch(self, path: Path, longest_px: int) -> Image.Image | None:
        return Image.new("RGB", (4, 3)) if int(path.stem) in self.cheap else None

    def locate(self, photo_id: PhotoId) -> Located | None:
        if photo_id in self.missing:
            return None
        suffixes = (
            (".bad",) if photo_id == 13 else (".bad", ".jpg") if photo_id == 14 else (".jpg",)
        )
        return Located(fingerprint(photo_id), [Path(f"{photo_id}{suffix}") for suffix in suffixes])

    def on_ready(self, photo_id: PhotoId, size_px: int, answer: Answer) -> None:
        with self.changed:
            self.answers.append((photo_id, size_px, answer))
            self.changed.notify_all()

    def wait_for(self, done: Callable[[], bool]) -> None:
        with self.changed:
            assert self.changed.wait_for(done, 20)

    def request(self, ids: Sequence[int], *more: object) -> None:
        self.service.request([PhotoId(number) for number in ids], *more)  # type: ignore[arg-type]

    def go(self, count: int = 100) -> None:
        self.gate.release(count)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path / "thumbnails")
    yield made
    made.go()
    made.service.close()


def test_requests_are_answered_and_kept(bench: Bench) -> None:
    bench.go()
    bench.request([1])
    bench.wait_for(lambda: len(bench.answers) == 1)
    (photo_id, size_px, jpeg) = bench.answers[0]
    assert (photo_id, size_px) == (1, SMALL_PX)
    assert isinstance(jpeg, bytes)
    assert Image.open(io.BytesIO(jpeg)).size == (40, 30)
    bench.request([1], LARGE_PX)
    bench.wait_for(lambda: len(bench.answers) == 2)
    assert bench.asked == [1]  # the second answer came from the store


def test_the_latest_request_goes_first_and_keeps_its_order(bench: Bench) -> None:
    bench.request([1])
    bench.wait_for(lambda: bench.asked == [1])
    bench.request([50, 51], SMALL_PX, Urgency.BACKGROUND)
    bench.request([30], SMALL_PX, Urgency.NEAR)
    bench.request([2, 3])
    bench.request([4, 5])
    bench.go()
    bench.wait_for(lambda: len(bench.answers) == 8)
    assert bench.asked == [1, 4, 5, 2, 3, 30, 50, 51]


def test_what_scrolled_away_is_not_made(bench: Bench) -> None:
    bench.request([1])
    bench.wait_for(lambda: bench.asked == [1])
    bench.request([2, 3, 4])
    bench.request([9], SMALL_PX, Urgency.BACKGROUND)
    bench.service.wanted([PhotoId(3)])
    bench.go()
    bench.wait_for(lambda: len(bench.answers) == 3)
    assert bench.asked == [1, 3, 9]


def test_cancelled_photos_are_forgotten(bench: Bench) -> None:
    bench.request([1])
    bench.wait_for(lambda: bench.asked == [1])
    bench.request([2], SMALL_PX, Urgency.BACKGROUND)
    bench.request([3])
    bench.service.cancel([PhotoId(2)])
    bench.go()
    bench.wait_for(lambda: len(bench.answers) == 2)
    assert bench.asked == [1, 3]


def test_a_page_is_sketched_before_its_thumbnails_are_made(bench: Bench) -> None:
    bench.request([1])
    bench.wait_for(lambda: bench.asked == [1])
    bench.cheap = {2, 3, 4}
    bench.request([4], SMALL_PX, Urgency.BACKGROUND)
    bench.request([2, 3, 5])
    bench.go()
    bench.wait_for(lambda: len(bench.answers) == 5)
    assert bench.sketches == [2, 3]  # what is not on the screen needs none
    assert bench.asked[:2] == [1, 5]
    assert sorted(bench.asked[2:]) == [2, 3, 4]
    bench.request([2])
    bench.wait_for(lambda: len(bench.answers) == 6)
    assert bench.sketches == [2, 3]  # it is kept by now


def test_duplicates_and_both_sizes_cost_one_decode(bench: Bench) -> None:
    bench.request([1])
    bench.wait_for(lambda: bench.asked == [1])
    bench.request([2])
    bench.request([2], LARGE_PX, Urgency.BACKGROUND)
    bench.request([2])
    bench.go()
    bench.wait_for(lambda: len(bench.answers) == 3)
    assert bench.asked == [1, 2]
    assert [answer[:2] for answer in bench.answers[1:]] == [(2, SMALL_PX), (2, LARGE_PX)]


def test_a_file_without_picture_is_answered_with_its_problem(bench: Bench) -> None:
    bench.go()
    bench.request([13])
    bench.wait_for(lambda: len(bench.answers) == 1)
    problem = bench.answers[0][2]
    assert isinstance(problem, FileProblem)
    assert problem.reason == "it is damaged"
    assert bench.store.get(fingerprint(13), SMALL_PX) is None


def test_another_copy_helps_out(bench: Bench) -> None:
    bench.go()
    bench.request([14])
    bench.wait_for(lambda: len(bench.answers) == 1)
    assert isinstance(bench.answers[0][2], bytes)


def test_a_photo_that_is_gone_is_passed_over(bench: Bench) -> None:
    bench.missing.add(1)
    bench.go()
    bench.request([1, 2])
    bench.wait_for(lambda: len(bench.answers) == 1)
    assert bench.answers[0][0] == 2


def test_a_full_disk_costs_only_the_cache(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise EnvironmentProblem("Thumbnails cannot be kept.")

    monkeypatch.setattr(bench.store, "put", full)
    bench.go()
    bench.request([1])
    bench.wait_for(lambda: len(bench.answers) == 1)
    assert isinstance(bench.answers[0][2], bytes)


@pytest.mark.allow_logs
def test_a_listener_that_fails_does_not_end_the_service(bench: Bench) -> None:
    real = bench.locate

    def fail_once(photo_id: PhotoId) -> Located | None:
        if photo_id == 1:
            raise RuntimeError("a bug")
        return real(photo_id)

    bench.service._locate = fail_once
    bench.go()
    bench.request([1, 2])
    bench.wait_for(lambda: len(bench.answers) == 1)
    assert bench.answers[0][0] == 2


def test_closing_drops_what_waits(bench: Bench) -> None:
    bench.request([1, 2, 3])
    bench.wait_for(lambda: bench.asked == [1])
    bench.go()
    bench.service.close()
    bench.service.close()
    assert len(bench.asked) <= 3
