"""Values everything speaks of."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from album.domain.photo import Fingerprint
from album.domain.tag import HUMAN_STATES, TagState


@given(st.text(alphabet="abcdefghij0123456789", min_size=1), st.binary(min_size=16, max_size=16))
def test_a_fingerprint_survives_being_stored(scheme: str, digest: bytes) -> None:
    fingerprint = Fingerprint(scheme, digest)
    assert Fingerprint.parse(str(fingerprint)) == fingerprint


def test_what_is_no_fingerprint_is_refused() -> None:
    with pytest.raises(ValueError, match="fromhex"):
        Fingerprint.parse("jpeg1:not hexadecimal")


def test_only_decisions_of_people_are_human() -> None:
    assert {state for state in TagState if state.is_human} == HUMAN_STATES
    assert not TagState.SUGGESTED.is_human
    assert not TagState.IMPORTED.is_human


def test_all_but_rejected_tags_count() -> None:
    assert {state for state in TagState if not state.counts} == {TagState.REJECTED}
