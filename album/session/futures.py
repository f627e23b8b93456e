"""Answers that are made of other answers."""

from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

from album.errors import AlbumError, Interrupted

T = TypeVar("T")
A = TypeVar("A")


def mapped(future: Future[T], then: Callable[[T], A]) -> Future[A]:
    """What `then` makes of the answer, on the thread that gives it; errors pass through."""
    answer: Future[A] = Future()

    def on_done(done: Future[T]) -> None:
        if done.cancelled():
            answer.set_exception(Interrupted("The library has been closed."))
            return
        problem = done.exception()
        if problem is not None:
            answer.set_exception(problem)
            return
        try:
            made = then(done.result())
        except AlbumError as error:
            answer.set_exception(error)
        else:
            answer.set_result(made)

    future.add_done_callback(on_done)
    return answer


def failed(problem: AlbumError) -> Future[T]:
    """A future that has this error for an answer."""
    future: Future[T] = Future()
    future.set_exception(problem)
    return future
