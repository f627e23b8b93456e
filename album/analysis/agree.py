"""Of a tag that several analysers give to one picture, the surest one counts."""

from collections.abc import Sequence
from dataclasses import replace

from album.analysis.protocol import Findings
from album.domain.tag import Certainty


def agreed(findings: Sequence[Findings]) -> list[Findings]:
    """What each analyser found in one picture, every tag only where its score is highest.

    No broader tag ends up below a narrower one, since that holds for each of the analysers. It is
    as certain as the most certain of them makes it.
    """
    best: dict[str, tuple[float, int]] = {}
    certainty: dict[str, Certainty | None] = {}
    for place, found in enumerate(findings):
        for tag in found.tags:
            certainty[tag.slug] = Certainty.surest(certainty.get(tag.slug), tag.certainty)
            if tag.slug not in best or tag.score > best[tag.slug][0]:
                best[tag.slug] = (tag.score, place)
    return [
        replace(
            found,
            tags=tuple(
                replace(tag, certainty=certainty[tag.slug])
                for tag in found.tags
                if best[tag.slug][1] == place
            ),
        )
        for place, found in enumerate(findings)
    ]
