"""Which packs look at photos: the setting `packs`, names joined by commas, one a capability."""

from collections.abc import Callable

from album.analysis.packs.pack import Pack
from album.analysis.packs.shelf import Shelf
from album.directories import models_directory

BASIC = "basic"
"""The built-in pack, which is used for all that no other one was chosen for."""


def names_of(setting: str) -> list[str]:
    """The names in the setting `packs`."""
    return [name for name in setting.split(",") if name]


def chosen_packs(setting: str) -> list[Pack]:
    """The packs of the setting; PackProblem when one of them is not installed."""
    shelf = Shelf(models_directory())
    return [shelf.installed(name) for name in names_of(setting)]


def with_choice(setting: str, pack: Pack, find: Callable[[str], Pack | None]) -> str:
    """The setting once this pack is used for its capability; the built-in pack takes all back.

    Args:
        setting: as it is.
        pack: what is chosen.
        find: an installed pack by its name; None where it is gone.
    """
    if pack.builtin:
        return ""
    others = (find(name) for name in names_of(setting))
    kept = [one.name for one in others if one and one.capability is not pack.capability]
    return ",".join([*kept, pack.name])
