"""What a file says of how and where it was taken, in a line each; pure."""

import re
from dataclasses import dataclass

from album.domain.photo import MediaKind
from album.storage.photos import FileState
from album.storage.rows import Camera, PhotoDetails, PhotoFile
from album_ui import words
from album_ui.words import tr

_JOINED = "\u00a0"
"""Between a figure and its unit, which no line break parts."""

_OF = "/\u2060"
"""A stroke after which no line breaks."""


@dataclass(frozen=True, slots=True)
class FactLine:
    """A line of the panel.

    Attributes:
        icon: what it speaks of.
        text: what it says.
        tip: more of it; empty for no more.
        cut: whether one line must do (a name without places to break it); else it wraps.
    """

    icon: str
    text: str
    tip: str = ""
    cut: bool = False


def fact_lines(details: PhotoDetails) -> list[FactLine]:
    """Camera and exposure, lens, place, size and format; none for what is not known."""
    camera = details.camera
    lines = [
        FactLine("camera", camera_line(camera)),
        FactLine("aperture", lens_line(camera)),
        FactLine("map-pin", place_line(details.gps)),
        FactLine("image", size_line(details)),
    ]
    return [line for line in lines if line.text]


def camera_line(camera: Camera) -> str:
    """«Canon EOS 6D · 200 mm · f/5.6 · 1/640 s · ISO 200»; empty where nothing is known."""
    parts = [camera.camera or ""]
    if camera.focal_mm:
        parts.append(f"{camera.focal_mm:g}{_JOINED}mm")
    if camera.aperture:
        parts.append(f"f{_OF}{camera.aperture:g}")
    if camera.exposure_s:
        parts.append(exposure(camera.exposure_s))
    if camera.iso:
        parts.append(f"ISO{_JOINED}{camera.iso}")
    return " · ".join(part for part in parts if part)


def lens_line(camera: Camera) -> str:
    """The lens; of one that is built in only what the camera's own line does not say.

    «iPhone 5 back camera 4.12mm f/2.4» is the «back camera» of an iPhone 5.
    """
    lens = (camera.lens or "").strip()
    known = (camera.camera or "").casefold().split()
    for begin in range(len(known)):
        name = " ".join(known[begin:])
        if f"{lens.casefold()} ".startswith(f"{name} "):
            return _unfigured(lens[len(name) :].strip(), camera)
    return lens


def _unfigured(lens: str, camera: Camera) -> str:
    """The name of a built-in lens without focal length and aperture, where those are known."""
    if camera.focal_mm:
        lens = re.sub(r"\b\d+(\.\d+)?(-\d+(\.\d+)?)? ?mm\b", "", lens)
    if camera.aperture:
        lens = re.sub(r"\bf/\d+(\.\d+)?(-\d+(\.\d+)?)?", "", lens)
    return " ".join(lens.split())


def exposure(seconds: float) -> str:
    """«1/640 s», «2.5 s»."""
    if seconds < 0.4:
        return f"1{_OF}{round(1 / seconds)}{_JOINED}s"
    return f"{seconds:.1f}".removesuffix(".0") + f"{_JOINED}s"


def place_line(gps: tuple[float, float] | None) -> str:
    """«45.6601° N, 10.6502° E»; empty where nothing is known."""
    if gps is None:
        return ""
    latitude, longitude = gps
    north, east = "N" if latitude >= 0 else "S", "E" if longitude >= 0 else "W"
    return f"{abs(latitude):.4f}°{_JOINED}{north}, {abs(longitude):.4f}°{_JOINED}{east}"


def size_line(details: PhotoDetails) -> str:
    """«4032 × 3024 · JPEG», of a video also its length."""
    parts: list[str] = []
    if details.width and details.height:
        parts.append(f"{details.width}{_JOINED}×{_JOINED}{details.height}")
    parts.append(details.format.upper())
    if details.kind is MediaKind.VIDEO and details.duration_s:
        parts.append(words.duration(details.duration_s))
    return " · ".join(parts)


def file_line(file: PhotoFile) -> FactLine:
    """A file by its name and folder, and what is wrong with it; the tip has the whole path."""
    folder, _, name = file.shown.rpartition("/")
    near = folder.rpartition("/")[2]
    text = f"{name} · {near}" if near else name
    if file.state is FileState.MISSING:
        text += f" ({tr('missing')})"
    elif file.folder_state == "offline":
        text += f" ({tr('offline')})"
    return FactLine("file", text, file.shown, cut=True)
