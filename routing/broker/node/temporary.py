"""The folder of a node: private, and locked as long as anything of the node lives.

Whoever holds a node removes it.  Where that is killed, the next that looks finds and removes it.
"""

import os
import re
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from routing.view.command_line import PROGRAM

PREFIX: Final = "routing-"

NAME: Final = re.compile(PREFIX + r"\w{8}")
"""As mkdtemp makes it."""

LOCK: Final = f"{PROGRAM}.lock"


@contextmanager
def folder_of_its_own() -> Iterator[tuple[Path, int]]:
    """Yield a folder that only this user can read, under a path without a space, and its lock.

    The lock is a descriptor; what inherits it holds it, too.
    """
    remove_abandoned()
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=place()))
    lock = locked_in(folder)
    try:
        yield folder, lock
    finally:
        clear(folder)
        os.close(lock)


def place() -> str:
    """Name the folder in which those of nodes are."""
    usual = tempfile.gettempdir()
    return "/tmp" if " " in usual else usual  # noqa: S108 - mkdtemp makes it private


def locked_in(folder: Path) -> int:
    """Lock a folder, and give the descriptor of its lock.

    The lock is held before it has its name, so that nobody ever finds it there and free.
    """
    import fcntl

    unnamed = folder / "lock"
    lock = os.open(unnamed, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    fcntl.flock(lock, fcntl.LOCK_EX)
    unnamed.rename(folder / LOCK)
    return lock


def remove_abandoned() -> list[Path]:
    """Remove the folders of nodes whose keeper was killed, and name them."""
    if sys.platform == "win32":
        return []
    return [each for each in sorted(Path(place()).glob(f"{PREFIX}*")) if is_removed(each)]


def is_removed(folder: Path) -> bool:
    """Remove a folder if it is a node's, and nobody's any longer; tell whether it was."""
    import fcntl

    try:
        if not is_own(folder):
            return False
        lock = os.open(folder / LOCK, os.O_RDWR | os.O_NOFOLLOW)
    except OSError:
        return False
    with os.fdopen(lock), suppress(OSError):
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        clear(folder)
    return not folder.exists()


def is_own(folder: Path) -> bool:
    """Tell whether it is a folder, no link to one, that this user made for a node.

    Raises OSError where it is gone.
    """
    found = folder.lstat()
    private = stat.S_ISDIR(found.st_mode) and stat.S_IMODE(found.st_mode) == stat.S_IRWXU
    return private and found.st_uid == os.getuid() and bool(NAME.fullmatch(folder.name))


def clear(folder: Path) -> None:
    """Remove a folder, and last of all its lock, by which it is found where this is cut short."""
    for each in folder.iterdir():
        if each.is_dir() and not each.is_symlink():
            shutil.rmtree(each, ignore_errors=True)
        elif each.name != LOCK:
            each.unlink(missing_ok=True)
    shutil.rmtree(folder, ignore_errors=True)
