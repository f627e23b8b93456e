"""Which photos have which value of which facet, in memory: counts follow every click at once."""

import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePath

import numpy as np

from album.domain.colours import COLOURS
from album.domain.photo import PhotoId
from album.domain.query import FLAGS, KINDS
from album.domain.tag import Facet, TagState
from album.domain.taxonomy import Taxonomy, slugify
from album.storage.fulltext import has_ideographs
from album.storage.postings import (
    NOBODY,
    Flags,
    Ids,
    Posting,
    Selection,
    Tally,
    as_ids,
    parsed_ids,
    union,
)

TAG_FACETS = frozenset({Facet.SCENE, Facet.EVENT, Facet.THING, Facet.STYLE, Facet.KEYWORD})
"""Facets whose values are tags; the others are read off the photo."""

_KNOWN_BY_PART = frozenset({Facet.CAMERA, Facet.FOLDER, Facet.KEYWORD})

FAVOURITE, REVIEW, PROBLEM, UNTAGGED, OFFLINE = FLAGS
PHOTO, VIDEO = KINDS

_WIDTH_STEP = 8192
"""The index grows in steps of this many photos."""


@dataclass(frozen=True, slots=True)
class FacetCount:
    """One value of a facet under a query.

    Attributes:
        count: photos of the query that have the value; the facet's own choice is left
            out of that query.
        chosen: whether the query asks for the value.
        excluded: whether it leaves the value out; `count` are then the photos that it holds back.
    """

    slug: str
    name: str
    count: int
    chosen: bool = False
    excluded: bool = False


@dataclass(frozen=True, slots=True)
class _Source:
    """A statement that yields slug, name and ids (as text) of a facet's values.

    `{only:column}` in it is where it can be narrowed to some photos.
    """

    facet: Facet
    sql: str


_SOURCES = (
    _Source(
        Facet.COLOUR,
        "SELECT name, name, group_concat(photo_id) FROM photo_colour WHERE {only:photo_id}"
        " GROUP BY name",
    ),
    _Source(
        Facet.CAMERA,
        "SELECT camera, camera, group_concat(id) FROM photo WHERE camera IS NOT NULL AND {only:id}"
        " GROUP BY camera",
    ),
    _Source(
        Facet.YEAR,
        "SELECT strftime('%Y', taken_s, 'unixepoch'), '', group_concat(id) FROM photo"
        " WHERE {only:id} GROUP BY strftime('%Y', taken_s, 'unixepoch')",
    ),
    _Source(
        Facet.FLAG,
        "SELECT 'favourite', 'favourite', group_concat(id) FROM photo"
        " WHERE favourite AND {only:id}",
    ),
    _Source(
        Facet.KIND,
        "SELECT 'video', 'video', group_concat(id) FROM photo WHERE kind = 'video' AND {only:id}",
    ),
    _Source(
        Facet.FLAG,
        "SELECT 'problem', 'problem', group_concat(DISTINCT photo_id) FROM problem"
        " WHERE photo_id IS NOT NULL AND {only:photo_id}",
    ),
)
_TAGS = (
    "SELECT slug, facet, name, state, group_concat(photo_id) FROM photo_tag"
    " JOIN tag ON tag.id = tag_id WHERE {only:photo_id} GROUP BY tag_id, state"
)
_FILES = (
    "SELECT folder.shown, folder.state, group_concat(photo_id) FROM file"
    " JOIN folder ON folder.id = folder_id WHERE file.state = 'present' AND {only:photo_id}"
    " GROUP BY folder_id"
)


class _Reader:
    """Runs the statements above for all photos, or for some.

    Args:
        connection: to read from.
        ids: the photos wanted; None for all.
    """

    def __init__(self, connection: sqlite3.Connection, ids: Ids | None) -> None:
        self._connection = connection
        self._ids = None if ids is None else json.dumps(ids.tolist())

    def rows(self, sql: str) -> Iterator[tuple[str, ...]]:
        """Rows of a statement, without those that concern no photo."""
        head, _, tail = sql.partition("{only:")
        column, _, tail = tail.partition("}")
        if self._ids is None:
            rows = self._connection.execute(f"{head}1{tail}")
        else:
            only = f"{column} IN (SELECT value FROM json_each(?))"  # noqa: S608 (a constant)
            rows = self._connection.execute(f"{head}{only}{tail}", (self._ids,))
        return (row for row in rows if row[-1] is not None)


def _roomy(width: int) -> int:
    """The width in whole steps."""
    return -(-width // _WIDTH_STEP) * _WIDTH_STEP


class FacetIndex:
    """Photos by facet value.

    Tags count with their descendants, unless a person rejected the broader tag on that photo;
    suggestions count, rejected tags do not. Not thread-safe: `Browser` takes care.

    Args:
        taxonomy: says which tag is part of which.
    """

    def __init__(self, taxonomy: Taxonomy) -> None:
        self._taxonomy = taxonomy
        self._postings: dict[Facet, dict[str, Posting]] = {facet: {} for facet in Facet}
        self._names: dict[Facet, dict[str, str]] = {facet: {} for facet in Facet}
        self._tallies: dict[Facet, Tally] = {}
        self._width = 0

    @property
    def width(self) -> int:
        """Photos the index has room for; all flags are this long."""
        return self._width

    def load(self, connection: sqlite3.Connection) -> None:
        """Read everything."""
        (highest,) = connection.execute("SELECT coalesce(max(id), 0) FROM photo").fetchone()
        self._postings = {facet: {} for facet in Facet}
        self._tallies.clear()
        self._width = _roomy(highest + 1)
        for facet, slug, name, ids in self._collected(connection, None):
            self._names[facet][slug] = name
            self._postings[facet][slug] = Posting(ids, self.width)
        self._derive(np.arange(self.width, dtype=np.int32))

    def update(self, connection: sqlite3.Connection, ids: Collection[PhotoId]) -> None:
        """Read these photos again: new, changed or gone."""
        if not ids:
            return
        changed = as_ids(ids)
        self._width = max(self._width, _roomy(int(changed[-1]) + 1))
        now: dict[Facet, dict[str, Ids]] = {facet: {} for facet in Facet}
        for facet, slug, name, photos in self._collected(connection, changed):
            self._names[facet][slug] = name
            now[facet][slug] = photos
        for facet, values in now.items():
            for slug in {*self._postings[facet], *values}:
                self._put(facet, slug, changed, values.get(slug, NOBODY))
        self._derive(changed)

    def _put(self, facet: Facet, slug: str, changed: Ids, now: Ids) -> None:
        """Let of the photos in `changed` exactly those in `now` have the value."""
        self._tallies.pop(facet, None)
        postings = self._postings[facet]
        posting = postings.get(slug)
        if posting is None:
            posting = postings[slug] = Posting(now, self.width)
        else:
            posting.replace(changed, now, self.width)
        if not len(posting):
            del postings[slug]

    def _collected(
        self, connection: sqlite3.Connection, ids: Ids | None
    ) -> Iterator[tuple[Facet, str, str, Ids]]:
        """Every value with its photos (of `ids`; None: of all), each value once."""
        parts: dict[tuple[Facet, str], list[Ids]] = {}
        names: dict[tuple[Facet, str], str] = {}
        for facet, slug, name, photos in self._read(_Reader(connection, ids)):
            parts.setdefault((facet, slug), []).append(photos)
            names[facet, slug] = name
        for (facet, slug), photos_of_value in parts.items():
            yield (facet, slug, names[facet, slug], union(photos_of_value))

    def _read(self, reader: _Reader) -> Iterator[tuple[Facet, str, str, Ids]]:
        yield from self._read_tags(reader)
        yield from self._read_files(reader)
        for source in _SOURCES:
            for slug, name, text in reader.rows(source.sql):
                if slug is not None:
                    yield (source.facet, str(slug), name or str(slug), parsed_ids(text))

    def _read_tags(self, reader: _Reader) -> Iterator[tuple[Facet, str, str, Ids]]:
        """Tags with their descendants, and the flags that follow from tags."""
        tags = _TagRows()
        for slug, facet, name, state, text in reader.rows(_TAGS):
            tags.add(slug, Facet(facet), name, TagState(state), parsed_ids(text))
        broader = {ancestor for slug in tags.counted for ancestor in self._taxonomy.ancestors(slug)}
        for slug in {*tags.counted, *broader}:
            narrower = (slug, *self._taxonomy.descendants(slug))
            ids = union([tags.counted[part] for part in narrower if part in tags.counted])
            if slug in tags.rejected:
                ids = np.setdiff1d(ids, tags.rejected[slug], assume_unique=True)
            yield (*self._meaning(slug, tags), ids)
        if tags.suggested:
            yield (Facet.FLAG, REVIEW, REVIEW, union(tags.suggested))
        if tags.counted:
            yield (Facet.FLAG, _TAGGED, _TAGGED, union(list(tags.counted.values())))

    def _meaning(self, slug: str, tags: "_TagRows") -> tuple[Facet, str, str]:
        """Facet, slug and name; the stored row is for what the taxonomy does not know."""
        if slug in self._taxonomy:
            return (self._taxonomy.facet(slug), slug, self._taxonomy.name(slug))
        facet, name = tags.meanings[slug]
        return (facet, slug, name)

    def _read_files(self, reader: _Reader) -> Iterator[tuple[Facet, str, str, Ids]]:
        """Folders; and what there is to see, on line or not."""
        for folder, state, text in reader.rows(_FILES):
            ids = parsed_ids(text)
            yield (Facet.FOLDER, folder, PurePath(folder).name or folder, ids)
            yield (Facet.FLAG, _SEEN, _SEEN, ids)
            if state != "offline":
                yield (Facet.FLAG, _ONLINE, _ONLINE, ids)

    def _derive(self, changed: Ids) -> None:
        """The values that say what a photo that can be seen has not."""
        flags, kinds = self._postings[Facet.FLAG], self._postings[Facet.KIND]
        self._names[Facet.FLAG] |= {UNTAGGED: UNTAGGED, OFFLINE: OFFLINE}
        self._names[Facet.KIND] |= {PHOTO: PHOTO}
        seen = _has(flags.get(_SEEN), changed)
        for facet, slug, other in (
            (Facet.FLAG, UNTAGGED, flags.get(_TAGGED)),
            (Facet.FLAG, OFFLINE, flags.get(_ONLINE)),
            (Facet.KIND, PHOTO, kinds.get(VIDEO)),
        ):
            self._put(facet, slug, changed, changed[seen & ~_has(other, changed)])

    def slugs(self, facet: Facet) -> list[str]:
        """Values of the facet that some photo has."""
        return [slug for slug in self._postings[facet] if not slug.startswith(_HIDDEN)]

    def name(self, facet: Facet, slug: str) -> str:
        """The English or own name of a value; a value nobody has names itself."""
        return self._names[facet].get(slug, slug)

    def resolve(self, facet: Facet, value: str) -> list[str]:
        """The slugs that a typed value of the facet means; the value itself when none is known.

        Cameras, folders and keywords are also known by words of their name: `nikon`, all of that
        maker; where words have no spaces between them, by any part.
        """
        postings = self._postings[facet]
        if value in postings:
            return [value]
        known = (COLOURS if facet is Facet.COLOUR else self._taxonomy).find(value)
        if known is not None and known.facet is facet:
            return [known.slug]
        plain = slugify(value)
        names = {slug: slugify(name) for slug, name in self._names[facet].items()}
        for slug, name in names.items():
            if plain and plain in {slugify(slug), name}:
                return [slug]
        if plain and facet in _KNOWN_BY_PART:
            parts = [slug for slug in postings if _is_part(plain, names[slug])]
            return parts or [value]
        return [value]

    def flags(self, facet: Facet, values: Iterable[str]) -> Flags:
        """Photos, hidden ones too, that have one of these values."""
        flags = np.zeros(self.width, np.bool_)
        for slug in (slug for value in values for slug in self.resolve(facet, value)):
            posting = self._postings[facet].get(slug)
            if posting is not None:
                posting.add_to(flags)
        return flags

    def counts(
        self,
        facet: Facet,
        selection: Selection,
        chosen: Collection[str] = (),
        excluded: Collection[str] = (),
        held: Selection | None = None,
    ) -> list[FacetCount]:
        """The facet's values with their counts, most frequent first (years: latest first).

        Values that nothing in the selection has are left out unless chosen or excluded.

        Args:
            facet: which.
            selection: visible photos that match all but the facet's own choice.
            chosen: slugs that the query asks for.
            excluded: slugs that the query leaves out.
            held: visible photos that match all that the query says of other facets: excluded
                values are counted in it.
        """
        asked = {*chosen, *excluded}
        here, counted = self._postings[facet], self._tally(facet).count_in(selection)
        if held is not None:
            counted |= {slug: here[slug].count_in(held) for slug in excluded if slug in here}
        names = self._names[facet]
        found = [
            FacetCount(slug, names[slug], count, slug in chosen, slug in excluded)
            for slug, count in counted.items()
            if count or slug in asked
        ]
        found += [
            FacetCount(slug, self.name(facet, slug), 0, slug in chosen, slug in excluded)
            for slug in dict.fromkeys((*chosen, *excluded))
            if slug not in here
        ]
        if facet is Facet.YEAR:
            return sorted(found, key=lambda one: one.slug, reverse=True)
        return sorted(found, key=lambda one: (-one.count, one.name, one.slug))

    def _tally(self, facet: Facet) -> Tally:
        tally = self._tallies.get(facet)
        if tally is None:
            seen = {s: p for s, p in self._postings[facet].items() if not s.startswith(_HIDDEN)}
            tally = self._tallies[facet] = Tally(seen)
        return tally


_HIDDEN = "\x00"
"""Values that only serve to derive others start with this."""
_TAGGED, _SEEN, _ONLINE = _HIDDEN + "tagged", _HIDDEN + "seen", _HIDDEN + "online"


def _is_part(word: str, name: str) -> bool:
    """Whether the slug of a name holds the slug of a word, as words of its own in our script."""
    return word in name if has_ideographs(word) else f"-{word}-" in f"-{name}-"


def _has(posting: Posting | None, ids: Ids) -> Flags:
    return np.zeros(len(ids), np.bool_) if posting is None else posting.has(ids)


class _TagRows:
    """Tag rows as they come from the library, sorted by what they are worth."""

    def __init__(self) -> None:
        self.counted: dict[str, Ids] = {}
        self.rejected: dict[str, Ids] = {}
        self.suggested: list[Ids] = []
        self.meanings: dict[str, tuple[Facet, str]] = {}

    def add(self, slug: str, facet: Facet, name: str, state: TagState, ids: Ids) -> None:
        self.meanings[slug] = (facet, name)
        if state is TagState.REJECTED:
            self.rejected[slug] = ids
            return
        if state is TagState.SUGGESTED:
            self.suggested.append(ids)
        self.counted[slug] = union([self.counted.get(slug, NOBODY), ids])
