"""The tags we know, their facet, parents, synonyms, and names in each language."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping

from album.domain.tag import Facet, Tag

_SEPARATORS = re.compile(r"[^\w]+", re.UNICODE)


def slugify(word: str) -> str:
    """The slug of a word in any script: lower case, hyphens between its parts; may be empty."""
    plain = unicodedata.normalize("NFKC", word).casefold()
    return _SEPARATORS.sub("-", plain.replace("_", " ")).strip("-")


class Taxonomy:
    """Known tags by slug, with lookup by any of their words.

    Parents must be known tags and must not form a circle; ValueError otherwise.
    """

    def __init__(self, tags: Iterable[Tag]) -> None:
        self._tags: dict[str, Tag] = {tag.slug: tag for tag in tags}
        self._children: dict[str, list[str]] = {}
        self._words: dict[str, str] = {}
        for tag in self._tags.values():
            self._register(tag)
        for tag in self._tags.values():
            tuple(self.ancestors(tag.slug))

    def _register(self, tag: Tag) -> None:
        if tag.parent is not None:
            if tag.parent not in self._tags:
                raise ValueError(f"tag {tag.slug!r} has an unknown parent {tag.parent!r}")
            self._children.setdefault(tag.parent, []).append(tag.slug)
        self._words[tag.slug] = tag.slug
        for word in (*tag.names.values(), *tag.synonyms):
            self._words.setdefault(slugify(word), tag.slug)

    def __contains__(self, slug: object) -> bool:
        """Whether the slug is a known tag."""
        return slug in self._tags

    def __iter__(self) -> Iterator[Tag]:
        """All tags, in the order they were given."""
        return iter(self._tags.values())

    def __len__(self) -> int:
        """How many tags are known."""
        return len(self._tags)

    def get(self, slug: str) -> Tag | None:
        """The tag with this slug."""
        return self._tags.get(slug)

    def find(self, word: str) -> Tag | None:
        """The tag that this word (slug, name in any language, or synonym) means."""
        slug = self._words.get(slugify(word))
        return None if slug is None else self._tags[slug]

    def facet(self, slug: str) -> Facet:
        """The facet of a slug; unknown ones are the user's own words."""
        tag = self._tags.get(slug)
        return Facet.KEYWORD if tag is None else tag.facet

    def name(self, slug: str, language: str = "en") -> str:
        """The shown name of a tag, else the English one; an unknown slug names itself."""
        tag = self._tags.get(slug)
        if tag is None:
            return slug.replace("-", " ")
        return tag.names.get(language) or tag.names.get("en") or slug

    def ancestors(self, slug: str) -> Iterator[str]:
        """Broader tags, nearest first; ValueError where parents form a circle."""
        seen = {slug}
        tag = self._tags.get(slug)
        while tag is not None and tag.parent is not None:
            if tag.parent in seen:
                raise ValueError(f"the parents of tag {slug!r} form a circle")
            seen.add(tag.parent)
            yield tag.parent
            tag = self._tags.get(tag.parent)

    def descendants(self, slug: str) -> Iterator[str]:
        """Narrower tags at any depth, without the tag itself."""
        for child in self._children.get(slug, ()):
            yield child
            yield from self.descendants(child)

    def with_parents(self, scores: Mapping[str, float]) -> dict[str, float]:
        """Scores in which every ancestor is there and none is below its descendants."""
        raised = dict(scores)
        for slug, score in scores.items():
            for ancestor in self.ancestors(slug):
                raised[ancestor] = max(raised.get(ancestor, 0.0), score)
        return raised
