"""What can be typed is written down: every make target, command, option and setting."""

import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import click
import pytest

from album.cli.main import main
from album.settings import Settings
from album_ui.shortcuts import TABLE, Shortcut

ROOT = Path(__file__).resolve().parents[2]
DOCS = [ROOT / "README.md", ROOT / "packaging/README.md", *sorted((ROOT / "docs").rglob("*.md"))]

_LINK = re.compile(r"\]\((?!https?:)([^)#]+)")


def documentation() -> str:
    return "\n".join(path.read_text("utf-8") for path in DOCS)


def make_targets() -> list[str]:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    return re.findall(r"^([a-z-]+):.*##", makefile, re.MULTILINE)


def commands(group: click.Command, prefix: str = "album") -> Iterator[tuple[str, click.Command]]:
    """Every command that can be typed, with its full name; the group itself first."""
    yield prefix, group
    if isinstance(group, click.Group):
        for name, command in group.commands.items():
            yield from commands(command, f"{prefix} {name}")


COMMANDS = dict(commands(main))


@pytest.mark.parametrize("target", make_targets())
def test_every_make_target_is_documented(target: str) -> None:
    assert f"make {target}" in documentation()


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_option_is_documented(name: str) -> None:
    text = (ROOT / "docs/command.md").read_text("utf-8")
    assert name in text
    for parameter in COMMANDS[name].params:
        if isinstance(parameter, click.Option) and not parameter.hidden:
            for option in (*parameter.opts, *parameter.secondary_opts):
                assert f"`{option}" in text, f"{name} {option}"


@pytest.mark.parametrize("setting", [field.name for field in fields(Settings)])
def test_every_setting_is_documented(setting: str) -> None:
    assert f"`{setting}`" in (ROOT / "docs/command.md").read_text("utf-8")


@pytest.mark.parametrize("shortcut", TABLE, ids=lambda shortcut: shortcut.name)
def test_every_key_is_documented(shortcut: Shortcut) -> None:
    keys = ", ".join(f"`{key}`" for key in shortcut.keys)
    page = (ROOT / "docs/keys.md").read_text("utf-8")
    part = page.partition(f"## {shortcut.where.value}\n")[2].partition("\n## ")[0]
    assert f"| {keys} | {shortcut.text} |" in part


@pytest.mark.parametrize("page", DOCS, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    for target in _LINK.findall(page.read_text("utf-8")):
        assert (page.parent / target).exists(), target
