"""Tags on photos. A human decision outlives every model: analysis touches `suggested` rows only."""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING

from album.domain.appearance import Colour, Quality, Region
from album.domain.photo import PhotoId
from album.domain.tag import Certainty, Facet, PhotoTag, TagScore, TagSource, TagState
from album.domain.taxonomy import Taxonomy, slugify
from album.errors import QueryProblem
from album.storage.values import chunks, marks, now_s

if TYPE_CHECKING:
    import sqlite_utils


MOST_LETTERS = 100
"""Of the name of a tag of one's own."""


@dataclass(frozen=True, slots=True)
class Observation:
    """What one analyser saw in one photo; what it does not speak of stays as it is.

    Attributes:
        tags: to be suggested, parents included (style families too).
        embedding: bytes of the float16 vector.
        regions: parts of the picture, with the tag that each one carries.
    """

    photo_id: PhotoId
    tags: tuple[TagScore, ...] = ()
    colours: tuple[Colour, ...] = ()
    quality: Quality | None = None
    embedding: bytes | None = None
    regions: tuple[Region, ...] = ()


@dataclass(frozen=True, slots=True)
class TagRow:
    """A stored tag as it stood before a decision; `state` None: there was none."""

    photo_id: PhotoId
    tag_id: int
    state: str | None = None
    source: str | None = None
    score: float | None = None
    model: str | None = None
    certainty: str | None = None
    decided_s: int | None = None


def resolve_tag(word: str, taxonomy: Taxonomy) -> tuple[str, Facet, str] | None:
    """Slug, facet and English name of what a word means: a known tag, else a keyword of its own.

    None when there is no letter or digit in the word.
    """
    known = taxonomy.find(word)
    if known is not None:
        return (known.slug, known.facet, taxonomy.name(known.slug))
    slug = slugify(word)
    return (slug, Facet.KEYWORD, " ".join(word.split())) if slug else None


def word_for_tag(word: str, taxonomy: Taxonomy) -> tuple[str, Facet, str]:
    """As `resolve_tag`, of what a person says; QueryProblem where it can be no tag."""
    meant = resolve_tag(word, taxonomy)
    if meant is None:
        raise QueryProblem(
            f"«{word}» is no word that a tag could have.", advice="Write a letter or a digit in it."
        )
    if len(meant[2]) > MOST_LETTERS:
        raise QueryProblem(
            f"«{meant[2][:30]}…» is too long for a tag.",
            advice=f"Tags have up to {MOST_LETTERS} letters.",
        )
    return meant


class TagIds:
    """Ids of tags by slug during one transaction; makes the rows that are missing."""

    def __init__(self, db: "sqlite_utils.Database", taxonomy: Taxonomy) -> None:
        self._connection = db.conn
        self._taxonomy = taxonomy
        self._ids: dict[str, int] = {}

    def of_slug(self, slug: str) -> int:
        """The id of this slug's tag; unknown slugs are keywords."""
        taxonomy = self._taxonomy
        return self._ids.get(slug) or self._make(slug, taxonomy.facet(slug), taxonomy.name(slug))

    def of_word(self, word: str) -> int | None:
        """The id of the tag that a word means; None when it means nothing."""
        meant = resolve_tag(word, self._taxonomy)
        if meant is None:
            return None
        return self._ids.get(meant[0]) or self._make(*meant)

    def _make(self, slug: str, facet: Facet, name: str) -> int:
        self._connection.execute(
            "INSERT INTO tag (slug, facet, name) VALUES (?, ?, ?) ON CONFLICT (slug) DO NOTHING",
            (slug, facet, name),
        )
        row = self._connection.execute("SELECT id FROM tag WHERE slug = ?", (slug,)).fetchone()
        self._ids[slug] = row[0]
        return self._ids[slug]


def sync_tags(db: "sqlite_utils.Database", taxonomy: Taxonomy) -> int:
    """Bring facet and name of stored tags up to the taxonomy; how many changed."""
    changes = [
        (tag.facet, taxonomy.name(tag.slug), tag.slug, tag.facet, taxonomy.name(tag.slug))
        for tag in taxonomy
    ]
    cursor = db.conn.executemany(
        "UPDATE tag SET facet = ?, name = ? WHERE slug = ? AND (facet <> ? OR name <> ?)", changes
    )
    return cursor.rowcount


_IMPORT = """
    INSERT INTO photo_tag (photo_id, tag_id, state, source) VALUES (?, ?, 'imported', 'metadata')
    ON CONFLICT (photo_id, tag_id) DO UPDATE SET state = 'imported', source = 'metadata'
    WHERE state = 'suggested'
"""


def import_keywords(
    db: "sqlite_utils.Database", keywords: Mapping[PhotoId, Iterable[str]], taxonomy: Taxonomy
) -> None:
    """Give photos the keywords of their files, unless a person decided otherwise."""
    ids = TagIds(db, taxonomy)
    pairs = [
        (photo_id, tag_id)
        for photo_id, words in keywords.items()
        for word in words
        if (tag_id := ids.of_word(word)) is not None
    ]
    db.conn.executemany(_IMPORT, pairs)


_SUGGEST = """
    INSERT INTO photo_tag (photo_id, tag_id, state, source, score, model, certainty)
    VALUES (?, ?, 'suggested', 'model', ?, ?, ?)
    ON CONFLICT (photo_id, tag_id) DO UPDATE
    SET score = excluded.score, model = excluded.model, certainty = excluded.certainty
"""
_DROP_SUGGESTED = """
    DELETE FROM photo_tag
    WHERE photo_id = ? AND state = 'suggested' AND substr(model, 1, ?) = ?
"""
_DROP_REGIONS = "DELETE FROM photo_region WHERE photo_id = ? AND substr(model, 1, ?) = ?"
_ADD_REGION = """
    INSERT INTO photo_region (photo_id, tag_id, score, left, top, width, height, model)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
"""


def drop_suggestions(
    db: "sqlite_utils.Database", ids: Sequence[PhotoId], names: Iterable[str]
) -> None:
    """Take away what analysers suggested for these photos that look at them no longer.

    Args:
        db: inside a write transaction.
        ids: of the photos.
        names: of the analysers, whatever their revision.
    """
    heads = [f"{name}@" for name in names]
    _drop(db.conn, [(one, len(head), head) for one in ids for head in heads])


def _drop(connection: sqlite3.Connection, rows: Sequence[tuple[PhotoId, int, str]]) -> None:
    """Suggestions and regions of photos by the beginning of their model, whose length is given."""
    connection.executemany(_DROP_SUGGESTED, rows)
    connection.executemany(_DROP_REGIONS, rows)


def store_observations(
    db: "sqlite_utils.Database",
    model: str,
    observations: Sequence[Observation],
    taxonomy: Taxonomy,
) -> None:
    """Write what an analyser found; its earlier suggestions give way.

    Tags that the file or a person gave keep their state and only note score and model.

    Args:
        db: inside a write transaction.
        model: `name@revision` of the analyser; suggestions of any revision of this name go.
        observations: one a photo.
        taxonomy: says the facets of the tags.
    """
    connection = db.conn
    name = model.partition("@")[0] + "@"
    _drop(connection, [(seen.photo_id, len(name), name) for seen in observations])
    ids = TagIds(db, taxonomy)
    connection.executemany(
        _SUGGEST,
        [
            (seen.photo_id, ids.of_slug(tag.slug), float(tag.score), model, tag.certainty)
            for seen in observations
            for tag in seen.tags
        ],
    )
    connection.executemany(
        _ADD_REGION,
        [
            (seen.photo_id, ids.of_slug(one.slug), float(one.score), *map(float, one.box), model)
            for seen in observations
            for one in seen.regions
        ],
    )
    _store_appearance(connection, model, observations)


def _store_appearance(
    connection: sqlite3.Connection, model: str, observations: Sequence[Observation]
) -> None:
    coloured = [seen for seen in observations if seen.colours]
    connection.executemany(
        "DELETE FROM photo_colour WHERE photo_id = ?", [(seen.photo_id,) for seen in coloured]
    )
    connection.executemany(
        "INSERT OR REPLACE INTO photo_colour (photo_id, name, rgb, share) VALUES (?, ?, ?, ?)",
        [
            (seen.photo_id, colour.name, _packed(colour.rgb), float(colour.share))
            for seen in coloured
            for colour in seen.colours
        ],
    )
    connection.executemany(
        "INSERT OR REPLACE INTO photo_quality"
        " (photo_id, score, clarity, exposure, composition, framing, noise)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        [(seen.photo_id, *_scores(seen.quality)) for seen in observations if seen.quality],
    )
    connection.executemany(
        "UPDATE photo SET embedding = ?, embedding_model = ? WHERE id = ?",
        [(seen.embedding, model, seen.photo_id) for seen in observations if seen.embedding],
    )


def _packed(rgb: tuple[int, int, int]) -> int:
    red, green, blue = (int(value) for value in rgb)
    return red << 16 | green << 8 | blue


def _scores(quality: Quality) -> tuple[float, ...]:
    return (
        float(quality.score), float(quality.clarity), float(quality.exposure),
        float(quality.composition), float(quality.framing), float(quality.noise),
    )  # fmt: skip


_DECIDE = """
    INSERT INTO photo_tag (photo_id, tag_id, state, source, decided_s) VALUES (?, ?, ?, 'user', ?)
    ON CONFLICT (photo_id, tag_id) DO UPDATE SET
        state = excluded.state, decided_s = excluded.decided_s
"""


def decide(
    db: "sqlite_utils.Database",
    ids: Sequence[PhotoId],
    word: str,
    state: TagState,
    taxonomy: Taxonomy,
) -> list[TagRow]:
    """A person accepts (CONFIRMED), sets (MANUAL) or rejects (REJECTED) a tag on photos.

    Accepting a tag that a photo does not have sets it. Returns the rows as they stood, for undo.
    ValueError for another state, or a word without a letter.
    """
    if not state.is_human:
        raise ValueError(f"{state} is not for a person to say")
    tag_id = TagIds(db, taxonomy).of_word(word)
    if tag_id is None:
        raise ValueError(f"{word!r} names no tag")
    before = _rows_before(db.conn, ids, tag_id)
    moment = now_s()
    db.conn.executemany(
        _DECIDE,
        [
            (row.photo_id, tag_id, _worth(state, row.state), moment)
            for row in before
        ],
    )  # fmt: skip
    return before


def _worth(state: TagState, before: str | None) -> TagState:
    """Confirming what nobody suggested is setting it."""
    return TagState.MANUAL if state is TagState.CONFIRMED and before is None else state


def clear_tag(
    db: "sqlite_utils.Database", ids: Sequence[PhotoId], word: str, taxonomy: Taxonomy
) -> list[TagRow]:
    """Take a decision on a tag back: what the file or a model said stands again, else the tag goes.

    Returns the rows as they stood, for undo. Tags nobody decided on are left alone.
    """
    meant = resolve_tag(word, taxonomy)
    row = meant and db.conn.execute("SELECT id FROM tag WHERE slug = ?", (meant[0],)).fetchone()
    if not row:
        return []
    before = [
        one
        for one in _rows_before(db.conn, ids, row[0])
        if one.state is not None and TagState(one.state).is_human
    ]
    restore_tags(db, [_undecided(one) for one in before])
    return before


def _undecided(row: TagRow) -> TagRow:
    if row.source == TagSource.METADATA:
        state: str | None = TagState.IMPORTED
    else:
        state = None if row.score is None else TagState.SUGGESTED
    source = TagSource.METADATA if row.source == TagSource.METADATA else TagSource.MODEL
    return TagRow(row.photo_id, row.tag_id, state, source, row.score, row.model, row.certainty)


def _rows_before(
    connection: sqlite3.Connection, ids: Sequence[PhotoId], tag_id: int
) -> list[TagRow]:
    """How the tag stands on each photo that exists."""
    found: list[TagRow] = []
    for some in chunks(ids):
        rows = connection.execute(
            "SELECT photo.id, state, source, score, model, certainty, decided_s FROM photo"  # noqa: S608
            " LEFT JOIN photo_tag ON photo_id = photo.id AND tag_id = ?"
            f" WHERE photo.id IN ({marks(some)})",
            (tag_id, *some),
        )
        found.extend(TagRow(PhotoId(row[0]), tag_id, *row[1:]) for row in rows)
    return found


def restore_tags(db: "sqlite_utils.Database", rows: Sequence[TagRow]) -> None:
    """Put tags back as they stood: undo of `decide` and `clear_tag`."""
    db.conn.executemany(
        "DELETE FROM photo_tag WHERE photo_id = ? AND tag_id = ?",
        [(row.photo_id, row.tag_id) for row in rows if row.state is None],
    )
    db.conn.executemany(
        "INSERT OR REPLACE INTO photo_tag"
        " (photo_id, tag_id, state, source, score, model, certainty, decided_s)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [astuple(row) for row in rows if row.state is not None],
    )


def tags_of(connection: sqlite3.Connection, photo_id: PhotoId) -> list[PhotoTag]:
    """All tags of a photo, rejected ones too; decided and imported ones first, then by score."""
    rows = connection.execute(
        "SELECT slug, facet, state, source, score, model, certainty, name"
        " FROM photo_tag JOIN tag ON tag.id = tag_id WHERE photo_id = ?"
        " ORDER BY state = 'suggested', coalesce(score, 1) DESC, slug",
        (photo_id,),
    )
    return [
        PhotoTag(
            slug,
            Facet(facet),
            TagState(state),
            TagSource(source),
            score,
            model,
            None if certainty is None else Certainty(certainty),
            name,
        )
        for slug, facet, state, source, score, model, certainty, name in rows
    ]
