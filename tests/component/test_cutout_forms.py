"""What becomes of a lifted subject: composition, names, files, clipboard."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from PySide6.QtGui import QImage

from album.analysis.protocol import Cutout
from album.errors import FileProblem
from album.interchange.forms import Behind, Look, Part, compose, cover
from album_ui.cutout.output import named_png, pack, suggested_name
from album_ui.cutout.render import Request, outline_of, render

RED = np.full((40, 60, 3), (200, 10, 20), np.uint8)


def subject() -> Cutout:
    alpha = np.zeros((40, 60), np.uint8)
    alpha[10:30, 20:50] = 255
    alpha[9, 20:50] = 128
    return Cutout(alpha, 0.9, found=True, box=(20, 9, 30, 21))


def test_nothing_behind_keeps_the_subject_and_its_soft_edge() -> None:
    result = compose(RED, subject(), Look())
    assert result.shape == (40, 60, 4)
    seen = subject().alpha > 0
    assert (result[seen, :3] == RED[seen]).all()
    assert (result[..., 3] == subject().alpha).all()


def test_what_was_taken_away_cannot_be_brought_back() -> None:
    for part in (Part.WHOLE, Part.CROP):
        result = compose(RED, subject(), Look(part=part))
        assert not result[result[..., 3] == 0].any()


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


def test_names_say_what_they_are() -> None:
    original = Path("a/DSC_0131.jpg")
    assert suggested_name(original, Look()) == "DSC_0131-cutout.png"
    assert suggested_name(original, Look(Behind.WHITE)) == "DSC_0131-on-white.png"
    assert suggested_name(original, Look(Behind.WHITE, Part.MASK)) == "DSC_0131-mask.png"


def test_a_name_without_its_ending_gets_it() -> None:
    assert named_png(Path("a/b")) == Path("a/b.png")
    assert named_png(Path("a/b.PNG")) == Path("a/b.PNG")
    assert named_png(Path("a/b.jpg")) == Path("a/b.jpg.png")


def test_a_parcel_carries_png_picture_and_file(qapp: object, tmp_path: Path) -> None:
    pixels = compose(RED, subject(), Look())
    parcel = pack(pixels, tmp_path / "a.png")
    mime = parcel.mime(with_file=True)
    assert mime.data("image/png").data() == parcel.data == (tmp_path / "a.png").read_bytes()
    assert QImage(mime.imageData()).pixelColor(0, 0).alpha() == 0
    assert mime.urls()[0].toLocalFile() == str(tmp_path / "a.png")
    with Image.open(tmp_path / "a.png") as image:
        assert image.mode == "RGBA"
        assert (np.asarray(image) == pixels).all()


def test_the_photo_out_of_focus_lies_behind(qapp: object) -> None:
    pixels = np.zeros((120, 160, 3), np.uint8)
    pixels[:, 80:] = 200
    cutout = Cutout(np.zeros((120, 160), np.uint8), 0.9, found=True, box=None)
    made = render(Request(pixels, cutout, Look(Behind.PICTURE)))
    assert made.result.shape == (120, 160, 3)
    assert made.result[60, 5].max() < 40
    assert made.result[60, 155].min() > 160
    assert 40 < made.result[60, 80].mean() < 160


def test_another_file_lies_behind_and_covers_the_frame(qapp: object, tmp_path: Path) -> None:
    Image.new("RGB", (30, 200), (0, 200, 0)).save(tmp_path / "green.png")
    made = render(Request(RED, subject(), Look(Behind.PICTURE), tmp_path / "green.png"))
    assert tuple(made.result[0, 0]) == (0, 200, 0)
    assert tuple(made.result[20, 30]) == (200, 10, 20)


def test_a_file_that_is_no_picture_is_said(qapp: object, tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"no picture")
    with pytest.raises(FileProblem, match="cannot be put behind"):
        render(Request(RED, subject(), Look(Behind.PICTURE), tmp_path / "a.png"))


def test_a_crop_knows_its_place_and_its_outline(qapp: object) -> None:
    made = render(Request(RED, subject(), Look(part=Part.CROP), outline="#A94F14"))
    assert made.corner == (20, 9)
    assert made.levels.size.width() == 30
    assert made.outline is not None
    assert made.outline.width() == 30


def test_the_line_does_not_come_back_at_the_other_side(qapp: object) -> None:
    alpha = np.zeros((40, 60), np.uint8)
    alpha[:20, 30:] = 255
    line = outline_of(alpha, "#ff0000")
    assert line.pixelColor(29, 10).alpha() > 0
    assert line.pixelColor(0, 10).alpha() == 0
    assert line.pixelColor(45, 39).alpha() == 0
