"""Files and folders on the command line; cut-outs on their way to the disk."""

from pathlib import Path

import click
import numpy as np
import pytest
from PIL import Image

from album.cli.cutting import name_results
from album.cli.files import expand
from album.errors import EnvironmentProblem
from album.interchange.pngs import MARK, free_name, may_write, save_png

RED = np.full((4, 6, 3), (255, 0, 0), np.uint8)


def touch(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"")
    return path


def test_folders_mean_the_pictures_below_them_each_once(tmp_path: Path) -> None:
    first, second = touch(tmp_path / "a.jpg"), touch(tmp_path / "sub/b.HEIC")
    touch(tmp_path / "notes.txt")
    touch(tmp_path / ".hidden.jpg")
    touch(tmp_path / ".trash/c.jpg")
    files, missing = expand([tmp_path, first])
    assert files == [first, second]
    assert missing == []


def test_a_named_file_is_taken_whatever_it_is_called(tmp_path: Path) -> None:
    odd = touch(tmp_path / "picture")
    files, missing = expand([odd, tmp_path / "gone.jpg"])
    assert files == [odd]
    assert [one.path for one in missing] == [tmp_path / "gone.jpg"]


def test_a_circle_of_links_ends(tmp_path: Path) -> None:
    touch(tmp_path / "a.jpg")
    (tmp_path / "loop").symlink_to(tmp_path)
    files, _ = expand([tmp_path])
    assert files == [tmp_path / "a.jpg"]


def test_one_picture_may_go_into_one_file(tmp_path: Path) -> None:
    name = name_results(tmp_path / "out.png", single=True)
    assert name(Path("dog.jpg")) == tmp_path / "out.png"


def test_several_pictures_need_a_folder(tmp_path: Path) -> None:
    with pytest.raises(click.UsageError, match="folder"):
        name_results(tmp_path / "out.png", single=False)


def test_something_else_in_the_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(click.UsageError, match="neither"):
        name_results(touch(tmp_path / "notes.txt"), single=True)


def test_same_names_are_told_apart(tmp_path: Path) -> None:
    name = name_results(tmp_path, single=False)
    outs = [name(Path(path)) for path in ("a/dog.jpg", "b/dog.png", "b/cat.jpg", "c/dog.heic")]
    assert [out.name for out in outs] == ["dog.png", "dog-2.png", "cat.png", "dog-3.png"]


def test_a_cutout_replaces_a_cutout(tmp_path: Path) -> None:
    to = tmp_path / "new/dog.png"
    save_png(RED, to)
    save_png(RED[:, :, 0], to)
    with Image.open(to) as picture:
        assert (picture.mode, picture.size, picture.info["Software"]) == ("L", (6, 4), MARK)
    assert [one.name for one in to.parent.iterdir()] == ["dog.png"]


def test_an_original_is_never_replaced(tmp_path: Path) -> None:
    original = tmp_path / "dog.png"
    Image.fromarray(RED).save(original)
    before = original.read_bytes()
    with pytest.raises(EnvironmentProblem, match="left as it is"):
        save_png(RED, original)
    assert original.read_bytes() == before
    assert free_name(tmp_path, "dog", set()) == tmp_path / "dog-2.png"


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\x1a\n", b"text"])
def test_anything_that_is_no_cutout_stays(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.png"
    path.write_bytes(content)
    assert not may_write(path)


def test_a_link_to_nowhere_is_not_written_through(tmp_path: Path) -> None:
    link = tmp_path / "x.png"
    link.symlink_to(tmp_path / "elsewhere.png")
    assert not may_write(link)


def test_a_place_below_a_file_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentProblem, match="could not be written"):
        save_png(RED, touch(tmp_path / "file") / "x.png")
