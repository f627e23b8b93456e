"""Which tag is worth reviewing, and which photos a model suggests for it, least certain first."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject

from album.domain.photo import PhotoId
from album.domain.query import FacetTerm, Query, Sort
from album.domain.tag import Facet, TagState
from album.session import LibrarySession
from album.storage.facets import FacetCount
from album.storage.rows import PhotoDetails
from album.storage.search import Page
from album_ui.bridge import Bridge
from album_ui.review.grid import Suggestion

TO_REVIEW = FacetTerm(Facet.FLAG, ("review",))
_TAG_FACETS = (Facet.SCENE, Facet.EVENT, Facet.THING)
_MOST_TAGS = 24


class Candidates(QObject):
    """Asks the session for tags and suggestions; hands them over on the GUI thread."""

    def __init__(self, session: LibrarySession, bridge: Bridge, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._bridge = bridge

    def tags(self, then: Callable[[list[FacetCount]], None]) -> None:
        """Tags of photos that have something to decide, the most frequent first."""

        def sort(counts: Mapping[Facet, Sequence[FacetCount]]) -> None:
            found = [one for facet in _TAG_FACETS for one in counts.get(facet, ())]
            then(sorted(found, key=lambda one: (-one.count, one.name, one.slug))[:_MOST_TAGS])

        self._bridge.call(
            self._session.facet_counts(Query((TO_REVIEW,))), sort, owner=self, latest="tags"
        )

    def photos(self, slug: str, then: Callable[[NDArray[np.int32]], None]) -> None:
        """Photos that have the tag and something to decide, the least certain first."""
        term = FacetTerm(self._session.taxonomy.facet(slug), (slug,))
        self._bridge.call(
            self._session.browse(Query((term, TO_REVIEW)), Sort.SCORE),
            lambda page: then(_reversed(page)),
            owner=self,
            latest="photos",
        )

    def suggestions(
        self, slug: str, ids: Sequence[int], then: Callable[[list[Suggestion]], None]
    ) -> None:
        """Those of the photos for which the tag is still a suggestion, in the same order."""
        waiting = len(ids)
        found: dict[int, Suggestion] = {}

        def take(details: PhotoDetails) -> None:
            for tag in details.tags:
                if tag.slug == slug and tag.state is TagState.SUGGESTED and details.id is not None:
                    found[details.id] = Suggestion(details.id, tag.score or 0.0, tag.certainty)
            count_down()

        def count_down() -> None:
            nonlocal waiting
            waiting -= 1
            if waiting == 0:
                then([found[one] for one in ids if one in found])

        if not ids:
            then([])
        for one in ids:
            details = self._session.details(PhotoId(one))
            self._bridge.call(details, take, lambda _: count_down(), owner=self)


def _reversed(page: Page) -> NDArray[np.int32]:
    return page.ids[::-1].copy()
