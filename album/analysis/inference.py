"""The one thread that owns the networks and their device; cut-outs go before batches."""

import itertools
import logging
import queue
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, TypeVar

from album.analysis.protocol import Analyser, Cutout, Findings, Hint, Pixels, Segmenter
from album.errors import AlbumError, DeviceMemoryProblem, Interrupted, PackProblem
from album.notices import NoticeLevel, Notices
from album.pictures import advice

T = TypeVar("T")

IDLE_S = 300.0
"""Networks that nobody used for so long give their memory back."""
FIRST, THEN = 0, 1

_log = logging.getLogger(__name__)

Prepared = Sequence[Any]
"""What each analyser prepared of one picture, in the order of the analysers."""


@dataclass(order=True, slots=True)
class _Task:
    priority: int
    serial: int
    run: Callable[[], Any] | None = field(compare=False)
    future: "Future[Any]" = field(compare=False, default_factory=Future)


class _Loaded:
    """One analyser, where it runs, and how much it takes at once."""

    def __init__(self, analyser: Analyser, device: str, notices: Notices) -> None:
        self._analyser = analyser
        self._device = device
        self._notices = notices
        self._most: int | None = None
        self._ready = False

    def load(self) -> None:
        """Make ready, if it is not; on the CPU where the device has no room."""
        if self._ready:
            return
        try:
            self._analyser.load(self._device)
        except DeviceMemoryProblem as problem:
            self._to_cpu(problem)
        except ImportError as error:
            raise PackProblem(
                f"What {self._analyser.name} needs is not installed: {error}.",
                advice="Install Albumen with its models; browsing works without.",
            ) from error
        except AlbumError:
            raise
        except Exception as error:
            _log.exception("loading %s", self._analyser.name)
            raise PackProblem(
                f"{self._analyser.name} cannot be loaded ({type(error).__name__}: {error}).",
                advice="The log says more; browsing works without.",
            ) from error
        self._ready = True

    def analyse(self, prepared: Sequence[Any]) -> list[Findings]:
        """Answers in order; batches that are too large are halved, and then halved for good."""
        most = self._most or len(prepared)
        answers: list[Findings] = []
        start = 0
        while start < len(prepared):
            some = prepared[start : start + most]
            try:
                answers += self._analyser.analyse(some)
            except DeviceMemoryProblem as problem:
                if len(some) > 1:
                    self._most = most = len(some) // 2
                else:
                    self._to_cpu(problem)
            else:
                start += len(some)
        return answers

    def unload(self) -> None:
        """Give memory back."""
        if self._ready:
            self._ready = False
            self._analyser.unload()

    def _to_cpu(self, problem: DeviceMemoryProblem) -> None:
        if self._device == "cpu":
            raise problem
        self._notices.tell(
            NoticeLevel.WARNING,
            f"{problem.text} Photos are looked at on the CPU from now on, which takes longer.",
            advice="Close other programs that use the graphics card, then start Albumen again.",
            replaces="device-memory",
        )
        self._analyser.unload()
        self._device, self._most = "cpu", None
        self._analyser.load("cpu")


class InferenceThread:
    """Runs analysers and the segmenter, all on one thread.

    Args:
        analysers: each picture is looked at by all of them; see `use`.
        segmenter: called at the first cut-out; PackProblem where there is none.
        device: `auto`, `cpu`, `cuda`, `cuda:1`, `mps`.
        notices: told when the device is too small.
    """

    def __init__(
        self,
        analysers: Sequence[Analyser],
        segmenter: Callable[[], Segmenter],
        device: str,
        notices: Notices,
        *,
        idle_s: float = IDLE_S,
    ) -> None:
        self._notices = notices
        self._analysers: tuple[Analyser, ...] = ()
        self._loaded: list[_Loaded] = []
        self._find_segmenter = segmenter
        self._segmenter: Segmenter | None = None
        self._device = device
        self._idle_s = idle_s
        self.use(analysers)
        self._tasks: queue.PriorityQueue[_Task] = queue.PriorityQueue()
        self._serial = itertools.count()
        self._lock = threading.Lock()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="album-inference", daemon=True)
        self._thread.start()

    def use(self, analysers: Sequence[Analyser]) -> None:
        """Look with these from now on; only before any picture is looked at."""
        self._analysers = tuple(analysers)
        self._loaded = [_Loaded(one, self._device, self._notices) for one in analysers]

    @property
    def device(self) -> str:
        """Where the first analyser runs; empty until it is loaded."""
        return self._analysers[0].device if self._analysers else ""

    def load(self) -> "Future[int]":
        """Make the analysers ready; the batch size that suits them. PackProblem."""
        return self._submit(THEN, self._load)

    def analyse(
        self, pictures: Sequence[Prepared]
    ) -> "Future[list[tuple[Findings, ...] | AlbumError]]":
        """What all analysers found in each picture, in order; an error where they cannot."""
        return self._submit(THEN, lambda: self._analyse(pictures))

    def segment(self, pixels: Pixels, hints: Sequence[Hint] = ()) -> "Future[Cutout]":
        """The subject of one picture; before all batches. PackProblem, DeviceMemoryProblem."""
        return self._submit(FIRST, lambda: self._segment(pixels, hints))

    def close(self) -> None:
        """End after the running batch; what waits ends with Interrupted. May be called again."""
        with self._lock:
            self._closed = True
            self._tasks.put(_Task(-1, next(self._serial), None))
        if self._thread is not threading.current_thread():
            self._thread.join()

    def _submit(self, priority: int, run: Callable[[], T]) -> "Future[T]":
        task = _Task(priority, next(self._serial), run)
        with self._lock:
            if self._closed:
                task.future.set_exception(Interrupted("The library has been closed."))
            else:
                self._tasks.put(task)
        return task.future

    # On the inference thread

    def _run(self) -> None:
        while True:
            try:
                task = self._tasks.get(timeout=self._idle_s)
            except queue.Empty:
                self._unload()
                continue
            if task.run is None:
                break
            if task.future.set_running_or_notify_cancel():
                self._do(task, task.run)
        self._unload()
        while not self._tasks.empty():
            left = self._tasks.get()
            if left.future.set_running_or_notify_cancel():
                left.future.set_exception(Interrupted("The library has been closed."))

    def _do(self, task: _Task, run: Callable[[], Any]) -> None:
        try:
            answer = run()
        except AlbumError as problem:
            task.future.set_exception(problem)
        except Exception as error:  # noqa: BLE001 (whoever waits gets it)
            _log.exception("on the inference thread")
            task.future.set_exception(error)
        else:
            task.future.set_result(answer)

    def _load(self) -> int:
        for one in self._loaded:
            one.load()
        return min((one.batch_size for one in self._analysers), default=1)

    def _unload(self) -> None:
        for one in self._loaded:
            one.unload()
        if self._segmenter is not None:
            self._segmenter.unload()
            self._segmenter = None

    def _analyse(self, pictures: Sequence[Prepared]) -> list[tuple[Findings, ...] | AlbumError]:
        self._load()
        try:
            return list(self._look(pictures))
        except AlbumError:
            raise
        except Exception:  # noqa: BLE001 (one picture never stops the others)
            _log.exception("looking at %d pictures", len(pictures))
        if len(pictures) == 1:
            return [AlbumError("Albumen could not look at it.", advice=advice.REPORT)]
        return [answer for one in pictures for answer in self._analyse([one])]

    def _look(self, pictures: Sequence[Prepared]) -> list[tuple[Findings, ...]]:
        columns = [
            one.analyse([picture[place] for picture in pictures])
            for place, one in enumerate(self._loaded)
        ]
        return list(zip(*columns, strict=True))

    def _segment(self, pixels: Pixels, hints: Sequence[Hint]) -> Cutout:
        if self._segmenter is None:
            found = self._find_segmenter()
            self._load_segmenter(found)
            self._segmenter = found
        try:
            return self._segmenter.segment(pixels, hints)
        except DeviceMemoryProblem:
            self._segmenter.unload()
            self._segmenter.load("cpu")
            return self._segmenter.segment(pixels, hints)

    def _load_segmenter(self, segmenter: Segmenter) -> None:
        try:
            segmenter.load(self._device)
        except DeviceMemoryProblem:
            segmenter.load("cpu")
        except ImportError as error:
            raise PackProblem(
                f"What {segmenter.name} needs is not installed: {error}.",
                advice="Install Albumen with its models.",
            ) from error
