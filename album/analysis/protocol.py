"""What an analyser and a segmenter are, for whoever writes one and whoever runs one.

Both are found by entry point (`albumen.analysers`, `albumen.segmenters`): a class without
constructor arguments, cheap to import and construct; everything heavy happens in `load`, on the
inference thread.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from album.domain.appearance import Colour as Colour
from album.domain.appearance import Quality as Quality
from album.domain.appearance import Region as Region
from album.domain.photo import Metadata
from album.domain.tag import TagScore

Pixels = NDArray[np.uint8]
"""Upright RGB, shape (height, width, 3)."""

Alpha = NDArray[np.uint8]
"""Opacity of the subject, shape (height, width), 0 to 255."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One picture to look at.

    Attributes:
        pixels: upright RGB; its longest side is at least the analyser's `input_px` where the
            original allows.
        metadata: what the file says; empty when nothing is known.
    """

    pixels: Pixels
    metadata: Metadata = field(default_factory=Metadata)


@dataclass(frozen=True, slots=True)
class Findings:
    """What one analyser found in one picture. Fields that it does not speak of stay empty.

    Attributes:
        tags: over their thresholds, parents included, never below their children: stored as
            `suggested`.
        ranked: all that were scored, highest first (at most 100); for `recognise --top`, never
            stored.
        embedding: L2-normalised float16 vector, for similarity and taught tags.
        style: family slug and score.
        regions: parts of the picture that carry one of `tags`, the surest first.
    """

    tags: tuple[TagScore, ...] = ()
    ranked: tuple[TagScore, ...] = ()
    embedding: NDArray[np.float16] | None = None
    colours: tuple[Colour, ...] = ()
    style: tuple[TagScore, ...] = ()
    quality: Quality | None = None
    regions: tuple[Region, ...] = ()


class Analyser(Protocol):
    """Looks at pictures and says what is in them.

    Attributes:
        name: stable (`tagger`, `colours`).
        revision: changes whenever its answers may change; a new one re-queues photos.
        input_px: longest side of the pictures it wants, at most 384.
        batch_size: pictures a batch that suit the loaded device; read after `load`.
    """

    name: str
    revision: str
    input_px: int
    batch_size: int

    def load(self, device: str) -> None:
        """Make ready on `auto`, `cpu`, `cuda:1`, `mps` ...; PackProblem, DeviceMemoryProblem."""

    @property
    def device(self) -> str:
        """Where it runs, as shown to the user (`cpu`, `cuda:0`)."""

    def prepare(self, sample: Sample) -> Any:  # noqa: ANN401 - only its own `analyse` reads it
        """What `analyse` takes for one picture. Runs on decoder threads: thread-safe, no torch."""

    def analyse(self, prepared: Sequence[Any]) -> list[Findings]:
        """One answer a picture, in order; DeviceMemoryProblem when the batch is too large."""

    def unload(self) -> None:
        """Give memory back; `load` may follow."""


@dataclass(frozen=True, slots=True)
class Hint:
    """A click: this point, in pixels of the upright picture, is (not) part of the subject."""

    x: int
    y: int
    wanted: bool = True


@dataclass(frozen=True, slots=True)
class Subject:
    """One of the things that were lifted off a background: a layer.

    Attributes:
        alpha: its opacity inside `box`, shape (height, width) of the box.
        box: x, y, width, height of what is not all but transparent.
        share: of the picture's area that it covers, 0 to 1.
        confidence: 0 to 1, how decided its outline is.
    """

    alpha: Alpha
    box: tuple[int, int, int, int]
    share: float
    confidence: float


@dataclass(frozen=True, slots=True)
class Cutout:
    """A subject lifted off its background.

    Attributes:
        alpha: full size of the picture that was given.
        confidence: 0 to 1, how sure that this is a subject.
        found: False when the picture has no clear subject; alpha is then all zero.
        box: x, y, width, height of what is opaque; None when nothing is.
        subjects: the layers, the largest and most central first; together they are `alpha`. Empty
            where the segmenter knows of one layer only.
    """

    alpha: Alpha
    confidence: float
    found: bool
    box: tuple[int, int, int, int] | None = field(default=None)
    subjects: tuple[Subject, ...] = ()


class Segmenter(Protocol):
    """Lifts the subject off its background."""

    name: str
    revision: str

    def load(self, device: str) -> None:
        """As for an analyser."""

    def segment(self, pixels: Pixels, hints: Sequence[Hint] = ()) -> Cutout:
        """The subject of one full-size picture, hints obeyed; soft edges."""

    def unload(self) -> None:
        """Give memory back; `load` may follow."""
