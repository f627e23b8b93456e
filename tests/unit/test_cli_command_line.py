"""The command line itself: what is wrong is said plainly, with the right exit code, at once."""

import os
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from types import SimpleNamespace

import click
import pytest
from click.testing import CliRunner

from album.cli.main import main
from album.cli.options import Common, Exit, pass_common
from album.cli.output import say
from album.errors import EnvironmentProblem, FileProblem, Interrupted, LibraryLocked


def run(*words: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(main, list(words))
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout, result.stderr


@pytest.mark.parametrize(
    "words",
    [
        ("bogus",),
        ("search",),
        ("search", "beach", "--limt", "5"),
        ("search", "beach", "--sort", "size"),
        ("search", "beach", "--limit", "0"),
        ("facets", "--jsn"),
        ("show",),
        ("add",),
        ("tag", "a.jpg"),
        ("tag", "+beach"),
        ("tag", "a.jpg", "+"),
        ("tag", "a.jpg", "+beach", "--lear"),
        ("recognise",),
        ("recognise", "a.jpg", "--top", "0"),
        ("cutout",),
        ("cutout", "a.jpg", "--form", "round"),
        ("cutout", "a.jpg", "--form", "on"),
        ("cutout", "a.jpg", "--form", "crop", "--on", "b.jpg"),
        ("cutout", "a.jpg", "--at", "12"),
        ("cutout", "a.jpg", "--at", "12,-3"),
        ("cutout", "a.jpg", "b.jpg", "-o", "out.png"),
        ("cutout", "a.jpg", "--subjects", "each", "-o", "out.png"),
        ("cutout", "a.jpg", "-o", "one.jpg"),
        ("cutout", "a.jpg", "--subjects", "each", "-o", "one.WebP"),
        ("cutout", "a.jpg", "--subjects", "two"),
        ("cutout", "a.jpg", "--feather", "-1"),
        ("index", "--device", "quantum"),
        ("jobs", "--state", "lost"),
        ("--library",),
    ],
    ids=" ".join,
)
def test_a_wrong_command_line_is_2_and_does_nothing(words: tuple[str, ...], home: Path) -> None:
    code, out, err = run(*words)
    assert code == Exit.WRONG_COMMAND_LINE
    assert out == ""
    assert "Error:" in err
    assert not any(home.rglob("library.db"))


@pytest.mark.parametrize(
    "words",
    [
        ("search", "beach"),
        ("facets",),
        ("show", "a.jpg"),
        ("tag", "a.jpg", "+beach"),
        ("folders",),
        ("remove", "."),
        ("problems",),
        ("jobs",),
        ("status",),
        ("check",),
        ("backup",),
    ],
    ids=" ".join,
)
def test_without_a_library_questions_make_none(words: tuple[str, ...], home: Path) -> None:
    code, out, err = run(*words)
    assert code == Exit.ENVIRONMENT
    assert out == ""
    assert "There is no library in" in err
    assert "album add FOLDER" in err
    assert not any(home.rglob("library.db"))


@pytest.mark.parametrize("command", ["index", "add", "watch"])
def test_a_folder_that_is_not_there_is_3(command: str, tmp_path: Path) -> None:
    code, _, err = run("--library", str(tmp_path / "library"), command, str(tmp_path / "none"))
    assert code == Exit.ENVIRONMENT
    assert f"There is no folder {tmp_path / 'none'}" in err
    assert not (tmp_path / "library").exists()


@pytest.mark.parametrize(
    "words", [("show",), ("status",), ("teach", "garden", "--like")], ids=lambda words: words[0]
)
def test_a_file_that_may_not_be_read_does_not_make_the_command_line_wrong(
    words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    locked = tmp_path / "locked.jpg"
    locked.touch()
    monkeypatch.setattr(os, "access", lambda *_args, **_kwargs: False)
    code, _, err = run("--library", str(tmp_path / "library"), *words, str(locked))
    assert code == Exit.ENVIRONMENT
    assert "There is no library" in err


def test_a_file_in_the_place_of_a_folder_is_3(tmp_path: Path) -> None:
    file = tmp_path / "a.jpg"
    file.touch()
    code, _, err = run("index", str(file))
    assert code == Exit.ENVIRONMENT
    assert "is no folder" in err


@pytest.fixture
def ending() -> Iterator[click.Command]:
    """A command of the group that ends as the test wants it to."""
    how: list[BaseException | int] = []

    @click.command("end", hidden=True)
    @pass_common
    def end(_common: Common) -> int:
        say("so far")
        if isinstance(how[0], BaseException):
            raise how[0]
        return how[0]

    end.how = how  # type: ignore[attr-defined]
    main.add_command(end)
    yield end
    del main.commands["end"]


@pytest.mark.parametrize(
    ("how", "code", "said"),
    [
        (0, 0, ""),
        (1, 1, ""),
        (EnvironmentProblem("The disk is full.", advice="Make room."), 3, "full. Make room."),
        (LibraryLocked("Another Albumen works on it."), 3, "album: Another Albumen"),
        (FileProblem(Path("a\nb.jpg"), "It is cut short."), 1, "a\\nb.jpg: It is cut short."),
        (KeyboardInterrupt(), 130, "stopped"),
        (Interrupted("Cancelled."), 130, "stopped"),
        (OSError(28, "No space left on device", "/mnt/x"), 3, "/mnt/x: the disk is full."),
    ],
    ids=str,
)
def test_every_end_has_its_code(
    ending: click.Command, how: BaseException | int, code: int, said: str
) -> None:
    ending.how.append(how)  # type: ignore[attr-defined]
    found, out, err = run("end")
    assert (found, out) == (code, "so far\n")
    assert said in err
    assert "Traceback" not in err


def test_a_bug_is_not_hidden(ending: click.Command) -> None:
    ending.how.append(ZeroDivisionError())  # type: ignore[attr-defined]
    with pytest.raises(ZeroDivisionError):
        run("end")


@pytest.mark.parametrize("words", [["--library", "L", "where"], ["where", "--library", "L"]])
def test_the_library_may_be_named_before_or_after(words: list[str]) -> None:
    from album.cli.options import library_option

    @click.command("where", hidden=True)
    @library_option
    @pass_common
    def where(common: Common) -> None:
        say(str(common.library))

    main.add_command(where)
    try:
        assert run(*words)[1].strip() == str(Path("L").absolute())
    finally:
        del main.commands["where"]


def test_help_lists_the_commands_in_the_order_people_meet_them() -> None:
    code, out, _ = run("--help")
    assert code == 0
    names = [line.split()[0] for line in out.split("Commands:")[1].splitlines() if line]
    order = (
        "gui add remove folders index watch search facets show tag teach recognise cutout "
        "problems jobs status check backup models"
    )
    assert " ".join(names) == order


def test_help_loads_nothing_that_takes_time() -> None:
    code = textwrap.dedent(
        """
        import sys
        from album.cli.main import main
        try:
            main(["--help"])
        except SystemExit:
            pass
        heavy = {"numpy", "torch", "PIL", "sqlite_utils", "PySide6", "album.session"}
        print(sorted(heavy & set(sys.modules)), file=sys.stderr)
        """
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"


def test_a_closed_pipe_is_quiet() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "album", "models", "--json"],
            stdout=writer,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    finally:
        os.close(writer)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")


def install_window(monkeypatch: pytest.MonkeyPatch, *names: str) -> list[list[str]]:
    """Let these windows be installed; what they are opened with is noted."""
    opened: list[list[str]] = []

    def open_window(arguments: list[str]) -> int:
        opened.append(arguments)
        return 0

    points = [SimpleNamespace(name=name, load=lambda: open_window) for name in names]
    monkeypatch.setattr(metadata, "entry_points", lambda *, group: points)
    return opened


@pytest.mark.usefixtures("screen")
@pytest.mark.parametrize(
    ("words", "arguments"),
    [
        ([], ["--device", "auto"]),
        (["gui"], ["--device", "auto"]),
        (["--library", "/L", "--device", "cpu"], ["--library", "/L", "--device", "cpu"]),
        (["gui", "--library", "/L", "/a b"], ["--library", "/L", "--device", "auto", "/a b"]),
    ],
)
def test_the_window_is_opened_with_what_was_said(
    monkeypatch: pytest.MonkeyPatch, words: list[str], arguments: list[str]
) -> None:
    opened = install_window(monkeypatch, "main")
    assert run(*words)[0] == 0
    assert opened == [arguments]


@pytest.mark.usefixtures("screen")
def test_without_a_window_it_is_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    install_window(monkeypatch)
    code, _, err = run("gui")
    assert code == Exit.ENVIRONMENT
    assert "has no window" in err


def test_without_a_screen_it_is_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    opened = install_window(monkeypatch, "main")
    code, _, err = run()
    assert code == Exit.ENVIRONMENT
    assert "no screen" in err
    assert opened == []


def commands(
    group: click.Group, words: tuple[str, ...] = ()
) -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        yield " ".join((*words, name)), command
        if isinstance(command, click.Group):
            yield from commands(command, (*words, name))


@pytest.mark.parametrize(("words", "command"), list(commands(main)))
def test_the_library_may_be_named_after_every_command(words: str, command: click.Command) -> None:
    options = {option for parameter in command.params for option in parameter.opts}
    assert "--library" in options, words
