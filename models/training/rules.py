"""Which training pictures say yes, no, or nothing about which tag: `rules.toml`, applied.

A set that does not say whether a tag is present says nothing: such pictures are left out of that
tag's loss.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from training.pictures import PictureSet

YES: Final = 1
NO: Final = 0
UNKNOWN: Final = -1
_LARGE: Final = 0.02
"""Share of the picture that the largest box of a kind covers where it says yes."""
_REGION_TAGS: Final = {"sky": (1,), "snow": (9,), "building": (10,), "person": (11,)}
_VERIFIED: Final = ("sunset", "night")


@dataclass(frozen=True, slots=True)
class Rule:
    """What says yes to one tag.

    Attributes:
        places: MiniPlaces folders that show it.
        with_people: MiniPlaces folders that show it where people are seen, else say nothing.
        maybe: MiniPlaces folders that say nothing.
        not_places: MiniPlaces folders that say no, whatever the default.
        place_default: whether the other MiniPlaces folders, Intel and `things` say no.
        words: regular expression; two of five captions that match say yes, one says nothing.
        not_words: regular expression; two of five matches say no where `words` is silent.
        absent: whether five captions without a match say no.
        sports, intel: folders that show it.
        sports100: folders of the hundred sports that show it; the others say no, but for those of
            `sports100_maybe`. Without either that set says nothing.
        things: SET:LABEL (or its beginning) of `things-and-styles` that show it.
        quiet: sets, folders or SET:LABEL that say nothing; `all`: everything but captions.
        weather, not_weather: folders of the weather set that show it, or that do not.
        extra: folders of gathered pictures that show it; the others say no, but for those of
            `extra_maybe` and of those that may show anything (`_ANYTHING`).
        extra_no: folders of gathered pictures that do not show it.
        boxes: kinds that are boxed wherever they are (VOC): a large one says yes, none at all no.
        objects: what a detector must see, `dog` or `person + skateboard`, each of which says yes;
            unless `objects_few`, where it sees none it says no.
        people: how many people a detector must see. face: how tall the only face must be, as a
            share of the picture's height.
    """

    places: list[str] = field(default_factory=list)
    with_people: list[str] = field(default_factory=list)
    maybe: list[str] = field(default_factory=list)
    not_places: list[str] = field(default_factory=list)
    place_default: bool = True
    words: str = ""
    not_words: str = ""
    absent: bool = True
    sports: list[str] = field(default_factory=list)
    sports100: list[str] = field(default_factory=list)
    sports100_maybe: list[str] = field(default_factory=list)
    intel: list[str] = field(default_factory=list)
    things: list[str] = field(default_factory=list)
    quiet: list[str] = field(default_factory=list)
    weather: list[str] = field(default_factory=list)
    not_weather: list[str] = field(default_factory=list)
    extra: list[str] = field(default_factory=list)
    extra_maybe: list[str] = field(default_factory=list)
    extra_no: list[str] = field(default_factory=list)
    boxes: list[str] = field(default_factory=list)
    objects: list[str] = field(default_factory=list)
    objects_few: bool = False
    people: int = 0
    face: float = 0.0


_ANYTHING = ("family", "crowd", "travel")
"""Gathered folders of people, wherever they are and whatever they do."""


def load_rules() -> dict[str, Rule]:
    """The rules by tag, in the order of the file."""
    text = Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")
    return {tag: Rule(**keys) for tag, keys in tomllib.loads(text).items()}


def labels(pictures: PictureSet, rules: dict[str, Rule]) -> NDArray[np.int8]:
    """YES, NO or UNKNOWN for each picture and tag, shape (pictures, tags)."""
    judge = {
        "flickr8k": _captions,
        "things": _things,
        "sports22": _sports,
        "sports100": _hundred_sports,
        "intel": _intel,
        "regions": _regions,
        "miniplaces": _places,
        "weather": _weather,
        "extra": _extra,
        "voc": _boxes,
    }[pictures.name]
    return np.stack([judge(pictures, tag, rule) for tag, rule in rules.items()], axis=1)


def _column(words: Sequence[str], yes: list[str], quiet: list[str], other: int) -> NDArray[np.int8]:
    """Each word judged by the beginnings that say yes, then by those that say nothing."""
    answers = {
        word: YES if _begins(word, yes) else UNKNOWN if _begins(word, quiet) else other
        for word in set(words)
    }
    return np.array([answers[word] for word in words], np.int8)


def _begins(word: str, beginnings: list[str]) -> bool:
    return any(word.startswith(beginning) for beginning in beginnings)


def _captions(pictures: PictureSet, tag: str, rule: Rule) -> NDArray[np.int8]:
    del tag
    if not rule.words:
        return np.full(len(pictures.entries), UNKNOWN, np.int8)
    return np.array(
        [_told(entry.row["captions"].lower(), rule) for entry in pictures.entries], np.int8
    )


def _told(captions: str, rule: Rule) -> int:
    """What five captions say, `|` between them."""
    told = captions.split("|")
    said = sum(re.search(rule.words, caption) is not None for caption in told)
    if said:
        return YES if said >= 2 else UNKNOWN
    if (
        rule.not_words
        and sum(re.search(rule.not_words, caption) is not None for caption in told) >= 2
    ):
        return NO
    return NO if rule.absent else UNKNOWN


def _things(pictures: PictureSet, tag: str, rule: Rule) -> NDArray[np.int8]:
    del tag
    words = [f"{entry.row['set']}:{entry.row['label']}" for entry in pictures.entries]
    other = UNKNOWN if rule.quiet == ["all"] else NO
    return _column(words, rule.things, rule.quiet, other)


def _weather(pictures: PictureSet, tag: str, rule: Rule) -> NDArray[np.int8]:
    del tag
    said = {**dict.fromkeys(rule.weather, YES), **dict.fromkeys(rule.not_weather, NO)}
    return np.array([said.get(entry.row["label"], UNKNOWN) for entry in pictures.entries], np.int8)


def _extra(pictures: PictureSet, tag: str, rule: Rule) -> NDArray[np.int8]:
    del tag
    said = {
        **dict.fromkeys((*rule.extra_maybe, *_ANYTHING), UNKNOWN),
        **dict.fromkeys(rule.extra_no, NO),
        **dict.fromkeys(rule.extra, YES),
    }
    other = NO if rule.extra else UNKNOWN
    return np.array([said.get(entry.row["label"], other) for entry in pictures.entries], np.int8)


def _boxes(pictures: PictureSet, tag: str, rule: Rule) -> NDArray[np.int8]:
    del tag
    return np.array([_boxed(entry.row["boxes"], rule.boxes) for entry in pictures.entries], np.int8)


def _boxed(told: str, kinds: list[str]) -> int:
    """What the boxes of one picture, `car 0.31|person 0.02`, say of some kinds."""
    shares = {
        kind: float(share)
        for kind, _, share in (one.partition(" ") for one in told.split("|") if one)
    }
    if not kinds:
        return UNKNOWN
    there = [shares[kind] for kind in kinds if kind in shares]
    if not there:
        return NO
    return YES if max(there) >= _LARGE else UNKNOWN


def _sports(pictures: PictureSet, tag: str, rule: Rule) -> NDArray[np.int8]:
    del tag
    words = [entry.row["sport"] for entry in pictures.entries]
    quiet = {"all", "sports22"} & set(rule.quiet)
    chosen = [name for name in rule.sports if name in set(words)]
    answers = {
        w: YES if w in chosen else UNKNOWN if quiet or w in rule.quiet else NO for w in words
    }
    return np.array([answers[word] for word in words], np.int8)


def _hundred_sports(pictures: PictureSet, tag: str, rule: Rule) -> NDArray[np.int8]:
    del tag
    said = {
        **dict.fromkeys(rule.sports100_maybe, UNKNOWN),
        **dict.fromkeys(rule.sports100, YES),
    }
    other = NO if rule.sports100 or rule.sports100_maybe else UNKNOWN
    return np.array([said.get(entry.row["label"], other) for entry in pictures.entries], np.int8)


def _intel(pictures: PictureSet, tag: str, rule: Rule) -> NDArray[np.int8]:
    del tag
    words = [entry.row["scene"] for entry in pictures.entries]
    quiet = {"all", "intel"} & set(rule.quiet)
    other = UNKNOWN if quiet or not rule.place_default else NO
    return _column(words, rule.intel, rule.quiet, other)


def _places(pictures: PictureSet, tag: str, rule: Rule) -> NDArray[np.int8]:
    answers = {entry.row["scene"]: _place(entry.row["scene"], rule) for entry in pictures.entries}
    column = np.array([answers[entry.row["scene"]] for entry in pictures.entries], np.int8)
    if tag in _VERIFIED:
        checked = {row["file"]: int(row[tag]) for row in pictures.table(f"{tag}.csv")}
        for number, entry in enumerate(pictures.entries):
            column[number] = checked.get(entry.name, UNKNOWN)
    return column


def _place(scene: str, rule: Rule) -> int:
    if scene in rule.places:
        return YES
    if scene in rule.not_places:
        return NO
    if scene in (*rule.maybe, *rule.with_people):
        return UNKNOWN
    return NO if rule.place_default else UNKNOWN


def _regions(pictures: PictureSet, tag: str, rule: Rule) -> NDArray[np.int8]:
    """There from 5 % of the picture on, absent where none of it is drawn."""
    del rule
    column = np.full(len(pictures.entries), UNKNOWN, np.int8)
    if tag not in _REGION_TAGS:
        return column
    for number, entry in enumerate(pictures.entries):
        mask = pictures.mask(entry)
        share = float(np.isin(mask, _REGION_TAGS[tag]).mean())
        drawn = float((mask > 0).mean())
        if share >= 0.05:
            column[number] = YES
        elif share == 0 and drawn > 0.7:
            column[number] = NO
    return column
