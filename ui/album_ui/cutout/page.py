"""Lifts the subject of one photo, takes corrections by clicks, and hands the result on."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, QTemporaryDir
from PySide6.QtGui import QGuiApplication, QImage, QKeyEvent, QKeySequence, QPixmap
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from album.analysis.protocol import Cutout, Hint, Pixels
from album.domain.photo import PhotoId
from album.errors import AlbumError
from album.interchange.layers import layers, subjects_at
from album.interchange.pngs import save_png
from album.notices import NoticeLevel
from album.session import LibrarySession
from album.storage.rows import PhotoDetails
from album_ui import shortcuts
from album_ui.background import in_background
from album_ui.bridge import Bridge
from album_ui.cutout.canvas import CutoutCanvas
from album_ui.cutout.output import Parcel, named_png, pack, place_to_save, suggested_name
from album_ui.cutout.panel import FormPanel
from album_ui.cutout.render import Rendering, Request, photo_levels, render, thumbnails
from album_ui.drop.outgoing import drag_out
from album_ui.labels import PlainLabel
from album_ui.pages import Page, PageContext
from album_ui.theme import GRID_PX, Theme
from album_ui.viewer.busy import BusyBar
from album_ui.viewer.canvas import ZOOM_STEP
from album_ui.viewer.header import Header, KeyButton
from album_ui.viewer.levels import Levels, build_levels
from album_ui.words import number, sentence, told_of, tr

_PREVIEW_PX = 1280
_UNSURE_BELOW = 0.65
_SAME = 0.5


class CutoutPage(Page):
    """The subject of the photo in question, on nothing at first."""

    wants_sidebar = False
    wants_toolbar = False

    def __init__(
        self, session: LibrarySession, bridge: Bridge, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._bridge = bridge
        self._theme = theme
        self._photo_id: PhotoId | None = None
        self._path = Path()
        self._pixels: Pixels | None = None
        self._ghost: Levels | None = None
        self._cutout: Cutout | None = None
        self._hints: list[Hint] = []
        self._rendering: Rendering | None = None
        self._drawing = False
        self._outdated = False
        self._parcel: Parcel | None = None
        self._waiting: list[Callable[[Parcel], None]] = []
        self._folder: QTemporaryDir | None = None
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._header = Header(theme)
        self._canvas = CutoutCanvas(theme)
        self._panel = FormPanel(theme)
        self._busy = BusyBar(theme)
        self._words = PlainLabel()
        self._undo = KeyButton(theme, "arrow-u-up-left", tr("Undo"), shortcuts.shown("undo"))
        self._copy = KeyButton(theme, "copy", tr("Copy"), shortcuts.shown("cutout_copy"))
        self._save = KeyButton(theme, "download-simple", tr("Save PNG"), kind="main")
        self._lay_out()
        self._connect()

    @property
    def title(self) -> str:
        """What the window is called."""
        return tr("Lift the subject")

    @property
    def busy(self) -> bool:
        """Whether something is still on its way."""
        return not self._busy.isHidden()

    @property
    def cutout(self) -> Cutout | None:
        """What was lifted; None until then."""
        return self._cutout

    def _lay_out(self) -> None:
        self._words.setProperty("role", "heading")
        self._words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._words.setWordWrap(True)
        self._words.setContentsMargins(6 * GRID_PX, 0, 6 * GRID_PX, 0)
        self._words.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        for button in (self._undo, self._copy, self._save):
            self._header.add(button)
        self._save.setToolTip(shortcuts.tip("cutout_save"))
        self._canvas.setAccessibleName(tr("The lifted subject"))
        left = QVBoxLayout()
        left.setSpacing(0)
        left.addWidget(self._busy)
        left.addWidget(self._canvas, 1)
        left.addWidget(self._words)
        left.addSpacing(2 * GRID_PX)
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addLayout(left, 1)
        middle.addWidget(_scrolled(self._panel))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._header)
        column.addLayout(middle, 1)

    def _connect(self) -> None:
        self._header.left.connect(self.left)
        self._undo.clicked.connect(self._on_undo)
        self._copy.clicked.connect(self._on_copy)
        self._save.clicked.connect(self._on_save)
        self._panel.chosen.connect(self._render)
        self._panel.subjects.more_wanted.connect(self._on_more_wanted)
        self._canvas.hinted.connect(self._on_hint)
        self._canvas.drag_wanted.connect(self._on_drag)
        self._theme.changed.connect(self._header.refresh)
        self.setFocusProxy(self._canvas)

    # coming and going

    def enter(self, context: PageContext) -> None:
        """Show the photo at once, and look for its subject."""
        if context.photo_id is None:
            self.left.emit()
            return
        self._forget()
        self._folder = QTemporaryDir()
        photo_id = self._photo_id = PhotoId(context.photo_id)
        self._bridge.call(
            self._session.details(photo_id), self._on_details, owner=self, latest="details"
        )
        preview = self._session.picture(photo_id, _PREVIEW_PX)
        self._bridge.call(preview, self._on_preview, lambda _: None, owner=self, latest="preview")
        self._lift()

    def leave(self) -> None:
        """Let go of the pixels and of the file that was made for dragging."""
        self._photo_id = None
        self._forget()

    def _forget(self) -> None:
        self._pixels = self._ghost = self._cutout = self._rendering = self._parcel = None
        self._hints = []
        self._waiting = []
        self._folder = None
        self._drawing = self._outdated = False
        self._panel.begin()
        self._canvas.clear()
        self._words.clear()
        self._busy.stop()
        self._header.say(self.title)
        self._update_buttons()

    def _on_details(self, details: PhotoDetails) -> None:
        self._path = details.path or Path(tr("photo"))
        size = ""
        if details.width and details.height:
            size = f" · {number(details.width)} × {number(details.height)}"
        self._header.say(self.title, f"{self._path.name}{size}")

    def _on_preview(self, pixels: Pixels) -> None:
        image = build_levels(pixels)
        self._panel.show_photo(QPixmap.fromImage(image.images[-1]))
        if self._pixels is None and self._photo_id is not None:
            height, width = pixels.shape[:2]
            self._canvas.show_photo(QSize(width, height), image)

    # the subject

    def _lift(self) -> None:
        if self._photo_id is None:
            return
        self._busy.start()
        self._say(tr("Lifting the subject…") if self._cutout is None else "")
        self._bridge.call(
            self._session.cutout(self._photo_id, tuple(self._hints)),
            self._on_lifted,
            self._on_failed,
            owner=self,
            latest="cutout",
        )

    def _on_lifted(self, answer: tuple[Pixels, Cutout]) -> None:
        if self._photo_id is None:
            return
        pixels, cutout = answer
        kept = _still_kept(self._cutout, self._panel.subjects.kept, cutout)
        self._cutout = cutout
        self._bridge.call(
            in_background(lambda: thumbnails(pixels, cutout)),
            lambda pictures: self._on_thumbnails(pictures, kept),
            owner=self,
            latest="thumbnails",
        )
        if self._pixels is None or self._pixels.shape != pixels.shape:
            self._bridge.call(
                in_background(lambda: photo_levels(pixels)),
                self._on_photo_levels,
                owner=self,
                latest="photo",
            )
        self._pixels = pixels

    def _on_thumbnails(self, pictures: list[QImage], kept: frozenset[int]) -> None:
        if self._photo_id is not None:
            self._panel.subjects.show_subjects(pictures, kept)
            self._render()

    def _on_photo_levels(self, levels: Levels) -> None:
        self._ghost = levels
        if self._cutout is not None and not self._cutout.found:
            self._show_photo(levels)
        elif self._rendering is not None:
            self._show_rendering(self._rendering)

    def _show_photo(self, levels: Levels) -> None:
        self._canvas.show_photo(levels.size, levels)
        self._canvas.show_hints(self._hints)

    def _render(self) -> None:
        if self._pixels is None or self._cutout is None:
            return
        if self._drawing:
            self._outdated = True
            return
        self._parcel = None
        self._rendering = None
        self._update_buttons()
        if not self._cutout.found:
            self._busy.stop()
            if self._ghost is not None:
                self._show_photo(self._ghost)
            self._say(tr("No clear subject. Click on what you want to keep."))
            return
        self._busy.start()
        self._drawing = True
        request = Request(
            self._pixels,
            self._cutout,
            self._panel.look,
            self._panel.picture,
            self._theme.palette.accent,
            self._panel.subjects.kept,
            self._panel.edge,
        )
        self._bridge.call(
            in_background(lambda: render(request)),
            self._on_rendered,
            self._on_failed,
            owner=self,
            latest="render",
        )

    def _on_rendered(self, rendering: Rendering) -> None:
        """Show it; where the choices have moved on meanwhile, draw again."""
        if self._photo_id is None or self._cutout is None or self._folder is None:
            return
        self._drawing = False
        if self._outdated:
            self._outdated = False
            self._show_rendering(rendering)
            self._render()
            return
        self._rendering = rendering
        self._busy.stop()
        unsure = self._cutout.confidence < _UNSURE_BELOW and not self._hints
        self._say(tr("Not sure about this one: click what is missing.") if unsure else "")
        self._show_rendering(rendering)
        self._update_buttons()
        file = Path(self._folder.filePath(suggested_name(self._path, rendering.look)))
        self._bridge.call(
            in_background(lambda: pack(rendering.result, file)),
            self._on_packed,
            self._on_failed,
            owner=self,
            latest="parcel",
        )

    def _show_rendering(self, rendering: Rendering) -> None:
        same_size = self._ghost is not None and self._ghost.size == rendering.levels.size
        self._canvas.show_result(
            rendering.levels,
            self._ghost if same_size else None,
            rendering.outline,
            rendering.corner,
        )
        self._canvas.show_hints(self._hints)

    def _on_failed(self, problem: AlbumError) -> None:
        self._busy.stop()
        self._drawing = self._outdated = False
        self._waiting = []
        self._say(sentence(told_of(problem)))

    def _say(self, words: str) -> None:
        self._words.setText(words)

    # corrections

    def _on_hint(self, x: int, y: int, wanted: bool) -> None:
        left, top = self._rendering.corner if self._rendering is not None else (0, 0)
        point = self._in_full_size(x + left, y + top)
        if point is None:
            return
        left_out = self._left_out_at(point) if wanted else None
        if left_out is not None:
            self._panel.subjects.tick(left_out)
        else:
            self._hints.append(Hint(*point, wanted=wanted))
            self._canvas.show_hints(self._hints)
            self._update_buttons()
            self._lift()

    def _left_out_at(self, point: tuple[int, int]) -> int | None:
        """The subject at this point, where it is not ticked."""
        if self._cutout is None:
            return None
        there = set(subjects_at(self._cutout, [point])) - self._panel.subjects.kept
        return min(there, default=None)

    def _on_more_wanted(self) -> None:
        self._canvas.setFocus()
        self._say(tr("Click on what else you want to keep; arrows and Enter do it, too."))

    def _in_full_size(self, x: int, y: int) -> tuple[int, int] | None:
        """A point of what is shown, in the full picture; None before that is there."""
        if self._pixels is None:
            return None
        height, width = self._pixels.shape[:2]
        return (x, y) if QRectF(0, 0, width, height).contains(x, y) else None

    def _on_undo(self) -> None:
        if self._hints:
            self._hints.pop()
            self._canvas.show_hints(self._hints)
            self._update_buttons()
            self._lift()

    # on its way out

    def _on_packed(self, parcel: Parcel) -> None:
        self._parcel = parcel
        waiting, self._waiting = self._waiting, []
        for act in waiting:
            act(parcel)

    def _when_packed(self, act: Callable[[Parcel], None]) -> None:
        """Do this with the result, now or as soon as it is ready."""
        if self._parcel is not None:
            act(self._parcel)
        elif self._cutout is not None and self._cutout.found:
            self._waiting.append(act)

    def _on_copy(self) -> None:
        self._when_packed(self._copy_now)

    def _copy_now(self, parcel: Parcel) -> None:
        QGuiApplication.clipboard().setMimeData(parcel.mime(with_file=False))
        self._session.notices.tell(
            NoticeLevel.INFO, tr("The cut-out is on the clipboard."), replaces="cutout"
        )

    def _on_drag(self) -> None:
        if self._parcel is not None:
            shown = self._parcel.image.scaled(256, 256, Qt.AspectRatioMode.KeepAspectRatio)
            drag_out(self._canvas, self._parcel.mime(with_file=True), QPixmap.fromImage(shown))

    def _on_save(self) -> None:
        if self._rendering is None:
            return
        folder = place_to_save(self._session.settings.current.last_saved)
        wanted = folder / suggested_name(self._path, self._rendering.look)
        name, _ = QFileDialog.getSaveFileName(
            self, tr("Save the cut-out"), str(wanted), "PNG (*.png)"
        )
        if name:
            self._save_to(named_png(Path(name)))

    def _save_to(self, file: Path) -> None:
        rendering = self._rendering
        if rendering is None:
            return
        self._bridge.call(
            in_background(lambda: save_png(rendering.result, file)),
            lambda _: self._on_saved(file),
            owner=self,
        )

    def _on_saved(self, file: Path) -> None:
        self._session.settings.change(last_saved=str(file.parent))
        text = tr("Saved {name} in {folder}.", name=file.name, folder=file.parent)
        self._session.notices.tell(NoticeLevel.INFO, text, replaces="cutout", folder=file.parent)

    def _update_buttons(self) -> None:
        self._undo.setEnabled(bool(self._hints))
        for button in (self._copy, self._save):
            button.setEnabled(self._rendering is not None)

    def event(self, event: QEvent) -> bool:
        """While this page is up, its keys go before those of the window (Ctrl+Z)."""
        overriding = event.type() == QEvent.Type.ShortcutOverride
        if overriding and isinstance(event, QKeyEvent) and self._act_of(event) is not None:
            event.accept()
            return True
        return super().event(event)

    def _act_of(self, event: QKeyEvent) -> Callable[[], None] | None:
        pressed = QKeySequence(event.keyCombination())
        acts = {
            "cutout_copy": self._on_copy,
            "cutout_save": self._on_save,
            "undo": self._on_undo,
        }
        for name, act in acts.items():
            if pressed in [QKeySequence(keys) for keys in shortcuts.shortcut(name).keys]:
                return act
        return None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy, save, undo; Esc goes back; + - 0 1 look closer."""
        key = event.key()
        act = self._act_of(event)
        if act is not None:
            act()
        elif key == Qt.Key.Key_Escape:
            self.left.emit()
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self._canvas.zoom_by(ZOOM_STEP)
        elif key == Qt.Key.Key_Minus:
            self._canvas.zoom_by(1 / ZOOM_STEP)
        elif key == Qt.Key.Key_0:
            self._canvas.fit()
        elif key == Qt.Key.Key_1:
            self._canvas.set_scale(1.0)
        else:
            super().keyPressEvent(event)


def _scrolled(panel: QWidget) -> QScrollArea:
    """The panel, to be scrolled where the window is too low for it."""
    scroll = QScrollArea()
    scroll.setWidget(panel)
    scroll.setWidgetResizable(True)
    scroll.setFrameShape(QFrame.Shape.NoFrame)
    scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    scroll.setFixedWidth(panel.maximumWidth())
    return scroll


def _still_kept(before: Cutout | None, kept: frozenset[int], now: Cutout) -> frozenset[int]:
    """Which of the subjects are kept after a correction: all but those that were left out."""
    old = layers(before) if before is not None else ()
    left_out = [one.box for number, one in enumerate(old) if number not in kept]
    every = frozenset(range(len(layers(now))))
    still = frozenset(
        number
        for number, one in enumerate(layers(now))
        if not any(_overlap(one.box, box) > _SAME for box in left_out)
    )
    return still or every


def _overlap(one: tuple[int, int, int, int], other: tuple[int, int, int, int]) -> float:
    """Common area of two boxes, as a share of what either covers."""
    across = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    down = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    common = max(0, across) * max(0, down)
    return common / max(1, one[2] * one[3] + other[2] * other[3] - common)
