"""The `album` command in this process, with stand-ins for the networks."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from album.analysis import registry
from album.cli.language import language
from album.cli.main import main
from album.testing import make_pictures

FAKES = {"albumen.analysers": "FakeAnalyser", "albumen.segmenters": "FakeSegmenter"}


@dataclass(frozen=True, slots=True)
class Answer:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:  # noqa: ANN401 (whatever the command says)
        return json.loads(self.out)


Album = Callable[..., Answer]


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """A folder with two pictures of each of the seven things that the stand-in knows."""
    make_pictures(tmp_path / "photos", 14)
    return tmp_path / "photos"


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The command speaks English, whatever the machine does."""
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    language.cache_clear()
    yield
    language.cache_clear()


@pytest.fixture
def album(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Album:
    """Runs the command on a library of its own."""

    def points(*, group: str) -> list[EntryPoint]:
        name = FAKES.get(group)
        return [EntryPoint("fake", f"album.testing.fakes:{name}", group)] if name else []

    monkeypatch.setattr(registry, "entry_points", points)
    monkeypatch.setenv("ALBUM_LIBRARY", str(tmp_path / "library"))

    def run(*words: object) -> Answer:
        done = CliRunner().invoke(main, [str(word) for word in words])
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return Answer(done.exit_code, done.stdout, done.stderr)

    return run


@pytest.fixture
def indexed(album: Album, photos: Path) -> Album:
    """The command on a library that has looked at the photos."""
    assert album("index", photos).code == 0
    return album
