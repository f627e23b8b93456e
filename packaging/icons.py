"""Renders the icon for every system from its one drawing: PNG sizes, Windows .ico, macOS .icns."""

import os
from io import BytesIO
from pathlib import Path

from PIL import Image
from PySide6.QtCore import QBuffer, QByteArray, Qt
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

ROOT = Path(__file__).resolve().parent.parent
DRAWING = ROOT / "resources/album_resources/icons/albumen.svg"
ICONS = ROOT / "packaging/icons"

SIZES_PX = (16, 24, 32, 48, 64, 128, 256, 512)


def render(size_px: int) -> Image.Image:
    """The drawing at one size, on a transparent ground."""
    image = QImage(size_px, size_px, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    QSvgRenderer(str(DRAWING)).render(painter)
    painter.end()
    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    return Image.open(BytesIO(content.data()))


def main() -> None:
    """Write all of them to packaging/icons."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = QGuiApplication([])
    ICONS.mkdir(exist_ok=True)
    pictures = {size: render(size) for size in SIZES_PX}
    for size, picture in pictures.items():
        picture.save(ICONS / f"albumen-{size}.png", optimize=True)
    largest, *smaller = reversed(pictures.values())
    largest.save(ICONS / "albumen.ico", sizes=[(size, size) for size in SIZES_PX if size <= 256])
    largest.save(ICONS / "albumen.icns", append_images=smaller)
    del application
    print(f"{len(pictures)} sizes, albumen.ico and albumen.icns in {ICONS.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
