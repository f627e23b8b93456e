"""Canaries for the tools underneath: what has broken once without a word."""

import sys

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

CALLS = 100
SLACK = 20
"""Reference counts of shared objects move a little by themselves; a leak moves by CALLS."""


class _Sender(QObject):
    sent = Signal()


class _Rows(QAbstractListModel):
    def rowCount(self, parent: QModelIndex | QPersistentModelIndex | None = None) -> int:
        return 1

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = 0) -> object:
        return None


def test_reference_counts_of_none_and_true_stay_put() -> None:
    """PySide6 6.12.0 loses one a call on Python 3.11 and aborts the process in the end."""
    rows, sender = _Rows(), _Sender()
    index = rows.index(0, 0)
    before_none, before_true = sys.getrefcount(None), sys.getrefcount(True)
    for _ in range(CALLS):
        index.data(Qt.ItemDataRole.DisplayRole)
        sender.sent.emit()
    assert abs(sys.getrefcount(None) - before_none) < SLACK
    assert abs(sys.getrefcount(True) - before_true) < SLACK
