"""The log: a few files of bounded size that survive a crash, for the user to send along."""

import logging
import logging.handlers
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FILE_BYTES = 1_000_000
FILES = 5
FORMAT = "%(asctime)s %(levelname)-7s %(threadName)s %(name)s: %(message)s"


def start_log(directory: Path, *, verbose: bool = False) -> Path | None:
    """Write the log of this process to `album.log` in `directory`.

    Every record is with the system before the next line of code runs, so a crash loses none. A
    place that cannot be written is no reason to stop: then there is no log. Several processes may
    write to it.

    Args:
        directory: made when it is not there.
        verbose: also on stderr, with details.

    Returns the file; None where there is none.
    """
    root = logging.getLogger()
    root.setLevel(logging.DEBUG if verbose else logging.INFO)
    for noisy in ("PIL", "watchdog", "exifread"):
        logging.getLogger(noisy).setLevel(logging.ERROR)
    if verbose:
        root.addHandler(_formatted(logging.StreamHandler(sys.stderr)))
    path = directory / "album.log"
    try:
        directory.mkdir(parents=True, exist_ok=True)
        handler = logging.handlers.RotatingFileHandler(
            path, maxBytes=FILE_BYTES, backupCount=FILES - 1, encoding="utf-8", errors="replace"
        )
    except OSError as error:
        logging.getLogger(__name__).info("no log in %s: %s", directory, error)
        return None
    root.addHandler(_formatted(handler))
    return path


@contextmanager
def kept_log(directory: Path) -> Iterator[None]:
    """A log while the block runs; the one that is kept already goes on."""
    if any(map(_is_ours, logging.getLogger().handlers)):
        yield
        return
    level = logging.getLogger().level
    start_log(directory)
    try:
        yield
    finally:
        stop_log()
        logging.getLogger().setLevel(level)


def stop_log() -> None:
    """Close the log files."""
    root = logging.getLogger()
    for handler in root.handlers[:]:
        if _is_ours(handler):
            root.removeHandler(handler)
            handler.close()


def _is_ours(handler: logging.Handler) -> bool:
    return isinstance(handler, logging.handlers.RotatingFileHandler)


def _formatted(handler: logging.Handler) -> logging.Handler:
    handler.setFormatter(logging.Formatter(FORMAT))
    return handler
