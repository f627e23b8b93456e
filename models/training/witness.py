"""What detectors saw in the training pictures, added where folders and captions say nothing.

A rule's `objects`, `people` and `face` ask `training.objects` and `training.faces`; where neither
looked, nothing is added. Seen on contact sheets: where captions deny an object that the detector
claims, the captions are right (dogs that are taken for horses), so they are not overruled, but in
how many people there are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from training.faces import Faces
from training.objects import PERSON, Objects, object_names
from training.rules import NO, UNKNOWN, YES
from training.seen_by import load

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from training.rules import Rule

_SEEN: Final = 0.55
"""Score from which on an object of some size is there."""
_UNSEEN: Final = 0.06
"""Score below which nothing is there, however small."""
_FACELESS: Final = 0.12
"""Height of a face, as a share of the picture's, below which nobody is portrayed."""


def witness(
    answers: NDArray[np.int8],
    sets: NDArray[np.str_],
    names: NDArray[np.str_],
    rules: dict[str, Rule],
    work: Path,
) -> None:
    """Completes the answers, (pictures, tags)."""
    for part in np.unique(sets):
        rows = np.flatnonzero(sets == part)
        objects, faces = load(Objects, work, str(part)), load(Faces, work, str(part))
        if objects is not None:
            known, found = _matched(names[rows], objects.names)
            for column, rule in enumerate(rules.values()):
                said = answers[rows[known], column]
                answers[rows[known], column] = _by_objects(said, rule, objects, found)
        if faces is not None:
            known, found = _matched(names[rows], faces.names)
            for column, rule in enumerate(rules.values()):
                if rule.face:
                    answers[rows[known], column] = _portrayed(rule.face, faces, found)


def _matched(
    wanted: NDArray[np.str_], there: NDArray[np.str_]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Which of the wanted are there, and where."""
    place = {name: number for number, name in enumerate(there.tolist())}
    found = np.array([place.get(name, -1) for name in wanted.tolist()], np.intp)
    return np.flatnonzero(found >= 0), found[found >= 0]


def _by_objects(
    said: NDArray[np.int8], rule: Rule, objects: Objects, rows: NDArray[np.intp]
) -> NDArray[np.int8]:
    """`said`, completed by what was seen in these rows."""
    if rule.people:
        there = objects.people[rows] >= rule.people
        absent = objects.best[rows, PERSON] < _UNSEEN
        return np.where(there, YES, np.where(absent, NO, said)).astype(np.int8)
    if not rule.objects:
        return said
    number = {name: place for place, name in enumerate(object_names())}
    kinds = [[number[name] for name in kind.split(" + ")] for kind in rule.objects]
    large = np.max([objects.large[rows][:, kind].min(axis=1) for kind in kinds], axis=0)
    best = np.max([objects.best[rows][:, kind].min(axis=1) for kind in kinds], axis=0)
    told = said.copy()
    told[(said == UNKNOWN) & (best < _UNSEEN) & (not rule.objects_few)] = NO
    told[(said == UNKNOWN) & (large >= _SEEN)] = YES
    return told


def _portrayed(least: float, faces: Faces, rows: NDArray[np.intp]) -> NDArray[np.int8]:
    """One face at least so tall says yes; only small ones, or several, say no."""
    count, tallest = faces.count[rows], faces.tallest[rows]
    alone = (count == 1) & (tallest >= least)
    absent = (tallest < _FACELESS) | (count > 2)  # two may share a portrait
    return np.where(alone, YES, np.where(absent, NO, UNKNOWN)).astype(np.int8)
