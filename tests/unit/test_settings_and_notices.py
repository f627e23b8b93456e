import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from album.directories import default_library, log_directory, models_directory, settings_path
from album.errors import EnvironmentProblem, FileProblem, advised
from album.log import kept_log, start_log, stop_log
from album.notices import Notice, NoticeLevel, Notices
from album.settings import Settings, SettingsStore


def test_two_programs_do_not_undo_each_others_changes(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    window, command = SettingsStore(path), SettingsStore(path)
    command.change(packs="yolox-s")
    window.change(row_height_px=200)
    window.change(theme="dark")
    now = SettingsStore(path).current
    assert (now.packs, now.row_height_px, now.theme) == ("yolox-s", 200, "dark")


def test_settings_are_kept_with_what_a_newer_program_wrote(tmp_path: Path) -> None:
    path = tmp_path / "config" / "settings.json"
    path.parent.mkdir()
    path.write_text(json.dumps({"from_the_future": [1], "theme": "dark", "row_height_px": "huge"}))
    store = SettingsStore(path)
    assert store.current == Settings(theme="dark")
    seen: list[Settings] = []
    store.subscribe(seen.append)
    store.change(row_height_px=240)
    assert seen == [Settings(theme="dark", row_height_px=240)]
    again = SettingsStore(path)
    assert again.current == seen[0]
    assert json.loads(path.read_text())["from_the_future"] == [1]


def test_a_field_that_does_not_exist_cannot_be_set(tmp_path: Path) -> None:
    with pytest.raises(TypeError):
        SettingsStore(tmp_path / "settings.json").change(colour_of_magic=8)


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b"\xff\xfe\x00"])
def test_damaged_settings_give_way_to_defaults_with_a_notice(
    tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "settings.json"
    path.write_bytes(content)
    notices = Notices()
    assert SettingsStore(path, notices).current == Settings()
    assert "cannot be read" in notices.held[0].text


def test_settings_that_cannot_be_saved_hold_until_the_end(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    notices = Notices()
    store = SettingsStore(tmp_path / "file" / "settings.json", notices)
    assert store.change(language="zh").language == "zh"
    assert "could not be saved" in notices.held[-1].text


def test_settings_without_a_file_are_kept_nowhere() -> None:
    assert SettingsStore().change(theme="light").theme == "light"


def test_notices_wait_for_whoever_listens_first() -> None:
    notices = Notices()
    notices.tell(NoticeLevel.INFO, "One.", replaces="key")
    notices.tell(NoticeLevel.INFO, "Two.", advice="Do it.", replaces="key")
    notices.tell_problem(EnvironmentProblem("Three.", advice="Or not."))
    seen: list[Notice] = []
    unsubscribe = notices.subscribe(seen.append)
    assert [str(one) for one in seen] == ["Two. Do it.", "Three. Or not."]
    notices.tell(NoticeLevel.ERROR, "Four.")
    assert seen[-1].level is NoticeLevel.ERROR
    unsubscribe()
    notices.tell(NoticeLevel.ERROR, "Five.")
    assert len(seen) == 3


def test_the_library_is_where_the_user_says(
    monkeypatch: pytest.MonkeyPatch, home: Path, tmp_path: Path
) -> None:
    assert default_library().is_relative_to(home)
    monkeypatch.setenv("ALBUM_LIBRARY", str(tmp_path / "mine"))
    assert default_library() == tmp_path / "mine"
    assert settings_path().name == "settings.json"
    assert log_directory() != models_directory()


@pytest.fixture
def _levels_stay() -> Iterator[None]:
    before = logging.getLogger().level
    yield
    logging.getLogger().setLevel(before)


@pytest.mark.usefixtures("_levels_stay")
def test_the_log_is_written_at_once(tmp_path: Path) -> None:
    path = start_log(tmp_path / "logs")
    assert path is not None
    try:
        logging.getLogger("album.somewhere").info("it happened")
        assert "happened" in path.read_text(encoding="utf-8")
    finally:
        stop_log()


@pytest.mark.usefixtures("_levels_stay")
def test_no_place_for_a_log_is_no_reason_to_stop(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    assert start_log(tmp_path / "file" / "logs") is None


def test_a_process_keeps_one_log_and_leaves_nothing_behind(tmp_path: Path) -> None:
    root = logging.getLogger()
    before = (root.level, list(root.handlers))
    with kept_log(tmp_path / "outer"), kept_log(tmp_path / "inner"):
        logging.getLogger("album.somewhere").info("it happened")
    assert "happened" in (tmp_path / "outer/album.log").read_text(encoding="utf-8")
    assert not (tmp_path / "inner").exists()
    assert (root.level, list(root.handlers)) == before


@pytest.mark.parametrize(
    ("text", "advice", "said"),
    [
        ("it is gone", "Look.", "it is gone. Look."),
        ("It is gone.", "Look.", "It is gone. Look."),
        ("它不见了。", "请检查。", "它不见了。请检查。"),
        ("it is gone", "", "it is gone"),
        ("", "Look.", "Look."),
        ("", "", ""),
    ],
)
def test_what_happened_and_what_to_do_are_sentences(text: str, advice: str, said: str) -> None:
    assert advised(text, advice) == said
    assert str(FileProblem(Path("a.jpg"), text, advice=advice)) == said
    assert str(Notice(NoticeLevel.INFO, text, advice)) == said
