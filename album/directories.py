"""Where Albumen keeps its things: library, settings, logs."""

import os
from pathlib import Path

from platformdirs import PlatformDirs

from album.errors import EnvironmentProblem, in_words


def default_library() -> Path:
    """The library when nobody names one: ALBUM_LIBRARY, or `library` in the user's data folder."""
    named = os.environ.get("ALBUM_LIBRARY")
    if named:
        return Path(named).expanduser().absolute()
    return _places().user_data_path / "library"


def make_library(directory: Path) -> None:
    """The folder of a library, for its user alone; EnvironmentProblem."""
    try:
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise EnvironmentProblem(
            f"The library {directory} cannot be made: {in_words(error)}.",
            advice="Check that you may write there, or name another place with --library.",
        ) from error


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
