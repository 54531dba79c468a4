"""A file that is written whole or not at all, and never over another."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from errno import EACCES, ENOENT
from functools import partial
from pathlib import Path

from routing.amqp.errors import BadUse


def require_new(path: Path) -> None:
    """Raise BadUse where a file is there already, or none can be: before what is long to make."""
    if os.path.lexists(path):
        raise is_there(path)
    folder = path.parent
    if not folder.is_dir():
        raise not_written(path, os.strerror(ENOENT))
    if not os.access(folder, os.W_OK):
        raise not_written(path, os.strerror(EACCES))


def save(text: str, path: Path, mode: int = 0o666) -> None:
    """Write a file that is not there yet.

    mode: who may read it, unless the user's own settings forbid that.
    Raises BadUse where it is, or cannot be written; half of it is not left.
    """
    opener = partial(os.open, mode=mode)
    try:
        with (
            open(path, "x", encoding="utf-8", opener=opener) as file,
            removed_unless_done(path),
        ):
            file.write(text)
            file.flush()
    except FileExistsError:
        raise is_there(path) from None
    except OSError as error:
        raise not_written(path, error.strerror) from error


def is_there(path: Path) -> BadUse:
    """Say that a file is there already."""
    there = "is there already: name another file, or remove it"
    return BadUse(f"{path} {'is a folder: name a file in it' if path.is_dir() else there}.")


def not_written(path: Path, why: str | None) -> BadUse:
    """Say that a file cannot be written."""
    return BadUse(f"{path} cannot be written ({why}): name another file.")


@contextmanager
def removed_unless_done(path: Path) -> Iterator[None]:
    """Remove a file that could not be written to its end."""
    try:
        yield
    except BaseException:
        path.unlink()
        raise
