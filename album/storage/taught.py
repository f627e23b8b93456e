"""Tags that a person taught: what they were learned from, what came of it, what it suggests.

The examples of a taught tag are the decisions on it (and the keywords of files): there is no other
list of them. Its suggestions carry the model `taught@REVISION` and touch nothing but each other.
"""

import hashlib
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import log2
from typing import TYPE_CHECKING, Any

from album.domain.photo import PhotoId
from album.domain.share import Share
from album.domain.tag import Certainty, TagState
from album.storage.values import chunks, marks, now_s

if TYPE_CHECKING:
    import sqlite_utils

MODEL = "taught"
"""Name of the model that taught tags are suggested by."""
_SURE = 0.9
_LIKELY = 0.7
"""Expected precisions."""


@dataclass(frozen=True, slots=True)
class TaughtTag:
    """A tag that was taught, as stored.

    Attributes:
        revision: counts up with every change of the head.
        embedding_model: `name@revision` of the analyser whose embeddings the head reads.
        weights: float32, as many as an embedding has numbers.
        threshold: probability from which on the tag is suggested.
        likes, unlikes: how many photos it was learned from.
        learned_from: see `learned_from`.
    """

    slug: str
    name: str
    revision: int
    embedding_model: str
    weights: bytes
    bias: float
    threshold: float
    likes: int
    unlikes: int
    precision: Share
    recall: Share
    learned_from: str

    @property
    def model(self) -> str:
        """What its suggestions are stored under."""
        return f"{MODEL}@{self.revision}"

    @property
    def certainty(self) -> Certainty:
        """Of its suggestions: sure where even the low end of the interval says nine in ten."""
        if self.precision.low >= _SURE:
            return Certainty.SURE
        return Certainty.LIKELY if self.precision.value >= _LIKELY else Certainty.EXPERIMENTAL


@dataclass(frozen=True, slots=True)
class Example:
    """A photo that a tag is learned from.

    Attributes:
        liked: whether it has the tag; else a person rejected it.
        reviewed: it was a suggestion of the tag before it was decided.
        embedding: None where no analyser has made one yet.
    """

    photo_id: PhotoId
    liked: bool
    reviewed: bool = False
    embedding_model: str | None = None
    embedding: bytes | None = None


_TAUGHT = """
    SELECT slug, name, revision, embedding_model, weights, bias, threshold, likes, unlikes,
        precision, precision_low, precision_high, recall, recall_low, recall_high, learned_from
    FROM taught JOIN tag ON tag.id = tag_id
"""


def taught_tags(
    connection: sqlite3.Connection, *, slug: str | None = None, embedding_model: str | None = None
) -> list[TaughtTag]:
    """Taught tags by slug; only this one, or those that read this model's embeddings."""
    rows = connection.execute(
        f"{_TAUGHT} WHERE (?1 IS NULL OR slug = ?1) AND (?2 IS NULL OR embedding_model = ?2)"
        " ORDER BY slug",
        (slug, embedding_model),
    )
    return [_taught_tag(row) for row in rows]


def _taught_tag(row: tuple[Any, ...]) -> TaughtTag:
    slug, name, revision, model, weights, bias, threshold, likes, unlikes, *shares, origin = row
    precision, recall = Share(*shares[:3]), Share(*shares[3:])
    return TaughtTag(
        slug, name, revision, model, weights, bias, threshold, likes, unlikes, precision, recall,
        origin,
    )  # fmt: skip


def save_taught(db: "sqlite_utils.Database", tag: TaughtTag) -> None:
    """Keep what was learned; the tag has a row already, since it has examples."""
    db.conn.execute(
        "INSERT OR REPLACE INTO taught SELECT id, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?"
        " FROM tag WHERE slug = ?",
        (
            tag.revision, tag.embedding_model, tag.weights, tag.bias, tag.threshold,
            tag.likes, tag.unlikes, tag.precision.value, tag.precision.low, tag.precision.high,
            tag.recall.value, tag.recall.low, tag.recall.high, tag.learned_from, now_s(), tag.slug,
        ),
    )  # fmt: skip


def forget_taught(db: "sqlite_utils.Database", slug: str) -> list[PhotoId]:
    """Forget what was learned; decisions stay. Returns the photos that lose a suggestion."""
    lost = _suggested(db.conn, slug)
    _drop(db.conn, slug, lost)
    db.conn.execute(
        "DELETE FROM taught WHERE tag_id = (SELECT id FROM tag WHERE slug = ?)", (slug,)
    )
    return sorted(lost)


def replace_suggestions(
    db: "sqlite_utils.Database", tag: TaughtTag, scores: Sequence[tuple[PhotoId, float]]
) -> list[PhotoId]:
    """Suggest a taught tag for exactly these photos; what anybody else said of it stands.

    Returns the photos whose suggestions changed.
    """
    before = _suggested(db.conn, tag.slug)
    _drop(db.conn, tag.slug, before.keys() - dict(scores).keys())
    suggest(db, tag, scores)
    after = _suggested(db.conn, tag.slug)
    return sorted(
        photo_id
        for photo_id in before.keys() | after.keys()
        if before.get(photo_id) != after.get(photo_id)
    )


def suggest(
    db: "sqlite_utils.Database", tag: TaughtTag, scores: Iterable[tuple[PhotoId, float]]
) -> None:
    """Suggest a taught tag for these photos, where nobody else has said anything of it."""
    db.conn.executemany(
        "INSERT INTO photo_tag (photo_id, tag_id, state, source, score, model, certainty)"
        " SELECT ?, id, 'suggested', 'model', ?, ?, ? FROM tag WHERE slug = ?"
        " ON CONFLICT (photo_id, tag_id) DO UPDATE SET score = excluded.score,"
        " model = excluded.model, certainty = excluded.certainty"
        " WHERE state = 'suggested' AND substr(model, 1, 7) = 'taught@'",
        [(photo_id, score, tag.model, tag.certainty, tag.slug) for photo_id, score in scores],
    )


def withdraw(db: "sqlite_utils.Database", slug: str, ids: Iterable[PhotoId]) -> None:
    """Take a taught tag's suggestions back from these photos."""
    _drop(db.conn, slug, ids)


_OWN = (
    "tag_id = (SELECT id FROM tag WHERE slug = ?) AND state = 'suggested'"
    " AND substr(model, 1, 7) = 'taught@'"
)


def _suggested(connection: sqlite3.Connection, slug: str) -> dict[PhotoId, tuple[float, str]]:
    """Score and certainty by photo."""
    rows = connection.execute(
        f"SELECT photo_id, score, certainty FROM photo_tag WHERE {_OWN}",  # noqa: S608 (constant)
        (slug,),
    )
    return {PhotoId(photo_id): (score, certainty) for photo_id, score, certainty in rows}


def _drop(connection: sqlite3.Connection, slug: str, ids: Iterable[PhotoId]) -> None:
    connection.executemany(
        f"DELETE FROM photo_tag WHERE {_OWN} AND photo_id = ?",  # noqa: S608 (constant)
        [(slug, photo_id) for photo_id in ids],
    )


def examples(connection: sqlite3.Connection, slug: str, most: int) -> list[Example]:
    """Photos that have the tag by a person's or their file's word, and rejected ones.

    At most `most` of each kind, those that were decided last; by id.
    """
    found: list[Example] = []
    for states in (
        (TagState.MANUAL, TagState.CONFIRMED, TagState.IMPORTED),
        (TagState.REJECTED,),
    ):
        rows = connection.execute(
            "SELECT photo.id, source = 'model' AND coalesce(model, '') LIKE 'taught@%',"  # noqa: S608
            " embedding_model, embedding FROM photo_tag JOIN photo ON photo.id = photo_id"
            f" WHERE tag_id = (SELECT id FROM tag WHERE slug = ?) AND state IN ({marks(states)})"
            " ORDER BY decided_s DESC, photo.id DESC LIMIT ?",
            (slug, *states, most),
        )
        liked = TagState.REJECTED not in states
        found.extend(Example(PhotoId(row[0]), liked, bool(row[1]), row[2], row[3]) for row in rows)
    return sorted(found, key=lambda one: one.photo_id)


def example_at(connection: sqlite3.Connection, photo_id: PhotoId, *, liked: bool) -> Example | None:
    """A photo as an example of a tag that it has not been decided on yet."""
    row = connection.execute(
        "SELECT embedding_model, embedding FROM photo WHERE id = ?", (photo_id,)
    ).fetchone()
    return None if row is None else Example(photo_id, liked, False, row[0], row[1])


def learned_from(used: Iterable[Example], embedding_model: str, photos: int) -> str:
    """A fingerprint of all that a head is made of: the same one, the same head.

    Args:
        used: the examples that could be used.
        embedding_model: of their embeddings.
        photos: how many of the library have such an embedding; matters when it grows by a fifth.
    """
    said = [f"{one.photo_id}{'+' if one.liked else '-'}{one.reviewed:d}" for one in used]
    text = "\n".join([embedding_model, str(size_class(photos)), *said])
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def size_class(photos: int) -> int:
    """A number that grows by one with every fifth of growth of a library."""
    return round(4 * log2(1 + photos))


def embedded_ids(connection: sqlite3.Connection, embedding_model: str) -> list[PhotoId]:
    """All photos that this analyser has made an embedding of, by id."""
    rows = connection.execute(
        "SELECT id FROM photo WHERE embedding_model = ? ORDER BY id", (embedding_model,)
    )
    return [PhotoId(row[0]) for row in rows]


def embedded_count(connection: sqlite3.Connection, embedding_model: str) -> int:
    """How many photos that are."""
    (number,) = connection.execute(
        "SELECT count(*) FROM photo WHERE embedding_model = ?", (embedding_model,)
    ).fetchone()
    return int(number)


def embeddings(
    connection: sqlite3.Connection, ids: Sequence[PhotoId], embedding_model: str
) -> list[tuple[PhotoId, bytes]]:
    """The embeddings of these photos, float16 each; photos that have none are left out."""
    found: list[tuple[PhotoId, bytes]] = []
    for some in chunks(ids):
        rows = connection.execute(
            "SELECT id, embedding FROM photo WHERE embedding_model = ?"  # noqa: S608 (only marks)
            f" AND id IN ({marks(some)})",
            (embedding_model, *some),
        )
        found.extend((PhotoId(row[0]), row[1]) for row in rows)
    return found


def embeddings_after(
    connection: sqlite3.Connection, photo_id: PhotoId, embedding_model: str, most: int
) -> list[tuple[PhotoId, bytes]]:
    """The next embeddings by id, to go through all of them in pieces."""
    rows = connection.execute(
        "SELECT id, embedding FROM photo WHERE embedding_model = ? AND id > ? ORDER BY id LIMIT ?",
        (embedding_model, photo_id, most),
    )
    return [(PhotoId(row[0]), row[1]) for row in rows]
