"""The queue, problems and saved albums of a library."""

from dataclasses import replace
from pathlib import Path

import sqlite_utils

from album.domain.photo import Examination, Fingerprint, MediaKind, Metadata, PhotoId
from album.domain.taxonomy import Taxonomy
from album.storage import albums, folders, jobs, photos, problems
from album.storage.folders import Folder, FolderState
from album.storage.jobs import JobCounts
from album.storage.photos import ExaminedFile, FileState
from album.storage.problems import Failure, Stage


def stored(db: sqlite_utils.Database, folder: Folder, count: int) -> list[PhotoId]:
    """So many photos, all different."""
    files = [
        ExaminedFile(
            path=Path(f"{number}.jpg"),
            size_bytes=1000,
            mtime_ns=1_600_000_000_000_000_000,
            inode=number,
            examination=Examination(
                Fingerprint("test1", number.to_bytes(16, "big")),
                MediaKind.PHOTO,
                "jpeg",
                Metadata(),
            ),
        )
        for number in range(count)
    ]
    return photos.store_examined(db, folder.id, files, Taxonomy([]))


def test_the_queue_survives_a_kill(db: sqlite_utils.Database, folder: Folder) -> None:
    ids = stored(db, folder, 5)
    jobs.enqueue(db, ids, "tagger@1")
    jobs.prioritise(db, [ids[3]], 10)
    claimed = jobs.claim(db, 2)
    assert [job.photo_id for job in claimed] == [ids[3], ids[0]]
    jobs.finish(db, claimed[:1])
    assert jobs.counts(db.conn) == JobCounts(pending=3, running=1, done=1)
    assert jobs.release_running(db) == 1
    assert jobs.counts(db.conn) == JobCounts(pending=4, done=1)
    again = jobs.claim(db, 10)
    assert [(job.photo_id, job.attempts) for job in again] == [
        (ids[0], 2), (ids[1], 1), (ids[2], 1), (ids[4], 1),
    ]  # fmt: skip
    jobs.release(db, again[1:])
    jobs.fail(db, {again[0].id: "too odd"})
    assert jobs.counts(db.conn) == JobCounts(pending=3, done=1, failed=1)
    (failed,) = jobs.jobs(db.conn, state="failed")
    assert (failed.photo_id, failed.reason, failed.attempts) == (ids[0], "too odd", 2)
    assert len(jobs.jobs(db.conn)) == 5
    jobs.retry_failed(db, ids)
    assert jobs.counts(db.conn) == JobCounts(pending=4, done=1)


def test_another_signature_queues_again(db: sqlite_utils.Database, folder: Folder) -> None:
    ids = stored(db, folder, 3)
    jobs.enqueue(db, ids[:2], "tagger@1")
    claimed = jobs.claim(db, 5)
    jobs.enqueue(db, ids[:2], "tagger@1")
    assert jobs.counts(db.conn) == JobCounts(running=2)
    jobs.finish(db, claimed[:1])
    assert jobs.requeue_outdated(db, "tagger@2") == 3
    jobs.finish(db, claimed[1:])
    assert jobs.counts(db.conn) == JobCounts(pending=3)
    jobs.finish(db, jobs.claim(db, 5))
    assert jobs.requeue_outdated(db, "tagger@2") == 0
    assert jobs.counts(db.conn) == JobCounts(done=3)


def test_photos_that_cannot_be_read_now_wait(db: sqlite_utils.Database, folder: Folder) -> None:
    ids = stored(db, folder, 2)
    jobs.enqueue(db, ids, "tagger@1")
    (first, _) = photos.known_files(db.conn, folder.id)
    photos.set_file_state(db, [first.id], FileState.MISSING)
    assert jobs.counts(db.conn) == JobCounts(pending=1)
    folders.set_folder_state(db, folder.id, FolderState.OFFLINE)
    assert jobs.claim(db, 5) == []
    folders.set_folder_state(db, folder.id, FolderState.HEALTHY)
    assert [job.photo_id for job in jobs.claim(db, 5)] == [ids[1]]


def test_problems_are_recorded_retried_and_resolved(
    db: sqlite_utils.Database, folder: Folder
) -> None:
    failure = Failure(
        folder.id, Path("a.jpg"), Stage.READ, "cut short", "Copy it again.", None, 10, 20
    )
    problems.record(db, [failure, Failure(folder.id, Path(), Stage.FOLDER, "no rights")])
    problems.record(db, [replace(failure, reason="still cut short")])
    found = {problem.stage: problem for problem in problems.problems(db.conn)}
    assert found[Stage.READ].path == Path("/photos/holiday/a.jpg")
    assert (found[Stage.READ].attempts, found[Stage.READ].reason) == (2, "still cut short")
    assert found[Stage.FOLDER].path == Path("/photos/holiday")
    assert found[Stage.FOLDER].shown == "/photos/holiday"
    assert problems.count(db.conn) == 2
    assert problems.known_failures(db.conn, folder.id) == {Path("a.jpg"): (10, 20)}
    (again,) = problems.retry(db, [found[Stage.READ].id])
    assert again.path == Path("/photos/holiday/a.jpg")
    assert problems.known_failures(db.conn, folder.id) == {}
    problems.resolve(db, folder.id, [Path("a.jpg")])
    assert [problem.stage for problem in problems.problems(db.conn)] == [Stage.FOLDER]


def test_retrying_a_failed_analysis_queues_it(db: sqlite_utils.Database, folder: Folder) -> None:
    (photo_id,) = stored(db, folder, 1)
    jobs.enqueue(db, [photo_id], "tagger@1")
    (job,) = jobs.claim(db, 1)
    jobs.fail(db, {job.id: "odd"})
    failure = Failure(folder.id, Path("a.jpg"), Stage.ANALYSE, "odd", photo_id=photo_id)
    problems.record(db, [failure])
    (problem,) = problems.problems(db.conn)
    problems.retry(db, [problem.id])
    assert jobs.counts(db.conn) == JobCounts(pending=1)
    problems.resolve_photos(db, [photo_id], [Stage.ANALYSE])
    assert problems.problems(db.conn) == []


def test_saved_albums(db: sqlite_utils.Database) -> None:
    beach = albums.save_album(db, "beach days", "beach")
    albums.save_album(db, "Animals", "thing:animal")
    changed = albums.save_album(db, "beach days", "beach -night")
    assert changed.id == beach.id
    assert [(one.name, one.query) for one in albums.albums(db.conn)] == [
        ("Animals", "thing:animal"),
        ("beach days", "beach -night"),
    ]
    assert albums.remove_album(db, beach.id)
    assert not albums.remove_album(db, beach.id)
