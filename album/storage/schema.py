"""The tables of a library and the ordered migrations that lead to them.

`PRAGMA user_version` is the number of migrations that a library has been through; it is set in the
same transaction as the migration itself, so a kill leaves a library either before or after it.
"""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass

APPLICATION_ID = 0x416C626D
"""`Albm`: tells a library from any other SQLite file."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One step of the schema; `apply` runs inside a transaction and must not end it."""

    name: str
    apply: Callable[[sqlite3.Connection], None]


_TABLES = (
    """
    CREATE TABLE folder (
        id INTEGER PRIMARY KEY,
        path BLOB NOT NULL UNIQUE,
        shown TEXT NOT NULL,
        added_s INTEGER NOT NULL,
        state TEXT NOT NULL DEFAULT 'healthy'
            CHECK (state IN ('healthy', 'offline', 'polling', 'unreadable')),
        note TEXT NOT NULL DEFAULT ''
    ) STRICT
    """,
    """
    CREATE TABLE photo (
        id INTEGER PRIMARY KEY,
        fingerprint TEXT NOT NULL UNIQUE,
        kind TEXT NOT NULL CHECK (kind IN ('photo', 'video')),
        format TEXT NOT NULL,
        width INTEGER,
        height INTEGER,
        taken TEXT,
        taken_s INTEGER NOT NULL,
        taken_known INTEGER NOT NULL CHECK (taken_known IN (0, 1)),
        camera TEXT,
        lens TEXT,
        latitude REAL,
        longitude REAL,
        rating INTEGER,
        rating_source TEXT CHECK (rating_source IN ('metadata', 'user')),
        favourite INTEGER NOT NULL DEFAULT 0 CHECK (favourite IN (0, 1)),
        title TEXT,
        description TEXT,
        aperture REAL,
        exposure_s REAL,
        iso INTEGER,
        focal_mm REAL,
        flash INTEGER,
        duration_s REAL,
        colour INTEGER,
        embedding BLOB,
        embedding_model TEXT,
        added_s INTEGER NOT NULL
    ) STRICT
    """,
    "CREATE INDEX photo_by_camera ON photo (camera) WHERE camera IS NOT NULL",
    "CREATE INDEX photo_by_year ON photo (strftime('%Y', taken_s, 'unixepoch'))",
    "CREATE INDEX photo_favourite ON photo (favourite) WHERE favourite",
    "CREATE INDEX photo_video ON photo (kind) WHERE kind = 'video'",
    """
    CREATE TABLE file (
        id INTEGER PRIMARY KEY,
        photo_id INTEGER NOT NULL REFERENCES photo(id) ON DELETE CASCADE,
        folder_id INTEGER NOT NULL REFERENCES folder(id) ON DELETE CASCADE,
        path BLOB NOT NULL,
        shown TEXT NOT NULL,
        size_bytes INTEGER NOT NULL,
        mtime_ns INTEGER NOT NULL,
        inode INTEGER NOT NULL,
        state TEXT NOT NULL DEFAULT 'present' CHECK (state IN ('present', 'missing')),
        UNIQUE (folder_id, path)
    ) STRICT
    """,
    "CREATE INDEX file_by_photo ON file (photo_id, state, folder_id)",
    "CREATE INDEX file_by_folder ON file (folder_id, state, photo_id)",
    """
    CREATE TABLE tag (
        id INTEGER PRIMARY KEY,
        slug TEXT NOT NULL UNIQUE,
        facet TEXT NOT NULL,
        name TEXT NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE photo_tag (
        photo_id INTEGER NOT NULL REFERENCES photo(id) ON DELETE CASCADE,
        tag_id INTEGER NOT NULL REFERENCES tag(id),
        state TEXT NOT NULL
            CHECK (state IN ('imported', 'manual', 'suggested', 'confirmed', 'rejected')),
        source TEXT NOT NULL CHECK (source IN ('metadata', 'user', 'model')),
        score REAL,
        model TEXT,
        decided_s INTEGER,
        PRIMARY KEY (photo_id, tag_id)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX photo_tag_by_tag ON photo_tag (tag_id, state, photo_id)",
    """
    CREATE TABLE photo_colour (
        photo_id INTEGER NOT NULL REFERENCES photo(id) ON DELETE CASCADE,
        name TEXT NOT NULL,
        rgb INTEGER NOT NULL,
        share REAL NOT NULL,
        PRIMARY KEY (photo_id, name)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX photo_colour_by_name ON photo_colour (name, photo_id)",
    """
    CREATE TABLE photo_quality (
        photo_id INTEGER PRIMARY KEY REFERENCES photo(id) ON DELETE CASCADE,
        score REAL NOT NULL,
        clarity REAL NOT NULL,
        exposure REAL NOT NULL,
        composition REAL NOT NULL,
        framing REAL NOT NULL,
        noise REAL NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE job (
        id INTEGER PRIMARY KEY,
        photo_id INTEGER NOT NULL REFERENCES photo(id) ON DELETE CASCADE,
        kind TEXT NOT NULL,
        state TEXT NOT NULL DEFAULT 'pending'
            CHECK (state IN ('pending', 'running', 'done', 'failed', 'cancelled')),
        priority INTEGER NOT NULL DEFAULT 0,
        attempts INTEGER NOT NULL DEFAULT 0,
        signature TEXT NOT NULL,
        reason TEXT NOT NULL DEFAULT '',
        changed_s INTEGER NOT NULL,
        UNIQUE (photo_id, kind)
    ) STRICT
    """,
    "CREATE INDEX job_by_state ON job (kind, state, priority DESC, id)",
    """
    CREATE TABLE problem (
        id INTEGER PRIMARY KEY,
        folder_id INTEGER NOT NULL REFERENCES folder(id) ON DELETE CASCADE,
        path BLOB NOT NULL,
        shown TEXT NOT NULL,
        photo_id INTEGER REFERENCES photo(id) ON DELETE CASCADE,
        stage TEXT NOT NULL CHECK (stage IN ('read', 'decode', 'analyse', 'folder')),
        reason TEXT NOT NULL,
        advice TEXT NOT NULL DEFAULT '',
        first_s INTEGER NOT NULL,
        last_s INTEGER NOT NULL,
        attempts INTEGER NOT NULL DEFAULT 1,
        size_bytes INTEGER,
        mtime_ns INTEGER,
        UNIQUE (folder_id, path, stage)
    ) STRICT
    """,
    "CREATE INDEX problem_by_photo ON problem (photo_id) WHERE photo_id IS NOT NULL",
    """
    CREATE TABLE album (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL UNIQUE,
        query TEXT NOT NULL,
        added_s INTEGER NOT NULL
    ) STRICT
    """,
    """
    CREATE VIRTUAL TABLE search USING fts5 (
        title, description, names, camera, tokenize = 'unicode61 remove_diacritics 2'
    )
    """,
)


def _create(connection: sqlite3.Connection) -> None:
    for statement in _TABLES:
        connection.execute(statement)


_TAUGHT = (
    """
    CREATE TABLE taught (
        tag_id INTEGER PRIMARY KEY REFERENCES tag(id),
        revision INTEGER NOT NULL,
        embedding_model TEXT NOT NULL,
        weights BLOB NOT NULL,
        bias REAL NOT NULL,
        threshold REAL NOT NULL,
        likes INTEGER NOT NULL,
        unlikes INTEGER NOT NULL,
        precision REAL NOT NULL,
        precision_low REAL NOT NULL,
        precision_high REAL NOT NULL,
        recall REAL NOT NULL,
        recall_low REAL NOT NULL,
        recall_high REAL NOT NULL,
        learned_from TEXT NOT NULL,
        taught_s INTEGER NOT NULL
    ) STRICT
    """,
    """
    CREATE INDEX photo_by_embedding ON photo (embedding_model)
        WHERE embedding_model IS NOT NULL
    """,
)


def _add_taught(connection: sqlite3.Connection) -> None:
    for statement in _TAUGHT:
        connection.execute(statement)


def _add_time_index(connection: sqlite3.Connection) -> None:
    """The newest photos are on the screen before anything else is read."""
    connection.execute("CREATE INDEX photo_by_time ON photo (taken_s)")


_REGIONS = (
    """
    CREATE TABLE photo_region (
        photo_id INTEGER NOT NULL REFERENCES photo(id) ON DELETE CASCADE,
        tag_id INTEGER NOT NULL REFERENCES tag(id),
        score REAL NOT NULL,
        left REAL NOT NULL,
        top REAL NOT NULL,
        width REAL NOT NULL,
        height REAL NOT NULL,
        model TEXT NOT NULL
    ) STRICT
    """,
    "CREATE INDEX photo_region_by_photo ON photo_region (photo_id)",
)


def _add_regions(connection: sqlite3.Connection) -> None:
    for statement in _REGIONS:
        connection.execute(statement)


def _add_certainty(connection: sqlite3.Connection) -> None:
    connection.execute(
        "ALTER TABLE photo_tag ADD COLUMN certainty TEXT"
        " CHECK (certainty IN ('sure', 'likely', 'experimental'))"
    )


MIGRATIONS: tuple[Migration, ...] = (
    Migration("m0001_library", _create),
    Migration("m0002_taught", _add_taught),
    Migration("m0003_by_time", _add_time_index),
    Migration("m0004_regions", _add_regions),
    Migration("m0005_certainty", _add_certainty),
)

VERSION = len(MIGRATIONS)
"""The schema version this program writes."""
