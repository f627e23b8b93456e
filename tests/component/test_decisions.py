"""What was decided, in the words of the window."""

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from album.domain.photo import PhotoId
from album.session import Act, Decision
from album.taxonomies import built_in_taxonomy
from album_ui import words
from album_ui.decisions import decision_words

ONE, TWO = (PhotoId(1),), (PhotoId(1), PhotoId(2))


@pytest.fixture(autouse=True)
def spoken(qapp: QApplication) -> Iterator[None]:
    words.install(qapp, "en")
    yield
    words.install(qapp, "en")


@pytest.mark.parametrize(
    ("decision", "english", "chinese"),
    [
        (Decision("", TWO, "beach", Act.ACCEPTED, "beach"), "Accepted beach on 2 photos",
         "已接受 2 张照片的“海滩”"),
        (Decision("", ONE, "grandma", Act.TOOK_OFF, "grandma"), "Took grandma off 1 photo",
         "已从 1 张照片移除“grandma”"),
        (Decision("", ONE, act=Act.RATED, stars=1), "Gave 1 star to 1 photo",
         "已给 1 张照片评为 1 星"),
        (Decision("", TWO, act=Act.RATED), "Gave no stars to 2 photos", "已给 2 张照片评为 无星级"),
        (Decision("", TWO, act=Act.HEARTED), "Made favourites of 2 photos", "已收藏 2 张照片"),
        (Decision("", (), act=Act.UNWATCHED, name="a"), "Stopped watching a", "已停止关注 a"),
    ],
)  # fmt: skip
def test_a_decision_is_said_in_the_language_of_the_window(
    qapp: QApplication, decision: Decision, english: str, chinese: str
) -> None:
    taxonomy = built_in_taxonomy()
    assert decision_words(decision, taxonomy) == english
    words.install(qapp, "zh")
    assert decision_words(decision, taxonomy) == chinese


def test_every_act_has_words() -> None:
    taxonomy = built_in_taxonomy()
    for act in Act:
        assert decision_words(Decision("", ONE, act=act, name="x"), taxonomy)
