"""«Which of these»: folders of a set exclude each other; so do the tags that stand for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import torch
from torch.nn import functional

from album.domain.tag import Facet
from album.taxonomies import built_in_taxonomy

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

    from training.network import TunedHeads
    from training.rules import Rule

_SETS: Final = (
    ("miniplaces", "places", Facet.SCENE),
    ("intel", "intel", Facet.SCENE),
    ("sports22", "sports", Facet.EVENT),
)
_NARROW: Final = 3
"""Tags that more folders stand for (sky, indoor) are no answer to «which scene»."""
_NEVER: Final = -1e4
_UNLIKELY: Final = -4.0
"""Logit of a tag that nothing is known of yet."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The tags between which the folders of one set choose.

    Attributes:
        name: of the set.
        columns: numbers of the tags.
        pictures: which pictures choose, (pictures,).
        right: which of the columns are right, (pictures, columns).
    """

    name: str
    columns: NDArray[np.intp]
    pictures: NDArray[np.bool_]
    right: NDArray[np.bool_]

    def tops(self, scores: NDArray[np.float64], chosen: NDArray[np.bool_]) -> tuple[float, float]:
        """Share of the chosen pictures with a right tag as the highest, and among five."""
        rows = self.pictures & chosen
        order = np.argsort(-scores[rows][:, self.columns], axis=1)[:, :5]
        hits = np.take_along_axis(self.right[rows], order, axis=1)
        return float(hits[:, 0].mean()), float(hits.any(axis=1).mean())


def choices(
    rules: dict[str, Rule], sets: NDArray[np.str_], folders: NDArray[np.str_]
) -> list[Choice]:
    """One choice a set, over all pictures."""
    taxonomy, tags = built_in_taxonomy(), list(rules)
    found = []
    for name, key, facet in _SETS:
        of_folder: dict[str, set[int]] = {}
        for number, tag in enumerate(tags):
            shown_by: list[str] = getattr(rules[tag], key)
            if taxonomy.facet(tag) is facet and len(shown_by) <= _NARROW:
                for folder in shown_by:
                    of_folder.setdefault(folder, set()).add(number)
        columns = np.array(sorted(set().union(*of_folder.values())), np.intp)
        pictures = (sets == name) & np.isin(folders, list(of_folder))
        right = np.zeros((len(sets), len(columns)), np.bool_)
        for folder, numbers in of_folder.items():
            right[pictures & (folders == folder)] = np.isin(columns, list(numbers))
        found.append(Choice(name, columns, pictures, right))
    return found


def informed(
    heads: TunedHeads, rules: dict[str, Rule], asked: list[Choice]
) -> tuple[Tensor, Tensor]:
    """Weight (tags, FEATURES) and bias of the tags, each with what is known of its folders.

    Tags that were added to the end of the rules since begin with nothing, and unlikely.

    To a tag that stands for folders of a set, the mean of their rows in the head of scenes is
    added, as far as it differs from the mean of all rows of that set.
    """
    tags = list(rules)
    known = [heads.scenes["weight"], heads.scenes["bias"][:, None]]
    added = len(tags) - len(heads.tags["bias"])
    own = [
        functional.pad(heads.tags["weight"], (0, 0, 0, added)),
        functional.pad(heads.tags["bias"][:, None], (0, 0, 0, added), value=_UNLIKELY),
    ]
    keys = {name: key for name, key, _ in _SETS}
    for choice in asked:
        of_set = [n for n, scene in enumerate(heads.scene_names) if scene.startswith(choice.name)]
        for column in choice.columns.tolist():
            shown_by = {
                f"{choice.name}:{f}" for f in getattr(rules[tags[column]], keys[choice.name])
            }
            rows = [number for number in of_set if heads.scene_names[number] in shown_by]
            for target, source in zip(own, known, strict=True):
                if rows:
                    target[column] += source[rows].mean(dim=0) - source[of_set].mean(dim=0)
    return own[0], own[1][:, 0]


def choice_loss(logits: Tensor, columns: Tensor, right: Tensor) -> Tensor:
    """Cross-entropy of the right tags together against all tags of the choice, summed.

    Args:
        logits: (pictures, tags).
        columns: the tags to choose from.
        right: (pictures, columns).
    """
    among = logits[:, columns]
    told = among.masked_fill(~right, _NEVER)
    return (torch.logsumexp(among, dim=1) - torch.logsumexp(told, dim=1)).sum()
