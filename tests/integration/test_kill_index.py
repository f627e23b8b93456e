import contextlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from album.testing import make_pictures
from album.testing.sessions import ids_of, index, open_session, until

BENCH = Path(__file__).parent.parent / "bench" / "kill_index.py"


def test_killed_at_random_moments_nothing_is_lost(tmp_path: Path) -> None:
    spec = importlib.util.spec_from_file_location("kill_index", BENCH)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    outcome = module.kill_and_compare(tmp_path, kills=4, photos=150)
    assert outcome.endswith("equal"), outcome


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A file system of 10 MB, full in no time."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("only root can mount a small disk")
    place = Path(tempfile.mkdtemp())
    mounting = [str(shutil.which("mount")), "-t", "tmpfs", "-o", "size=10m", "tmpfs", str(place)]
    if subprocess.run(mounting, check=False, capture_output=True).returncode != 0:
        place.rmdir()
        pytest.skip("mounting a small disk is not allowed here")
    yield place
    subprocess.run([str(shutil.which("umount")), str(place)], check=True)
    place.rmdir()


def _fill_disk(ballast: Path) -> None:
    with ballast.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(4096))


@pytest.mark.allow_logs
def test_a_really_full_disk_stops_nothing_for_good(
    tmp_path: Path, small_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("album.session.scanning.FULL_DISK_S", 0.2)
    monkeypatch.setattr("album.analysis.pipeline.RETRY_WRITE_S", 0.2)
    make_pictures(tmp_path / "pictures", 120)
    with open_session(small_disk / "library", watch=True) as session:
        ballast = small_disk / "ballast"
        _fill_disk(ballast)
        session.add_folder(tmp_path / "pictures").exception()
        until(
            lambda: (
                any("full" in one.text or "refused" in one.text for one in session.notices.held)
                or bool(session.add_folder(tmp_path / "pictures").exception())
            ),
            "the full disk is noticed",
        )
        ballast.unlink()
        until(
            lambda: session.add_folder(tmp_path / "pictures").exception() is None,
            "the library can be written again",
        )
        until(lambda: len(ids_of(session)) == 120, "all photos are there")


def test_an_indexer_that_is_interrupted_releases_the_library(tmp_path: Path) -> None:
    make_pictures(tmp_path / "pictures", 40)
    code = (
        "import sys, os\n"
        "from pathlib import Path\n"
        "from album.testing.sessions import open_session\n"
        "session = open_session(Path(sys.argv[1]), watch=True)\n"
        "session.add_folder(Path(sys.argv[2])).result()\n"
        "os._exit(9)\n"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "library"), str(tmp_path / "pictures")]
    assert subprocess.run(command, check=False).returncode == 9
    with open_session(tmp_path / "library") as session:
        assert index(session, tmp_path / "pictures").photos == 40
