import errno
import os
from pathlib import Path

import pytest

from album.domain.query import Query
from album.domain.tag import Facet
from album.pictures import examiner, service
from album.pictures.decode import Decoder
from album.pictures.examine import CUT_SHORT, examine
from album.pictures.original import problem_of
from album.pictures.thumbnails import render
from album.testing import make_picture, make_pictures
from album.testing.sessions import ids_of, index, names_of, open_session


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    make_pictures(tmp_path / "pictures", 7)
    return tmp_path / "pictures"


def test_names_with_emoji_newlines_and_bytes_that_are_no_text(
    tmp_path: Path, pictures: Path
) -> None:
    plain = make_picture(tmp_path / "plain.jpg", seed=50).read_bytes()
    for number, name in enumerate((b"caf\xe9.jpg", "😀.jpg".encode(), b"two\nlines.jpg")):
        data = bytearray(plain)
        data[-30] ^= number + 1
        Path(os.fsdecode(os.fsencode(pictures) + b"/" + name)).write_bytes(data)
    with open_session(tmp_path / "library") as session:
        last = index(session, pictures)
        assert (last.photos, last.analysed, last.failed) == (10, 10, 0)
        assert {"😀.jpg", "two\nlines.jpg", os.fsdecode(b"caf\xe9.jpg")} <= names_of(session)
        for photo in ids_of(session):
            assert session.picture(photo).result().shape == (240, 320, 3)


def test_links_loops_pipes_and_dead_links(tmp_path: Path, pictures: Path) -> None:
    (pictures / "loop").symlink_to(pictures)
    (pictures / "dead.jpg").symlink_to(pictures / "nowhere")
    os.mkfifo(pictures / "pipe.jpg")
    with open_session(tmp_path / "library") as session:
        last = index(session, pictures)
        assert (last.photos, last.failed) == (7, 2)
        (pictures / "dead.jpg").unlink()
        (pictures / "pipe.jpg").unlink()
        assert index(session).failed == 0


def test_a_file_that_vanishes_while_it_is_read_is_no_problem(
    tmp_path: Path, pictures: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = next(pictures.rglob("beach-00006.jpg"))

    def vanishing(path: Path) -> object:
        if path == gone and path.exists():
            path.unlink()
        return examine(path)

    monkeypatch.setattr(examiner, "examine", vanishing)
    with open_session(tmp_path / "library") as session:
        last = index(session, pictures)
        assert (last.photos, last.failed) == (6, 0)


def test_a_file_that_vanishes_before_it_is_decoded_is_hidden(
    tmp_path: Path, pictures: Path
) -> None:
    with open_session(tmp_path / "library") as session:
        session.pause()
        session.add_folder(pictures).result()
        while len(ids_of(session)) < 7:
            pass
        next(pictures.rglob("beach-00006.jpg")).unlink()
        session.resume()
        last = index(session)
        assert (last.photos, last.failed) == (6, 0)


def test_a_file_that_may_be_read_again_is_tried_though_nobody_wrote_to_it(
    tmp_path: Path, pictures: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(path: Path) -> object:
        if path.name == "beach-00006.jpg":
            raise problem_of(path, PermissionError(errno.EACCES, "Permission denied"))
        return examine(path)

    with open_session(tmp_path / "library") as session:
        with monkeypatch.context() as rights:
            rights.setattr(examiner, "examine", locked)
            assert index(session, pictures).failed == 1
            assert index(session).failed == 1
            (problem,) = session.problems().result()
            assert problem.reason == "there is no permission to read it"
            assert problem.attempts >= 2
        last = index(session)
        assert (last.photos, last.failed) == (7, 0)
        assert session.problems().result() == []


def test_a_photo_that_was_locked_before_it_was_looked_at_is_looked_at_when_it_may_be(
    tmp_path: Path, pictures: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(decoder: Decoder, path: Path) -> object:
        if path.name == "beach-00006.jpg":
            raise problem_of(path, PermissionError(errno.EACCES, "Permission denied"))
        return render(decoder, path)

    with open_session(tmp_path / "library") as session:
        with monkeypatch.context() as rights:
            rights.setattr(service, "render", locked)
            last = index(session, pictures)
            assert (last.photos, last.analysed, last.failed) == (7, 6, 1)
        last = index(session)
        assert (last.photos, last.analysed, last.failed) == (7, 7, 0)
        assert session.problems().result() == []


@pytest.mark.allow_logs
def test_a_bug_in_reading_one_file_costs_only_that_file(
    tmp_path: Path, pictures: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def odd(path: Path) -> object:
        if path.name == "beach-00006.jpg":
            raise RecursionError
        return examine(path)

    monkeypatch.setattr(examiner, "examine", odd)
    with open_session(tmp_path / "library") as session:
        last = index(session, pictures)
        assert (last.photos, last.failed) == (6, 1)
        (problem,) = session.problems().result()
        assert "could not make sense of it" in problem.reason


def test_a_folder_inside_another_that_is_watched_on_its_own_is_not_counted_twice(
    tmp_path: Path, pictures: Path
) -> None:
    with open_session(tmp_path / "library") as session:
        inner = session.add_folder(pictures / "set-000").result()
        index(session)
        outer = session.add_folder(pictures).result()
        assert inner.id != outer.id
        index(session)
        photos = {one.path.name: one.photos for one in session.folders().result()}
        assert photos == {"set-000": 7, "pictures": 0}


def test_the_library_may_lie_in_a_watched_folder(tmp_path: Path, pictures: Path) -> None:
    with open_session(pictures / "library") as session:
        assert index(session, pictures).photos == 7
        assert index(session).photos == 7
        counts = session.facet_counts(Query()).result()
        assert sum(one.count for one in counts[Facet.FOLDER]) == 7


def test_an_attempt_at_a_damaged_file_counts_once(tmp_path: Path, pictures: Path) -> None:
    whole = next(pictures.rglob("*.jpg")).read_bytes()
    (pictures / "cut.jpg").write_bytes(whole[: len(whole) // 2])
    (pictures / "empty.jpg").touch()
    attempts = []
    for retried in (False, False, True):
        with open_session(tmp_path / "library") as session:
            if retried:
                session.retry([one.id for one in session.problems().result()]).result()
            index(session, pictures)
            attempts.append({one.attempts for one in session.problems().result()})
    assert attempts == [{1}, {1}, {2}]


def test_half_a_picture_is_a_photo_and_a_problem_until_it_is_whole(
    tmp_path: Path, pictures: Path
) -> None:
    path = next(pictures.rglob("beach-00006.jpg"))
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) * 4 // 5])
    with open_session(tmp_path / "library") as session:
        last = index(session, pictures)
        assert (last.photos, last.analysed) == (7, 7)
        (problem,) = session.problems().result()
        assert (problem.path, problem.reason) == (path, CUT_SHORT)
        index(session)
        (again,) = session.problems().result()
        assert again.attempts == 1
        path.write_bytes(whole)
        assert index(session).failed == 0
        assert session.problems().result() == []


def test_a_file_with_too_little_of_a_picture_is_one_problem(tmp_path: Path, pictures: Path) -> None:
    path = next(pictures.rglob("beach-00006.jpg"))
    path.write_bytes(path.read_bytes()[:1500])
    with open_session(tmp_path / "library") as session:
        assert index(session, pictures).photos == 6
        (problem,) = session.problems().result()
        assert "of the picture is there" in problem.reason
