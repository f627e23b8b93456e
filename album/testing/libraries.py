"""Libraries of any size without a single picture, to measure and test what browses them."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from album.domain.tag import Facet, Tag
from album.domain.taxonomy import Taxonomy
from album.storage.upkeep import prepare

TAGS = 400
TAGS_A_PHOTO = 5
_PHOTOS_AT_ONCE = 20_000
_FIRST_DAY_S = 1_262_304_000
_YEARS_S = 15 * 365 * 86_400
_CAMERAS = ("Canon EOS 5D", "NIKON D750", "ILCE-7M3", "Pixel 8", "iPhone 15", "X-T5")
_COLOURS = ("red", "orange", "yellow", "green", "blue", "purple", "brown", "grey", "white", "black")


def synthetic_taxonomy(tags: int = TAGS) -> Taxonomy:
    """Scene, event and thing tags `tag-0`, `tag-1` ..., without parents."""
    facets = (Facet.SCENE, Facet.EVENT, Facet.THING, Facet.THING)
    return Taxonomy(
        Tag(f"tag-{number}", facets[number % len(facets)], {"en": f"tag {number}"})
        for number in range(tags)
    )


def synthetic_library(path: Path, photos: int, *, tags: int = TAGS, seed: int = 1) -> None:
    """Make a library of photos that do not exist, with suggested tags, colours and quality.

    Half of the tags fall on a tenth of the taxonomy, as in real collections.
    """
    prepare(path, 30.0)
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("BEGIN")
    for number in range(2):
        connection.execute(
            "INSERT INTO folder (id, path, shown, added_s) VALUES (?, ?, ?, 0)",
            (number + 1, b"/photos/%d" % number, f"/photos/{number}"),
        )
    connection.executemany(
        "INSERT INTO tag (id, slug, facet, name) VALUES (?, ?, ?, ?)",
        [
            (number + 1, tag.slug, tag.facet, tag.names["en"])
            for number, tag in enumerate(synthetic_taxonomy(tags))
        ],
    )
    for start in range(0, photos, _PHOTOS_AT_ONCE):
        count = min(_PHOTOS_AT_ONCE, photos - start)
        _fill(connection, start + 1, count, tags, np.random.default_rng((seed, start)))
    connection.execute("COMMIT")
    connection.execute("PRAGMA optimize")
    connection.close()


def _fill(
    connection: sqlite3.Connection, first: int, count: int, tags: int, random: np.random.Generator
) -> None:
    ids = range(first, first + count)
    taken = _FIRST_DAY_S + random.integers(0, _YEARS_S, count)
    connection.executemany(
        "INSERT INTO photo (id, fingerprint, kind, format, width, height, taken_s, taken_known,"
        " camera, favourite, rating, colour, added_s)"
        " VALUES (?, ?, ?, 'jpeg', ?, ?, ?, 1, ?, ?, ?, ?, 0)",
        zip(
            ids,
            (f"jpeg1:{number:032x}" for number in ids),
            ("video" if value < 0.05 else "photo" for value in random.random(count)),
            random.choice([4000, 3000, 6000], count).tolist(),
            random.choice([3000, 4000], count).tolist(),
            taken.tolist(),
            random.choice(_CAMERAS, count).tolist(),
            (random.random(count) < 0.02).astype(int).tolist(),
            random.integers(0, 6, count).tolist(),
            random.integers(0, 1 << 24, count).tolist(),
            strict=True,
        ),
    )
    connection.executemany(
        "INSERT INTO file (photo_id, folder_id, path, shown, size_bytes, mtime_ns, inode)"
        " VALUES (?, ?, ?, ?, 3000000, 0, ?)",
        ((number, number % 2 + 1, b"%d.jpg" % number, f"{number}.jpg", number) for number in ids),
    )
    connection.executemany(
        "INSERT INTO search (rowid, names, camera) VALUES (?, ?, '')",
        ((number, f"/photos {number}.jpg") for number in ids),
    )
    connection.executemany(
        "INSERT INTO photo_tag (photo_id, tag_id, state, source, score, model)"
        " VALUES (?, ?, 'suggested', 'model', ?, 'tagger@1')",
        _tags(ids, tags, random),
    )
    connection.executemany(
        "INSERT INTO photo_colour (photo_id, name, rgb, share) VALUES (?, ?, 0, 0.3)",
        (
            (number, _COLOURS[place])
            for number, places in zip(ids, random.integers(0, 5, (count, 2)), strict=True)
            for place in {places[0], places[1] + 5}
        ),
    )
    connection.executemany(
        "INSERT INTO photo_quality"
        " (photo_id, score, clarity, exposure, composition, framing, noise)"
        " VALUES (?, ?, 0, 0, 0, 0, 0)",
        zip(ids, random.random(count).tolist(), strict=True),
    )


def _tags(ids: range, tags: int, random: np.random.Generator) -> Iterator[tuple[int, int, float]]:
    shape = (len(ids), TAGS_A_PHOTO)
    common = random.integers(0, max(1, tags // 10), shape)
    numbers = np.where(random.random(shape) < 0.5, common, random.integers(0, tags, shape))
    scores = random.random(shape)
    for photo_id, row, values in zip(ids, numbers, scores, strict=True):
        for place in np.unique(row, return_index=True)[1]:
            yield (photo_id, int(row[place]) + 1, float(values[place]))
