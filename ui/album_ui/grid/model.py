"""The photos of a page as an item model: ids in order, rows fetched when they come into sight."""

from collections import OrderedDict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from album.domain.photo import MediaKind, PhotoId
from album.session import LibrarySession
from album.storage.rows import PhotoRow
from album.storage.search import Page
from album.storage.values import shown
from album_ui import words
from album_ui.bridge import Bridge
from album_ui.grid.grouping import EPOCH
from album_ui.guard import guarded
from album_ui.labels import plain_tip
from album_ui.words import tr

AnyIndex = QModelIndex | QPersistentModelIndex

MOST_KEPT = 4_000
"""Rows that are kept beyond those on the screen."""


class Role(IntEnum):
    """What the model says of a photo beyond Qt's own roles."""

    PHOTO_ID = Qt.ItemDataRole.UserRole
    ROW = Qt.ItemDataRole.UserRole + 1


@guarded
class PhotoGridModel(QAbstractListModel):
    """One reset for each page; `data` answers from what is there and never waits."""

    def __init__(
        self, session: LibrarySession, bridge: Bridge, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._bridge = bridge
        self._page: Page | None = None
        self._ids: NDArray[np.int32] = np.empty(0, dtype=np.int32)
        self._rows: OrderedDict[int, PhotoRow] = OrderedDict()
        self._asked: set[int] = set()

    @property
    def ids(self) -> NDArray[np.int32]:
        """Photo ids in order, shape (photos,)."""
        return self._ids

    @property
    def page(self) -> Page | None:
        """The page that is shown."""
        return self._page

    def show(self, page: Page) -> None:
        """Show these photos instead."""
        self.beginResetModel()
        self._page = page
        self._ids = page.ids
        self._asked.clear()
        self.endResetModel()

    def take_columns(self, page: Page) -> None:
        """The same photos, some of which look different now (a colour became known)."""
        self._page = page

    def videos_in(self, rows: range) -> int:
        """How many of these are videos."""
        page = self._page
        return 0 if page is None else int(np.count_nonzero(page.video[rows.start : rows.stop]))

    def photo_id(self, row: int) -> PhotoId:
        """The photo in this row."""
        return PhotoId(int(self._ids[row]))

    def row(self, row: int) -> PhotoRow | None:
        """What is known of the photo in this row; None while it is on its way."""
        return self._rows.get(int(self._ids[row]))

    def place_of(self, photo_id: int) -> int:
        """The row of a photo, -1 when it is not here."""
        found = np.flatnonzero(self._ids == photo_id)
        return int(found[0]) if len(found) else -1

    def places_of(self, ids: Iterable[int]) -> NDArray[np.int64]:
        """The rows of these photos, in order; those that are not here left out."""
        wanted = np.fromiter(ids, dtype=np.int64)
        if not len(wanted) or not len(self._ids):
            return np.empty(0, dtype=np.int64)
        known = np.zeros(int(max(wanted.max(), self._ids.max())) + 1, dtype=np.bool_)
        known[wanted] = True
        return np.flatnonzero(known[self._ids])

    def fetch(self, rows: range) -> None:
        """See to it that these rows are known soon."""
        ids = [int(one) for one in self._ids[rows.start : rows.stop]]
        for photo_id in ids:
            if photo_id in self._rows:
                self._rows.move_to_end(photo_id)
        missing = [one for one in ids if one not in self._rows and one not in self._asked]
        if missing:
            self._ask(missing)

    def forget(self, ids: Iterable[int]) -> None:
        """These photos changed: ask for them again, and keep what is known until it comes."""
        again = [one for one in ids if one in self._rows]
        if again:
            self._ask(again)

    def _ask(self, ids: list[int]) -> None:
        self._asked.update(ids)
        future = self._session.rows([PhotoId(one) for one in ids])
        self._bridge.call(future, self._on_rows, owner=self)

    def _on_rows(self, rows: list[PhotoRow]) -> None:
        for row in rows:
            self._rows[row.id] = row
            self._asked.discard(row.id)
        while len(self._rows) > MOST_KEPT:
            self._rows.popitem(last=False)
        if self._ids.size:
            self.dataChanged.emit(self.index(0), self.index(len(self._ids) - 1))

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's default
        """How many photos there are."""
        return 0 if parent.isValid() else len(self._ids)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: ANN401
        """What is known of a photo in this role."""
        if not index.isValid() or index.row() >= len(self._ids):
            return None
        if role == Role.PHOTO_ID:
            return self.photo_id(index.row())
        row = self.row(index.row())
        if role == Role.ROW:
            return row
        if row is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return named(row)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return spoken(row)
        if role == Qt.ItemDataRole.ToolTipRole and row.problem:
            return plain_tip(broken(row))
        return None


def spoken(row: PhotoRow) -> str:
    """What a screen reader says of a photo: file, date, tags, and what else stands out."""
    parts = [named(row)]
    if row.taken is not None:
        parts.append(words.moment(datetime.fromisoformat(row.taken)))
    if row.kind is MediaKind.VIDEO:
        parts.append(tr("video"))
    if row.favourite:
        parts.append(tr("favourite"))
    if row.offline:
        parts.append(tr("offline"))
    if row.problem:
        parts.append(broken(row))
    parts.extend(row.tags)
    return ", ".join(parts)


def broken(row: PhotoRow) -> str:
    """Why a photo cannot be shown."""
    return f"{tr('This photo cannot be shown.')} {words.sentence(row.problem)}"


def named(row: PhotoRow) -> str:
    """What a photo is called: the name of its file."""
    return shown(row.path.name) if row.path is not None else row.title or ""


def day_of(days: int) -> date:
    """The day that a page's `day` column names (days since 1970)."""
    return EPOCH + timedelta(days=days)
