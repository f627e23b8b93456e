"""Whole sets at their own size, and sets that no excerpt has, where their repositories stand.

SOURCES/miniplaces, intel, sports22, sports100, weather and voc are work trees of the repositories
that the card of the tagger names; below SOURCES/own stand those of which the excerpts are scaled
down; SOURCES/extra holds folders of pictures that were gathered for tags with few of them. The
split is by name, as for the excerpts.
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
_VOC: Final = Path("voc")
_OWN: Final = Path("own")
_OWN_SIZE: Final = ("flickr8k", "things")
_DEEPEST: Final = 4
"""So many folders and the file's name are what an excerpt calls a picture."""
_HELD_OUT_PERCENT: Final = {"extra": 40, "voc": 30}
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


class OwnSizeSet(PictureSet):
    """An excerpt's pictures at their own size, where they are there; labels and split are its own.

    Sports were the only sharp pictures, so that whatever was sharp was sports and people.
    """

    def __init__(self, data: Path, sources: Path, name: str) -> None:
        super().__init__(data, name)
        self._files = _by_endings(sources / _OWN)

    def picture(self, entry: Entry) -> Image.Image:
        """The decoded picture, the excerpt's where no other is there."""
        file = self._files.get(Path(entry.name).stem)
        return super().picture(entry) if file is None else _open(file)


class BoxedSet(PictureSet):
    """Photos of everyday life in which every bus, car, cat, person and train is boxed.

    A part of PASCAL VOC 2007. `boxes` of an entry: the share of the picture that each kind covers.
    """

    def __init__(self, sources: Path) -> None:
        self.name = "voc"
        root = sources / _VOC
        self._files = {file.stem: file for file in sorted((root / "JPEGImages").glob("*.jpg"))}
        told = {file.stem: file for file in (root / "HandledText" / "initTxt").glob("*.txt")}
        self.entries = tuple(
            Entry(stem, {"boxes": _covered(file, told[stem])}, _held_out(stem, "voc"))
            for stem, file in self._files.items()
            if stem in told
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
    sets: list[PictureSet] = []
    for name in SETS:
        if sources is not None and name in wanted and (sources / _WHOLE[name]).is_dir():
            sets.append(WholeSet(data, sources, name))
        elif sources is not None and name in _OWN_SIZE and (sources / _OWN).is_dir():
            sets.append(OwnSizeSet(data, sources, name))
        else:
            sets.append(PictureSet(data, name))
    if sources is not None:
        if (sources / _VOC).is_dir():
            sets.append(BoxedSet(sources))
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


def _by_endings(root: Path) -> dict[str, Path]:
    """Files by their names and those of up to `_DEEPEST` folders above: `roses-12345`."""
    found: dict[str, Path] = {}
    for file in sorted(root.rglob("*")):
        if file.suffix.lower() in _PICTURES:
            parts = (*file.relative_to(root).parts[:-1], file.stem)
            for number in range(1, min(_DEEPEST, len(parts)) + 1):
                found.setdefault("-".join(parts[-number:]), file)
    return found


def _covered(picture: Path, boxes: Path) -> str:
    """`car 0.31|person 0.02`: of each kind the largest box, as a share of the picture."""
    with Image.open(picture) as image:
        area = image.width * image.height
    largest: dict[str, float] = {}
    for line in boxes.read_text(encoding="utf-8").splitlines():
        kind, *corners = line.split() or [""]
        if len(corners) == 4:
            left, top, right, bottom = map(float, corners)
            share = (right - left) * (bottom - top) / area
            largest[kind] = max(largest.get(kind, 0.0), share)
    return "|".join(f"{kind} {share:.4f}" for kind, share in sorted(largest.items()))


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
