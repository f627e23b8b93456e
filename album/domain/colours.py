"""The named colours: the values of the facet `colour`, with their names and other words."""

from typing import Final

from album.domain.tag import Facet, Tag
from album.domain.taxonomy import Taxonomy

COLOURS: Final = Taxonomy(
    Tag(slug, Facet.COLOUR, {"en": slug, "zh": chinese}, synonyms=synonyms)
    for slug, chinese, synonyms in (
        ("red", "红色", ("crimson", "scarlet", "burgundy", "红")),
        ("orange", "橙色", ("橙", "橘色")),
        ("yellow", "黄色", ("gold", "golden", "黄", "金色")),
        ("green", "绿色", ("lime", "olive", "绿")),
        ("teal", "青色", ("turquoise", "cyan", "aqua", "青")),
        ("blue", "蓝色", ("navy", "azure", "蓝")),
        ("purple", "紫色", ("violet", "lilac", "magenta", "紫")),
        ("pink", "粉色", ("fuchsia", "粉红")),
        ("brown", "棕色", ("褐色",)),
        ("beige", "米色", ("cream", "tan", "sand-coloured")),
        ("white", "白色", ("白",)),
        ("grey", "灰色", ("gray", "silver", "灰")),
        ("black", "黑色", ("黑",)),
    )
)
"""In the order they are shown. Apart from the tags, since an orange is a fruit as well."""
