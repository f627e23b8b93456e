"""Which of the tags that a person gave do the photos have? Compares a folder with its labels.csv.

    python tests/bench/score_photos.py FOLDER [--library DIR] [--json]

`labels.csv` has the columns `file` and `tags` (words with blanks between them). Without `--library`
the photos are looked at as they are (`album recognise`); with it, what the library holds is taken
(`album show`). A label is hit when one of the tags that mean the same is among those of the photo.
"""

import argparse
import csv
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

MEANINGS = {
    "people": {"person", "portrait", "group", "crowd", "child", "baby"},
    "group": {"group", "crowd", "gathering"},
    "grass_field": {"field", "garden", "park", "farm", "grass"},
    "street_city": {"street", "city", "road"},
    "room": {"bedroom", "living-room", "kitchen", "dining-room", "bathroom", "indoor"},
    "lake_river": {"lake", "river"},
    "sea": {"sea", "coast"},
    "art": {"drawing", "painting", "statue"},
    "party_gathering": {"party", "gathering"},
    "concert_stage": {"concert", "stage", "performance"},
    "amusement_park": {"amusement-park"},
    "document_text": {"document", "receipt"},
    "baby": {"baby", "child"},
    "wildlife": {"wildlife", "bird", "fish", "insect", "big-cat"},
}
"""Tags that mean what a label says; a label that is not here means the tag of the same name."""

OUTSIDE = {"aerial", "bw"}
"""Labels about how a picture was taken: no scene, event or thing."""


def album_json(*words: str) -> list[dict[str, object]]:
    """What `album` answers in JSON; some files may have failed."""
    command = [sys.executable, "-m", "album", *words, "--json"]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode not in {0, 1}:
        sys.exit(done.returncode)
    found: list[dict[str, object]] = json.loads(done.stdout)
    return found


def tags_by_name(photos: Iterable[Mapping[str, object]]) -> dict[str, set[str]]:
    """The tags of each photo by the name of its file, rejected ones left out."""
    return {
        Path(str(photo["path"])).name: {
            str(tag["tag"]) for tag in list_of(photo["tags"]) if tag["state"] != "rejected"
        }
        for photo in photos
    }


def list_of(value: object) -> list[dict[str, object]]:
    """A JSON list of objects."""
    return value if isinstance(value, list) else []


def read_labels(folder: Path) -> dict[str, list[str]]:
    """The labels of each file."""
    with (folder / "labels.csv").open(newline="", encoding="utf-8") as stream:
        return {
            row["file"]: [word for word in row["tags"].split() if word not in OUTSIDE]
            for row in csv.DictReader(stream)
        }


def main() -> None:
    """Print hits, misses by label, and how many tags a photo has."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--library", type=Path)
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    labels = read_labels(chosen.folder)
    files = [str(chosen.folder / name) for name in labels]
    if chosen.library:
        found = tags_by_name(album_json("--library", str(chosen.library), "show", *files))
    else:
        found = tags_by_name(album_json("recognise", *files))
    hits: Counter[str] = Counter()
    asked: Counter[str] = Counter()
    missed: list[tuple[str, str, set[str]]] = []
    for name, words in labels.items():
        for word in words:
            asked[word] += 1
            if MEANINGS.get(word, {word}) & found.get(name, set()):
                hits[word] += 1
            else:
                missed.append((name, word, found.get(name, set())))
    total, hit = asked.total(), hits.total()
    per_photo = sum(map(len, found.values())) / max(1, len(found))
    if chosen.json:
        print(json.dumps({"labels": total, "hits": hit, "tags_per_photo": round(per_photo, 2)}))
        return
    for name, word, tags in missed:
        print(f"missed {word:<16} {name:<44} has {', '.join(sorted(tags)) or 'nothing'}")
    for word, count in asked.most_common():
        print(f"{word:<16} {hits[word]:>3} of {count:>3}")
    print(f"{hit} of {total} labels hit ({hit / max(1, total):.0%}); {per_photo:.1f} tags a photo")


if __name__ == "__main__":
    main()
