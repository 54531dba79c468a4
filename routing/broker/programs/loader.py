"""Lets programs run with the C library that they were made for, whatever the system's own is.

A program is started by the loader that belongs to its libraries.  To set LD_LIBRARY_PATH would not
do: the system's own shell, which Erlang's scripts call, must not see foreign libraries.
"""

import re
from pathlib import Path
from typing import Final

from routing.broker.way import NotFetched

ERLANG: Final = "usr/lib/erlang"

SCRIPT: Final = """\
#!/bin/sh
up="$ERL_ROOTDIR/../../.."
exec "$up/{loader}" --library-path "{libraries}" "$up/{program}" "$@"
"""
"""Stands in the place of a program; the variable names the folder ERLANG in the node's root."""

HEAD: Final = 4096
"""Bytes at the beginning of a program among which the name of its loader stands."""


def make_movable(root: Path) -> None:
    """Let Erlang's programs and scripts run from any folder, with the libraries beside them.

    Raises OSError where a file cannot be written.
    """
    for script in root.glob(f"{ERLANG}/**/bin/erl"):
        text = script.read_text(encoding="utf-8")
        moved = text.replace("ROOTDIR=/usr/lib/erlang\n", 'ROOTDIR="$ERL_ROOTDIR"\n')
        script.write_text(moved, encoding="utf-8")
    for file in list(root.glob(f"{ERLANG}/**/*")):
        if loader := loader_of(file):
            put_aside(file, loader, root)


def loader_of(file: Path) -> str | None:
    """Name the loader that a program asks for; None where a file is no such program."""
    if file.suffix == ".so" or file.is_symlink() or not file.is_file():
        return None
    with file.open("rb") as opened:
        head = opened.read(HEAD)
    asked = re.search(rb"/lib[^\0]*/(ld[^/\0]*)\0", head) if head.startswith(b"\x7fELF") else None
    return asked[1].decode() if asked else None


def put_aside(program: Path, loader: str, root: Path) -> None:
    """Put a script in the place of a program; raises NotFetched where its loader is not there.

    The program keeps its name, by which escript knows what to do.
    """
    aside = program.parent / "elf" / program.name
    aside.parent.mkdir(exist_ok=True)
    program.rename(aside)
    folders = [*root.glob("usr/lib/*-linux-*"), *root.glob("lib/*-linux-*")]
    found = next((each / loader for each in folders if (each / loader).exists()), None)
    if not found:
        raise NotFetched(f"its packages do not have {loader}, with which its programs start")
    program.write_text(
        SCRIPT.format(
            loader=found.relative_to(root),
            libraries=":".join(f"$up/{folder.relative_to(root)}" for folder in folders),
            program=aside.relative_to(root),
        )
    )
    program.chmod(0o755)
