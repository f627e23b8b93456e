"""All that intake wants to know of a file, from one look at it."""

from pathlib import Path
from typing import Final

from album.domain.photo import Examination
from album.pictures.containers.layout import recognise_format, take_apart
from album.pictures.identity import fingerprint_of
from album.pictures.metadata import metadata_of
from album.pictures.original import open_original

CUT_SHORT: Final = "the file is cut short: its end is missing"
"""Why a picture that can be seen is a problem all the same."""


def examine(path: Path) -> Examination:
    """Identity, kind, format and metadata of a file.

    FileProblem when it cannot be read or holds no picture; its subclass `FileChanged` when somebody
    wrote to it meanwhile.
    """
    with open_original(path) as original:
        form = recognise_format(original)
        parts = take_apart(original, form)
        return Examination(
            fingerprint=fingerprint_of(original, parts),
            kind=form.kind,
            format=form.name,
            metadata=metadata_of(original, parts),
            cut_short=parts.cut_short,
        )
