from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from album.domain.photo import FileId, FolderId, PhotoId
from album.intake.reconcile import FileChanges, Reconciliation, reconcile
from album.intake.scanner import FileStat
from album.storage.photos import FileState, KnownFile


def known(
    path: str,
    *,
    number: int = 1,
    size: int = 10,
    mtime: int = 100,
    inode: int = 7,
    state: FileState = FileState.PRESENT,
) -> KnownFile:
    return KnownFile(
        FileId(number), PhotoId(number), FolderId(1), Path(path), size, mtime, inode, state
    )


def seen(path: str, *, size: int = 10, mtime: int = 100, inode: int = 7) -> FileStat:
    return FileStat(Path(path), size, mtime, inode)


def test_nothing_changed() -> None:
    assert reconcile([known("a")], [seen("a")]) == FileChanges()


def test_added_changed_missing() -> None:
    changes = reconcile(
        [known("kept", inode=1), known("edited", number=2, inode=2), known("gone", inode=3)],
        [seen("kept", inode=1), seen("edited", mtime=101, inode=2), seen("new", inode=9)],
    )
    assert changes.added == (seen("new", inode=9),)
    assert changes.changed == (seen("edited", mtime=101, inode=2),)
    assert [file.path.name for file in changes.missing] == ["gone"]
    assert changes.to_examine == changes.added + changes.changed


def test_the_same_inode_at_a_new_path_has_moved() -> None:
    changes = reconcile([known("old")], [seen("new")])
    assert changes == FileChanges(moved=((known("old"), seen("new")),))


def test_a_hard_link_has_not_moved() -> None:
    changes = reconcile([known("old")], [seen("old"), seen("link")])
    assert changes == FileChanges(added=(seen("link"),))


def test_a_system_without_inodes_sees_no_moves() -> None:
    changes = reconcile([known("old", inode=0)], [seen("new", inode=0)])
    assert changes.added == (seen("new", inode=0),)
    assert changes.moved == ()


def test_a_missing_file_that_is_back_has_returned_or_moved() -> None:
    gone = known("a", state=FileState.MISSING)
    assert reconcile([gone], [seen("a")]).returned == (gone,)
    assert reconcile([gone], [seen("b")]).moved == ((gone, seen("b")),)
    assert reconcile([gone], []).missing == ()


def test_nothing_below_an_unreadable_directory_is_missing() -> None:
    files = [known("shut/deep/a"), known("shut.jpg", number=2), known("b", number=3)]
    changes = reconcile(files, [], unseen=[Path("shut")])
    assert {file.path.name for file in changes.missing} == {"shut.jpg", "b"}


def test_a_file_that_failed_is_left_alone_until_it_changes() -> None:
    failed = {Path("bad"): (10, 100)}
    assert reconcile([], [seen("bad")], failed=failed) == FileChanges()
    assert reconcile([], [seen("bad", mtime=101)], failed=failed).added == (seen("bad", mtime=101),)


def test_batches_give_the_same_as_all_at_once() -> None:
    files = [known("a", inode=1), known("b", number=2, inode=2), known("c", number=3, inode=3)]
    stats = [seen("a", inode=1), seen("x", inode=2), seen("d", inode=9)]
    reconciliation = Reconciliation(files)
    doubtful: list[FileStat] = []
    added: list[FileStat] = []
    for stat in stats:
        certain, unsure = reconciliation.see([stat])
        added += certain.added
        doubtful += unsure
    rest = reconciliation.settle(doubtful)
    whole = reconcile(files, stats)
    assert tuple(added) + rest.added == whole.added
    assert (rest.moved, rest.missing) == (whole.moved, whole.missing)


class Disk:
    """A make-believe folder: path to (content, inode, mtime)."""

    def __init__(self) -> None:
        self.files: dict[str, tuple[str, int, int]] = {}
        self.clock = 0

    def apply(self, step: tuple[str, str, str]) -> None:
        what, path, other = step
        self.clock += 1
        if what == "write":
            inode = self.files[path][1] if path in self.files else self.clock
            self.files[path] = (other, inode, self.clock)
        elif what == "delete":
            self.files.pop(path, None)
        elif what == "move" and path in self.files:
            self.files[other] = self.files.pop(path)
        elif what == "copy" and path in self.files:
            content, _, mtime = self.files[path]
            self.files[other] = (content, self.clock, mtime)

    def scan(self) -> list[FileStat]:
        return [
            FileStat(Path(path), len(content), mtime, inode)
            for path, (content, inode, mtime) in sorted(self.files.items())
        ]


class Rows:
    """A make-believe library that does with changes what the importer does."""

    def __init__(self) -> None:
        self.rows: dict[Path, KnownFile] = {}
        self.content: dict[PhotoId, str] = {}
        self.next = 0

    def take(self, disk: Disk) -> None:
        changes = reconcile(self.rows.values(), disk.scan())
        for old, new in changes.moved:
            del self.rows[old.path]
            self._put(new, old.photo_id, old.id)
        for file in changes.to_examine:
            content = disk.files[str(file.path)][0]
            photo = next((one for one, text in self.content.items() if text == content), None)
            if photo is None:
                self.next += 1
                photo = PhotoId(self.next)
                self.content[photo] = content
            self.next += 1
            self._put(file, photo, FileId(self.next))
        for gone in changes.missing:
            self._state(gone, FileState.MISSING)
        for back in changes.returned:
            self._state(back, FileState.PRESENT)

    def _put(self, file: FileStat, photo: PhotoId, number: FileId) -> None:
        self.rows[file.path] = KnownFile(
            number, photo, FolderId(1), file.path, file.size_bytes, file.mtime_ns, file.inode,
            FileState.PRESENT,
        )  # fmt: skip

    def _state(self, file: KnownFile, state: FileState) -> None:
        self.rows[file.path] = KnownFile(
            file.id, file.photo_id, file.folder_id, file.path, file.size_bytes, file.mtime_ns,
            file.inode, state,
        )  # fmt: skip

    def present(self) -> dict[str, str]:
        return {
            str(path): self.content[row.photo_id]
            for path, row in self.rows.items()
            if row.state is FileState.PRESENT
        }


paths = st.sampled_from(["a", "b", "c", "d/a", "d/b"])
contents = st.sampled_from(["red", "blue!", "green"])
steps = st.one_of(
    st.tuples(st.just("write"), paths, contents),
    st.tuples(st.just("delete"), paths, st.just("")),
    st.tuples(st.just("move"), paths, paths),
    st.tuples(st.just("copy"), paths, paths),
    st.tuples(st.just("scan"), st.just(""), st.just("")),
)


@given(st.lists(steps, max_size=30))
def test_any_order_of_changes_and_scans_gives_the_same_rows(
    changes: list[tuple[str, str, str]],
) -> None:
    disk, rows = Disk(), Rows()
    for step in changes:
        if step[0] == "scan":
            rows.take(disk)
        else:
            disk.apply(step)
    rows.take(disk)
    assert rows.present() == {path: content for path, (content, _, _) in disk.files.items()}
    rows.take(disk)
    assert reconcile(rows.rows.values(), disk.scan()) == FileChanges()
