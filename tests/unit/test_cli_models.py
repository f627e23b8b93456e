"""`album models`: what is installed, and whether it is what its manifest says."""

import hashlib
import json
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest
from click.testing import CliRunner

from album.analysis.packs import shelf as packs
from album.cli.main import main

WEIGHTS = b"weights" * 1000


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installed package with one analyser, one segmenter and one pack."""
    folder = tmp_path / "some_networks"
    (folder / "weights").mkdir(parents=True)
    (folder / "__init__.py").write_text("raise RuntimeError('manifests need no code')")
    (folder / "weights/tagger.bin").write_bytes(WEIGHTS)
    (folder / "weights/basic.toml").write_text(
        f"""
        name = "basic"
        revision = "3"
        licence = "Apache-2.0"
        purpose = "scenes"

        [[files]]
        name = "tagger.bin"
        size_bytes = {len(WEIGHTS)}
        sha256 = "{hashlib.sha256(WEIGHTS).hexdigest()}"
        """
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    points = {
        group: [EntryPoint("one", "some_networks.thing:Thing", group)] for group in packs.GROUPS
    }
    monkeypatch.setattr(packs, "entry_points", lambda *, group: points[group])
    return folder


def test_a_pack_is_listed_once_with_its_size(package: Path) -> None:
    result = CliRunner().invoke(main, ["models", "--json"])
    assert result.exit_code == 0
    (pack,) = json.loads(result.stdout)
    assert (pack["name"], pack["revision"], pack["bytes"]) == ("basic", "3", len(WEIGHTS))
    assert pack["files"][0]["path"] == str(package / "weights/tagger.bin")
    shown = CliRunner().invoke(main, ["models", "list"]).stdout
    assert "basic  built in  all  7 KB  Apache-2.0  scenes" in shown


def test_sound_weights_are_said_to_be(package: Path) -> None:
    result = CliRunner().invoke(main, ["models", "verify"])
    assert (result.exit_code, result.stdout) == (0, "basic: sound\n")


@pytest.mark.parametrize(
    ("content", "complaint"),
    [(b"x" + WEIGHTS[1:], "SHA-256"), (WEIGHTS[:-1], "6,999 bytes"), (None, "cannot be read")],
    ids=["changed", "cut short", "gone"],
)
def test_damaged_weights_are_named(package: Path, content: bytes | None, complaint: str) -> None:
    file = package / "weights/tagger.bin"
    if content is None:
        file.unlink()
    else:
        file.write_bytes(content)
    result = CliRunner().invoke(main, ["models", "verify", "--json"])
    assert result.exit_code == 3
    assert complaint in result.stderr
    assert json.loads(result.stdout)[0]["sound"] is False


def test_an_unreadable_manifest_is_said_so(package: Path) -> None:
    (package / "weights/basic.toml").write_text("name = ")
    result = CliRunner().invoke(main, ["models"])
    assert result.exit_code == 3
    assert "cannot be read" in result.stderr


def test_without_packs_it_says_what_still_works(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packs, "entry_points", lambda **_: [])
    result = CliRunner().invoke(main, ["models"])
    assert result.exit_code == 0
    assert "no model packs" in result.stdout
