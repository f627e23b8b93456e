"""One photo as text: what `show` and `recognise` say of it."""

from typing import TYPE_CHECKING, Any

from album.cli.language import colour_name, name_of, word
from album.cli.output import print_table, printable, say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from album.domain.taxonomy import Taxonomy


def say_photo(
    photo: dict[str, Any], taxonomy: "Taxonomy", own: "Mapping[str, str] | None" = None
) -> None:
    """Say what the JSON of `show` holds, most telling things first.

    Args:
        photo: the JSON.
        taxonomy: has the names of the tags that everybody has.
        own: names of others, by slug.
    """
    colours = [(colour_name(one["name"]), one["share"]) for one in photo["colours"]]
    styles = [(name_of(one["name"], taxonomy), one["score"]) for one in photo["style"]]
    say(printable(photo["path"] or "its files are gone"))
    facts = [
        ("size", f"{photo['width']:,} x {photo['height']:,} px" if photo["width"] else None),
        ("taken", photo["taken"]),
        ("camera", " · ".join(one for one in (photo["camera"], photo["lens"]) if one)),
        ("place", "{:.5f}, {:.5f}".format(*photo["gps"]) if photo["gps"] else None),
        ("title", photo["title"]),
        ("rating", None if photo["rating"] is None else str(photo["rating"])),
        ("colours", ", ".join(f"{name} {share:.0%}" for name, share in colours)),
        ("style", ", ".join(f"{name} {score:.2f}" for name, score in styles)),
        ("quality", _quality(photo["quality"])),
        ("keywords", ", ".join(photo.get("keywords", ()))),
    ]
    print_table(("   ", word(name), printable(text)) for name, text in facts if text)
    say_tags(photo["tags"], taxonomy, own)
    say()


def say_tags(
    tags: list[dict[str, Any]], taxonomy: "Taxonomy", own: "Mapping[str, str] | None" = None
) -> None:
    """A line a tag: its facet, name, score, how certain it is, and whose word it is."""
    if tags:
        print_table(
            (
                "   ",
                word(tag["facet"]),
                printable((own or {}).get(tag["tag"]) or name_of(tag["tag"], taxonomy)),
                "" if tag["score"] is None else f"{tag['score']:.2f}",
                word(tag["certainty"] or ""),
                word(tag["state"] or "below its threshold"),
            )
            for tag in tags
        )


def _quality(quality: dict[str, float] | None) -> str | None:
    if quality is None:
        return None
    parts = ", ".join(
        f"{word(name)} {value:.2f}" for name, value in quality.items() if name != "score"
    )
    return f"{quality['score']:.2f} ({parts})"
