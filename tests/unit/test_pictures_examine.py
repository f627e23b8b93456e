"""Odd files: each is examined or is a FileProblem with a reason, and nothing hangs."""

import contextlib
import errno
import os
import socket
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from album.domain.photo import MediaKind
from album.errors import FileProblem
from album.pictures import original
from album.pictures.decode import Decoder
from album.pictures.examine import examine
from album.pictures.formats import FORMATS, SUPPORTED, by_name, sniff
from album.pictures.original import FileChanged, open_original, problem_of

MakePicture = Callable[..., Path]


def test_one_look_tells_all(picture_factory: MakePicture) -> None:
    path = picture_factory(
        size=(320, 240),
        taken=datetime(2024, 5, 6, 7, 8, 9),
        camera=("Canon", "Canon EOS 5D"),
        gps=(45.5, -10.25),
        orientation=6,
    )
    seen = examine(path)
    assert (seen.kind, seen.format, seen.fingerprint.scheme) == (MediaKind.PHOTO, "jpeg", "jpeg1")
    about = seen.metadata
    assert (about.width, about.height, about.orientation) == (240, 320, 6)
    assert about.taken == datetime(2024, 5, 6, 7, 8, 9)
    assert about.camera == "Canon EOS 5D"
    assert about.gps == pytest.approx((45.5, -10.25))


@pytest.mark.parametrize(
    "suffix", [".jpg", ".png", ".gif", ".bmp", ".webp", ".tif", ".ppm", ".tga"]
)
def test_the_suffix_is_not_believed(picture_factory: MakePicture, suffix: str) -> None:
    path = picture_factory("a.png").rename(picture_factory("a.png").with_suffix(suffix))
    assert examine(path).format == "png"


@pytest.mark.parametrize("suffix", [".jpg", ".png"])
def test_a_file_that_is_cut_short_says_so(picture_factory: MakePicture, suffix: str) -> None:
    path = picture_factory(f"a{suffix}")
    whole = path.read_bytes()
    assert not examine(path).cut_short
    path.write_bytes(whole[: len(whole) * 4 // 5])
    assert examine(path).cut_short


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "the file is empty"),
        (bytes(5000), "nothing but zeros"),
        (b"<html>not found</html>", r"ends in \.jpg, but its content is something else"),
        (b"\xff\xd8\xff\xd9", "JPEG without image data"),
        (b"\x89PNG\r\n\x1a\n", "PNG without image data"),
        (b"GIF89a\1\0\1\0\0\0\0;", "GIF without image data"),
        (b"RIFF\x04\0\0\0WEBP", "WebP without image data"),
        (b"RIFF\x04\0\0\0AVI ", "AVI without frames"),
        (b"\0\0\0\x10ftypheic\0\0\0\0", "holds no picture"),
        (b"\0\0\0\x10ftypisom\0\0\0\0", "no media data"),
        (b"\x1a\x45\xdf\xa3\x84webm", "no frames"),
        (b"II*\0\xff\xff\xff\x7f", "table of contents is damaged"),
        (b"8BPS\0\1" + bytes(20), "without image data"),
        (b"FUJIFILMCCD-RAW " + bytes(200), "RAF without image data"),
        (b"\0\0\0\x0cjP  \r\n\x87\n", "JPEG 2000 without image data"),
    ],
)
def test_what_holds_no_picture_says_why(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(content)
    with pytest.raises(FileProblem, match=reason) as caught:
        examine(path)
    assert caught.value.path == path


HEADS = [
    b"",
    *(
        b"\xff\xd8\xff",
        b"\x89PNG\r\n\x1a\n",
        b"GIF89a",
        b"RIFF\xff\0\0\0WEBP",
        b"RIFF\xff\0\0\0AVI ",
    ),
    *(b"II*\0\x08\0\0\0", b"MM\0*\0\0\0\x08", b"II+\0\x08\0\0\0\x10\0\0\0\0\0\0\0", b"8BPS\0\1"),
    *(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", b"\0\0\0\x18ftypavif\0\0\0\0mif1avif"),
    *(b"\0\0\0\x18ftypisom\0\0\0\0isommp42", b"\0\0\0\x0cjP  \r\n\x87\n", b"\x1a\x45\xdf\xa3"),
    *(b"FUJIFILMCCD-RAW ", b"BM\0\0\0\0\0\0\0\0\0\0\0\0\x28\0\0\0", b"P6 10 10 255\n", b"\0\0\1\0"),
    b"\xff\xd8\xff\xe1\x01\0Exif\0\0II*\0\x08\0\0\0",
]


@given(st.sampled_from(HEADS), st.binary(max_size=600))
def test_no_bytes_upset_it(
    tmp_path_factory: pytest.TempPathFactory, head: bytes, rest: bytes
) -> None:
    path = tmp_path_factory.mktemp("odd") / "a.nef"
    path.write_bytes(head + rest)
    with contextlib.suppress(FileProblem):
        examine(path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.jpg")
    with pytest.raises(FileProblem, match="not a regular file"):
        examine(tmp_path / "a.jpg")


def test_a_folder_a_device_and_nothing_at_all(tmp_path: Path) -> None:
    (tmp_path / "x.jpg").mkdir()
    with pytest.raises(FileProblem, match="not a regular file"):
        examine(tmp_path / "x.jpg")
    (tmp_path / "zero.jpg").symlink_to("/dev/zero")
    with pytest.raises(FileProblem, match="not a regular file"):
        examine(tmp_path / "zero.jpg")
    with pytest.raises(FileProblem, match="the file is gone"):
        examine(tmp_path / "gone.jpg")
    (tmp_path / "loop.jpg").symlink_to(tmp_path / "loop.jpg")
    with pytest.raises(FileProblem, match="leads back to itself"):
        examine(tmp_path / "loop.jpg")
    with pytest.raises(FileProblem, match="name"):
        examine(tmp_path / "a\0b.jpg")
    with pytest.raises(FileProblem, match="name is too long"):
        examine(tmp_path / ("a" * 300))


def test_a_socket_is_no_picture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # names of sockets are short
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("a.jpg")
        with pytest.raises(FileProblem, match="not a regular file"):
            examine(Path("a.jpg"))


def test_reasons_of_the_operating_system() -> None:
    denied = problem_of(Path("a"), PermissionError(errno.EACCES, "Permission denied"))
    assert (denied.reason, denied.advice) == (
        "there is no permission to read it",
        "Check its permissions.",
    )
    odd = problem_of(Path("a"), OSError(errno.EXDEV, "Odd thing"))
    assert (odd.reason, odd.detail) == ("it cannot be read", "[Errno 18] Odd thing")


@pytest.mark.parametrize("name", ["a\nb.jpg", "🏖️ günther.jpg", "a b'\"$.jpg", "-rf.jpg"])
def test_odd_names(picture_factory: MakePicture, name: str) -> None:
    assert examine(picture_factory(name)).format == "jpeg"


@pytest.mark.skipif(os.name != "posix", reason="only there names are bytes")
def test_a_name_that_is_no_utf8(picture_factory: MakePicture, tmp_path: Path) -> None:
    path = picture_factory().rename(Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff\xfe.jpg")))
    assert examine(path).format == "jpeg"


def test_a_file_that_changes_while_it_is_read(
    picture_factory: MakePicture, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = picture_factory()

    @contextlib.contextmanager
    def meddle(opened: Path) -> Iterator[original.Original]:
        with open_original(opened) as file:
            with opened.open("ab") as other:
                other.write(b"more")
            yield file

    monkeypatch.setattr("album.pictures.examine.open_original", meddle)
    with pytest.raises(FileChanged, match="changed while it was being read"):
        examine(path)


def test_every_format_is_found_by_name_and_suffix() -> None:
    for form in FORMATS:
        assert by_name(form.name) is form
        assert SUPPORTED.issuperset(form.suffixes)
    assert sniff(b"") is None


def test_a_raw_file_is_told_by_its_name_only_from_other_tiffs() -> None:
    head = b"II*\0\x08\0\0\0"
    found = {name: sniff(head, name) for name in ("a.NEF", "a.tif", "a.jpg", "a.cr3")}
    assert {name: form.name for name, form in found.items() if form} == {
        "a.NEF": "nef",
        "a.tif": "tiff",
        "a.jpg": "tiff",
        "a.cr3": "tiff",
    }


def test_the_decoder_tells_the_same_reasons(tmp_path: Path) -> None:
    decoder = Decoder()
    (tmp_path / "a.jpg").write_bytes(b"nothing like it")
    with pytest.raises(FileProblem, match="something else"):
        decoder.picture(tmp_path / "a.jpg", 100)
    decoder.close()
