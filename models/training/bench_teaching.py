"""How well tags are taught: classes of the training sets as tags nobody knew, on cached features.

`python -m training.bench_teaching --data DATA --work WORK`; the backbone has never been trained on
these sets' labels where the features are those of ImageNet's backbone (`training.features`).
A class counts as absent from all other sets, so precision is a lower bound: a sunflower among the
places of MiniPlaces counts as wrong.
"""

from __future__ import annotations

import argparse
import logging
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from album.analysis.teaching import Surroundings, learn
from training.features import load_features
from training.pictures import PictureSet

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from album.domain.share import Share

log = logging.getLogger(__name__)
_SETS: Final = ("miniplaces", "sports22", "things")
_EXAMPLES: Final = (5, 10, 20)
_POSITIVES: Final = (40, 150)
_OTHERS: Final = 4000
_ANSWERS: Final = 20


@dataclass(frozen=True, slots=True)
class _World:
    """All pictures: unit embeddings (float16) and `set:class` of each."""

    embeddings: NDArray[np.float16]
    labels: NDArray[np.str_]

    def library(
        self, tag: str, positives: int, dice: np.random.Generator
    ) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
        """Embeddings of a made library and which photos have the tag; those come first."""
        there = dice.permutation(np.flatnonzero(self.labels == tag))[:positives]
        absent = dice.permutation(np.flatnonzero(self.labels != tag))[:_OTHERS]
        chosen = np.concatenate([there, absent])
        return self.embeddings[chosen].astype(np.float32), self.labels[chosen] == tag


def load_world(data: Path, work: Path) -> _World:
    """All features with the class of each picture."""
    embeddings, labels = [], []
    for name in _SETS:
        features = load_features(work, name, 0).astype(np.float32)
        lengths = np.maximum(np.linalg.norm(features, axis=1, keepdims=True), 1e-6)
        embeddings.append((features / lengths).astype(np.float16))
        rows = [entry.row for entry in PictureSet(data, name).entries]
        labels += [f"{name}:{row.get('scene') or row.get('sport') or _thing(row)}" for row in rows]
    return _World(np.concatenate(embeddings), np.array(labels))


def _thing(row: dict[str, str]) -> str:
    return f"{row['set']}/{row['label']}"


def new_tags(world: _World) -> list[str]:
    """Classes that a person might teach: sports, flowers, pets, some objects and places."""
    names = [str(name) for name in np.unique(world.labels)]
    places = [name for name in names if name.startswith("miniplaces:")][::4]
    objects = [name for name in names if name.startswith("things:caltech101")][::6]
    plain = ("sports22:", "things:flowers", "things:receipts", "things:cats")
    return [name for name in names if name.startswith(plain)] + places + objects


def average_precision(scores: NDArray[np.float32], there: NDArray[np.bool_]) -> float:
    """Of one tag."""
    ordered = there[np.argsort(-scores, kind="stable")]
    hits = np.cumsum(ordered)
    return float((hits / np.arange(1, len(hits) + 1))[ordered].mean())


def measure(world: _World, seed: int, every: int) -> dict[tuple[int, str], list[float]]:
    """Every figure of every tag, by number of examples and name."""
    dice = np.random.default_rng(seed)
    found: dict[tuple[int, str], list[float]] = defaultdict(list)
    for tag in new_tags(world)[::every]:
        for positives in _POSITIVES:
            if positives > _POSITIVES[0] and np.count_nonzero(world.labels == tag) < positives:
                continue
            photos, there = world.library(tag, positives, dice)
            surroundings = Surroundings(photos)
            for count in _EXAMPLES:
                if count + 8 <= there.sum():
                    _teach(found, photos, there, surroundings, count)
    return found


def _teach(
    found: dict[tuple[int, str], list[float]],
    photos: NDArray[np.float32],
    there: NDArray[np.bool_],
    surroundings: Surroundings,
    count: int,
) -> None:
    rest = np.arange(len(photos)) >= count
    started = time.perf_counter()
    lesson = learn(photos[:count], photos[:0], surroundings, decided=range(count))
    figures = {"seconds": time.perf_counter() - started}
    scores = lesson.head.scores(photos)
    shown = rest & (scores >= lesson.head.threshold)
    figures["AP of the nearest prototype"] = average_precision(
        (photos @ photos[:count].mean(axis=0))[rest], there[rest]
    )
    figures["AP"] = average_precision(scores[rest], there[rest])
    right = float(there[shown].mean()) if shown.any() else 0.0
    recall = float(there[shown].sum() / there[rest].sum())
    figures |= {
        "precision at the threshold": right,
        "precision as estimated": lesson.precision.value,
        "precision within its interval": _holds(lesson.precision, right, int(shown.sum())),
        "recall at the threshold": recall,
        "recall as estimated": lesson.recall.value,
        "recall within its interval": _holds(lesson.recall, recall, int(there[rest].sum())),
        "shown": float(shown.sum()),
        "miscalibration of what is shown": abs(float(scores[shown].mean()) - right)
        if shown.any()
        else 0.0,
    }
    if there.sum() > _POSITIVES[0]:
        figures |= _review(photos, there, surroundings, count, shown, scores)
    for name, value in figures.items():
        found[count, name].append(float(value))


def _holds(foreseen: Share, share: float, photos: int) -> bool:
    """Whether a share lies in its interval, to within one photo."""
    one = 1 / max(1, photos)
    return foreseen.low - one <= share <= foreseen.high + one


def _review(
    photos: NDArray[np.float32],
    there: NDArray[np.bool_],
    surroundings: Surroundings,
    count: int,
    shown: NDArray[np.bool_],
    scores: NDArray[np.float32],
) -> dict[str, float]:
    """The same after a person has answered some suggestions, taken from all of them."""
    asked = np.flatnonzero(shown)
    asked = np.random.default_rng(count).permutation(asked)[:_ANSWERS]
    yes, no = asked[there[asked]], asked[~there[asked]]
    likes = np.concatenate([photos[:count], photos[yes]])
    reviewed = [False] * count + [True] * len(asked)
    decided = [*range(count), *asked.tolist()]
    lesson = learn(likes, photos[no], surroundings, reviewed, decided)
    rest = np.arange(len(photos)) >= count
    rest[asked] = False
    after = lesson.head.scores(photos)
    seen = rest & (after >= lesson.head.threshold)
    right = float(there[seen].mean()) if seen.any() else 0.0
    return {
        "reviewed: AP of the others before": average_precision(scores[rest], there[rest]),
        "reviewed: AP of the others": average_precision(after[rest], there[rest]),
        "reviewed: precision": right,
        "reviewed: precision as estimated": lesson.precision.value,
        "reviewed: within its interval": _holds(lesson.precision, right, int(seen.sum())),
        "reviewed: recall": float(there[seen].sum() / there[rest].sum()),
    }


def main() -> None:
    """Command line."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the training zips")
    parser.add_argument("--work", type=Path, required=True, help="folder of the cached features")
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--every", type=int, default=1, help="only each so-manieth class")
    chosen = parser.parse_args()
    found = measure(load_world(chosen.data, chosen.work), chosen.seed, chosen.every)
    names = list(dict.fromkeys(name for _, name in found))
    rows: list[tuple[str, list[float]]] = [
        ("examples", list(_EXAMPLES)),
        ("lessons", [len(found[count, "AP"]) for count in _EXAMPLES]),
        *((name, [float(np.mean(found[count, name])) for count in _EXAMPLES]) for name in names),
    ]
    for name, figures in rows:
        log.info("%-34s %s", name, " ".join(f"{figure:9.3f}" for figure in figures))


if __name__ == "__main__":
    main()
