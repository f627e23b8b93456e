"""Whole sets at their own size, and sets that no excerpt has, where their repositories stand.

SOURCES/miniplaces, SOURCES/intel, SOURCES/sports22 and SOURCES/weather are work trees of the
repositories that the card of the tagger names; SOURCES/extra holds folders of pictures that were
gathered for tags with few of them. The split is by name, as for the excerpts.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PIL import Image

from training.pictures import (
    HELD_OUT_PERCENT,
    SETS,
    Entry,
    PictureSet,
    examination,
    held_out,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_WHOLE: Final = {
    "miniplaces": Path("miniplaces/data/images/train"),
    "intel": Path("intel/train"),
    "sports22": Path("sports22/data"),
}
_FOLDERS: Final = {"weather": Path("weather/dataset"), "extra": Path("extra")}
_HELD_OUT_PERCENT: Final = {"extra": 40}
"""Of tags with few pictures nearly as many are needed to judge by as to learn from."""
_OF_ONE_PLACE: Final = frozenset({"bus", "train"})
"""Gathered folders whose pictures all come from one place, and from many cameras there."""
_PICTURES: Final = frozenset({".jpg", ".jpeg", ".png"})


class WholeSet(PictureSet):
    """All of one set: the excerpt's folders and checked labels, everybody's pictures.

    Doubles of examination pictures are left out, and doubles of held-out pictures do not train.
    """

    def __init__(self, data: Path, sources: Path, name: str) -> None:
        super().__init__(data, name)
        root = sources / _WHOLE[name]
        folders = {entry.name.rpartition("/")[0] for entry in self.entries}
        files = {_name(file, root): file for file in _files(root)}
        files = {key: file for key, file in files.items() if key.rpartition("/")[0] in folders}
        never = examination(data) if name == "sports22" else frozenset()
        self._files = _apart(files, never)
        column = "sport" if name == "sports22" else "scene"
        self.entries = tuple(
            Entry(key, {"file": key, column: key.rpartition("/")[0]}, _held_out(key))
            for key in sorted(self._files)
        )

    def picture(self, entry: Entry) -> Image.Image:
        """The decoded picture at its own size."""
        return _open(self._files[entry.name])


class FolderSet(PictureSet):
    """Pictures in folders that say what they show: a set without an excerpt.

    `weather`: clouds, fog, rain, sun and sunsets. `extra`: what was gathered, a folder a tag.
    """

    def __init__(self, sources: Path, name: str) -> None:
        self.name = name
        root = sources / _FOLDERS[name]
        files = {f"{name}/{_name(file, root)}": file for file in _files(root)}
        self._files = _apart({key: file for key, file in files.items() if _opens(file)}, (), name)
        self.entries = tuple(
            Entry(key, {"set": name, "label": key.split("/")[1]}, _held_out(key, name))
            for key in sorted(self._files)
        )

    def picture(self, entry: Entry) -> Image.Image:
        """The decoded picture at its own size."""
        return _open(self._files[entry.name])


def picture_sets(data: Path, sources: Path | None, *, whole: bool = True) -> list[PictureSet]:
    """All sets.

    Args:
        data: folder of the excerpts.
        sources: folder of the work trees; None: excerpts alone.
        whole: the whole sets instead of their excerpts, where they are there.
    """
    sets: list[PictureSet] = [
        WholeSet(data, sources, name)
        if whole and sources is not None and name in _WHOLE and (sources / _WHOLE[name]).is_dir()
        else PictureSet(data, name)
        for name in SETS
    ]
    if sources is not None:
        there = [name for name, place in _FOLDERS.items() if (sources / place).is_dir()]
        sets += [FolderSet(sources, name) for name in there]
    return sets


def _held_out(key: str, name: str = "") -> bool:
    """By the name; what was gathered from one place (`PLACE__NUMBER`) stays on one side."""
    if name == "extra" and key.split("/")[1] not in _OF_ONE_PLACE:
        key = key.partition("__")[0]
    return held_out(key.replace("/", "-"), _HELD_OUT_PERCENT.get(name, HELD_OUT_PERCENT))


def _apart(files: Mapping[str, Path], never: Iterable[str], name: str = "") -> dict[str, Path]:
    """Without pictures that are not to be looked at, and doubles across the split."""
    barred = frozenset(never)
    contents = {key: hashlib.sha256(file.read_bytes()).digest() for key, file in files.items()}
    forbidden = {content for key, content in contents.items() if key in barred}
    tested = {content for key, content in contents.items() if _held_out(key, name)}
    return {
        key: file
        for key, file in files.items()
        if contents[key] not in forbidden and (_held_out(key, name) or contents[key] not in tested)
    }


def _files(root: Path) -> Iterable[Path]:
    return (file for file in sorted(root.rglob("*")) if file.suffix.lower() in _PICTURES)


def _name(file: Path, root: Path) -> str:
    """As the excerpt calls it: `market_outdoor/00000001.avif` for m/market/outdoor/00000001.jpg."""
    folders = [part for part in file.relative_to(root).parts[:-1] if len(part) > 1]
    return f"{'_'.join(folders)}/{file.stem}.avif"


def _opens(file: Path) -> bool:
    """Whether it is a picture at all: some files are mere pointers to one."""
    try:
        with Image.open(file):
            return True
    except OSError:
        return False


def _open(file: Path) -> Image.Image:
    with Image.open(file) as image:
        image.draft("RGB", (256, 256))
        return image.convert("RGB")
