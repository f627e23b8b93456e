"""Photos on their way out of the window: their originals, to be copied, never moved."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDrag, QPixmap
from PySide6.QtWidgets import QWidget

_SHOWN_PX = 128


def mime_of_originals(paths: Sequence[Path]) -> QMimeData:
    """The originals as a list of URLs, which every file manager and program takes."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return mime


def drag_out(source: QWidget, mime: QMimeData, shown: QPixmap | None = None) -> Qt.DropAction:
    """Let the user drag this to another program; returns when it is dropped. Only ever a copy."""
    drag = QDrag(source)
    drag.setMimeData(mime)
    if shown is not None and not shown.isNull():
        small = shown.scaled(
            _SHOWN_PX,
            _SHOWN_PX,
            Qt.AspectRatioMode.KeepAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )
        drag.setPixmap(small)
        drag.setHotSpot(QPoint(small.width() // 2, small.height() // 2))
    return drag.exec(Qt.DropAction.CopyAction)
