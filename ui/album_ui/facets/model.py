"""The lines of the sidebar as an item model: what views and screen readers ask."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt

from album_ui.facets.items import Choice, Item, Kind, hint, spoken
from album_ui.guard import guarded
from album_ui.labels import plain_tip

AnyIndex = QModelIndex | QPersistentModelIndex


@guarded
class SidebarModel(QAbstractListModel):
    """Lines change in place where they stay what they are; else there is one reset."""

    def __init__(self) -> None:
        super().__init__()
        self._items: Sequence[Item] = ()

    @property
    def items(self) -> Sequence[Item]:
        """The lines from the top."""
        return self._items

    def show(self, items: Sequence[Item]) -> None:
        """Show these lines instead."""
        before = self._items
        if [one.key for one in before] != [one.key for one in items]:
            self.beginResetModel()
            self._items = items
            self.endResetModel()
            return
        self._items = items
        changed = [row for row, one in enumerate(items) if one != before[row]]
        for first, last in _runs(changed):
            self.dataChanged.emit(self.index(first), self.index(last))

    def row_of(self, key: str) -> int:
        """The row of the line of this key, -1 where there is none."""
        return next((row for row, one in enumerate(self._items) if one.key == key), -1)

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's default
        """How many lines there are."""
        return 0 if parent.isValid() else len(self._items)

    def flags(self, index: AnyIndex) -> Qt.ItemFlag:
        """Values can be ticked; a field to type in is a widget of its own."""
        if not 0 <= index.row() < len(self._items):
            return Qt.ItemFlag.NoItemFlags
        kind = self._items[index.row()].kind
        if kind is Kind.FIELD:
            return Qt.ItemFlag.NoItemFlags
        plain = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        checkable = kind in {Kind.VALUE, Kind.SWATCH}
        return plain | Qt.ItemFlag.ItemIsUserCheckable if checkable else plain

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: ANN401
        """What is known of a line in this role."""
        if not 0 <= index.row() < len(self._items):
            return None
        item = self._items[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return item.text
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return spoken(item)
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(hint(item)) or None
        if role == Qt.ItemDataRole.CheckStateRole and item.kind in {Kind.VALUE, Kind.SWATCH}:
            chosen = item.choice is Choice.CHOSEN
            return Qt.CheckState.Checked if chosen else Qt.CheckState.Unchecked
        return None


def _runs(rows: Sequence[int]) -> list[tuple[int, int]]:
    """First and last of each run of rows that follow each other."""
    runs: list[tuple[int, int]] = []
    for row in rows:
        if runs and runs[-1][1] == row - 1:
            runs[-1] = (runs[-1][0], row)
        else:
            runs.append((row, row))
    return runs
