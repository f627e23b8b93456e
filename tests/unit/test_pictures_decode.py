"""Whatever a file holds comes out upright, opaque, in sRGB, at the wanted size."""

import io
import zlib
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageCms

from album.errors import FileProblem, Interrupted
from album.pictures.decode import Decoder, Limits, decode_here
from album.pictures.formats import by_name
from album.pictures.pixels import Pixels, fit
from album.pictures.raster import damaged

MakePicture = Callable[..., Path]

RED, GREEN, BLUE, WHITE = (220, 30, 30), (30, 200, 40), (30, 40, 210), (255, 255, 255)


@pytest.fixture
def decoder() -> Iterator[Decoder]:
    made = Decoder(processes=1)
    yield made
    made.close()


def quarters(width: int = 320, height: int = 200) -> Image.Image:
    """Red, green, blue, white: which way is up can be seen."""
    image = Image.new("RGB", (width, height), WHITE)
    image.paste(RED, (0, 0, width // 2, height // 2))
    image.paste(GREEN, (width // 2, 0, width, height // 2))
    image.paste(BLUE, (0, height // 2, width // 2, height))
    return image


def corners(pixels: Pixels) -> list[tuple[int, ...]]:
    """Colours in the middle of the four quarters, row by row."""
    height, width = pixels.shape[:2]
    return [
        tuple(int(value) for value in pixels[height * y // 4, width * x // 4])
        for y in (1, 3)
        for x in (1, 3)
    ]


def assert_quarters(pixels: Pixels, tolerance: int = 25) -> None:
    np.testing.assert_allclose(corners(pixels), [RED, GREEN, BLUE, WHITE], atol=tolerance)


@pytest.mark.parametrize(
    "name",
    [
        *("a.jpg", "a.png", "a.webp", "a.tif", "a.gif", "a.bmp", "a.ppm", "a.tga", "a.avif"),
        *("a.jp2", "a.ico"),
    ],
)
@pytest.mark.parametrize("longest_px", [None, 100])
def test_every_format(decoder: Decoder, tmp_path: Path, name: str, longest_px: int | None) -> None:
    path = tmp_path / name
    quarters(256, 160).save(path)
    pixels = decoder.picture(path, longest_px)
    full = (160, 256, 3) if name != "a.ico" else pixels.shape
    assert pixels.shape == (full if longest_px is None else (62, 100, 3))
    assert pixels.dtype == np.uint8
    assert pixels.flags.writeable
    if name != "a.ico":
        assert_quarters(pixels)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.webp", "a.tif", "a.avif"])
def test_every_orientation(decoder: Decoder, tmp_path: Path, name: str, orientation: int) -> None:
    stored = quarters()
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    if orientation in undo:
        stored = stored.transpose(undo[orientation])
    tags = Image.Exif()
    tags[274] = orientation
    path = tmp_path / name
    stored.save(path, exif=tags)
    pixels = decoder.picture(path, 160)
    assert pixels.shape == (100, 160, 3)
    assert_quarters(pixels, 40)


@pytest.mark.parametrize("orientation", [1, 6])
def test_a_sketch_is_the_picture_in_small(
    decoder: Decoder, tmp_path: Path, orientation: int
) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = tmp_path / "a.jpg"
    quarters(1600, 1200).save(path, exif=exif)
    small = decoder.sketch(path, 384)
    assert small is not None
    assert max(small.size) == 384
    assert np.array_equal(np.asarray(small), decoder.picture(path, 384))


@pytest.mark.parametrize("name", ["a.png", "a.webp", "a.avif", "a.gif"])
def test_there_is_no_sketch_where_it_costs_as_much(
    decoder: Decoder, tmp_path: Path, name: str
) -> None:
    quarters().save(tmp_path / name)
    assert decoder.sketch(tmp_path / name, 384) is None


@given(st.tuples(st.integers(1, 20_000), st.integers(1, 20_000)), st.none() | st.integers(1, 5_000))
def test_fitting(size: tuple[int, int], longest_px: int | None) -> None:
    width, height = fit(size, longest_px)
    assert 1 <= width <= size[0]
    assert 1 <= height <= size[1]
    assert longest_px is None or max(width, height) <= longest_px
    assert longest_px is None or max(width, height) == min(longest_px, max(size))


@pytest.mark.parametrize(
    "mode", ["1", "L", "LA", "P", "PA", "RGBA", "CMYK", "YCbCr", "I;16", "I", "F"]
)
def test_every_mode(tmp_path: Path, mode: str) -> None:
    path = tmp_path / "a.tif"
    grey = Image.new("L", (40, 30), 255)
    if mode in ("I;16", "I"):
        image = Image.fromarray(np.full((30, 40), 65535, np.uint16)).convert(mode)
    elif mode == "F":
        image = Image.fromarray(np.full((30, 40), 1.0, np.float32))
    elif mode == "PA":
        image = grey.convert("P").convert("PA")
    else:
        image = grey.convert("RGB").convert(mode)
    if mode == "PA":
        path = tmp_path / "a.png"
        image = image.convert("P")
        image.save(path, transparency=0)
    else:
        image.save(path)
    pixels = decode_here(path, None, 10**6)
    assert pixels.shape == (30, 40, 3)
    assert pixels.mean() > 250


def test_sixteen_bits_of_grey_png(decoder: Decoder, tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    Image.fromarray(np.full((30, 40), 32768, np.uint16)).save(path)
    assert decoder.picture(path, None).mean() == pytest.approx(128, abs=1)


def test_what_is_transparent_lies_on_white(decoder: Decoder, tmp_path: Path) -> None:
    image = quarters().convert("RGBA")
    image.putalpha(0)
    image.paste((*RED, 255), (0, 0, 160, 100))
    image.save(tmp_path / "a.png")
    assert corners(decoder.picture(tmp_path / "a.png", None)) == [RED, WHITE, WHITE, WHITE]


def test_an_alpha_channel_that_hides_everything_is_padding(
    decoder: Decoder, tmp_path: Path
) -> None:
    image = quarters().convert("RGBA")
    image.putalpha(0)
    image.save(tmp_path / "a.png")
    assert_quarters(decoder.picture(tmp_path / "a.png", None), 0)


def wide_gamut() -> bytes:
    """A profile whose primaries are not sRGB's: Pillow's sRGB with the red and green swapped."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    count = int.from_bytes(profile[128:132], "big")
    at = {bytes(profile[132 + 12 * i : 136 + 12 * i]): 132 + 12 * i for i in range(count)}
    red, green = at[b"rXYZ"], at[b"gXYZ"]
    profile[red + 4 : red + 12], profile[green + 4 : green + 12] = (
        profile[green + 4 : green + 12],
        profile[red + 4 : red + 12],
    )
    return bytes(profile).replace("sRGB".encode("utf-16-be"), "Mine".encode("utf-16-be"))


def test_colour_profiles_are_obeyed(decoder: Decoder, tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    quarters().save(path, icc_profile=wide_gamut(), quality=95)
    found = corners(decoder.picture(path, 200))
    np.testing.assert_allclose(found[0], (30, 220, 30), atol=30)  # red is green there
    quarters().save(path, icc_profile=b"rubbish", quality=95)
    assert_quarters(decoder.picture(path, 200))


def test_the_first_frame_of_an_animation(decoder: Decoder, tmp_path: Path) -> None:
    for name in ("a.gif", "a.webp", "a.png"):
        frames = [quarters(), Image.new("RGB", (320, 200))]
        frames[0].save(tmp_path / name, save_all=True, append_images=frames[1:])
        assert_quarters(decoder.picture(tmp_path / name, None))


def video(path: Path, dark: int = 12) -> None:
    """Three seconds that fade in from black."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=Fraction(10))
        stream.width, stream.height, stream.pix_fmt = 320, 200, "yuv420p"
        for number in range(30):
            image = Image.new("RGB", (320, 200)) if number < dark else quarters()
            frame = av.VideoFrame.from_ndarray(np.asarray(image), format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode())


@pytest.mark.parametrize("name", ["a.mp4", "a.mov", "a.mkv", "a.avi"])
def test_a_video_shows_a_frame_that_is_not_black(
    decoder: Decoder, tmp_path: Path, name: str
) -> None:
    video(tmp_path / name)
    pixels = decoder.picture(tmp_path / name, 160)
    assert pixels.shape == (100, 160, 3)
    assert_quarters(pixels, 40)


def test_a_video_of_darkness_is_dark(decoder: Decoder, tmp_path: Path) -> None:
    video(tmp_path / "a.mp4", dark=30)
    assert decoder.picture(tmp_path / "a.mp4", 160).mean() < 20


def noise(size: tuple[int, int] = (320, 200)) -> Image.Image:
    values = np.random.default_rng(0).integers(0, 255, (size[1], size[0], 3), np.uint8)
    return Image.fromarray(values)


@pytest.mark.parametrize("progressive", [False, True])
def test_a_jpeg_that_is_cut_short_shows_what_is_there(
    decoder: Decoder, tmp_path: Path, progressive: bool
) -> None:
    path = tmp_path / "a.jpg"
    noise().save(path, progressive=progressive)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) * 3 // 4])
    pixels = decoder.picture(path, None)
    assert pixels[:100].std() > 20
    if not progressive:
        assert (pixels[-10:] == 128).all()


@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.tif", "a.webp", "a.bmp"])
def test_too_little_of_a_picture_is_a_problem(decoder: Decoder, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    noise().save(path)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 5])
    with pytest.raises(FileProblem, match=r"cut short|damaged"):
        decoder.picture(path, None)


def bomb(width: int, height: int) -> bytes:
    """A PNG that claims to be large."""
    buffer = io.BytesIO()
    Image.new("1", (8, 8)).save(buffer, "PNG")
    content = bytearray(buffer.getvalue())
    content[16:24] = width.to_bytes(4, "big") + height.to_bytes(4, "big")
    content[29:33] = zlib.crc32(content[12:29]).to_bytes(4, "big")
    return bytes(content)


def test_bombs_are_refused_before_they_are_decoded(tmp_path: Path) -> None:
    decoder = Decoder(Limits(pixels=1_000_000))
    (tmp_path / "a.png").write_bytes(bomb(60_000, 60_000))
    with pytest.raises(FileProblem, match="60000 × 60000 pixels; Albumen opens up to 1 megapixels"):
        decoder.picture(tmp_path / "a.png", 100)
    quarters(2000, 1200).save(tmp_path / "a.jpg")
    assert decoder.picture(tmp_path / "a.jpg", 100).shape == (60, 100, 3)  # decoded small
    with pytest.raises(FileProblem, match="megapixels"):
        decoder.picture(tmp_path / "a.jpg", None)
    decoder.close()


def test_large_pictures_are_decoded_elsewhere(tmp_path: Path) -> None:
    decoder = Decoder(Limits(here_pixels=100))
    quarters().save(tmp_path / "a.jpg")
    decoder.close()
    with pytest.raises(Interrupted):
        decoder.picture(tmp_path / "a.jpg", 100)


def test_a_gif_whose_frame_is_larger_than_its_screen(tmp_path: Path) -> None:
    path = tmp_path / "a.gif"
    Image.new("P", (4, 3)).save(path)
    content = bytearray(path.read_bytes())
    frame = content.index(b"\x2c\0\0\0\0\x04\0\x03\0")
    content[frame + 5 : frame + 9] = b"\xff\xff\xff\xff"
    path.write_bytes(content)
    decoder = Decoder()
    with pytest.raises(FileProblem, match="65535 × 65535 pixels"):
        decoder.picture(path, 100)
    decoder.close()


def test_a_jpeg_of_endless_scans_is_decoded_elsewhere(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    quarters().save(path, progressive=True)
    decoder = Decoder()
    decoder.close()
    assert_quarters(decoder.picture(path, None))
    content = path.read_bytes()
    scan = content.rindex(b"\xff\xda")
    path.write_bytes(content[:-2] + content[scan:-2] * 200 + content[-2:])
    with pytest.raises(Interrupted):
        decoder.picture(path, None)


def test_formats_that_crash_decoders_are_isolated() -> None:
    for name in ("nef", "cr3", "dng", "heic", "avif", "jp2", "j2k", "mp4", "mkv", "avi", "tiff"):
        assert by_name(name).isolated
    for name in ("jpeg", "png", "webp", "gif", "bmp"):
        assert not by_name(name).isolated


def test_a_picture_of_one_pixel(decoder: Decoder, tmp_path: Path) -> None:
    Image.new("RGB", (1, 1), RED).save(tmp_path / "a.png")
    assert decoder.picture(tmp_path / "a.png", 100).tolist() == [[list(RED)]]
    Image.new("RGB", (3000, 1), RED).save(tmp_path / "b.png")
    assert decoder.picture(tmp_path / "b.png", 100).shape == (1, 100, 3)


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (OSError("decoder error -2"), "its content is damaged"),
        (SyntaxError(b"broken PNG file (chunk b'IHDR')"), "its content is damaged"),
        (OSError("cannot identify: unsupported mode 17"), "it is of a kind that"),
        (OSError(5, "Input/output error"), "its content is damaged"),
        (KeyError(), "its content is damaged"),
    ],
)
def test_a_reason_is_in_plain_words_and_keeps_the_decoders_for_the_log(
    error: Exception, reason: str
) -> None:
    problem = damaged(Path("a.jpg"), error)
    assert problem.reason.startswith(reason)
    assert problem.advice
    assert problem.detail
    assert problem.detail not in str(problem)
