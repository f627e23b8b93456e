"""The command as a process: signals, pipes, kills, and what it loads."""

import json
import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from album.testing import make_picture, make_pictures

WITH_STAND_INS = textwrap.dedent(
    """
    import sys
    from importlib.metadata import EntryPoint
    from album.analysis import registry
    from album.cli.main import main
    fakes = {"albumen.analysers": "FakeAnalyser", "albumen.segmenters": "FakeSegmenter"}
    registry.entry_points = lambda *, group: [
        EntryPoint("fake", f"album.testing.fakes:{fakes[group]}", group)
    ]
    main(prog_name="album")
    """
)

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals are those of POSIX")


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ALBUM_LIBRARY", str(tmp_path / "library"))
    return tmp_path / "library"


def command(*words: object) -> list[str]:
    return [sys.executable, "-c", WITH_STAND_INS, *map(str, words)]


def album(*words: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command(*words), capture_output=True, text=True, check=False)


@contextmanager
def started(*words: object) -> Iterator[subprocess.Popen[str]]:
    """The command, running; killed at the end if it still does."""
    process = subprocess.Popen(
        command(*words), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def line_with(process: subprocess.Popen[str], text: str) -> None:
    """Wait until the command says this on stderr."""
    assert process.stderr is not None
    for line in process.stderr:
        if text in line:
            return
    pytest.fail(f"never said {text!r}")


def total(*query: str) -> int:
    found: int = json.loads(album("facets", *query, "--json").stdout)["total"]
    return found


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_watch_follows_its_folder_until_it_is_ended(
    library: Path, tmp_path: Path, number: signal.Signals
) -> None:
    folder = tmp_path / "photos"
    make_pictures(folder, 3)
    with started("watch", folder) as process:
        line_with(process, "now watching 1 folder")
        make_picture(folder / "new.jpg", "beach", seed=50)
        line_with(process, "1 photo")
        (folder / "broken.jpg").write_bytes(b"no picture")
        line_with(process, "broken.jpg")
        refused = album("index")
        assert refused.returncode == 3
        assert f"process {process.pid}" in refused.stderr
        process.send_signal(number)
        assert process.wait(30) == 0
    assert total() == 4
    assert album("index").returncode == 1
    (folder / "broken.jpg").unlink()
    assert album("index").returncode == 0


def test_ctrl_c_ends_index_cleanly_and_the_next_one_goes_on(library: Path, tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    make_pictures(folder, 120, size=(64, 48))
    with started("index", folder) as process:
        line_with(process, "looking")
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 130
        assert process.stderr is not None
        said = process.stderr.read()
    assert "stopped" in said
    assert "Traceback" not in said
    again = album("index", "--json")
    assert again.returncode == 0
    assert json.loads(again.stdout)["photos"] == 120


def test_a_killed_index_holds_no_lock(library: Path, tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    make_pictures(folder, 60, size=(64, 48))
    with started("index", folder) as process:
        line_with(process, "looking")
        process.kill()
        process.wait(30)
    again = album("index", "--json")
    assert again.returncode == 0
    assert json.loads(again.stdout)["photos"] == 60
    assert json.loads(album("status", "--json").stdout)["jobs"]["done"] == 60


def test_a_reader_that_leaves_is_no_error(library: Path, tmp_path: Path) -> None:
    make_pictures(tmp_path / "photos", 7, size=(64, 48))
    assert album("index", tmp_path / "photos").returncode == 0
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        command("search", ""), stdout=writer, stderr=subprocess.PIPE, text=True, check=False
    )
    os.close(writer)
    assert done.returncode == 0
    assert "Traceback" not in done.stderr
    assert "Broken pipe" not in done.stderr


def test_output_that_the_terminal_cannot_show_ends_nothing(library: Path, tmp_path: Path) -> None:
    make_picture(tmp_path / "photos/日落.jpg", "sunset")
    assert album("index", tmp_path / "photos").returncode == 0
    done = subprocess.run(
        command("search", "sunset"),
        env=os.environ | {"PYTHONIOENCODING": "latin-1"},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0
    assert rb"\u65e5\u843d.jpg" in done.stdout


@pytest.mark.parametrize("words", [("search", ""), ("facets",), ("status",), ("tag", "x", "+sky")])
def test_questions_load_no_network(library: Path, tmp_path: Path, words: tuple[str, ...]) -> None:
    """With the real entry points: whatever is installed is not even imported."""
    assert album("add", tmp_path).returncode == 0
    code = textwrap.dedent(
        """
        import sys
        from album.cli.main import main
        try:
            main(sys.argv[1:])
        except SystemExit:
            pass
        loaded = {name.partition(".")[0] for name in sys.modules}
        print(sorted({"torch", "PySide6", "album_models", "album_ui"} & loaded), file=sys.stderr)
        """
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *words], capture_output=True, text=True, check=True
    )
    assert done.stderr.splitlines()[-1] == "[]"
