"""What the user has set: typed, saved whole or not at all, tolerant of older and newer files."""

import json
import logging
import os
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

from album.errors import in_words
from album.listeners import Listeners
from album.notices import NoticeLevel, Notices

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings with their defaults.

    Attributes:
        language: `system`, `en`, `zh`.
        theme: `system`, `light`, `dark`.
        row_height_px: wanted height of a grid row.
        device: `auto`, `cpu`, `cuda`, `cuda:1`, `mps`: where networks run.
        thumbnail_budget_bytes: the cache of thumbnails is kept below it.
        wait_on_battery: looking at photos waits while the machine runs on its battery.
        packs: names of the model packs that look beside or instead of the built-in one, joined by
            commas; see album.analysis.packs.
        last_folder: where the folder dialog opens.
        last_saved: where a cut-out was saved last.
        window_geometry: opaque to everybody but the window (base64).
    """

    language: str = "system"
    theme: str = "system"
    row_height_px: int = 176
    sidebar_width_px: int = 236
    info_width_px: int = 300
    info_shown: bool = True
    device: str = "auto"
    thumbnail_budget_bytes: int = 8_000_000_000
    wait_on_battery: bool = True
    packs: str = ""
    last_folder: str = ""
    last_saved: str = ""
    window_geometry: str = ""


class SettingsStore:
    """The settings and the file they are kept in.

    Args:
        path: of the file, which need not exist; None: nothing is kept.
        notices: told when the file cannot be read or written.
    """

    def __init__(self, path: Path | None = None, notices: Notices | None = None) -> None:
        self._path = path
        self._notices = notices or Notices()
        self._lock = threading.Lock()
        self._listeners = Listeners[Settings]()
        self._own: dict[str, str | int | bool] = {}
        self._settings = self._load()

    @property
    def current(self) -> Settings:
        """The settings as they are now."""
        return self._settings

    def change(self, **values: str | int | bool) -> Settings:
        """Set these fields, save, tell the listeners; TypeError for a field that does not exist."""
        with self._lock:
            self._settings = replace(self._settings, **values)  # type: ignore[arg-type] # as fields
            self._own |= values
            settings = self._settings
            self._save()
        self._listeners.tell(settings)
        return settings

    def subscribe(self, listener: Callable[[Settings], None]) -> Callable[[], None]:
        """Call `listener` after each change; returns what ends it."""
        return self._listeners.add(listener)

    def _load(self) -> Settings:
        if self._path is None:
            return Settings()
        try:
            found = json.loads(self._path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return Settings()
        except (OSError, ValueError) as error:
            _log.info("settings at %s: %s", self._path, error)
            found = None
        if not isinstance(found, dict):
            self._notices.tell(
                NoticeLevel.WARNING,
                f"The settings in {self._path} cannot be read; the defaults are used.",
                advice="They are written anew at your next change.",
                replaces="settings",
            )
            return Settings()
        return self._typed(found)

    def _typed(self, found: dict[str, Any]) -> Settings:
        """Known fields of the right type."""
        defaults = Settings()
        values: dict[str, Any] = {}
        for field in fields(Settings):
            value = found.get(field.name)
            if type(value) is type(getattr(defaults, field.name)):
                values[field.name] = value
        return Settings(**values)

    def _others(self, path: Path) -> dict[str, Any]:
        """What the file says by now: another program, or a newer Albumen, may have changed it."""
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return found | asdict(self._typed(found)) if isinstance(found, dict) else {}

    def _save(self) -> None:
        if self._path is None:
            return
        whole = asdict(self._settings) | self._others(self._path) | self._own
        text = json.dumps(whole, indent=2, ensure_ascii=False)
        partial = self._path.with_name(f"{self._path.name}.{os.getpid()}.partial")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            partial.write_text(text + "\n", encoding="utf-8")
            partial.replace(self._path)
        except OSError as error:
            self._notices.tell(
                NoticeLevel.WARNING,
                f"The settings could not be saved to {self._path}: {in_words(error)}.",
                advice="They hold until Albumen is closed.",
                replaces="settings",
            )
