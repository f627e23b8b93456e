"""Photos that match a query, in order, and the counts of every facet value under it."""

import json
import sqlite3
import threading
from collections.abc import Collection, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches

import numpy as np
from numpy.typing import NDArray

from album.domain.photo import PhotoId
from album.domain.query import DateTerm, FacetTerm, Query, RatingTerm, Sort, Term, WordTerm
from album.domain.tag import Facet
from album.domain.taxonomy import Taxonomy, slugify
from album.storage.columns import Ordered, PhotoColumns
from album.storage.facets import TAG_FACETS, FacetCount, FacetIndex
from album.storage.fulltext import find_text
from album.storage.postings import Flags, Selection, widened

_EPOCH_DAY = date(1970, 1, 1).toordinal()
_SCORES = """
    SELECT group_concat(photo_id),
           group_concat(CASE WHEN state = 'suggested' THEN coalesce(score, 0) ELSE 1 END)
    FROM photo_tag JOIN tag ON tag.id = tag_id
    WHERE state <> 'rejected' AND slug IN (SELECT value FROM json_each(?)) GROUP BY tag_id
"""
_SUGGEST_WITHIN_S = 0.01
_KEPT_WORDS = 64
"""Words whose photos are remembered between two changes of the library."""


@dataclass(frozen=True, slots=True)
class Page:
    """All photos that match, in order, with what it takes to lay them out.

    Attributes:
        ids: photo ids.
        total: how many.
        videos: how many of them are videos.
        aspect: width by height of each.
        day: the day each was taken, in days since 1970.
        colour: average colour of each, 0xRRGGBB, -1 where not known.
        video: whether each is a video.
    """

    ids: NDArray[np.int32]
    total: int
    videos: int
    aspect: NDArray[np.float32]
    day: NDArray[np.int32]
    colour: NDArray[np.int32]
    video: NDArray[np.bool_]


class Browser:
    """Answers the questions of the window: which photos, in which order, and how many of what.

    Reads what it needs when it is first asked: a page without facets or words needs only columns,
    and does not wait for the facets to be read. Thread-safe; an update waits for an answer being
    worked out (milliseconds), and vice versa. The lock of the facets is taken before that of the
    columns.

    Args:
        index: facet values.
        columns: order and layout.
        taxonomy: meanings of words.
    """

    def __init__(self, index: FacetIndex, columns: PhotoColumns, taxonomy: Taxonomy) -> None:
        self.index = index
        self.columns = columns
        self._taxonomy = taxonomy
        self._index_lock = threading.Lock()
        self._columns_lock = threading.Lock()
        self._columns_loaded = False
        self._index_loaded = False
        self._words: dict[str, Flags] = {}
        self._names: Ordered | None = None

    def load(self, connection: sqlite3.Connection) -> None:
        """Read everything now, or again."""
        with self._index_lock, self._columns_lock:
            self._columns_loaded = self._index_loaded = False
            self._forget()
            self._have_columns(connection)
            self._have_index(connection)

    def update(self, connection: sqlite3.Connection, ids: Collection[PhotoId] | None) -> None:
        """Read these photos (None: all) again, as far as anything was read before."""
        with self._index_lock, self._columns_lock:
            self._forget()
            if ids is None:
                self._columns_loaded = self._index_loaded = False
            if self._columns_loaded:
                self.columns.update(connection, ids or ())
            if self._index_loaded:
                self.index.update(connection, ids or ())

    @contextmanager
    def _ready(self, connection: sqlite3.Connection, *, index: bool) -> Iterator[None]:
        """Nothing changes meanwhile; the columns are there, and the facets where they are asked."""
        with ExitStack() as held:
            if index:
                held.enter_context(self._index_lock)
                self._have_index(connection)
            held.enter_context(self._columns_lock)
            self._have_columns(connection)
            yield

    @property
    def is_loaded(self) -> bool:
        """Whether pages come from memory."""
        return self._columns_loaded

    def _have_columns(self, connection: sqlite3.Connection) -> None:
        if not self._columns_loaded:
            self.columns.load(connection)
            self._columns_loaded = True

    def _have_index(self, connection: sqlite3.Connection) -> None:
        if not self._index_loaded:
            self.index.load(connection)
            self._index_loaded = True

    def _forget(self) -> None:
        self._words.clear()
        self._names = None

    def find(self, connection: sqlite3.Connection, query: Query, sort: Sort = Sort.NEWEST) -> Page:
        """The photos for which every term holds."""
        with self._ready(connection, index=sort is Sort.SCORE or _needs_index(query)):
            matching = self._matching(connection, query.terms)
            found = self._order(connection, sort).where(matching)
            if sort is Sort.SCORE:
                found = self._surest_first(connection, query, found)
            return Page(
                ids=found.ids,
                aspect=found.aspect,
                day=found.day,
                colour=found.colour,
                total=len(found.ids),
                videos=int(np.count_nonzero(found.video)),
                video=found.video.astype(np.bool_, copy=False),
            )

    def counts(
        self,
        connection: sqlite3.Connection,
        query: Query,
        facets: Iterable[Facet] = tuple(Facet),
    ) -> dict[Facet, list[FacetCount]]:
        """Every value of these facets with its count under the query.

        Values of one facet are alternatives, so a facet's own choice is left out of its counts.
        Values that lead to an empty page are left out, unless chosen. An excluded value comes with
        the photos that it holds back.
        """
        with self._ready(connection, index=True):
            whole = self._selection(connection, query.terms)
            return {facet: self._counts(connection, query, facet, whole) for facet in facets}

    def _counts(
        self, connection: sqlite3.Connection, query: Query, facet: Facet, whole: Selection
    ) -> list[FacetCount]:
        own = [term for term in query.terms if isinstance(term, FacetTerm) and term.facet is facet]
        chosen = self._slugs(own, negated=False)
        excluded = self._slugs(own, negated=True)
        if chosen:
            others = [term for term in query.terms if term.negated or term not in own]
            whole = self._selection(connection, others)
        held = None
        if excluded:
            held = self._selection(connection, [term for term in query.terms if term not in own])
        return self.index.counts(facet, whole, chosen, excluded, held)

    def _slugs(self, terms: Iterable[FacetTerm], *, negated: bool) -> list[str]:
        return [
            slug
            for term in terms
            if term.negated is negated
            for value in term.values
            for slug in self.index.resolve(term.facet, value)
        ]

    def keyword(self, slug: str) -> str:
        """A keyword as it was written; its slug in words while nobody has it."""
        name = self.index.name(Facet.KEYWORD, slug)
        return slug.replace("-", " ") if name == slug else name

    def suggest(self, text: str, limit: int = 5) -> list[str]:
        """Names of tags in use that begin with the text or are spelled nearly like it.

        Does not wait: none while the facets are being read.
        """
        wanted = slugify(text)
        if not wanted or not self._index_lock.acquire(timeout=_SUGGEST_WITHIN_S):
            return []
        try:
            names = {
                slugify(self.index.name(facet, slug)): self.index.name(facet, slug)
                for facet in sorted(TAG_FACETS)
                for slug in self.index.slugs(facet)
            }
        finally:
            self._index_lock.release()
        begun = sorted((name for name in names if name.startswith(wanted)), key=len)
        near = get_close_matches(wanted, names, n=limit, cutoff=0.6)
        return [names[name] for name in dict.fromkeys([*begun, *near])][:limit]

    def _selection(self, connection: sqlite3.Connection, terms: Iterable[Term]) -> Selection:
        """The same as `_matching`, as wide as the index."""
        return Selection(_fitted(self._matching(connection, terms), self.index.width))

    def _matching(self, connection: sqlite3.Connection, terms: Iterable[Term]) -> Flags:
        """Visible photos for which every term holds, as wide as the columns."""
        matching = self.columns.visible.copy()
        for term in terms:
            holds = self._holds(connection, term)
            if holds is not None:
                holds = _fitted(holds, len(matching))
                matching &= ~holds if term.negated else holds
        return matching

    def _holds(self, connection: sqlite3.Connection, term: Term) -> Flags | None:
        """Photos for which the term (without its minus) holds; None where it sets no condition."""
        match term:
            case FacetTerm(facet, values):
                return self.index.flags(facet, values) if values else None
            case WordTerm(text):
                return self._word(connection, text)
            case DateTerm(first, last):
                low, high = sorted((first.toordinal() - _EPOCH_DAY, last.toordinal() - _EPOCH_DAY))
                day = self.columns.day
                return (day >= low) & (day <= high)
            case RatingTerm(lowest, highest):
                rating = self.columns.rating
                return (rating >= lowest) & (rating <= highest)

    def _word(self, connection: sqlite3.Connection, text: str) -> Flags:
        if text not in self._words:
            if len(self._words) >= _KEPT_WORDS:
                self._words.pop(next(iter(self._words)))
            self._words[text] = self._find_word(connection, text)
        return self._words[text]

    def _find_word(self, connection: sqlite3.Connection, text: str) -> Flags:
        """Photos with a tag of this name, or with the word in a keyword or in their text."""
        flags = self.index.flags(Facet.KEYWORD, (text,))
        known = self._taxonomy.find(text)
        if known is not None:
            flags |= self.index.flags(known.facet, (known.slug,))
        ids = np.array(find_text(connection, text), np.int64)
        flags[ids[ids < len(flags)]] = True
        return flags

    def _order(self, connection: sqlite3.Connection, sort: Sort) -> Ordered:
        """All photos in this order; for SCORE the newest first, as those of equal score stand."""
        if sort is not Sort.NAME:
            return self.columns.order(Sort.NEWEST if sort is Sort.SCORE else sort)
        if self._names is None:
            names = _by_name(connection)
            self._names = self.columns.arranged(names[self._exists(names)])
        return self._names

    def _exists(self, ids: NDArray[np.int32]) -> Flags:
        """Whether the columns know these photos: the library may be ahead of them."""
        exists = self.columns.exists
        return (ids < len(exists)) & exists[np.minimum(ids, len(exists) - 1)]

    def _surest_first(
        self, connection: sqlite3.Connection, query: Query, found: Ordered
    ) -> Ordered:
        """Photos by the score of the tags that the query asks for; else as they were.

        What a person or the file says is sure.
        """
        slugs = self._asked(query)
        if not slugs:
            return found
        scores = np.zeros(len(self.columns.exists), np.float32)
        for text_ids, text_scores in connection.execute(_SCORES, (json.dumps(slugs),)):
            ids = np.fromstring(text_ids, np.int32, sep=",")
            values = np.fromstring(text_scores, np.float32, sep=",")
            known = self._exists(ids)
            np.maximum.at(scores, ids[known], values[known])
        places = np.argsort(-scores[found.ids], kind="stable")
        return self.columns.arranged(found.ids[places])

    def _asked(self, query: Query) -> list[str]:
        """Slugs of tags that the query asks for."""
        asked: list[str] = []
        for term in query.terms:
            if term.negated:
                continue
            if isinstance(term, FacetTerm) and term.facet in TAG_FACETS:
                for value in term.values:
                    asked += self.index.resolve(term.facet, value)
            elif isinstance(term, WordTerm):
                known = self._taxonomy.find(term.text)
                asked.append(known.slug if known else slugify(term.text))
        return asked


def _needs_index(query: Query) -> bool:
    """Whether facets have to be read to find what is asked."""
    return any(isinstance(term, FacetTerm | WordTerm) for term in query.terms)


def _fitted(flags: Flags, width: int) -> Flags:
    """Flags of exactly this width; photos beyond it have none."""
    return widened(flags, width)[:width]


def _by_name(connection: sqlite3.Connection) -> NDArray[np.int32]:
    """Photos by the name of their first present file; case does not matter."""
    rows = connection.execute(
        "SELECT photo_id, min(shown) FROM file WHERE state = 'present' GROUP BY photo_id"
    )
    named = sorted((shown.rpartition("/")[2].casefold(), photo_id) for photo_id, shown in rows)
    return np.array([photo_id for _, photo_id in named], np.int32)
