"""What a model pack is: weights that belong together, described by a manifest (TOML).

The built-in pack has its manifest beside its weights (`weights/basic.toml` of the package that
registers analysers), an offered one in the package's folder `packs/manifests`, an installed one in
its own folder, where the manifest pins size and SHA-256 of what lies there:

    name = "places365-resnet18"
    revision = "1"
    licence = "CC-BY"
    purpose = "365 kinds of places"
    capability = "scenes"

    [network]                     # not of the built-in pack, whose code knows its own
    loader = "torchvision-classifier"
    architecture = "resnet18"
    labels = "places365"
    side_px = 224
    threshold = 0.6

    [[files]]
    name = "resnet18_places365.pth.tar"
    url = "http://..."
    about_bytes = 45_000_000      # where nobody says exactly: size_bytes
    sha256 = "c5c2d13e..."        # all of it, its beginning, or nothing: pinned when first seen

Reading manifests imports no network code.
"""

import hashlib
import json
import re
import tomllib
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from album.errors import PackProblem

_CHUNK_BYTES = 1 << 20
_SHA256_DIGITS = 64
_SIDE_PX = 224
_THRESHOLD = 0.6
_MEAN = (0.485, 0.456, 0.406)
_STD = (0.229, 0.224, 0.225)
"""Of ImageNet's pictures, as most networks were trained."""
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]*")
_FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


class Capability(StrEnum):
    """What a pack can be chosen for; also the name of the analyser that it becomes."""

    THINGS = "things"
    SCENES = "scenes"
    OBJECTS = "objects"
    SUBJECT = "subject"
    WORDS = "words"


@dataclass(frozen=True, slots=True)
class NetworkSpec:
    """How the network of a pack is made and fed.

    Attributes:
        loader: which code reads it (see album_models.packs.networks).
        architecture: which network, or which way of reading its answers, of that loader.
        labels: the list that says what its classes are.
        side_px: it sees squares of this side.
        mean, std: of each channel (RGB, 0 to 1), as it was trained.
        threshold: the score from which on its tags are suggested.
        calibrated: whether its scores are probabilities that were measured.
    """

    loader: str
    architecture: str
    labels: str = ""
    side_px: int = _SIDE_PX
    mean: tuple[float, float, float] = _MEAN
    std: tuple[float, float, float] = _STD
    threshold: float = _THRESHOLD
    calibrated: bool = False


@dataclass(frozen=True, slots=True)
class PackFile:
    """A file of a pack, as its manifest has it.

    Attributes:
        path: where it lies, or would lie.
        size_bytes: 0 where nobody says exactly.
        sha256: lower-case hex; its beginning, or empty, where nobody publishes all of it.
        md5: for want of a SHA-256.
        url: where it can be had.
        about_bytes: about how much it is, where `size_bytes` is 0.
    """

    path: Path
    size_bytes: int
    sha256: str
    md5: str = ""
    url: str = ""
    about_bytes: int = 0

    @property
    def pinned(self) -> bool:
        """Whether its size and SHA-256 are known exactly."""
        return self.size_bytes > 0 and len(self.sha256) == _SHA256_DIGITS


@dataclass(frozen=True, slots=True)
class Pack:
    """Weights that belong together.

    Attributes:
        capability: what it can be chosen for; None: all that the built-in pack does.
        network: None for the built-in pack, whose code knows its own.
        builtin: whether it came with the program.
    """

    name: str
    revision: str
    licence: str
    purpose: str
    files: tuple[PackFile, ...]
    capability: Capability | None = None
    network: NetworkSpec | None = None
    builtin: bool = True

    @property
    def size_bytes(self) -> int:
        """What its manifest says that it takes."""
        return sum(file.size_bytes or file.about_bytes for file in self.files)

    @property
    def calibrated(self) -> bool:
        """Whether its scores are measured probabilities: always for the built-in pack."""
        return self.network is None or self.network.calibrated


def read_manifest(path: Path, *, builtin: bool = True, advice: str = "") -> Pack:
    """The pack that a manifest describes; PackProblem when it is not readable as one.

    Args:
        path: of the manifest.
        builtin: whether it came with the program.
        advice: what to do where it is not readable; else to install anew what it belongs to.
    """
    try:
        found: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
        capability = found.get("capability")
        network = found.get("network")
        return Pack(
            name=_matching(_NAME, found["name"]),
            revision=str(found["revision"]),
            licence=str(found["licence"]),
            purpose=str(found["purpose"]),
            files=tuple(_file(path.parent, one) for one in found["files"]),
            capability=None if capability is None else Capability(capability),
            network=None if network is None else _network(network),
            builtin=builtin,
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        reason = f"its key {error} is missing" if isinstance(error, KeyError) else error
        usual = "Install albumen again." if builtin else "Remove the pack and install it again."
        raise PackProblem(
            f"The manifest {path} of a model pack cannot be read: {reason}.",
            advice=advice or usual,
        ) from error


def _matching(pattern: re.Pattern[str], name: object) -> str:
    """A name that is safe as a name of a file; ValueError."""
    if not pattern.fullmatch(str(name)):
        raise ValueError(f"{name!r} is no name")
    return str(name)


def _file(folder: Path, one: dict[str, Any]) -> PackFile:
    return PackFile(
        folder / _matching(_FILE_NAME, one["name"]),
        int(one.get("size_bytes", 0)),
        str(one.get("sha256", "")).lower(),
        str(one.get("md5", "")).lower(),
        str(one.get("url", "")),
        int(one.get("about_bytes", 0)),
    )


def _network(one: dict[str, Any]) -> NetworkSpec:
    given = dict(one)
    spec = NetworkSpec(
        loader=str(given.pop("loader")),
        architecture=str(given.pop("architecture")),
        labels=str(given.pop("labels", "")),
        side_px=int(given.pop("side_px", _SIDE_PX)),
        mean=_triple(given.pop("mean", _MEAN)),
        std=_triple(given.pop("std", _STD)),
        threshold=float(given.pop("threshold", _THRESHOLD)),
        calibrated=bool(given.pop("calibrated", False)),
    )
    if given:
        raise ValueError(f"{', '.join(given)} of the network is not known")
    return spec


def _triple(values: Any) -> tuple[float, float, float]:  # noqa: ANN401 (as TOML has it)
    red, green, blue = (float(value) for value in values)
    return (red, green, blue)


def manifest_text(pack: Pack) -> str:
    """The manifest of a pack, as `read_manifest` reads it."""
    head = {
        "name": pack.name,
        "revision": pack.revision,
        "licence": pack.licence,
        "purpose": pack.purpose,
        **({} if pack.capability is None else {"capability": pack.capability.value}),
    }
    lines = [f"{key} = {_literal(value)}" for key, value in head.items()]
    if pack.network is not None:
        spec = pack.network
        fields = {name: getattr(spec, name) for name in NetworkSpec.__dataclass_fields__}
        lines += ["", "[network]", *(f"{key} = {_literal(one)}" for key, one in fields.items())]
    for file in pack.files:
        entry = {
            "name": file.path.name,
            "url": file.url,
            "size_bytes": file.size_bytes,
            "sha256": file.sha256,
        }
        lines += ["", "[[files]]", *(f"{key} = {_literal(one)}" for key, one in entry.items())]
    return "\n".join(lines) + "\n"


def _literal(value: object) -> str:
    """A value as TOML writes it, which for these is as JSON does."""
    return json.dumps(value, ensure_ascii=False)


def find_faults(pack: Pack) -> list[str]:
    """What is wrong with the files of a pack, one sentence each; empty when they are sound."""
    return [fault for file in pack.files if (fault := find_fault(file))]


def find_fault(file: PackFile, at: Path | None = None) -> str:
    """What is wrong with a file (which lies `at`, not yet in its place); empty when it is sound."""
    path = at or file.path
    try:
        size_bytes = path.stat().st_size
        if file.size_bytes and size_bytes != file.size_bytes:
            return f"{path} has {size_bytes:,} bytes instead of {file.size_bytes:,}."
        if not digest(path).startswith(file.sha256):
            return f"{path} is not what its manifest says: its SHA-256 differs."
        if file.md5 and digest(path, "md5") != file.md5:
            return f"{path} is not what its manifest says: its MD5 differs."
    except OSError as error:
        return f"{path} cannot be read: {error.strerror}."
    return ""


def digest(path: Path, algorithm: str = "sha256") -> str:
    """The hash of a file's content, lower-case hex; OSError."""
    running = hashlib.new(algorithm, usedforsecurity=False)
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK_BYTES):
            running.update(chunk)
    return running.hexdigest()
