"""One window a library: a second start rings at the first one, which comes to the front."""

import hashlib
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from album_ui.guard import guarded

_WITHIN_MS = 500


@guarded
class Doorbell(QObject):
    """Hears whoever starts Albumen again on the same library.

    Signals:
        rung(): somebody did.
    """

    rung = Signal()

    def __init__(self, library: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._on_connection)
        name = _name(library)
        QLocalServer.removeServer(name)  # one may be left of a window that was killed
        self._server.listen(name)

    def close(self) -> None:
        """Hear nobody any more."""
        self._server.close()

    def _on_connection(self) -> None:
        caller = self._server.nextPendingConnection()
        if caller is not None:
            caller.disconnectFromServer()
            caller.deleteLater()
        self.rung.emit()


def ring(library: Path) -> bool:
    """Call the window that has this library open; whether there is one."""
    socket = QLocalSocket()
    socket.connectToServer(_name(library))
    there = socket.waitForConnected(_WITHIN_MS)
    socket.abort()
    return there


def _name(library: Path) -> str:
    """The same for all ways to write the folder of the library."""
    place = str(library.expanduser().resolve())
    return "albumen-" + hashlib.sha256(place.encode("utf-8", "surrogateescape")).hexdigest()[:24]
