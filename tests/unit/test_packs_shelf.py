"""The shelf: what is installed is whole and checked, what is not leaves nothing behind."""

import hashlib
import shutil
from collections import namedtuple
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from album.analysis.packs import (
    Capability,
    NetworkSpec,
    Pack,
    PackFile,
    Shelf,
    find_faults,
    manifest_text,
    read_manifest,
    shelf,
    with_choice,
)
from album.analysis.protocol import Analyser, Segmenter
from album.errors import EnvironmentProblem, PackProblem

CONTENT = b"weights" * 1000
SPEC = NetworkSpec("some-loader", "some-network")

TEXTS = st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=20)
FLOATS = st.floats(-10, 10)
TRIPLES = st.tuples(FLOATS, FLOATS, FLOATS)
SPECS = st.builds(
    NetworkSpec, TEXTS, TEXTS, TEXTS, st.integers(1, 2000), TRIPLES, TRIPLES, FLOATS, st.booleans()
)


class Copying:
    """Stands in for the networks: keeps files as they are.

    Args:
        problem: raised when files are to be prepared.
    """

    def __init__(self, problem: Exception | None = None) -> None:
        self._problem = problem

    def require(self, pack: Pack) -> None:
        """Needs nothing."""

    def prepare(self, pack: Pack, files: Sequence[Path], into: Path) -> list[Path]:
        if self._problem:
            raise self._problem
        return [shutil.copyfile(file, into / file.name) for file in files]

    def analyser(self, pack: Pack) -> Analyser:
        raise PackProblem(f"{pack.name} looks at nothing.")

    def segmenter(self, pack: Pack) -> Segmenter:
        raise PackProblem(f"{pack.name} lifts nothing.")


def pack_of(*files: PackFile, name: str = "small") -> Pack:
    return Pack(name, "1", "MIT", "a test", files, Capability.THINGS, SPEC, builtin=False)


@pytest.fixture
def content(tmp_path: Path) -> Path:
    (tmp_path / "source").mkdir()
    (tmp_path / "source/w.bin").write_bytes(CONTENT)
    return tmp_path / "source/w.bin"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "models"


@pytest.fixture
def offered(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Pack]:
    """Offers one pack, whose file has this name, size and hash."""

    def offer(
        sha256: str = hashlib.sha256(CONTENT).hexdigest(), size_bytes: int = len(CONTENT)
    ) -> Pack:
        file = PackFile(Path("w.bin"), size_bytes, sha256, url="https://example.org/w.bin")
        pack = pack_of(file)
        monkeypatch.setattr(shelf, "offered_packs", lambda: [pack])
        return pack

    return offer


@given(st.sampled_from(Capability), SPECS, TEXTS, TEXTS, st.integers(0, 10**12))
def test_a_manifest_is_read_as_it_was_written(
    tmp_path_factory: pytest.TempPathFactory,
    capability: Capability,
    spec: NetworkSpec,
    licence: str,
    url: str,
    size_bytes: int,
) -> None:
    path = tmp_path_factory.mktemp("pack") / "pack.toml"
    file = PackFile(path.parent / "w.bin", size_bytes, "ab12", url=url)
    pack = Pack("small", "1", licence, "a test", (file,), capability, spec, builtin=False)
    path.write_text(manifest_text(pack), "utf-8")
    assert read_manifest(path, builtin=False) == pack


@pytest.mark.parametrize(
    "line",
    [
        'name = "../../evil"',
        'name = "small"\ncapability = "everything"',
        'name = "small"\n[network]\nloader = "x"',
        'name = "small"\n[network]\nloader = "x"\narchitecture = "y"\nextra = 1',
        'name = "small"\n[[files]]\nname = "/etc/passwd"',
        'name = "small"\n[[files]]\nname = "..\\\\x"',
        'name = "small"\n[[files]]\nname = ".hidden"',
    ],
)
def test_a_manifest_with_something_odd_is_refused(tmp_path: Path, line: str) -> None:
    path = tmp_path / "pack.toml"
    head = 'revision = "1"\nlicence = "MIT"\npurpose = "a test"\n'
    files = "" if "[[files]]" in line else '\n[[files]]\nname = "w.bin"\n'
    path.write_text(head + line + files, "utf-8")
    with pytest.raises(PackProblem, match="cannot be read"):
        read_manifest(path)


def test_a_manifest_of_ones_own_without_a_key_names_the_key(tmp_path: Path, place: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text('name = "own"\nlicence = "MIT"\n', "utf-8")
    with pytest.raises(PackProblem, match="its key 'revision' is missing") as caught:
        Shelf(place).install(str(path))
    assert caught.value.advice == "Mend it, then install it again."


def test_a_file_is_installed_whole_and_pinned(
    content: Path, place: Path, offered: Callable[..., Pack]
) -> None:
    offered(sha256=hashlib.sha256(CONTENT).hexdigest()[:8], size_bytes=0)
    there = Shelf(place, Copying())
    pack = there.install(str(content))
    (file,) = pack.files
    assert (file.pinned, file.path.read_bytes()) == (True, CONTENT)
    assert find_faults(pack) == []
    assert there.installed("small") == pack
    assert [one.installed for one in there.all() if one.pack.name == "small"] == [True]
    assert [path.name for path in place.iterdir()] == ["small"]
    assert content.read_bytes() == CONTENT


@pytest.mark.parametrize("sha256", ["0" * 64, "12345678"])
def test_another_hash_leaves_nothing(
    content: Path, place: Path, offered: Callable[..., Pack], sha256: str
) -> None:
    offered(sha256=sha256)
    with pytest.raises(PackProblem, match=r"SHA-256 differs\. Nothing was installed"):
        Shelf(place, Copying()).install(str(content))
    assert list(place.iterdir()) == []


def test_what_does_not_fit_leaves_the_earlier_pack_as_it_was(
    content: Path, place: Path, offered: Callable[..., Pack]
) -> None:
    offered()
    earlier = Shelf(place, Copying()).install(str(content))
    failing = Shelf(place, Copying(PackProblem("of another shape")))
    with pytest.raises(PackProblem, match="another shape"):
        failing.install(str(content))
    assert Shelf(place, Copying()).installed("small") == earlier
    assert find_faults(earlier) == []
    assert [path.name for path in place.iterdir()] == ["small"]


def test_a_disk_without_room_is_said_so_before_anything_is_fetched(
    place: Path, offered: Callable[..., Pack], monkeypatch: pytest.MonkeyPatch
) -> None:
    offered()
    usage = namedtuple("usage", ["free"])
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(1000))
    with pytest.raises(EnvironmentProblem, match="needs 14,000 bytes"):
        Shelf(place, Copying()).install("small")
    assert list(place.iterdir()) == []


def test_a_place_that_cannot_be_written_is_said_so(
    content: Path, place: Path, offered: Callable[..., Pack]
) -> None:
    offered()
    place.write_text("a file where the folder should be")
    with pytest.raises(EnvironmentProblem, match="models"):
        Shelf(place, Copying()).install(str(content))


def test_other_files_of_a_pack_are_taken_from_beside_the_first(
    content: Path, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (content.parent / "words.txt").write_text("words")
    files = [PackFile(Path(name), 0, "", url=f"https://example.org/{name}") for name in ("w.bin",)]
    pack = pack_of(*files, PackFile(Path("words.txt"), 5, "", url="https://example.org/words.txt"))
    monkeypatch.setattr(shelf, "offered_packs", lambda: [pack])
    installed = Shelf(place, Copying()).install(str(content))
    assert [file.path.name for file in installed.files] == ["w.bin", "words.txt"]


def test_choosing_keeps_one_pack_a_capability() -> None:
    packs = {
        name: Pack(name, "1", "", "", (), capability, SPEC, builtin=False)
        for name, capability in (
            ("a", Capability.THINGS),
            ("b", Capability.SCENES),
            ("c", Capability.THINGS),
        )
    }
    assert with_choice("", packs["a"], packs.get) == "a"
    assert with_choice("a", packs["b"], packs.get) == "a,b"
    assert with_choice("a,b", packs["c"], packs.get) == "b,c"
    assert with_choice("a,b", packs["a"], packs.get) == "b,a"
    assert with_choice("gone,b", packs["c"], packs.get) == "b,c"
    assert with_choice("a,b", Pack("basic", "1", "", "", ()), packs.get) == ""
