"""Which analysers and which segmenter are installed: found by entry point, imported by nobody."""

import logging
from collections.abc import Sequence
from importlib.metadata import EntryPoint, entry_points

from album.analysis.colours import ColourAnalyser
from album.analysis.packs import Capability, Pack, pack_networks
from album.analysis.protocol import Analyser, Segmenter
from album.analysis.quality import QualityAnalyser
from album.errors import PackProblem

ANALYSERS = "albumen.analysers"
SEGMENTERS = "albumen.segmenters"

_log = logging.getLogger(__name__)


def analysers(packs: Sequence[Pack] = ()) -> list[Analyser]:
    """One of each that is installed, by name; last those that need no weights, always there.

    Args:
        packs: look as well, beside the built-in ones.

    PackProblem when one is installed but cannot be imported.
    """
    own: list[Analyser] = [ColourAnalyser(), QualityAnalyser()]
    names = {one.name for one in own}
    found = [_make(point) for point in _points(ANALYSERS) if point.name not in names]
    looking = [pack for pack in packs if pack.capability is not Capability.SUBJECT]
    chosen = [pack_networks().analyser(pack) for pack in looking]
    return [*found, *chosen, *own]


def segmenter(packs: Sequence[Pack] = ()) -> Segmenter:
    """That of the packs, else the first that is installed.

    PackProblem when none is, or it cannot be imported.
    """
    for pack in packs:
        if pack.capability is Capability.SUBJECT:
            return pack_networks().segmenter(pack)
    for point in _points(SEGMENTERS):
        made: Segmenter = _make(point)
        return made
    raise PackProblem(
        "Nothing is installed that lifts subjects off their background.",
        advice="Install Albumen with its models.",
    )


def signature_of(analysers: Sequence[Analyser]) -> str:
    """What a photo was looked at by: sorted `name@revision`, joined by commas."""
    return ",".join(sorted(model_of(one) for one in analysers))


def model_of(analyser: Analyser) -> str:
    """`name@revision`, as stored with what it found."""
    return f"{analyser.name}@{analyser.revision}"


def _points(group: str) -> list[EntryPoint]:
    return sorted(entry_points(group=group), key=lambda point: point.name)


def _make(point: EntryPoint):  # type: ignore[no-untyped-def] # noqa: ANN202 (whatever it names)
    try:
        return point.load()()
    except (ImportError, AttributeError) as error:
        _log.info("entry point %s: %s", point.value, error)
        raise PackProblem(
            f"What looks at photos ({point.value}) cannot be loaded: {error}.",
            advice="Install Albumen anew; browsing works without it.",
        ) from error
