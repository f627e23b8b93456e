"""What several photos have in common: pure sums over their details."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from album.domain.photo import MediaKind, PhotoId
from album.domain.tag import TagState
from album.storage.rows import PhotoDetails
from album_ui import words
from album_ui.info.tags import ShownTag
from album_ui.words import tr

MOST_TAGS = 40


@dataclass(frozen=True, slots=True)
class CommonTag:
    """A tag that some of the photos have.

    Attributes:
        ids: the photos that have it.
        undecided: those of them on which it is only suggested.
    """

    slug: str
    ids: tuple[PhotoId, ...]
    undecided: tuple[PhotoId, ...]


def common_tags(photos: Iterable[PhotoDetails]) -> list[CommonTag]:
    """All tags of the photos, the most frequent first."""
    having: dict[str, list[PhotoId]] = {}
    undecided: dict[str, list[PhotoId]] = {}
    for photo in photos:
        for tag in photo.tags:
            if photo.id is not None:
                having.setdefault(tag.slug, []).append(photo.id)
                if tag.state is TagState.SUGGESTED:
                    undecided.setdefault(tag.slug, []).append(photo.id)
    ordered = sorted(having.items(), key=lambda one: (-len(one[1]), one[0]))
    return [
        CommonTag(slug, tuple(ids), tuple(undecided.get(slug, ())))
        for slug, ids in ordered[:MOST_TAGS]
    ]


def as_shown(tag: CommonTag, of: int, name: Callable[[str], str]) -> ShownTag:
    """How a common tag is shown: a suggestion as long as it is one on some photo."""
    state = TagState.SUGGESTED if tag.undecided else TagState.CONFIRMED
    everywhere = len(tag.ids) == of
    figures = tr("all") if everywhere else words.number(len(tag.ids))
    note = tr("on {n} of {all} photos", n=len(tag.ids), all=of)
    return ShownTag(tag.slug, name(tag.slug), state, note, figures)


def span(photos: Sequence[PhotoDetails]) -> str:
    """From when to when, and how many are videos."""
    days = sorted(datetime.fromisoformat(one.taken).date() for one in photos if one.taken)
    parts: list[str] = []
    if days:
        first, last = words.short_day(days[0]), words.short_day(days[-1])
        parts.append(first if first == last else f"{first} – {last}")
    videos = sum(one.kind is MediaKind.VIDEO for one in photos)
    if videos:
        parts.append(words.count("{n} video", "{n} videos", videos))
    return " · ".join(parts)
