"""One photo as text: what `show` and `recognise` say of it."""

from typing import Any

from album.cli.output import print_table, printable, say


def say_photo(photo: dict[str, Any]) -> None:
    """Say what the JSON of `show` holds, most telling things first."""
    say(printable(photo["path"] or "its files are gone"))
    facts = [
        ("size", f"{photo['width']:,} x {photo['height']:,} px" if photo["width"] else None),
        ("taken", photo["taken"]),
        ("camera", " · ".join(one for one in (photo["camera"], photo["lens"]) if one)),
        ("place", "{:.5f}, {:.5f}".format(*photo["gps"]) if photo["gps"] else None),
        ("title", photo["title"]),
        ("rating", None if photo["rating"] is None else str(photo["rating"])),
        ("colours", ", ".join(f"{c['name']} {c['share']:.0%}" for c in photo["colours"])),
        ("style", ", ".join(f"{s['name']} {s['score']:.2f}" for s in photo["style"])),
        ("quality", _quality(photo["quality"])),
        ("keywords", ", ".join(photo.get("keywords", ()))),
    ]
    print_table(("   ", name, printable(text)) for name, text in facts if text)
    say_tags(photo["tags"])
    say()


def say_tags(tags: list[dict[str, Any]]) -> None:
    """A line a tag: its facet, name, score, and whose word it is."""
    if tags:
        print_table(
            (
                "   ",
                tag["facet"],
                printable(tag["tag"]),
                "" if tag["score"] is None else f"{tag['score']:.2f}",
                tag["state"],
            )
            for tag in tags
        )


def _quality(quality: dict[str, float] | None) -> str | None:
    if quality is None:
        return None
    parts = ", ".join(f"{name} {value:.2f}" for name, value in quality.items() if name != "score")
    return f"{quality['score']:.2f} ({parts})"
