"""What the classes of published networks are called, and which tags they mean."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from album.errors import PackProblem

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from album.domain.taxonomy import Taxonomy


@dataclass(frozen=True, slots=True)
class Labels:
    """The classes of a network, in their order.

    Attributes:
        classes: the number that a network gives to each (COCO's have gaps).
        slugs: tags that each one means, the most telling first; empty where we have none.
    """

    classes: tuple[int, ...]
    slugs: tuple[tuple[str, ...], ...]

    def __len__(self) -> int:
        """How many classes there are."""
        return len(self.classes)


def read_labels(name: str) -> Labels:
    """The list `imagenet`, `places365` or `coco`; PackProblem where there is no such list."""
    path = Path(__file__).with_name(f"{name}.csv")
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream))
    except OSError as error:
        raise PackProblem(f"There is no list of labels called {name}.") from error
    return Labels(
        tuple(int(row["class"]) for row in rows),
        tuple(tuple(filter(None, row["slug"].split(";"))) for row in rows),
    )


@dataclass(frozen=True, slots=True)
class TagSums:
    """Which classes say which tag.

    Attributes:
        slugs: every tag that a class means, and all broader ones.
        matrix: (classes, slugs), 1 where the class is that tag, or a narrower one.
    """

    slugs: tuple[str, ...]
    matrix: NDArray[np.float32]


def tag_sums(labels: Labels, taxonomy: Taxonomy) -> TagSums:
    """The tags of these classes, each with the classes that say it."""
    meant = [
        {tag: None for slug in slugs for tag in (slug, *taxonomy.ancestors(slug))}
        for slugs in labels.slugs
    ]
    known = tuple(dict.fromkeys(tag for tags in meant for tag in tags))
    place = {slug: number for number, slug in enumerate(known)}
    matrix = np.zeros((len(meant), len(known)), np.float32)
    for number, tags in enumerate(meant):
        matrix[number, [place[tag] for tag in tags]] = 1.0
    return TagSums(known, matrix)
