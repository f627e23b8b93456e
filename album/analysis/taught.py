"""Taught tags in a library: gathers their examples, learns, and says which photos they suit."""

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from album.analysis.teaching import (
    FEWEST_EXAMPLES,
    MOST_EXAMPLES,
    Head,
    Lesson,
    Surroundings,
    Vectors,
    learn,
)
from album.cancel import CancelToken
from album.domain.photo import PhotoId
from album.storage.database import Database
from album.storage.taught import (
    Example,
    TaughtTag,
    embedded_count,
    embedded_ids,
    embeddings,
    embeddings_after,
    example_at,
    examples,
    learned_from,
    size_class,
    suggest,
    taught_tags,
    withdraw,
)

if TYPE_CHECKING:
    import sqlite_utils

SAMPLED = 12_000
"""Photos that stand for the library, at most."""
AT_ONCE = 4096


@dataclass(frozen=True, slots=True)
class Material:
    """What a tag can be learned from.

    Attributes:
        embedding_model: whose embeddings; empty while none of the examples has one.
        used: the examples that have such an embedding, by id.
        unseen: how many others there are: not looked at yet, or with an older model.
        photos: how many of the library have such an embedding.
        key: a fingerprint of all this.
    """

    embedding_model: str
    used: tuple[Example, ...]
    unseen: int
    photos: int
    key: str

    @property
    def likes(self) -> int:
        """How many photos show the tag."""
        return sum(one.liked for one in self.used)

    @property
    def needs(self) -> int:
        """How many more it takes."""
        return max(0, FEWEST_EXAMPLES - self.likes)


def gather(
    connection: sqlite3.Connection,
    slug: str,
    likes: Iterable[PhotoId] = (),
    unlikes: Iterable[PhotoId] = (),
) -> Material:
    """The examples of a tag as decided, and as if these had been decided, too."""
    found = {one.photo_id: one for one in examples(connection, slug, MOST_EXAMPLES)}
    for ids, liked in ((likes, True), (unlikes, False)):
        for photo_id in ids:
            known = found.get(photo_id)
            one = example_at(connection, photo_id, liked=liked)
            if one is not None and (known is None or known.liked != liked):
                found[photo_id] = one
    models = Counter(one.embedding_model for one in found.values() if one.embedding_model)
    model = max(models, key=lambda name: (models[name], name), default="")
    used = tuple(found[one] for one in sorted(found) if found[one].embedding_model == model)
    used = used if model else ()
    photos = embedded_count(connection, model) if model else 0
    key = learned_from(used, model, photos)
    return Material(model, used, len(found) - len(used), photos, key)


@dataclass(frozen=True, slots=True)
class Suited:
    """What a head says of the library as it stood when it was asked.

    Attributes:
        asked: the photos it was asked about.
        scores: those that the tag is to be suggested for.
    """

    head: Head
    embedding_model: str
    asked: frozenset[PhotoId]
    scores: tuple[tuple[PhotoId, float], ...]

    def brought_up_to(self, connection: sqlite3.Connection) -> list[tuple[PhotoId, float]]:
        """The scores, with those of photos that have been looked at since."""
        model = self.embedding_model
        late = [one for one in embedded_ids(connection, model) if one not in self.asked]
        return [*self.scores, *_suited(self.head, embeddings(connection, late, model))]


@dataclass(frozen=True, slots=True)
class _Known:
    """Surroundings, whose they are, and the photos in their sample."""

    key: tuple[str, int]
    surroundings: Surroundings
    ids: NDArray[np.int64]


class Teacher:
    """Learns tags from a library; keeps what all tags of it share. For one thread at a time.

    Args:
        database: of the library.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: _Known | None = None

    def learn(self, material: Material) -> Lesson:
        """The head for this material; ValueError when it is too little."""
        used = material.used
        likes = _vectors([one.embedding for one in used if one.liked])
        unlikes = _vectors([one.embedding for one in used if not one.liked], likes.shape[1])
        reviewed = [one.reviewed for one in sorted(used, key=lambda one: not one.liked)]
        known = self._surroundings_of(material)
        decided = np.flatnonzero(np.isin(known.ids, [one.photo_id for one in used]))
        return learn(likes, unlikes, known.surroundings, reviewed, decided.tolist())

    def _surroundings_of(self, material: Material) -> "_Known":
        """Made anew for another model, and each time the library has grown by a fifth."""
        key = (material.embedding_model, size_class(material.photos))
        if self._known is None or self._known.key != key:
            model = material.embedding_model
            ids = self._database.query(lambda c: embedded_ids(c, model))
            if len(ids) > SAMPLED:
                places = np.random.default_rng(0).choice(len(ids), SAMPLED, replace=False)
                ids = [ids[place] for place in np.sort(places).tolist()]
            rows = sorted(self._rows(ids, model))
            made = Surroundings(_vectors([row[1] for row in rows]))
            self._known = _Known(key, made, np.array([row[0] for row in rows]))
        return self._known

    def suits(self, head: Head, embedding_model: str, token: CancelToken) -> "Suited":
        """All photos that the tag is to be suggested for, with their scores; Interrupted."""
        asked: list[PhotoId] = []
        found: list[tuple[PhotoId, float]] = []
        while rows := self._next_rows(embedding_model, asked[-1] if asked else PhotoId(0)):
            token.check()
            asked += [photo_id for photo_id, _ in rows]
            found.extend(_suited(head, rows))
        return Suited(head, embedding_model, frozenset(asked), tuple(found))

    def _next_rows(self, model: str, after: PhotoId) -> list[tuple[PhotoId, bytes]]:
        return self._database.query(lambda c: embeddings_after(c, after, model, AT_ONCE))

    def _rows(self, ids: Sequence[PhotoId], model: str) -> list[tuple[PhotoId, bytes]]:
        return self._database.query(lambda c: embeddings(c, ids, model))


def suggest_taught(
    db: "sqlite_utils.Database", embedding_model: str, seen: Mapping[PhotoId, NDArray[np.float16]]
) -> None:
    """Suggest every taught tag for photos that have just been looked at, where it suits them."""
    if not seen:
        return
    rows = [(photo_id, vector.tobytes()) for photo_id, vector in seen.items()]
    for tag in taught_tags(db.conn, embedding_model=embedding_model):
        suited = list(_suited(head_of(tag), rows))
        withdraw(db, tag.slug, seen.keys() - {photo_id for photo_id, _ in suited})
        suggest(db, tag, suited)


def head_of(tag: TaughtTag) -> Head:
    """The head as it was stored."""
    return Head(np.frombuffer(tag.weights, np.float32), tag.bias, tag.threshold)


def _suited(head: Head, rows: Sequence[tuple[PhotoId, bytes]]) -> Iterator[tuple[PhotoId, float]]:
    if not rows:
        return
    scores = head.scores(_vectors([row[1] for row in rows]))
    for at in np.flatnonzero(scores >= head.threshold).tolist():
        yield rows[at][0], round(float(scores[at]), 4)


def _vectors(blobs: Sequence[bytes | None], length: int = 0) -> Vectors:
    """Embeddings of one model as they are stored, shape (photos, length)."""
    joined = np.frombuffer(b"".join(blob or b"" for blob in blobs), np.float16)
    shape = (len(blobs), -1) if blobs else (0, length)
    return joined.reshape(shape).astype(np.float32)
