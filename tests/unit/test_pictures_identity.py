"""Who a photo is does not depend on metadata, wherever a format may put it."""

import io
import struct
import zlib
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from album.domain.photo import Fingerprint
from album.errors import FileProblem
from album.pictures import identity
from album.pictures.examine import examine
from album.pictures.formats import JPEG, MP4
from album.pictures.identity import fingerprint
from album.pictures.original import open_original


def jpeg(quality: int = 80) -> bytes:
    random = np.random.default_rng(3)
    buffer = io.BytesIO()
    picture = Image.fromarray(random.integers(0, 255, (48, 64, 3), np.uint8))
    picture.save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()


JPEG_BYTES = jpeg()


def of(content: bytes, folder: Path, name: str = "a.jpg") -> Fingerprint:
    path = folder / name
    path.write_bytes(content)
    return examine(path).fingerprint


def segment(marker: int, content: bytes) -> bytes:
    return bytes((0xFF, marker)) + (len(content) + 2).to_bytes(2, "big") + content


metadata_segments = st.lists(
    st.tuples(
        st.sampled_from([*(m for m in range(0xE0, 0xF0) if m != 0xEE), 0xFE]),
        st.binary(max_size=200),
    ),
    max_size=5,
)


@given(metadata_segments, st.binary(max_size=300))
def test_jpeg_segments_and_what_follows_do_not_matter(
    tmp_path_factory: pytest.TempPathFactory, segments: Sequence[tuple[int, bytes]], trailer: bytes
) -> None:
    folder = tmp_path_factory.mktemp("jpeg")
    dressed = JPEG_BYTES[:2] + b"".join(segment(*s) for s in segments) + JPEG_BYTES[2:] + trailer
    assert of(dressed, folder) == of(JPEG_BYTES, folder)


def test_what_changes_pixels_is_another_jpeg(tmp_path: Path) -> None:
    plain = of(JPEG_BYTES, tmp_path)
    adobe = segment(0xEE, b"Adobe\0\x64\0\0\0\0\0")  # no colour transform
    assert of(JPEG_BYTES[:2] + adobe + JPEG_BYTES[2:], tmp_path) != plain
    assert of(jpeg(quality=79), tmp_path) != plain


def test_a_jpeg_with_a_second_picture_behind_it_is_the_first(tmp_path: Path) -> None:
    assert of(JPEG_BYTES + jpeg(30), tmp_path) == of(JPEG_BYTES, tmp_path)


def test_large_files_are_read_in_pieces_with_the_same_result(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    padded = JPEG_BYTES[:2] + segment(0xE1, bytes(60_000)) * 3 + JPEG_BYTES[2:]
    whole = of(padded, tmp_path)
    monkeypatch.setattr("album.pictures.original.PRELOAD_BYTES", 100)
    monkeypatch.setattr("album.pictures.original.WINDOW_BYTES", 1000)
    assert of(padded, tmp_path) == whole


@given(
    st.lists(st.sampled_from([0x00, 0xD9, 0xFF]), max_size=30).map(bytes),
    st.integers(0, 32),
    st.sampled_from([2, 4, 8]),
)
def test_two_bytes_are_found_wherever_windows_begin(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, start: int, look_bytes: int
) -> None:
    path = tmp_path_factory.getbasetemp() / "bytes"
    path.write_bytes(b"-" + content)
    with pytest.MonkeyPatch.context() as patch, open_original(path) as original:
        patch.setattr("album.pictures.original._LOOK_BYTES", look_bytes)
        found = original.find(b"\xff\xd9", start)
    assert found == (b"-" + content).find(b"\xff\xd9", start)


def chunk(kind: bytes, content: bytes) -> bytes:
    crc = zlib.crc32(kind + content).to_bytes(4, "big")
    return len(content).to_bytes(4, "big") + kind + content + crc


def png(cuts: Sequence[int] = (), texts: Sequence[bytes] = (), colour: int = 7) -> bytes:
    rows = zlib.compress(b"".join(b"\0" + bytes((colour,)) * 30 for _ in range(20)))
    edges = [0, *sorted(min(cut, len(rows)) for cut in cuts), len(rows)]
    data = (rows[a:b] for a, b in pairwise(edges))
    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            chunk(b"IHDR", struct.pack(">IIBBBBB", 10, 20, 8, 2, 0, 0, 0)),
            *(chunk(b"tEXt", b"Comment\0" + text) for text in texts),
            *(chunk(b"IDAT", piece) for piece in data),
            chunk(b"eXIf", b"MM\0*\0\0\0\x08\0\0\0\0\0\0"),
            chunk(b"IEND", b""),
        )
    )


@given(st.lists(st.integers(1, 60), max_size=4), st.lists(st.binary(max_size=50), max_size=3))
def test_png_texts_and_the_cut_of_its_data_do_not_matter(
    tmp_path_factory: pytest.TempPathFactory, cuts: list[int], texts: list[bytes]
) -> None:
    folder = tmp_path_factory.mktemp("png")
    assert of(png(cuts, texts), folder) == of(png(), folder)
    assert of(png(cuts, texts, colour=8), folder) != of(png(), folder)


def box(name: bytes, *content: bytes) -> bytes:
    body = b"".join(content)
    return (len(body) + 8).to_bytes(4, "big") + name + body


def full_box(name: bytes, version: int, *content: bytes) -> bytes:
    return box(name, bytes((version, 0, 0, 0)), *content)


def heif(item: bytes, exif: bytes = b"", padding: int = 0, turn: int = 0) -> bytes:
    """A HEIF of one item, with or without EXIF, its data wherever the padding puts it."""
    items = [(1, b"hvc1", item)] + ([(2, b"Exif", exif)] if exif else [])

    def meta(first: int) -> bytes:
        places, at = b"", first
        for number, _, content in items:
            places += struct.pack(">HHHII", number, 0, 1, at, len(content))
            at += len(content)
        infos = (
            full_box(b"infe", 2, struct.pack(">HH", number, 0), kind, b"\0")
            for number, kind, _ in items
        )
        return full_box(
            b"meta",
            0,
            full_box(b"pitm", 0, struct.pack(">H", 1)),
            full_box(b"iinf", 0, struct.pack(">H", len(items)), *infos),
            full_box(b"iloc", 0, b"\x44\0", struct.pack(">H", len(items)), places),
            box(
                b"iprp",
                box(
                    b"ipco",
                    full_box(b"ispe", 0, struct.pack(">II", 300, 200)),
                    box(b"hvcC", b"set-up"),
                    box(b"irot", bytes((turn,))),
                ),
                full_box(b"ipma", 0, struct.pack(">IHB", 1, 1, 3), b"\x01\x82\x83"),
            ),
        )

    head = box(b"ftyp", b"heic\0\0\0\0heicmif1") + box(b"free", bytes(padding))
    start = len(head) + len(meta(0)) + 8
    return head + meta(start) + box(b"mdat", *(content for _, _, content in items))


@given(st.binary(min_size=1, max_size=80), st.integers(0, 100), st.integers(0, 3))
def test_heif_metadata_place_and_rotation_do_not_matter(
    tmp_path_factory: pytest.TempPathFactory, exif: bytes, padding: int, turn: int
) -> None:
    folder = tmp_path_factory.mktemp("heif")
    dressed = of(heif(b"picture", exif, padding, turn), folder, "a.heic")
    assert dressed == of(heif(b"picture"), folder, "b.heic")
    assert dressed != of(heif(b"another"), folder, "c.heic")


def test_a_heif_is_as_large_as_its_rotation_says(tmp_path: Path) -> None:
    path = tmp_path / "a.heic"
    path.write_bytes(heif(b"picture", turn=1))
    seen = examine(path).metadata
    assert (seen.width, seen.height, seen.orientation) == (200, 300, 8)


def movie(media: bytes, sizes: bytes = b"sizes", *, moov_first: bool, user: bytes = b"") -> bytes:
    header = struct.pack(">5I", 0, 3_000_000_000, 0, 1000, 2500)
    table = full_box(b"stsz", 0, sizes)
    track = box(b"trak", box(b"mdia", box(b"minf", box(b"stbl", table))))
    moov = box(b"moov", box(b"mvhd", header), track, box(b"udta", user))
    data = box(b"mdat", media)
    parts = (moov, data) if moov_first else (data, moov)
    return box(b"ftyp", b"isom\0\0\0\0isommp42") + b"".join(parts)


def test_the_order_of_boxes_and_user_data_of_a_video_do_not_matter(tmp_path: Path) -> None:
    first = of(movie(b"frames", moov_first=True), tmp_path, "a.mp4")
    title = box(b"\xa9nam", b"\0\2\0\0hi")
    assert of(movie(b"frames", moov_first=False, user=title), tmp_path, "b.mp4") == first
    assert of(movie(b"Frames", moov_first=True), tmp_path, "c.mp4") != first
    assert of(movie(b"frames", b"other", moov_first=True), tmp_path, "d.mp4") != first


def test_of_a_very_large_video_samples_are_enough(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(identity, "SAMPLE_ABOVE_BYTES", 1000)
    monkeypatch.setattr(identity, "_SAMPLE_BYTES", 10)
    media = bytes(range(256)) * 40
    plain = of(movie(media, moov_first=True), tmp_path, "a.mp4")
    assert of(movie(media, moov_first=False), tmp_path, "b.mp4") == plain
    assert of(movie(media[:-1], moov_first=True), tmp_path, "c.mp4") != plain
    assert of(movie(b"x" + media[1:], moov_first=True), tmp_path, "d.mp4") != plain


def tiff(pixels: bytes, extra: Sequence[tuple[int, bytes]] = (), gap: int = 0) -> bytes:
    """A small grey TIFF; extra ASCII tags and a gap move everything about."""
    tags = {256: 10, 257: len(pixels) // 10, 258: 8, 259: 1, 262: 1, 278: 1000}
    count = len(tags) + 2 + len(extra)
    table = 8 + gap
    texts_at = table + 2 + 12 * count + 4
    pixels_at = texts_at + sum(len(text) for _, text in extra)
    entries = [(tag, struct.pack("<HHII", tag, 4, 1, value)) for tag, value in tags.items()]
    entries += [(273, struct.pack("<HHII", 273, 4, 1, pixels_at))]
    entries += [(279, struct.pack("<HHII", 279, 4, 1, len(pixels)))]
    at = texts_at
    for tag, text in extra:
        entries.append((tag, struct.pack("<HHII", tag, 2, len(text), at)))
        at += len(text)
    directory = struct.pack("<H", count) + b"".join(e for _, e in sorted(entries)) + bytes(4)
    texts = b"".join(text for _, text in extra)
    return b"II*\0" + struct.pack("<I", table) + bytes(gap) + directory + texts + pixels


@given(st.lists(st.binary(min_size=5, max_size=30), max_size=3, unique=True), st.integers(0, 40))
def test_tiff_texts_and_places_do_not_matter(
    tmp_path_factory: pytest.TempPathFactory, texts: list[bytes], gap: int
) -> None:
    folder = tmp_path_factory.mktemp("tiff")
    pixels = bytes(range(200))
    extra = [(270 + 45 * index, text) for index, text in enumerate(texts)]
    plain = of(tiff(pixels), folder, "a.tif")
    assert of(tiff(pixels, extra, gap), folder, "b.tif") == plain
    assert of(tiff(pixels[::-1], extra, gap), folder, "c.tif") != plain


def test_a_fingerprint_of_a_file_by_itself(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(JPEG_BYTES)
    found = fingerprint(path, JPEG)
    assert found == examine(path).fingerprint
    assert found.scheme == "jpeg1"
    assert len(found.digest) == 16
    with pytest.raises(FileProblem, match="no media data"):
        fingerprint(path, MP4)
