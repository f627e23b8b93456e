"""What a drop brings: local paths, sorted, with a reason for what cannot be used."""

import os
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QUrl

from album_ui.drop.incoming import PORTAL, accepts, local_paths, sort_dropped


def test_local_paths_are_taken_once_and_web_pages_are_not(tmp_path: Path) -> None:
    here = QUrl.fromLocalFile(str(tmp_path / "a b é.jpg"))
    urls = [here, QUrl("https://example.org/x.jpg"), here]
    assert local_paths(urls) == [tmp_path / "a b é.jpg"]


def test_a_drag_is_accepted_for_files_and_for_the_portal() -> None:
    files, web, portal = QMimeData(), QMimeData(), QMimeData()
    files.setUrls([QUrl.fromLocalFile(str(Path.home()))])
    web.setUrls([QUrl("https://example.org/")])
    portal.setData(PORTAL, b"12345")
    assert accepts(files)
    assert accepts(portal)
    assert not accepts(web)
    assert not accepts(QMimeData())


def test_folders_files_and_the_rest_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "a.jpg").write_bytes(b"x")
    gone = tmp_path / "gone"
    dropped = sort_dropped([tmp_path / "folder", tmp_path / "a.jpg", gone])
    assert dropped.folders == (tmp_path / "folder",)
    assert dropped.files == (tmp_path / "a.jpg",)
    assert len(dropped.problems) == 1
    assert "gone" in dropped.problems[0]


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root and Windows may read everything"
)
def test_an_unreadable_folder_is_said(tmp_path: Path) -> None:
    shut = tmp_path / "shut"
    shut.mkdir(mode=0)
    dropped = sort_dropped([shut])
    shut.chmod(0o700)
    assert not dropped.folders
    assert "cannot be read" in dropped.problems[0]
