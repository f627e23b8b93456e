"""The problems of the library as Qt shows lists."""

from collections.abc import Sequence
from enum import IntEnum

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from album.errors import advised
from album.storage.problems import Problem
from album_ui.guard import guarded
from album_ui.labels import plain_tip
from album_ui.words import repeated

Index = QModelIndex | QPersistentModelIndex


class Role(IntEnum):
    """What else a row can be asked for."""

    PROBLEM = Qt.ItemDataRole.UserRole


@guarded
class ProblemsModel(QAbstractListModel):
    """One row a problem, the latest first."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._problems: list[Problem] = []

    def show(self, problems: Sequence[Problem]) -> None:
        """Other problems; nothing happens where they are the same."""
        if list(problems) == self._problems:
            return
        self.beginResetModel()
        self._problems = list(problems)
        self.endResetModel()

    @property
    def problems(self) -> Sequence[Problem]:
        """All of them."""
        return self._problems

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Number of problems."""
        return 0 if parent.isValid() else len(self._problems)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Words for people and readers, the problem itself for the delegate."""
        if not index.isValid():
            return None
        problem = self._problems[index.row()]
        if role == Role.PROBLEM:
            return problem
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return f"{problem.shown}: {advised(repeated(problem.reason), repeated(problem.advice))}"
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(problem.shown)
        return None
