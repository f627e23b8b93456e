import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import pytest

from album.analysis.inference import InferenceThread
from album.analysis.protocol import Analyser, Findings, Pixels, Sample
from album.errors import AlbumError, DeviceMemoryProblem, Interrupted, PackProblem
from album.notices import Notices
from album.testing import FakeAnalyser, FakeSegmenter

Start = Callable[..., InferenceThread]


@pytest.fixture
def notices() -> Notices:
    return Notices()


@pytest.fixture
def start(notices: Notices) -> Iterator[Start]:
    made: list[InferenceThread] = []

    def run(*analysers: Analyser, device: str = "cuda", **options: object) -> InferenceThread:
        options.setdefault("segmenter", FakeSegmenter)
        made.append(InferenceThread(analysers, device=device, notices=notices, **options))  # type: ignore[arg-type]
        return made[-1]

    yield run
    for one in made:
        one.close()


def blue(count: int, analyser: Analyser) -> list[tuple[Any, ...]]:
    pixels = np.full((8, 8, 3), (110, 170, 235), np.uint8)
    return [(analyser.prepare(Sample(pixels)),)] * count


def test_answers_come_in_order_with_one_finding_an_analyser(start: Start) -> None:
    one, two = FakeAnalyser(name="one"), FakeAnalyser(name="two")
    pictures = [first + second for first, second in zip(blue(3, one), blue(3, two), strict=True)]
    answers = start(one, two).analyse(pictures).result()
    assert [len(answer) for answer in answers if isinstance(answer, tuple)] == [2, 2, 2]
    assert one.batches == two.batches == [3]


def test_too_large_batches_are_halved_and_stay_so(start: Start, notices: Notices) -> None:
    analyser = FakeAnalyser(most_at_once=3)
    inference = start(analyser)
    assert len(inference.analyse(blue(8, analyser)).result()) == 8
    assert analyser.batches == [2, 2, 2, 2]
    inference.analyse(blue(4, analyser)).result()
    assert analyser.batches[4:] == [2, 2]
    assert notices.held == ()


def test_no_room_for_one_picture_means_the_cpu_with_one_notice(
    start: Start, notices: Notices
) -> None:
    analyser = FakeAnalyser(most_at_once=0)
    inference = start(analyser)
    assert len(inference.analyse(blue(4, analyser)).result()) == 4
    inference.analyse(blue(4, analyser)).result()
    assert analyser.loads == ["cuda", "cpu"]
    assert inference.device == "cpu"
    (notice,) = notices.held
    assert "on the CPU from now on" in notice.text


class NoRoom(FakeAnalyser):
    def load(self, device: str) -> None:
        if device != "cpu":
            raise DeviceMemoryProblem("cuda:0 is full.")
        super().load(device)


def test_no_room_for_the_network_means_the_cpu(start: Start, notices: Notices) -> None:
    analyser = NoRoom()
    assert start(analyser).load().result() == analyser.batch_size
    assert analyser.device == "cpu"
    assert len(notices.held) == 1


class NotInstalled(FakeAnalyser):
    def load(self, device: str) -> None:
        raise ImportError("No module named 'torch'")


@pytest.mark.parametrize("analyser", [FakeAnalyser(broken=True), NotInstalled()])
def test_what_cannot_be_loaded_is_a_pack_problem(start: Start, analyser: Analyser) -> None:
    with pytest.raises(PackProblem):
        start(analyser).load().result()


class Choking(FakeAnalyser):
    """Fails on the third picture it sees."""

    def analyse(self, prepared: Sequence[Any]) -> list[Findings]:
        if any(isinstance(one, str) for one in prepared):
            raise RuntimeError("shape mismatch")
        return super().analyse(prepared)


@pytest.mark.allow_logs
def test_one_picture_that_breaks_the_network_costs_only_itself(start: Start) -> None:
    analyser = Choking()
    pictures = [*blue(2, analyser), ("bad",), *blue(1, analyser)]
    answers = start(analyser).analyse(pictures).result()
    assert [isinstance(answer, AlbumError) for answer in answers] == [False, False, True, False]


class Gate(FakeAnalyser):
    """Waits within its first batch until it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.entered, self.go = threading.Event(), threading.Event()

    def analyse(self, prepared: Sequence[Any]) -> list[Findings]:
        self.entered.set()
        self.go.wait(10)
        return super().analyse(prepared)


def test_cutouts_go_before_waiting_batches(start: Start) -> None:
    gate = Gate()
    done: list[str] = []
    inference = start(gate)
    inference.analyse(blue(1, gate))
    gate.entered.wait(10)
    later = inference.analyse(blue(1, gate))
    later.add_done_callback(lambda _: done.append("batch"))
    pixels: Pixels = np.zeros((40, 40, 3), np.uint8)
    pixels[10:30, 10:30] = 200
    cutout = inference.segment(pixels)
    cutout.add_done_callback(lambda _: done.append("cutout"))
    gate.go.set()
    assert cutout.result().box == (10, 10, 20, 20)
    later.result()
    assert done == ["cutout", "batch"]


def test_networks_nobody_uses_are_unloaded_and_loaded_again(start: Start) -> None:
    analyser = FakeAnalyser()
    unloaded = threading.Event()
    analyser.unload = unloaded.set  # type: ignore[method-assign]
    inference = start(analyser, idle_s=0.05)
    inference.load().result()
    assert unloaded.wait(10)
    inference.analyse(blue(1, analyser)).result()
    assert analyser.loads == ["cuda", "cuda"]


def test_what_waits_at_closing_is_interrupted(start: Start) -> None:
    gate = Gate()
    inference = start(gate)
    running = inference.analyse(blue(1, gate))
    gate.entered.wait(10)
    waiting = inference.analyse(blue(1, gate))
    closer = threading.Thread(target=inference.close)
    closer.start()
    gate.go.set()
    closer.join()
    assert len(running.result()) == 1
    with pytest.raises(Interrupted):
        waiting.result()
    with pytest.raises(Interrupted):
        inference.load().result()
