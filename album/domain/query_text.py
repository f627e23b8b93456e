"""Queries as text: the parser is lenient (people type), the printer exact: parse(print(q)) == q."""

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from album.domain.colours import COLOURS
from album.domain.query import FLAGS, KINDS, DateTerm, FacetTerm, Query, RatingTerm, Term, WordTerm
from album.domain.tag import Facet, Tag
from album.domain.taxonomy import Taxonomy, slugify
from album.errors import QueryProblem

_PREFIX = re.compile(r"([A-Za-z]+):")
_DAY = r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?"
_DATES = re.compile(rf"(?:{_DAY})?(\.\.)?(?:{_DAY})?", re.ASCII)
_MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september",
           "october", "november", "december")  # fmt: skip
_MONTH_YEAR = re.compile(
    rf"({'|'.join(f'{name}|{name[:3]}' for name in _MONTHS)})\s+(\d{{4}})(?=\s|$)",
    re.ASCII | re.IGNORECASE,
)
_RATING = re.compile(
    r"(?P<sign>[<>]=?)?(?P<one>-?\d{1,4})|(?P<low>-?\d{1,4})?\.\.(?P<high>-?\d{1,4})?", re.ASCII
)
_LIKELY_YEARS = range(1800, 2200)
"""A bare number outside is a word (`1080`, `0042`), unless `date:` stands before it."""

_OR = re.compile(r"(?:or|或|或者)(?=\s|$)", re.IGNORECASE)
"""Between values of one facet; in quotes it is a word."""

_REFUSED, _LOWEST, _HIGHEST = -1, 0, 5
_FACETS: dict[str, Facet] = {facet.value: facet for facet in Facet} | {"color": Facet.COLOUR}
_VALUES = {Facet.KIND: KINDS, Facet.FLAG: FLAGS, Facet.COLOUR: tuple(tag.slug for tag in COLOURS)}
"""Facets of which all values are known; a value of any other may come with the next photo."""

_FORMS = {
    "date": "Dates are 2024, 2024-07, 2024-07-12, July 2024 or 2024-07..2024-08.",
    "rating": "Ratings are 0 to 5: rating:4, rating:3..5, rating:>3.",
}


@dataclass(frozen=True, slots=True)
class Meaning:
    """A word of a query that finds a value by another of its words («holiday»: `travel`)."""

    word: str
    facet: Facet
    slug: str


@dataclass(frozen=True, slots=True)
class Understood:
    """A text as it was read.

    Attributes:
        query: what it means, read leniently: people are still typing.
        wrong: parts that mean nothing as they stand; they set no condition, or are words.
        doubts: parts that may be meant otherwise, one sentence each.
        meanings: words that stand for something of another name.
    """

    query: Query
    wrong: tuple[QueryProblem, ...] = ()
    doubts: tuple[str, ...] = ()
    meanings: tuple[Meaning, ...] = ()


def read_query(text: str, taxonomy: Taxonomy) -> Understood:
    """The query that a text means, and what is to be said about it; QueryProblem."""
    parser = _Parser(text, taxonomy)
    query = Query(tuple(parser.terms()))
    return Understood(query, tuple(parser.wrong), tuple(parser.doubts), tuple(parser.meanings))


def parse_query(text: str, taxonomy: Taxonomy) -> Query:
    """The query that a text means; whatever is no facet, date or rating is a word.

    QueryProblem only for alternatives that lie in different facets (`tag:beach,party`).

    Args:
        text: in the grammar of `album.domain.query`.
        taxonomy: says which facet knows the values of `tag:`.
    """
    return read_query(text, taxonomy).query


def print_query(query: Query) -> str:
    """The text that `parse_query` reads as this query."""
    return " ".join(_print(term) for term in query.terms)


class _Parser:
    """Reads a text from left to right; `_at` is the next character.

    Attributes:
        wrong, doubts, meanings: as in `Understood`, so far.
    """

    def __init__(self, text: str, taxonomy: Taxonomy) -> None:
        self._text = text
        self._at = 0
        self._taxonomy = taxonomy
        self.wrong: list[QueryProblem] = []
        self.doubts: list[str] = []
        self.meanings: list[Meaning] = []

    def tell(self, doubt: str) -> None:
        """Note that something was read leniently."""
        self.doubts.append(doubt)

    def terms(self) -> list[Term]:
        found: list[Term] = []
        while self._skip_space():
            if found and (word := _OR.match(self._text, self._at)):
                found[-1:] = self._alternatives(found[-1], word)
                continue
            negated = self._text[self._at] == "-"
            if negated:
                self._at += 1
                if self._at == len(self._text) or self._text[self._at].isspace():
                    self.wrong.append(
                        QueryProblem(
                            "A hyphen alone leaves nothing out.",
                            advice="Write the word right behind it: -night.",
                        )
                    )
                    continue
            found.append(self._term(negated))
        return found

    def _alternatives(self, before: Term, word: re.Match[str]) -> list[Term]:
        """What stands before an `or` with what stands behind it, as far as one facet has both."""
        self._at = word.end()
        if not self._skip_space() or self._text[self._at] == "-":
            return [before]  # the user is about to say what else
        after = self._term(negated=False)
        one, other = self._as_values(before), self._as_values(after)
        if one is not None and other is not None and one.facet is other.facet:
            return [FacetTerm(one.facet, tuple(dict.fromkeys((*one.values, *other.values))))]
        self.tell(
            f"{word[0]} joins values of one facet («beach or sunset»); here all is searched for."
        )
        return [before, after]

    def _as_values(self, term: Term) -> FacetTerm | None:
        """Values that a term asks for; None where it asks for none."""
        if isinstance(term, FacetTerm):
            return None if term.negated else term
        known = self._taxonomy.find(term.text) if isinstance(term, WordTerm) else None
        if known is None or term.negated:
            return None
        return FacetTerm(known.facet, (known.slug,))

    def _skip_space(self) -> bool:
        while self._at < len(self._text) and self._text[self._at].isspace():
            self._at += 1
        return self._at < len(self._text)

    def _term(self, negated: bool) -> Term:
        if self._text[self._at] == '"':
            return self._word(self._quoted(), negated)
        start = self._at
        prefix = _PREFIX.match(self._text, start)
        if prefix is not None:
            term = self._prefixed(prefix, negated)
            if term is not None:
                return term
            self._at = start
        if month := _MONTH_YEAR.match(self._text, start):
            number = [name[:3] for name in _MONTHS].index(month[1][:3].lower()) + 1
            term = _dates(f"{month[2]}-{number:02}", negated, likely=True)
            if term is not None:
                self._at = month.end()
                return term
        word = self._bare()
        return _dates(word, negated, likely=True) or self._word(word, negated)

    def _word(self, text: str, negated: bool) -> WordTerm:
        if self._text[self._at - 1] != '"' and _is_no_day(text):
            advice = f"{_FORMS['date']} In quotes it is a word."
            self.wrong.append(QueryProblem(f"There is no day or month {text}.", advice=advice))
        self._note_meaning(text, self._taxonomy.find(text))
        return WordTerm(text, negated)

    def _note_meaning(self, text: str, known: Tag | None) -> None:
        if known is not None:
            names = {known.slug, *map(slugify, known.names.values())}
            if slugify(text) not in names:
                self.meanings.append(Meaning(text, known.facet, known.slug))

    def _prefixed(self, prefix: re.Match[str], negated: bool) -> Term | None:
        """The term of `facet:value`; None where it must be a word."""
        name = prefix[1].lower()
        read = self._readers().get(name)
        self._at = prefix.end()
        if read is None:
            word = f"{prefix[0]}{self._bare()}"
            names = ", ".join(sorted(self._readers()))
            self.tell(
                f"{word} is searched for as a word: there is no facet {prefix[1]}."
                f" Facets are {names}."
            )
            return None
        values = self._values()
        term = read(values, negated)
        self._judge(name, self._text[prefix.start() : self._at], values, term)
        return term

    def _judge(self, name: str, said: str, values: tuple[str, ...], term: Term | None) -> None:
        """Note what is wrong with values, and what they mean."""
        if not values:
            self.wrong.append(
                QueryProblem(
                    f"{said} is without a value.",
                    advice="Write what you look for right behind the colon.",
                )
            )
        elif term is None:
            self.wrong.append(QueryProblem(f"{said} is no {name}.", advice=_FORMS[name]))
        if isinstance(term, FacetTerm):
            for value in term.values:
                self._judge_value(name, value, term.facet)

    def _judge_value(self, name: str, value: str, facet: Facet) -> None:
        known = (COLOURS if facet is Facet.COLOUR else self._taxonomy).find(value)
        if known is not None and known.facet is facet:
            self._note_meaning(value, known)
        elif slugify(value) not in _VALUES.get(facet, (slugify(value),)):
            possible = ", ".join((*KINDS, *FLAGS) if name == "is" else _VALUES[facet])
            self.wrong.append(
                QueryProblem(
                    f"{name}:{value} is nothing that photos can be.",
                    advice=f"Possible are {possible}.",
                )
            )

    def _readers(self) -> dict[str, Callable[[tuple[str, ...], bool], Term | None]]:
        def facet_reader(facet: Facet) -> Callable[[tuple[str, ...], bool], Term]:
            return lambda values, negated: FacetTerm(facet, values, negated)

        return {
            **{name: facet_reader(facet) for name, facet in _FACETS.items()},
            "tag": self._tag,
            "is": _is,
            "date": lambda values, negated: _dates(",".join(values), negated, likely=False),
            "rating": lambda values, negated: _rating(",".join(values), negated),
        }

    def _tag(self, values: tuple[str, ...], negated: bool) -> FacetTerm:
        known = [self._taxonomy.find(value) for value in values]
        facets = {tag.facet if tag else Facet.KEYWORD for tag in known}
        return FacetTerm(_one(facets, "tag", values), values, negated)

    def _values(self) -> tuple[str, ...]:
        """Values up to a space, separated by commas; empty ones count only in quotes."""
        values: list[str] = []
        while self._at < len(self._text) and not self._text[self._at].isspace():
            if self._text[self._at] == '"':
                values.append(self._quoted())
            elif value := self._bare(","):
                values.append(value)
            if self._at < len(self._text) and self._text[self._at] == ",":
                self._at += 1
            elif self._at < len(self._text) and not self._text[self._at].isspace():
                break  # something glued to a closing quote is a term of its own
        return tuple(values)

    def _bare(self, ends: str = "") -> str:
        start = self._at
        while self._at < len(self._text):
            sign = self._text[self._at]
            if sign.isspace() or sign in ends:
                break
            self._at += 1
        return self._text[start : self._at]

    def _quoted(self) -> str:
        """The text in quotes without its backslashes; a missing end is forgiven."""
        self._at += 1
        signs: list[str] = []
        while self._at < len(self._text):
            sign = self._text[self._at]
            self._at += 1
            if sign == '"':
                break
            if sign == "\\" and self._text[self._at : self._at + 1] in {'"', "\\"}:
                sign = self._text[self._at]
                self._at += 1
            signs.append(sign)
        else:
            self.tell(f'A closing quote is missing after "{"".join(signs)}.')
        return "".join(signs)


def _one(facets: set[Facet], prefix: str, values: tuple[str, ...]) -> Facet:
    if len(facets) > 1:
        raise QueryProblem(
            f"{prefix}:{','.join(values)} names values of different kinds.",
            advice="Write them as terms of their own.",
        )
    return next(iter(facets), Facet.KEYWORD)


def _is(values: tuple[str, ...], negated: bool) -> FacetTerm:
    facets = {Facet.KIND if value.casefold() in KINDS else Facet.FLAG for value in values}
    return FacetTerm(_one(facets, "is", values) if values else Facet.FLAG, values, negated)


def _dates(text: str, negated: bool, *, likely: bool) -> DateTerm | None:
    """The days of `2024`, `2024-05..2024-07`, `..2020`; None when the text is no date."""
    match = _DATES.fullmatch(text)
    if match is None or not (match[1] or match[5]):
        return None
    between = match[4] is not None
    if not between and match[1] and match[5]:
        return None
    if likely and any(year and int(year) not in _LIKELY_YEARS for year in (match[1], match[5])):
        return None
    try:
        first = _first_day(match[1], match[2], match[3]) if match[1] else date.min
        if between:
            last = _last_day(match[5], match[6], match[7]) if match[5] else date.max
        else:
            last = _last_day(match[1], match[2], match[3])
    except ValueError:
        return None  # there is no such day
    if first > last:
        return _dates("..".join(reversed(text.split(".."))), negated, likely=likely)
    return DateTerm(first, last, negated)


def _is_no_day(text: str) -> bool:
    """Whether it looks like a day or a month, but the calendar has none like it."""
    match = _DATES.fullmatch(text)
    if match is None or not (match[2] or match[6]):
        return False
    likely = all(int(year) in _LIKELY_YEARS for year in (match[1], match[5]) if year)
    return likely and _dates(text, negated=False, likely=True) is None


def _first_day(year: str, month: str | None, day: str | None) -> date:
    return date(int(year), int(month or 1), int(day or 1))


def _last_day(year: str, month: str | None, day: str | None) -> date:
    numbers = (int(year), int(month or 12))
    return date(*numbers, int(day) if day else monthrange(*date(*numbers, 1).timetuple()[:2])[1])


def _rating(text: str, negated: bool) -> RatingTerm | None:
    """The ratings of `4`, `>3`, `3..5`; None when there are none like it."""
    match = _RATING.fullmatch(text)
    if match is None:
        return None
    if match["one"]:
        ends = _beyond(match["sign"], int(match["one"]))
    elif match["low"] or match["high"]:
        ends = (int(match["low"] or _LOWEST), int(match["high"] or _HIGHEST))
        ends = (min(ends), max(ends)) if match["low"] and match["high"] else ends
    else:
        return None
    lowest, highest = max(ends[0], _REFUSED), min(ends[1], _HIGHEST)
    return RatingTerm(lowest, highest, negated) if lowest <= highest else None


def _beyond(sign: str | None, number: int) -> tuple[int, int]:
    """The ratings that are `>`, `>=`, `<`, `<=` or just this number."""
    if sign is None:
        return (number, number)
    if sign[0] == ">":
        return (number + (sign == ">"), _HIGHEST)
    return (_LOWEST, number - (sign == "<"))


def _print(term: Term) -> str:
    sign = "-" if term.negated else ""
    match term:
        case FacetTerm(facet, values):
            return f"{sign}{facet}:{','.join(_value(value) for value in values)}"
        case DateTerm(first, last):
            return sign + _days(first, last)
        case RatingTerm(lowest, highest):
            return f"{sign}rating:{lowest}..{highest}"
        case WordTerm(text):
            return sign + _word(text)


def _days(first: date, last: date) -> str:
    """The shortest text that means these days."""
    for length in (4, 7, 10):  # a year, a month, a day
        text = first.isoformat()[:length]
        if _dates(text, negated=False, likely=True) == DateTerm(first, last):
            return text
    return f"date:{first.isoformat()}..{last.isoformat()}"


def _value(value: str) -> str:
    plain = value and not any(sign.isspace() or sign in '",' for sign in value)
    return value if plain else _in_quotes(value)


def _word(text: str) -> str:
    """The word as it is where it reads as nothing else, else in quotes."""
    plain = not any(sign.isspace() for sign in text) and text[:1] not in {"", "-", '"'}
    month = _MONTH_YEAR.match(f"{text} 2000")  # a year that follows would make it a date
    other = month or _PREFIX.match(text) or _OR.match(text)
    if plain and not (other or _dates(text, negated=False, likely=True)):
        return text
    return _in_quotes(text)


def _in_quotes(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
