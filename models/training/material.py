"""What fine-tuning sees: pixels of all sets, what is known of their tags, scenes and classes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from album.taxonomies import built_in_taxonomy
from training.examples import carry
from training.features import load_features
from training.origin import load_origin
from training.pixels import load_pixels
from training.rules import labels, load_rules
from training.whole import picture_sets

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from training.pictures import PictureSet

_OF_SET: Final = {"miniplaces": "miniplaces", "regions": "miniplaces"}
TAUGHT_CLASSES: Final = ("flickr8k", "things")
"""Sets whose pictures show things: there the origin's classes are held on to."""
_TWICE: Final = ("flickr8k", "things", "sports22", "extra")
_LOOKED_AT: Final = {"miniplaces": 1200, "intel": 300, "sports22": 400, "sports100": 300}


@dataclass(frozen=True, slots=True)
class Material:
    """All pictures in the same order everywhere.

    Attributes:
        sets: names of the sets.
        set_of: number of each picture's set; rows: its row in `stored`, the pixels of each set.
        answers: (pictures, tags), YES, NO or UNKNOWN.
        scenes: number of the folder of MiniPlaces, Intel or the sports; -1 elsewhere.
        scene_names: SET:FOLDER, in the order of the numbers.
        scene_ranges: (folders, folders): which folders belong to the same set.
        teacher: what the origin's network says of its classes, (some pictures, CLASSES), float16.
        teacher_rows: the row there, -1 without one.
        validates: which pictures choose.
        training: numbers of those that train; those of `_TWICE`, which are few, twice.
    """

    sets: list[str]
    set_of: NDArray[np.intp]
    rows: NDArray[np.intp]
    stored: list[NDArray[np.uint8]]
    answers: NDArray[np.int8]
    scenes: NDArray[np.int64]
    scene_names: list[str]
    scene_ranges: NDArray[np.bool_]
    teacher: NDArray[np.float16]
    teacher_rows: NDArray[np.intp]
    validates: NDArray[np.bool_]
    training: NDArray[np.intp]

    def pixels(self, number: int) -> NDArray[np.uint8]:
        """One picture, (side, side, 3)."""
        stored: NDArray[np.uint8] = self.stored[self.set_of[number]][self.rows[number]]
        return stored

    def looked_at(self, name: str) -> NDArray[np.intp]:
        """A fixed part of the validation pictures of a set."""
        there = np.flatnonzero(self.validates & (self.set_of == self.sets.index(name)))
        return np.sort(np.random.default_rng(1).permutation(there)[: _LOOKED_AT.get(name, 0)])


def load_material(data: Path, work: Path, sources: Path | None) -> Material:
    """Everything, from decoded pixels and cached features."""
    sets, rules = picture_sets(data, sources), load_rules()
    entries = [(number, entry) for number, part in enumerate(sets) for entry in part.entries]
    answers = np.concatenate([labels(part, rules) for part in sets])
    carry(answers, list(rules), built_in_taxonomy())
    teacher, teacher_rows = _teacher(work, sets, picture_sets(data, sources, whole=False))
    folders = [_folder(sets[number].name, entry.row) for number, entry in entries]
    known = sorted({folder for folder in folders if folder})
    place = {folder: number for number, folder in enumerate(known)}
    of_set = np.array([folder.partition(":")[0] for folder in known])
    held = np.array([entry.held_out for _, entry in entries])
    return Material(
        [part.name for part in sets],
        np.array([number for number, _ in entries]),
        np.concatenate([np.arange(len(part.entries)) for part in sets]),
        [load_pixels(work, part.name) for part in sets],
        answers,
        np.array([place.get(folder, -1) for folder in folders], np.int64),
        known,
        of_set[:, None] == of_set[None],
        teacher,
        teacher_rows,
        np.array([entry.validates for _, entry in entries]),
        _training(sets, held, np.array([number for number, _ in entries])),
    )


def _training(
    sets: list[PictureSet], held: NDArray[np.bool_], set_of: NDArray[np.intp]
) -> NDArray[np.intp]:
    chosen = np.flatnonzero(~held)
    few = [number for number, part in enumerate(sets) if part.name in _TWICE]
    return np.concatenate([chosen, chosen[np.isin(set_of[chosen], few)]])


def _folder(name: str, row: dict[str, str]) -> str:
    folder = row.get("scene") or row.get("sport")
    return f"{_OF_SET.get(name, name)}:{folder}" if folder else ""


def _teacher(
    work: Path, sets: list[PictureSet], excerpts: list[PictureSet]
) -> tuple[NDArray[np.float16], NDArray[np.intp]]:
    """The origin's logits of the pictures that show things, and which picture has which."""
    classes = load_origin()[1]
    weight, bias = classes["weight"].numpy().T, classes["bias"].numpy()
    logits, rows, before = [], [], 0
    for part, excerpt in zip(sets, excerpts, strict=True):
        names = [entry.name for entry in excerpt.entries] if part.name in TAUGHT_CLASSES else []
        row_of = {name: before + number for number, name in enumerate(names)}
        if names:
            features = load_features(work, part.name, 0).astype(np.float32)
            logits.append((features @ weight + bias).astype(np.float16))
        rows += [row_of.get(entry.name, -1) for entry in part.entries]
        before += len(names)
    return np.concatenate(logits), np.array(rows)
