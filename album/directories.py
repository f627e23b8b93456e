"""Where Albumen keeps its things: library, settings, logs."""

import os
from pathlib import Path

from platformdirs import PlatformDirs


def default_library() -> Path:
    """The library when nobody names one: ALBUM_LIBRARY, or `library` in the user's data folder."""
    named = os.environ.get("ALBUM_LIBRARY")
    if named:
        return Path(named).expanduser().absolute()
    return _places().user_data_path / "library"


def settings_path() -> Path:
    """The user's settings file."""
    return _places().user_config_path / "settings.json"


def log_directory() -> Path:
    """Where logs and crash reports go."""
    return _places().user_log_path


def models_directory() -> Path:
    """Where model packs lie that were added to the built-in one."""
    return _places().user_data_path / "models"


def _places() -> PlatformDirs:
    return PlatformDirs("albumen", appauthor=False)
