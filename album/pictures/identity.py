"""Who a photo is: a hash of the image data that metadata does not touch.

What counts as image data, and why: docs/adr/0010-identity.md.
"""

from collections.abc import Iterator
from pathlib import Path

from blake3 import blake3

from album.domain.photo import Fingerprint
from album.pictures.containers.layout import take_apart
from album.pictures.containers.parts import Parts, Span
from album.pictures.formats import Format
from album.pictures.original import Original, open_original

DIGEST_BYTES = 16

SAMPLE_ABOVE_BYTES = 64 << 20
"""Video and RAW data up to this size is hashed whole."""

_SAMPLES = 32
_SAMPLE_BYTES = 1 << 20


def fingerprint(path: Path, form: Format) -> Fingerprint:
    """The identity of a file; FileProblem when it cannot be read or holds no picture."""
    with open_original(path) as original:
        return fingerprint_of(original, take_apart(original, form))


def fingerprint_of(original: Original, parts: Parts) -> Fingerprint:
    """The identity of an open file that has been taken apart."""
    total = sum(part[1] for part in parts.image if isinstance(part, tuple))
    sampling = parts.sampled and total > SAMPLE_ABOVE_BYTES
    hasher = blake3()
    for part in parts.image:
        if isinstance(part, bytes):
            hasher.update(part)
            continue
        spans = _samples(part, total) if sampling else (part,)
        if sampling:
            hasher.update(part[1].to_bytes(8, "big"))
        for span in spans:
            for piece in original.pieces(*span):
                hasher.update(piece)
    return Fingerprint(parts.scheme, hasher.digest(DIGEST_BYTES))


def _samples(span: Span, total: int) -> Iterator[Span]:
    """Evenly spaced pieces of a span, as many as its share of all the data; small spans whole."""
    start, size = span
    count = max(1, round(_SAMPLES * size / total))
    if size <= count * _SAMPLE_BYTES:
        yield span
        return
    step = (size - _SAMPLE_BYTES) // max(count - 1, 1)
    for index in range(count):
        yield start + index * step, _SAMPLE_BYTES
