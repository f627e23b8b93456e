"""Decoding in processes that may crash, hang or eat memory at the cost of one file.

A worker reads requests from its standard input and answers on its standard output, each message a
length, a JSON head and raw bytes: nothing that a hijacked worker could use to run code in the program.
It ends by itself when its input closes, so it cannot outlive the program, however that ended.
"""

import contextlib
import faulthandler
import importlib
import json
import os
import queue
import struct
import subprocess
import sys
import threading
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any, BinaryIO

import numpy as np

from album.errors import AlbumError, FileProblem
from album.pictures.pixels import Pixels

WORKER_FLAG = "--isolated-decoder"
"""First argument of a bundled program that shall be a worker; its entry point calls `serve_if_asked`."""

OPERATION = "album.pictures.decode:decode_here"

_HEAD = struct.Struct("<IQ")
_REPLY_LIMIT_BYTES = 6 << 30
_GRACE_S = 10.0
_ONE_THREAD = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"
)  # a thread's stack counts against the memory limit


class IsolatedDecoder:
    """A small pool of worker processes, started when needed, replaced when they die.

    Args:
        processes: at most so many at once; further callers wait.
        seconds: a file that takes longer costs its worker.
        memory_bytes: address space of a worker, where the system can limit it.
        operation: `module:function` that a worker runs: (path, longest_px, pixels_most) -> Pixels.
    """

    def __init__(
        self,
        *,
        processes: int = 2,
        seconds: float = 20.0,
        memory_bytes: int = 4 << 30,
        operation: str = OPERATION,
    ) -> None:
        self._seconds = seconds
        self._command = [*worker_command(), operation, str(memory_bytes), str(seconds)]
        self._idle: queue.LifoQueue[_Worker | None] = queue.LifoQueue()
        self._lock = threading.Lock()
        self._busy: set[_Worker] = set()
        self._closed = False
        for _ in range(processes):
            self._idle.put(None)

    def picture(self, path: Path, longest_px: int | None, pixels_most: int) -> Pixels:
        """What the operation makes of a file; FileProblem when it fails or takes the worker with it."""
        worker = self._idle.get()
        keep: _Worker | None = None
        try:
            with self._lock:
                if self._closed:
                    raise FileProblem(path, "the program is closing")
                worker = worker if worker is not None and worker.alive else _Worker(self._command)
                self._busy.add(worker)
            pixels = worker.ask(path, longest_px, pixels_most, self._seconds)
            keep = worker
        except _WorkerLost as lost:
            raise FileProblem(path, lost.reason) from lost
        except FileProblem:
            keep = worker
            raise
        else:
            return pixels
        finally:
            if worker is not None:
                with self._lock:
                    self._busy.discard(worker)
                if keep is None or self._closed or not worker.alive:
                    worker.end()
                    keep = None
            self._idle.put(keep)

    def close(self) -> None:
        """End all workers, also those at work. Idempotent."""
        with self._lock:
            self._closed = True
            busy = list(self._busy)
        for worker in busy:
            worker.end()
        with contextlib.suppress(queue.Empty):
            idle = []
            while True:
                idle.append(self._idle.get_nowait())
        for spare in idle:
            if spare is not None:
                spare.end()
            self._idle.put(None)


class _WorkerLost(Exception):
    """The worker is gone; says why, as shown to the user."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class _Worker:
    """One process, seen from the program."""

    def __init__(self, command: list[str]) -> None:
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, **_ONE_THREAD},
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        self._timed_out = threading.Event()

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def ask(self, path: Path, longest_px: int | None, pixels_most: int, seconds: float) -> Pixels:
        """One request; FileProblem from the worker, or _WorkerLost."""
        assert self._process.stdin is not None  # noqa: S101 - both are pipes
        assert self._process.stdout is not None  # noqa: S101
        clock = threading.Timer(seconds, self._time_is_up)
        clock.daemon = True
        clock.start()
        try:
            request = {"longest_px": longest_px, "pixels_most": pixels_most}
            _send(self._process.stdin, request, os.fsencode(path))
            head, content = _receive(self._process.stdout)
        except (OSError, EOFError, ValueError) as error:
            raise _WorkerLost(self._why(seconds)) from error
        finally:
            clock.cancel()
        if "reason" in head:
            raise FileProblem(path, head["reason"], advice=head.get("advice", ""))
        if "lost" in head:
            raise _WorkerLost(head["lost"])
        return np.frombuffer(content, np.uint8).reshape(head["shape"])

    def _time_is_up(self) -> None:
        self._timed_out.set()
        self._process.kill()

    def _why(self, seconds: float) -> str:
        self._process.kill()
        self._process.wait()
        if self._timed_out.is_set():
            return f"decoding it took longer than {seconds:.0f} seconds"
        return "it crashed the decoder"

    def end(self) -> None:
        """Kill and forget it."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()


def worker_command() -> list[str]:
    """How a worker is started: this program again when it is bundled, else Python with this module."""
    if getattr(sys, "frozen", False):
        return [sys.executable, WORKER_FLAG]
    return [sys.executable, "-m", "album.pictures.isolate"]


def serve_if_asked(arguments: list[str]) -> None:
    """Be a worker, and never return, if that is what this process was started for.

    Every entry point of a bundled program calls this first, with `sys.argv[1:]`.
    """
    if arguments[:1] == [WORKER_FLAG]:
        serve(*arguments[1:])
        sys.exit(0)


def serve(operation: str, memory_bytes: str, seconds: str) -> None:
    """The worker's life: answer requests until the input closes."""
    requests, replies = _own_pipes()
    _limit_memory(int(memory_bytes))
    warnings.simplefilter("ignore")
    module, _, name = operation.partition(":")
    decode: Callable[[Path, int | None, int], Pixels] = getattr(
        importlib.import_module(module), name
    )
    arrived: queue.SimpleQueue[tuple[dict[str, Any], bytes]] = queue.SimpleQueue()
    threading.Thread(target=_read_requests, args=(requests, arrived), daemon=True).start()
    with open(os.devnull, "w") as nowhere:  # noqa: PTH123 - os.devnull is no Path
        while True:
            request, raw_path = arrived.get()
            # ends the process even when native code holds everything up and the program is gone
            faulthandler.dump_traceback_later(float(seconds) + _GRACE_S, exit=True, file=nowhere)
            head, content = _answer(decode, Path(os.fsdecode(bytes(raw_path))), request)
            faulthandler.cancel_dump_traceback_later()
            _send(replies, head, content)
            if "lost" in head:
                return


def _answer(
    decode: Callable[[Path, int | None, int], Pixels], path: Path, request: dict[str, Any]
) -> tuple[dict[str, Any], bytes | memoryview]:
    try:
        pixels = decode(path, request["longest_px"], request["pixels_most"])
        return {"shape": pixels.shape}, memoryview(np.ascontiguousarray(pixels)).cast("B")
    except FileProblem as problem:
        return {"reason": problem.reason, "advice": problem.advice}, b""
    except AlbumError as problem:
        return {"reason": problem.text}, b""
    except MemoryError:
        return {"lost": "decoding it needs more memory than is allowed"}, b""
    except Exception as error:  # noqa: BLE001 - the outermost loop; whatever a decoder throws is this file's
        return {"reason": f"it cannot be decoded: {type(error).__name__}: {error}"[:300]}, b""


def _read_requests(
    requests: BinaryIO, arrived: "queue.SimpleQueue[tuple[dict[str, Any], bytes]]"
) -> None:
    """Runs beside the decoding, so that the end of the program is noticed at any time."""
    try:
        while True:
            head, content = _receive(requests)
            arrived.put((head, content))
    except (OSError, EOFError, ValueError):
        os._exit(0)


def _own_pipes() -> tuple[BinaryIO, BinaryIO]:
    """The pipes to the program; what libraries print goes nowhere."""
    requests, replies = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    os.dup2(nowhere, 1)
    return requests, replies


def _limit_memory(size_bytes: int) -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(ValueError, OSError):  # a lower limit is in force already
        resource.setrlimit(resource.RLIMIT_AS, (size_bytes, size_bytes))


def _send(pipe: IO[bytes], head: dict[str, Any], content: bytes | memoryview) -> None:
    raw = json.dumps(head).encode()
    pipe.write(_HEAD.pack(len(raw), len(content)) + raw)
    pipe.write(content)
    pipe.flush()


def _receive(pipe: IO[bytes]) -> tuple[dict[str, Any], bytearray]:
    head_bytes, content_bytes = _HEAD.unpack(_exactly(pipe, _HEAD.size))
    if content_bytes > _REPLY_LIMIT_BYTES:
        raise ValueError("an answer of impossible size")
    head = json.loads(_exactly(pipe, head_bytes))
    return head, _exactly(pipe, content_bytes)


def _exactly(pipe: IO[bytes], size: int) -> bytearray:
    content = bytearray(size)
    view, at = memoryview(content), 0
    while at < size:
        read = pipe.readinto(view[at:])  # type: ignore[attr-defined]
        if not read:
            raise EOFError
        at += read
    return content


if __name__ == "__main__":
    serve(*sys.argv[1:])
