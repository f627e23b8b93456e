"""The library file: threads, other processes, kills, damage, full disks."""

import contextlib
import os
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import textwrap
import threading
from collections.abc import Iterator
from concurrent.futures import CancelledError
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from album.errors import (
    AlbumError,
    EnvironmentProblem,
    Interrupted,
    LibraryDamaged,
    LibraryLocked,
)
from album.storage.albums import albums, save_album
from album.storage.database import Database
from album.storage.lock import LibraryLock

if TYPE_CHECKING:
    import sqlite_utils

WAIT_S = 30
ENDLESS = (
    "WITH RECURSIVE counter(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counter)"
    " SELECT max(n) FROM counter"
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "library" / "library.db"


@pytest.fixture
def database(path: Path) -> Iterator[Database]:
    with Database(path, busy_timeout_s=5) as opened:
        yield opened


def names(database: Database) -> list[str]:
    return [album.name for album in database.query(albums)]


def save(database: Database, name: str) -> None:
    database.write(lambda db: save_album(db, name, "beach")).result(WAIT_S)


def run_python(code: str, *arguments: object) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", textwrap.dedent(code), *map(str, arguments)]
    return subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def finish(process: "subprocess.Popen[str]") -> str:
    out, err = process.communicate(timeout=WAIT_S)
    assert process.returncode == 0, err
    return out


def test_what_is_written_is_there_after_opening_again(path: Path) -> None:
    with Database(path) as database:
        save(database, "summer")
    with Database(path) as database:
        assert names(database) == ["summer"]


def test_a_write_that_fails_leaves_nothing(database: Database) -> None:
    def half(db: "sqlite_utils.Database") -> None:
        save_album(db, "half", "")
        raise EnvironmentProblem("no more")

    with pytest.raises(EnvironmentProblem, match="no more"):
        database.write(half).result(WAIT_S)
    assert names(database) == []
    save(database, "after")
    assert names(database) == ["after"]


def test_sqlite_utils_transactions_nest_in_a_write(database: Database) -> None:
    def nested(db: "sqlite_utils.Database") -> None:
        save_album(db, "outer", "")
        with contextlib.suppress(KeyError), db.atomic():
            save_album(db, "inner", "")
            raise KeyError
        save_album(db, "after", "")

    database.write(nested).result(WAIT_S)
    assert names(database) == ["after", "outer"]


def test_a_mistake_of_ours_is_not_explained_away(database: Database) -> None:
    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        database.write(lambda db: db.conn.execute("SELECT * FROM nowhere")).result(WAIT_S)
    with pytest.raises(sqlite3.ProgrammingError):
        database.query(lambda connection: connection.execute("SELECT ?", ()))


def test_readers_cannot_write(database: Database) -> None:
    with pytest.raises(EnvironmentProblem):
        database.query(lambda connection: connection.execute("DELETE FROM album"))


def test_a_read_sees_one_moment(database: Database) -> None:
    reading, written = threading.Event(), threading.Event()

    def twice(connection: sqlite3.Connection) -> tuple[int, int]:
        first = len(albums(connection))
        reading.set()
        assert written.wait(WAIT_S)
        return first, len(albums(connection))

    answer = database.read(twice)
    assert reading.wait(WAIT_S)
    save(database, "meanwhile")
    written.set()
    assert answer.result(WAIT_S) == (0, 0)
    assert names(database) == ["meanwhile"]


def test_a_newer_read_of_the_same_name_cuts_the_older_off(path: Path) -> None:
    with Database(path, readers=1) as database:
        started = threading.Event()

        def endless(connection: sqlite3.Connection) -> None:
            started.set()
            connection.execute(ENDLESS).fetchone()

        running = database.read(endless, replaces="page")
        assert started.wait(WAIT_S)
        waiting = database.read(albums, replaces="page")
        newest = database.read(albums, replaces="page")
        with pytest.raises(Interrupted):
            waiting.result(WAIT_S)
        with pytest.raises(Interrupted):
            running.result(WAIT_S)
        assert newest.result(WAIT_S) == []
        assert database.query(albums) == []


def test_reads_of_other_names_are_left_alone(path: Path) -> None:
    with Database(path, readers=1) as database:
        go, started = threading.Event(), threading.Event()

        def slow(_: sqlite3.Connection) -> str:
            started.set()
            assert go.wait(WAIT_S)
            return "done"

        first = database.read(slow, replaces="page")
        assert started.wait(WAIT_S)
        other = database.read(albums, replaces="counts")
        third = database.read(albums)
        go.set()
        assert first.result(WAIT_S) == "done"
        assert other.result(WAIT_S) == third.result(WAIT_S) == []


def test_a_cancelled_call_is_never_run(path: Path) -> None:
    with Database(path, readers=1) as database:
        go, started = threading.Event(), threading.Event()

        def slow(_: object) -> None:
            started.set()
            assert go.wait(WAIT_S)

        for submit in (database.read, database.write):
            go.clear()
            started.clear()
            running = submit(slow)
            assert started.wait(WAIT_S)
            waiting = submit(lambda _: pytest.fail("was cancelled"))
            assert waiting.cancel()
            go.set()
            running.result(WAIT_S)
            with pytest.raises(CancelledError):
                waiting.result(WAIT_S)
        assert names(database) == []


def test_close_keeps_what_was_written_and_cuts_reads_off(path: Path) -> None:
    database = Database(path, readers=1).open()
    started = threading.Event()

    def endless(connection: sqlite3.Connection) -> None:
        started.set()
        connection.execute(ENDLESS).fetchone()

    reading = database.read(endless)
    assert started.wait(WAIT_S)
    queued = database.read(albums)
    writes = [
        database.write(lambda db, number=number: save_album(db, f"{number:02}", ""))  # type: ignore[misc]
        for number in range(50)
    ]
    database.close()
    database.close()
    assert all(write.done() for write in writes)
    for read in (reading, queued):
        with pytest.raises(Interrupted):
            read.result(0)
    with Database(path) as again:
        assert len(names(again)) == 50


def test_a_closed_library_refuses_calls_politely(path: Path) -> None:
    database = Database(path).open()
    database.close()
    for future in (database.write(lambda _: None), database.read(albums)):
        with pytest.raises(Interrupted, match="closed"):
            future.result(WAIT_S)


def test_a_library_whose_readers_cannot_start_is_closed_again(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: Path) -> sqlite3.Connection:
        error = sqlite3.OperationalError("unable to open database file")
        error.sqlite_errorcode = sqlite3.SQLITE_CANTOPEN
        raise error

    monkeypatch.setattr("album.storage.database.connect_readonly", refuse)
    with pytest.raises(EnvironmentProblem, match="cannot be opened"):
        Database(path).open()


def test_closing_what_was_never_opened_does_nothing(path: Path) -> None:
    Database(path).close()
    assert not path.exists()


def test_no_log_file_stays_behind(path: Path) -> None:
    with Database(path) as database:
        save(database, "summer")
    assert [entry.name for entry in path.parent.iterdir()] == ["library.db"]


@pytest.mark.skipif(os.name == "nt", reason="rights are not file modes on Windows")
def test_nobody_else_may_read_a_library(path: Path) -> None:
    with Database(path) as database:
        save(database, "summer")
        for entry in path.parent.iterdir():
            assert stat.S_IMODE(entry.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


WRITER = """
    import sqlite3, sys
    connection = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=30)
    for number in range(int(sys.argv[3])):
        connection.execute("BEGIN IMMEDIATE")
        (count,) = connection.execute("SELECT count(*) FROM album").fetchone()
        connection.execute(
            "INSERT INTO album (name, query, added_s) VALUES (?, '', 0)",
            (f"{sys.argv[2]}-{number}",),
        )
        connection.execute("COMMIT")
"""


def test_processes_may_write_at_the_same_time(database: Database, path: Path) -> None:
    others = [run_python(WRITER, path, name, 60) for name in ("a", "b")]
    for number in range(60):
        save(database, f"own-{number}")
    for other in others:
        finish(other)
    assert len(names(database)) == 180
    assert database.check() == []


def test_another_process_may_read_while_we_write(database: Database, path: Path) -> None:
    code = """
        import sqlite3, sys
        connection = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True, timeout=0)
        count = "SELECT count(*) FROM album"
        counts = [connection.execute(count).fetchone()[0] for _ in range(500)]
        assert counts == sorted(counts)
        print("read")
    """
    reader = run_python(code, path)
    for number in range(200):
        save(database, f"{number}")
    assert finish(reader) == "read\n"


def test_what_another_process_wrote_is_noticed(database: Database, path: Path) -> None:
    before = database.data_version()
    save(database, "own")
    assert database.data_version() == before
    finish(run_python(WRITER, path, "other", 1))
    assert database.data_version() != before
    assert "other-0" in names(database)


def test_a_library_that_stays_locked_is_said_so(path: Path) -> None:
    with Database(path, busy_timeout_s=0.05) as database:
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(EnvironmentProblem, match="locked"):
            save(database, "x")
        other.execute("ROLLBACK")
        other.close()
        save(database, "x")
        assert names(database) == ["x"]


def test_a_full_disk_is_said_so_and_the_library_stays_sound(database: Database) -> None:
    save(database, "before")

    def fill(db: "sqlite_utils.Database") -> None:
        (pages,) = db.conn.execute("PRAGMA page_count").fetchone()
        db.conn.execute(f"PRAGMA max_page_count = {pages + 4}")
        for number in range(10_000):
            save_album(db, f"filler {number}", "x" * 1000)

    with pytest.raises(EnvironmentProblem, match="full") as caught:
        database.write(fill).result(WAIT_S)
    assert "space" in caught.value.advice
    assert str(database.refused) == str(caught.value)
    database.write(lambda db: db.conn.execute("SELECT 1")).result(WAIT_S)
    assert str(database.refused) == str(caught.value)  # nothing was saved by that
    assert names(database) == ["before"]
    assert database.check() == []

    def free(db: "sqlite_utils.Database") -> None:
        db.conn.execute("PRAGMA max_page_count = 1073741823")

    database.write(free).result(WAIT_S)
    save(database, "after")
    assert str(database.refused) == "None"
    assert names(database) == ["after", "before"]


@pytest.mark.skipif(os.name == "nt", reason="no SIGKILL on Windows")
@pytest.mark.parametrize("moment", ["inside a transaction", "after one"])
def test_a_kill_loses_nothing_that_was_committed(path: Path, moment: str) -> None:
    code = """
        import sys, time
        from pathlib import Path
        from album.storage.albums import save_album
        from album.storage.database import Database

        database = Database(Path(sys.argv[1])).open()
        for number in range(20):
            database.write(lambda db: save_album(db, f"{number}", "")).result()

        def hang(db):
            for number in range(500):
                save_album(db, f"lost {number}", "x" * 5000)
            print("there", flush=True)
            time.sleep(600)

        if sys.argv[2] == "inside a transaction":
            database.write(hang).result()
        print("there", flush=True)
        time.sleep(600)
    """
    process = run_python(code, path, moment)
    assert process.stdout is not None
    assert process.stdout.readline() == "there\n"
    process.send_signal(signal.SIGKILL)
    process.communicate()
    with Database(path) as database:
        assert len(names(database)) == 20
        assert database.check() == []


@pytest.mark.parametrize(
    ("code", "kind", "text"),
    [
        (sqlite3.SQLITE_IOERR_WRITE, EnvironmentProblem, "refused to read or write"),
        (sqlite3.SQLITE_READONLY_DBMOVED, EnvironmentProblem, "cannot be opened or written"),
        (sqlite3.SQLITE_CANTOPEN, EnvironmentProblem, "cannot be opened or written"),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, EnvironmentProblem, "locked"),
        (sqlite3.SQLITE_NOTADB, LibraryDamaged, "damaged"),
    ],
)
def test_errors_of_sqlite_are_sorted_by_their_code(
    database: Database, code: int, kind: type[AlbumError], text: str
) -> None:
    def fail(_: object) -> None:
        error = sqlite3.OperationalError("something odd")
        error.sqlite_errorcode = code
        raise error

    with pytest.raises(kind, match=text):
        database.write(fail).result(WAIT_S)


def test_a_library_in_an_impossible_place_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(EnvironmentProblem, match="cannot be made"):
        Database(tmp_path / "file" / "library.db").open()


def test_a_folder_where_the_library_should_be_is_said_so(path: Path) -> None:
    path.mkdir(parents=True)
    with pytest.raises(EnvironmentProblem, match="cannot be made or opened"):
        Database(path).open()


@pytest.mark.skipif(os.name == "nt", reason="names are text on Windows")
def test_a_library_may_lie_under_any_name(tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"odd \xff ?mode=memory#%41 \n") / "library.db"
    with Database(path) as database:
        save(database, "summer")
        assert names(database) == ["summer"]
    assert path.exists()


def test_a_backup_is_whole_while_the_library_is_in_use(database: Database, tmp_path: Path) -> None:
    save(database, "summer")
    target = tmp_path / "elsewhere" / "copy.db"
    database.backup(target)
    save(database, "later")
    database.backup(target)
    with Database(target) as copy:
        assert names(copy) == ["later", "summer"]
        assert copy.check() == []
    assert [entry.name for entry in target.parent.iterdir()] == ["copy.db"]


def test_a_backup_that_cannot_be_written_is_said_so(database: Database, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(EnvironmentProblem, match="could not be written"):
        database.backup(tmp_path / "file" / "copy.db")


def test_check_names_what_is_wrong(database: Database, path: Path) -> None:
    assert database.check() == []
    outside = sqlite3.connect(path, isolation_level=None)
    outside.execute(
        "INSERT INTO photo (fingerprint, kind, format, taken_s, taken_known, added_s)"
        " VALUES ('x:00', 'photo', 'jpeg', 0, 0, 0)"
    )
    outside.execute(
        "INSERT INTO file (photo_id, folder_id, path, shown, size_bytes, mtime_ns, inode)"
        " VALUES (1, 77, x'61', 'a', 0, 0, 0)"
    )
    outside.close()
    faults = database.check()
    assert any("file" in fault and "folder" in fault for fault in faults)
    assert any("photos cannot be found by their text" in fault for fault in faults)


def test_only_one_process_has_the_exclusive_role(tmp_path: Path) -> None:
    code = """
        import sys
        from pathlib import Path
        from album.storage.lock import LibraryLock

        with LibraryLock(Path(sys.argv[1])):
            print("held", flush=True)
            sys.stdin.readline()
    """
    path = tmp_path / "library" / "library.lock"
    other = run_python(code, path)
    assert other.stdout is not None
    assert other.stdout.readline() == "held\n"
    with pytest.raises(LibraryLocked, match=str(other.pid)):
        LibraryLock(path).acquire()
    other.communicate("end\n", timeout=WAIT_S)
    with LibraryLock(path) as lock:
        assert path.read_text().strip() == str(os.getpid())
        with pytest.raises(LibraryLocked, match=str(os.getpid())):
            LibraryLock(path).acquire()
        lock.release()
        lock.release()
        LibraryLock(path).acquire().release()


def test_a_lock_that_cannot_be_made_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(EnvironmentProblem, match="lock file"):
        LibraryLock(tmp_path / "file" / "library.lock").acquire()


def test_a_library_that_was_moved_opens(path: Path, tmp_path: Path) -> None:
    with Database(path) as database:
        save(database, "summer")
    shutil.move(path.parent, tmp_path / "moved")
    with Database(tmp_path / "moved" / "library.db") as database:
        assert names(database) == ["summer"]
