"""Pixmaps of the photos in sight: decoded to size off the GUI thread, bounded in bytes."""

import threading
from collections import OrderedDict
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QObject, QSize, Qt, Signal
from PySide6.QtGui import QImage, QImageReader, QPixmap

from album.domain.photo import PhotoId
from album.errors import FileProblem
from album.pictures.service import Urgency
from album.pictures.thumbnails import LARGE_PX, SMALL_PX
from album.session import LibrarySession
from album_ui.bridge import Bridge

DECODERS: Final = 2
_JPEG: Final = b"\xff\xd8"
BUDGET_BYTES: Final = 256 * 1024 * 1024
STRETCHED: Final = 1.15
"""A small thumbnail may be drawn so much larger than it is before the large one is taken."""


def decode(data: bytes, size: QSize) -> QImage:
    """A thumbnail's bytes as an opaque picture that fills `size`, cropped; null when they are none.

    Runs on any thread.
    """
    if not data.startswith(_JPEG):
        return QImage()
    buffer = QBuffer()
    buffer.setData(QByteArray(data))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer, QByteArray(b"jpeg"))
    full = reader.size()
    if not full.isValid():
        return QImage()
    wanted = full.scaled(size, Qt.AspectRatioMode.KeepAspectRatioByExpanding)
    half = full
    while half.width() >= 4 * wanted.width() and half.height() >= 4 * wanted.height():
        half = half / 2  # the decoder's own halving is cheap; the rest is done well below
    if half != full:
        reader.setScaledSize(half)
    image = reader.read()
    if image.isNull():
        return image
    smooth = Qt.TransformationMode.SmoothTransformation
    image = image.scaled(wanted, Qt.AspectRatioMode.IgnoreAspectRatio, smooth)
    left, top = (wanted.width() - size.width()) // 2, (wanted.height() - size.height()) // 2
    return image.copy(left, top, size.width(), size.height()).convertToFormat(
        QImage.Format.Format_RGB32
    )


class Pixmaps(QObject):
    """What pictures there are for the grid, by photo.

    Args:
        session: whose thumbnails they are.
        bridge: brings what is decoded to the GUI thread.
        budget_bytes: of all pixmaps together; the longest unseen go first.

    Signals:
        ready(list[int]): these photos have a picture now that had none.
    """

    ready = Signal(object)

    def __init__(
        self,
        session: LibrarySession,
        bridge: Bridge,
        parent: QObject | None = None,
        budget_bytes: int = BUDGET_BYTES,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._bridge = bridge
        self._budget_bytes = budget_bytes
        self._used_bytes = 0
        self._pixmaps: OrderedDict[int, QPixmap] = OrderedDict()
        self._wanted: dict[int, QSize] = {}
        self._asked: set[int] = set()
        self._closed = False
        self._closing = threading.Lock()
        self._decoders = ThreadPoolExecutor(DECODERS, "album-pixmaps")
        self._unsubscribe = session.thumbnails.subscribe(self._on_thumbnail)

    def get(self, photo_id: int) -> QPixmap | None:
        """The picture of a photo, perhaps of another size than wanted; None: none yet."""
        return self._pixmaps.get(photo_id)

    def want(self, sizes: Iterable[tuple[int, QSize]], visible: int) -> None:
        """These are in sight or near, the first `visible` of them on the screen.

        Sizes are in device pixels.

        What was wanted before and is not now is dropped.
        """
        self._wanted = dict(sizes)
        missing: list[int] = []
        for photo_id, size in self._wanted.items():
            known = self._pixmaps.get(photo_id)
            if known is not None:
                self._pixmaps.move_to_end(photo_id)
            if (known is None or known.size() != size) and photo_id not in self._asked:
                missing.append(photo_id)
        on_screen = [PhotoId(one) for one in list(self._wanted)[:visible]]
        self._session.wanted(on_screen)
        self._asked &= self._wanted.keys()
        self._asked.update(missing)
        for source_px in (SMALL_PX, LARGE_PX):
            ids = [PhotoId(one) for one in missing if self._source_px(one) == source_px]
            if ids:
                self._session.thumbnails.request(ids, source_px, Urgency.VISIBLE)

    def forget(self, ids: Iterable[int]) -> None:
        """These photos look different now."""
        for photo_id in ids:
            self._asked.discard(photo_id)
            pixmap = self._pixmaps.pop(photo_id, None)
            if pixmap is not None:
                self._used_bytes -= _bytes(pixmap)

    def close(self) -> None:
        """Decode nothing any more; may be called again."""
        with self._closing:
            self._closed = True
        self._unsubscribe()
        self._decoders.shutdown(wait=True, cancel_futures=True)

    def _source_px(self, photo_id: int) -> int:
        """Which thumbnail a photo's place is filled from."""
        size = self._wanted[photo_id]
        return SMALL_PX if max(size.width(), size.height()) <= STRETCHED * SMALL_PX else LARGE_PX

    def _on_thumbnail(self, photo_id: PhotoId, size_px: int, answer: bytes | FileProblem) -> None:
        """Worker thread: have it decoded where it is still wanted."""
        size = self._wanted.get(photo_id)
        if size is None or isinstance(answer, FileProblem):
            return
        with self._closing:  # else it may be closed between the question and the order
            if not self._closed:
                self._decoders.submit(self._decode, photo_id, answer, size)

    def _decode(self, photo_id: int, data: bytes, size: QSize) -> None:
        image = decode(data, size)
        if not image.isNull():
            self._bridge.post(lambda: self.put(photo_id, image))

    def put(self, photo_id: int, image: QImage) -> None:
        """Keep a picture, and let the longest unseen go; GUI thread."""
        self._asked.discard(photo_id)
        before = self._pixmaps.pop(photo_id, None)
        if before is not None:
            self._used_bytes -= _bytes(before)
        pixmap = QPixmap.fromImage(image)
        self._pixmaps[photo_id] = pixmap
        self._used_bytes += _bytes(pixmap)
        while self._used_bytes > self._budget_bytes and len(self._pixmaps) > 1:
            _, oldest = self._pixmaps.popitem(last=False)
            self._used_bytes -= _bytes(oldest)
        self.ready.emit([photo_id] if before is None else [])


def _bytes(pixmap: QPixmap) -> int:
    return pixmap.width() * pixmap.height() * 4
