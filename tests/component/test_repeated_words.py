"""What the program below the window says is said again in the language of the window."""

import ast
import errno
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QApplication

import album
from album.errors import EnvironmentProblem, FileProblem, in_words
from album.pictures import advice
from album.pictures.decode import Decoder
from album.pictures.examine import examine
from album_resources.translations import LANGUAGES
from album_ui import words
from album_ui.words import repeated, told_of

SOURCES = Path(album.__file__).parent
FOR_COMMANDS = ("cli", "testing", "analysis/packs")
"""What only the command says stays English."""
SAYING = {"Malformed", "tell"}


@pytest.fixture
def chinese(qapp: QApplication) -> Iterator[QCoreApplication]:
    words.install(qapp, "zh")
    yield qapp
    words.install(qapp, "en")


def test_every_reason_and_advice_has_a_translation() -> None:
    modules = [path for path in SOURCES.rglob("*.py") if _reaches_windows(path)]
    said = {text for path in modules for text in _said(path)}
    said |= {text for name, text in vars(advice).items() if name.isupper()}
    said |= {in_words(OSError(number, "")) for number in errno.errorcode}
    assert len(said) > 60
    for language in set(LANGUAGES) - {"en"}:
        known = words.Catalogue(language)
        assert not {text for text in said if known.repeat(text) == text}


def test_what_was_filled_in_stands_in_the_translation(chinese: QCoreApplication) -> None:
    reason = "it is cut short: only 12% of the picture is there"
    assert repeated(reason).endswith("只有 12% 的画面")
    problem = EnvironmentProblem("There is no folder /a/b.", advice=advice.PERMISSIONS)
    assert told_of(problem) == "文件夹 /a/b 不存在。请检查其权限。"


def test_what_nobody_translated_is_said_as_it_is(chinese: QCoreApplication) -> None:
    assert repeated("42 is the answer") == "42 is the answer"


def test_english_stays_english() -> None:
    assert repeated("the file is empty") == "the file is empty"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.jpg", b""),
        ("zeros.png", bytes(900)),
        ("letter.bmp", b"Dear all, " * 40),
        ("head.jpg", b"\xff\xd8\xff\xe0" + bytes(40)),
        ("cut.gif", b"GIF89a\x10\x00\x10\x00"),
    ],
)
def test_bad_files_are_told_with_what_can_be_done(
    name: str, content: bytes, tmp_path: Path, chinese: QCoreApplication
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(FileProblem) as caught:
        _read(path)
    assert caught.value.advice
    for text in (caught.value.reason, caught.value.advice):
        assert repeated(text) != text


def _read(path: Path) -> None:
    examine(path)
    Decoder().picture(path, 64)


def _reaches_windows(path: Path) -> bool:
    place = path.relative_to(SOURCES).as_posix()
    return not place.startswith(FOR_COMMANDS)


def _said(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and _says(node.func):
            for given in [*node.args, *(one.value for one in node.keywords)]:
                text = _template(given)
                if " " in text.strip("{} "):
                    yield text


def _says(called: ast.expr) -> bool:
    name = called.id if isinstance(called, ast.Name) else getattr(called, "attr", "")
    return name in SAYING or name.endswith("Problem") or name.startswith(("Folder", "Library"))


def _template(node: ast.expr) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(_template(part) for part in node.values)
    if isinstance(node, ast.FormattedValue):
        return "{}"
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
