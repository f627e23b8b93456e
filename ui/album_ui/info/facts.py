"""What a file says of how and where it was taken, in one line each; pure."""

from album.domain.photo import MediaKind
from album.storage.rows import Camera, PhotoDetails
from album_ui import words


def camera_line(camera: Camera) -> str:
    """«Canon EOS 6D · 200 mm · f/5.6 · 1/640 s · ISO 200»; empty where nothing is known."""
    parts = [camera.camera or ""]
    if camera.focal_mm:
        parts.append(f"{camera.focal_mm:g} mm")
    if camera.aperture:
        parts.append(f"f/{camera.aperture:g}")
    if camera.exposure_s:
        parts.append(exposure(camera.exposure_s))
    if camera.iso:
        parts.append(f"ISO {camera.iso}")
    return " · ".join(part for part in parts if part)


def exposure(seconds: float) -> str:
    """«1/640 s», «2.5 s»."""
    if seconds < 0.4:
        return f"1/{round(1 / seconds)} s"
    return f"{seconds:.1f}".removesuffix(".0") + " s"


def place_line(gps: tuple[float, float] | None) -> str:
    """«45.6601° N, 10.6502° E»; empty where nothing is known."""
    if gps is None:
        return ""
    latitude, longitude = gps
    north, east = "N" if latitude >= 0 else "S", "E" if longitude >= 0 else "W"
    return f"{abs(latitude):.4f}° {north}, {abs(longitude):.4f}° {east}"


def size_line(details: PhotoDetails) -> str:
    """«4032 × 3024 · JPEG», of a video also its length."""
    parts: list[str] = []
    if details.width and details.height:
        parts.append(f"{details.width} × {details.height}")
    parts.append(details.format.upper())
    if details.kind is MediaKind.VIDEO and details.duration_s:
        parts.append(words.duration(details.duration_s))
    return " · ".join(parts)
