"""How long it takes to teach a tag in a library of 100,000 photos (embeddings of 1280 numbers).

`python tests/bench/bench_teaching.py [--json]`; the quality of what is taught is measured by
`training.bench_teaching`.
"""

import sqlite3
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np

from album.domain.photo import PhotoId
from album.domain.tag import TagState
from album.session import LibrarySession
from album.testing.figures import Figure, report
from album.testing.libraries import synthetic_library, synthetic_taxonomy

PHOTOS = 100_000
LENGTH = 1280
KINDS = 200
EXAMPLES = 10
_AT_ONCE = 10_000


def add_embeddings(path: Path) -> list[PhotoId]:
    """Give every photo an embedding of one of some kinds; returns photos of one kind."""
    dice = np.random.default_rng(1)
    centres = dice.normal(size=(KINDS, LENGTH)).astype(np.float32)
    alike: list[PhotoId] = []
    with closing(sqlite3.connect(path)) as connection:
        for start in range(1, PHOTOS + 1, _AT_ONCE):
            kinds = dice.integers(0, KINDS, _AT_ONCE)
            vectors = centres[kinds] + dice.normal(size=(_AT_ONCE, LENGTH)).astype(np.float32)
            vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
            connection.executemany(
                "UPDATE photo SET embedding = ?, embedding_model = 'tagger@1' WHERE id = ?",
                (
                    (vector.tobytes(), start + place)
                    for place, vector in enumerate(vectors.astype(np.float16))
                ),
            )
            alike += [PhotoId(start + int(place)) for place in np.flatnonzero(kinds == 0)]
        connection.commit()
    return alike


def seconds(work: Callable[[], object]) -> float:
    """How long it takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def main() -> None:
    """Measure and report."""
    with tempfile.TemporaryDirectory() as folder:
        synthetic_library(Path(folder) / "library.db", PHOTOS)
        alike = add_embeddings(Path(folder) / "library.db")
        likes = alike[:EXAMPLES]
        with LibrarySession.open(
            Path(folder), analyse=False, watch=False, exclusive=False, taxonomy=synthetic_taxonomy()
        ) as session:
            teaching = session.teaching
            first = seconds(lambda: teaching.preview("own", likes).result())
            again = seconds(lambda: teaching.preview("own", likes).result())
            taught = seconds(lambda: teaching.teach("own", likes).result())
            session.decide(alike[EXAMPLES : EXAMPLES + 1], "own", TagState.CONFIRMED).result()
            anew = seconds(lambda: teaching.teach("own").result())
    report(
        [
            Figure(f"first estimate, {PHOTOS:,} photos", first, "s", 1.0),
            Figure("estimate of the next tag", again, "s", 1.0),
            Figure("taught and suggested", taught, "s", 2.0),
            Figure("learned anew after a decision", anew, "s", 2.0),
        ]
    )


if __name__ == "__main__":
    main()
