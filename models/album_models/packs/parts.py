"""What the analysers of all packs share: name, revision, thresholds, files that are checked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from album.analysis.packs import find_faults
from album.domain.tag import Certainty, TagScore
from album.errors import PackProblem

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from album.analysis.packs import NetworkSpec, Pack

INPUT_PX = 384
"""Analysers see the stored thumbnail, which is not larger."""
RANKED = 100
"""How many of the highest scores are told in all."""


def spec_of(pack: Pack) -> NetworkSpec:
    """How its network is made; PackProblem for a pack without one."""
    if pack.network is None:
        raise PackProblem(f"The manifest of {pack.name} names no network.")
    return pack.network


def revision_of(pack: Pack) -> str:
    """Changes with the pack, its revision and its weights: photos are looked at again then."""
    return f"{pack.name}-{pack.revision}-{pack.files[0].sha256[:8]}"


def sound_file(pack: Pack) -> Path:
    """The pack's weights; PackProblem when they are not what was installed."""
    faults = find_faults(pack)
    if faults:
        raise PackProblem(
            f"The pack {pack.name} is damaged: {faults[0]}",
            advice=f"`album models install {pack.name}` fetches it anew; "
            "`album models use basic` goes on without it.",
        )
    return pack.files[0].path


def judged(
    slugs: Sequence[str], scores: NDArray[np.floating], threshold: float
) -> tuple[tuple[TagScore, ...], tuple[TagScore, ...]]:
    """Tags over the threshold, and the highest of all, of one picture; highest first."""
    order = np.argsort(-scores, kind="stable")[:RANKED]
    return split(((slugs[n], round(min(1.0, float(scores[n])), 4)) for n in order), threshold)


def split(
    ranked: Iterable[tuple[str, float]], threshold: float
) -> tuple[tuple[TagScore, ...], tuple[TagScore, ...]]:
    """Tags over the threshold, and all; nobody has judged how often they are right."""
    told = tuple(TagScore(slug, score, Certainty.EXPERIMENTAL) for slug, score in ranked)
    return tuple(one for one in told if one.score >= threshold), told
