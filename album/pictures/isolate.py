"""Work in other processes, which may crash, hang or eat memory at the cost of one file."""

import logging
import os
import subprocess
import threading
from pathlib import Path
from typing import Any, BinaryIO, cast

import numpy as np

from album.errors import FileProblem, Interrupted, in_words
from album.pictures import advice
from album.pictures.pixels import Pixels
from album.pictures.worker import Message, receive, send, worker_command

_log = logging.getLogger(__name__)

OPERATION = "album.pictures.decode:decode_here"

_CRASHED = "it crashed the decoder"
_CLOSING = "The decoder is closed."

_ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
"""A thread's stack counts against the memory limit."""


class Workers:
    """A small pool of worker processes, started when needed, replaced when they die.

    Safe for several threads; callers beyond the number of processes wait their turn.

    Args:
        processes: at most so many at once.
        seconds: a file that takes longer costs its worker.
        memory_bytes: address space of a worker, where the system can limit it.
        idle_seconds: a worker that is not asked for so long ends.
        operation: `module:function` that the workers run, see `worker.Operation`.
    """

    def __init__(
        self,
        operation: str = OPERATION,
        *,
        processes: int = 2,
        seconds: float = 20.0,
        memory_bytes: int = 4 << 30,
        idle_seconds: float = 60.0,
    ) -> None:
        self._seconds = seconds
        self._processes = processes
        limits = (memory_bytes, seconds, idle_seconds)
        self._command = [*worker_command(), operation, *map(str, limits)]
        self._places = threading.Semaphore(processes)
        self._lock = threading.Lock()
        self._idle: list[_Worker] = []
        self._busy: list[_Worker] = []
        self._closed = False

    def get_ready(self) -> None:
        """Start the processes that are not there yet; does not wait for them."""
        with self._lock:
            missing = self._processes - len(self._idle) - len(self._busy)
            for _ in range(0 if self._closed else missing):
                try:
                    self._idle.append(_Worker(self._command))
                except OSError as error:  # whoever asks tries again, and is told
                    _log.info("no process ahead of time: %s", error)
                    return

    def ask(self, path: Path, **request: Any) -> Message:  # noqa: ANN401 (whatever JSON can hold)
        """What a worker makes of a file; FileProblem when it fails, or takes the worker with it.

        Interrupted when the workers are closed, or close meanwhile.
        """
        with self._places:
            try:
                return self._ask(path, request)
            except _WorkerRetired:
                try:
                    return self._ask(path, request)
                except _WorkerRetired as error:
                    raise FileProblem(path, _CRASHED, advice=advice.SAVE_ANEW) from error

    @property
    def busy(self) -> int:
        """How many files are being decoded."""
        return len(self._busy)

    def close(self) -> None:
        """End all workers; who waits for one gets Interrupted, as later callers do. Idempotent."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
            busy = list(self._busy)
        for worker in idle:
            worker.end()
        for worker in busy:
            worker.kill()

    def _ask(self, path: Path, request: dict[str, Any]) -> Message:
        try:
            worker = self._take()
        except OSError as error:
            reason = f"the process that decodes it cannot be started: {in_words(error)}"
            raise FileProblem(path, reason, advice="Close other programs, then retry.") from error
        try:
            return worker.ask(path, request, self._seconds)
        except FileProblem as problem:
            if self._closed:  # the worker died of that, not of the file
                raise Interrupted(_CLOSING) from problem
            raise
        finally:
            self._give_back(worker)

    def _take(self) -> "_Worker":
        with self._lock:
            if self._closed:
                raise Interrupted(_CLOSING)
            worker = self._idle.pop() if self._idle else None
            if worker is not None and not worker.alive:
                worker.end()
                worker = None
            worker = worker or _Worker(self._command)
            self._busy.append(worker)
        return worker

    def _give_back(self, worker: "_Worker") -> None:
        with self._lock:
            self._busy.remove(worker)
            if worker.alive and not self._closed:
                self._idle.append(worker)
                return
        worker.end()


class IsolatedDecoder(Workers):
    """Workers that decode."""

    def picture(self, path: Path, longest_px: int | None, pixels_most: int) -> Pixels:
        """What a worker makes of a file; raises as `ask`."""
        head, content = self.ask(path, longest_px=longest_px, pixels_most=pixels_most)
        return np.frombuffer(content, np.uint8).reshape(head["shape"])


class _WorkerRetired(Exception):
    """The worker had been idle for long and ended just when it was asked."""


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
        self._requests = cast("BinaryIO", self._process.stdin)
        self._replies = cast("BinaryIO", self._process.stdout)
        self._timed_out = threading.Event()

    @property
    def alive(self) -> bool:
        """Whether it can be asked again."""
        return self._process.poll() is None

    def ask(self, path: Path, request: dict[str, Any], seconds: float) -> Message:
        """One request. FileProblem; the worker is dead then, if the file was too much for it."""
        clock = threading.Timer(seconds, self._time_is_up)
        clock.daemon = True
        clock.start()
        try:
            send(self._requests, request, os.fsencode(path))
            head, content = receive(self._replies)
        except (OSError, EOFError, ValueError) as error:
            raise self._post_mortem(path, seconds) from error
        finally:
            clock.cancel()
        if "lost" in head:
            self._process.wait()
            raise FileProblem(path, head["lost"], advice=advice.SAVE_ANEW)
        if "reason" in head:
            raise FileProblem(
                path,
                head["reason"],
                advice=head.get("advice", advice.REPORT),
                detail=head.get("detail", ""),
            )
        return head, content

    def _time_is_up(self) -> None:
        self._timed_out.set()
        self._process.kill()

    def _post_mortem(self, path: Path, seconds: float) -> FileProblem | _WorkerRetired:
        """Why there is no answer."""
        self._process.kill()
        status = self._process.wait()
        if self._timed_out.is_set():
            reason = f"decoding it took longer than {seconds:.0f} seconds"
            return FileProblem(path, reason, advice=advice.SAVE_ANEW)
        if status == 0:
            return _WorkerRetired()
        return FileProblem(path, _CRASHED, advice=advice.SAVE_ANEW)

    def kill(self) -> None:
        """Stop it at once; whoever waits for its answer gets a FileProblem."""
        self._process.kill()
        self._process.wait()

    def end(self) -> None:
        """Kill it and close its pipes, when nobody waits for it any more."""
        self.kill()
        self._replies.close()
        try:
            self._requests.close()
        except BrokenPipeError:  # it died with a request in the pipe
            return
