"""Which shared libraries of the system Qt misses on Linux, and the packages that bring them."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

INSTALL_LINES = {
    "apt-get": ("apt-get", "install", "-y", "--no-install-recommends"),
    "dnf": ("dnf", "install", "-y"),
    "pacman": ("pacman", "-S", "--needed", "--noconfirm"),
}
"""How each package manager installs; the first one that is there is used."""

PACKAGES = {
    # soname without its version: (Debian and Ubuntu, Fedora, Arch)
    "libEGL": ("libegl1", "libglvnd-egl", "libglvnd"),
    "libGL": ("libgl1", "libglvnd-glx", "libglvnd"),
    "libGLX": ("libglx0", "libglvnd-glx", "libglvnd"),
    "libOpenGL": ("libopengl0", "libglvnd-opengl", "libglvnd"),
    "libX11": ("libx11-6", "libX11", "libx11"),
    "libX11-xcb": ("libx11-xcb1", "libX11-xcb", "libx11"),
    "libxcb": ("libxcb1", "libxcb", "libxcb"),
    "libxcb-cursor": ("libxcb-cursor0", "xcb-util-cursor", "xcb-util-cursor"),
    "libxcb-icccm": ("libxcb-icccm4", "xcb-util-wm", "xcb-util-wm"),
    "libxcb-image": ("libxcb-image0", "xcb-util-image", "xcb-util-image"),
    "libxcb-keysyms": ("libxcb-keysyms1", "xcb-util-keysyms", "xcb-util-keysyms"),
    "libxcb-randr": ("libxcb-randr0", "libxcb", "libxcb"),
    "libxcb-render": ("libxcb-render0", "libxcb", "libxcb"),
    "libxcb-render-util": ("libxcb-render-util0", "xcb-util-renderutil", "xcb-util-renderutil"),
    "libxcb-shape": ("libxcb-shape0", "libxcb", "libxcb"),
    "libxcb-shm": ("libxcb-shm0", "libxcb", "libxcb"),
    "libxcb-sync": ("libxcb-sync1", "libxcb", "libxcb"),
    "libxcb-util": ("libxcb-util1", "xcb-util", "xcb-util"),
    "libxcb-xfixes": ("libxcb-xfixes0", "libxcb", "libxcb"),
    "libxcb-xkb": ("libxcb-xkb1", "libxcb", "libxcb"),
    "libxkbcommon": ("libxkbcommon0", "libxkbcommon", "libxkbcommon"),
    "libxkbcommon-x11": ("libxkbcommon-x11-0", "libxkbcommon-x11", "libxkbcommon-x11"),
    "libwayland-client": ("libwayland-client0", "libwayland-client", "wayland"),
    "libwayland-cursor": ("libwayland-cursor0", "libwayland-cursor", "wayland"),
    "libwayland-egl": ("libwayland-egl1", "libwayland-egl", "wayland"),
    "libdbus-1": ("libdbus-1-3", "dbus-libs", "dbus"),
    "libfontconfig": ("libfontconfig1", "fontconfig", "fontconfig"),
    "libfreetype": ("libfreetype6", "freetype", "freetype2"),
    "libglib-2.0": ("libglib2.0-0", "glib2", "glib2"),
    "libgthread-2.0": ("libglib2.0-0", "glib2", "glib2"),
    "libgio-2.0": ("libglib2.0-0", "glib2", "glib2"),
    "libgobject-2.0": ("libglib2.0-0", "glib2", "glib2"),
    "libICE": ("libice6", "libICE", "libice"),
    "libSM": ("libsm6", "libSM", "libsm"),
    "libz": ("zlib1g", "zlib", "zlib"),
    "libzstd": ("libzstd1", "libzstd", "zstd"),
}

WIDGETS = ("QtWidgets.abi3.so", "QtSvg.abi3.so")
SCREENS = {
    # environment variable that says such a screen is there: what shows windows on it
    "WAYLAND_DISPLAY": ("Qt/plugins/platforms/libqwayland.so",),
    "DISPLAY": (
        "Qt/plugins/platforms/libqxcb.so",
        "Qt/plugins/xcbglintegrations/libqxcb-egl-integration.so",
        "Qt/plugins/xcbglintegrations/libqxcb-glx-integration.so",
    ),
}
"""Files below PySide6; the libraries that they do not find are those Qt misses."""

_NOT_FOUND = re.compile(r"^\s*(\S+) => not found", re.MULTILINE)


def missing_sonames(listing: str) -> set[str]:
    """The libraries that `ldd` did not find, by its output."""
    return set(_NOT_FOUND.findall(listing))


def missing_libraries(qt: Path, names: Iterable[str]) -> set[str]:
    """The system libraries that these files of the Qt in this folder miss; none but on Linux."""
    if not sys.platform.startswith("linux") or shutil.which("ldd") is None:
        return set()
    files = [qt / name for name in names if (qt / name).exists()]
    command: list[str | Path] = ["ldd", *files]
    return missing_sonames(subprocess.run(command, capture_output=True, text=True).stdout)


def can_show_window(qt: Path, environment: Mapping[str, str]) -> bool:
    """Whether there is a screen, and all that Qt needs to show a window on it."""
    if not sys.platform.startswith("linux"):
        return True
    screens = [files for name, files in SCREENS.items() if environment.get(name)]
    return not missing_libraries(qt, WIDGETS) and any(
        not missing_libraries(qt, files) for files in screens
    )


def packages_for(sonames: Iterable[str], manager: str) -> list[str]:
    """The packages that bring these libraries; a library nobody knows stands there as itself."""
    column = tuple(INSTALL_LINES).index(manager)
    stems = (re.sub(r"\.so[.\d]*$", "", name) for name in sonames)
    return sorted({PACKAGES[stem][column] if stem in PACKAGES else stem for stem in stems})


def package_manager() -> str | None:
    """The package manager of this system, as far as we know it."""
    return next((name for name in INSTALL_LINES if shutil.which(name)), None)


def may_install(manager: str) -> bool:
    """Whether this user may install system packages without being asked for a password."""
    return shutil.which(manager) is not None and hasattr(os, "geteuid") and os.geteuid() == 0


def install(manager: str, packages: Sequence[str]) -> bool:
    """Install system packages; whether that went well."""
    if manager == "apt-get":
        subprocess.run(("apt-get", "update", "-qq"), check=False)  # noqa: S607
    return subprocess.run([*INSTALL_LINES[manager], *packages], check=False).returncode == 0


def install_missing(qt: Path) -> None:
    """Install what Qt misses where we may, else print the exact line that does."""
    wanted = [*WIDGETS, *(name for files in SCREENS.values() for name in files)]
    missing = missing_libraries(qt, wanted)
    if not missing:
        return
    manager = package_manager()
    print(f"The window needs system libraries that are not here: {', '.join(sorted(missing))}.")
    if manager is None:
        print("Install them with the package manager of this system, then run make again.")
        return
    packages = packages_for(missing, manager)
    if may_install(manager) and install(manager, packages) and not missing_libraries(qt, wanted):
        print("They are installed now.")
        return
    print("Install them with this line; everything but the window works without them:")
    print("    sudo " + " ".join((*INSTALL_LINES[manager], *packages)))
