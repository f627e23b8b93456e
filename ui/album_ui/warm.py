"""What is loaded when the window starts, so that it is not loaded at a worse moment."""

from PySide6.QtCore import QBuffer, QByteArray, QIODevice
from PySide6.QtGui import QImageReader


def load_decoder() -> None:
    """Have Qt load what decodes JPEGs; later it may have to wait for torch's library to be mapped.

    It would wait holding Python's lock, and the window with it.
    """
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    QImageReader(buffer, QByteArray(b"jpeg")).canRead()
