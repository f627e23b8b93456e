"""How the built-in tagger is trained: what is seen, what is told, what is learned."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from album_models.backbone import FEATURES, normalise
from album_models.heads import TagHead
from training import doubles
from training.batches import views, whole
from training.choices import Choice, choice_loss
from training.finetune import FineTuning, Plan
from training.material import Material
from training.network import load_built_in
from training.objects import OBJECTS, object_names
from training.pictures import Entry, PictureSet, held_out
from training.rules import NO, UNKNOWN, YES, Rule, labels, load_rules
from training.student import FROZEN_STAGES, Student
from training.train_tagger import fold_standardisation, unfold_standardisation
from training.whole import BoxedSet, FolderSet, OwnSizeSet, WholeSet
from training.witness import witness

FOLDERS = ("abbey", "market_outdoor")


def picture(seed: int, side: int = 40) -> Image.Image:
    noise = np.random.default_rng(seed).integers(0, 255, (5, 5, 3), np.uint8)
    return Image.fromarray(noise).resize((side, side))


@pytest.fixture
def places(tmp_path: Path) -> Path:
    """An excerpt of two folders, and the whole set beside it: one more picture, one double."""
    data, root = tmp_path / "data", tmp_path / "sources/miniplaces/data/images/train"
    data.mkdir()
    rows = io.StringIO()
    table = csv.writer(rows)
    table.writerow(["file", "scene"])
    with zipfile.ZipFile(data / "scenes-miniplaces.zip", "w") as archive:
        for folder in FOLDERS:
            table.writerow([f"{folder}/00000001.avif", folder])
        archive.writestr("labels.csv", rows.getvalue())
    for place, folder in (("a/abbey", "abbey"), ("m/market/outdoor", "market_outdoor")):
        (root / place).mkdir(parents=True)
        for number in range(30):
            picture(number + len(folder) * 100).save(root / place / f"{number:08}.jpg")
    return tmp_path


def test_whole_sets_are_called_as_their_excerpts(places: Path) -> None:
    found = WholeSet(places / "data", places / "sources", "miniplaces")
    assert {entry.row["scene"] for entry in found.entries} == set(FOLDERS)
    assert len(found.entries) == 60
    assert found.picture(found.entries[0]).size == (40, 40)
    for entry in found.entries:
        assert entry.held_out == held_out(entry.name.replace("/", "-"))
        assert not entry.validates or entry.held_out


def test_doubles_of_held_out_pictures_do_not_train(places: Path) -> None:
    before = WholeSet(places / "data", places / "sources", "miniplaces")
    tested = next(e for e in before.entries if e.held_out and e.row["scene"] == "abbey")
    trained = next(e for e in before.entries if not e.held_out and e.row["scene"] == "abbey")
    root = places / "sources/miniplaces/data/images/train/a/abbey"
    source = root / f"{Path(tested.name).stem}.jpg"
    (root / f"{Path(trained.name).stem}.jpg").write_bytes(source.read_bytes())
    after = {e.name for e in WholeSet(places / "data", places / "sources", "miniplaces").entries}
    assert tested.name in after
    assert trained.name not in after


def test_weather_reads_folders_and_leaves_out_what_is_no_picture(tmp_path: Path) -> None:
    folder = tmp_path / "weather/dataset/foggy"
    folder.mkdir(parents=True)
    picture(1).save(folder / "foggy1.jpg")
    (folder / "foggy2.jpg").write_text("a pointer to a large file")
    assert [entry.row["label"] for entry in FolderSet(tmp_path, "weather").entries] == ["foggy"]


def test_gathered_folders_say_yes_to_their_tag_and_no_to_the_others(tmp_path: Path) -> None:
    for number, tag in enumerate(("fireworks", "concert", "waterfall", "family")):
        (tmp_path / "extra" / tag).mkdir(parents=True)
        picture(number).save(tmp_path / "extra" / tag / "1.jpg")
    pictures = FolderSet(tmp_path, "extra")
    rules = {
        "fireworks": Rule(extra=["fireworks"], extra_maybe=["concert"]),
        "sky": Rule(),
        "sports": Rule(extra_no=["family", "concert"]),
    }
    assert [entry.row["label"] for entry in pictures.entries] == [
        "concert",
        "family",
        "fireworks",
        "waterfall",
    ]
    assert labels(pictures, rules).T.tolist() == [
        [UNKNOWN, UNKNOWN, YES, NO],
        [UNKNOWN] * 4,
        [NO, NO, UNKNOWN, UNKNOWN],
    ]


def test_boxes_say_yes_where_they_are_large_and_no_where_there_are_none(tmp_path: Path) -> None:
    root = tmp_path / "voc"
    (root / "JPEGImages").mkdir(parents=True)
    (root / "HandledText/initTxt").mkdir(parents=True)
    told = ("car 1 1 31 31 \nperson 0 0 2 2 \n", "person 5 5 25 35 \n", "\n")
    for number, text in enumerate(told):
        picture(number).save(root / f"JPEGImages/00000{number}.jpg")
        (root / f"HandledText/initTxt/00000{number}.txt").write_text(text)
    found = BoxedSet(tmp_path)
    rules = {"car": Rule(boxes=["car"]), "person": Rule(boxes=["person"]), "sky": Rule()}
    assert labels(found, rules).T.tolist() == [
        [YES, NO, NO],
        [UNKNOWN, YES, NO],
        [UNKNOWN] * 3,
    ]
    assert found.picture(found.entries[1]).size == (40, 40)


def test_an_excerpts_pictures_are_seen_at_their_own_size_where_they_are_there(
    tmp_path: Path,
) -> None:
    small = io.BytesIO()
    picture(1, 16).save(small, "PNG")
    rows = "file,set,label\nflowers/roses-1.avif,flowers,roses\npets/cat.2.avif,pets,cat\n"
    with zipfile.ZipFile(tmp_path / "things-and-styles.zip", "w") as archive:
        archive.writestr("labels.csv", rows)
        for name in ("flowers/roses-1.avif", "pets/cat.2.avif"):
            archive.writestr(name, small.getvalue())
    excerpt = PictureSet(tmp_path, "things")
    folder = tmp_path / "own/repository/train/roses"
    folder.mkdir(parents=True)
    picture(1, 48).save(folder / "1.jpg")
    found = OwnSizeSet(tmp_path, tmp_path, "things")
    assert [found.picture(entry).size for entry in found.entries] == [(48, 48), (16, 16)]
    assert found.entries == excerpt.entries


def test_a_hundred_sports_say_yes_to_theirs_and_no_to_the_others(tmp_path: Path) -> None:
    root = tmp_path / "sports100/sports-classifier-data"
    for number, folder in enumerate(("train/golf", "test/golf", "train/disc golf", "train/judo")):
        (root / folder).mkdir(parents=True)
        picture(number).save(root / folder / "1.jpg")
    found = FolderSet(tmp_path, "sports100", doubles=())
    assert [entry.row["sport"] for entry in found.entries] == ["golf", "disc golf", "golf", "judo"]
    rules = {
        "golf": Rule(sports100=["golf"], sports100_maybe=["disc golf"]),
        "chess": Rule(),
    }
    said = labels(found, rules)
    assert said[:, 0].tolist() == [YES, UNKNOWN, YES, NO]
    assert (said[:, 1] == UNKNOWN).all()


def test_doubles_of_held_back_sports_are_found_however_they_were_cut(tmp_path: Path) -> None:
    data, root = tmp_path / "data", tmp_path / "sports22/data/golf"
    data.mkdir()
    root.mkdir(parents=True)
    wide = Image.new("RGB", (90, 40))
    for place in range(3):
        wide.paste(picture(90 + place), (25 * place, 0))
    wide.save(root / "00000001.jpg")
    (data / "exam.csv").write_text("set,folder,name without ending\nsports22,golf,00000001\n")
    with zipfile.ZipFile(data / "sports22.zip", "w") as archive:
        archive.writestr("labels.csv", "file,sport\ngolf/00000001.avif,golf\n")
    hundred = tmp_path / "sports100/sports-classifier-data/train/golf"
    hundred.mkdir(parents=True)
    wide.resize((64, 64)).save(hundred / "1.png")
    square = wide.crop((25, 0, 65, 40)).resize((64, 64))
    square.transpose(Image.Transpose.FLIP_LEFT_RIGHT).save(hundred / "2.png")
    picture(7).resize((64, 64)).save(hundred / "3.png")
    found = doubles.find(data, tmp_path)
    assert found == ["sports100/train_golf/1.avif", "sports100/train_golf/2.avif"]
    left = FolderSet(tmp_path, "sports100", found).entries
    assert [entry.name for entry in left] == ["sports100/train_golf/3.avif"]


def test_a_head_that_goes_on_answers_first_as_it_did() -> None:
    torch.manual_seed(1)
    head, features = TagHead(3, 8).eval(), torch.randn(20, FEATURES) * 2 + 1
    before = head(features)
    mean, spread = features.mean(0), features.std(0)
    unfold_standardisation(head, mean, spread)
    torch.testing.assert_close(head((features - mean) / spread), before, atol=1e-3, rtol=1e-3)
    fold_standardisation(head, mean, spread)
    torch.testing.assert_close(head(features), before, atol=1e-3, rtol=1e-3)


def test_the_built_in_head_does_not_go_on_with_other_tags(tmp_path: Path) -> None:
    network = load_built_in(tmp_path, list(load_rules()))
    assert network.tag_head is not None
    with pytest.raises(ValueError, match="other tags"):
        load_built_in(tmp_path, ["beach"])


def test_detectors_fill_in_what_a_set_leaves_out(tmp_path: Path) -> None:
    kinds = object_names()
    seen = np.zeros((4, OBJECTS), np.float16)
    seen[0, [kinds.index("person"), kinds.index("skateboard")]] = 0.9
    seen[1, kinds.index("skateboard")] = 0.9
    seen[2, kinds.index("person")] = 0.4
    (tmp_path / "objects").mkdir()
    np.savez(
        tmp_path / "objects" / "places.npz",
        names=np.array(["a", "b", "c", "d"]),
        best=seen,
        large=seen,
        people=np.array([3, 0, 0, 0], np.int16),
    )
    rules = {
        "skateboarding": Rule(objects=["person + skateboard"]),
        "person": Rule(objects=["person"]),
        "group": Rule(people=3),
        "sky": Rule(),
    }
    answers = np.full((5, 4), UNKNOWN, np.int8)
    answers[:, 1] = NO
    names = np.array(["d", "c", "b", "a", "nobody looked"])
    witness(answers, np.array(["places"] * 5), names, rules, tmp_path)
    assert answers.tolist() == [
        [NO, NO, NO, UNKNOWN],
        [NO, NO, UNKNOWN, UNKNOWN],
        [NO, NO, NO, UNKNOWN],
        [YES, NO, YES, UNKNOWN],
        [UNKNOWN, NO, UNKNOWN, UNKNOWN],
    ]


def test_one_tall_face_is_a_portrait(tmp_path: Path) -> None:
    (tmp_path / "faces").mkdir()
    np.savez(
        tmp_path / "faces" / "captions.npz",
        names=np.array(["near", "far", "between", "two", "none"]),
        count=np.array([1, 1, 1, 2, 0], np.int16),
        tallest=np.array([0.5, 0.05, 0.2, 0.4, 0.0], np.float32),
    )
    answers = np.full((5, 1), UNKNOWN, np.int8)
    names = np.array(["near", "far", "between", "two", "none"])
    rules = {"portrait": Rule(face=0.25)}
    witness(answers, np.array(["captions"] * 5), names, rules, tmp_path)
    assert answers[:, 0].tolist() == [YES, NO, UNKNOWN, UNKNOWN, NO]


def test_four_of_ten_held_out_pictures_only_test() -> None:
    entries = [Entry(f"set/{n}.avif", {}, held_out=held_out(f"set-{n}.avif")) for n in range(4000)]
    held = [entry for entry in entries if entry.held_out]
    assert 0.09 < len(held) / len(entries) < 0.15
    assert 0.5 < sum(entry.validates for entry in held) / len(held) < 0.7


@pytest.mark.parametrize("side_px", [64, 96])
def test_views_keep_the_order_whatever_the_sizes(side_px: int) -> None:
    light = [40.0, 200.0, 40.0, 200.0]
    pictures = [
        np.full((side, side, 3), value, np.uint8)
        for side, value in zip((80, 120, 120, 80), light, strict=True)
    ]
    found = views(pictures, side_px, np.random.default_rng(1))
    assert found.shape == (4, 3, side_px, side_px)
    assert float(found.min()) >= 0
    assert float(found.max()) <= 255
    means = found.mean(dim=(1, 2, 3))
    assert float(torch.minimum(means[1], means[3])) > float(torch.maximum(means[0], means[2]))


def test_a_choice_counts_any_right_tag() -> None:
    choice = Choice(
        "intel",
        np.array([0, 2]),
        np.array([True, True, False]),
        np.array([[True, False], [False, True], [False, False]]),
    )
    scores = np.array([[0.9, 1.0, 0.1], [0.8, 0.0, 0.2], [0.0, 0.0, 1.0]])
    assert choice.tops(scores, np.ones(3, np.bool_)) == (0.5, 1.0)


def test_the_loss_of_a_choice_falls_when_a_right_tag_rises() -> None:
    right = torch.tensor([[True, False]])
    low, high = (
        choice_loss(torch.tensor([[value, 5.0, 0.0]]), torch.tensor([0, 2]), right)
        for value in (0.0, 3.0)
    )
    assert float(high) < float(low)


@pytest.fixture
def material() -> Material:
    """Sixteen pictures of two folders; half are known to the teacher."""
    pixels = np.stack([np.asarray(picture(n, 32)) for n in range(16)])
    scenes = np.arange(16) % 2
    return Material(
        sets=["miniplaces"],
        set_of=np.zeros(16, np.intp),
        rows=np.arange(16),
        stored=[pixels],
        answers=np.stack([scenes, np.full(16, -1)], axis=1).astype(np.int8),
        scenes=scenes.astype(np.int64),
        scene_names=["miniplaces:abbey", "miniplaces:market_outdoor"],
        scene_ranges=np.ones((2, 2), np.bool_),
        teacher=np.ones((8, 1000), np.float16),
        teacher_rows=np.where(np.arange(16) < 8, np.arange(16), -1),
        validates=np.arange(16) > 11,
        training=np.arange(12),
    )


def student() -> Student:
    torch.manual_seed(1)
    return Student(tags=2, scenes=2)


def test_the_student_sees_what_the_backbone_sees() -> None:
    network = student().eval()
    pictures = normalise(whole([np.asarray(picture(1))], 64))
    with torch.no_grad():
        expected = network.backbone(pictures)
        found = network.upper(network.lower(pictures))
    assert torch.allclose(found, expected, atol=0.02 * float(expected.abs().max()) + 1e-3)


def test_the_lower_part_stays_as_it_is(material: Material, tmp_path: Path) -> None:
    network = student()
    before = {name: value.clone() for name, value in network.backbone.state_dict().items()}
    plan = Plan(minutes=0.001, small_px=32, large_px=32, batch=8, warm_up_steps=1)
    FineTuning(network, material, plan, tmp_path).run()
    after = network.backbone.state_dict()
    changed = {name for name, value in before.items() if not torch.equal(value, after[name])}
    frozen = ("stem", *(f"stages.{number}." for number in range(FROZEN_STAGES)))
    assert changed
    assert not [name for name in changed if name.startswith(frozen)]


def test_training_goes_on_where_it_stopped(
    material: Material, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    short = Plan(minutes=0.001, small_px=32, large_px=32, batch=8)
    FineTuning(student(), material, short, tmp_path).run()
    assert (tmp_path / "finetune" / "network.safetensors").exists()
    with caplog.at_level("INFO"):
        FineTuning(student(), material, short, tmp_path)
    assert "goes on from step" in caplog.text
