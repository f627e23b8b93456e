"""How values that SQLite does not know are stored: paths and moments."""

import os
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")

_CHUNK = 500
"""Values in one IN list; SQLite allows 999 in its oldest builds."""


def now_s() -> int:
    """Seconds since 1970."""
    return int(time.time())


def to_blob(path: "os.PathLike[str] | str") -> bytes:
    """A path as it is stored: the system's own bytes, whether or not they are valid text."""
    return os.fsencode(path)


def from_blob(blob: bytes) -> Path:
    """The path that `to_blob` stored."""
    return Path(os.fsdecode(blob))


def shown(path: "os.PathLike[str] | str") -> str:
    """A path as it may be shown: bytes that are no text become a replacement sign."""
    return os.fsencode(path).decode("utf-8", "replace")


def local_seconds(moment: datetime) -> int:
    """The wall clock of `moment` as seconds since 1970-01-01 00:00 on that same clock."""
    return int(moment.replace(tzinfo=UTC).timestamp())


def chunks(values: Sequence[T], size: int = _CHUNK) -> Iterator[Sequence[T]]:
    """The values in pieces that fit into one statement."""
    for start in range(0, len(values), size):
        yield values[start : start + size]


def marks(values: Sequence[object]) -> str:
    """`?,?,?` for an IN list of these values."""
    return ",".join("?" * len(values))
