"""`album models` from installing to removing, on a real library with a real small network."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import torch

from album.analysis.packs import Capability, NetworkSpec, Pack, PackFile, manifest_text
from album.directories import models_directory, settings_path
from album.testing.pictures import PAINTS
from album_models.packs import classifier
from album_models.packs.labels import read_labels

Album = Callable[..., Any]

SPEC = NetworkSpec("torchvision-classifier", "shufflenet_v2_x0_5", "places365", 64)


def write_pack(folder: Path, tag: str, name: str = "small") -> Path:
    """A manifest with a checkpoint beside it, of a network that sees this tag everywhere."""
    folder.mkdir(parents=True, exist_ok=True)
    state = classifier.build(SPEC).state_dict()
    place = next(n for n, slugs in enumerate(read_labels("places365").slugs) if slugs == (tag,))
    state["fc.bias"][place] = 40.0
    torch.save(state, folder / f"{name}.pth")
    files = (PackFile(folder / f"{name}.pth", 0, ""),)
    pack = Pack(name, "1", "MIT", "a test", files, Capability.SCENES, SPEC, builtin=False)
    (folder / f"{name}.toml").write_text(manifest_text(pack), "utf-8")
    return folder / f"{name}.toml"


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    return write_pack(tmp_path / "pack", "kitchen")


def tags_in(library: Path) -> dict[tuple[str, str], str]:
    """All rows of tags, by photo and tag: state and model."""
    with closing(sqlite3.connect(library / "library.db")) as connection:
        rows = connection.execute(
            "SELECT photo_id, slug, state || ' ' || coalesce(model, '') FROM photo_tag"
            " JOIN tag ON tag.id = tag_id WHERE facet IN ('scene', 'event', 'thing')"
        )
        return {(str(photo), slug): text for photo, slug, text in rows}


def decided(library: Path) -> dict[tuple[str, str], str]:
    rows = tags_in(library).items()
    return {key: text.split()[0] for key, text in rows if not text.startswith("suggested")}


def test_a_pack_that_is_put_to_use_looks_again_and_touches_no_decision(
    album: Album, photos: Path, manifest: Path, tmp_path: Path
) -> None:
    library = tmp_path / "library"
    assert album("index", photos).code == 0
    first, second, third = sorted(photos.rglob("*.jpg"))[:3]
    own = next(tag for tag in PAINTS if tag != "kitchen")
    assert album("tag", first, "-kitchen").code == 0
    assert album("tag", second, "+kitchen", f"-{own}").code == 0
    assert album("tag", third, "+grandma").code == 0
    before, human = tags_in(library), decided(library)
    assert len(human) == 3

    assert album("models", "install", manifest).code == 0
    assert album("index", "--json").json["analysed"] == 0
    used = album("models", "use", "small")
    assert (used.code, used.out) == (0, "small is in use\n")
    assert "not calibrated" in used.err
    assert album("status", "--json").json["jobs"]["pending"] == 0
    answer = album("index", "--json")
    assert (answer.code, answer.json["analysed"]) == (0, 14)

    seen = tags_in(library)
    suggested = [key for key, text in seen.items() if "scenes@small-1-" in text]
    assert {slug for _, slug in suggested} == {"kitchen", "indoor"}
    assert sum(seen[key].startswith("suggested") for key in suggested) == 14 + 12
    assert decided(library) == human
    assert "signature" in album("jobs", "--state", "done", "--json").out

    assert album("models", "use", "basic").code == 0
    assert album("index", "--json").json["analysed"] == 14
    after = tags_in(library)
    assert {key for key, text in after.items() if text.startswith("suggested")} == {
        key for key, text in before.items() if text.startswith("suggested")
    }
    assert decided(library) == human


def test_recognise_looks_with_the_pack(
    album: Album, photos: Path, manifest: Path, home: Path
) -> None:
    photo = min(photos.rglob("*.jpg"))
    album("models", "install", manifest)
    album("models", "use", "small")
    (found,) = album("recognise", photo, "--top", "100", "--json").json
    slugs = [tag["tag"] for tag in found["tags"]]
    assert {"kitchen", "indoor"} <= set(slugs)
    assert len(slugs) == len(set(slugs))


def test_list_says_what_is_there_and_what_can_be_had(album: Album, manifest: Path) -> None:
    def states() -> dict[str, tuple[bool, bool]]:
        packs = album("models", "list", "--json").json
        return {pack["name"]: (pack["installed"], pack["in_use"]) for pack in packs}

    assert states()["basic"] == (True, True)
    assert states()["yolox-s"] == (False, False)
    assert "small" not in states()
    installed = album("models", "install", manifest, "--json").json
    (file,) = installed["files"]
    assert (installed["capability"], installed["calibrated"]) == ("scenes", False)
    assert Path(file["path"]) == models_directory() / "small" / "weights.safetensors"
    assert Path(file["path"]).stat().st_size == file["bytes"]
    assert states()["small"] == (True, False)
    album("models", "use", "small")
    assert states()["small"] == (True, True)
    assert "scores not calibrated" in album("models").out


def test_a_capability_has_one_pack_and_others_keep_theirs(album: Album, tmp_path: Path) -> None:
    for name, tag in (("one", "kitchen"), ("two", "waterfall")):
        album("models", "install", write_pack(tmp_path / name, tag, name))
        album("models", "use", name)
    assert json.loads(settings_path().read_text("utf-8"))["packs"] == "two"


def test_verify_names_what_has_changed(album: Album, manifest: Path) -> None:
    album("models", "install", manifest)
    assert album("models", "verify").out == "basic: sound\nsmall: sound\n"
    weights = models_directory() / "small" / "weights.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1])
    answer = album("models", "verify", "small")
    assert (answer.code, answer.out) == (3, "small: damaged\n")
    assert str(weights) in answer.err


def test_a_damaged_pack_lets_photos_wait_and_says_the_way_out(
    album: Album, photos: Path, manifest: Path
) -> None:
    album("models", "install", manifest)
    album("models", "use", "small")
    (models_directory() / "small" / "weights.safetensors").write_bytes(b"")
    answer = album("index", photos)
    assert answer.code == 3
    assert "album models use basic" in answer.err
    album("models", "use", "basic")
    assert album("index", "--json").json["analysed"] == 14


def test_an_unreadable_manifest_stops_neither_the_list_nor_the_way_back(
    album: Album, manifest: Path
) -> None:
    album("models", "install", manifest)
    album("models", "use", "small")
    (models_directory() / "small" / "pack.toml").write_text("name = ")
    listed = album("models", "--json")
    assert (listed.code, listed.json[0]["name"]) == (0, "basic")
    assert "small: The manifest" in listed.err
    assert album("models", "verify").code == 3
    assert album("models", "use", "basic").code == 0
    assert album("models", "remove", "small").code == 0
    assert album("models", "list").err == ""


def test_a_pack_cannot_take_the_place_of_the_built_in_one(album: Album, tmp_path: Path) -> None:
    answer = album("models", "install", write_pack(tmp_path / "pack", "kitchen", "basic"))
    assert answer.code == 3
    assert "basic is built in" in answer.err


def test_a_second_installation_replaces_the_first(album: Album, tmp_path: Path) -> None:
    hashes = []
    for tag in ("kitchen", "waterfall"):
        path = write_pack(tmp_path / tag, tag)
        hashes.append(album("models", "install", path, "--json").json["files"][0]["sha256"])
    assert hashes[0] != hashes[1]
    assert [path.name for path in models_directory().iterdir()] == ["small"]


def test_remove_takes_a_pack_off_the_disk_and_out_of_use(
    album: Album, photos: Path, manifest: Path
) -> None:
    album("models", "install", manifest)
    album("models", "use", "small")
    assert album("models", "remove", "small").code == 0
    assert list(models_directory().iterdir()) == []
    assert album("index", photos, "--json").json["analysed"] == 14


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("use", "yolox-s"), "not installed"),
        (("use", "nothing"), "There is no pack nothing"),
        (("remove", "basic"), "built in"),
        (("remove", "yolox-s"), "not installed"),
        (("verify", "nothing"), "There is no pack nothing"),
        (("install", "nothing"), "neither a pack that is offered nor a file"),
        (("install", "basic"), "built in"),
        (("install", "https://example.org/odd.pth"), "--as NAME"),
        (("install", "ftp://example.org/u2netp.onnx"), "no web address"),
    ],
)
def test_what_cannot_be_done_is_3_with_its_reason(
    album: Album, words: tuple[str, ...], complaint: str
) -> None:
    answer = album("models", *words)
    assert (answer.code, answer.out) == (3, "")
    assert complaint in answer.err


def test_a_file_that_is_not_what_it_is_called_is_refused(album: Album, tmp_path: Path) -> None:
    file = tmp_path / "object_detection_yolox_2022nov.onnx"
    file.write_bytes(b"something else")
    answer = album("models", "install", file)
    assert answer.code == 3
    assert "14 bytes instead of 35,858,002" in answer.err
    other = tmp_path / "odd.onnx"
    other.write_bytes(b"something else")
    answer = album("models", "install", other, "--as", "u2netp")
    assert answer.code == 3
    assert "MD5 differs" in answer.err
    assert other.exists()
    assert list(models_directory().iterdir()) == []
