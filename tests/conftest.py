"""What every test stands on: a home of its own, no network, no threads or warnings left behind."""

import logging
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Generator, Iterator
from datetime import datetime
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings
from PIL import Image
from PIL.ExifTags import GPS, IFD, Base

ROOT = Path(__file__).resolve().parent.parent

THREADS_MAY_TAKE_S = 5.0
"""How long a test's threads may take to end after it, before they count as left behind."""

# Who runs the tests in the background has them ignore Ctrl+C, and so would the programs they start.
signal.signal(signal.SIGINT, signal.default_int_handler)

settings.register_profile("albumen", deadline=None, max_examples=60, database=None)
settings.load_profile("albumen")


@pytest.hookimpl(wrapper=True)
def pytest_report_to_serializable() -> Generator[None, object, object]:
    """What a test printed or logged reaches the main process, even a name that is no text."""
    return _sendable((yield))


def _sendable(value: object) -> object:
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode("utf-8")
    if isinstance(value, dict):
        return {_sendable(key): _sendable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(map(_sendable, value))
    return value


class _Network:
    """Refuses connections while it is closed; installed once, since audit hooks stay for good."""

    def __init__(self) -> None:
        self.open = True
        sys.addaudithook(self._on_audit)

    def _on_audit(self, event: str, arguments: tuple[object, ...]) -> None:
        if self.open or event not in {"socket.connect", "socket.sendto"}:
            return
        used = arguments[0]
        if isinstance(used, socket.socket) and used.family != socket.AF_UNIX:
            raise RuntimeError(f"a test tried to reach the network: {arguments[1]}")


_NETWORK = _Network()


@pytest.fixture(autouse=True)
def _network_is_cut(request: pytest.FixtureRequest) -> Iterator[None]:
    _NETWORK.open = request.node.get_closest_marker("allow_network") is not None
    yield
    _NETWORK.open = True


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home folder; settings, libraries and caches of the user stay out of the tests."""
    home = tmp_path_factory.mktemp("home")
    places = {
        "HOME": ".",
        "USERPROFILE": ".",
        "APPDATA": "roaming",
        "LOCALAPPDATA": "local",
        "XDG_DATA_HOME": ".local/share",
        "XDG_CONFIG_HOME": ".config",
        "XDG_CACHE_HOME": ".cache",
        "XDG_STATE_HOME": ".local/state",
    }
    for variable, place in places.items():
        monkeypatch.setenv(variable, str(home / place))
    monkeypatch.delenv("ALBUM_LIBRARY", raising=False)
    return home


@pytest.fixture(autouse=True)
def _threads_end(request: pytest.FixtureRequest) -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    if request.node.get_closest_marker("allow_threads"):
        return
    until = time.monotonic() + THREADS_MAY_TAKE_S
    started = [thread for thread in threading.enumerate() if thread not in before]
    for thread in started:
        thread.join(max(0.0, until - time.monotonic()))
    left = [thread.name for thread in started if thread.is_alive()]
    assert not left, f"threads left running: {left}"


@pytest.fixture(autouse=True)
def _logs_are_quiet(
    request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture
) -> Iterator[None]:
    yield
    if request.node.get_closest_marker("allow_logs"):
        return
    loud = [
        f"{record.name}: {record.getMessage()}"
        for phase in ("setup", "call")
        for record in caplog.get_records(phase)
        if record.levelno >= logging.WARNING and record.name.startswith("album")
    ]
    assert not loud, f"logged without need (or mark the test allow_logs): {loud}"


@pytest.fixture
def picture_factory(tmp_path: Path) -> Callable[..., Path]:
    """Makes small real pictures: `picture_factory("a/b.jpg", size=(320, 240), taken=...)`."""

    def make(name: str = "photo.jpg", **details: object) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return save_picture(path, **details)  # type: ignore[arg-type]

    return make


def save_picture(
    path: Path,
    *,
    size: tuple[int, int] = (320, 240),
    seed: int = 0,
    taken: datetime | None = None,
    camera: tuple[str, str] | None = None,
    gps: tuple[float, float] | None = None,
    orientation: int | None = None,
    xmp: bytes | None = None,
) -> Path:
    """Write a picture in the format of its suffix; another seed is another picture.

    Args:
        path: where to; its folder exists.
        size: width and height as stored, in pixels.
        seed: of the picture's content.
        taken: for DateTimeOriginal.
        camera: make and model.
        gps: latitude and longitude in degrees.
        orientation: EXIF orientation, 1 to 8.
        xmp: packet for the file's XMP segment.
    """
    exif = Image.Exif()
    if camera:
        exif[Base.Make], exif[Base.Model] = camera
    if orientation:
        exif[Base.Orientation] = orientation
    if taken:
        exif.get_ifd(IFD.Exif)[Base.DateTimeOriginal] = taken.strftime("%Y:%m:%d %H:%M:%S")
    if gps:
        exif.get_ifd(IFD.GPSInfo).update(_gps_fields(*gps))
    more: dict[str, object] = {"exif": exif} if len(exif) or taken or gps else {}
    if xmp:
        more["xmp"] = xmp
    Image.fromarray(_content(size, seed)).save(path, **more)  # type: ignore[arg-type]
    return path


def _content(size: tuple[int, int], seed: int) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """A smooth gradient with some blocks on it: compresses like a photo, differs by seed."""
    width, height = size
    random = np.random.default_rng(seed)
    across = np.linspace(0, 1, width)[None, :, None]
    down = np.linspace(0, 1, height)[:, None, None]
    corners = random.integers(0, 255, (2, 3))
    picture = corners[0] * across * (1 - down) + corners[1] * down
    for _ in range(4):
        x, y = random.integers(0, width), random.integers(0, height)
        picture[y : y + height // 4, x : x + width // 4] = random.integers(0, 255, 3)
    pixels: np.ndarray[tuple[int, ...], np.dtype[np.uint8]] = picture.clip(0, 255).astype(np.uint8)
    return pixels


def _gps_fields(latitude: float, longitude: float) -> dict[int, object]:
    def degrees(value: float) -> tuple[float, float, float]:
        exact = Fraction(abs(value)).limit_denominator(1_000_000)
        minutes = exact % 1 * 60
        return (float(int(exact)), float(int(minutes)), float(minutes % 1 * 60))

    return {
        GPS.GPSLatitudeRef: "N" if latitude >= 0 else "S",
        GPS.GPSLatitude: degrees(latitude),
        GPS.GPSLongitudeRef: "E" if longitude >= 0 else "W",
        GPS.GPSLongitude: degrees(longitude),
    }


@pytest.fixture(scope="session")
def shared() -> Path:
    """The reference material beside the project (or ALBUM_SHARED); skips where it is not."""
    folder = Path(os.environ.get("ALBUM_SHARED") or ROOT.parent / "shared")
    if not folder.is_dir():
        pytest.skip("no reference material beside the project (ALBUM_SHARED says where it is)")
    return folder


@pytest.fixture
def run_album() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs the `album` command as a process of its own: `run_album("facets", "--json")`."""

    def run(*arguments: str | Path, **options: object) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "album", *map(str, arguments)]
        environment = os.environ | {"OMP_NUM_THREADS": "1"}
        return subprocess.run(  # type: ignore[call-overload, no-any-return]
            command,
            **{"capture_output": True, "text": True, "env": environment, "timeout": 240} | options,
        )

    return run


@pytest.fixture(scope="session")
def x_screen() -> Iterator[dict[str, str]]:
    """A screen of its own for real windows: the environment that shows them there."""
    xvfb = shutil.which("Xvfb")
    if xvfb is None:
        pytest.skip("Xvfb is not installed")
    reading, writing = os.pipe()
    command = (xvfb, "-displayfd", str(writing), "-screen", "0", "1440x900x24", "-nolisten", "tcp")
    server = subprocess.Popen(command, pass_fds=(writing,), stderr=subprocess.DEVNULL)
    os.close(writing)
    with os.fdopen(reading) as answer:
        display = answer.readline().strip()
    environment = dict(os.environ) | {"DISPLAY": f":{display}", "QT_QPA_PLATFORM": "xcb"}
    environment.pop("WAYLAND_DISPLAY", None)
    yield environment
    server.terminate()
    server.wait()
