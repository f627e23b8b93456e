"""RAW files: the camera's preview where it is large enough, else developed; always upright."""

import io
import shutil
import struct
import subprocess
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from album.errors import FileProblem
from album.pictures.decode import Decoder, decode_here
from album.pictures.examine import examine

BYTE, ASCII, SHORT, LONG, RATIONAL, SIGNED_RATIONAL = 1, 2, 3, 4, 5, 10
CODES = {BYTE: "B", SHORT: "H", LONG: "I"}
GREEN = (10, 200, 30)

Field = tuple[int, int, bytes | list[int]]


def directory(fields: list[Field], at: int) -> bytes:
    """A TIFF directory for this place, its longer values behind it."""
    head, tail = struct.pack("<H", len(fields)), b""
    behind = at + 2 + 12 * len(fields) + 4
    for tag, kind, values in sorted(fields):
        if isinstance(values, bytes):
            body, count = values, len(values)
        elif kind in CODES:
            body, count = struct.pack(f"<{len(values)}{CODES[kind]}", *values), len(values)
        else:
            body, count = b"".join(struct.pack("<ii", value, 1) for value in values), len(values)
        if len(body) > 4:
            body, tail = struct.pack("<I", behind + len(tail)), tail + body + bytes(len(body) % 2)
        head += struct.pack("<HHI", tag, kind, count) + body.ljust(4, b"\0")
    return head + bytes(4) + tail


def dng(width: int, height: int, preview: Image.Image | None = None, orientation: int = 1) -> bytes:
    """A DNG of one reddish colour, uncompressed, with or without a preview."""
    mosaic = np.zeros((height, width), np.uint16)
    mosaic[0::2, 0::2], mosaic[0::2, 1::2] = 40_000, 20_000
    mosaic[1::2, 0::2], mosaic[1::2, 1::2] = 20_000, 5_000
    camera: list[Field] = [
        (271, ASCII, b"Maker\0"),
        (272, ASCII, b"Model X\0"),
        (274, SHORT, [orientation]),
        (50706, BYTE, [1, 4, 0, 0]),
        (50707, BYTE, [1, 1, 0, 0]),
        (50708, ASCII, b"Model X\0"),
        (50721, SIGNED_RATIONAL, [1, 0, 0, 0, 1, 0, 0, 0, 1]),
        (50728, RATIONAL, [1, 1, 1]),
        (50778, SHORT, [21]),
    ]

    def sensor(at: int) -> list[Field]:
        return [
            *((254, LONG, [0]), (256, LONG, [width]), (257, LONG, [height]), (258, SHORT, [16])),
            *((259, SHORT, [1]), (262, SHORT, [32803]), (273, LONG, [at]), (277, SHORT, [1])),
            *((278, LONG, [height]), (279, LONG, [mosaic.nbytes]), (284, SHORT, [1])),
            *((33421, SHORT, [2, 2]), (33422, BYTE, [0, 1, 1, 2])),
            *((50714, SHORT, [0]), (50717, LONG, [65535])),
        ]

    if preview is None:
        at = 8 + len(directory(camera + sensor(0), 8))
        return b"II*\0\x08\0\0\0" + directory(camera + sensor(at), 8) + mosaic.tobytes()
    buffer = io.BytesIO()
    preview.save(buffer, "JPEG")
    jpeg = buffer.getvalue()

    def first(at: int, below: int) -> bytes:
        shown: list[Field] = [
            *((254, LONG, [1]), (256, LONG, [preview.width]), (257, LONG, [preview.height])),
            *((258, SHORT, [8, 8, 8]), (259, SHORT, [7]), (262, SHORT, [6]), (273, LONG, [at])),
            *((277, SHORT, [3]), (278, LONG, [preview.height]), (279, LONG, [len(jpeg)])),
            (330, LONG, [below]),
        ]
        return directory(camera + shown, 8)

    below = 8 + len(first(0, 0))
    at = below + len(directory(sensor(0), below))
    parts = (first(at, below), directory(sensor(at + len(jpeg)), below), jpeg, mosaic.tobytes())
    return b"II*\0\x08\0\0\0" + b"".join(parts)


def is_green(pixels: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> bool:
    return bool(np.abs(pixels.mean(axis=(0, 1)) - GREEN).max() < 5)


@pytest.mark.parametrize(
    ("longest_px", "shape", "from_preview"),
    [(None, (160, 256, 3), False), (1280, (750, 1200, 3), True), (100, (63, 100, 3), True)],
)
def test_a_preview_that_is_large_enough_is_taken(
    tmp_path: Path, longest_px: int | None, shape: tuple[int, ...], from_preview: bool
) -> None:
    path = tmp_path / "a.dng"
    path.write_bytes(dng(256, 160, Image.new("RGB", (1200, 750), GREEN)))
    pixels = decode_here(path, longest_px, 10**7)
    assert pixels.shape == shape
    assert is_green(pixels) is from_preview


def test_else_it_is_developed(tmp_path: Path) -> None:
    path = tmp_path / "a.dng"
    path.write_bytes(dng(1600, 1000, Image.new("RGB", (160, 100), GREEN)))
    pixels = decode_here(path, 700, 10**7)
    assert pixels.shape == (438, 700, 3)
    assert not is_green(pixels)
    assert decode_here(path, None, 10**7).shape == (1000, 1600, 3)


@pytest.mark.parametrize("preview", [None, Image.new("RGB", (1200, 750), GREEN)])
def test_it_is_turned_upright(tmp_path: Path, preview: Image.Image | None) -> None:
    path = tmp_path / "a.dng"
    path.write_bytes(dng(256, 160, preview, orientation=6))
    about = examine(path).metadata
    assert (about.width, about.height, about.camera) == (160, 256, "Maker Model X")
    decoder = Decoder()
    height, width = decoder.picture(path, 200).shape[:2]
    decoder.close()
    assert height > width


def test_its_sensor_data_is_who_it_is(tmp_path: Path) -> None:
    seen = {}
    for name, content in {
        "plain": dng(256, 160),
        "with preview": dng(256, 160, Image.new("RGB", (120, 75), GREEN)),
        "turned": dng(256, 160, orientation=8),
        "other": dng(256, 162),
    }.items():
        path = tmp_path / f"{name}.dng"
        path.write_bytes(content)
        seen[name] = examine(path)
    assert {found.format for found in seen.values()} == {"dng"}
    assert seen["plain"].fingerprint == seen["with preview"].fingerprint
    assert seen["plain"].fingerprint == seen["turned"].fingerprint
    assert seen["plain"].fingerprint != seen["other"].fingerprint


def test_exiftool_leaves_it_who_it_is(tmp_path: Path) -> None:
    exiftool = shutil.which("exiftool")
    if exiftool is None:
        pytest.skip("exiftool is not installed")
    path = tmp_path / "a.dng"
    path.write_bytes(dng(256, 160, Image.new("RGB", (120, 75), GREEN)))
    before = examine(path)
    tags = ("-XMP:Rating=4", "-Orientation#=6", "-DateTimeOriginal=2001:02:03 04:05:06")
    subprocess.run([exiftool, "-q", "-m", "-overwrite_original", *tags, path], check=True)
    after = examine(path)
    assert after.fingerprint == before.fingerprint
    assert after.metadata.rating == 4
    assert (after.metadata.width, after.metadata.height) == (160, 256)


def test_too_large_and_damaged_ones_are_problems(tmp_path: Path) -> None:
    path = tmp_path / "a.dng"
    path.write_bytes(dng(256, 160))
    with pytest.raises(FileProblem, match="megapixels"):
        decode_here(path, None, 1000)
    path.write_bytes(dng(256, 160)[:600])
    with pytest.raises(FileProblem, match="damaged"):
        decode_here(path, None, 10**7)
