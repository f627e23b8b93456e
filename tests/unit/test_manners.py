"""Work in the background ranks below the window, and leaves its interpreter as it found it."""

import gc
import os
import sys
import threading

import pytest

from album.manners import NICER_BY, give_way, made_to_last


def rank(thread: int) -> int:
    return os.getpriority(os.PRIO_PROCESS, thread)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ranks threads by themselves")
def test_a_thread_that_gives_way_ranks_below_the_main_one_however_often() -> None:
    seen: list[int] = []

    def grandchild() -> None:
        give_way()
        seen.append(rank(threading.get_native_id()))

    def child() -> None:
        give_way()
        seen.append(rank(threading.get_native_id()))
        below = threading.Thread(target=grandchild)
        below.start()
        below.join()

    before = rank(os.getpid())
    thread = threading.Thread(target=child)
    thread.start()
    thread.join()
    assert seen == [min(19, before + NICER_BY)] * 2
    assert rank(os.getpid()) == before


@pytest.mark.parametrize("searches", [True, False])
def test_while_something_is_made_to_last_nothing_is_searched(searches: bool) -> None:
    was = gc.isenabled()
    (gc.enable if searches else gc.disable)()
    try:
        kept = gc.get_freeze_count()
        with made_to_last():
            assert not gc.isenabled()
            made = [[]]  # type: ignore[var-annotated]
        assert gc.isenabled() is searches
        assert gc.get_freeze_count() > kept
        assert made == [[]]
    finally:
        (gc.enable if was else gc.disable)()
        gc.unfreeze()
