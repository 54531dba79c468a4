"""A lock that ends with the process that holds it, however that ends."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import TextIO

from routing.broker.way import WINDOWS, Unavailable

AGAIN = 0.1
"""Seconds until a lock is asked for again.  The system's own wait has no end but the lock, and in a
thread not even Ctrl-C ends it."""


@contextmanager
def locked(path: Path, before_waiting: Callable[[], None] = lambda: None) -> Iterator[None]:
    """Hold a lock on a file, alone, after waiting for whoever holds it.

    before_waiting: called again and again meanwhile; what it raises ends the wait.
    Raises Unavailable where the file cannot be written.
    """
    with opened(path) as file:
        while not taken(file):
            before_waiting()
            Event().wait(AGAIN)
        yield


@contextmanager
def unless_held(path: Path) -> Iterator[bool]:
    """Tell whether nobody holds the lock alone, and let nobody take it until this ends.

    Raises Unavailable where the file cannot be written.
    """
    with opened(path) as file:
        yield taken(file, shared=True)


@contextmanager
def opened(path: Path) -> Iterator[TextIO]:
    """Open the file of a lock, which stays empty; closing it gives the lock back.

    Raises Unavailable where the file cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("a")
    except OSError as error:
        raise Unavailable(f"cannot write to {path.parent}: {error.strerror}") from error
    with file:
        yield file


def taken(file: TextIO, *, shared: bool = False) -> bool:
    """Take a lock, and tell whether that succeeded.

    Raises Unavailable where the system has no such locks.
    """
    try:
        import fcntl
    except ImportError:
        raise Unavailable(WINDOWS) from None
    kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
