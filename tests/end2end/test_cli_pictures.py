"""`recognise` and `cutout` on real files, without any library."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from album.analysis.recognise import Recognised
from album.cli.language import system_language
from album.cli.looking import list_keywords
from album.domain.appearance import Colour
from album.domain.photo import MediaKind
from album.domain.tag import Facet, PhotoTag, TagSource, TagState
from album.storage.rows import PhotoDetails
from album.testing import make_picture
from album.testing.taxonomy import sample_taxonomy

Album = Callable[..., Any]

GREY, RED, BLUE = (120, 120, 120), (200, 30, 30), (20, 40, 200)


@pytest.fixture
def dog(tmp_path: Path) -> Path:
    """A red subject on grey: 120 x 80 px, the subject from 30,20 to 69,59."""
    return subject(tmp_path / "dog.png")


def subject(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    picture = Image.new("RGB", (120, 80), GREY)
    ImageDraw.Draw(picture).rectangle([30, 20, 69, 59], fill=RED)
    picture.save(path)
    return path


def pixels(path: Path, mode: str) -> NDArray[np.uint8]:
    with Image.open(path) as picture:
        assert picture.mode == mode
        return np.asarray(picture)


def test_recognise_needs_no_library(album: Album, photos: Path, tmp_path: Path) -> None:
    file = photos / "set-000/beach-00006.jpg"
    answer = album("recognise", file, "--json")
    (found,) = answer.json
    assert answer.code == 0
    assert found["path"] == str(file)
    assert (found["width"], found["height"], found["taken"]) == (320, 240, "2024-07-13T15:00:00")
    (beach,) = found["tags"]
    assert (beach["tag"], beach["facet"], beach["state"]) == ("beach", "scene", "suggested")
    assert beach["region"] is None
    assert found["quality"]["score"] > 0
    assert not (tmp_path / "library").exists()


def test_recognise_says_what_a_library_says(album: Album, photos: Path) -> None:
    file = photos / "set-000/beach-00006.jpg"
    assert album("index", photos).code == 0
    assert album("recognise", file, "--json").json == album("show", file, "--json").json


def test_a_folder_means_all_its_pictures_in_order(album: Album, photos: Path) -> None:
    found = album("recognise", photos, "--json").json
    names = [Path(one["path"]).name for one in found]
    assert names == sorted(path.name for path in photos.rglob("*.jpg"))
    assert [one["tags"][0]["tag"] for one in found] == [name.split("-")[0] for name in names]


def test_one_bad_file_does_not_stop_the_others(album: Album, photos: Path) -> None:
    (photos / "empty.jpg").touch()
    (photos / "cut.png").write_bytes((make_picture(photos / "whole.png")).read_bytes()[:60])
    answer = album("recognise", photos, photos / "none.jpg", "--json")
    assert answer.code == 1
    assert len(answer.json) == 15
    for name in ("empty.jpg", "cut.png", "none.jpg"):
        assert f"{name}: " in answer.err


def test_only_bad_files_is_an_empty_list(album: Album, tmp_path: Path) -> None:
    answer = album("recognise", tmp_path / "none.jpg", "--json")
    assert (answer.code, answer.json) == (1, [])


@pytest.mark.parametrize("count", [1, 3])
def test_top_gives_the_highest_whatever_their_thresholds(
    album: Album, photos: Path, count: int
) -> None:
    (found,) = album("recognise", photos / "set-000/snow-00003.jpg", "--top", count, "--json").json
    scores = [one["score"] for one in found["tags"]]
    assert len(scores) == count
    assert scores == sorted(scores, reverse=True)
    first, *others = found["tags"]
    assert (first["tag"], first["state"], first["certainty"]) == ("snow", "suggested", "sure")
    assert {(one["state"], one["certainty"]) for one in others} <= {(None, None)}


def test_in_text_a_photo_is_a_few_aligned_lines(album: Album, photos: Path) -> None:
    answer = album("recognise", photos / "set-000/snow-00003.jpg", "--keywords")
    assert answer.out.startswith(str(photos))
    assert "size" in answer.out
    assert "320 x 240 px" in answer.out
    assert "keywords" in answer.out
    assert "scene  snow" in answer.out
    assert "sure  suggested" in answer.out


@pytest.mark.parametrize("named", [{"LANG": "zh_CN.UTF-8"}, {"LANG": "de", "LANGUAGE": "de:zh"}])
def test_tags_are_named_in_the_language_of_the_system(
    album: Album, photos: Path, named: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG", "LANGUAGE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in named.items():
        monkeypatch.setenv(name, value)
    answer = album("recognise", photos / "set-000/snow-00003.jpg")
    assert "场景  雪" in answer.out
    assert "白色" in answer.out


@pytest.mark.parametrize("plain", ["C", "C.UTF-8", "POSIX"])
def test_the_plain_locale_is_english_whatever_is_preferred(
    plain: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", plain)
    monkeypatch.setenv("LANGUAGE", "zh")
    assert system_language() == "en"


def test_a_folder_without_pictures_is_said(album: Album, tmp_path: Path) -> None:
    (tmp_path / "none").mkdir()
    answer = album("recognise", tmp_path / "none")
    assert (answer.code, answer.out) == (0, "")
    assert "there are no photos or videos in this folder" in answer.err


def test_a_backdrop_that_is_not_there_is_a_wrong_command_line(album: Album, dog: Path) -> None:
    answer = album("cutout", dog, "--on", dog.with_name("gone.jpg"))
    assert answer.code == 2
    assert "There is no picture" in answer.err


def recognised(scores: dict[str, float], tags: int, colours: int = 3) -> Recognised:
    ranked = tuple(
        PhotoTag(slug, Facet.THING, TagState.SUGGESTED, TagSource.MODEL, score)
        for slug, score in scores.items()
    )
    details = PhotoDetails(
        None,
        MediaKind.PHOTO,
        "jpeg",
        tags=ranked[:tags],
        colours=tuple(Colour(f"colour {n}", (0, 0, 0), 0.3) for n in range(colours)),
    )
    return Recognised(details, ranked, cut_short=False)


def test_keywords_are_the_likely_tags_with_their_broader_ones_then_colours() -> None:
    found = recognised({"sunset": 0.9, "terrier": 0.4, "forest": 0.05}, tags=1)
    assert list_keywords(found, sample_taxonomy()) == [
        "sunset", "terrier", "dog", "animal", "colour 0", "colour 1", "colour 2",
    ]  # fmt: skip


def test_keywords_are_at_most_fifty_and_none_twice() -> None:
    found = recognised({f"thing {n}": 0.9 for n in range(90)}, tags=10)
    words = list_keywords(found, sample_taxonomy())
    assert len(words) == len(set(words)) == 50


def test_the_subject_on_nothing(album: Album, dog: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.png"
    answer = album("cutout", dog, "-o", out, "--json")
    assert answer.code == 0
    (one,) = answer.json
    assert (one["path"], one["out"], one["form"]) == (str(dog), str(out), "alpha")
    assert one["box"] == [30, 20, 40, 40]
    lifted = pixels(out, "RGBA")
    assert lifted.shape == (80, 120, 4)
    assert tuple(lifted[40, 50]) == (*RED, 255)
    assert lifted[5, 5, 3] == 0


@pytest.mark.parametrize(
    ("form", "mode", "size", "corner"),
    [
        ("crop", "RGBA", (40, 40), (*RED, 255)),
        ("mask", "L", (120, 80), 0),
        ("white", "RGB", (120, 80), (255, 255, 255)),
    ],
)
def test_every_form_is_what_it_says(
    album: Album,
    dog: Path,
    tmp_path: Path,
    form: str,
    mode: str,
    size: tuple[int, int],
    corner: object,
) -> None:
    assert album("cutout", dog, "--form", form, "-o", tmp_path / "out.png").code == 0
    with Image.open(tmp_path / "out.png") as picture:
        assert (picture.mode, picture.size, picture.getpixel((0, 0))) == (mode, size, corner)


def test_on_another_picture_of_any_size(album: Album, dog: Path, tmp_path: Path) -> None:
    Image.new("RGB", (33, 500), BLUE).save(tmp_path / "sea.png")
    out = tmp_path / "out.png"
    assert album("cutout", dog, "--on", tmp_path / "sea.png", "-o", out).code == 0
    lifted = pixels(out, "RGB")
    assert lifted.shape == (80, 120, 3)
    assert tuple(lifted[2, 2]) == BLUE
    assert tuple(lifted[40, 50]) == RED


def test_each_subject_gets_a_file_of_its_own(album: Album, dog: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    answer = album("cutout", dog, "--subjects", "each", "-o", out, "--json")
    assert answer.code == 0
    (one,) = answer.json
    assert (one["out"], one["subject"], one["subjects"]) == (str(out / "dog-1.png"), 1, 1)
    assert pixels(out / "dog-1.png", "RGBA")[40, 50, 3] == 255


def test_the_edge_is_moved_and_softened(album: Album, dog: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.png"
    assert album("cutout", dog, "--shift", "-3", "-o", out).code == 0
    opacity = pixels(out, "RGBA")[40, :, 3]
    assert (opacity[32], opacity[33]) == (0, 255)
    assert album("cutout", dog, "--feather", "8", "-o", out).code == 0
    assert 0 < pixels(out, "RGBA")[40, 28, 3] < 255


def test_a_backdrop_that_is_no_picture_is_named(album: Album, dog: Path, tmp_path: Path) -> None:
    (tmp_path / "none.png").write_text("no picture")
    answer = album("cutout", dog, "--on", tmp_path / "none.png", "-o", tmp_path / "out.png")
    assert answer.code == 1
    assert "none.png: " in answer.err
    assert not (tmp_path / "out.png").exists()


def test_a_point_brings_what_was_not_found(album: Album, dog: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.png"
    assert album("cutout", dog, "--at", "100,10", "-o", out).code == 0
    assert pixels(out, "RGBA")[10, 100, 3] == 255
    outside = album("cutout", dog, "--at", "120,10", "-o", out)
    assert outside.code == 1
    assert "outside its 120 x 80 pixels" in outside.err


def test_no_clear_subject_is_said_plainly_and_writes_nothing(
    album: Album, dog: Path, tmp_path: Path
) -> None:
    plain = tmp_path / "plain.png"
    Image.new("RGB", (60, 40), GREY).save(plain)
    answer = album("cutout", plain, dog, "-o", tmp_path / "out", "--json")
    assert answer.code == 1
    assert "plain.png: It has no clear subject" in answer.err
    assert [one["path"] for one in answer.json] == [str(dog)]
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["dog.png"]


def test_a_folder_of_pictures_and_repeated_names(album: Album, tmp_path: Path) -> None:
    for name in ("in/a/dog.png", "in/b/dog.png", "in/b/cat.jpg"):
        subject(tmp_path / name)
    answer = album("cutout", tmp_path / "in", "-o", tmp_path / "out")
    assert answer.code == 0
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "cat.png", "dog-2.png", "dog.png",
    ]  # fmt: skip
    assert answer.out.splitlines()[0] == str(tmp_path / "out/dog.png")


def test_without_out_they_go_into_a_folder_here(
    album: Album, dog: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    assert album("cutout", dog).code == 0
    assert (tmp_path / "here/cutouts/dog.png").is_file()


@pytest.mark.parametrize(
    ("out", "code"), [("dog.png", 1), ("cat.png", 3), (".", 0)], ids=["itself", "another", "folder"]
)
def test_an_original_is_never_overwritten(
    album: Album, dog: Path, monkeypatch: pytest.MonkeyPatch, out: str, code: int
) -> None:
    cat = subject(dog.with_name("cat.png"))
    before = dog.read_bytes(), cat.read_bytes()
    monkeypatch.chdir(dog.parent)
    assert album("cutout", dog, "-o", out).code == code
    assert (dog.read_bytes(), cat.read_bytes()) == before
    assert (dog.parent / "dog-2.png").exists() == (out == ".")


def test_a_cutout_is_not_written_over_itself(album: Album, dog: Path, tmp_path: Path) -> None:
    first = tmp_path / "first.png"
    assert album("cutout", dog, "--form", "white", "-o", first).code == 0
    answer = album("cutout", first, "-o", first)
    assert answer.code == 1
    assert "over itself" in answer.err


def test_a_place_that_cannot_be_written_is_3(album: Album, dog: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    answer = album("cutout", dog, "-o", tmp_path / "file/out.png")
    assert answer.code == 3
    assert "could not be written" in answer.err
