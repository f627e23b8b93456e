"""ISO base media files (HEIF, AVIF, JPEG 2000, MP4, MOV, CR3) are boxes within boxes."""

from collections.abc import Iterator
from dataclasses import dataclass

from album.pictures.original import Original

_BOXES_MOST = 20_000
CONTENT_LIMIT_BYTES = 16 << 20


@dataclass(frozen=True, slots=True)
class Box:
    """A box: its four-letter name and where its content lies."""

    name: bytes
    start: int
    size: int

    @property
    def end(self) -> int:
        """The first byte behind it."""
        return self.start + self.size


class Boxes:
    """Boxes of one file, with a limit on how many are looked at."""

    def __init__(self, original: Original) -> None:
        self.original = original
        self._left = _BOXES_MOST

    def top(self) -> Iterator[Box]:
        """The boxes of the file itself."""
        return self._between(0, self.original.size_bytes)

    def inside(self, box: Box, skip: int = 0) -> Iterator[Box]:
        """The boxes within a box, behind `skip` bytes of its own (4 for a full box)."""
        return self._between(box.start + skip, min(box.end, self.original.size_bytes))

    def content(self, box: Box) -> bytes:
        """What a box holds; nothing when it is unreasonably large."""
        if box.size > CONTENT_LIMIT_BYTES:
            return b""
        return self.original.read(box.start, box.size)

    def _between(self, start: int, end: int) -> Iterator[Box]:
        while start + 8 <= end and self._left > 0:
            self._left -= 1
            head = self.original.read(start, 16)
            size, header = int.from_bytes(head[:4], "big"), 8
            if size == 1:
                size, header = int.from_bytes(head[8:16], "big"), 16
            elif size == 0:
                size = end - start
            if size < header:
                return
            yield Box(head[4:8], start + header, size - header)
            start += size
