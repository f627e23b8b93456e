"""The taxonomy that comes with Albumen."""

from album.domain.tag import Facet, Tag
from album.domain.taxonomy import Taxonomy
from album_resources.taxonomy import tag_rows


def built_in_taxonomy() -> Taxonomy:
    """All tags of `album_resources.taxonomy`, with their names in English and Chinese."""
    return Taxonomy(
        Tag(
            row.slug,
            Facet(row.facet),
            {"en": row.english, "zh": row.chinese} if row.chinese else {"en": row.english},
            row.parent or None,
            row.synonyms,
        )
        for row in tag_rows()
    )
