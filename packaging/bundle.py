"""`make bundle`: the program for people without Python, as the folder dist/albumen.

Builds the wheel, checks that it holds our four packages and nothing else, installs it with the CPU
build of torch into an environment of its own, and lets PyInstaller collect from there. TORCH_INDEX
names another index that has the CPU build; empty, pip's own ones are asked.
"""

import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

from bootstrap import CPU_TORCH, LOCK, ROOT

BUILD = ROOT / "build"
DIST = ROOT / "dist"
ENVIRONMENT = BUILD / "bundle-environment"


def run(*command: str | Path) -> None:
    """Run one step and stop at its failure."""
    print("+", *command, flush=True)
    done = subprocess.run(command, cwd=ROOT, check=False)
    if done.returncode:
        raise SystemExit(f"{Path(command[0]).name} failed; its message stands above.")


def build_wheel() -> Path:
    """The wheel of this checkout, checked for what lies at its top."""
    wheels = BUILD / "wheel"
    shutil.rmtree(wheels, ignore_errors=True)
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "-o", wheels)
    (wheel,) = wheels.glob("*.whl")
    run(sys.executable, "-m", "check_wheel_contents", wheel)
    return wheel


def install(wheel: Path) -> Path:
    """An environment with the wheel, its dependencies as locked, and PyInstaller; its Python."""
    python = ENVIRONMENT / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.exists():
        venv.create(ENVIRONMENT, with_pip=True)
    pip: list[str | Path] = [python, "-m", "pip", "--disable-pip-version-check", "install", "-q"]
    url = os.environ.get("TORCH_INDEX", CPU_TORCH if sys.platform == "linux" else "")
    index = ["--extra-index-url", url] if url else []
    run(*pip, *index, "-c", LOCK, "torch", "torchvision")
    run(*pip, "-c", LOCK, wheel, "pyinstaller")
    run(*pip, "--force-reinstall", "--no-deps", wheel)
    return python


def strip(program: Path) -> None:
    """Take the symbol tables out of torch's libraries: a fifth of them. Needs binutils."""
    tool = shutil.which("strip")
    if tool is None or sys.platform != "linux":
        return
    for library in (program / "_internal/torch/lib").glob("*.so"):
        run(tool, "--strip-unneeded", library)


def size_mb(folder: Path) -> float:
    """What a folder takes on disk, in MB."""
    files = (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    return sum(path.stat().st_size for path in files) / 1e6


def main() -> None:
    """Build it all and say where it is and how big."""
    python = install(build_wheel())
    shutil.rmtree(DIST / "albumen", ignore_errors=True)
    work = BUILD / "pyinstaller"
    options = ("--noconfirm", "--log-level", "WARN", "--workpath", work, "--distpath", DIST)
    run(python, "-m", "PyInstaller", *options, ROOT / "packaging/albumen.spec")
    strip(DIST / "albumen")
    print(f"dist/albumen: {size_mb(DIST / 'albumen'):.0f} MB")


if __name__ == "__main__":
    main()
