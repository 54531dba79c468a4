"""How far many messages have come: told on a terminal, and nowhere else."""

import os
import stat
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from routing.broker.way import Progress, Report

OFTEN: Final = 10_000
"""After so many lines more it is told how far they have come: a few times a second."""

AT_ONCE: Final = 200_000
"""About so many bytes of a file are answered in one go."""

READING: Final = "routing messages"


@contextmanager
def told_underway(file: Any, *, answers_shown: bool) -> Iterator[Iterable[bytes]]:
    """Read parts, and show meanwhile how far they have come if standard error is a terminal.

    answers_shown: whether each line is answered on standard output; nothing is shown of progress
    where that is a terminal, too.
    """
    if not sys.stderr.isatty() or (answers_shown and sys.stdout.isatty()):
        yield parts_of(file)
        return
    from routing.broker.screen import bar_shown

    with bar_shown() as report:
        yield reported(parts_of(file), size_of(file), report)


def parts_of(file: Any) -> Iterator[bytes]:
    """Read whole lines, many at a time; out of a pipe each as it comes."""
    if not size_of(file):
        yield from file
        return
    while part := file.read(AT_ONCE):
        yield part + file.readline()


def reported(parts: Iterable[bytes], size: int | None, report: Report) -> Iterator[bytes]:
    """Pass parts on, and report the share of so many bytes, or the count where that is unknown."""
    read = lines = told = 0
    for part in parts:
        read += len(part)
        lines += part.count(b"\n")
        if lines >= told + OFTEN:
            told = lines
            report(Progress(READING, read / size) if size else Progress(f"{READING}: {lines:,}"))
        yield part


def size_of(file: Any) -> int | None:
    """Give the size of an open file; None for a pipe, and for what is no file at all."""
    try:
        status = os.fstat(file.fileno())
    except OSError:
        return None
    return status.st_size if stat.S_ISREG(status.st_mode) else None
