"""A library that cannot be written (its disk is full) is said until it can be again."""

from typing import TYPE_CHECKING

from album.jobs.activity import ActivityBoard, ActivityKind
from album.storage.database import Database

if TYPE_CHECKING:
    import sqlite_utils

TRY_EVERY = 5
"""Looks between two attempts to write."""


class Saving:
    """Keeps an activity while the last change was refused, and tries whether there is room again.

    Args:
        database: of the library.
        activity: where it is said.
    """

    def __init__(self, database: Database, activity: ActivityBoard) -> None:
        self._database = database
        self._activity = activity
        self._looked = 0

    def look(self) -> None:
        """See how it stands."""
        refused = self._database.refused
        if refused is None:
            self._looked = 0
            self._activity.finish(ActivityKind.STUCK)
            return
        self._activity.report(ActivityKind.STUCK, 0, None, note=refused.text)
        self._looked += 1
        if self._looked % TRY_EVERY == 0:
            self._database.write(_write_something)


def _write_something(db: "sqlite_utils.Database") -> None:
    """Something that comes and goes in one transaction: it takes room as any other change does."""
    db.execute("INSERT INTO tag (slug, facet, name) VALUES ('', '', '')")
    db.execute("DELETE FROM tag WHERE slug = ''")
