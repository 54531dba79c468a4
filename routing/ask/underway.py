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

READING: Final = "routing messages"


@contextmanager
def told_underway(lines: Any, *, answers_shown: bool) -> Iterator[Iterable[bytes]]:
    """Pass lines on, and show meanwhile how far they have come if standard error is a terminal.

    answers_shown: whether each line is answered on standard output; nothing is shown of progress
    where that is a terminal, too.
    """
    if not sys.stderr.isatty() or (answers_shown and sys.stdout.isatty()):
        yield lines
        return
    from routing.broker.screen import bar_shown

    with bar_shown() as report:
        yield reported(lines, size_of(lines), report)


def reported(lines: Iterable[bytes], size: int | None, report: Report) -> Iterator[bytes]:
    """Pass lines on, and report the share of so many bytes, or the count where that is unknown."""
    read = 0
    for number, line in enumerate(lines, 1):
        read += len(line)
        if not number % OFTEN:
            report(Progress(READING, read / size) if size else Progress(f"{READING}: {number:,}"))
        yield line


def size_of(lines: Any) -> int | None:
    """Give the size of an open file; None for a pipe, and for what is no file at all."""
    try:
        status = os.fstat(lines.fileno())
    except OSError:
        return None
    return status.st_size if stat.S_ISREG(status.st_mode) else None
