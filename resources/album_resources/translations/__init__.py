"""What the window says in other languages than English.

One folder a language (`zh`), in it JSON files that each map an English text, as it stands in the
code, to its translation; they are read as one catalogue. A text that counts has one entry for its
singular and one for its plural.
"""

import json
from importlib.resources import files
from typing import Final

LANGUAGES: Final = {"en": "English", "zh": "简体中文"}
"""Codes of the languages we speak, with their own names."""


def catalogue(language: str) -> dict[str, str]:
    """Translations by English text; empty for English and for languages that we do not speak."""
    texts: dict[str, str] = {}
    if language not in LANGUAGES or language == "en":
        return texts
    folder = files(__package__).joinpath(language)
    for file in sorted(folder.iterdir(), key=lambda one: one.name):
        if file.name.endswith(".json"):
            texts |= json.loads(file.read_text(encoding="utf-8"))
    return texts
