"""The packs that there are: built in, offered, installed; installing, checking, removing them."""

import importlib.util
import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from urllib.parse import unquote, urlsplit

from album.analysis.packs.pack import (
    Pack,
    PackFile,
    digest,
    find_fault,
    manifest_text,
    read_manifest,
)
from album.analysis.protocol import Analyser, Segmenter
from album.cancel import CancelToken
from album.errors import EnvironmentProblem, PackProblem

if TYPE_CHECKING:
    from album.analysis.packs.fetch import Progress

GROUPS = ("albumen.analysers", "albumen.segmenters")
NETWORKS = "albumen.packs"
_MANIFEST = "pack.toml"
_UNDER_WAY = frozenset({".coming", ".new", ".gone"})
"""Folders of packs that are on their way in or out."""


class PackNetworks(Protocol):
    """Makes analysers and segmenters of packs; registered as entry point `albumen.packs`."""

    def require(self, pack: Pack) -> None:
        """EnvironmentProblem when this machine lacks what runs it, PackProblem when nobody can."""

    def prepare(self, pack: Pack, files: Sequence[Path], into: Path) -> list[Path]:
        """Check what came, and put what will be used into the folder, in the order of its files.

        PackProblem when it is not what it should be.
        """

    def analyser(self, pack: Pack) -> Analyser:
        """What looks at photos with this pack; PackProblem when it does no such thing."""

    def segmenter(self, pack: Pack) -> Segmenter:
        """What lifts subjects with this pack; PackProblem when it does no such thing."""


@dataclass(frozen=True, slots=True)
class Shelved:
    """A pack and whether it is there: installed or built in."""

    pack: Pack
    installed: bool


def pack_networks() -> PackNetworks:
    """What runs packs; PackProblem where nothing is installed that does."""
    for point in entry_points(group=NETWORKS):
        made: PackNetworks = point.load()()
        return made
    raise PackProblem(
        "Nothing is installed that runs model packs.", advice="Install Albumen with its models."
    )


class Shelf:
    """All packs.

    Args:
        directory: where installed ones lie, a folder each; made when it is needed.
        networks: checks what is installed; None: what is registered.
    """

    def __init__(self, directory: Path, networks: PackNetworks | None = None) -> None:
        self._directory = directory
        self._networks = networks

    def all(self) -> list[Shelved]:
        """Built-in packs, then the others by capability and name.

        Installed ones whose manifest cannot be read are left out: see `unreadable`.
        """
        found = (self._read(name) for name in self._names())
        installed = {pack.name: pack for pack in found if isinstance(pack, Pack)}
        offered = {pack.name: pack for pack in offered_packs()}
        others = sorted(
            (offered | installed).values(), key=lambda pack: (str(pack.capability), pack.name)
        )
        return [
            *(Shelved(pack, installed=True) for pack in built_in_packs()),
            *(Shelved(pack, pack.name in installed) for pack in others),
        ]

    def unreadable(self) -> dict[str, PackProblem]:
        """What is wrong with installed packs whose manifest cannot be read, by name."""
        found = {name: self._read(name) for name in self._names()}
        return {name: one for name, one in found.items() if isinstance(one, PackProblem)}

    def installed(self, name: str) -> Pack:
        """The installed or built-in pack of this name; PackProblem."""
        for pack in built_in_packs():
            if pack.name == name:
                return pack
        if name in self._names():
            found = self._read(name)
            if isinstance(found, Pack):
                return found
            raise found
        if any(pack.name == name for pack in offered_packs()):
            raise PackProblem(
                f"The pack {name} is not installed.",
                advice=f"`album models install {name}` fetches it.",
            )
        raise _unknown(name)

    def install(
        self,
        what: str,
        *,
        named: str = "",
        progress: "Progress" = lambda _done, _total: None,
        token: CancelToken | None = None,
    ) -> Pack:
        """Install a pack: fetched, or from a file; replaces an earlier one of its name.

        Args:
            what: name of an offered pack; a web address or a file of one; a manifest (.toml) with
                its files beside it.
            named: which offered pack the address or file is, where its name does not say.
            progress: told how far fetching is.
            token: ends it with Interrupted.

        PackProblem when it is not what it should be; EnvironmentProblem when there is no network,
        no room, no such file. Nothing half is left in either case but the beginning of a download
        that can go on.
        """
        pack, sources = self._meant(what, named)
        if pack.name in {one.name for one in built_in_packs()}:
            raise PackProblem(f"The pack {pack.name} is built in.")
        networks = self._networks or pack_networks()
        networks.require(pack)
        with _disk_problems(self._directory):
            coming = self._directory / f"{pack.name}.coming"
            coming.mkdir(parents=True, exist_ok=True)
            try:
                self._check_room(pack)
                files = [
                    _bring(file, source, coming / file.path.name, progress, token)
                    for file, source in zip(pack.files, sources, strict=True)
                ]
            finally:
                if not any(coming.iterdir()):
                    coming.rmdir()
            return self._settle(pack, files, coming, networks)

    def remove(self, name: str) -> None:
        """Take an installed pack off the disk; PackProblem when there is none of this name."""
        if name not in self._names() and self.installed(name).builtin:
            raise PackProblem(f"The pack {name} is built in; it cannot be removed.")
        with _disk_problems(self._directory):
            _delete(self._directory / name)

    def _names(self) -> list[str]:
        """Names of the packs that are installed."""
        found = (path.parent for path in self._directory.glob(f"*/{_MANIFEST}"))
        return sorted(one.name for one in found if one.suffix not in _UNDER_WAY)

    def _read(self, name: str) -> Pack | PackProblem:
        try:
            return read_manifest(self._directory / name / _MANIFEST, builtin=False)
        except PackProblem as problem:
            return problem

    def _meant(self, what: str, named: str) -> tuple[Pack, list[str | Path]]:
        """The pack, and for each of its files an address or a path."""
        offered = {pack.name: pack for pack in (*built_in_packs(), *offered_packs())}
        if named and named not in offered:
            raise _unknown(named)
        if what in offered and not Path(what).is_file():
            pack = offered[what]
            return pack, [file.url for file in pack.files]
        path = Path(what).expanduser()
        source: str | Path = what if "://" in what else path
        if source is path and not path.is_file():
            raise EnvironmentProblem(
                f"{what} is neither a pack that is offered nor a file.",
                advice="`album models list` says what can be had.",
            )
        if source is path and path.suffix == ".toml":
            pack = read_manifest(path, builtin=False, advice="Mend it, then install it again.")
            return pack, [
                file.path if file.path.is_file() else file.url or file.path for file in pack.files
            ]
        pack = offered[named] if named else _by_file(offered.values(), what)
        return pack, [source, *(_beside(source, file) for file in pack.files[1:])]

    def _check_room(self, pack: Pack) -> None:
        free = shutil.disk_usage(self._directory).free
        if free < 2 * pack.size_bytes:
            raise EnvironmentProblem(
                f"{pack.name} needs {2 * pack.size_bytes:,} bytes in {self._directory} while it is"
                f" installed; {free:,} are free.",
                advice="Make room, then try again.",
            )

    def _settle(
        self, pack: Pack, files: Sequence[Path], coming: Path, networks: PackNetworks
    ) -> Pack:
        """Checked and converted into its place, all at once; what came is deleted either way."""
        fresh, place = coming.with_suffix(".new"), self._directory / pack.name
        try:
            _delete(fresh)
            fresh.mkdir()
            kept = networks.prepare(pack, files, fresh)
            # What the address held at that time is pinned from now on.
            urls = [file.url for file in pack.files]
            pinned = tuple(
                PackFile(path, path.stat().st_size, digest(path), url=url)
                for path, url in zip(kept, urls, strict=True)
            )
            text = manifest_text(replace(pack, files=pinned))
            (fresh / _MANIFEST).write_text(text, encoding="utf-8")
            _delete(place)
            fresh.rename(place)
        finally:
            _delete(fresh)
            _delete(coming)
        return read_manifest(place / _MANIFEST, builtin=False)


def built_in_packs() -> list[Pack]:
    """The packs of all packages that registered analysers or segmenters, by name; PackProblem."""
    paths = [path for folder in _package_folders() for path in (folder / "weights").glob("*.toml")]
    return sorted((read_manifest(path) for path in paths), key=lambda pack: pack.name)


def offered_packs() -> list[Pack]:
    """The packs that these packages know where to get, by name; PackProblem."""
    paths = [
        path
        for folder in _package_folders()
        for path in (folder / "packs/manifests").glob("*.toml")
    ]
    packs = (read_manifest(path, builtin=False) for path in paths)
    return sorted(packs, key=lambda pack: pack.name)


def _package_folders() -> list[Path]:
    """Where the packages lie that registered analysers or segmenters; nothing is imported."""
    folders: dict[Path, None] = {}
    for group in GROUPS:
        for point in entry_points(group=group):
            spec = importlib.util.find_spec(point.module.partition(".")[0])
            for place in (spec and spec.submodule_search_locations) or ():
                folders[Path(place)] = None
    return list(folders)


def _by_file(packs: Iterable[Pack], what: str) -> Pack:
    """The offered pack whose first file has this name."""
    name = Path(unquote(urlsplit(what).path) if "://" in what else what).name
    for pack in packs:
        if not pack.builtin and pack.files[0].path.name == name:
            return pack
    raise PackProblem(
        f"Nobody knows which pack {name} is.",
        advice="--as NAME says it; `album models list` has the names.",
    )


def _beside(source: str | Path, file: PackFile) -> str | Path:
    """Another file of a pack: beside the first one on the disk, else at its address."""
    if isinstance(source, Path) and source.with_name(file.path.name).is_file():
        return source.with_name(file.path.name)
    return file.url


def _bring(
    file: PackFile,
    source: str | Path,
    to: Path,
    progress: "Progress",
    token: CancelToken | None,
) -> Path:
    """A file of a pack, fetched or copied, and checked; what is wrong does not stay."""
    if to.is_file() and not find_fault(file, to):
        return to
    partial = to.with_name(f"{to.name}.part")
    if isinstance(source, Path):
        shutil.copyfile(source, partial)
    else:
        from album.analysis.packs.fetch import fetch  # most sessions use no network

        fetch(replace(file, url=source), partial, progress, token)
    fault = find_fault(file, partial)
    if fault:
        partial.unlink(missing_ok=True)
        told = fault.replace(str(partial), str(source))
        raise PackProblem(
            f"{told} Nothing was installed.",
            advice="Fetch it anew; it may be damaged, or another file under the same name.",
        )
    partial.replace(to)
    return to


def _unknown(name: str) -> PackProblem:
    return PackProblem(
        f"There is no pack {name}.", advice="`album models list` says which there are."
    )


def _delete(folder: Path) -> None:
    """A folder, out of the way first so that nobody sees half of it."""
    if folder.exists():
        gone = folder.with_name(f"{folder.name}.{os.getpid()}.gone")
        folder.rename(gone)
        shutil.rmtree(gone)


@contextmanager
def _disk_problems(directory: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise EnvironmentProblem(
            f"{error.filename or directory}: {error.strerror or error}.",
            advice="Nothing was installed or removed.",
        ) from error
