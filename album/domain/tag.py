"""Tags on photos: which facet, whose word it is, and how sure."""

from dataclasses import dataclass
from enum import StrEnum


class Facet(StrEnum):
    """A dimension to browse by. The first five hold tags, the others are read off the photo."""

    SCENE = "scene"
    EVENT = "event"
    THING = "thing"
    STYLE = "style"
    KEYWORD = "keyword"  # the user's own words and imported keywords outside the taxonomy
    COLOUR = "colour"
    CAMERA = "camera"
    YEAR = "year"
    FOLDER = "folder"
    KIND = "kind"
    FLAG = "flag"  # favourite, review, offline, problem, untagged


class TagSource(StrEnum):
    """Where a tag on a photo came from first."""

    METADATA = "metadata"
    USER = "user"
    MODEL = "model"


class TagState(StrEnum):
    """What a tag on a photo is worth. A human decision outlives every model."""

    IMPORTED = "imported"
    MANUAL = "manual"
    SUGGESTED = "suggested"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"

    @property
    def is_human(self) -> bool:
        """Whether a person decided it; no analysis may change it then."""
        return self in HUMAN_STATES

    @property
    def counts(self) -> bool:
        """Whether the photo has the tag for browsing: all but rejected."""
        return self is not TagState.REJECTED


class Certainty(StrEnum):
    """How often suggestions like this one are right: held-out pictures told."""

    SURE = "sure"  # nine in ten
    LIKELY = "likely"  # seven in ten
    EXPERIMENTAL = "experimental"  # nobody knows: too few pictures to judge it by

    @staticmethod
    def surest(*given: "Certainty | None") -> "Certainty | None":
        """The best of them; None where there is none."""
        return next((one for one in Certainty if one in given), None)


HUMAN_STATES = frozenset({TagState.MANUAL, TagState.CONFIRMED, TagState.REJECTED})


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag that the taxonomy knows.

    Attributes:
        slug: stable name (`table-tennis`), never translated, never renamed.
        names: shown name by language code (`en`, `zh`).
        parent: slug of the next broader tag.
        synonyms: other words that find it, lower case.
    """

    slug: str
    facet: Facet
    names: dict[str, str]
    parent: str | None = None
    synonyms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TagScore:
    """What a model says: this tag, this calibrated probability (0 to 1).

    Attributes:
        certainty: how often such suggestions are right; None where it is not suggested.
    """

    slug: str
    score: float
    certainty: Certainty | None = None


@dataclass(frozen=True, slots=True)
class PhotoTag:
    """A tag on a photo, as stored.

    Attributes:
        score: the model's calibrated probability, None where no model spoke.
        model: `name@revision` of that model.
        certainty: of its suggestion; None where no model suggests it.
        name: as it was written where a person or a file made it up; else the English one.
    """

    slug: str
    facet: Facet
    state: TagState
    source: TagSource
    score: float | None = None
    model: str | None = None
    certainty: Certainty | None = None
    name: str = ""
