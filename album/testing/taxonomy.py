"""A small taxonomy that the fakes speak."""

from album.domain.tag import Facet, Tag
from album.domain.taxonomy import Taxonomy


def sample_taxonomy() -> Taxonomy:
    """A dozen tags of every kind, in English and Chinese, two of them below another."""
    return Taxonomy(
        (
            Tag("sky", Facet.SCENE, {"en": "sky", "zh": "天空"}),
            Tag("sunset", Facet.SCENE, {"en": "sunset", "zh": "日落"}, synonyms=("dusk",)),
            Tag("beach", Facet.SCENE, {"en": "beach", "zh": "海滩"}, synonyms=("seaside",)),
            Tag("forest", Facet.SCENE, {"en": "forest", "zh": "森林"}),
            Tag("snow", Facet.SCENE, {"en": "snow", "zh": "雪"}),
            Tag("night", Facet.SCENE, {"en": "night", "zh": "夜晚"}),
            Tag("city", Facet.SCENE, {"en": "city", "zh": "城市"}),
            Tag("gathering", Facet.EVENT, {"en": "gathering", "zh": "聚会"}),
            Tag("sports", Facet.EVENT, {"en": "sports", "zh": "运动"}),
            Tag("performance", Facet.EVENT, {"en": "performance", "zh": "演出"}),
            Tag("animal", Facet.THING, {"en": "animal", "zh": "动物"}),
            Tag("dog", Facet.THING, {"en": "dog", "zh": "狗"}, parent="animal"),
            Tag("terrier", Facet.THING, {"en": "terrier", "zh": "梗犬"}, parent="dog"),
            Tag("fresh-and-elegant", Facet.STYLE, {"en": "fresh and elegant", "zh": "清新淡雅"}),
            Tag("happy-and-vivid", Facet.STYLE, {"en": "happy and vivid", "zh": "欢快活泼"}),
        )
    )
