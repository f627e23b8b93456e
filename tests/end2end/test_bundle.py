"""The program for people without Python, as `make bundle` made it: `pytest -m bundle`."""

import json
import shutil
import sqlite3
import subprocess
import time
from contextlib import closing, suppress
from pathlib import Path

import pytest
from sample_library import PHOTOGRAPHS, make_sample

pytestmark = pytest.mark.bundle

PROGRAMS = Path(__file__).resolve().parents[2] / "dist/albumen"
LARGEST_BYTES = 1_000_000_000
MAY_TAKE_S = 240.0

SAMPLE_COUNT = sum(map(len, PHOTOGRAPHS.values()))


def without_network(*command: str | Path) -> list[str]:
    """The command in a network of its own, which leads nowhere, where we may make one."""
    unshare = shutil.which("unshare")
    probe = [unshare, "-n", shutil.which("true") or "true"] if unshare else ["false"]
    cut = bool(unshare) and subprocess.run(probe, check=False).returncode == 0
    return [*([str(unshare), "-n"] if cut else []), *map(str, command)]


def bare_environment(home: Path, **more: str) -> dict[str, str]:
    """What a double click has: a home, and nothing of Python."""
    return {"HOME": str(home), "PATH": str(home / "nothing"), "LANG": "C.UTF-8", **more}


def album(home: Path, *arguments: str | Path) -> str:
    done = subprocess.run(
        without_network(PROGRAMS / "album", *arguments),
        env=bare_environment(home),
        capture_output=True,
        text=True,
        timeout=MAY_TAKE_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_command_indexes_without_python_and_network(tmp_path: Path, home: Path) -> None:
    photos = make_sample(tmp_path)
    library = ("--library", tmp_path / "library")
    summary = json.loads(album(home, *library, "index", photos, "--json"))
    assert summary["photos"] == summary["analysed"] == SAMPLE_COUNT
    assert summary["failed"] == []
    found = json.loads(album(home, *library, "facets", "--json"))
    assert found["total"] == SAMPLE_COUNT
    assert found["facets"]["thing"]


def test_the_command_lifts_a_subject(tmp_path: Path, home: Path) -> None:
    photo = make_sample(tmp_path) / "chelsea.png"
    album(home, "cutout", photo, "-o", tmp_path / "cat.png")
    assert (tmp_path / "cat.png").stat().st_size > 0


def test_the_window_adds_the_folder_it_is_given(
    tmp_path: Path, home: Path, x_screen: dict[str, str]
) -> None:
    photos = make_sample(tmp_path / "My Pictures")
    database = tmp_path / "library/library.db"
    window = subprocess.Popen(
        without_network(PROGRAMS / "albumen", photos),
        env=bare_environment(home, DISPLAY=x_screen["DISPLAY"], ALBUM_LIBRARY=str(database.parent)),
    )
    try:
        until = time.monotonic() + MAY_TAKE_S
        while analysed(database) < SAMPLE_COUNT:
            assert time.monotonic() < until, "the photos were not looked at in time"
            with suppress(subprocess.TimeoutExpired):
                pytest.fail(f"the window closed by itself: {window.wait(0.5)}")
    finally:
        window.terminate()
        window.wait(30)


def analysed(database: Path) -> int:
    """Photos that were looked at, by the library itself; another process may always read it."""
    if not database.exists():
        return 0
    question = "SELECT count(*) FROM job WHERE state = 'done'"
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        try:
            (count,) = connection.execute(question).fetchone()
        except sqlite3.OperationalError:
            return 0
    return int(count)


def test_it_is_no_bigger_than_it_has_to_be() -> None:
    files = (path for path in PROGRAMS.rglob("*") if not path.is_symlink())
    assert sum(path.stat().st_size for path in files if path.is_file()) < LARGEST_BYTES
