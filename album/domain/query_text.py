"""Queries as text: the parser is lenient (people type), the printer exact: parse(print(q)) == q."""

import re
from calendar import monthrange
from collections.abc import Callable
from datetime import date

from album.domain.query import DateTerm, FacetTerm, Query, RatingTerm, Term, WordTerm
from album.domain.tag import Facet
from album.domain.taxonomy import Taxonomy
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
_RATING = re.compile(r"(-?\d{1,4})?(\.\.)?(-?\d{1,4})?", re.ASCII)
_LIKELY_YEARS = range(1800, 2200)
"""A bare number outside is a word (`1080`, `0042`), unless `date:` stands before it."""

_OR = re.compile(r"(?:or|或|或者)(?=\s|$)", re.IGNORECASE)
"""Between values of one facet; in quotes it is a word."""

_LOWEST, _HIGHEST = 0, 5
_FACETS: dict[str, Facet] = {facet.value: facet for facet in Facet} | {"color": Facet.COLOUR}
_KINDS = frozenset({"photo", "video"})


def parse_query(text: str, taxonomy: Taxonomy) -> Query:
    """The query that a text means; whatever is no facet, date or rating is a word.

    QueryProblem only for alternatives that lie in different facets (`tag:beach,party`).

    Args:
        text: in the grammar of `album.domain.query`.
        taxonomy: says which facet knows the values of `tag:`.
    """
    return Query(tuple(_Parser(text, taxonomy).terms()))


def doubts_of(text: str, taxonomy: Taxonomy) -> tuple[str, ...]:
    """What of a text may be meant otherwise than it is read, one sentence each; QueryProblem."""
    parser = _Parser(text, taxonomy)
    parser.terms()
    return tuple(parser.doubts)


def print_query(query: Query) -> str:
    """The text that `parse_query` reads as this query."""
    return " ".join(_print(term) for term in query.terms)


class _Parser:
    """Reads a text from left to right; `_at` is the next character.

    Attributes:
        doubts: what was read leniently so far.
    """

    def __init__(self, text: str, taxonomy: Taxonomy) -> None:
        self._text = text
        self._at = 0
        self._taxonomy = taxonomy
        self.doubts: list[str] = []

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
                    continue  # a lone hyphen: the user is about to exclude something
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
        self.doubts.append(
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
            return WordTerm(self._quoted(), negated)
        start = self._at
        prefix = _PREFIX.match(self._text, start)
        if prefix is not None:
            read = self._readers().get(prefix[1].lower())
            self._at = prefix.end()
            term = read(self._values(), negated) if read is not None else None
            if term is not None:
                return term
            self._at = start
            self._doubt_prefix(prefix[1])
        if month := _MONTH_YEAR.match(self._text, start):
            number = [name[:3] for name in _MONTHS].index(month[1][:3].lower()) + 1
            term = _dates(f"{month[2]}-{number:02}", negated, likely=True)
            if term is not None:
                self._at = month.end()
                return term
        word = self._bare()
        return _dates(word, negated, likely=True) or WordTerm(word, negated)

    def _doubt_prefix(self, name: str) -> None:
        """What looks like `facet:value` is read as a word."""
        start, names = self._at, self._readers()
        word, self._at = self._bare(), start
        why = f"that is no {name}" if name.lower() in names else f"there is no facet {name}"
        self.doubts.append(
            f"{word} is searched for as a word: {why}. Facets are {', '.join(sorted(names))}."
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
            self.doubts.append(f'A closing quote is missing after "{"".join(signs)}.')
        return "".join(signs)


def _one(facets: set[Facet], prefix: str, values: tuple[str, ...]) -> Facet:
    if len(facets) > 1:
        raise QueryProblem(
            f"{prefix}:{','.join(values)} names values of different kinds.",
            advice="Write them as terms of their own.",
        )
    return next(iter(facets), Facet.KEYWORD)


def _is(values: tuple[str, ...], negated: bool) -> FacetTerm:
    facets = {Facet.KIND if value.casefold() in _KINDS else Facet.FLAG for value in values}
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
    return DateTerm(first, last, negated)


def _first_day(year: str, month: str | None, day: str | None) -> date:
    return date(int(year), int(month or 1), int(day or 1))


def _last_day(year: str, month: str | None, day: str | None) -> date:
    numbers = (int(year), int(month or 12))
    return date(*numbers, int(day) if day else monthrange(*date(*numbers, 1).timetuple()[:2])[1])


def _rating(text: str, negated: bool) -> RatingTerm | None:
    match = _RATING.fullmatch(text)
    if match is None or not (match[1] or match[3]):
        return None
    if match[2] is None:
        return RatingTerm(int(match[1]), int(match[1]), negated) if not match[3] else None
    return RatingTerm(int(match[1] or _LOWEST), int(match[3] or _HIGHEST), negated)


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
