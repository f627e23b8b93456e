"""The real program in a process of its own, used as a person would."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image
from sample_library import SAMPLE, make_sample

XVFB, XDOTOOL = shutil.which("Xvfb") or "", shutil.which("xdotool") or ""
MAY_TAKE_S = 90.0
LOOK_EVERY_S = 0.2


def has_screen() -> bool:
    """Whether this machine can make a screen and press its keys."""
    return all(map(shutil.which, (XVFB, "xdotool")))


def wait_until(holds: Callable[[], bool], what: str, may_take_s: float = MAY_TAKE_S) -> None:
    """Look again and again until it holds; AssertionError after a while."""
    until = time.monotonic() + may_take_s
    while not holds():
        assert time.monotonic() < until, f"waited {may_take_s:.0f} s for: {what}"
        time.sleep(LOOK_EVERY_S)


@dataclass(frozen=True, slots=True)
class Screen:
    """An X server without a window manager."""

    display: str

    def do(self, *words: object) -> str:
        """Run xdotool; what it says."""
        done = subprocess.run(
            [XDOTOOL, *map(str, words)],
            env={**os.environ, "DISPLAY": self.display},
            capture_output=True,
            text=True,
            check=False,
            timeout=30,
        )
        return done.stdout.strip()

    def key(self, *keys: str) -> None:
        """Press these keys, one after the other."""
        self.do("key", "--delay", 80, *keys)

    def type(self, text: str) -> None:
        """Type a text."""
        self.do("type", "--delay", 15, text)

    def click(self, x: int, y: int) -> None:
        """Click there."""
        self.do("mousemove", x, y, "click", 1)

    def shows(self, title: str) -> bool:
        """Whether a window is called so (a regular expression)."""
        return bool(self.do("search", "--onlyvisible", "--name", title))


@contextmanager
def a_screen(width: int = 1280, height: int = 800) -> Iterator[Screen]:
    """A fresh screen on a free display."""
    reading, writing = os.pipe()
    server = subprocess.Popen(
        [XVFB, "-displayfd", str(writing), "-screen", "0", f"{width}x{height}x24",
         "-nolisten", "tcp"],
        pass_fds=[writing],
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    os.close(writing)
    try:
        with os.fdopen(reading) as told:
            number = told.readline().strip()
        assert number, "Xvfb did not start"
        yield Screen(f":{number}")
    finally:
        server.terminate()
        server.wait(10)


NAMES = ("astronaut.png", "chelsea.png", "coffee.png", "flower.jpg", "rocket.jpg")


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Five real photographs."""
    folder = tmp_path / "photos"
    folder.mkdir()
    source = make_sample(SAMPLE)
    for name in NAMES:
        (folder / name).write_bytes((source / name).read_bytes())
    return folder


@contextmanager
def program(
    library: Path, *arguments: str | Path, **environment: str
) -> Iterator[subprocess.Popen[str]]:
    """The running window."""
    process = subprocess.Popen(
        [sys.executable, "-m", "album_ui", "--library", str(library), *map(str, arguments)],
        env={**os.environ, "OMP_NUM_THREADS": "1", "LANG": "C.UTF-8", **environment},
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate(timeout=30)


def answer(library: Path, question: str) -> int:
    """A number out of the library, read beside the running window; -1 until there is one."""
    file = library / "library.db"
    if not file.exists():
        return -1
    try:
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
            return int(connection.execute(question).fetchone()[0])
    except sqlite3.OperationalError:
        return -1


def all_looked_at(library: Path) -> bool:
    return answer(library, "SELECT count(*) FROM job WHERE state = 'done'") == len(NAMES)


def test_a_window_without_a_screen_looks_at_its_folder_and_ends_politely(
    tmp_path: Path, photos: Path
) -> None:
    library = tmp_path / "library"
    with program(library, photos, QT_QPA_PLATFORM="offscreen") as process:
        wait_until(lambda: all_looked_at(library), "every photo looked at")
        process.send_signal(signal.SIGTERM)
        process.wait(30)
    assert answer(library, "SELECT count(*) FROM photo") == len(NAMES)
    assert answer(library, "SELECT count(*) FROM photo_tag") > 0


@pytest.mark.skipif(not has_screen(), reason="needs Xvfb and xdotool")
def test_from_the_first_start_to_a_saved_cutout(tmp_path: Path, photos: Path) -> None:
    library, saved = tmp_path / "library", tmp_path / "saved.png"
    with (
        a_screen() as screen,
        program(library, DISPLAY=screen.display, QT_QPA_PLATFORM="xcb") as process,
    ):
        choose_the_folder(screen, library, photos)
        look_at_photos(screen, library)
        lift_the_subject(screen, saved)
        screen.click(400, 24)  # no window manager gives the focus back after a dialog
        screen.key("ctrl+q")
        assert process.wait(30) == 0
    with Image.open(saved) as image:
        assert image.mode == "RGBA"
        low, high = image.getchannel("A").getextrema()
        assert (low, high) == (0, 255)
    assert sorted(path.name for path in photos.iterdir()) == sorted(NAMES)


OTHER_PROGRAM = """
import sys
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QDrag
from PySide6.QtWidgets import QApplication, QLabel

class Source(QLabel):
    def mouseMoveEvent(self, event):
        drag, mime = QDrag(self), QMimeData()
        mime.setUrls([QUrl.fromLocalFile(sys.argv[1])])
        drag.setMimeData(mime)
        drag.exec(Qt.DropAction.CopyAction)

app = QApplication([])
source = Source("drag me")
source.setWindowTitle("Another program")
source.setWindowFlags(Qt.WindowType.X11BypassWindowManagerHint)
source.setGeometry(0, 0, 90, 60)
source.show()
app.exec()
"""


@pytest.mark.skipif(not has_screen(), reason="needs Xvfb and xdotool")
def test_a_folder_dropped_from_another_program_is_watched(tmp_path: Path, photos: Path) -> None:
    library = tmp_path / "library"
    with (
        a_screen() as screen,
        program(library, DISPLAY=screen.display, QT_QPA_PLATFORM="xcb"),
    ):
        wait_until(lambda: screen.shows("^Albumen$"), "the window")
        wait_until(lambda: answer(library, "SELECT count(*) FROM folder") == 0, "a library")
        other = subprocess.Popen(
            [sys.executable, "-c", OTHER_PROGRAM, str(photos)],
            env={**os.environ, "DISPLAY": screen.display, "QT_QPA_PLATFORM": "xcb"},
        )
        try:
            wait_until(lambda: screen.shows("^Another program$"), "another program")
            drag_across(screen)
            wait_until(
                lambda: answer(library, "SELECT count(*) FROM photo") == len(NAMES), "photos"
            )
        finally:
            other.terminate()
            other.wait(10)


def drag_across(screen: Screen) -> None:
    """From the corner to the middle, in steps, as a hand does."""
    screen.do("mousemove", 40, 30, "mousedown", 1)
    for way in range(60, 640, 80):
        screen.do("mousemove", way, way * 2 // 3, "sleep", 0.1)
    screen.do("mousemove", 640, 420, "sleep", 0.3, "mouseup", 1)


def choose_the_folder(screen: Screen, library: Path, photos: Path) -> None:
    wait_until(lambda: screen.shows("^Albumen$"), "the window")
    wait_until(lambda: answer(library, "SELECT count(*) FROM folder") == 0, "an empty library")

    def asked() -> bool:
        screen.key("Return")
        return screen.shows("Choose a folder with pictures")

    wait_until(asked, "the question for a folder")
    screen.type(str(photos))
    screen.key("Return")
    wait_until(lambda: answer(library, "SELECT count(*) FROM folder") == 1, "a watched folder")
    wait_until(lambda: all_looked_at(library), "every photo looked at")


def look_at_photos(screen: Screen, library: Path) -> None:
    """By keys alone: open, next, favourite, back."""

    def opened() -> bool:
        screen.click(420, 180)
        screen.key("Return")
        return screen.shows(r"\.(png|jpg) – Albumen")

    wait_until(opened, "the viewer")
    screen.key("Home")

    def found() -> bool:
        if screen.shows("^chelsea.png – Albumen"):
            return True
        screen.key("Right")
        return False

    wait_until(found, "the cat among the next photos")
    screen.key("f")
    wait_until(
        lambda: answer(library, "SELECT count(*) FROM photo WHERE favourite") == 1, "a favourite"
    )


def lift_the_subject(screen: Screen, saved: Path) -> None:
    """Point at the cat, save."""
    screen.key("c")
    wait_until(lambda: screen.shows("^Lift the subject – Albumen"), "the cut-out")

    def asked() -> bool:
        screen.click(470, 400)
        screen.key("ctrl+s")
        return screen.shows("Save the cut-out")

    wait_until(asked, "the question where to save")
    screen.key("ctrl+a")
    screen.type(str(saved))
    screen.key("Return")
    wait_until(saved.exists, "the saved cut-out")
