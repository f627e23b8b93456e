import configparser
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import bootstrap
import install_desktop
import lock
import pytest
import sample_library
import system_libraries
from defusedxml.ElementTree import parse
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]

LDD = """\
QtWidgets.abi3.so:
\tlinux-vdso.so.1 (0x00007ffd4a9f6000)
\tlibQt6Gui.so.6 => /opt/PySide6/Qt/lib/libQt6Gui.so.6 (0x00007f1b2c000000)
\tlibEGL.so.1 => not found
libqxcb.so:
\tlibxcb-cursor.so.0 => not found
\tlibEGL.so.1 => not found
"""


def test_an_old_python_is_told_what_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bootstrap, "OLDEST", (99, 0))
    assert bootstrap.main([]) == bootstrap.EXIT_ENVIRONMENT
    assert "make PYTHON=" in capsys.readouterr().out


def test_only_torch_is_asked_of_its_own_index_and_not_for_long() -> None:
    step = [str(part) for part in bootstrap.small_torch_step()]
    assert bootstrap.CPU_TORCH in step
    assert "--no-deps" in step
    assert step[step.index("--retries") + 1] == "1"
    assert step[step.index("--timeout") + 1] == "10"
    assert [part.partition("==")[0] for part in step if "==" in part] == ["torch", "torchvision"]
    for other in (bootstrap.packages_step(), bootstrap.project_step()):
        assert bootstrap.CPU_TORCH not in other


@pytest.mark.parametrize("reachable", [True, False])
def test_without_the_index_of_torch_the_usual_one_is_installed(
    reachable: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    steps: list[bootstrap.Command] = []

    def run(step: bootstrap.Command, *, check: bool) -> subprocess.CompletedProcess[str]:
        assert not check
        steps.append(step)
        fails = bootstrap.CPU_TORCH in step and not reachable
        return subprocess.CompletedProcess([], int(fails))

    monkeypatch.setattr(bootstrap, "STAMP", tmp_path / "not made yet")
    monkeypatch.setattr("bootstrap.subprocess.run", run)
    assert bootstrap.install_packages("cpu")
    wanted = [bootstrap.small_torch_step(), bootstrap.packages_step(), bootstrap.project_step()]
    assert steps == wanted
    assert ("Going on with the usual torch" in capsys.readouterr().out) is not reachable


def test_libraries_that_ldd_does_not_find_lead_to_packages() -> None:
    missing = system_libraries.missing_sonames(LDD)
    assert missing == {"libEGL.so.1", "libxcb-cursor.so.0"}
    assert system_libraries.packages_for(missing, "apt-get") == ["libegl1", "libxcb-cursor0"]
    assert system_libraries.packages_for(missing, "pacman") == ["libglvnd", "xcb-util-cursor"]


def test_an_unknown_library_is_named_as_it_is() -> None:
    assert system_libraries.packages_for(["libnew.so.3"], "dnf") == ["libnew"]


def test_without_a_screen_there_is_no_window() -> None:
    if sys.platform.startswith("linux"):
        assert not system_libraries.can_show_window(Path("nowhere"), {})


def test_make_passes_any_folder_on(tmp_path: Path) -> None:
    """Blanks, quotes and dollars reach the program as they are."""
    make = shutil.which("make")
    assert make, "everything here starts with make"
    makefile = (ROOT / "Makefile").read_text("utf-8")
    probe = tmp_path / "Makefile"
    probe.write_text(makefile + "\nprobe:\n\t@printenv ALBUMEN_FOLDER\n", "utf-8")
    folder = 'My Pictures/it\'s $HOME "2024"'
    command = (make, "--no-print-directory", "-f", probe, "probe", f"FOLDER={folder}")
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.rstrip("\n") == folder


def test_the_lock_pins_what_pyproject_asks_for_within_its_ranges() -> None:
    pins = {}
    for line in lock.LOCK.read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            pin = Requirement(line)
            (specifier,) = pin.specifier
            assert specifier.operator == "==", line
            pins[canonicalize_name(pin.name)] = specifier.version
    for wanted in lock.declared():
        assert wanted.specifier.contains(pins[canonicalize_name(wanted.name)]), wanted


def test_the_lock_holds_the_packages_of_the_other_systems_too() -> None:
    text = lock.LOCK.read_text("utf-8")
    for name in lock.ELSEWHERE:
        assert f"\n{name}==" in text


def test_the_sample_library_is_real_photographs(tmp_path: Path) -> None:
    photos = sample_library.make_sample(tmp_path)
    made = sorted(photos.iterdir())
    assert len(made) == sum(map(len, sample_library.PHOTOGRAPHS.values()))
    for path in made:
        with Image.open(path) as picture:
            assert min(picture.size) >= 300, path.name
    thanks = (tmp_path / "CREDITS.txt").read_text("utf-8")
    assert all(path.stem in thanks for path in made)


def test_the_menu_entry_starts_the_program_by_its_path() -> None:
    text = install_desktop.entry_text(Path('/home/a b/"al$bum%/albumen'))
    entry = configparser.RawConfigParser(strict=False)
    entry.optionxform = str  # type: ignore[assignment, method-assign]
    entry.read_string(text)
    fields = entry["Desktop Entry"]
    assert fields["Exec"] == '"/home/a b/\\\\"al\\\\$bum%%/albumen" %F'
    assert "inode/directory" in fields["MimeType"].split(";")
    assert fields["Icon"] == install_desktop.APP_ID


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="menu entries are for Linux")
def test_installing_and_removing_leaves_nothing(tmp_path: Path) -> None:
    def run(*options: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, ROOT / "packaging/install_desktop.py", *options],
            env={**os.environ, "XDG_DATA_HOME": str(tmp_path), "PATH": ""},
            capture_output=True,
            text=True,
            check=False,
        )

    assert run().returncode == 0
    assert (tmp_path / f"applications/{install_desktop.APP_ID}.desktop").exists()
    assert (tmp_path / f"icons/hicolor/256x256/apps/{install_desktop.APP_ID}.png").exists()
    assert run("--remove").returncode == 0
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_every_icon_size_is_there() -> None:
    for size in install_desktop.ICON_SIZES_PX:
        with Image.open(ROOT / f"packaging/icons/albumen-{size}.png") as icon:
            assert icon.size == (size, size)


def test_metainfo_names_the_entry_and_the_programs() -> None:
    root = parse(install_desktop.METAINFO).getroot()
    assert root is not None
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    programs = {node.text for node in root.findall("provides/binary")}
    assert root.findtext("id") == install_desktop.APP_ID
    assert root.findtext("launchable") == install_desktop.ENTRY.name
    assert programs == {*scripts["scripts"], *scripts["gui-scripts"]}
