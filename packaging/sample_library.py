"""The sample library: photographs that scikit-image and scikit-learn carry in their wheels.

They are copied under `.sample/photos` with the credits beside them; nothing is fetched.
"""

import shutil
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = ROOT / ".sample"

PHOTOGRAPHS = {
    "skimage.data": (
        "astronaut.png",
        "brick.png",
        "camera.png",
        "chelsea.png",
        "coffee.png",
        "coins.png",
        "grass.png",
        "gravel.png",
        "hubble_deep_field.jpg",
        "moon.png",
        "motorcycle_left.png",
        "rocket.jpg",
    ),
    "sklearn.datasets.images": ("china.jpg", "flower.jpg"),
}
"""Photographs by the package that carries them; its drawings and micrographs are left out."""

CREDITS = """\
Sample photographs of Albumen, as their packages carry them.

From scikit-image (https://scikit-image.org, its data/ folder says more of each):
astronaut (NASA), brick, grass and gravel (CC0), camera (CC0), chelsea (CC0, Stefan van der Walt),
coffee (CC0, Rachel Michetti), coins (Brooklyn Museum), hubble_deep_field (NASA), moon (NASA),
motorcycle_left (Middlebury stereo, CC0), rocket (SpaceX, CC0).

From scikit-learn (https://scikit-learn.org):
china.jpg by danielbuechele, flower.jpg by vultilion; both CC BY 2.0.
"""


def directory_of(package: str) -> Path:
    """Where an installed package lies, found without running it."""
    top, *rest = package.split(".")
    spec = find_spec(top)
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit(f"{top} is not installed: run `make setup`")
    return Path(spec.submodule_search_locations[0]).joinpath(*rest)


def make_sample(into: Path) -> Path:
    """Copy the photographs that are not there yet; the folder that holds them."""
    photos = into / "photos"
    photos.mkdir(parents=True, exist_ok=True)
    for package, names in PHOTOGRAPHS.items():
        source = directory_of(package)
        for name in names:
            if not (photos / name).exists():
                shutil.copyfile(source / name, photos / name)
    (into / "CREDITS.txt").write_text(CREDITS, "utf-8")
    return photos


if __name__ == "__main__":
    print(make_sample(SAMPLE))
