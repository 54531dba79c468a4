"""A file that is written whole or not at all, and never over another."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from routing.amqp.errors import BadUse


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
        is_there = "is there already: name another file, or remove it"
        does = "is a folder: name a file in it" if path.is_dir() else is_there
        raise BadUse(f"{path} {does}.") from None
    except OSError as error:
        raise BadUse(f"{path} cannot be written ({error.strerror}): name another file.") from error


@contextmanager
def removed_unless_done(path: Path) -> Iterator[None]:
    """Remove a file that could not be written to its end."""
    try:
        yield
    except BaseException:
        path.unlink()
        raise
