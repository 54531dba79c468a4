"""The file of a page: written whole or not at all, and over nothing but another page."""

import os
from errno import ENOENT
from pathlib import Path
from stat import S_IMODE, S_ISREG
from tempfile import TemporaryDirectory

from routing.amqp.errors import BadUse
from routing.amqp.notation import write_key
from routing.pictures.page.document import MARK
from routing.view.new_file import not_written


def require_page(path: Path) -> None:
    """Raise BadUse where no page can be written, or something else is there: before it is made."""
    try:
        there = path.stat()
    except FileNotFoundError:
        if not path.parent.is_dir():
            raise not_written(path, os.strerror(ENOENT)) from None
        return
    except OSError as error:
        raise not_written(path, error.strerror) from error
    if not S_ISREG(there.st_mode) or not is_page(path):
        raise BadUse(f"{write_key(str(path))} is there already, and no page: name another file.")


def is_page(path: Path) -> bool:
    """Tell whether a file begins as pages do."""
    try:
        with path.open("rb") as file:
            return file.read(len(MARK)) == MARK.encode()
    except OSError as error:
        raise not_written(path, error.strerror) from error


def write_page(path: Path, text: str) -> None:
    """Write a page beside, and give it its name when all of it is there.

    Raises BadUse where that cannot be done.
    """
    try:
        target = path.resolve()  # a link stays one
        with TemporaryDirectory(prefix=".page-", dir=target.parent) as folder:
            half = Path(folder) / "page.html"
            half.write_text(text, encoding="utf-8")
            if target.exists():
                half.chmod(S_IMODE(target.stat().st_mode))
            half.replace(target)
    except OSError as error:
        raise not_written(path, error.strerror) from error
