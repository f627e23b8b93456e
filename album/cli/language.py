"""The language of what is said of photos: that of the settings, else that of the system.

Tags, facets and the words of their tables are in the user's language; messages are English, as the
options are.
"""

import os
import sys
from functools import cache
from typing import TYPE_CHECKING

from album.cli.library import user_settings
from album_resources.translations import LANGUAGES, catalogue

if TYPE_CHECKING:
    from album.domain.taxonomy import Taxonomy


def system_language() -> str:
    """The code of the system's language where we speak it, else `en`.

    As gettext has it: the first of LC_ALL, LC_MESSAGES, LANG that is set, before which LANGUAGE
    goes where that is not C; on Windows the language of its own windows.
    """
    names = (os.environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    said = next(filter(None, names), "")
    if said.partition(".")[0] not in {"", "C", "POSIX"} and os.environ.get("LANGUAGE"):
        said = os.environ["LANGUAGE"]
    if not said and sys.platform == "win32":
        import ctypes  # only there, and every start of the command would wait for them
        import locale

        said = locale.windows_locale.get(ctypes.windll.kernel32.GetUserDefaultUILanguage(), "")
    wanted = (one.replace("-", "_").partition("_")[0].lower() for one in said.split(":"))
    return next((code for code in wanted if code in LANGUAGES), "en")


@cache
def language() -> str:
    """The code of the language in which this run of the command speaks of photos."""
    wanted = user_settings().current.language
    return wanted if wanted in LANGUAGES else system_language()


def word(text: str, **values: object) -> str:
    """A word of a table (a facet, a state, how certain), as the window says it, too."""
    spoken = _catalogue(language()).get(text, text)
    return spoken.format(**values) if values else spoken


@cache
def _catalogue(code: str) -> dict[str, str]:
    return catalogue(code)


def name_of(slug: str, taxonomy: "Taxonomy") -> str:
    """A tag as it is shown; its own words where the taxonomy does not know it."""
    return taxonomy.name(slug, language())


def colour_name(slug: str) -> str:
    """A colour as it is shown."""
    from album.domain.colours import COLOURS

    return COLOURS.name(slug, language())
