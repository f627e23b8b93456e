"""Other programs rewrite metadata; who the photo is stays, what they wrote is read."""

import shutil
import subprocess
from collections.abc import Callable
from datetime import datetime
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from album.pictures.examine import examine

Maker = Callable[[Path, Image.Image], None]


def pixels(width: int = 96, height: int = 64) -> Image.Image:
    across = np.linspace(0, 255, width, dtype=np.uint8)
    rgb = np.stack([np.tile(across, (height, 1)), np.full((height, width), 90, np.uint8)] * 2, -1)
    return Image.fromarray(rgb[..., :3])


def still(**options: object) -> Maker:
    return lambda path, image: image.save(path, **options)  # type: ignore[arg-type]


def animation(path: Path, image: Image.Image) -> None:
    image.save(path, save_all=True, append_images=[image.rotate(90)], duration=100)


def video(path: Path, image: Image.Image) -> None:
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=Fraction(10))
        stream.width, stream.height, stream.pix_fmt = 96, 64, "yuv420p"
        for step in range(15):
            frame = av.VideoFrame.from_ndarray(np.asarray(image.rotate(step)), format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode())


MAKERS: dict[str, Maker] = {
    "plain.jpg": still(),
    "progressive.jpg": still(progressive=True, quality=70),
    "tagged.jpg": still(exif=Image.Exif(), comment="before"),
    "plain.png": still(),
    "animated.png": animation,
    "lossy.webp": still(),
    "lossless.webp": still(lossless=True),
    "animated.webp": animation,
    "plain.tif": still(),
    "deflated.tif": still(compression="tiff_adobe_deflate"),
    "animated.gif": animation,
    "plain.avif": still(),
    "plain.jp2": still(),
    "plain.ppm": still(),
    "clip.mp4": video,
    "clip.mov": video,
}

EXIFTOOL = (
    *("-XMP-dc:Subject=beach", "-Artist=me", "-Orientation#=6", "-GPSLatitude=45.5"),
    *("-GPSLatitudeRef=N", "-GPSLongitude=10.5", "-GPSLongitudeRef=E", "-Make=Canon"),
    *("-DateTimeOriginal=2001:02:03 04:05:06", "-XMP:Rating=4", "-Comment=hello"),
)
EXIV2 = (
    *("-M", "set Exif.Image.Artist me", "-M", "set Exif.Image.Orientation 8"),
    *("-M", "set Exif.Photo.DateTimeOriginal 2001:02:03 04:05:06"),
    *("-M", "set Xmp.dc.subject beach", "-M", "set Xmp.xmp.Rating 4"),
)
EXIV2_WRITES = frozenset((".jpg", ".png", ".webp", ".tif", ".jp2"))


def needs(program: str) -> str:
    found = shutil.which(program)
    if found is None:
        pytest.skip(f"{program} is not installed")
    return found


@pytest.fixture(params=MAKERS, ids=str)
def made(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    name: str = request.param
    MAKERS[name](tmp_path / name, pixels())
    return tmp_path / name


def test_exiftool_rewrites_metadata_and_the_photo_stays_itself(made: Path) -> None:
    exiftool = needs("exiftool")
    before, content = examine(made), made.read_bytes()
    subprocess.run([exiftool, "-q", "-m", "-overwrite_original", *EXIFTOOL, made], check=True)
    after = examine(made)
    assert made.read_bytes() != content
    assert after.fingerprint == before.fingerprint
    if made.suffix not in {".ppm", ".gif"}:
        assert after.metadata.keywords == ("beach",)
        assert after.metadata.rating == 4
    if made.suffix in {".jpg", ".png", ".webp", ".tif", ".jp2"}:
        assert after.metadata.taken == datetime(2001, 2, 3, 4, 5, 6)
        assert after.metadata.gps == pytest.approx((45.5, 10.5))
        assert after.metadata.camera == "Canon"
        assert (after.metadata.width, after.metadata.height) == (64, 96)
    subprocess.run([exiftool, "-q", "-m", "-overwrite_original", "-all=", made], check=False)
    assert examine(made).fingerprint == before.fingerprint


def test_exiv2_rewrites_metadata_and_the_photo_stays_itself(made: Path) -> None:
    exiv2 = needs("exiv2")
    before, content = examine(made), made.read_bytes()
    subprocess.run([exiv2, "-q", *EXIV2, made], check=False, capture_output=True)
    after = examine(made)
    assert after.fingerprint == before.fingerprint
    if made.suffix in EXIV2_WRITES:
        assert made.read_bytes() != content
        assert after.metadata.keywords == ("beach",)
        assert after.metadata.taken == datetime(2001, 2, 3, 4, 5, 6)
    subprocess.run([exiv2, "-q", "rm", made], check=False, capture_output=True)
    assert examine(made).fingerprint == before.fingerprint


def test_other_pixels_are_another_photo(made: Path, tmp_path: Path) -> None:
    other = tmp_path / f"other{made.suffix}"
    MAKERS[made.name](other, pixels().transpose(Image.Transpose.ROTATE_180))
    assert examine(other).fingerprint != examine(made).fingerprint


def test_the_same_pixels_under_another_name_are_the_same_photo(made: Path, tmp_path: Path) -> None:
    copy = tmp_path / "moved" / "copy.bin"
    copy.parent.mkdir()
    shutil.copy(made, copy)
    assert examine(copy).fingerprint == examine(made).fingerprint


@pytest.mark.parametrize(
    "name", ["exifr__heic-single.heic", "metadata-extractor__mp4__with-gps.mp4"]
)
def test_real_files_stay_themselves(shared: Path, tmp_path: Path, name: str) -> None:
    exiftool = needs("exiftool")
    path = tmp_path / name
    path.write_bytes((shared / "media" / "formats" / name).read_bytes())
    before = examine(path)
    subprocess.run([exiftool, "-q", "-m", "-overwrite_original", *EXIFTOOL, path], check=True)
    after = examine(path)
    assert after.fingerprint == before.fingerprint
    assert after.metadata.keywords == ("beach",)
    assert (after.metadata.width, after.metadata.height) == (
        before.metadata.width,
        before.metadata.height,
    )
