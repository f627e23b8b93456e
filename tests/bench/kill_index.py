"""Kills a process that indexes, at random moments, until nothing is left to index; then compares.

    python tests/bench/kill_index.py 20 --photos 400

The library in the end must equal the one of an undisturbed run, and every tag that was set by hand
between two kills must be there. Ends with 1 when it does not.
"""

import argparse
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from album.domain.tag import TagState
from album.testing import make_pictures
from album.testing.sessions import contents, ids_of, index, open_session, tags_of

INDEXER = """
import sys
from pathlib import Path
from album.testing.sessions import index, open_session
with open_session(Path(sys.argv[1])) as session:
    print("open", flush=True)
    index(session, Path(sys.argv[2]))
print("done", flush=True)
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kills", type=int, nargs="?", default=20)
    parser.add_argument("--photos", type=int, default=400)
    parser.add_argument("--seed", type=int, default=None)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        outcome = kill_and_compare(Path(place), options.kills, options.photos, options.seed)
    sys.stdout.write(f"{outcome}\n")
    return 0 if outcome.endswith("equal") else 1


def kill_and_compare(place: Path, kills: int, photos: int, seed: int | None = None) -> str:
    """What came of it, in a line; ends with `equal` when all is well."""
    chance = random.Random(seed)
    make_pictures(place / "pictures", photos, size=(640, 480))
    (place / "pictures" / "bad.jpg").write_bytes(b"no picture")
    began_s = time.monotonic()
    with open_session(place / "undisturbed") as session:
        index(session, place / "pictures")
    whole_s = time.monotonic() - began_s
    done, decided = 0, 0
    for number in range(kills):
        # Every fifth time before it has begun; else so that all kills together span the whole run.
        early = number % 5 == 4
        moment_s = chance.uniform(0, 0.4 if early else 2 * whole_s / kills)
        done += _run(place, moment_s, wait=not early)
        decided += _decide(place / "killed", f"by hand {number}")
    while not _run(place, None):
        pass
    missing = _missing(place / "killed", kills, decided)
    same = _machine_part(place / "killed") == _machine_part(place / "undisturbed")
    return (
        f"{kills} kills (of which {done} came after the end), {photos} photos, {decided} decisions,"
        f" {missing} of them missing: {'equal' if same and not missing else 'DIFFERENT'}"
    )


def _run(place: Path, kill_after_s: float | None, *, wait: bool = False) -> bool:
    """Index in a process; whether it came to its end.

    Args:
        kill_after_s: kill it so long after its start; None: let it end.
        wait: count from the moment when its library is open.
    """
    command = [sys.executable, "-c", INDEXER, str(place / "killed"), str(place / "pictures")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        if wait:
            process.stdout.readline()
        try:
            output, _ = process.communicate(timeout=kill_after_s)
        except subprocess.TimeoutExpired:
            process.kill()
            output, _ = process.communicate()
    return "done" in output


def _decide(library: Path, word: str) -> int:
    """Set a tag by hand on the photos that are there; how many."""
    if not (library / "library.db").exists():
        return 0
    with open_session(library, exclusive=False, analyse=False) as session:
        ids = ids_of(session)[:5]
        return len(session.decide(ids, word, TagState.MANUAL).result().ids)


def _missing(library: Path, kills: int, decided: int) -> int:
    """How many decisions the library has lost."""
    words = {f"by-hand-{number}" for number in range(kills)}
    with open_session(library, exclusive=False, analyse=False) as session:
        found = sum(
            slug in words and state is TagState.MANUAL
            for photo in ids_of(session)
            for slug, state in tags_of(session, photo).items()
        )
    return decided - found


def _machine_part(library: Path) -> dict[str, object]:
    """All but what was decided by hand."""
    found = contents(library)
    found["tags"] = [tag for tag in found["tags"] if tag[2] != TagState.MANUAL]
    return found


if __name__ == "__main__":
    sys.exit(main())
