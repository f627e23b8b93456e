"""What is in pictures, without any library."""

import io
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from album.analysis.inference import InferenceThread
from album.analysis.protocol import Analyser, Findings, Sample
from album.analysis.registry import model_of
from album.analysis.registry import segmenter as installed_segmenter
from album.domain.photo import Examination
from album.domain.tag import PhotoTag, TagScore, TagSource, TagState
from album.domain.taxonomy import Taxonomy
from album.errors import AlbumError, FileProblem, Interrupted
from album.notices import Notices
from album.pictures.decode import Decoder
from album.pictures.examine import examine
from album.pictures.thumbnails import render
from album.storage.rows import Camera, PhotoDetails

DECODERS = 2

Recognised = tuple[Path, PhotoDetails | FileProblem]


@dataclass(frozen=True, slots=True)
class _Prepared:
    path: Path
    examination: Examination
    prepared: tuple[Any, ...]


def recognise(
    paths: Iterable[Path],
    analysers: Sequence[Analyser],
    taxonomy: Taxonomy,
    *,
    device: str = "auto",
    top: int | None = None,
    notices: Notices | None = None,
) -> Iterator[Recognised]:
    """Each file with what is in it, or why nobody can tell; in order, models loaded once.

    Args:
        paths: files.
        analysers: all of them look at every file.
        taxonomy: says the facets of their tags.
        device: `auto`, `cpu`, `cuda`, `cuda:1`, `mps`.
        top: the highest of all tags, so many, with their scores; None: those over their thresholds.
        notices: told when the device is too small.

    PackProblem when the analysers cannot be loaded.
    """
    inference = InferenceThread(analysers, installed_segmenter, device, notices or Notices())
    with closing(inference), closing(Decoder()) as decoder, ThreadPoolExecutor(DECODERS) as pool:
        size = max(1, inference.load().result())
        rest = iter(paths)
        coming: deque[tuple[Path, Future[_Prepared | FileProblem]]] = deque()
        try:
            while True:
                for path in islice(rest, 2 * size - len(coming)):
                    coming.append((path, pool.submit(_prepare, decoder, path, analysers)))
                if not coming:
                    return
                batch = [coming.popleft() for _ in range(min(size, len(coming)))]
                yield from _look(batch, inference, analysers, taxonomy, top)
        finally:
            for _, future in coming:
                future.cancel()


def _prepare(
    decoder: Decoder, path: Path, analysers: Sequence[Analyser]
) -> _Prepared | FileProblem:
    """As the library does it: from the small thumbnail, so that both find the same."""
    try:
        examination = examine(path)
        jpeg = render(decoder, path).small
    except FileProblem as problem:
        return problem
    with Image.open(io.BytesIO(jpeg)) as image:
        sample = Sample(np.asarray(image.convert("RGB")), examination.metadata)
    return _Prepared(path, examination, tuple(one.prepare(sample) for one in analysers))


def _look(
    batch: Sequence[tuple[Path, Future[_Prepared | FileProblem]]],
    inference: InferenceThread,
    analysers: Sequence[Analyser],
    taxonomy: Taxonomy,
    top: int | None,
) -> Iterator[Recognised]:
    made = [(path, future.result()) for path, future in batch]
    pictures = [one.prepared for _, one in made if isinstance(one, _Prepared)]
    answers = iter(inference.analyse(pictures).result() if pictures else ())
    for path, one in made:
        if isinstance(one, FileProblem):
            yield path, one
            continue
        found = next(answers)
        if isinstance(found, Interrupted):
            raise found
        if isinstance(found, AlbumError):
            yield path, FileProblem(path, found.text, advice=found.advice)
        else:
            yield path, _details(one, found, analysers, taxonomy, top)


def _details(
    one: _Prepared,
    findings: Sequence[Findings],
    analysers: Sequence[Analyser],
    taxonomy: Taxonomy,
    top: int | None,
) -> PhotoDetails:
    said = one.examination.metadata
    tags = [
        _tag(tag, analyser, taxonomy)
        for found, analyser in zip(findings, analysers, strict=True)
        for tag in (found.tags if top is None else found.ranked)
    ]
    tags.sort(key=lambda tag: -(tag.score or 0.0))
    return PhotoDetails(
        path=one.path,
        kind=one.examination.kind,
        format=one.examination.format,
        fingerprint=one.examination.fingerprint,
        width=said.width,
        height=said.height,
        taken=said.taken.isoformat() if said.taken else None,
        camera=Camera(
            said.camera,
            said.lens,
            said.aperture,
            said.exposure_s,
            said.iso,
            said.focal_mm,
            said.flash,
        ),
        gps=said.gps,
        rating=said.rating,
        title=said.title,
        description=said.description,
        duration_s=said.duration_s,
        tags=tuple(tags[:top]),
        style=tuple(style for found in findings for style in found.style),
        colours=tuple(colour for found in findings for colour in found.colours),
        quality=next((found.quality for found in findings if found.quality), None),
    )


def _tag(tag: TagScore, analyser: Analyser, taxonomy: Taxonomy) -> PhotoTag:
    return PhotoTag(
        tag.slug,
        taxonomy.facet(tag.slug),
        TagState.SUGGESTED,
        TagSource.MODEL,
        tag.score,
        model_of(analyser),
    )
