"""What the window says in other languages than English.

One folder a language (`zh`), in it JSON files that each map an English text, as it stands in the
code, to its translation; they are read as one catalogue. A text that counts has one entry for its
singular and one for its plural.

`told.json` holds what comes from below the window: reasons, advice, notices. The core says them in
English, and writes them into the library; the window finds them with their gaps (`{}`) filled.
"""

import json
from importlib.resources import files
from typing import Final

_TOLD: Final = "told.json"
LANGUAGES: Final = {"en": "English", "zh": "简体中文"}
"""Codes of the languages we speak, with their own names."""


def catalogue(language: str) -> dict[str, str]:
    """Translations by English text; empty for English and for languages that we do not speak."""
    texts: dict[str, str] = {}
    if language not in LANGUAGES or language == "en":
        return texts
    folder = files(__package__).joinpath(language)
    for file in sorted(folder.iterdir(), key=lambda one: one.name):
        if file.name.endswith(".json") and file.name != _TOLD:
            texts |= json.loads(file.read_text(encoding="utf-8"))
    return texts


def told(language: str) -> dict[str, str]:
    """Translations of what the program below the window says; `{}` stands for what was filled in.

    Empty for English and for languages that we do not speak.
    """
    if language not in LANGUAGES or language == "en":
        return {}
    file = files(__package__).joinpath(language, _TOLD)
    texts: dict[str, str] = json.loads(file.read_text(encoding="utf-8"))
    return texts
