"""Makes a machine with only Python ready: virtual environment, packages, libraries that Qt needs.

Uses nothing but the standard library, changes nothing outside the project but system packages (and
those only as root), and does nothing that is done already: `make` runs it before everything else.
"""

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import system_libraries

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements.lock"
VENV = ROOT / ".venv"
STAMP = VENV / ".ready"

OLDEST = (3, 11)
CPU_TORCH = "https://download.pytorch.org/whl/cpu"

EXIT_ENVIRONMENT = 3

Command = list[str | Path]


def main(arguments: Sequence[str] | None = None) -> int:
    """Set everything up; 0 when done, 3 when the machine lacks something that the user must add."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--torch",
        choices=("default", "cpu"),
        default="default",
        help="cpu: the smaller build without CUDA (Linux; elsewhere it is the default anyway)",
    )
    torch = parser.parse_args(arguments).torch
    if sys.version_info < OLDEST:
        print(f"Albumen needs Python 3.11 or newer; {sys.executable} is {sys.version.split()[0]}.")
        print("Install a newer one and say where it is: make PYTHON=/path/to/python3.11")
        return EXIT_ENVIRONMENT
    if not (make_environment() and install_packages(torch)):
        return EXIT_ENVIRONMENT
    system_libraries.install_missing(qt_directory())
    STAMP.write_text(fingerprint(), "utf-8")
    return 0


def environment_python() -> Path:
    """The interpreter of the virtual environment."""
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def qt_directory() -> Path:
    """Where PySide6 lies in the virtual environment."""
    code = "import importlib.util as u; print(u.find_spec('PySide6').submodule_search_locations[0])"
    asked = subprocess.run(
        [environment_python(), "-c", code], capture_output=True, text=True, check=True
    )
    return Path(asked.stdout.strip())


def fingerprint() -> str:
    """What the environment was made from; with another one, packages are installed again."""
    content = hashlib.sha256(sys.version.encode())
    for path in (LOCK, ROOT / "pyproject.toml"):
        content.update(path.read_bytes())
    return content.hexdigest()


def make_environment() -> bool:
    """Create the virtual environment where there is none; whether there is one now."""
    if environment_python().exists():
        return True
    print(f"Making the virtual environment {VENV.name} ...", flush=True)
    if _create_environment():
        return True
    package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
    if system_libraries.may_install("apt-get"):
        print(f"This Python has no ensurepip; installing {package} ...", flush=True)
        if system_libraries.install("apt-get", [package]) and _create_environment():
            return True
    print("The virtual environment could not be made: this Python lacks venv or ensurepip.")
    print(f"On Debian and Ubuntu: sudo apt-get install {package}; then run make again.")
    return False


def _create_environment() -> bool:
    done = subprocess.run([sys.executable, "-m", "venv", VENV], check=False)
    if done.returncode:
        shutil.rmtree(VENV, ignore_errors=True)
    return done.returncode == 0


def install_packages(torch: str) -> bool:
    """Install the lock and the project itself; whether that went well."""
    if STAMP.exists() and STAMP.read_text("utf-8") == fingerprint():
        return True
    print(
        "Installing the packages of requirements.lock (the first time: about 1 GB) ...", flush=True
    )
    if torch == "cpu" and subprocess.run(small_torch_step(), check=False).returncode:
        print(f"The small torch could not be had from {CPU_TORCH}: is that address reachable?")
        print("Going on with the usual torch; on Linux it brings its CUDA libraries (some GB).")
    for step in (packages_step(), project_step()):
        if subprocess.run(step, check=False).returncode:
            print("pip could not install the packages; its message stands above.")
            print("Is the network there, and 6 GB of disk? Then run the same command again.")
            return False
    return True


def small_torch_step() -> Command:
    """Installs torch and torchvision, nothing else, from PyTorch's own index.

    Nothing else is asked of that index, and it is given up soon: where it cannot be reached, pip
    would try it again and again for every package. What torch needs comes with the lock, which the
    small build fulfils (2.13.0+cpu is 2.13.0).
    """
    lines = LOCK.read_text("utf-8").splitlines()
    pins = [line for line in lines if line.partition("==")[0] in {"torch", "torchvision"}]
    index = ["--index-url", CPU_TORCH, "--retries", "1", "--timeout", "10"]
    return [*_pip_install(), *index, "--no-deps", *pins]


def packages_step() -> Command:
    """Installs the lock."""
    return [*_pip_install(), "-r", LOCK]


def project_step() -> Command:
    """Installs the project itself, as it stands here."""
    return [*_pip_install(), "--no-deps", "--no-build-isolation", "-e", ROOT]


def _pip_install() -> Command:
    return [environment_python(), "-m", "pip", "install", "-q", "--disable-pip-version-check"]


if __name__ == "__main__":
    sys.exit(main())
