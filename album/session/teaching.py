"""Teaching tags: what a tag would be like, teaching it, and learning on with every decision."""

import logging
import threading
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from album.analysis.taught import Material, Teacher, gather
from album.analysis.teaching import Lesson
from album.cancel import CancelToken
from album.domain.photo import PhotoId
from album.domain.tag import TagState
from album.domain.taxonomy import Taxonomy
from album.errors import AlbumError, Interrupted, QueryProblem
from album.session.changes import Change, ChangeKind, Changes
from album.session.deciding import Decisions
from album.session.futures import failed
from album.session.values import Prospect
from album.storage.database import Database
from album.storage.tags import resolve_tag, word_for_tag
from album.storage.taught import (
    TaughtTag,
    forget_taught,
    replace_suggestions,
    save_taught,
    taught_tags,
)

if TYPE_CHECKING:
    import sqlite_utils

REST_S = 3.0
"""Decisions are gathered so long before their tag is learned anew."""

_log = logging.getLogger(__name__)

T = TypeVar("T")


class Teaching:
    """Tags that the user teaches; works on a thread of its own.

    Args:
        database: of the library.
        decisions: writes the examples, which are decisions like any other.
        taxonomy: of the tags that are known.
        changes: told of new suggestions; asked for decisions while `follow` is on.
    """

    def __init__(
        self, database: Database, decisions: Decisions, taxonomy: Taxonomy, changes: Changes
    ) -> None:
        self._database = database
        self._decisions = decisions
        self._taxonomy = taxonomy
        self._changes = changes
        self._teacher = Teacher(database)
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="album-teaching")
        self._token = CancelToken()
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None
        self._unsubscribe: Callable[[], None] | None = None

    def preview(
        self, word: str, likes: Sequence[PhotoId] = (), unlikes: Sequence[PhotoId] = ()
    ) -> Future[Prospect]:
        """What teaching this tag would bring; nothing is changed. QueryProblem for no word."""
        try:
            slug, _, name = word_for_tag(word, self._taxonomy)
        except QueryProblem as problem:
            return failed(problem)
        return self._submit(lambda: self._preview(slug, name, likes, unlikes))

    def teach(
        self, word: str, likes: Sequence[PhotoId] = (), unlikes: Sequence[PhotoId] = ()
    ) -> Future[Prospect]:
        """Decide these examples (they can be undone), then learn the tag and suggest it.

        While there are too few examples they are kept, and nothing is suggested.
        """
        try:
            slug, _, name = word_for_tag(word, self._taxonomy)
        except QueryProblem as problem:
            return failed(problem)

        def work() -> Prospect:
            self._decide(slug, word, likes, TagState.MANUAL)
            self._decide(slug, word, unlikes, TagState.REJECTED)
            return self._teach(slug, name)

        return self._submit(work)

    def forget(self, word: str) -> Future[bool]:
        """Suggest this tag no longer; what was decided stays. Whether it was taught."""
        slug = (resolve_tag(word, self._taxonomy) or ("",))[0]

        def work() -> bool:
            known = self._known(slug)
            lost = self._database.write(lambda db: forget_taught(db, slug)).result()
            self._tell(lost)
            return bool(known)

        return self._submit(work)

    def tags(self) -> Future[list[TaughtTag]]:
        """All taught tags, by slug."""
        return self._database.read(taught_tags)

    # Learning on

    def follow(self) -> None:
        """From now on, learn anew whatever decisions or new embeddings have changed."""
        self._unsubscribe = self._changes.subscribe(self._on_change)
        self._submit(self._catch_up)

    def settle(self) -> None:
        """Learn anew now what has changed; waits."""
        if self._unsubscribe is not None:
            self._stop_timer()
            self._submit(self._catch_up).exception()

    def close(self) -> None:
        """Stop; may be called again."""
        if self._unsubscribe is not None:
            self._unsubscribe()
        self._token.cancel()
        self._stop_timer()
        self._pool.shutdown(cancel_futures=True)

    def _on_change(self, change: Change) -> None:
        if change.kind is not ChangeKind.FACETS:
            return
        with self._lock:
            if self._token.cancelled or self._timer is not None:
                return
            self._timer = threading.Timer(REST_S, self._on_rested)
            self._timer.daemon = True
            self._timer.start()

    def _on_rested(self) -> None:
        with self._lock:
            self._timer = None
        self._submit(self._catch_up)

    def _stop_timer(self) -> None:
        with self._lock:
            timer, self._timer = self._timer, None
        if timer is not None:
            timer.cancel()
            if timer is not threading.current_thread():
                timer.join()

    def _catch_up(self) -> None:
        """Learn every taught tag anew that would come out differently."""
        try:
            for tag in self._database.query(taught_tags):
                self._token.check()
                if self._gather(tag.slug).key != tag.learned_from:
                    self._teach(tag.slug, tag.name)
        except Interrupted:
            return
        except AlbumError as problem:
            _log.info("taught tags wait: %s", problem)

    # On the teaching thread

    def _preview(
        self, slug: str, name: str, likes: Sequence[PhotoId], unlikes: Sequence[PhotoId]
    ) -> Prospect:
        material = self._database.query(lambda c: gather(c, slug, likes, unlikes))
        prospect = _prospect(slug, name, material)
        if material.needs:
            return prospect
        lesson = self._teacher.learn(material)
        others = material.photos - len(material.used)
        return _hopeful(prospect, lesson, round(lesson.shown * others))

    def _decide(self, slug: str, word: str, ids: Sequence[PhotoId], state: TagState) -> None:
        """Write examples; those that are decided so already stay as they are."""
        known = {one.photo_id: one.liked for one in self._gather(slug).used}
        liked = state is not TagState.REJECTED
        new = [one for one in ids if known.get(one) is not liked]
        if new:
            self._decisions.decide(new, word, state).result()

    def _gather(self, slug: str) -> Material:
        return self._database.query(lambda c: gather(c, slug))

    def _known(self, slug: str) -> list[TaughtTag]:
        return self._database.query(lambda c: taught_tags(c, slug=slug))

    def _teach(self, slug: str, name: str) -> Prospect:
        """Learn the tag from what is decided; too few examples: it is not taught any more."""
        material = self._gather(slug)
        prospect = _prospect(slug, name, material)
        if material.needs:
            if self._known(slug) and not material.unseen:
                self._tell(self._database.write(lambda db: forget_taught(db, slug)).result())
            return prospect
        lesson = self._teacher.learn(material)
        suited = self._teacher.suits(lesson.head, material.embedding_model, self._token)
        decided = {one.photo_id for one in material.used}
        known = self._known(slug)
        tag = _stored(prospect, lesson, material, known[0].revision + 1 if known else 1)

        def write(db: "sqlite_utils.Database") -> tuple[int, list[PhotoId]]:
            scores = [one for one in suited.brought_up_to(db.conn) if one[0] not in decided]
            save_taught(db, tag)
            return len(scores), replace_suggestions(db, tag, scores)

        count, changed = self._database.write(write).result()
        self._tell(changed)
        return replace(_hopeful(prospect, lesson, count), applied=True)

    def _tell(self, ids: Collection[PhotoId]) -> None:
        if ids:
            self._changes.tell(ChangeKind.FACETS, ids)

    def _submit(self, work: Callable[[], T]) -> Future[T]:
        try:
            return self._pool.submit(work)
        except RuntimeError:
            return failed(Interrupted("The library has been closed."))


def _prospect(slug: str, name: str, material: Material) -> Prospect:
    likes = material.likes
    return Prospect(slug, name, likes, len(material.used) - likes, material.unseen, material.needs)


def _hopeful(prospect: Prospect, lesson: Lesson, suggestions: int) -> Prospect:
    if not suggestions:  # then nothing can be right or wrong
        return prospect
    return replace(
        prospect, precision=lesson.precision, recall=lesson.recall, suggestions=suggestions
    )


def _stored(prospect: Prospect, lesson: Lesson, material: Material, revision: int) -> TaughtTag:
    return TaughtTag(
        prospect.slug,
        prospect.name,
        revision,
        material.embedding_model,
        lesson.head.weights.tobytes(),
        lesson.head.bias,
        lesson.head.threshold,
        prospect.likes,
        prospect.unlikes,
        lesson.precision,
        lesson.recall,
        material.key,
    )
