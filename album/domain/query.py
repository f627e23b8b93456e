"""What a user asks for: a conjunction of terms, each of which may be negated.

Grammar (what the search field, the command and saved albums all speak):

    query  := term* [term 'or' term]        every term must hold; `or` joins values of one facet
    term   := ['-'] ( facet ':' value (',' value)* | date | phrase )
    facet  := scene event thing style keyword colour camera year folder kind flag
              tag is rating date
    value  := word | '"' any text '"'       values of one term are alternatives (or)
    date   := YYYY | YYYY-MM | YYYY-MM-DD | month YYYY | date '..' date
    phrase := word | '"' any text '"'       a tag's name, a word of title, description, camera,
                                           file or folder name

In quotes, a backslash stands before a quote that belongs to the text. `is:video` is `kind:video`,
`is:favourite` is `flag:favourite`; `tag:x` takes x from whatever facet knows it; `rating:3..5`,
`rating:>3`. Of two days or ratings the earlier or lower one may stand behind.
`parse_query(print_query(query)) == query` for every query (`album.domain.query_text`).
"""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from album.domain.tag import Facet

KINDS = ("photo", "video")
"""Values of Facet.KIND."""

FLAGS = ("favourite", "review", "problem", "untagged", "offline")
"""Values of Facet.FLAG."""


@dataclass(frozen=True, slots=True)
class FacetTerm:
    """One of these values of the facet; tags count with their descendants.

    A term without values sets no condition.
    """

    facet: Facet
    values: tuple[str, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class WordTerm:
    """A word or quoted phrase: a tag's name, or text of the photo."""

    text: str
    negated: bool = False


@dataclass(frozen=True, slots=True)
class DateTerm:
    """Taken on one of the days first to last, both included."""

    first: date
    last: date
    negated: bool = False


@dataclass(frozen=True, slots=True)
class RatingTerm:
    """Rated at least `lowest` and at most `highest` (0 to 5)."""

    lowest: int
    highest: int
    negated: bool = False


Term = FacetTerm | WordTerm | DateTerm | RatingTerm


@dataclass(frozen=True, slots=True)
class Query:
    """Photos for which every term holds; no term: all photos."""

    terms: tuple[Term, ...] = ()


def parts_of(query: Query) -> list[Query]:
    """All that a query asks for or leaves out, each value a query of its own that asks for it."""
    parts: list[Query] = []
    for term in query.terms:
        wanted = replace(term, negated=False)
        if isinstance(wanted, FacetTerm):
            parts += (Query((replace(wanted, values=(one,)),)) for one in wanted.values)
        else:
            parts.append(Query((wanted,)))
    return parts


class Sort(StrEnum):
    """The order of the photos that match."""

    NEWEST = "newest"
    OLDEST = "oldest"
    QUALITY = "quality"  # best first
    NAME = "name"  # of the file
    SCORE = "score"  # of the tags that the query asks for, surest first
