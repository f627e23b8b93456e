import os
import socket
from pathlib import Path

import pytest

from album.cancel import CancelToken
from album.errors import Interrupted
from album.intake.scanner import FolderOffline, FolderUnreadable, Scanner, covers


def touch(path: Path, content: bytes = b"x") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def names(scanner: Scanner, start: Path = Path()) -> list[str]:
    return [str(file.path) for batch in scanner.walk(start) for file in batch]


def test_finds_what_may_be_a_photo_or_a_video_in_stable_order(tmp_path: Path) -> None:
    for name in ("b.jpg", "a/c.HEIC", "a/b/d.mp4", "notes.txt", "e", "z.NEF"):
        touch(tmp_path / name)
    found = names(Scanner(tmp_path, CancelToken()))
    assert found == ["b.jpg", "z.NEF", "a/c.HEIC", "a/b/d.mp4"]


def test_stat_of_a_file_tells_size_time_and_inode(tmp_path: Path) -> None:
    path = touch(tmp_path / "a.jpg", b"12345")
    ((file,),) = Scanner(tmp_path, CancelToken()).walk()
    found = path.stat()
    assert (file.size_bytes, file.mtime_ns, file.inode) == (5, found.st_mtime_ns, found.st_ino)


@pytest.mark.parametrize(
    "name", [".hidden/a.jpg", ".a.jpg", "._a.jpg", "@eaDir/a.jpg", "$RECYCLE.BIN/a.jpg"]
)
def test_hidden_and_system_places_are_left_out(tmp_path: Path, name: str) -> None:
    touch(tmp_path / name)
    assert names(Scanner(tmp_path, CancelToken())) == []


@pytest.mark.parametrize("marker", [".nomedia", ".noimage"])
def test_a_directory_can_opt_out_with_all_below(tmp_path: Path, marker: str) -> None:
    touch(tmp_path / "private" / "deep" / "a.jpg")
    touch(tmp_path / "private" / marker, b"")
    touch(tmp_path / "open.jpg")
    assert names(Scanner(tmp_path, CancelToken())) == ["open.jpg"]


def test_excluded_directories_are_left_out(tmp_path: Path) -> None:
    touch(tmp_path / "library" / "thumbnails" / "a.jpg")
    touch(tmp_path / "b.jpg")
    scanner = Scanner(tmp_path, CancelToken(), excluded=[tmp_path / "library"])
    assert names(scanner) == ["b.jpg"]


def test_names_that_are_no_text_emoji_and_newlines_survive(tmp_path: Path) -> None:
    raw = [b"caf\xe9.jpg", "😀.jpg".encode(), b"two\nlines.jpg"]
    for name in raw:
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name)).write_bytes(b"x")
    (found,) = Scanner(tmp_path, CancelToken()).walk()
    assert sorted(os.fsencode(file.path) for file in found) == sorted(raw)


def test_link_loops_end_and_real_paths_win(tmp_path: Path) -> None:
    touch(tmp_path / "z" / "a.jpg")
    (tmp_path / "a-link").symlink_to(tmp_path / "z")
    (tmp_path / "z" / "up").symlink_to(tmp_path)
    (tmp_path / "root").symlink_to("/")
    assert names(Scanner(tmp_path, CancelToken())) == ["z/a.jpg"]


def test_links_to_directories_elsewhere_are_followed(tmp_path: Path) -> None:
    touch(tmp_path / "elsewhere" / "a.jpg")
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "link").symlink_to(tmp_path / "elsewhere")
    assert names(Scanner(folder, CancelToken())) == ["link/a.jpg"]


def test_odd_entries_are_reported_and_never_opened(tmp_path: Path) -> None:
    (tmp_path / "dead.jpg").symlink_to(tmp_path / "nowhere")
    os.mkfifo(tmp_path / "pipe.jpg")
    (tmp_path / "circle.jpg").symlink_to(tmp_path / "circle.jpg")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "s.jpg"))
        scanner = Scanner(tmp_path, CancelToken())
        assert names(scanner) == []
    assert {problem.path.name for problem in scanner.problems} == {
        "dead.jpg",
        "pipe.jpg",
        "s.jpg",
        "circle.jpg",
    }


def test_a_directory_that_cannot_be_read_is_unseen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    touch(tmp_path / "shut" / "a.jpg")
    touch(tmp_path / "b.jpg")
    _refuse(monkeypatch, tmp_path / "shut")
    scanner = Scanner(tmp_path, CancelToken())
    assert names(scanner) == ["b.jpg"]
    assert scanner.unseen == [Path("shut")]
    assert "cannot be read" in scanner.problems[0].reason


def test_a_root_that_cannot_be_read_is_unreadable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _refuse(monkeypatch, tmp_path)
    with pytest.raises(FolderUnreadable, match="cannot be read"):
        names(Scanner(tmp_path, CancelToken()))


def _refuse(monkeypatch: pytest.MonkeyPatch, shut: Path) -> None:
    """Root may read everything, so permission is refused here."""
    real = os.scandir

    def scandir(path: Path) -> object:
        if Path(path) == shut:
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)


def test_a_root_that_is_not_there_is_offline(tmp_path: Path) -> None:
    with pytest.raises(FolderOffline, match="not there"):
        Scanner(tmp_path / "gone", CancelToken())
    with pytest.raises(FolderOffline):
        Scanner(touch(tmp_path / "file"), CancelToken())


def test_a_root_that_goes_away_during_the_walk_is_offline(tmp_path: Path) -> None:
    root = tmp_path / "drive"
    touch(root / "a" / "a.jpg")
    scanner = Scanner(root, CancelToken())
    root.rename(tmp_path / "unplugged")
    with pytest.raises(FolderOffline):
        names(scanner)


def test_a_directory_that_vanishes_during_the_walk_is_just_gone(tmp_path: Path) -> None:
    touch(tmp_path / "b.jpg")
    scanner = Scanner(tmp_path, CancelToken())
    assert names(scanner, Path("vanished")) == []
    assert scanner.unseen == []


def test_one_directory_alone_can_be_listed(tmp_path: Path) -> None:
    touch(tmp_path / "a" / "b" / "deep.jpg")
    touch(tmp_path / "a" / "flat.jpg")
    found = Scanner(tmp_path, CancelToken()).files_in(Path("a"))
    assert [file.path for file in found] == [Path("a/flat.jpg")]


def test_a_cancelled_walk_ends(tmp_path: Path) -> None:
    touch(tmp_path / "a.jpg")
    token = CancelToken()
    scanner = Scanner(tmp_path, token)
    token.cancel()
    with pytest.raises(Interrupted):
        names(scanner)


def test_covers_goes_by_names() -> None:
    root = Path("/photos")
    assert covers(root, Path("/photos"))
    assert covers(root, Path("/photos/2024/may"))
    assert not covers(root, Path("/photos/.hidden/x"))
    assert not covers(root, Path("/other"))
