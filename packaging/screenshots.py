"""`make screenshots`: the pictures of README.md, taken of the real window on the sample library.

The window is drawn off the screen, so this works anywhere; the pictures go to docs/images.
"""

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication
from sample_library import SAMPLE, make_sample

from album.domain.photo import PhotoId
from album.domain.query import Query, Sort
from album.session import LibrarySession
from album.settings import SettingsStore
from album_ui.compose import Program
from album_ui.cutout.page import CutoutPage
from album_ui.pages import PageContext, PageName
from album_ui.theme import Scheme
from album_ui.viewer.canvas import PictureCanvas

IMAGES = Path(__file__).resolve().parent.parent / "docs/images"
LIBRARY = SAMPLE / "screenshots"

SIZE_PX = (1440, 900)
QUALITY = 90
SETTLE_MS = 1500
"""Until counts and fades are where they stay."""
LIMIT_S = 180
"""For what a picture is to show; a slow machine lifts a subject in a minute."""


def settle(milliseconds: int) -> None:
    """Let the window live for a while."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def take(program: Program, name: str, is_there: Callable[[], bool]) -> None:
    """Save how the window looks once it shows what it is to show; as JPEG, since photos fill it."""
    end_s = time.monotonic() + LIMIT_S
    settle(SETTLE_MS)
    while not is_there():
        if time.monotonic() > end_s:
            raise SystemExit(f"docs/images/{name}.jpg: not there after {LIMIT_S} s")
        settle(100)
    settle(SETTLE_MS)
    program.window.grab().save(str(IMAGES / f"{name}.jpg"), "JPG", QUALITY)
    print(f"docs/images/{name}.jpg")


def take_all(program: Program, context: Callable[[str], PageContext]) -> None:
    """Every picture, by what it shows."""
    window, library = program.window, program.library

    def has_pictures() -> bool:
        rows = library.view.visible_rows()
        ids = [int(library.model.ids[row]) for row in rows]
        return bool(ids) and all(library.pixmaps.get(one) is not None for one in ids)

    def is_lifted() -> bool:
        page = program.window.page
        return isinstance(page, CutoutPage) and page.cutout is not None and not page.busy

    def is_sharp() -> bool:
        canvas = program.viewer.findChild(PictureCanvas)
        return canvas is not None and canvas.levels is not None

    window.resize(*SIZE_PX)
    program.start()
    program.browsing.order(Sort.NAME)  # their dates lie years apart: a heading each
    window.show()
    settle(SETTLE_MS)
    window.show_page(PageName.LIBRARY, context("chelsea.png"))
    take(program, "library", has_pictures)
    program.theme.choose(Scheme.DARK)
    take(program, "library-dark", has_pictures)
    program.theme.choose(Scheme.LIGHT)
    window.show_page(PageName.VIEWER, context("china.jpg"))
    take(program, "viewer", is_sharp)
    window.show_page(PageName.CUTOUT, context("flower.jpg"))
    take(program, "cutout", is_lifted)


def contexts(session: LibrarySession) -> Callable[[str], PageContext]:
    """How a page is entered at a photo, by the name of its file."""
    ids = session.browse(Query(), Sort.NAME).result().ids
    rows = session.rows([PhotoId(int(one)) for one in ids]).result()
    names = [row.path.name if row.path else "" for row in rows]
    return lambda name: PageContext(ids, names.index(name))


def main() -> None:
    """Index the sample library anew, open the window on it, take all pictures."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    photos = make_sample(SAMPLE)
    shutil.rmtree(LIBRARY, ignore_errors=True)
    IMAGES.mkdir(parents=True, exist_ok=True)
    app = QApplication(["Albumen"])
    with LibrarySession.open(LIBRARY, settings=SettingsStore()) as session:
        session.add_folder(photos).result()
        for _ in session.index():
            pass
        program = Program(app, session, Scheme.LIGHT)
        take_all(program, contexts(session))
        program.close()


if __name__ == "__main__":
    main()
