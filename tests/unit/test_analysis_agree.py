"""What several analysers say of one picture, as one."""

from hypothesis import given
from hypothesis import strategies as st

from album.analysis.agree import agreed
from album.analysis.protocol import Findings
from album.domain.tag import Certainty, TagScore

SLUGS = st.sampled_from(["animal", "dog", "terrier", "beach"])
FOUND = st.dictionaries(SLUGS, st.floats(0, 1), max_size=4)


def findings(scores: dict[str, float]) -> Findings:
    return Findings(tags=tuple(TagScore(slug, score) for slug, score in scores.items()))


@given(st.lists(FOUND, max_size=4))
def test_every_tag_is_told_once_with_its_highest_score(told: list[dict[str, float]]) -> None:
    answers = agreed([findings(scores) for scores in told])
    once = [(tag.slug, tag.score) for found in answers for tag in found.tags]
    slugs = {slug for scores in told for slug in scores}
    assert len(once) == len(slugs)
    assert dict(once) == {slug: max(one.get(slug, -1) for one in told) for slug in slugs}


@given(st.lists(FOUND, max_size=4))
def test_broader_tags_stay_above_narrower_ones(told: list[dict[str, float]]) -> None:
    for scores in told:
        for narrow, broad in (("terrier", "dog"), ("dog", "animal")):
            if narrow in scores:
                scores[broad] = max(scores[narrow], scores.get(broad, 0.0))
    best = {
        tag.slug: tag.score
        for found in agreed([findings(scores) for scores in told])
        for tag in found.tags
    }
    for narrow, broad in (("terrier", "dog"), ("dog", "animal")):
        assert narrow not in best or best[broad] >= best[narrow]


def test_a_tag_is_as_certain_as_the_most_certain_analyser_makes_it() -> None:
    pack = Findings(tags=(TagScore("dog", 0.97, Certainty.EXPERIMENTAL),))
    built_in = Findings(tags=(TagScore("dog", 0.93, Certainty.SURE),))
    assert agreed([pack, built_in])[0].tags == (TagScore("dog", 0.97, Certainty.SURE),)
