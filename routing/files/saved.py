"""Files that are watched for being saved.

Editors write in many ways: over the old text, to an empty file bit by bit, or to a new file that
takes the old one's name.  So a file is looked at a few times a second, and has been saved once it
is another than before and has stayed the same from one look to the next.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from routing.amqp.errors import BadUse
from routing.files.lesson import path_of
from routing.files.reading import STDIN, content_of, is_lesson

PAUSE: Final = 0.2
"""Seconds from one look to the next."""

Look = tuple[tuple[int, int, int] | None, ...]
"""What files look like from outside: which each is, how long, and since when; None where none is.
"""


def file_of(word: str) -> Path:
    """Give the file that a source is read from.

    Raises BadUse where it is read from none, or where there is none.
    """
    if word == STDIN or "://" in word:
        raise BadUse(f"{word} is no file, and only a file can be followed: save it as one.")
    if is_lesson(word):
        return path_of(word)[0]
    content_of(word)
    return Path(word)


def look(files: Collection[Path]) -> Look:
    """Look at files from outside; what they hold is to be read after that."""
    return tuple(map(look_at, files))


def look_at(file: Path) -> tuple[int, int, int] | None:
    """Look at one of them."""
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns


@dataclass
class Watch:
    """Files that are looked at again and again.

    seen: what they looked like when they were read; before: when they were last looked at.
    """

    files: Collection[Path]
    seen: Look
    before: Look = ()

    def is_saved(self) -> bool:
        """Look, and tell whether one is another than it was when it was read, and none changes."""
        before, self.before = self.before or self.seen, look(self.files)
        return self.before == before != self.seen and None not in before


def await_saved(files: Collection[Path], seen: Look, meanwhile: Callable[[float], object]) -> None:
    """Wait until one of the files is another than it was seen, and all are there.

    meanwhile: does something for so many seconds, if only to wait.
    """
    watch = Watch(files, seen)
    meanwhile(PAUSE)
    while not watch.is_saved():
        meanwhile(PAUSE)
