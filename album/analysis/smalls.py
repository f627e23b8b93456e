"""The small pictures that analysers look at: the cached ones, so each original is decoded once."""

import io
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future

import numpy as np
from PIL import Image

from album.analysis.protocol import Pixels
from album.domain.photo import Fingerprint, PhotoId
from album.errors import FileProblem, Interrupted
from album.pictures.thumbnails import SMALL_PX, ThumbnailStore

Request = Callable[[Sequence[PhotoId]], None]


class SmallPictures:
    """Small pictures from the store; those that are not there are rendered for us and for it.

    What is looked at is always the stored JPEG: the same findings, whoever made it and when.

    Args:
        store: of thumbnails.
        request: asks for a small thumbnail; the answer comes to `on_ready`.
    """

    def __init__(self, store: ThumbnailStore, request: Request) -> None:
        self._store = store
        self._request = request
        self._lock = threading.Lock()
        self._waiting: dict[PhotoId, list[Future[bytes]]] = {}
        self._closed = False

    def get(self, photo_id: PhotoId, fingerprint: Fingerprint) -> Pixels:
        """Upright RGB, longest side 384 px at most; waits. FileProblem; Interrupted at closing."""
        jpeg = self._store.get(fingerprint, SMALL_PX) or self._ask(photo_id)
        with Image.open(io.BytesIO(jpeg)) as image:
            return np.asarray(image.convert("RGB"))

    def on_ready(self, photo_id: PhotoId, size_px: int, answer: bytes | FileProblem) -> None:
        """A thumbnail is there, or cannot be."""
        if size_px != SMALL_PX:
            return
        with self._lock:
            futures = self._waiting.pop(photo_id, [])
        for future in futures:
            if isinstance(answer, FileProblem):
                future.set_exception(answer)
            else:
                future.set_result(answer)

    def close(self) -> None:
        """Let nobody wait any more."""
        with self._lock:
            self._closed = True
            waiting, self._waiting = self._waiting, {}
        for futures in waiting.values():
            for future in futures:
                future.set_exception(Interrupted("The library has been closed."))

    def _ask(self, photo_id: PhotoId) -> bytes:
        future: Future[bytes] = Future()
        with self._lock:
            if self._closed:
                raise Interrupted("The library has been closed.")
            self._waiting.setdefault(photo_id, []).append(future)
        self._request([photo_id])
        return future.result()
