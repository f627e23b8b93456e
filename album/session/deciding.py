"""What the user decides about photos, and taking it back."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

import sqlite_utils

from album.domain.photo import PhotoId
from album.domain.tag import TagState
from album.domain.taxonomy import Taxonomy
from album.errors import QueryProblem
from album.session.browsing import Browsing
from album.session.changes import ChangeKind, Changes
from album.session.futures import failed, mapped
from album.session.values import Act, Decision
from album.storage.database import Database
from album.storage.photos import restore_opinions, set_favourite, set_rating
from album.storage.tags import clear_tag, decide, restore_tags, word_for_tag

_T = TypeVar("_T")
_A = TypeVar("_A")

Restore = Callable[[sqlite_utils.Database], None]
TakeBack = Callable[[], Future[Any]]

MOST_UNDONE = 200

_ACTS = {
    TagState.CONFIRMED: Act.ACCEPTED,
    TagState.MANUAL: Act.ADDED,
    TagState.REJECTED: Act.REJECTED,
}


@dataclass(frozen=True, slots=True)
class _Done:
    """A decision and how to take it back."""

    decision: Decision
    take_back: TakeBack


class Decisions:
    """Writes decisions, keeps how things stood; its futures finish when pages and counts know."""

    def __init__(
        self, database: Database, browsing: Browsing, changes: Changes, taxonomy: Taxonomy
    ) -> None:
        self._database = database
        self._browsing = browsing
        self._changes = changes
        self._taxonomy = taxonomy
        self._lock = threading.Lock()
        self._done: list[_Done] = []

    def decide(self, ids: Sequence[PhotoId], word: str, state: TagState) -> Future[Decision]:
        """Accept, set or reject a tag."""
        if not state.is_human:
            raise ValueError(f"{state} is not for a person to say")
        try:
            slug, _, name = word_for_tag(word, self._taxonomy)
        except QueryProblem as problem:
            return failed(problem)

        def write(db: sqlite_utils.Database) -> _Done:
            before = decide(db, ids, word, state, self._taxonomy)
            changed = tuple(row.photo_id for row in before if row.state != state)
            act = _ACTS[state]
            text = f"{act.capitalize()} {name} on {_photos(changed)}"
            decision = Decision(text, changed, slug, act, name)
            return self._done_to(decision, lambda db: restore_tags(db, before))

        return self._commit(write)

    def clear_tag(self, ids: Sequence[PhotoId], slug: str) -> Future[Decision]:
        """Take a decision about a tag away."""

        def write(db: sqlite_utils.Database) -> _Done:
            before = clear_tag(db, ids, slug, self._taxonomy)
            changed = tuple(row.photo_id for row in before)
            name = self._taxonomy.name(slug)
            text = f"Took {name} off {_photos(changed)}"
            decision = Decision(text, changed, slug, Act.TOOK_OFF, name)
            return self._done_to(decision, lambda db: restore_tags(db, before))

        return self._commit(write)

    def set_favourite(self, ids: Sequence[PhotoId], favourite: bool) -> Future[Decision]:
        """Make photos favourites, or not."""

        def write(db: sqlite_utils.Database) -> _Done:
            before = set_favourite(db, ids, favourite)
            changed = tuple(one.photo_id for one in before if one.favourite != favourite)
            verb = "Made favourites of" if favourite else "Made no favourites of"
            text = f"{verb} {_photos(changed)}"
            decision = Decision(text, changed, act=Act.HEARTED if favourite else Act.UNHEARTED)
            return self._done_to(decision, lambda db: restore_opinions(db, before))

        return self._commit(write)

    def set_rating(self, ids: Sequence[PhotoId], rating: int | None) -> Future[Decision]:
        """Rate photos."""

        def write(db: sqlite_utils.Database) -> _Done:
            before = set_rating(db, ids, rating)
            changed = tuple(one.photo_id for one in before if one.rating != rating)
            stars = "no stars" if not rating else f"{rating} stars" if rating > 1 else "1 star"
            text = f"Gave {stars} to {_photos(changed)}"
            decision = Decision(text, changed, act=Act.RATED, stars=max(0, rating or 0))
            return self._done_to(decision, lambda db: restore_opinions(db, before))

        return self._commit(write)

    def remember(self, decision: Decision, take_back: TakeBack) -> Decision:
        """Something else was done that can be taken back: `undo` does so in its turn."""
        self._keep(_Done(decision, take_back))
        return decision

    def undo(self) -> Future[Decision | None]:
        """Take back the last decision."""
        with self._lock:
            last = self._done.pop() if self._done else None
        if last is None:
            nothing: Future[Decision | None] = Future()
            nothing.set_result(None)
            return nothing
        return mapped(last.take_back(), lambda _: last.decision)

    def _done_to(self, decision: Decision, restore: Restore) -> _Done:
        return _Done(decision, partial(self._restore, restore, decision.ids))

    def _restore(self, restore: Restore, ids: Sequence[PhotoId]) -> Future[None]:
        answer: Future[None] = Future()
        written = self._database.write(restore)
        self._after(written, lambda _: ids, answer, lambda _: answer.set_result(None))
        return answer

    def _keep(self, done: _Done) -> None:
        with self._lock:
            self._done = [*self._done, done][-MOST_UNDONE:]

    def _commit(self, write: Callable[[sqlite_utils.Database], _Done]) -> Future[Decision]:
        answer: Future[Decision] = Future()

        def finish(done: _Done) -> None:
            if done.decision.ids:
                self._keep(done)
            answer.set_result(done.decision)

        written = self._database.write(write)
        self._after(written, lambda done: done.decision.ids, answer, finish)
        return answer

    def _after(
        self,
        written: Future[_T],
        ids_of: Callable[[_T], Sequence[PhotoId]],
        answer: Future[_A],
        finish: Callable[[_T], None],
    ) -> None:
        """When it is written, bring the indexes up to date, then finish and tell."""

        def on_written(future: Future[_T]) -> None:
            problem = future.exception()
            if problem is not None:
                answer.set_exception(problem)
                return
            done = future.result()
            ids = ids_of(done)
            fresh = self._database.read(lambda c: self._browsing.update(c, ids))
            fresh.add_done_callback(lambda _: on_fresh(done, ids))

        def on_fresh(done: _T, ids: Sequence[PhotoId]) -> None:
            if ids:
                self._changes.tell(ChangeKind.FACETS, ids, fresh=True)
            finish(done)

        written.add_done_callback(on_written)


def _photos(ids: Sequence[PhotoId]) -> str:
    return "1 photo" if len(ids) == 1 else f"{len(ids):,} photos"
