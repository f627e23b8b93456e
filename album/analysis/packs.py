"""Model packs: what weights are installed, and whether they are what they should be.

A package whose analysers or segmenters are registered carries its weights in its folder `weights/`,
each pack described by a manifest `weights/NAME.toml`:

    name = "basic"
    revision = "1"
    licence = "Apache-2.0"
    purpose = "scenes, events, things; the subject's outline"

    [[files]]
    name = "tagger.safetensors"
    size_bytes = 12345678
    sha256 = "..."

Reading manifests imports no network code.
"""

import hashlib
import importlib.util
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from album.errors import PackProblem

GROUPS = ("albumen.analysers", "albumen.segmenters")
_CHUNK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class PackFile:
    """A file of a pack, as its manifest has it; `sha256` in lower-case hex."""

    path: Path
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Pack:
    """Weights that belong together.

    Attributes:
        builtin: whether it came with the program.
    """

    name: str
    revision: str
    licence: str
    purpose: str
    files: tuple[PackFile, ...]
    builtin: bool = True

    @property
    def size_bytes(self) -> int:
        """What its manifest says that it takes."""
        return sum(file.size_bytes for file in self.files)


def installed_packs() -> list[Pack]:
    """The packs of all packages that registered analysers or segmenters, by name; PackProblem."""
    folders = dict.fromkeys(_weights_folders())
    manifests = [path for folder in folders for path in sorted(folder.glob("*.toml"))]
    return sorted((read_manifest(path) for path in manifests), key=lambda pack: pack.name)


def _weights_folders() -> Iterator[Path]:
    for group in GROUPS:
        for point in entry_points(group=group):
            spec = importlib.util.find_spec(point.module.partition(".")[0])
            for place in (spec and spec.submodule_search_locations) or ():
                yield Path(place, "weights")


def read_manifest(path: Path) -> Pack:
    """The pack that a manifest describes; PackProblem when it is not readable as one."""
    try:
        found: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
        return Pack(
            name=str(found["name"]),
            revision=str(found["revision"]),
            licence=str(found["licence"]),
            purpose=str(found["purpose"]),
            files=tuple(
                PackFile(path.parent / one["name"], int(one["size_bytes"]), str(one["sha256"]))
                for one in found["files"]
            ),
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise PackProblem(
            f"The manifest {path} of a model pack cannot be read: {error}.",
            advice="Install albumen again.",
        ) from error


def find_faults(pack: Pack) -> list[str]:
    """What is wrong with the files of a pack, one sentence each; empty when they are sound."""
    return [fault for file in pack.files if (fault := _fault(file))]


def _fault(file: PackFile) -> str:
    try:
        size_bytes = file.path.stat().st_size
        if size_bytes != file.size_bytes:
            return f"{file.path} has {size_bytes:,} bytes instead of {file.size_bytes:,}."
        digest = hashlib.sha256()
        with file.path.open("rb") as stream:
            while chunk := stream.read(_CHUNK_BYTES):
                digest.update(chunk)
    except OSError as error:
        return f"{file.path} cannot be read: {error.strerror}."
    if digest.hexdigest() != file.sha256:
        return f"{file.path} is not what its manifest says: its SHA-256 differs."
    return ""
