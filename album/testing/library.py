"""Libraries for tests and benches: one of made pictures, and rows without any, by the million."""

import random
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import sqlite_utils

from album.domain.taxonomy import Taxonomy
from album.session import LibrarySession
from album.storage.database import Database
from album.storage.folders import add_folder
from album.storage.tags import TagIds
from album.storage.values import to_blob
from album.testing.fakes import FakeAnalyser, FakeSegmenter
from album.testing.pictures import make_pictures
from album.testing.taxonomy import sample_taxonomy

ROWS_AT_ONCE = 20_000
TAGS_A_PHOTO = 4
FIRST_DAY_S = 1_262_304_000  # 2010
HOURS = 15 * 365 * 24


def sample_session(directory: Path, *, photos: int = 24, watch: bool = False) -> LibrarySession:
    """An open library of made pictures, all looked at by `FakeAnalyser`; to be closed.

    Args:
        directory: gets `pictures/` and `library/`.
        photos: how many.
        watch: keep watching the pictures.
    """
    make_pictures(directory / "pictures", photos)
    session = LibrarySession.open(
        directory / "library",
        watch=watch,
        analysers=[FakeAnalyser()],
        segmenter=FakeSegmenter(),
        taxonomy=sample_taxonomy(),
    )
    session.add_folder(directory / "pictures").result()
    for _ in session.index():
        pass
    return session


def fill_library(
    directory: Path, photos: int, *, taxonomy: Taxonomy | None = None, seed: int = 0
) -> None:
    """Rows of photos that have no pictures, with tags, colours and places; for benches.

    Args:
        directory: of a library, which is made; a folder `nowhere` in it is what holds the files.
        photos: how many to add.
        taxonomy: whose tags they get, the first ones far more often than the last ones.
        seed: of the chance.
    """
    words = taxonomy or sample_taxonomy()
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "nowhere").mkdir(exist_ok=True)
    chance = random.Random(seed)  # noqa: S311 (no secret)
    with Database(directory / "library.db") as database:
        folder = database.write(lambda db: add_folder(db, directory / "nowhere")).result()
        for start in range(0, photos, ROWS_AT_ONCE):
            count = min(ROWS_AT_ONCE, photos - start)
            add = partial(_add_rows, count=count, folder_id=folder.id, words=words, chance=chance)
            database.write(add).result()


def _add_rows(
    db: sqlite_utils.Database, count: int, folder_id: int, words: Taxonomy, chance: random.Random
) -> None:
    (last,) = db.conn.execute("SELECT coalesce(max(id), 0) FROM photo").fetchone()
    ids = range(last + 1, last + 1 + count)
    db.conn.executemany(
        "INSERT INTO photo (id, fingerprint, kind, format, width, height, taken_s, taken_known,"
        " camera, colour, added_s) VALUES (?, ?, ?, 'jpeg', ?, ?, ?, 1, ?, ?, 0)",
        _photo_rows(ids, chance),
    )
    db.conn.executemany(
        "INSERT INTO file (photo_id, folder_id, path, shown, size_bytes, mtime_ns, inode)"
        " VALUES (?, ?, ?, ?, 1000000, ?, 0)",
        (
            (number, folder_id, to_blob(name), name, number)
            for number in ids
            for name in [f"{number // 1000:04}/IMG_{number:07}.jpg"]
        ),
    )
    tag_ids = TagIds(db, words)
    slugs = [tag.slug for tag in words]
    db.conn.executemany(
        "INSERT OR IGNORE INTO photo_tag (photo_id, tag_id, state, source, score, model)"
        " VALUES (?, ?, 'suggested', 'model', ?, 'fake@1')",
        (
            (number, tag_ids.of_slug(slug), round(chance.uniform(0.5, 1), 3))
            for number in ids
            for slug in {slugs[int(len(slugs) * chance.random() ** 3)] for _ in range(TAGS_A_PHOTO)}
        ),
    )


def _photo_rows(ids: range, chance: random.Random) -> Iterator[tuple[object, ...]]:
    for number in ids:
        across = chance.random() < 0.75
        yield (
            number,
            f"fake1:{number:032x}",
            "video" if chance.random() < 0.03 else "photo",
            4000 if across else 3000,
            3000 if across else 4000,
            FIRST_DAY_S + chance.randrange(HOURS) * 3600,
            chance.choice(("Canon EOS 5D", "iPhone 15", "Pixel 8", "Nikon Z6")),
            chance.randrange(1 << 24),
        )
