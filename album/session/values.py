"""What the session answers with, beyond the rows of the library."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from album.domain.photo import FolderId, PhotoId
from album.domain.share import Share


@dataclass(frozen=True, slots=True)
class FolderStatus:
    """A watched folder as the user sees it.

    Attributes:
        state: `healthy`, `offline` (not there now, nothing is lost), `polling` (looked at from
            time to time, because it cannot be watched), `unreadable`.
        note: why, in words; empty when all is well.
        photos: how many photos have a file in it.
    """

    id: FolderId
    path: Path
    state: str
    note: str
    photos: int


class Act(StrEnum):
    """What the user did."""

    ACCEPTED = "accepted"
    ADDED = "added"
    REJECTED = "rejected"
    TOOK_OFF = "took off"
    HEARTED = "hearted"
    UNHEARTED = "unhearted"
    RATED = "rated"
    UNWATCHED = "unwatched"


@dataclass(frozen=True, slots=True)
class Decision:
    """What a decision of the user did; `act` and what follows it say it without words.

    Attributes:
        text: in English («Accepted beach on 3 photos»).
        ids: the photos that changed; empty when nothing did (then there is nothing to undo).
        slug: the tag it was about; empty for ratings and favourites.
        act: what was done.
        name: of the tag (in English, or as the user wrote it) or of the folder.
        stars: that were given.
    """

    text: str
    ids: tuple[PhotoId, ...]
    slug: str = ""
    act: Act | None = None
    name: str = ""
    stars: int = 0


@dataclass(frozen=True, slots=True)
class Prospect:
    """What a taught tag is, or would be.

    Attributes:
        likes, unlikes: the photos it is learned from.
        unseen: examples that cannot be used yet, since they have not been looked at.
        needs: how many more examples it takes; with that, nothing below is known.
        precision: of what is suggested, the share that is right; None where nothing is.
        recall: of the photos that have the tag, the share that is suggested.
        suggestions: how many photos.
        applied: whether this is so now.
    """

    slug: str
    name: str
    likes: int
    unlikes: int
    unseen: int
    needs: int
    precision: Share | None = None
    recall: Share | None = None
    suggestions: int = 0
    applied: bool = False


class Stage(StrEnum):
    """What `LibrarySession.index` is at."""

    SCANNING = "scanning"
    THUMBNAILS = "thumbnails"
    ANALYSING = "analysing"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Progress:
    """Where indexing stands; the last one has the stage DONE and is the summary.

    Attributes:
        done: of `total` in this stage; None while nobody can tell.
        photos: in the library now, hidden ones left out.
        new: photos that this session has added.
        analysed: photos that this session has looked at.
        failed: files with a problem now.
        per_second: of this stage; None until there is something to measure.
        left_s: seconds left; None where that is not known.
        device: where the networks run; empty until one is loaded.
    """

    stage: Stage
    done: int
    total: int | None
    photos: int
    new: int
    analysed: int
    failed: int
    seconds: float
    per_second: float | None = None
    left_s: float | None = None
    device: str = ""
