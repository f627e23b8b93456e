"""Metadata is found wherever a format keeps it, and nonsense is not believed."""

import io
import struct
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from itertools import product
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from exifread.core.exif_header import ExifHeader
from PIL import Image, PngImagePlugin
from PIL.ExifTags import GPS, IFD, Base

from album.domain.photo import Metadata
from album.pictures.examine import examine
from album.pictures.exif import _WANTED, Block, _Header, exif_claims, read_exif
from album.pictures.formats import JPEG
from album.pictures.metadata import read_metadata

MakePicture = Callable[..., Path]

XMP = b"""<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF
 xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/">
<rdf:Description xmp:Rating="3"><dc:subject><rdf:Bag><rdf:li>lake</rdf:li></rdf:Bag></dc:subject>
</rdf:Description></rdf:RDF></x:xmpmeta>"""


def exif() -> Image.Exif:
    tags = Image.Exif()
    tags[Base.Make], tags[Base.Model] = "NIKON CORPORATION", "NIKON D70  "
    tags[Base.Orientation] = 8
    tags[Base.ImageDescription] = "Evening at the lake"
    more = tags.get_ifd(IFD.Exif)
    more[Base.DateTimeOriginal] = "2024:05:06 07:08:09"
    more[Base.SubsecTimeOriginal] = "25"
    more[Base.OffsetTimeOriginal] = "+02:00"
    more[Base.LensModel] = "50 mm f/1.8"
    more[Base.FNumber], more[Base.ExposureTime], more[Base.FocalLength] = 2.8, 0.005, 50.0
    more[Base.ISOSpeedRatings], more[Base.Flash] = 400, 0x19
    place = tags.get_ifd(IFD.GPSInfo)
    place[GPS.GPSLatitudeRef], place[GPS.GPSLatitude] = "S", (33.0, 30.0, 36.0)
    place[GPS.GPSLongitudeRef], place[GPS.GPSLongitude] = "W", (70.0, 0.0, 0.0)
    return tags


def test_every_tag_that_is_asked_for_is_one_that_is_read() -> None:
    class Asked(dict[str, Any]):
        def get(self, name: str, default: Any = None) -> Any:  # noqa: ANN401 (as dict has it)
            asked.add(name.partition(" ")[2])
            return super().get(name, default)

    asked: set[str] = set()
    degrees = SimpleNamespace(values=[1, 2, 3])
    exif_claims(Asked({"GPS GPSLatitude": degrees, "GPS GPSLongitude": degrees}))
    assert asked | {"ExifOffset", "GPSInfo"} == _WANTED


@pytest.mark.parametrize("order", [b"II", b"MM"])
def test_numbers_are_those_that_exifread_reads(order: bytes) -> None:
    content = order + bytes(range(250, 256)) + bytes(range(8))
    ours, theirs = (
        kind(io.BytesIO(content), chr(order[0]), 0, 0, strict=False)
        for kind in (_Header, ExifHeader)
    )
    for length, signed in product((1, 2, 4), (False, True)):
        for offset in range(len(content) + 3):
            assert ours.s2n(offset, length, signed) == theirs.s2n(offset, length, signed)


@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.webp", "a.avif"])
def test_exif_in_every_format(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    Image.new("RGB", (40, 30)).save(path, exif=exif())
    about = examine(path).metadata
    assert about.taken == datetime(
        2024, 5, 6, 7, 8, 9, 250_000, tzinfo=timezone(timedelta(hours=2))
    )
    assert about.camera == "NIKON D70"
    assert about.lens == "50 mm f/1.8"
    assert about.gps == pytest.approx((-33.51, -70.0))
    assert about.description == "Evening at the lake"
    assert (about.aperture, about.exposure_s, about.iso) == (2.8, 0.005, 400)
    assert (about.focal_mm, about.flash) == (50.0, True)
    assert (about.width, about.height) == (30, 40)


@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.webp", "a.tif", "a.avif"])
def test_xmp_in_every_format(picture_factory: MakePicture, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    image = Image.new("RGB", (40, 30))
    if name == "a.png":
        text = PngImagePlugin.PngInfo()
        text.add_itxt("XML:com.adobe.xmp", XMP.decode(), zip=True)
        image.save(path, pnginfo=text)
    elif name == "a.tif":
        image.save(path, tiffinfo={700: XMP})
    else:
        image.save(path, xmp=XMP)
    about = examine(path).metadata
    assert (about.rating, about.keywords) == (3, ("lake",))


@pytest.mark.parametrize("name", ["photo.jpg.xmp", "photo.xmp"])
def test_a_sidecar_is_read_and_goes_first(picture_factory: MakePicture, name: str) -> None:
    path = picture_factory(camera=("Canon", "Canon EOS 5D"), xmp=XMP)
    other = XMP.replace(b'Rating="3"', b'Rating="5"').replace(b"lake", b"boat")
    path.with_name(name).write_bytes(other)
    about = examine(path).metadata
    assert (about.rating, about.keywords) == (5, ("boat", "lake"))
    assert about.camera == "Canon EOS 5D"


def test_a_sidecar_that_is_no_xmp_is_ignored(picture_factory: MakePicture) -> None:
    path = picture_factory()
    path.with_name("photo.jpg.xmp").mkdir()
    path.with_name("photo.xmp").write_bytes(b"")
    assert examine(path).metadata.rating is None


def test_nonsense_is_not_believed(tmp_path: Path) -> None:
    tags = Image.Exif()
    tags[Base.Make], tags[Base.Orientation] = "   ", 77
    more = tags.get_ifd(IFD.Exif)
    more[Base.DateTimeOriginal] = "0000:00:00 00:00:00"
    more[Base.DateTimeDigitized] = "2024:99:99 99:99:99"
    more[Base.FNumber], more[Base.ISOSpeedRatings] = 0.0, 0
    place = tags.get_ifd(IFD.GPSInfo)
    place[GPS.GPSLatitudeRef], place[GPS.GPSLatitude] = "N", (191.0, 0.0, 0.0)
    place[GPS.GPSLongitudeRef], place[GPS.GPSLongitude] = "E", (10.0, 0.0, 0.0)
    path = tmp_path / "a.jpg"
    Image.new("RGB", (40, 30)).save(path, exif=tags)
    assert examine(path).metadata == Metadata(width=40, height=30)


def test_a_weaker_date_is_better_than_none(tmp_path: Path) -> None:
    tags = Image.Exif()
    tags[Base.DateTime] = "2020:01:02 03:04:05"
    path = tmp_path / "a.jpg"
    Image.new("RGB", (40, 30)).save(path, exif=tags)
    assert examine(path).metadata.taken == datetime(2020, 1, 2, 3, 4, 5)


def entry(tag: int, kind: int, count: int, value: int) -> bytes:
    return struct.pack("<HHII", tag, kind, count, value)


def block(*entries: bytes) -> bytes:
    return b"II*\0\x08\0\0\0" + struct.pack("<H", len(entries)) + b"".join(entries) + bytes(4)


@pytest.mark.parametrize(
    "content",
    [
        block(*(entry(0x9C9E, 4, 999, 8) for _ in range(5000))),  # as many values as can be asked
        block(entry(0x8769, 4, 1, 8)),  # a directory that is its own child
        block(entry(0x8825, 4, 1, 8)),
        block(entry(0x927C, 7, 2**32 - 1, 8)),  # a maker note of 4 GB
        block(entry(0x010F, 2, 2**31, 8)),
        block(entry(0x0112, 3, 0, 0)),
        b"II*\0\xff\xff\xff\xff",
        b"MM\0*",
        b"neither",
        b"",
    ],
)
def test_hostile_exif_ends_soon_and_says_little(content: bytes) -> None:
    assert read_exif((Block(content), "Image")).taken is None


def test_what_stands_before_the_damage_is_kept() -> None:
    damaged = block(entry(0x0112, 3, 1, 6), entry(0x8769, 4, 1, 8))
    assert read_exif((Block(damaged), "Image")).orientation == 6


def test_files_that_cannot_be_read_say_nothing(tmp_path: Path) -> None:
    assert read_metadata(tmp_path / "gone.jpg", JPEG) == Metadata()


def box(name: bytes, *content: bytes) -> bytes:
    body = b"".join(content)
    return (len(body) + 8).to_bytes(4, "big") + name + body


def data_box(text: str) -> bytes:
    return box(b"data", struct.pack(">II", 1, 0), text.encode())


def test_a_phone_video(tmp_path: Path) -> None:
    keys = {
        "com.apple.quicktime.creationdate": "2023-10-31T11:44:43+0100",
        "com.apple.quicktime.location.ISO6709": "+52.4596+013.3218+034.000/",
        "com.apple.quicktime.make": "Apple",
        "com.apple.quicktime.model": "iPhone 15",
    }
    names = b"".join(box(b"mdta", key.encode()) for key in keys)
    values = b"".join(
        box(number.to_bytes(4, "big"), data_box(text))
        for number, text in enumerate(keys.values(), 1)
    )
    turned = struct.pack(">9i", 0, 65536, 0, -65536, 0, 0, 0, 0, 1 << 30)
    header = bytes(40) + turned + struct.pack(">II", 1920 << 16, 1080 << 16)
    track = box(b"trak", box(b"tkhd", header), box(b"mdia", box(b"hdlr", bytes(8), b"vide")))
    movie = box(
        b"moov",
        box(b"mvhd", struct.pack(">5I", 0, 3_781_683_883, 0, 600, 1500)),
        track,
        box(
            b"meta",
            box(b"hdlr", bytes(25)),
            box(b"keys", bytes(4), len(keys).to_bytes(4, "big"), names),
            box(b"ilst", values),
        ),
    )
    path = tmp_path / "a.mov"
    path.write_bytes(box(b"ftyp", b"qt  \0\0\0\0qt  ") + movie + box(b"mdat", b"frames"))
    about = examine(path).metadata
    assert about.taken == datetime(2023, 10, 31, 11, 44, 43, tzinfo=timezone(timedelta(hours=1)))
    assert about.gps == (52.4596, 13.3218)
    assert about.camera == "Apple iPhone 15"
    assert (about.width, about.height, about.orientation) == (1080, 1920, 6)
    assert about.duration_s == 2.5


def test_a_video_with_nothing_but_the_time_of_its_making(tmp_path: Path) -> None:
    movie = box(b"moov", box(b"mvhd", struct.pack(">5I", 0, 3_781_683_883, 0, 600, 0xFFFFFFFF)))
    path = tmp_path / "a.mp4"
    path.write_bytes(box(b"ftyp", b"isom\0\0\0\0isom") + movie + box(b"mdat", b"frames"))
    about = examine(path).metadata
    assert about.taken == datetime(2023, 11, 1, 11, 44, 43, tzinfo=UTC)
    assert about.duration_s is None


def test_canon_raw_keeps_exif_in_pieces(tmp_path: Path) -> None:
    name = b"Canon EOS R5\0\0\0\0"
    first = block(entry(0x0110, 2, len(name), 26)) + name
    date = b"2022:03:31 11:31:56\0"
    second = block(entry(0x9003, 2, len(date), 26)) + date
    uuid = bytes.fromhex("85c0b687820f11e08111f4ce462b6a48")
    canon = box(b"uuid", uuid, box(b"CMT1", first), box(b"CMT2", second))
    path = tmp_path / "a.cr3"
    path.write_bytes(box(b"ftyp", b"crx \0\0\0\1crx ") + box(b"moov", canon) + box(b"mdat", b"raw"))
    seen = examine(path)
    assert seen.format == "cr3"
    assert seen.metadata.camera == "Canon EOS R5"
    assert seen.metadata.taken == datetime(2022, 3, 31, 11, 31, 56)


def riff(name: bytes, *content: bytes) -> bytes:
    body = b"".join(content)
    return name + len(body).to_bytes(4, "little") + body + bytes(len(body) % 2)


def test_an_avi_tells_date_and_duration(tmp_path: Path) -> None:
    header = struct.pack("<14I", 40_000, 0, 0, 0, 50, 0, 0, 0, 640, 360, 0, 0, 0, 0)
    content = riff(
        b"RIFF",
        b"AVI ",
        riff(b"LIST", b"hdrl", riff(b"avih", header)),
        riff(b"IDIT", b"Mon Mar 10 15:04:43 2003\n\0"),
        riff(b"LIST", b"movi", b"frames"),
    )
    path = tmp_path / "a.avi"
    path.write_bytes(content)
    about = examine(path).metadata
    assert about.taken == datetime(2003, 3, 10, 15, 4, 43)
    assert (about.width, about.height, about.duration_s) == (640, 360, 2.0)


def ebml(number: int, content: bytes) -> bytes:
    raw = number.to_bytes((number.bit_length() + 7) // 8, "big")
    return raw + (len(content) | 1 << 28).to_bytes(4, "big") + content


def test_a_matroska_tells_date_size_and_duration(tmp_path: Path) -> None:
    since_2001 = int(
        (datetime(2020, 1, 2, tzinfo=UTC) - datetime(2001, 1, 1, tzinfo=UTC)).total_seconds()
    )
    info = ebml(0x4461, struct.pack(">q", since_2001 * 10**9)) + ebml(
        0x4489, struct.pack(">f", 1500.0)
    )
    video = ebml(0xB0, b"\x02\x80") + ebml(0xBA, b"\x01\x68")
    segment = ebml(0x1549A966, info) + ebml(0x1654AE6B, ebml(0xAE, ebml(0xE0, video)))
    path = tmp_path / "a.mkv"
    cluster = ebml(0x1F43B675, b"frames")
    path.write_bytes(ebml(0x1A45DFA3, b"matroska") + ebml(0x18538067, segment + cluster))
    about = examine(path).metadata
    assert about.taken == datetime(2020, 1, 2, tzinfo=UTC)
    assert (about.width, about.height, about.duration_s) == (640, 360, 1.5)


def test_png_texts(tmp_path: Path) -> None:
    text = PngImagePlugin.PngInfo()
    text.add_text("Title", "Lake")
    text.add_text("Description", "Evening", zip=True)
    text.add_text("Creation Time", "2020:01:02 03:04:05")
    path = tmp_path / "a.png"
    Image.new("RGB", (4, 3)).save(path, pnginfo=text)
    about = examine(path).metadata
    assert (about.title, about.description) == ("Lake", "Evening")
    assert about.taken == datetime(2020, 1, 2, 3, 4, 5)


@pytest.mark.parametrize(
    ("name", "size"),
    [
        ("a.bmp", (5, 4)),
        ("a.ppm", (5, 4)),
        ("a.tga", (5, 4)),
        ("a.gif", (5, 4)),
        ("a.jp2", (64, 40)),
    ],
)
def test_sizes_of_formats_without_metadata(
    tmp_path: Path, name: str, size: tuple[int, int]
) -> None:
    path = tmp_path / name
    Image.new("RGB", size).save(path)
    about = examine(path).metadata
    assert (about.width, about.height) == size
