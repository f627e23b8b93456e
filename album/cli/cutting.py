"""`cutout`: the subject of pictures, lifted off its background."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import click

from album.cli.files import expand
from album.cli.library import user_settings
from album.cli.options import (
    A_PATH,
    Common,
    Exit,
    device_option,
    json_option,
    library_option,
    pass_common,
)
from album.cli.output import fail, print_json, printable, say
from album.errors import FileProblem

if TYPE_CHECKING:
    from album.analysis.inference import InferenceThread
    from album.analysis.protocol import Cutout, Pixels
    from album.interchange.forms import Look
    from album.pictures.decode import Decoder

FORMS = ("alpha", "crop", "mask", "white", "on")
SUBJECTS = ("all", "each")
DEFAULT_OUT = Path("cutouts")


Points = tuple[tuple[int, int], ...]


def _points(
    _context: click.Context, _parameter: click.Parameter, values: tuple[str, ...]
) -> Points:
    """Points that were written `X,Y`, or a usage error."""
    points = []
    for value in values:
        x, _, y = value.partition(",")
        if not (x.strip().isdecimal() and y.strip().isdecimal()):
            raise click.BadParameter(f"{value!r} is no point X,Y in pixels, say 320,240.")
        points.append((int(x), int(y)))
    return tuple(points)


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be made of each subject.

    Attributes:
        form: one of `FORMS`.
        backdrop: the picture behind it, for the form `on`.
        points: of the subject, in pixels of the upright picture.
        each: whether every subject gets a file of its own.
        feather_px: how wide the edge is softened.
        shift_px: how far the edge is moved, outwards where positive.
    """

    form: str
    backdrop: Path | None
    points: Points
    each: bool = False
    feather_px: int = 0
    shift_px: int = 0


@dataclass(frozen=True, slots=True)
class Lifted:
    """One result.

    Attributes:
        box: the subject's x, y, width, height in the upright picture.
        subject: which one of the picture's it is, counted from 1; None: all that were wanted.
        subjects: how many the picture has.
    """

    path: Path
    out: Path
    confidence: float
    box: tuple[int, int, int, int] | None
    subject: int | None
    subjects: int


@click.command()
@click.argument("file", nargs=-1, required=True, type=A_PATH)
@click.option("-o", "--out", type=A_PATH, help="A .png file, or a folder.")
@click.option("--form", type=click.Choice(FORMS), help="What is made of it; alpha if not said.")
@click.option("--on", "backdrop", type=A_PATH, help="The picture behind it.")
@click.option(
    "--at", "points", multiple=True, metavar="X,Y", callback=_points, help="A pixel of it."
)
@click.option(
    "--subjects",
    type=click.Choice(SUBJECTS),
    default="all",
    help="All in one file, or each in one of its own.",
)
@click.option(
    "--feather",
    "feather_px",
    type=click.IntRange(0, 100),
    default=0,
    metavar="PX",
    help="Soften the edge so wide.",
)
@click.option(
    "--shift",
    "shift_px",
    type=click.IntRange(-100, 100),
    default=0,
    metavar="PX",
    help="Move the edge outwards, or inwards (-PX).",
)
@library_option
@json_option
@device_option
@pass_common
def cutout(
    common: Common,
    file: tuple[Path, ...],
    out: Path | None,
    form: str | None,
    backdrop: Path | None,
    points: Points,
    subjects: str,
    feather_px: int,
    shift_px: int,
    as_json: bool,
) -> int:
    """The subject of each FILE as a PNG of full size with soft edges.

    alpha: on nothing; crop: the same, cut to the subject; mask: its opacity in grey; white: on
    white; on: on the picture of --on. Several files or a folder give OUT/NAME.png each; without
    --out that is the folder `cutouts`. A picture with several subjects: all that --at names, else
    all; with --subjects each NAME-1.png, NAME-2.png ..., the largest first.
    """
    each = subjects == "each"
    wish = Wish(_form(form, backdrop), backdrop, points, each, feather_px, shift_px)
    files, failed = expand(file)
    single = len(file) == 1 and not file[0].is_dir() and not each
    names = name_results(out, single=single)
    lifted = []
    for path, outcome in _lift_all(common, files, wish, names):
        if isinstance(outcome, FileProblem):
            failed.append(FileProblem(path, outcome.reason, advice=outcome.advice))
            continue
        lifted += outcome
        if not as_json:
            for one in outcome:
                say(printable(one.out))
    if as_json:
        print_json([_document(one, wish.form) for one in lifted])
    for problem in failed:
        fail(problem.path, str(problem))
    return Exit.SOME_FAILED if failed else Exit.DONE


def _form(form: str | None, backdrop: Path | None) -> str:
    if backdrop is not None and form not in {None, "on"}:
        raise click.UsageError(f"--on PICTURE is for the form on, not {form}.")
    if form == "on" and backdrop is None:
        raise click.UsageError("The form on needs a picture: --on PICTURE.")
    if backdrop is not None and not backdrop.exists():
        raise click.UsageError(f"There is no picture {printable(backdrop)} for --on.")
    return form or ("alpha" if backdrop is None else "on")


class Names(Protocol):
    """Which file a result goes to."""

    def __call__(self, path: Path, subject: int | None = None) -> Path:
        """By its picture, and by the subject's number where each has a file."""


def name_results(out: Path | None, *, single: bool) -> Names:
    """Which file each result goes to."""
    if out is not None and out.suffix.lower() == ".png" and not out.is_dir():
        if not single:
            raise click.UsageError(f"Several results need a folder, not the file {out}.")
        return lambda path, subject=None: out
    _refuse_other_pictures(out)
    folder = out or DEFAULT_OUT
    if folder.exists() and not folder.is_dir():
        raise click.UsageError(f"{folder} is neither a folder nor a .png file.")
    taken: set[Path] = set()

    def name(path: Path, subject: int | None = None) -> Path:
        from album.interchange.pngs import free_name

        stem = path.stem if subject is None else f"{path.stem}-{subject}"
        return free_name(folder, stem, taken)

    return name


def _refuse_other_pictures(out: Path | None) -> None:
    """A usage error for a new folder that must have been meant as a file: `one.jpg`."""
    from album.pictures.formats import SUPPORTED

    if out is not None and out.suffix.lower() in SUPPORTED - {".png"} and not out.is_dir():
        raise click.UsageError(f"Cut-outs are PNG files, {out} would be none: say a .png file.")


def _lift_all(
    common: Common, files: list[Path], wish: Wish, names: Names
) -> Iterator[tuple[Path, list[Lifted] | FileProblem]]:
    """Each file with what became of it; the network is loaded once."""
    if not files:
        return
    from album.analysis.inference import InferenceThread
    from album.analysis.packs import chosen_packs
    from album.analysis.registry import segmenter
    from album.notices import Notices
    from album.pictures.decode import Decoder

    lifts = partial(segmenter, chosen_packs(user_settings().current.packs))
    with (
        closing(Decoder()) as decoder,
        closing(InferenceThread((), lifts, common.device, Notices())) as inference,
    ):
        behind = None if wish.backdrop is None else decoder.picture(wish.backdrop, None)
        for path in files:
            try:
                yield path, _lift(path, wish, names, decoder, inference, behind)
            except FileProblem as problem:
                yield path, problem


def _lift(
    path: Path,
    wish: Wish,
    names: Names,
    decoder: "Decoder",
    inference: "InferenceThread",
    behind: "Pixels | None",
) -> list[Lifted]:
    from album.analysis.protocol import Hint
    from album.interchange.forms import compose
    from album.interchange.layers import Edge, edged, layers
    from album.interchange.pngs import save_png

    pixels = decoder.picture(path, None)
    height, width = pixels.shape[:2]
    for x, y in wish.points:
        if x >= width or y >= height:
            raise FileProblem(path, f"The point {x},{y} is outside its {width} x {height} pixels.")
    cut = inference.segment(pixels, [Hint(x, y) for x, y in wish.points]).result()
    if not cut.found:
        raise FileProblem(
            path, "It has no clear subject; nothing was written.", advice="Point at it with --at."
        )
    look = _look(wish.form, behind, (height, width))
    lifted = []
    for subject, one in _wanted(cut, wish):
        out = names(path, subject)
        if out.exists() and out.samefile(path):
            raise FileProblem(
                path, "It would be written over itself.", advice="Choose another --out."
            )
        drawn = edged(one, Edge(wish.feather_px, wish.shift_px))
        save_png(compose(pixels, drawn, look), out)
        lifted.append(Lifted(path, out, cut.confidence, drawn.box, subject, len(layers(cut))))
    return lifted


def _wanted(cut: "Cutout", wish: Wish) -> "Iterator[tuple[int | None, Cutout]]":
    """The subjects that were pointed at, else all: together, or each with its number."""
    from album.interchange.layers import keep, layers, subjects_at

    chosen = subjects_at(cut, wish.points) or range(len(layers(cut)))
    if not wish.each:
        yield None, keep(cut, chosen)
        return
    for number in chosen:
        yield number + 1, keep(cut, [number])


def _look(form: str, behind: "Pixels | None", shape: tuple[int, int]) -> "Look":
    from album.interchange.forms import Behind, Look, Part

    if form == "on" and behind is not None:
        return Look(Behind.PICTURE, backdrop=_fitted(behind, shape))
    return {
        "alpha": Look(),
        "crop": Look(part=Part.CROP),
        "mask": Look(part=Part.MASK),
        "white": Look(Behind.WHITE),
    }[form]


def _fitted(behind: "Pixels", shape: tuple[int, int]) -> "Pixels":
    """The middle of the backdrop, scaled to cover a picture of this height and width."""
    import numpy as np
    from PIL import Image

    from album.interchange.forms import cover

    height, width = shape
    rows, columns = cover(behind, height, width)
    part = Image.fromarray(np.ascontiguousarray(behind[rows, columns]))
    return np.asarray(part.resize((width, height), Image.Resampling.LANCZOS))


def _document(one: Lifted, form: str) -> dict[str, Any]:
    return {
        "path": str(one.path),
        "out": str(one.out),
        "form": form,
        "confidence": round(one.confidence, 4),
        "box": None if one.box is None else list(one.box),
        "subject": one.subject,
        "subjects": one.subjects,
    }


COMMANDS = (cutout,)
