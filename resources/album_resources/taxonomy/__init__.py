"""The tags that Albumen knows: one a line of `tags.csv`, parents by slug, synonyms by `; `."""

import csv
from importlib.resources import files
from typing import NamedTuple


class TagRow(NamedTuple):
    """One line of `tags.csv`.

    Attributes:
        slug: stable name, never renamed.
        facet: `scene`, `event`, `thing` or `style`.
        english, chinese: shown names; chinese may be empty.
        parent: slug of the next broader tag; empty for none.
        synonyms: other words that find it, English or Chinese.
    """

    slug: str
    facet: str
    english: str
    chinese: str
    parent: str
    synonyms: tuple[str, ...]


def tag_rows() -> list[TagRow]:
    """All known tags, in the order in which they are shown."""
    text = files(__package__).joinpath("tags.csv").read_text(encoding="utf-8")
    return [
        TagRow(
            row["slug"],
            row["facet"],
            row["english"],
            row["chinese"],
            row["parent"],
            tuple(word for word in row["synonyms"].split("; ") if word),
        )
        for row in csv.DictReader(text.splitlines())
    ]
