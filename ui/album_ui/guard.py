"""Keeps exceptions inside the methods that Qt calls.

An exception that leaves a Python override of a Qt method may end the process by a fault, when C
code raised it (docs/adr/0040-window.md). A widget or model that is handed data of the library says
`@guarded`: what such a method raises is reported as every other bug, once for each line, and Qt
gets its own default.
"""

import sys
from collections.abc import Callable
from functools import wraps
from types import FunctionType
from typing import Any, TypeVar

T = TypeVar("T")

_QT = "PySide6."


def guarded(cls: type[T]) -> type[T]:
    """Wrap every method of the class that overrides one of Qt's."""
    of_qt = [base for base in cls.__mro__[1:] if base.__module__.startswith(_QT)]
    for name, method in list(vars(cls).items()):
        own = isinstance(method, FunctionType) and not name.startswith("__")
        if own and any(name in vars(base) for base in of_qt):
            setattr(cls, name, _kept_inside(method))
    return cls


def _kept_inside(method: Callable[..., Any]) -> Callable[..., Any]:
    reported: set[int] = set()

    @wraps(method)
    def call(*args: Any, **named: Any) -> Any:  # noqa: ANN401 - as the method has it
        try:
            return method(*args, **named)
        except Exception as error:  # noqa: BLE001 - nothing may leave; the crash hook is told
            trace = error.__traceback__
            line = -1 if trace is None or trace.tb_next is None else trace.tb_next.tb_lineno
            if line not in reported:
                reported.add(line)
                sys.excepthook(type(error), error, trace)
            return None

    return call
