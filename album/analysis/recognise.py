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
from album.storage.tags import resolve_tag

DECODERS = 2


@dataclass(frozen=True, slots=True)
class Recognised:
    """What was found in a file.

    Attributes:
        details: as a library would hold it.
        ranked: all tags that were scored, highest first, whether or not over their thresholds.
        cut_short: only what is there of the picture was looked at.
    """

    details: PhotoDetails
    ranked: tuple[PhotoTag, ...]
    cut_short: bool


Answer = Recognised | FileProblem


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
    notices: Notices | None = None,
) -> Iterator[tuple[Path, Answer]]:
    """Each file with what is in it, or why nobody can tell; in order, models loaded once.

    Args:
        paths: files.
        analysers: all of them look at every file.
        taxonomy: says the facets of their tags.
        device: `auto`, `cpu`, `cuda`, `cuda:1`, `mps`.
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
                yield from _look(batch, inference, analysers, taxonomy)
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
) -> Iterator[tuple[Path, Answer]]:
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
            yield path, _recognised(one, found, analysers, taxonomy)


def _recognised(
    one: _Prepared,
    findings: Sequence[Findings],
    analysers: Sequence[Analyser],
    taxonomy: Taxonomy,
) -> Recognised:
    models = [model_of(analyser) for analyser in analysers]
    pairs = list(zip(models, findings, strict=True))
    tags = [(tag, model) for model, found in pairs for tag in (*found.tags, *found.style)]
    ranked = [(tag, model) for model, found in pairs for tag in found.ranked]
    known = _imported(one.examination, taxonomy)
    for tag in _suggested(tags, taxonomy):
        known.setdefault(tag.slug, tag)
    details = _details(one, findings, tuple(known.values()))
    surest: dict[str, PhotoTag] = {}
    for tag in _suggested(ranked, taxonomy):
        surest.setdefault(tag.slug, tag)
    return Recognised(details, tuple(surest.values()), one.examination.cut_short)


def _details(
    one: _Prepared, findings: Sequence[Findings], tags: tuple[PhotoTag, ...]
) -> PhotoDetails:
    said = one.examination.metadata
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
        tags=tags,
        style=tuple(style for found in findings for style in found.style),
        colours=tuple(colour for found in findings for colour in found.colours),
        regions=tuple(region for found in findings for region in found.regions),
        quality=next((found.quality for found in findings if found.quality), None),
    )


def _imported(examination: Examination, taxonomy: Taxonomy) -> dict[str, PhotoTag]:
    """Tags that the file itself carries, by slug."""
    meant = (resolve_tag(word, taxonomy) for word in examination.metadata.keywords)
    return {
        slug: PhotoTag(slug, facet, TagState.IMPORTED, TagSource.METADATA)
        for slug, facet, _ in filter(None, meant)
    }


def _suggested(scores: Iterable[tuple[TagScore, str]], taxonomy: Taxonomy) -> Iterator[PhotoTag]:
    """Scores and the model that gave them as tags, highest first."""
    for one, model in sorted(scores, key=lambda pair: -pair[0].score):
        facet = taxonomy.facet(one.slug)
        yield PhotoTag(
            one.slug, facet, TagState.SUGGESTED, TagSource.MODEL, one.score, model, one.certainty
        )
