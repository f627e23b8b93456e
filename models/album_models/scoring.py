"""From the logits of the heads to calibrated scores of tags: numbers only, no torch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from album.domain.tag import Certainty, TagScore

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from album.domain.taxonomy import Taxonomy

RANKED: Final = 100
"""How many of the highest scores are told in all."""
_CERTAINTIES: Final = (None, Certainty.EXPERIMENTAL, Certainty.LIKELY, Certainty.SURE)
_EXPERIMENTAL, _LIKELY, _SURE = 1, 2, 3


class Scoring:
    """What the tagger's table says of tags and classes, made ready for batches.

    A tag's score comes from the trained head where it has one, and from the sum of the backbone's
    classes below it where it has none or where the table says that this helps. A parent is never
    below its children.
    """

    def __init__(self, table: Mapping[str, Any], taxonomy: Taxonomy) -> None:
        self.slugs: tuple[str, ...] = _known(table, taxonomy)
        place = {slug: number for number, slug in enumerate(self.slugs)}
        tags = table["tags"]
        self._trained = np.array([place[slug] for slug in tags], np.intp)
        self._slope = np.array([tag["slope"] for tag in tags.values()])
        self._offset = np.array([tag["offset"] for tag in tags.values()])
        self._shown_from = np.array([_or_never(tag["shown"]) for tag in tags.values()])
        self._sure_from = np.array([_or_never(tag["sure"]) for tag in tags.values()])
        self._untested = np.array(
            [place[slug] for slug, tag in tags.items() if tag["experimental"]], np.intp
        )
        self._classes = class_matrix(table["classes"], self.slugs, taxonomy, table["evidence"])
        helped = {*table["fused"], *table["evidence"]}
        mute = [place[slug] for slug in tags if slug not in helped]
        self._classes[:, mute] = 0.0
        self._class_calibration = table["class_calibration"]
        self._classes_from = np.full(len(self.slugs), float(table["class_threshold"]))
        self._classes_sure_from = np.full(len(self.slugs), _or_never(table["class_sure"]))
        for slug in table["evidence"]:
            self._classes_from[place[slug]] = float(table["evidence_threshold"])
            self._classes_sure_from[place[slug]] = np.inf
        self._sums = _Sums(self._classes)
        self._generations = _generations(self.slugs, taxonomy, place)
        depths = [len(tuple(taxonomy.ancestors(slug))) for slug in self.slugs]
        self._broader = np.array(depths) * -1e-9  # of equal scores the narrower tag comes first

    @property
    def able(self) -> frozenset[str]:
        """The tags that can be shown at all: those that can be judged, and their parents."""
        able: NDArray[np.bool_] = np.any(self._classes > 0, axis=0)
        able[self._trained] |= np.isfinite(self._shown_from)
        self._raise_parents(able, np.logical_or)
        return frozenset(self.slugs[number] for number in np.flatnonzero(able))

    def scores(
        self, tag_logits: NDArray[np.float32], class_logits: NDArray[np.float32]
    ) -> NDArray[np.float64]:
        """Calibrated scores of `slugs`, (pictures, slugs), before parents are raised."""
        found = self._by_classes(class_logits)
        trained = self._by_head(tag_logits)
        found[:, self._trained] = np.maximum(found[:, self._trained], trained)
        return found

    def judge(
        self, tag_logits: NDArray[np.float32], class_logits: NDArray[np.float32]
    ) -> list[tuple[tuple[TagScore, ...], tuple[TagScore, ...]]]:
        """Of each picture: tags over their thresholds with all parents, and the highest of all."""
        found = self._by_classes(class_logits)
        trained = self._by_head(tag_logits)
        shown = found >= self._classes_from
        shown[:, self._trained] |= trained >= self._shown_from
        sure = shown & (found >= self._classes_sure_from)
        sure[:, self._trained] = trained >= self._sure_from
        found[:, self._trained] = np.maximum(found[:, self._trained], trained)
        self._raise_parents(found, np.maximum)
        certainty = self._certainty(shown, sure)
        self._raise_parents(shown, np.logical_or)
        found = np.round(found, 4)
        order = np.argsort(self._broader - found, axis=1, kind="stable")
        return [
            (self._told(row, kind, places[over[places]]), self._told(row, kind, places))
            for row, kind, over, places in zip(found, certainty, shown, order, strict=True)
        ]

    def _certainty(self, shown: NDArray[np.bool_], sure: NDArray[np.bool_]) -> NDArray[np.int8]:
        """Places in `_CERTAINTIES`; a broader tag is as certain as the most certain one below it.

        What nobody could judge is experimental, also where a class of the backbone speaks for it.
        """
        kinds = np.where(sure, _SURE, np.where(shown, _LIKELY, 0)).astype(np.int8)
        kinds[:, self._untested] = _EXPERIMENTAL
        raised = np.where(shown, kinds, 0).astype(np.int8)
        self._raise_parents(raised, np.maximum)
        return np.maximum(kinds, raised)

    def _raise_parents(self, values: NDArray[Any], larger: np.ufunc) -> None:
        """No parent below its children, over (..., slugs)."""
        for children, starts, parents in self._generations:
            raised = larger.reduceat(values[..., children], starts, axis=-1)
            values[..., parents] = larger(values[..., parents], raised)

    def _by_head(self, logits: NDArray[np.float32]) -> NDArray[np.float64]:
        return _sigmoid(self._slope * logits + self._offset)

    def _by_classes(self, logits: NDArray[np.float32]) -> NDArray[np.float64]:
        temperature, slope, offset = self._class_calibration
        below = self._sums.of(_chances(logits, temperature))
        found = _sigmoid(slope * _odds(below) + offset)
        found[:, ~self._classes.any(axis=0)] = 0.0
        return found

    def _told(
        self, row: NDArray[np.float64], kinds: NDArray[np.int8], places: NDArray[np.intp]
    ) -> tuple[TagScore, ...]:
        some = places[:RANKED]
        said = zip(some.tolist(), row[some].tolist(), kinds[some].tolist(), strict=True)
        return tuple(
            TagScore(self.slugs[place], score, _CERTAINTIES[kind]) for place, score, kind in said
        )


def class_matrix(
    classes: Sequence[str],
    slugs: Sequence[str],
    taxonomy: Taxonomy,
    evidence: Mapping[str, Sequence[str]],
) -> NDArray[np.float64]:
    """(classes, slugs): 1 where a class is the tag, lies below it, or is evidence for it."""
    place = {slug: number for number, slug in enumerate(slugs)}
    matrix = np.zeros((len(classes), len(slugs)))
    for number, leaf in enumerate(classes):
        stands_for = [slug for slug, leaves in evidence.items() if leaf in leaves]
        for slug in (leaf, *taxonomy.ancestors(leaf), *stands_for):
            matrix[number, place[slug]] = 1.0
    return matrix


def class_odds(
    logits: NDArray[np.float32], matrix: NDArray[np.float64], temperature: float
) -> NDArray[np.float64]:
    """Log-odds of the summed class probabilities of each tag, (pictures, slugs)."""
    return _odds(_chances(logits, temperature) @ matrix)


class _Sums:
    """A product with a matrix of few ones: by a dense one, BLAS would take cores from decoders."""

    def __init__(self, matrix: NDArray[np.float64]) -> None:
        columns, self._rows = np.nonzero(matrix.T)
        self._filled, self._starts = np.unique(columns, return_index=True)
        self._width = matrix.shape[1]

    def of(self, chances: NDArray[np.float64]) -> NDArray[np.float64]:
        """(pictures, classes) to (pictures, tags)."""
        sums = np.zeros((len(chances), self._width))
        sums[:, self._filled] = np.add.reduceat(chances[:, self._rows], self._starts, axis=1)
        return sums


def _chances(logits: NDArray[np.float32], temperature: float) -> NDArray[np.float64]:
    return _softmax(logits.astype(np.float64) / temperature)


def _odds(chances: NDArray[np.float64]) -> NDArray[np.float64]:
    below = np.clip(chances, 1e-9, 1 - 1e-6)
    answer: NDArray[np.float64] = np.log(below / (1 - below))
    return answer


def _or_never(threshold: float | None) -> float:
    return np.inf if threshold is None else threshold


def _known(table: Mapping[str, Any], taxonomy: Taxonomy) -> tuple[str, ...]:
    """Every tag that can be scored: trained ones, classes, and the parents of both."""
    own = [*table["tags"], *table["classes"], *table["evidence"]]
    return tuple(dict.fromkeys(tag for slug in own for tag in (slug, *taxonomy.ancestors(slug))))


def _generations(
    slugs: Sequence[str], taxonomy: Taxonomy, place: Mapping[str, int]
) -> list[tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]]:
    """Children of one depth by their parents, where each parent's begin, and the parents.

    Deepest first, so that one pass carries everything to the top.
    """
    families: dict[int, dict[int, list[int]]] = {}
    for slug in slugs:
        chain = list(taxonomy.ancestors(slug))
        if chain:
            families.setdefault(len(chain), {}).setdefault(place[chain[0]], []).append(place[slug])
    made = []
    for depth in sorted(families, reverse=True):
        parents, children = list(families[depth]), list(families[depth].values())
        starts = np.cumsum([0, *map(len, children[:-1])])
        made.append((np.concatenate(children), starts.astype(np.intp), np.array(parents, np.intp)))
    return made


def _softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    raised = np.exp(logits - logits.max(axis=1, keepdims=True))
    answer: NDArray[np.float64] = raised / raised.sum(axis=1, keepdims=True)
    return answer


def _sigmoid(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    answer: NDArray[np.float64] = 1 / (1 + np.exp(-np.clip(logits, -60, 60)))
    return answer
