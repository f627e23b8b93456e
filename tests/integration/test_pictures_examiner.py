"""Examining in other processes finds what examining here finds, and loses no file to them."""

import threading
import time
from collections.abc import Iterator
from datetime import UTC, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from album.domain.photo import Examination, Fingerprint, MediaKind, Metadata
from album.errors import FileProblem, Interrupted
from album.intake.importer import APART_FROM, Importer
from album.pictures import examiner
from album.pictures.examiner import Examiner, Outcome
from album.pictures.original import FileChanged, FileUnreadable
from album.testing import make_picture, make_pictures
from album.testing.sessions import contents, index, open_session

ZONES = st.one_of(st.none(), st.just(UTC), st.just(timezone(timedelta(hours=-3, minutes=-30))))
FINITE = st.floats(allow_nan=False, allow_infinity=False)
TEXTS = st.one_of(st.none(), st.text(st.characters(exclude_categories=())))
METADATA = st.builds(
    Metadata,
    width=st.one_of(st.none(), st.integers(1, 1 << 31)),
    orientation=st.integers(1, 8),
    taken=st.one_of(st.none(), st.datetimes(timezones=ZONES)),
    title=TEXTS,
    gps=st.one_of(st.none(), st.tuples(FINITE, FINITE)),
    rating=st.one_of(st.none(), st.integers(-1, 5)),
    keywords=st.lists(st.text()).map(tuple),
    exposure_s=st.one_of(st.none(), FINITE),
    flash=st.one_of(st.none(), st.booleans()),
)


@pytest.fixture
def apart() -> Iterator[Examiner]:
    made = Examiner(processes=1)
    yield made
    made.close()


def said(outcome: Outcome) -> object:
    if isinstance(outcome, FileProblem):
        return type(outcome), outcome.path, outcome.reason, outcome.advice
    return outcome


@given(METADATA, st.binary(min_size=16, max_size=16), st.sampled_from(MediaKind), st.booleans())
def test_nothing_is_lost_between_processes(
    metadata: Metadata, digest: bytes, kind: MediaKind, cut_short: bool
) -> None:
    seen = Examination(Fingerprint("jpeg1", digest), kind, "jpeg", metadata, cut_short)
    assert examiner._read(Path("a"), examiner._document(seen)) == seen


@pytest.mark.parametrize(
    "problem",
    [
        FileProblem(Path("a"), "it is odd", advice="Try another."),
        FileChanged(Path("a")),
        FileUnreadable(Path("a"), "there is no permission to read it", advice="Ask."),
    ],
)
def test_problems_keep_their_kind_and_advice(problem: FileProblem) -> None:
    assert said(examiner._read(Path("a"), examiner._document(problem))) == said(problem)


def test_another_process_finds_the_same(tmp_path: Path, apart: Examiner) -> None:
    make_picture(tmp_path / "a.jpg")
    (tmp_path / "b\udcff.jpg").write_bytes((tmp_path / "a.jpg").read_bytes()[:300])
    (tmp_path / "empty.jpg").touch()
    files = [Path("a.jpg"), Path("b\udcff.jpg"), Path("empty.jpg"), Path("gone.jpg")]
    here, there = (apart.examine(tmp_path, files, apart=far) for far in (False, True))
    assert list(map(said, there)) == list(map(said, here))
    assert isinstance(there[0], Examination)
    assert [isinstance(one, FileProblem) for one in there[2:]] == [True, True]


@pytest.mark.allow_logs
def test_a_process_that_dies_loses_no_file(
    tmp_path: Path, apart: Examiner, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_picture(tmp_path / "a.jpg")
    monkeypatch.setattr(apart._workers, "_command", ["python-that-is-not-there"])
    (found,) = apart.examine(tmp_path, [Path("a.jpg")], apart=True)
    assert isinstance(found, Examination)


def test_closing_ends_who_waits(tmp_path: Path) -> None:
    made = Examiner(processes=1)
    ended: list[type] = []

    def wait() -> None:
        try:
            made.examine(tmp_path, [Path("gone.jpg")] * 200_000, apart=True)
        except Interrupted as error:
            ended.append(type(error))

    thread = threading.Thread(target=wait)
    thread.start()
    while not made._workers.busy:
        time.sleep(0.01)
    made.close()
    thread.join(10)
    assert ended == [Interrupted]


def test_a_killed_process_is_replaced(tmp_path: Path, apart: Examiner) -> None:
    make_picture(tmp_path / "a.jpg")
    apart.examine(tmp_path, [Path("a.jpg")], apart=True)
    (worker,) = apart._workers._idle
    worker.kill()
    (found,) = apart.examine(tmp_path, [Path("a.jpg")], apart=True)
    assert isinstance(found, Examination)


def test_a_large_folder_comes_out_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_pictures(tmp_path / "pictures", 90)
    (tmp_path / "pictures/broken.jpg").write_bytes(b"\xff\xd8 no picture")

    def library(name: str, apart_from: int) -> dict[str, Any]:
        monkeypatch.setitem(Importer.__init__.__kwdefaults__ or {}, "apart_from", apart_from)
        with open_session(tmp_path / name) as session:
            index(session, tmp_path / "pictures")
        return contents(tmp_path / name)

    assert library("apart", 70) == library("here", APART_FROM)
