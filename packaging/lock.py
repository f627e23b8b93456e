"""Writes requirements.lock: the version of every package that the project and its tools need.

The versions are those of the environment this runs in, so: upgrade what you mean to upgrade, run
the tests, then `make lock`. Run it on Linux: what only Windows or macOS need stands in `ELSEWHERE`.
"""

import tomllib
from collections.abc import Iterable, Iterator
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements.lock"

HEADER = """\
# Every package that Albumen and its tools need, at the version they are tested with.
# Written by `make lock` (packaging/lock.py); pyproject.toml has the ranges.
# On Linux the plain torch brings its CUDA libraries along; README.md says how to get the CPU build.
"""

ELSEWHERE = {
    "colorama": ("0.4.6", 'sys_platform == "win32"'),
    "macholib": ("1.16.4", 'sys_platform == "darwin"'),
    "pefile": ("2024.8.26", 'sys_platform == "win32"'),
    "pywin32-ctypes": ("0.2.3", 'sys_platform == "win32"'),
}
"""Needed by our tools on other systems only: version and environment marker."""


NOT_PINNED = {"pip"}
"""Comes with the virtual environment; on Windows it cannot replace itself while it runs."""


def declared() -> Iterator[Requirement]:
    """What pyproject.toml asks for: the program's dependencies and those of its developers."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    for line in (*project["project"]["dependencies"], *project["dependency-groups"]["dev"]):
        yield Requirement(line)


def installed_closure(wanted: Iterable[Requirement]) -> dict[str, str]:
    """Name and version of all that the requirements need on this machine, themselves included."""
    found: dict[str, str] = {}
    pending = [(requirement, "") for requirement in wanted]
    while pending:
        requirement, extra = pending.pop()
        name = canonicalize_name(requirement.name)
        if requirement.marker and not requirement.marker.evaluate({"extra": extra}):
            continue
        if name in found and not requirement.extras:
            continue
        try:
            package = distribution(name)
        except PackageNotFoundError as error:
            raise SystemExit(f"{name} is needed but not installed: pip install it first") from error
        found[name] = package.version.partition("+")[0]
        for line in package.requires or ():
            pending.extend((Requirement(line), chosen) for chosen in ("", *requirement.extras))
    return found


def main() -> None:
    """Write the lock file and say what is in it."""
    found = installed_closure(declared())
    lines = {name: f"{name}=={found[name]}" for name in found.keys() - NOT_PINNED}
    for name, (version, marker) in ELSEWHERE.items():
        lines.setdefault(name, f"{name}=={version} ; {marker}")
    LOCK.write_text(HEADER + "\n".join(lines[name] for name in sorted(lines)) + "\n", "utf-8")
    print(f"{LOCK.name}: {len(lines)} packages")


if __name__ == "__main__":
    main()
