"""`make docs`: writes docs/keys.md from the window's own table of keys."""

from itertools import groupby
from pathlib import Path

from album_ui.shortcuts import TABLE, Shortcut, Where

PAGE = Path(__file__).resolve().parent.parent / "docs/keys.md"

HEAD = """\
# Keys

Everything that the window can do, the keyboard can do. In the window, `?` shows this list
in the keys of your system.
"""


def part(where: Where, entries: list[Shortcut]) -> str:
    """The keys that work in one place, as a table."""
    rows = [
        f"| {', '.join(f'`{key}`' for key in entry.keys)} | {entry.text} |" for entry in entries
    ]
    return "\n".join(["", f"## {where.value}", "", "| key | does |", "|---|---|", *rows, ""])


def main() -> None:
    """Write the page."""
    order = list(Where)
    table = sorted(TABLE, key=lambda entry: order.index(entry.where))
    parts = [
        part(where, list(entries)) for where, entries in groupby(table, lambda entry: entry.where)
    ]
    PAGE.write_text(HEAD + "".join(parts), "utf-8")
    print(f"docs/{PAGE.name}: {len(table)} entries")


if __name__ == "__main__":
    main()
