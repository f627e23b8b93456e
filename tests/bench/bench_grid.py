"""The window on synthetic libraries: paint, scroll, relayout, facet click, pauses.

python tests/bench/bench_grid.py [--json] [PHOTOS...]
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from album.domain.tag import Facet
from album.session import LibrarySession
from album.settings import SettingsStore
from album.testing.fakes import FakeAnalyser, FakeSegmenter
from album.testing.figures import Figure, report
from album.testing.libraries import synthetic_library, synthetic_taxonomy
from album.testing.pictures import make_pictures
from album_ui.__main__ import keep_pace
from album_ui.compose import Program

SIZES = (1_000_000, 100_000)  # the larger first: its memory is measured
CLICKS = 40
STEPS = 300
STEP_PX = 120
INDEXED = 400
FACET_TARGET_MS = {100_000: 16.0, 1_000_000: 50.0}
WINDOW_TARGET_MS = {1_000_000: 2000.0}
MEMORY_TARGET_MIB = {1_000_000: 500.0}


class Window:
    """The program on one library, driven as a user would."""

    def __init__(self, app: QApplication, session: LibrarySession) -> None:
        self.app = app
        start_s = time.perf_counter()
        self.program = Program(app, session)
        self.program.window.resize(1440, 900)
        self.program.window.show()
        self.program.start()
        self.until(lambda: self.program.library.view.positions.rows > 0)
        self.program.window.repaint()
        self.first_paint_ms = (time.perf_counter() - start_s) * 1000
        self.until(lambda: bool(self.program.sidebar.values(Facet.CAMERA)))
        self.counts_ms = (time.perf_counter() - start_s) * 1000
        self.settle(0.5)

    def until(self, holds: Callable[[], bool], limit_s: float = 30.0) -> None:
        """Run the event loop until this holds."""
        end_s = time.perf_counter() + limit_s
        while not holds():
            self.app.processEvents()
            if time.perf_counter() > end_s:
                raise TimeoutError("the window did not get there")

    def settle(self, seconds: float) -> None:
        """Run the event loop for a while."""
        end_s = time.perf_counter() + seconds
        while time.perf_counter() < end_s:
            self.app.processEvents()
            time.sleep(0.002)

    def scroll_steps_ms(self) -> list[float]:
        """Wheel steps with pictures there, in several places of the library."""
        view = self.program.library.view
        bar = view.verticalScrollBar()
        taken = []
        for step in range(STEPS):
            if step % 60 == 0:
                bar.setValue(bar.maximum() * step // STEPS)
                self.settle(0.05)
            self._fill(view.visible_rows(3))
            self.app.processEvents()
            start_s = time.perf_counter()
            bar.setValue(bar.value() + STEP_PX)
            self.app.processEvents()
            taken.append((time.perf_counter() - start_s) * 1000)
        return taken

    def _fill(self, rows: range) -> None:
        library = self.program.library
        layout = library.view.positions
        for row in rows:
            photo_id = int(library.model.ids[row])
            if library.pixmaps.get(photo_id) is None:
                rect = layout.rect(row)
                image = QImage(rect.width, rect.height, QImage.Format.Format_RGB32)
                image.fill(QColor.fromHsv(row % 360, 90, 180))
                library.pixmaps.put(photo_id, image)

    def relayouts_ms(self) -> list[float]:
        """Changes of the height of rows, painted."""
        view = self.program.library.view
        taken = []
        for height in (180, 176, 200, 176, 240, 176, 150, 176, 181, 176):
            start_s = time.perf_counter()
            view.set_row_px(height)
            taken.append((time.perf_counter() - start_s) * 1000)
            self.app.processEvents()
        return taken

    def facet_clicks_ms(self) -> list[float]:
        """From the click on a value to the window painted with its photos and counts."""
        program, taken = self.program, []
        view = program.sidebar.view
        done: set[str] = set()
        program.browsing.page_changed.connect(lambda _: done.add("page"))
        program.browsing.counts_changed.connect(lambda _: done.add("counts"))
        facets = (Facet.SCENE, Facet.THING, Facet.EVENT, Facet.CAMERA)
        for click in range(CLICKS):
            values = program.sidebar.values(facets[click // 2 % len(facets)])
            key = values[click // 2 % len(values)].key
            view.go_to(key)
            self.settle(0.02)
            rect = view.item_rect(key)
            done.clear()
            start_s = time.perf_counter()
            QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=rect.center())
            self.until(lambda: len(done) == 2)
            self.app.processEvents()
            taken.append((time.perf_counter() - start_s) * 1000)
            self.settle(0.02)
        return taken

    def close(self) -> None:
        """Close the window."""
        self.program.window.close()
        self.program.close()
        self.settle(0.05)


def measure(app: QApplication, photos: int) -> list[Figure]:
    """All figures of a library of this size."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        directory = Path(name)
        synthetic_library(directory / "library.db", photos)
        start_s = time.perf_counter()
        session = LibrarySession.open(
            directory,
            analyse=False,
            watch=False,
            exclusive=False,
            settings=SettingsStore(),
            taxonomy=synthetic_taxonomy(),
        )
        opened_ms = (time.perf_counter() - start_s) * 1000
        with session:
            window = Window(app, session)
            clicks = window.facet_clicks_ms()
            memory_mib = _memory_mib()
            steps, relayouts = window.scroll_steps_ms(), window.relayouts_ms()
            window.close()
    size = f"{photos // 1000:,}k"
    return [
        Figure(f"open the library, {size}", round(opened_ms), "ms"),
        Figure(
            f"window with photos, {size}",
            round(window.first_paint_ms),
            "ms",
            WINDOW_TARGET_MS.get(photos),
        ),
        Figure(f"window with all counts, {size}", round(window.counts_ms), "ms"),
        Figure(
            f"memory with all counts and {CLICKS} clicks, without pictures, {size}",
            memory_mib,
            "MiB",
            MEMORY_TARGET_MIB.get(photos),
        ),
        Figure(f"scroll step p95, {size}", _p95(steps), "ms", 8.0),
        Figure(f"relayout, {size}", round(float(np.median(relayouts)), 1), "ms", 20.0),
        Figure(
            f"facet click to painted p95, {size}", _p95(clicks), "ms", FACET_TARGET_MS.get(photos)
        ),
        Figure(f"facet click to painted median, {size}", round(float(np.median(clicks)), 1), "ms"),
    ]


def pauses(app: QApplication) -> list[Figure]:
    """How long the GUI thread was away while a folder was indexed."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        pictures = Path(name, "pictures")
        make_pictures(pictures, INDEXED)
        session = LibrarySession.open(
            Path(name, "library"),
            settings=SettingsStore(),
            analysers=[FakeAnalyser()],
            segmenter=FakeSegmenter(),
            watch=False,
        )
        with session:
            window = Window.__new__(Window)
            window.app = app
            window.program = Program(app, session)
            window.program.window.resize(1440, 900)
            window.program.window.show()
            window.program.start()
            gaps: list[float] = []
            last_s = time.perf_counter()

            def tick() -> None:
                nonlocal last_s
                now_s = time.perf_counter()
                gaps.append((now_s - last_s) * 1000)
                last_s = now_s

            timer = QTimer(interval=5)
            timer.timeout.connect(tick)
            timer.start()
            window.program.add([pictures])
            end_s = time.perf_counter() + 60
            while time.perf_counter() < end_s:
                app.processEvents()
                time.sleep(0.001)
                model = window.program.library.model
                if len(model.ids) >= INDEXED and not session.activity.current:
                    break
            timer.stop()
            window.close()
    return [
        Figure(
            "GUI pause while indexing p99", round(float(np.percentile(gaps, 99)), 1), "ms", 50.0
        ),
        Figure("GUI pause while indexing, longest", round(max(gaps), 1), "ms"),
    ]


def _memory_mib() -> float:
    """What this process holds now (Linux), else the most it held."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(one for one in status.read_text().splitlines() if one.startswith("VmRSS"))
        return round(int(line.split()[1]) / 1024)
    if sys.platform == "win32":
        return float("nan")
    import resource

    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20)


def _p95(taken: list[float]) -> float:
    return round(float(np.percentile(taken, 95)), 1)


def main() -> None:
    """Measure all sizes that the command line names, or the usual ones."""
    keep_pace()
    app = QApplication([])
    named = [int(word) for word in sys.argv[1:] if word.isdigit()]
    figures: list[Figure] = []
    for photos in named or SIZES:
        figures += measure(app, photos)
    figures += pauses(app)
    report(figures)


if __name__ == "__main__":
    main()
