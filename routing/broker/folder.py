"""Where the project keeps what it fetched and what it keeps running."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from routing.view.command_line import PROGRAM

PROJECT: Final = Path(__file__).resolve().parents[2]
"""The folder that holds the package `routing`."""

IN_CHECKOUT: Final = (PROJECT / "Makefile").is_file() and (PROJECT / "pyproject.toml").is_file()
"""Whether this runs from the project's sources, and not from where it was installed."""


def cache_of(environ: Mapping[str, str], platform: str = sys.platform) -> Path:
    """Give the folder in which a user's programs keep what they can fetch again.

    The XDG base directory specification names it, and on macOS Apple's; a path in a variable
    that is not absolute does not count.
    """
    named = Path(environ.get("XDG_CACHE_HOME", ""))
    if named.is_absolute():
        return named / PROGRAM
    usual = "Library/Caches" if platform == "darwin" else ".cache"
    return Path(environ.get("HOME") or Path.home()) / usual / PROGRAM


FOLDER: Final = PROJECT / ".rabbitmq" if IN_CHECKOUT else cache_of(os.environ)
"""Packages and records; in a checkout `make clean` removes it."""


def write_private(path: Path, text: str) -> None:
    """Write a file that only this user can read."""
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
