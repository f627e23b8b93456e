"""What a detector saw, kept set by set: WORK/KIND/NAME.npz, an array for each field of KIND."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from training.pictures import PictureSet

Seen = TypeVar("Seen")
"""A dataclass of arrays, named after what was looked for (`Faces`, `Objects`)."""


def load(kind: type[Seen], work: Path, name: str) -> Seen | None:
    """What was seen in a set, None where nobody looked."""
    file = _file(kind, work, name)
    if not file.exists():
        return None
    with np.load(file) as stored:
        return kind(*(stored[field] for field in _names(kind)))


def look_through(
    kind: type[Seen],
    sets: Iterable[PictureSet],
    work: Path,
    look: Callable[[PictureSet], Seen],
) -> None:
    """Look at every set that nobody has looked at yet; a file is there whole or not at all."""
    for pictures in sets:
        target = _file(kind, work, pictures.name)
        if target.exists():
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        found = look(pictures)
        partial = target.with_suffix(".partial.npz")
        np.savez_compressed(partial, **{name: getattr(found, name) for name in _names(kind)})
        partial.replace(target)


def _file(kind: type[Any], work: Path, name: str) -> Path:
    return work / kind.__name__.lower() / f"{name}.npz"


def _names(kind: type[Any]) -> list[str]:
    return [field.name for field in fields(kind)]
