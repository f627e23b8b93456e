"""The import rules of docs/architecture.md, as a table that can be read."""

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import entry_points, packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]

PACKAGES = {
    "album": ROOT / "album",
    "album_models": ROOT / "models/album_models",
    "album_resources": ROOT / "resources/album_resources",
    "album_ui": ROOT / "ui/album_ui",
}
QT = {"PySide6", "shiboken6", "qtawesome", "qtpy"}
NETWORKS = {"torch", "torchvision", "safetensors"}

FORBIDDEN = {
    "album": {"album_models", "album_ui"} | QT | NETWORKS,
    "album_models": {"album_ui"} | QT,
    "album_ui": {"album_models"} | NETWORKS,
    "album_resources": {"album", "album_models", "album_ui"} | QT | NETWORKS,
}
"""What each package must not import."""

NOT_PACKAGES = {"ui", "models", "resources", "packaging", "tests"}
"""Folders of this repository that import as empty namespaces from a checkout."""


def python_files(package: str) -> list[Path]:
    return sorted(PACKAGES[package].rglob("*.py"))


def imported_names(path: Path) -> Iterator[str]:
    """Every module that a file imports, at any depth of its code."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield node.module or ""


@pytest.mark.parametrize("package", PACKAGES)
def test_imports_only_what_its_layer_may(package: str) -> None:
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in python_files(package)
        for name in imported_names(path)
        if name.partition(".")[0] in FORBIDDEN[package] | NOT_PACKAGES
    ]
    assert not wrong


@pytest.mark.parametrize("package", PACKAGES)
def test_no_file_is_over_600_lines(package: str) -> None:
    long = [
        path.relative_to(ROOT)
        for path in python_files(package)
        if path.read_text("utf-8").count("\n") > 600
    ]
    assert not long


@pytest.mark.parametrize(
    ("package", "absent"),
    [("album", QT | NETWORKS), ("album_ui", NETWORKS), ("album_resources", QT | NETWORKS)],
)
def test_every_module_loads_without_what_it_must_not_need(package: str, absent: set[str]) -> None:
    """In a process where these packages cannot be imported at all."""
    code = f"""
import importlib, pkgutil, sys
sys.modules.update(dict.fromkeys({sorted(absent)}))
import {package}
for module in pkgutil.walk_packages({package}.__path__, "{package}."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr


def test_domain_is_pure() -> None:
    """Values and rules only: nothing that reads, writes, waits or draws."""
    own = {"album", "album_resources"}
    for path in sorted((ROOT / "album/domain").glob("*.py")):
        for name in imported_names(path):
            top = name.partition(".")[0]
            assert top in own | set(sys.stdlib_module_names), f"{path.name} imports {name}"
            assert top not in {"sqlite3", "threading", "subprocess", "socket", "os"}, path.name


def test_dependencies_are_those_that_are_imported() -> None:
    """None that nobody uses, none that is only there because another one needs it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    declared = {canonicalize_name(Requirement(line).name) for line in project["dependencies"]}
    tops = {
        name.partition(".")[0]
        for package in PACKAGES
        for path in python_files(package)
        for name in imported_names(path)
    }
    foreign = tops - PACKAGES.keys() - set(sys.stdlib_module_names)
    foreign.discard("shiboken6")  # one half of PySide6, always of its version
    owners = packages_distributions()
    used = {canonicalize_name(owner) for top in foreign for owner in owners[top][:1]}
    assert used == declared


@pytest.mark.parametrize("group", ["albumen.analysers", "albumen.segmenters", "albumen.windows"])
def test_every_entry_point_leads_somewhere(group: str) -> None:
    found = [
        entry for entry in entry_points(group=group) if entry.dist and entry.dist.name == "albumen"
    ]
    assert found
    for entry in found:
        assert callable(entry.load())
