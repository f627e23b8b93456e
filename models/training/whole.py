"""Whole sets at their own size, and sets that no excerpt has, where their repositories stand.

SOURCES/miniplaces, intel, sports22, sports100 and weather are work trees of the repositories that
the card of the tagger names; SOURCES/extra holds folders of pictures that were
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
    from collections.abc import Collection, Iterable, Mapping

_WHOLE: Final = {
    "miniplaces": Path("miniplaces/data/images/train"),
    "intel": Path("intel/train"),
    "sports22": Path("sports22/data"),
}
_TOO_SMALL: Final = frozenset({"sports22"})
"""Excerpts of 144 px, too small for rackets and clubs, which photos show."""
_FOLDERS: Final = {
    "weather": Path("weather/dataset"),
    "sports100": Path("sports100/sports-classifier-data"),
    "extra": Path("extra"),
}
DOUBLES: Final = Path(__file__).with_name("doubles.csv")
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
        files = _named(root)
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

    `weather`: clouds, fog, rain, sun and sunsets. `sports100`: a hundred sports, without what
    `doubles` found again among the examination and held-out pictures of sports22. `extra`: what was
    gathered, a folder a tag.
    """

    def __init__(self, sources: Path, name: str, doubles: Collection[str] | None = None) -> None:
        self.name = name
        if doubles is None:
            doubles = frozenset(DOUBLES.read_text(encoding="utf-8").splitlines())
        files = {f"{name}/{key}": file for key, file in _named(sources / _FOLDERS[name]).items()}
        files = {key: file for key, file in files.items() if key not in doubles and _opens(file)}
        self._files = _apart(files, (), name)
        self.entries = tuple(
            Entry(key, _said(name, self._files[key].parent.name), _held_out(key, name))
            for key in sorted(self._files)
        )

    def picture(self, entry: Entry) -> Image.Image:
        """The decoded picture at its own size."""
        return _open(self._files[entry.name])


def _said(name: str, label: str) -> dict[str, str]:
    """What the folder of a picture says."""
    row = {"set": name, "label": label}
    return {**row, "sport": label} if name == "sports100" else row


def picture_sets(data: Path, sources: Path | None, *, whole: bool = True) -> list[PictureSet]:
    """All sets.

    Args:
        data: folder of the excerpts.
        sources: folder of the work trees; None: excerpts alone.
        whole: the whole sets instead of their excerpts, where they are there; else only those
            whose excerpts are too small.
    """
    wanted = _WHOLE if whole else _TOO_SMALL
    sets: list[PictureSet] = [
        WholeSet(data, sources, name)
        if sources is not None and name in wanted and (sources / _WHOLE[name]).is_dir()
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


def sports_files(sources: Path) -> dict[str, Path]:
    """All pictures of sports22 by their names, those of the examination among them."""
    return _named(sources / _WHOLE["sports22"])


def _named(root: Path) -> dict[str, Path]:
    files = (file for file in sorted(root.rglob("*")) if file.suffix.lower() in _PICTURES)
    return {_name(file, root): file for file in files}


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
