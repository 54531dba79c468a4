"""What a RabbitMQ that did not start has said, kept where it can be read."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from routing.broker.folder import FOLDER, write_private
from routing.broker.node.ready import NotReady, PortTaken

LOG: Final = "last-start.log"

REASONS: Final = (
    ("enospc|No space left", "the disk is full"),
    ("enomem|Cannot allocate|Failed to allocate|can't allocate|Out of memory", "memory is short"),
    ("emfile|enfile|[Tt]oo many open files", "too many files are open"),
    ("error while loading shared libraries", "a library is missing"),
    ("[Ee]xec format error", "its programs are for another processor"),
    (
        "failed_to_prepare_configuration|failed_to_read_advanced_configuration",
        "it refuses its settings",
    ),
    ("eacces|Permission denied", "it may not read or write a file"),
    ("failed_to_create|[Cc]ould not create", "it cannot write into its folder"),
)
"""What its words come down to; the first that is found tells."""


@contextmanager
def told(password: str, folder: Path | None = None) -> Iterator[None]:
    """Say of a node that does not start where its log can be read.

    password: of its user; it is left out of the log.
    folder: that of its own log files, if it has any.
    Raises NotReady in place of the one that comes, which is a word shorter.
    """
    try:
        yield
    except PortTaken:
        raise
    except NotReady as error:
        files = sorted(folder.glob("*.log")) if folder else []
        parts = [error.said, *(each.read_text(errors="replace") for each in files)]
        text = "\n".join(parts).replace(password, "(its password)")
        why = reason(error.said)
        raise NotReady(f"{error}{why and f', as {why}'}; {kept(text)}") from None


def reason(said: str) -> str:
    """Say in a few words why a node did not start, where what it said is clear about that."""
    return next((words for pattern, words in REASONS if re.search(pattern, said)), "")


def kept(text: str) -> str:
    """Keep a log, in the place of the one before, and say where."""
    path = FOLDER / LOG
    try:
        FOLDER.mkdir(parents=True, exist_ok=True)
        write_private(path, text)
    except OSError as error:
        return f"its log could not be kept as {path}: {error.strerror}"
    return f"its log is {path}"
