"""What a whole process has once is put back when a lesson has been read, whatever it did to it."""

import builtins
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import NoReturn

from routing.amqp.errors import BadUse


@contextmanager
def undisturbed() -> Iterator[None]:
    """Put back what others use as well, and see that no thread goes on.

    Raises what a thread raised, and BadUse where one goes on.
    """
    modules, names, folder = dict(sys.modules), dict(vars(builtins)), os.getcwd()  # noqa: PTH109
    lists = [(each, [*each]) for each in (sys.path, sys.meta_path, sys.path_hooks)]
    limit, trace, leave = sys.getrecursionlimit(), sys.gettrace(), os._exit
    tell, threads, faults = threading.excepthook, threading.active_count(), list[BaseException]()
    threading.excepthook = lambda told: faults.append(told.exc_value or told.exc_type())
    os._exit = refuse_to_leave  # type: ignore[assignment]
    try:
        yield
    finally:
        vars(builtins).update(names)
        sys.modules.update(modules)
        for each, before in lists:
            each[:] = before
        sys.setrecursionlimit(limit)
        sys.settrace(trace)
        os._exit, threading.excepthook = leave, tell
        with suppress(OSError):
            os.chdir(folder)
    if faults:
        raise faults[0]
    if threading.active_count() > threads:
        raise BadUse("it starts a thread that goes on, but a lesson is only read: take this out.")


def refuse_to_leave(_status: int = 0) -> NoReturn:
    """End no process, but the lesson."""
    raise SystemExit
