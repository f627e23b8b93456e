"""Looking at files without a library: what `album recognise` does, and scripts may do."""

import io
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from album.analysis.inference import InferenceThread
from album.analysis.protocol import Analyser, Findings, Sample
from album.analysis.registry import model_of
from album.domain.photo import Examination
from album.domain.tag import Facet, PhotoTag, TagScore, TagSource, TagState
from album.domain.taxonomy import Taxonomy
from album.errors import AlbumError, FileProblem
from album.pictures.examine import examine
from album.pictures.thumbnails import PictureSource, render
from album.storage.rows import Camera, PhotoDetails
from album.storage.tags import resolve_tag

DECODERS = 2
_AHEAD_BATCHES = 2


@dataclass(frozen=True, slots=True)
class Recognised:
    """What was found in a file.

    Attributes:
        details: as a library would hold it.
        ranked: all tags that were scored, highest first, whether or not over their thresholds.
    """

    details: PhotoDetails
    ranked: tuple[PhotoTag, ...]


@dataclass(frozen=True, slots=True)
class _Prepared:
    examination: Examination
    pictures: tuple[Any, ...]


Answer = Recognised | FileProblem


def recognise(
    paths: Iterable[Path],
    analysers: Sequence[Analyser],
    inference: InferenceThread,
    decoder: PictureSource,
    taxonomy: Taxonomy,
) -> Iterator[tuple[Path, Answer]]:
    """Each file with what is in it, in order; what cannot be read or looked at with its reason.

    Files are decoded ahead while the network looks at the batch before. The same small picture is
    looked at as for a library, so the findings are the same.

    Args:
        paths: of files.
        analysers: those of `inference`, in its order.
        inference: runs them; PackProblem when they cannot be loaded.
        decoder: decodes the files.
        taxonomy: of the tags.
    """
    size = inference.load().result()
    with ThreadPoolExecutor(DECODERS, thread_name_prefix="album-decoder") as pool:

        def begin(path: Path) -> "tuple[Path, Future[_Prepared | FileProblem]]":
            return path, pool.submit(_prepare, path, analysers, decoder)

        running: deque[_Batch] = deque()
        for files in _batches(map(begin, paths), size):
            running.append(_Batch(files, inference))
            if len(running) > 1:
                yield from running.popleft().answers(analysers, taxonomy)
        for batch in running:
            yield from batch.answers(analysers, taxonomy)


def _batches(
    begun: "Iterator[tuple[Path, Future[_Prepared | FileProblem]]]", size: int
) -> "Iterator[list[tuple[Path, _Prepared | FileProblem]]]":
    """Files by the batch as they are ready, some batches of them being decoded ahead."""
    waiting = deque(islice(begun, _AHEAD_BATCHES * size))
    while waiting:
        batch = []
        for _ in range(min(size, len(waiting))):
            path, future = waiting.popleft()
            batch.append((path, future.result()))
            waiting.extend(islice(begun, 1))
        yield batch


class _Batch:
    """Files on their way through the networks."""

    def __init__(
        self, files: "list[tuple[Path, _Prepared | FileProblem]]", inference: InferenceThread
    ) -> None:
        self._files = files
        readable = [one.pictures for _, one in files if isinstance(one, _Prepared)]
        self._future = inference.analyse(readable) if readable else None

    def answers(
        self, analysers: Sequence[Analyser], taxonomy: Taxonomy
    ) -> Iterator[tuple[Path, Answer]]:
        """What became of each file, in order; waits."""
        found = iter(self._future.result() if self._future else ())
        for path, one in self._files:
            if isinstance(one, FileProblem):
                yield path, one
                continue
            findings = next(found)
            if isinstance(findings, AlbumError):
                yield path, FileProblem(path, findings.text, advice=findings.advice)
            else:
                yield path, _recognised(path, one.examination, findings, analysers, taxonomy)


def _prepare(
    path: Path, analysers: Sequence[Analyser], decoder: PictureSource
) -> _Prepared | FileProblem:
    try:
        examination = examine(path)
        small = render(decoder, path).small
    except FileProblem as problem:
        return problem
    with Image.open(io.BytesIO(small)) as image:
        sample = Sample(np.asarray(image.convert("RGB")), examination.metadata)
    return _Prepared(examination, tuple(one.prepare(sample) for one in analysers))


def _recognised(
    path: Path,
    examination: Examination,
    findings: Sequence[Findings],
    analysers: Sequence[Analyser],
    taxonomy: Taxonomy,
) -> Recognised:
    models = [model_of(one) for one in analysers]
    pairs = list(zip(models, findings, strict=True))
    tags = _imported(examination, taxonomy)
    for model, one in pairs:
        for tag in _suggested(one.tags, model, taxonomy):
            tags.setdefault(tag.slug, tag)
    ranked = [tag for model, one in pairs for tag in _suggested(one.ranked, model, taxonomy)]
    said = examination.metadata
    details = PhotoDetails(
        path=path,
        kind=examination.kind,
        format=examination.format,
        fingerprint=examination.fingerprint,
        width=said.width,
        height=said.height,
        taken=None if said.taken is None else said.taken.isoformat(),
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
        tags=tuple(tags.values()),
        style=tuple(score for one in findings for score in one.style),
        colours=tuple(colour for one in findings for colour in one.colours),
        quality=next((one.quality for one in findings if one.quality is not None), None),
    )
    return Recognised(details, tuple(sorted(ranked, key=lambda tag: -(tag.score or 0))))


def _imported(examination: Examination, taxonomy: Taxonomy) -> dict[str, PhotoTag]:
    """Tags that the file itself carries, by slug."""
    meant = (resolve_tag(word, taxonomy) for word in examination.metadata.keywords)
    return {
        slug: PhotoTag(slug, facet, TagState.IMPORTED, TagSource.METADATA)
        for slug, facet, _ in filter(None, meant)
    }


def _suggested(scores: Sequence[TagScore], model: str, taxonomy: Taxonomy) -> Iterator[PhotoTag]:
    """Scores as tags, highest first; style families are listed apart."""
    for one in sorted(scores, key=lambda one: -one.score):
        facet = taxonomy.facet(one.slug)
        if facet is not Facet.STYLE:
            yield PhotoTag(one.slug, facet, TagState.SUGGESTED, TagSource.MODEL, one.score, model)
