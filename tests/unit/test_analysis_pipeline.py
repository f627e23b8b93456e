import threading
import time
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from album.analysis import pipeline as module
from album.analysis.inference import InferenceThread
from album.analysis.pipeline import Pipeline, PipelineEvents
from album.analysis.protocol import Findings
from album.analysis.recognise import Recognised, recognise
from album.analysis.registry import signature_of
from album.analysis.smalls import SmallPictures
from album.cancel import CancelToken
from album.domain.photo import PhotoId
from album.errors import FileProblem, Interrupted
from album.intake.importer import Importer
from album.notices import Notices
from album.pictures.decode import Decoder
from album.pictures.original import FileChanged
from album.pictures.thumbnails import SMALL_PX, ThumbnailStore, render
from album.storage.database import Database
from album.storage.folders import Folder, add_folder
from album.storage.jobs import JobCounts, counts, release_running
from album.storage.photos import locate
from album.storage.problems import problems
from album.testing import FakeAnalyser, FakeSegmenter, make_pictures, sample_taxonomy
from album.testing.sessions import until

PHOTOS = 21


class Bench:
    """A library of pictures and a pipeline on it, without the rest of a session."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.database = Database(place / "library.db").open()
        self.store = ThumbnailStore(place / "thumbnails", 1 << 30)
        self.decoder = Decoder()
        self.notices = Notices()
        self.looked: list[PhotoId] = []
        self.failed: list[PhotoId] = []
        self.gone: list[PhotoId] = []
        self.answers: dict[PhotoId, FileProblem] = {}
        self.pipeline: Pipeline | None = None
        self.inference: InferenceThread | None = None
        self.import_pictures("fake@1")

    def import_pictures(self, signature: str) -> None:
        make_pictures(self.place / "pictures", PHOTOS, size=(96, 64))
        folder: Folder = self.database.write(
            lambda db: add_folder(db, self.place / "pictures")
        ).result()
        importer = Importer(self.database, sample_taxonomy(), lambda: signature)
        until(lambda: self.count().pending == PHOTOS or self._run(importer, folder), "imported")
        importer.close()

    def _run(self, importer: Importer, folder: Folder) -> bool:
        for _ in importer.run(folder, CancelToken()):
            pass
        return self.count().pending == PHOTOS

    def count(self) -> JobCounts:
        return self.database.query(counts)

    def start(self, *analysers: FakeAnalyser) -> Pipeline:
        pipeline = self.make(*analysers)
        pipeline.start()
        return pipeline

    def make(self, *analysers: FakeAnalyser) -> Pipeline:
        used = analysers or (FakeAnalyser(),)
        assert signature_of(used) == "fake@1"
        self.inference = InferenceThread(used, FakeSegmenter, "auto", self.notices)
        self.smalls = SmallPictures(self.store, self.render)
        self.pipeline = Pipeline(
            self.database,
            self.smalls,
            self.inference,
            used,
            sample_taxonomy(),
            self.notices,
            PipelineEvents(self.looked.extend, self.failed.extend, self.gone.extend, lambda: None),
        )
        return self.pipeline

    def render(self, ids: Sequence[PhotoId]) -> None:
        """What the thumbnail service does, at once."""
        for photo_id in ids:
            answer: bytes | FileProblem
            if photo_id in self.answers:
                answer = self.answers[photo_id]
            else:
                place = self.database.query(lambda c: locate(c, ids))[photo_id]
                answer = render(self.decoder, place.paths[0]).small
            self.smalls.on_ready(photo_id, SMALL_PX, answer)

    def close(self) -> None:
        if self.pipeline:
            self.pipeline.close()
        if self.inference:
            self.inference.close()
        self.decoder.close()
        self.database.close()


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path)
    yield bench
    bench.close()


def test_all_that_waits_is_looked_at_in_batches(bench: Bench) -> None:
    analyser = FakeAnalyser(batch_size=4)
    pipeline = bench.start(analyser)
    until(lambda: pipeline.idle, "all is done")
    assert sorted(bench.looked) == list(range(1, PHOTOS + 1))
    assert sum(analyser.batches) == PHOTOS
    assert max(analyser.batches) <= 4
    assert bench.count().done == PHOTOS


def test_nothing_is_taken_from_the_queue_before_it_is_started(bench: Bench) -> None:
    # Whoever makes it has to be ready for what it tells: it told a half-made `Looking` once.
    analyser = FakeAnalyser(batch_size=4)
    pipeline = bench.make(analyser)
    pipeline.wake()
    pipeline.want([PhotoId(1)])
    time.sleep(0.2)
    assert (bench.count().pending, analyser.batches, pipeline.idle) == (PHOTOS, [], False)
    pipeline.start()
    until(lambda: pipeline.idle, "all is done")
    assert len(bench.looked) == PHOTOS


def test_one_that_was_never_started_closes(bench: Bench) -> None:
    bench.make().close()
    assert bench.count().pending == PHOTOS


def test_what_cannot_be_decoded_fails_with_its_reason_and_the_rest_goes_on(bench: Bench) -> None:
    bench.answers[PhotoId(3)] = FileProblem(Path("x"), "it is broken", advice="Mend it.")
    pipeline = bench.start()
    until(lambda: pipeline.idle, "all is done")
    assert bench.failed == [3]
    assert (bench.count().done, bench.count().failed) == (PHOTOS - 1, 1)
    (problem,) = bench.database.query(problems)
    assert (problem.photo_id, problem.reason, problem.advice) == (3, "it is broken", "Mend it.")


def test_a_file_that_is_not_there_or_being_written_is_no_failure_and_tried_again(
    bench: Bench,
) -> None:
    bench.answers[PhotoId(3)] = FileChanged(Path("x"))
    pipeline = bench.start()
    until(lambda: pipeline.idle, "the others are done")
    assert (bench.gone, bench.failed) == ([3], [])
    assert bench.database.query(problems) == []
    del bench.answers[PhotoId(3)]
    pipeline.wake()
    until(lambda: 3 in bench.looked and pipeline.idle, "it is looked at")
    assert bench.count().done == PHOTOS


def test_a_file_that_never_comes_to_rest_fails_in_the_end(bench: Bench) -> None:
    bench.answers[PhotoId(3)] = FileChanged(Path("x"))
    pipeline = bench.start()

    def nudged() -> bool:
        if pipeline.idle:
            pipeline.wake()
        return bench.failed == [3]

    until(nudged, "it is given up")
    assert len(bench.gone) == module.MOST_ATTEMPTS - 1


@pytest.mark.allow_logs
def test_a_picture_that_cannot_be_prepared_costs_only_itself(bench: Bench) -> None:
    class Odd(FakeAnalyser):
        def prepare(self, sample: Any) -> Any:  # noqa: ANN401
            prepared = super().prepare(sample)
            if prepared.max() < 40:  # the night ones
                raise ZeroDivisionError
            return prepared

    pipeline = bench.start(Odd())
    until(lambda: pipeline.idle, "all is done")
    assert (bench.count().done, bench.count().failed) == (PHOTOS - 3, 3)


def test_held_work_waits_for_every_reason_to_be_lifted(bench: Bench) -> None:
    loading, held = threading.Event(), threading.Event()

    class Patient(FakeAnalyser):
        def load(self, device: str) -> None:
            loading.set()
            held.wait(10)
            super().load(device)

    pipeline = bench.start(Patient())
    assert loading.wait(10)
    pipeline.hold("user")
    pipeline.hold("battery")
    held.set()
    pipeline.lift("user")
    threading.Event().wait(0.3)
    assert bench.count().done <= module.DECODERS
    pipeline.lift("battery")
    until(lambda: pipeline.idle, "all is done")
    assert bench.count().done == PHOTOS


def test_closing_gives_back_what_was_claimed(bench: Bench) -> None:
    entered, go = threading.Event(), threading.Event()

    class Gate(FakeAnalyser):
        def analyse(self, prepared: Sequence[Any]) -> list[Findings]:
            entered.set()
            go.wait(10)
            return super().analyse(prepared)

    pipeline = bench.start(Gate(batch_size=2))
    assert entered.wait(10)
    closer = threading.Thread(target=pipeline.close)
    closer.start()
    go.set()
    closer.join()
    found = bench.count()
    assert (found.running, found.failed) == (0, 0)
    assert found.pending + found.done == PHOTOS
    assert bench.database.write(release_running).result() == 0


def test_waiting_for_a_picture_ends_at_closing(tmp_path: Path, bench: Bench) -> None:
    smalls = SmallPictures(bench.store, lambda ids: None)
    place = bench.database.query(lambda c: locate(c, [PhotoId(1)]))[PhotoId(1)]
    seen: list[BaseException] = []

    def wait() -> None:
        try:
            smalls.get(PhotoId(1), place.fingerprint)
        except Interrupted as error:
            seen.append(error)

    waiter = threading.Thread(target=wait)
    waiter.start()
    until(lambda: bool(smalls._waiting), "it waits")
    smalls.close()
    waiter.join()
    assert len(seen) == 1
    with pytest.raises(Interrupted):
        smalls.get(PhotoId(1), place.fingerprint)


def test_recognising_needs_no_library_and_keeps_the_order(bench: Bench) -> None:
    paths: Collection[Path] = [
        *sorted((bench.place / "pictures").rglob("*.jpg"))[:5],
        bench.place / "nowhere.jpg",
    ]
    answers = list(recognise(paths, [FakeAnalyser(batch_size=2)], sample_taxonomy()))
    assert [path for path, _ in answers] == list(paths)
    assert isinstance(answers[-1][1], FileProblem)
    for path, answer in answers[:-1]:
        assert isinstance(answer, Recognised)
        assert [tag.slug for tag in answer.details.tags] == [path.name.split("-")[0]]
        assert len(answer.ranked) == 7
