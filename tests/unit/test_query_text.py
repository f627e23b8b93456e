"""What people type becomes a query, and every query can be written down and read again."""

from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from album.domain.query import DateTerm, FacetTerm, Query, RatingTerm, Term, WordTerm, parts_of
from album.domain.query_text import Meaning, parse_query, print_query, read_query
from album.domain.tag import Facet, Tag
from album.domain.taxonomy import Taxonomy
from album.errors import QueryProblem

TAXONOMY = Taxonomy(
    [
        Tag("beach", Facet.SCENE, {"en": "beach", "zh": "海滩"}),
        Tag("party", Facet.EVENT, {"en": "party"}),
        Tag("wedding", Facet.EVENT, {"en": "wedding"}, synonyms=("marriage",)),
    ]
)


def parsed(text: str) -> tuple[Term, ...]:
    return parse_query(text, TAXONOMY).terms


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("", ()),
        ("   \n ", ()),
        ("beach", (WordTerm("beach"),)),
        ("beach sunset", (WordTerm("beach"), WordTerm("sunset"))),
        ("-night", (WordTerm("night", negated=True),)),
        ('"lake garda"', (WordTerm("lake garda"),)),
        ('-"lake garda"', (WordTerm("lake garda", negated=True),)),
        ("scene:beach", (FacetTerm(Facet.SCENE, ("beach",)),)),
        ("party or wedding", (FacetTerm(Facet.EVENT, ("party", "wedding")),)),
        ("party OR event:wedding", (FacetTerm(Facet.EVENT, ("party", "wedding")),)),
        ("海滩 或 scene:sky", (FacetTerm(Facet.SCENE, ("beach", "sky")),)),
        ("beach or", (WordTerm("beach"),)),
        ("beach or party", (WordTerm("beach"), WordTerm("party"))),
        ("or beach", (WordTerm("or"), WordTerm("beach"))),
        ('beach "or" party', (WordTerm("beach"), WordTerm("or"), WordTerm("party"))),
        ("-party or wedding", (WordTerm("party", negated=True), WordTerm("wedding"))),
        ("SCENE:beach,sunset", (FacetTerm(Facet.SCENE, ("beach", "sunset")),)),
        ('-camera:"Canon EOS 5D"', (FacetTerm(Facet.CAMERA, ("Canon EOS 5D",), negated=True),)),
        ('folder:"a,b",c', (FacetTerm(Facet.FOLDER, ("a,b", "c")),)),
        ("color:red", (FacetTerm(Facet.COLOUR, ("red",)),)),
        ("is:video", (FacetTerm(Facet.KIND, ("video",)),)),
        ("is:favourite", (FacetTerm(Facet.FLAG, ("favourite",)),)),
        ("is:", (FacetTerm(Facet.FLAG, ()),)),
        ("tag:beach", (FacetTerm(Facet.SCENE, ("beach",)),)),
        ("tag:海滩", (FacetTerm(Facet.SCENE, ("海滩",)),)),
        ("tag:party,wedding", (FacetTerm(Facet.EVENT, ("party", "wedding")),)),
        ("tag:grandma", (FacetTerm(Facet.KEYWORD, ("grandma",)),)),
        ("tag:", (FacetTerm(Facet.KEYWORD, ()),)),
        ("2024", (DateTerm(date(2024, 1, 1), date(2024, 12, 31)),)),
        ("2024-02", (DateTerm(date(2024, 2, 1), date(2024, 2, 29)),)),
        ("July 2024", (DateTerm(date(2024, 7, 1), date(2024, 7, 31)),)),
        ("-feb  2024", (DateTerm(date(2024, 2, 1), date(2024, 2, 29), negated=True),)),
        ("may 1080", (WordTerm("may"), WordTerm("1080"))),
        ("may 20245", (WordTerm("may"), WordTerm("20245"))),
        ("Julyish 2024", (WordTerm("Julyish"), DateTerm(date(2024, 1, 1), date(2024, 12, 31)))),
        ('"July" 2024', (WordTerm("July"), DateTerm(date(2024, 1, 1), date(2024, 12, 31)))),
        ("2024-02-03", (DateTerm(date(2024, 2, 3), date(2024, 2, 3)),)),
        ("-2024", (DateTerm(date(2024, 1, 1), date(2024, 12, 31), negated=True),)),
        ("2023-11..2024-02", (DateTerm(date(2023, 11, 1), date(2024, 2, 29)),)),
        ("2023..", (DateTerm(date(2023, 1, 1), date.max),)),
        ("..2023", (DateTerm(date.min, date(2023, 12, 31)),)),
        ("date:0042", (DateTerm(date(42, 1, 1), date(42, 12, 31)),)),
        ("rating:3..5", (RatingTerm(3, 5),)),
        ("rating:4", (RatingTerm(4, 4),)),
        ("rating:3..", (RatingTerm(3, 5),)),
        ("rating:..2", (RatingTerm(0, 2),)),
        ("rating:>3", (RatingTerm(4, 5),)),
        ("rating:>=3", (RatingTerm(3, 5),)),
        ("rating:<3", (RatingTerm(0, 2),)),
        ("rating:<=3", (RatingTerm(0, 3),)),
        ("rating:5..2", (RatingTerm(2, 5),)),
        ("rating:9..1", (RatingTerm(1, 5),)),
        ("2024-08..2024-07", (DateTerm(date(2024, 7, 1), date(2024, 8, 31)),)),
        ("-rating:-1", (RatingTerm(-1, -1, negated=True),)),
    ],
)
def test_typed_text_is_understood(text: str, terms: tuple[Term, ...]) -> None:
    assert parsed(text) == terms


@pytest.mark.parametrize(
    "word",
    ["1080", "0042", "2024-13", "2024-02-31", "2024..abc", "20244", "20242025", "..",
     "2023..2024..2025", "http://x", "colour", "rating:many", "rating:", "rating:3.5", "rating:6",
     "rating:>5", "rating:..", "rating:12345",
     "date:soon", "a-b", "it's",
     "a:b", "2024.01", "IMG_2024"],
)  # fmt: skip
def test_what_is_nothing_else_is_a_word(word: str) -> None:
    assert parsed(word) == (WordTerm(word),)


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ('"lake', (WordTerm("lake"),)),
        ("-", ()),
        ("beach -", (WordTerm("beach"),)),
        ("--x", (WordTerm("-x", negated=True),)),
        ("scene:", (FacetTerm(Facet.SCENE, ()),)),
        ("scene:a,,b,", (FacetTerm(Facet.SCENE, ("a", "b")),)),
        ('scene:"a"b', (FacetTerm(Facet.SCENE, ("a",)), WordTerm("b"))),
        ('scene:"a', (FacetTerm(Facet.SCENE, ("a",)),)),
        ('"a"b', (WordTerm("a"), WordTerm("b"))),
        ('"a\\"b\\\\c\\d"', (WordTerm('a"b\\c\\d'),)),
        ('"a\\', (WordTerm("a\\"),)),
    ],
)
def test_half_typed_text_is_forgiven(text: str, terms: tuple[Term, ...]) -> None:
    assert parsed(text) == terms


@pytest.mark.parametrize("text", ["tag:beach,party", "is:video,favourite", "-tag:beach,grandma"])
def test_alternatives_of_two_facets_are_refused_with_advice(text: str) -> None:
    with pytest.raises(QueryProblem) as caught:
        parsed(text)
    assert "terms of their own" in caught.value.advice


@pytest.mark.parametrize(
    "text",
    ["beach -night 2024", "scene:beach,sunset", '"lake garda"', "2024-05", "2024-05-06", "..2020",
     "2023-11..2024-02", "rating:3..5", "-kind:video", "year:2024"],
)  # fmt: skip
def test_printing_stays_close_to_what_people_type(text: str) -> None:
    printed = print_query(parse_query(text, TAXONOMY))
    assert parse_query(printed, TAXONOMY) == parse_query(text, TAXONOMY)
    if ".." not in text or "rating" in text:
        assert printed == text


_ODD = st.sampled_from([*'"\\-:, \n\x00海', "\u3000", "..", "2024", "tag:"])
_TEXTS = st.one_of(st.text(), st.lists(st.one_of(_ODD, st.text(max_size=3))).map("".join))
_TERMS = st.one_of(
    st.builds(
        FacetTerm,
        st.sampled_from(Facet),
        st.lists(_TEXTS, max_size=3).map(tuple),
        st.booleans(),
    ),
    st.builds(WordTerm, _TEXTS, st.booleans()),
    st.builds(
        lambda days, negated: DateTerm(min(days), max(days), negated),
        st.tuples(st.dates(), st.dates()),
        st.booleans(),
    ),
    st.builds(
        lambda ends, negated: RatingTerm(min(ends), max(ends), negated),
        st.tuples(st.integers(-1, 5), st.integers(-1, 5)),
        st.booleans(),
    ),
)


@given(st.lists(_TERMS, max_size=4).map(lambda terms: Query(tuple(terms))))
@example(Query((WordTerm(""), FacetTerm(Facet.SCENE, ("",)))))
@example(Query((WordTerm("2024"), WordTerm("scene:beach"), WordTerm("-x"), WordTerm('a"b'))))
def test_every_query_survives_being_written_down(query: Query) -> None:
    assert parse_query(print_query(query), TAXONOMY) == query


@given(_TEXTS)
def test_no_text_is_an_accident(text: str) -> None:
    try:
        query = parse_query(text, TAXONOMY)
    except QueryProblem:
        return
    assert parse_query(print_query(query), TAXONOMY) == query


def test_a_month_beside_a_year_stays_the_word_that_it_is() -> None:
    query = Query((WordTerm("may"), DateTerm(date(2024, 1, 1), date(2024, 12, 31))))
    assert parse_query(print_query(query), TAXONOMY) == query


@pytest.mark.parametrize(
    ("text", "doubts"),
    [
        ("bogus:zzz beach", ("bogus:zzz is searched for as a word: there is no facet bogus.",)),
        ('beach "lake garda', ('A closing quote is missing after "lake garda.',)),
        ('camera:"Canon', ('A closing quote is missing after "Canon.',)),
        ('"bogus:zzz" "lake garda" scene:beach 12:30 2024 rating:3..5', ()),
        ("", ()),
    ],
)
def test_what_may_be_meant_otherwise_is_said(text: str, doubts: tuple[str, ...]) -> None:
    found = read_query(text, TAXONOMY).doubts
    assert len(found) == len(doubts)
    assert all(one.startswith(start) for one, start in zip(found, doubts, strict=True))


@pytest.mark.parametrize(
    ("text", "said", "advice"),
    [
        ("-rating:many", "rating:many is no rating.", "rating:3..5"),
        ("rating:7", "rating:7 is no rating.", "0 to 5"),
        ("date:soon", "date:soon is no date.", "2024-07"),
        ("beach 2024-13", "There is no day or month 2024-13.", "In quotes it is a word"),
        ("2024-05..2024-02-31", "There is no day or month 2024-05..2024-02-31.", "2024-07"),
        ("is:nonsense", "is:nonsense is nothing that photos can be.", "video, favourite"),
        ("flag:odd", "flag:odd is nothing that photos can be.", "untagged"),
        ("color:nonsense", "color:nonsense is nothing that photos can be.", "red, orange"),
        ("scene:", "scene: is without a value.", "behind the colon"),
        ("rating:", "rating: is without a value.", "behind the colon"),
        ("beach -", "A hyphen alone leaves nothing out.", "-night"),
    ],
)
def test_what_means_nothing_is_said_with_what_is_possible(
    text: str, said: str, advice: str
) -> None:
    (problem,) = read_query(text, TAXONOMY).wrong
    assert problem.text == said
    assert advice in problem.advice


@pytest.mark.parametrize(
    "text",
    ["beach -night 2024", '"2024-13"', "20242025", "IMG_2024-13", "0042-13", "is:Video",
     "colour:红色", "scene:nobody-has-it", "rating:9..1", "kind:photo", "12:30", ""],
)  # fmt: skip
def test_what_means_something_is_not_wrong(text: str) -> None:
    assert not read_query(text, TAXONOMY).wrong


def test_a_word_that_stands_for_something_of_another_name_is_told() -> None:
    wedding = Meaning("marriage", Facet.EVENT, "wedding")
    for text in ("marriage", "event:marriage", "tag:marriage", '"marriage"'):
        assert read_query(text, TAXONOMY).meanings == (wedding,)
    assert read_query("colour:crimson", TAXONOMY).meanings == (
        Meaning("crimson", Facet.COLOUR, "red"),
    )
    assert read_query("Wedding 海滩 scene:beach event:beach crimson", TAXONOMY).meanings == ()


def test_a_query_falls_into_its_parts() -> None:
    query = parse_query("scene:beach,sky -night 2024", TAXONOMY)
    assert [print_query(one) for one in parts_of(query)] == [
        "scene:beach", "scene:sky", "night", "2024",
    ]  # fmt: skip
