"""How clicks change a query: pure functions from one `Query` to the next.

A facet's chosen values stand in one term (they are alternatives), each excluded value in a term of
its own; terms keep the order in which they were made, so chips do.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from album.domain.query import FacetTerm, Query, Term
from album.domain.tag import Facet

Change = Callable[[Query, Facet, str], Query]
"""What a click on a value of a facet does to the query."""


@dataclass(frozen=True, slots=True)
class Chip:
    """One thing that is chosen: a term, or one value of a term.

    Attributes:
        term: its place among the query's terms.
        value: its place among the term's values; None where the term is one whole.
    """

    term: int
    value: int | None = None


def chosen(query: Query, facet: Facet) -> tuple[str, ...]:
    """The values of a facet that photos may have."""
    return tuple(value for one in _terms(query, facet, negated=False) for value in one.values)


def excluded(query: Query, facet: Facet) -> tuple[str, ...]:
    """The values of a facet that photos must not have."""
    return tuple(value for one in _terms(query, facet, negated=True) for value in one.values)


def toggled(query: Query, facet: Facet, value: str) -> Query:
    """The value is chosen beside the facet's others; where it was chosen or excluded, no longer."""
    if value in chosen(query, facet) or value in excluded(query, facet):
        return dropped(query, facet, value)
    for place, term in enumerate(query.terms):
        if isinstance(term, FacetTerm) and term.facet is facet and not term.negated:
            return _with(query, place, replace(term, values=(*term.values, value)))
    return Query((*query.terms, FacetTerm(facet, (value,))))


def excluding(query: Query, facet: Facet, value: str) -> Query:
    """The value is excluded; where it was already, no longer."""
    if value in excluded(query, facet):
        return dropped(query, facet, value)
    rest = dropped(query, facet, value)
    return Query((*rest.terms, FacetTerm(facet, (value,), negated=True)))


def only(query: Query, facet: Facet, value: str) -> Query:
    """The facet's one choice is this value; other facets stay as they are."""
    rest = tuple(
        term for term in query.terms if not (isinstance(term, FacetTerm) and term.facet is facet)
    )
    return Query((*rest, FacetTerm(facet, (value,))))


def dropped(query: Query, facet: Facet, value: str) -> Query:
    """The value is neither chosen nor excluded."""
    kept: list[Term] = []
    for term in query.terms:
        if isinstance(term, FacetTerm) and term.facet is facet and value in term.values:
            values = tuple(one for one in term.values if one != value)
            if values:
                kept.append(replace(term, values=values))
        else:
            kept.append(term)
    return Query(tuple(kept))


def chips(query: Query) -> list[Chip]:
    """What the query says, one by one, in the order it was made."""
    found: list[Chip] = []
    for place, term in enumerate(query.terms):
        if isinstance(term, FacetTerm):
            found.extend(Chip(place, value) for value in range(len(term.values)))
        else:
            found.append(Chip(place))
    return found


def without(query: Query, chip: Chip) -> Query:
    """The query with one chip taken away."""
    term = query.terms[chip.term]
    if isinstance(term, FacetTerm) and chip.value is not None and len(term.values) > 1:
        values = term.values[: chip.value] + term.values[chip.value + 1 :]
        return _with(query, chip.term, replace(term, values=values))
    return Query(query.terms[: chip.term] + query.terms[chip.term + 1 :])


def _terms(query: Query, facet: Facet, *, negated: bool) -> list[FacetTerm]:
    return [
        term
        for term in query.terms
        if isinstance(term, FacetTerm) and term.facet is facet and term.negated is negated
    ]


def _with(query: Query, place: int, term: Term) -> Query:
    return Query((*query.terms[:place], term, *query.terms[place + 1 :]))
