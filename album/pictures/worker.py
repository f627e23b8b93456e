"""The isolated process: does what it is asked for, within limits, and ends with the program.

Requests come on its standard input, answers go to its standard output: lengths, a JSON head, raw
bytes. Nothing that a hijacked worker sends could run code in the program. See `isolate.py`.
"""

import contextlib
import faulthandler
import importlib
import json
import os
import struct
import sys
import threading
import warnings
from collections.abc import Callable
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, BinaryIO

import numpy as np

from album.errors import AlbumError, FileProblem
from album.pictures.pixels import Pixels

WORKER_FLAG = "--isolated-decoder"
"""First argument of a bundled program that shall be a worker, see `serve_if_asked`."""

Operation = Callable[..., Pixels | bytes]
"""What a worker does: (path, **request) -> pixels or bytes, or FileProblem."""

Message = tuple[dict[str, Any], bytearray]

_LENGTHS = struct.Struct("<IQ")
_MESSAGE_LIMIT_BYTES = 6 << 30
_GRACE_S = 10.0


def worker_command() -> list[str]:
    """How a worker is started: the bundled program once more, or Python with this module."""
    if getattr(sys, "frozen", False):
        return [sys.executable, WORKER_FLAG]
    return [sys.executable, "-m", "album.pictures.worker"]


def serve_if_asked(arguments: list[str]) -> None:
    """Be a worker, and never return, if that is what this process was started for.

    Every entry point of a bundled program calls this first, with `sys.argv[1:]`.
    """
    if arguments[:1] == [WORKER_FLAG]:
        serve(*arguments[1:])
        sys.exit(0)


def serve(operation: str, memory_bytes: str, seconds: str, idle: str) -> None:
    """The worker's life: answer requests until the input closes, or none comes for long.

    Args:
        operation: `module:function`, an `Operation`.
        memory_bytes: address space that it may take.
        seconds: after this, and some grace, it ends itself, should nobody be left to do it.
        idle: after so many seconds without a request it ends, to give its memory back.
    """
    requests, replies = _own_pipes()
    _limit_memory(int(memory_bytes))
    warnings.simplefilter("ignore")
    module, _, name = operation.partition(":")
    operate: Operation = getattr(importlib.import_module(module), name)
    arrived: SimpleQueue[Message] = SimpleQueue()
    threading.Thread(target=_read_requests, args=(requests, arrived), daemon=True).start()
    with Path(os.devnull).open("w") as nowhere:
        while True:
            try:
                request, raw_path = arrived.get(timeout=float(idle))
            except Empty:
                return
            # a watchdog that works even while native code holds everything up
            faulthandler.dump_traceback_later(float(seconds) + _GRACE_S, exit=True, file=nowhere)
            head, content = _answer(operate, Path(os.fsdecode(bytes(raw_path))), request)
            faulthandler.cancel_dump_traceback_later()
            send(replies, head, content)
            if "lost" in head:
                return


def _answer(
    operate: Operation, path: Path, request: dict[str, Any]
) -> tuple[dict[str, Any], bytes | memoryview]:
    try:
        found = operate(path, **request)
        if isinstance(found, bytes):
            return {}, found
        return {"shape": found.shape}, np.ascontiguousarray(found).data.cast("B")
    except FileProblem as problem:
        answer = ("reason", "advice", "detail")
        return {name: getattr(problem, name) for name in answer}, b""
    except AlbumError as problem:
        return {"reason": problem.text}, b""
    except MemoryError:
        return {"lost": "decoding it needs more memory than is allowed"}, b""
    except Exception as error:  # noqa: BLE001 - outermost loop: what a decoder throws is this file's
        detail = f"{type(error).__name__}: {error}"[:300]
        return {"reason": "Albumen could not decode it", "detail": detail}, b""


def _read_requests(requests: BinaryIO, arrived: SimpleQueue[Message]) -> None:
    """Runs beside the decoding, so that the end of the program is noticed at any time."""
    try:
        while True:
            arrived.put(receive(requests))
    except (OSError, EOFError, ValueError):
        os._exit(0)


def _own_pipes() -> tuple[BinaryIO, BinaryIO]:
    """The pipes to the program; what libraries print goes nowhere."""
    requests, replies = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    os.dup2(nowhere, 1)
    os.close(nowhere)
    return requests, replies


def _limit_memory(size_bytes: int) -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(ValueError, OSError):  # a lower limit is in force already
        resource.setrlimit(resource.RLIMIT_AS, (size_bytes, size_bytes))


def send(pipe: BinaryIO, head: dict[str, Any], content: bytes | memoryview) -> None:
    """Write one message."""
    raw = json.dumps(head).encode()
    pipe.write(_LENGTHS.pack(len(raw), len(content)) + raw)
    pipe.write(content)
    pipe.flush()


def receive(pipe: BinaryIO) -> Message:
    """Read one message; EOFError when the other end is gone, ValueError when it makes no sense."""
    head_bytes, content_bytes = _LENGTHS.unpack(_exactly(pipe, _LENGTHS.size))
    if content_bytes > _MESSAGE_LIMIT_BYTES:
        raise ValueError("a message of impossible size")
    head: dict[str, Any] = json.loads(_exactly(pipe, head_bytes))
    return head, _exactly(pipe, content_bytes)


def _exactly(pipe: BinaryIO, size: int) -> bytearray:
    content = bytearray(size)
    view, at = memoryview(content), 0
    while at < size:
        count = pipe.readinto(view[at:])  # type: ignore[attr-defined] # BufferedReader has it
        if not count:
            raise EOFError
        at += count
    return content


if __name__ == "__main__":
    serve(*sys.argv[1:])
