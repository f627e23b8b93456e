"""When Albumen itself is wrong: what was not caught is kept and said."""

import faulthandler
import logging
import sys
import threading
import traceback
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import IO

_log = logging.getLogger(__name__)

Tell = Callable[[str, Path], None]
"""Gets one line and the file that holds the report; called on the thread that failed."""


class CrashHook:
    """Takes what nobody caught, on every thread, and what kills the interpreter.

    Args:
        directory: where reports are kept (`crash.txt`, `fault.txt`, `last-fault.txt`).
        tell: said to the user; may be replaced once there is a window.
    """

    def __init__(self, directory: Path, tell: Tell | None = None) -> None:
        self._directory = directory
        self._fault: IO[str] | None = None
        self.tell = tell
        self._before = (sys.excepthook, threading.excepthook)

    def install(self) -> Path | None:
        """Begin; returns the report of the last run when a fault killed it, None else."""
        self._directory.mkdir(parents=True, exist_ok=True)
        fault = self._directory / "fault.txt"
        left = None
        if fault.exists() and fault.stat().st_size:
            left = fault.replace(self._directory / "last-fault.txt")
        self._fault = fault.open("w", encoding="utf-8")
        faulthandler.enable(self._fault)
        sys.excepthook = self._on_exception
        threading.excepthook = self._on_thread_exception
        return left

    def uninstall(self) -> None:
        """End; a clean end leaves no fault file. May be called again."""
        if self._fault is None:
            return
        sys.excepthook, threading.excepthook = self._before
        faulthandler.disable()
        self._fault.close()
        self._fault = None
        (self._directory / "fault.txt").unlink(missing_ok=True)

    def _on_exception(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        _log.critical("not caught", exc_info=(kind, error, trace))
        report = self._directory / "crash.txt"
        text = "".join(traceback.format_exception(kind, error, trace))
        with report.open("a", encoding="utf-8") as file:
            file.write(f"{datetime.now().astimezone().isoformat(timespec='seconds')}\n{text}\n")
        if self.tell is not None:
            self.tell(f"{kind.__name__}: {error}", report)

    def _on_thread_exception(self, failed: threading.ExceptHookArgs) -> None:
        error = failed.exc_value if failed.exc_value is not None else failed.exc_type()
        self._on_exception(failed.exc_type, error, failed.exc_traceback)
