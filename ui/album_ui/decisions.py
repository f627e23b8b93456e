"""What the user decided, in the words of the window."""

from typing import Final

from album.domain.taxonomy import Taxonomy
from album.session import Act, Decision
from album_ui import words
from album_ui.words import mark, tr

_SAID: Final = {
    Act.ACCEPTED: (mark("Accepted {tag} on {n} photo"), mark("Accepted {tag} on {n} photos")),
    Act.ADDED: (mark("Added {tag} on {n} photo"), mark("Added {tag} on {n} photos")),
    Act.REJECTED: (mark("Rejected {tag} on {n} photo"), mark("Rejected {tag} on {n} photos")),
    Act.TOOK_OFF: (mark("Took {tag} off {n} photo"), mark("Took {tag} off {n} photos")),
    Act.HEARTED: (mark("Made a favourite of {n} photo"), mark("Made favourites of {n} photos")),
    Act.UNHEARTED: (
        mark("Made no favourite of {n} photo"),
        mark("Made no favourites of {n} photos"),
    ),
    Act.RATED: (mark("Gave {stars} to {n} photo"), mark("Gave {stars} to {n} photos")),
}


def decision_words(decision: Decision, taxonomy: Taxonomy) -> str:
    """«Accepted beach on 3 photos», in the user's language."""
    if decision.act is Act.UNWATCHED:
        return tr("Stopped watching {folder}", folder=decision.name)
    if decision.act is None:
        return decision.text
    tag = decision.name
    if decision.slug in taxonomy:
        tag = taxonomy.name(decision.slug, words.language())
    one, many = _SAID[decision.act]
    stars = (
        words.count("{n} star", "{n} stars", decision.stars) if decision.stars else tr("no stars")
    )
    return words.count(one, many, len(decision.ids), tag=tag, stars=stars)
