"""Workers that crash, hang or eat memory cost one file; none outlives the program."""

import errno
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from album.errors import FileProblem, Interrupted
from album.pictures.decode import Decoder
from album.pictures.isolate import IsolatedDecoder
from album.pictures.worker import WORKER_FLAG, serve_if_asked, worker_command

OPERATIONS = """
import ctypes, os, sys, time
import numpy as np
from pathlib import Path
from album.errors import FileProblem

def misbehave(path, longest_px, pixels_most):
    wish = path.name
    if wish == "crash":
        ctypes.string_at(0)
    if wish == "abort":
        os.abort()
    if wish == "hang":
        time.sleep(3600)
    if wish == "spin":
        while True:
            pass
    if wish == "eat":
        np.ones(8 << 30, np.uint8)
    if str(path).startswith("leave once"):
        mark = Path(str(path).removeprefix("leave once"))
        if not mark.exists():
            mark.touch()
            os._exit(0)
    elif wish.startswith("leave"):
        os._exit(int(wish[-1]))
    if wish == "raise":
        raise ZeroDivisionError("one by none")
    if wish == "refuse":
        raise FileProblem(path, "no picture", advice="Try another.")
    if wish == "chatter":
        os.write(1, b"not part of the protocol")
        print("nor is this", flush=True)
        print("nor that", file=sys.stderr, flush=True)
    return np.full((2, 3, 3), os.getpid() % 256, np.uint8)
"""

Make = Callable[..., IsolatedDecoder]


@pytest.fixture
def make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Make]:
    (tmp_path / "misbehaviour.py").write_text(OPERATIONS)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)
    made: list[IsolatedDecoder] = []

    def start(**options: float) -> IsolatedDecoder:
        defaults: dict[str, float] = {"processes": 1, "seconds": 20, "memory_bytes": 2 << 30}
        decoder = IsolatedDecoder(
            operation="misbehaviour:misbehave",
            **(defaults | options),  # type: ignore[arg-type]
        )
        made.append(decoder)
        return decoder

    yield start
    for decoder in made:
        decoder.close()


def ask(decoder: IsolatedDecoder, wish: str) -> int:
    """The worker's number, modulo 256."""
    pixels = decoder.picture(Path(wish), None, 10**6)
    assert pixels.shape == (2, 3, 3)
    return int(pixels[0, 0, 0])


@pytest.mark.parametrize("wish", ["crash", "abort"])
def test_a_crash_costs_one_file(make: Make, wish: str) -> None:
    decoder = make()
    first = ask(decoder, "fine")
    assert ask(decoder, "fine") == first  # the process stays
    with pytest.raises(FileProblem, match="it crashed the decoder") as caught:
        ask(decoder, wish)
    assert caught.value.path == Path(wish)
    ask(decoder, "fine")


@pytest.mark.parametrize("wish", ["hang", "spin"])
def test_a_file_that_takes_too_long_costs_one_file(make: Make, wish: str) -> None:
    decoder = make(seconds=1.5)
    ask(decoder, "fine")
    with pytest.raises(FileProblem, match="took longer than 2 seconds") as caught:
        ask(decoder, wish)
    assert "save it anew" in caught.value.advice
    ask(decoder, "fine")


@pytest.mark.skipif(sys.platform != "linux", reason="only there address space can be limited")
def test_a_file_that_needs_too_much_memory_costs_one_file(make: Make) -> None:
    decoder = make()
    with pytest.raises(FileProblem, match="more memory than is allowed"):
        ask(decoder, "eat")
    ask(decoder, "fine")


def test_what_a_worker_raises_is_the_problem_of_the_file(make: Make) -> None:
    decoder = make()
    first = ask(decoder, "fine")
    with pytest.raises(FileProblem, match="could not decode it") as caught:
        ask(decoder, "raise")
    assert caught.value.detail == "ZeroDivisionError: one by none"
    with pytest.raises(FileProblem, match="no picture") as caught:
        ask(decoder, "refuse")
    assert caught.value.advice == "Try another."
    assert ask(decoder, "fine") == first


def test_what_libraries_print_disturbs_nothing(make: Make) -> None:
    decoder = make()
    assert ask(decoder, "chatter") == ask(decoder, "chatter")


def test_a_worker_that_nobody_needs_gives_its_memory_back(make: Make) -> None:
    decoder = make(idle_seconds=0.2)
    ask(decoder, "fine")
    first = decoder._idle[0]
    until = time.monotonic() + 20
    while first.alive and time.monotonic() < until:
        time.sleep(0.02)
    assert not first.alive
    ask(decoder, "fine")


def test_processes_that_were_started_ahead_are_those_that_answer(make: Make) -> None:
    decoder = make(processes=2)
    decoder.get_ready()
    decoder.get_ready()
    ready = {worker._process.pid for worker in decoder._idle}
    assert len(ready) == 2
    ask(decoder, "fine")
    assert {worker._process.pid for worker in decoder._idle} == ready


def test_a_worker_that_ends_just_when_it_is_asked_costs_nothing(make: Make, tmp_path: Path) -> None:
    decoder = make()
    assert ask(decoder, "fine") > -1
    with pytest.raises(FileProblem, match="crashed"):
        ask(decoder, "leave with 7")
    with pytest.raises(FileProblem, match="crashed"):  # not even at the second try
        ask(decoder, "leave with 0")
    ask(decoder, "leave once" + str(tmp_path / "left"))
    ask(decoder, "fine")


def test_several_threads_share_the_processes(make: Make) -> None:
    decoder = make(processes=2)
    seen: list[int] = []
    threads = [threading.Thread(target=lambda: seen.append(ask(decoder, "fine"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 8
    assert len(set(seen)) <= 2


def test_closing_ends_what_is_at_work(make: Make) -> None:
    decoder = make()
    ask(decoder, "fine")
    outcomes: list[BaseException] = []

    def wait() -> None:
        try:
            ask(decoder, "hang")
        except Interrupted as error:
            outcomes.append(error)

    thread = threading.Thread(target=wait)
    thread.start()
    while not decoder.busy:
        time.sleep(0.01)
    decoder.close()
    decoder.close()
    thread.join(10)
    assert len(outcomes) == 1
    with pytest.raises(Interrupted):
        ask(decoder, "fine")


def alive(number: int) -> bool:
    try:
        status = Path(f"/proc/{number}/stat").read_text()
    except FileNotFoundError:
        return False
    return status.rsplit(")", 1)[1].split()[0] != "Z"


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
@pytest.mark.parametrize("wish", ["fine", "hang"])
def test_no_worker_outlives_a_killed_program(make: Make, tmp_path: Path, wish: str) -> None:
    program = (
        "import sys, threading, time\n"
        "from pathlib import Path\n"
        "from album.pictures.isolate import IsolatedDecoder\n"
        "d = IsolatedDecoder(operation='misbehaviour:misbehave', processes=1)\n"
        "d.picture(Path('fine'), None, 10)\n"
        "number = d._idle[0]._process.pid\n"
        "threading.Thread(target=d.picture, args=(Path(sys.argv[1]), None, 10)).start()\n"
        "while sys.argv[1] == 'hang' and not d.busy: time.sleep(0.01)\n"
        "print(number, flush=True)\n"
        "threading.Event().wait()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, wish], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        worker = int(process.stdout.readline())
        assert alive(worker)
        process.send_signal(signal.SIGKILL)
    until = time.monotonic() + 20
    while alive(worker) and time.monotonic() < until:
        time.sleep(0.02)
    assert not alive(worker)


def test_a_bundled_program_is_its_own_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert worker_command() == [sys.executable, WORKER_FLAG]
    serve_if_asked(["index", "folder"])  # not asked: returns


def test_a_worker_started_by_its_flag_serves(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    Image.new("RGB", (4, 3), (1, 2, 3)).save(path)
    program = (
        "import sys; from album.pictures.worker import serve_if_asked; serve_if_asked(sys.argv[1:])"
    )
    decoder = IsolatedDecoder(processes=1)
    decoder._command = [sys.executable, "-c", program, WORKER_FLAG, *decoder._command[-4:]]
    assert np.array_equal(decoder.picture(path, None, 100), np.full((3, 4, 3), (1, 2, 3)))
    decoder.close()


def test_names_that_are_no_utf8_reach_the_worker(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff\n.tif"))
    Image.new("RGB", (4, 3)).save(path, "TIFF")
    decoder = Decoder()
    assert decoder.picture(path, None).shape == (3, 4, 3)
    decoder.close()


def test_a_machine_that_cannot_start_a_process(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_more(*_: object, **__: object) -> None:
        raise OSError(errno.ENOMEM, "Cannot allocate memory")

    decoder = make()
    with monkeypatch.context() as patch:
        patch.setattr(subprocess, "Popen", no_more)
        with pytest.raises(FileProblem, match="cannot be started: there is not enough memory"):
            ask(decoder, "fine")
    ask(decoder, "fine")
