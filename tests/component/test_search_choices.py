"""Clicks on facets and chips: from one query to the next."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from album.domain.query import DateTerm, FacetTerm, Query, RatingTerm, Term, WordTerm
from album.domain.tag import Facet
from album_ui.search import choices

facets = st.sampled_from((Facet.SCENE, Facet.EVENT, Facet.THING))
values = st.sampled_from(("beach", "sunset", "night", "dog"))
terms: st.SearchStrategy[Term] = st.one_of(
    st.builds(
        FacetTerm,
        facets,
        st.lists(values, min_size=1, max_size=3, unique=True).map(tuple),
        st.booleans(),
    ),
    st.builds(WordTerm, values, st.booleans()),
    st.just(RatingTerm(3, 5)),
    st.just(DateTerm(date(2025, 1, 1), date(2025, 12, 31))),
)
queries = st.lists(terms, max_size=5).map(lambda some: Query(tuple(some)))


@given(queries, facets, values)
def test_a_click_chooses_and_a_second_one_takes_it_back(
    query: Query, facet: Facet, value: str
) -> None:
    untouched = choices.dropped(query, facet, value)
    chosen = choices.toggled(untouched, facet, value)
    assert value in choices.chosen(chosen, facet)
    assert value not in choices.excluded(chosen, facet)
    again = choices.toggled(chosen, facet, value)
    assert value not in choices.chosen(again, facet)


@given(queries, facets, values)
def test_a_value_is_chosen_or_excluded_never_both(query: Query, facet: Facet, value: str) -> None:
    excluded = choices.excluding(choices.dropped(query, facet, value), facet, value)
    assert value in choices.excluded(excluded, facet)
    assert value not in choices.chosen(excluded, facet)
    assert value not in choices.excluded(choices.excluding(excluded, facet, value), facet)


@given(queries, facets, values)
def test_only_leaves_other_facets_alone(query: Query, facet: Facet, value: str) -> None:
    result = choices.only(query, facet, value)
    assert choices.chosen(result, facet) == (value,)
    assert choices.excluded(result, facet) == ()
    for other in (Facet.SCENE, Facet.EVENT, Facet.THING):
        if other is not facet:
            assert choices.chosen(result, other) == choices.chosen(query, other)
    assert [one for one in result.terms if not isinstance(one, FacetTerm)] == [
        one for one in query.terms if not isinstance(one, FacetTerm)
    ]


@given(queries)
def test_taking_chips_away_one_by_one_leaves_nothing(query: Query) -> None:
    left = len(choices.chips(query))
    while query.terms:
        query = choices.without(query, choices.chips(query)[0])
        assert len(choices.chips(query)) == left - 1
        left -= 1
    assert left == 0


def test_alternatives_share_a_term_in_the_order_they_were_made() -> None:
    query = Query()
    for value in ("sunset", "beach"):
        query = choices.toggled(query, Facet.SCENE, value)
    query = choices.excluding(query, Facet.SCENE, "night")
    assert query.terms == (
        FacetTerm(Facet.SCENE, ("sunset", "beach")),
        FacetTerm(Facet.SCENE, ("night",), negated=True),
    )
