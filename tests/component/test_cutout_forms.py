"""What becomes of a lifted subject: composition, names, files, clipboard."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from PySide6.QtGui import QImage

from album.analysis.protocol import Cutout
from album.errors import EnvironmentProblem
from album_ui.cutout.forms import Behind, Look, Part, compose, cover
from album_ui.cutout.output import encode_png, mime_of, save_png, suggested_name
from album_ui.viewer.levels import image_of

RED = np.full((40, 60, 3), (200, 10, 20), np.uint8)


def subject() -> Cutout:
    alpha = np.zeros((40, 60), np.uint8)
    alpha[10:30, 20:50] = 255
    alpha[9, 20:50] = 128
    return Cutout(alpha, 0.9, found=True, box=(20, 9, 30, 21))


def test_nothing_behind_keeps_the_pixels_and_the_soft_edge() -> None:
    result = compose(RED, subject(), Look())
    assert result.shape == (40, 60, 4)
    assert (result[..., :3] == RED).all()
    assert (result[..., 3] == subject().alpha).all()


def test_white_behind_blends_the_edge() -> None:
    result = compose(RED, subject(), Look(Behind.WHITE))
    assert tuple(result[0, 0]) == (255, 255, 255)
    assert tuple(result[20, 30]) == (200, 10, 20)
    assert tuple(result[9, 30]) == (227, 132, 137)


def test_another_picture_behind_shows_where_the_subject_is_not() -> None:
    backdrop = np.full_like(RED, (0, 200, 0))
    result = compose(RED, subject(), Look(Behind.PICTURE, backdrop=backdrop))
    assert tuple(result[0, 0]) == (0, 200, 0)
    assert tuple(result[20, 30]) == (200, 10, 20)


@pytest.mark.parametrize("behind", [Behind.NOTHING, Behind.WHITE, Behind.PICTURE])
def test_a_crop_keeps_the_box(behind: Behind) -> None:
    backdrop = np.zeros_like(RED)
    result = compose(RED, subject(), Look(behind, Part.CROP, backdrop=backdrop))
    assert result.shape[:2] == (21, 30)
    whole = compose(RED, subject(), Look(behind, backdrop=backdrop))
    assert (result == whole[9:30, 20:50]).all()


def test_the_mask_is_grey() -> None:
    assert (compose(RED, subject(), Look(part=Part.MASK)) == subject().alpha).all()


@given(
    rows=st.integers(1, 300),
    columns=st.integers(1, 300),
    height=st.integers(1, 300),
    width=st.integers(1, 300),
)
def test_a_backdrop_covers_the_frame(rows: int, columns: int, height: int, width: int) -> None:
    backdrop = np.zeros((rows, columns, 3), np.uint8)
    kept = backdrop[cover(backdrop, height, width)]
    assert kept.shape[0] in (rows, max(1, columns * height // width))
    assert kept.shape[1] in (columns, max(1, rows * width // height))


def test_png_bytes_hold_the_transparency(tmp_path: Path) -> None:
    file = tmp_path / "a.png"
    file.write_bytes(encode_png(compose(RED, subject(), Look())))
    with Image.open(file) as image:
        assert image.mode == "RGBA"
        assert (np.asarray(image) == compose(RED, subject(), Look())).all()


def test_names_say_what_they_are() -> None:
    original = Path("a/DSC_0131.jpg")
    assert suggested_name(original, Look()) == "DSC_0131-cutout.png"
    assert suggested_name(original, Look(Behind.WHITE)) == "DSC_0131-on-white.png"
    assert suggested_name(original, Look(Behind.WHITE, Part.MASK)) == "DSC_0131-mask.png"


def test_a_save_is_whole_and_leaves_nothing_else(tmp_path: Path) -> None:
    saved = save_png(b"one", tmp_path / "a", [])
    assert saved == tmp_path / "a.png"
    save_png(b"two", saved, [])
    assert saved.read_bytes() == b"two"
    assert [path.name for path in tmp_path.iterdir()] == ["a.png"]


def test_originals_are_never_overwritten(tmp_path: Path) -> None:
    watched = tmp_path / "photos"
    watched.mkdir()
    original = watched / "a.png"
    original.write_bytes(b"original")
    (tmp_path / "link").symlink_to(watched)
    for name in (original, tmp_path / "link" / "a.png"):
        with pytest.raises(EnvironmentProblem, match="nothing was written"):
            save_png(b"cutout", name, [watched])
    assert original.read_bytes() == b"original"
    assert save_png(b"cutout", watched / "b.png", [watched]).read_bytes() == b"cutout"


def test_a_save_that_cannot_be_says_why(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentProblem, match=r"could not be saved in .*gone"):
        save_png(b"one", tmp_path / "gone" / "a.png", [])


def test_the_clipboard_carries_png_picture_and_file(qapp: object, tmp_path: Path) -> None:
    pixels = compose(RED, subject(), Look())
    data = encode_png(pixels)
    mime = mime_of(data, image_of(pixels), tmp_path / "a.png")
    assert mime.data("image/png").data() == data
    assert QImage(mime.imageData()).pixelColor(0, 0).alpha() == 0
    assert mime.urls()[0].toLocalFile() == str(tmp_path / "a.png")
