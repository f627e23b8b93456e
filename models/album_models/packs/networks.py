"""The loaders of packs by the name that manifests give them; registered as `albumen.packs`."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from album.analysis.packs import Capability
from album.errors import PackProblem
from album_models.packs.labels import read_labels
from album_models.packs.parts import spec_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from album.analysis.packs import Pack
    from album.analysis.protocol import Analyser, Segmenter

CLASSIFIER = "torchvision-classifier"
DETECTOR = "torchvision-detector"
YOLOX = "yolox-onnx"
SUBJECT = "subject-onnx"
CLIP = "clip"
LOADERS = frozenset({CLASSIFIER, DETECTOR, YOLOX, SUBJECT, CLIP})


class Networks:
    """Makes analysers and segmenters of packs."""

    def require(self, pack: Pack) -> None:
        """EnvironmentProblem when what runs it is not installed; PackProblem when nobody can."""
        loader = spec_of(pack).loader
        if loader not in LOADERS:
            raise PackProblem(
                f"{pack.name} needs the loader {loader}, which this Albumen does not have.",
                advice="A newer Albumen may.",
            )
        if loader in {YOLOX, SUBJECT}:
            from album_models.packs.onnx import runtime

            runtime()

    def prepare(self, pack: Pack, files: Sequence[Path], into: Path) -> list[Path]:
        """Check what came, and put what will be used into the folder; PackProblem."""
        self.require(pack)
        loader = spec_of(pack).loader
        if loader in {CLASSIFIER, DETECTOR}:
            from album_models.packs import classifier, detector
            from album_models.packs.checkpoint import converted

            build = classifier.build if loader == CLASSIFIER else detector.build
            return [converted(build(spec_of(pack)), files[0], into)]
        if loader == CLIP:
            from album_models.packs import words

            return words.prepare(pack, files, into)
        return _prepare_onnx(pack, files[0], into)

    def analyser(self, pack: Pack) -> Analyser:
        """What looks at photos with this pack; PackProblem when it does no such thing."""
        self.require(pack)
        if spec_of(pack).loader == CLASSIFIER:
            from album_models.packs.classifier import PackClassifier

            return PackClassifier(pack)
        if spec_of(pack).loader == CLIP:
            from album_models.packs.words import PackWords

            return PackWords(pack)
        if pack.capability is Capability.OBJECTS:
            from album_models.packs.detector import PackDetector

            return PackDetector(pack)
        raise PackProblem(f"The pack {pack.name} does not look at photos.")

    def segmenter(self, pack: Pack) -> Segmenter:
        """What lifts subjects with this pack; PackProblem when it does no such thing."""
        self.require(pack)
        if spec_of(pack).loader != SUBJECT:
            raise PackProblem(f"The pack {pack.name} lifts no subjects.")
        from album_models.packs.subject import PackSegmenter

        return PackSegmenter(pack)


def _prepare_onnx(pack: Pack, file: Path, into: Path) -> list[Path]:
    """The file as it is, once it can be run and takes and answers what it should."""
    from album_models.packs.onnx import OnnxNetwork
    from album_models.packs.yolox import answers

    spec = spec_of(pack)
    side = spec.side_px
    answered: tuple[int, ...] = (1, 1, side, side)
    if spec.loader == YOLOX:
        answered = answers(side, len(read_labels(spec.labels)))
    OnnxNetwork(file).check((1, 3, side, side), answered)
    return [shutil.copyfile(file, into / file.name)]
