"""All pictures as features with what is known of their tags."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import torch

from album.taxonomies import built_in_taxonomy
from training.features import load_features, seen
from training.rules import NO, UNKNOWN, YES, Rule, labels
from training.whole import picture_sets
from training.witness import witness

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from album.domain.taxonomy import Taxonomy
    from training.pictures import PictureSet

_PEOPLE_SEEN: Final = 0.6
_NOBODY_SEEN: Final = 0.05
_DONE_BY_PEOPLE: Final = ("sports", "gathering", "performance", "hiking")


@dataclass(frozen=True, slots=True)
class Examples:
    """Pictures of all sets, in the same order everywhere.

    Attributes:
        features: (pictures, FEATURES), float32.
        answers: YES, NO or UNKNOWN, (pictures, tags).
        held_out: which ones never train, (pictures,).
        validates: which of those calibrate and choose; the others only test, (pictures,).
        sets: the set of each picture, (pictures,).
        folders: its scene, sport or SET:LABEL, (pictures,).
        names: its name in its set, (pictures,).
    """

    features: NDArray[np.float32]
    answers: NDArray[np.int8]
    held_out: NDArray[np.bool_]
    validates: NDArray[np.bool_]
    sets: NDArray[np.str_]
    folders: NDArray[np.str_]
    names: NDArray[np.str_]

    @property
    def tests(self) -> NDArray[np.bool_]:
        """Which ones are looked at for figures only."""
        return self.held_out & ~self.validates


def load_examples(
    data: Path,
    work: Path,
    rules: dict[str, Rule],
    sources: Path | None = None,
    every: int = 1,
    seen_in: Path | None = None,
) -> Examples:
    """Everything; people are looked for where a rule asks, answers carried up and down.

    Args:
        data: folder of the excerpts.
        work: where `features` wrote.
        rules: what says yes to which tag.
        sources: folder of further sets; None: excerpts alone.
        every: as it was told to `features`.
        seen_in: where `objects` and `faces` wrote; None: nothing is asked of them.
    """
    parts = picture_sets(data, sources, whole=False)
    shown = [seen(part, every) for part in parts]
    entries = [
        (part.name, entry) for part, some in zip(parts, shown, strict=True) for entry in some
    ]
    found = Examples(
        np.concatenate([load_features(work, part.name, 0) for part in parts]).astype(np.float32),
        np.concatenate([labels(part, rules)[_rows(part, every)] for part in parts]),
        np.array([entry.held_out for _, entry in entries]),
        np.array([entry.validates for _, entry in entries]),
        np.array([name for name, _ in entries]),
        np.array([_folder(entry.row) for _, entry in entries]),
        np.array([entry.name for _, entry in entries]),
    )
    _look_for_people(found, rules)
    if seen_in is not None:
        witness(found.answers, found.sets, found.names, rules, seen_in)
    carry(found.answers, list(rules), built_in_taxonomy())
    return found


def _rows(part: PictureSet, every: int) -> NDArray[np.intp]:
    chosen = {entry.name for entry in seen(part, every)}
    return np.array([n for n, entry in enumerate(part.entries) if entry.name in chosen], np.intp)


def _folder(row: dict[str, str]) -> str:
    if "set" in row:
        return f"{row['set']}:{row['label']}"
    return row.get("scene") or row.get("sport") or ""


def _look_for_people(examples: Examples, rules: dict[str, Rule]) -> None:
    """Folders that show an event only where people are seen: a first look decides.

    Where surely nobody is seen, what people do together or as a sport does not go on: an empty hall
    is no gathering, a bare rock no climbing.
    """
    people = list(rules).index("person")
    seen_people = _people(examples.features, examples.answers[:, people], ~examples.held_out)
    taxonomy = built_in_taxonomy()
    done = {tag for kind in _DONE_BY_PEOPLE for tag in (kind, *taxonomy.descendants(kind))}
    for column, (tag, rule) in enumerate(rules.items()):
        answers = examples.answers[:, column]
        if rule.with_people:
            there = np.isin(examples.folders, rule.with_people) & (examples.sets == "miniplaces")
            answers[there & (seen_people > _PEOPLE_SEEN)] = YES
        if tag in done:
            answers[(answers == UNKNOWN) & (seen_people < _NOBODY_SEEN)] = NO


def _people(
    features: NDArray[np.float32], answers: NDArray[np.int8], training: NDArray[np.bool_]
) -> NDArray[np.float32]:
    known = training & (answers != UNKNOWN)
    inputs, wanted = torch.from_numpy(features[known]), torch.from_numpy(answers[known]).float()
    torch.manual_seed(0)
    probe = torch.nn.Linear(features.shape[1], 1)
    optimiser = torch.optim.AdamW(probe.parameters(), 3e-3, weight_decay=1e-2)
    for _ in range(6):
        for part in torch.split(torch.randperm(len(inputs)), 512):
            logits = probe(inputs[part])[:, 0]
            loss = torch.nn.functional.binary_cross_entropy_with_logits(logits, wanted[part])
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
    with torch.inference_mode():
        scores: NDArray[np.float32] = probe(torch.from_numpy(features))[:, 0].sigmoid().numpy()
    return scores


def carry(answers: NDArray[np.int8], tags: list[str], taxonomy: Taxonomy) -> None:
    """A tag that is there brings its parents; an absent parent takes its children along."""
    places = {tag: number for number, tag in enumerate(tags)}
    for tag in tags:
        for parent in taxonomy.ancestors(tag):
            if parent in places:
                answers[answers[:, places[tag]] == YES, places[parent]] = YES
    for tag in tags:
        for parent in taxonomy.ancestors(tag):
            if parent in places:
                absent = answers[:, places[parent]] == NO
                answers[absent & (answers[:, places[tag]] == UNKNOWN), places[tag]] = NO
