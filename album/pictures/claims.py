"""What one source in a file (EXIF, XMP, IPTC, the container) claims; several make a `Metadata`."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime

from album.domain.photo import Metadata


@dataclass(frozen=True, slots=True)
class Claims:
    """What one source says; None where it says nothing that makes sense.

    Attributes:
        width, height: as stored, before the orientation is applied.
        taken: when the picture was made.
        touched: a weaker date (file written, digitised), for want of a better one.
    """

    width: int | None = None
    height: int | None = None
    orientation: int | None = None
    taken: datetime | None = None
    touched: datetime | None = None
    make: str | None = None
    model: str | None = None
    lens: str | None = None
    gps: tuple[float, float] | None = None
    rating: int | None = None
    title: str | None = None
    description: str | None = None
    keywords: tuple[str, ...] = ()
    aperture: float | None = None
    exposure_s: float | None = None
    iso: int | None = None
    focal_mm: float | None = None
    flash: bool | None = None
    duration_s: float | None = None


_FIRST_WINS = tuple(
    field.name for field in fields(Claims) if field.name not in {"keywords", "width", "height"}
)
_SAME_NAME = tuple(
    field.name
    for field in fields(Metadata)
    if field.name not in {"width", "height", "orientation", "taken", "camera", "keywords"}
)
_SIDEWAYS = 5
"""EXIF orientations from here on swap width and height."""


def merge(sources: Sequence[Claims]) -> Metadata:
    """The sources as one: for each field the first source that speaks, keywords of all."""
    first = {
        name: next((v for source in sources if (v := getattr(source, name)) is not None), None)
        for name in _FIRST_WINS
    }
    size = next(((s.width, s.height) for s in sources if s.width and s.height), (None, None))
    orientation = first["orientation"] or 1
    width, height = reversed(size) if orientation >= _SIDEWAYS else size
    keywords = dict.fromkeys(word for source in sources for word in source.keywords)
    return Metadata(
        width=width,
        height=height,
        orientation=orientation,
        taken=first["taken"] or first["touched"],
        camera=camera_name(first["make"], first["model"]),
        keywords=tuple(keywords),
        **{name: first[name] for name in _SAME_NAME},
    )


def camera_name(make: str | None, model: str | None) -> str | None:
    """Make and model as one name, without saying the make twice.

    >>> camera_name("Canon", "Canon EOS 20D")
    'Canon EOS 20D'
    >>> camera_name("NIKON CORPORATION", "NIKON D70")
    'NIKON D70'
    """
    if not make or not model:
        return model or make
    if model.casefold().startswith(make.split()[0].casefold()):
        return model
    return f"{make} {model}"
