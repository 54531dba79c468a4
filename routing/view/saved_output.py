"""What a command prints, saved to a new file in the form that its ending asks for.

The command knows nothing of it: standard output is taken into memory while it runs.
"""

import os
import re
import sys
from argparse import Namespace
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Final

from routing.amqp.errors import BadUse
from routing.amqp.notation import write_key
from routing.view.command_line import PROGRAM, WIDTH, put
from routing.view.new_file import require_new, save

ENDLESS: Final = ("follow", "walk")
"""Options by which a command goes on until it is ended, or asks; that is for a terminal."""

FORMS_ASKED_FOR: Final = ("json", "markdown", "github", "sarif")
"""Options for a form; where none is given, the ending of the file may stand for one."""

BY_ENDING: Final = {".json": "json", ".md": "markdown"}


class Taken(TextIOWrapper):
    """Standard output, taken into memory; coloured: whether it is to look as on a terminal."""

    def __init__(self, *, coloured: bool) -> None:
        """Begin with nothing."""
        self.raw_bytes = BytesIO()
        super().__init__(self.raw_bytes, "utf-8", "backslashreplace", newline="\n")
        self.coloured = coloured

    @property
    def text(self) -> str:
        """What has been printed so far."""
        self.flush()
        return self.raw_bytes.getvalue().decode()


def carried_out(run: Callable[[Namespace], int], options: Namespace) -> int:
    """Do what a command does, and save what it prints if a file is named; give its status.

    Raises BadUse before anything is done where no such file can be made.
    """
    file: str | None = getattr(options, "table_file", None)
    if file is None:
        return run(options)
    write = form_of(file)
    require_new(Path(file))
    choose_form(options, file)
    with taken(coloured=write in (as_svg, as_html)) as out:
        status = run(options)
    is_markdown = getattr(options, "markdown", False)
    save(out.text if is_markdown else write(out.text), Path(file))
    put(f"Saved as {write_key(file)}.")
    return status


@contextmanager
def taken(*, coloured: bool) -> Iterator[Taken]:
    """Take what is printed into memory."""
    before, out = sys.stdout, Taken(coloured=coloured)
    sys.stdout = out
    try:
        yield out
    finally:
        sys.stdout = before


def form_of(file: str) -> Callable[[str], str]:
    """Choose the form by the ending of a file.

    Raises BadUse where nothing is written so.
    """
    ending = Path(file).suffix.lower()
    if ending not in FORMS:
        *others, last = FORMS
        known = f"{', '.join(others)} or {last}"
        raise BadUse(f"{write_key(file)} does not end as what can be saved: end it in {known}.")
    return FORMS[ending]


def choose_form(options: Namespace, file: str) -> None:
    """Have the command print what the ending asks for, where no form is asked for.

    Raises BadUse where what it prints has no end.
    """
    if endless := next((each for each in ENDLESS if getattr(options, each, False)), None):
        raise BadUse(f"--{endless} is for a terminal: leave it out, or --save.")
    name = BY_ENDING.get(Path(file).suffix.lower(), "")
    if hasattr(options, name) and not any(getattr(options, e, False) for e in FORMS_ASKED_FOR):
        setattr(options, name, True)


def as_printed(text: str) -> str:
    """Give what was printed as it is."""
    return text


def as_text(text: str) -> str:
    """Give what was printed, without the blanks that fill its lines."""
    return "".join(f"{line.rstrip()}\n" for line in text.split("\n")[:-1])


def as_markdown(text: str) -> str:
    """Put what was printed between fences that nothing in it ends."""
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", text)), default=0))
    return f"{fence}text\n{as_text(text)}{fence}\n"


def as_svg(text: str) -> str:
    """Draw what was printed as an image."""
    from routing.view.pictured import svg  # slow to import, as rich is

    return svg(text, PROGRAM)


def as_html(text: str) -> str:
    """Write what was printed as a page."""
    from routing.view.pictured import html  # slow to import, as rich is

    return html(text, PROGRAM)


def columns() -> int | None:
    """Give the width of what is taken, or None where a variable says it, or a terminal."""
    is_taken = isinstance(sys.stdout, Taken)
    return WIDTH if is_taken and not os.environ.get("COLUMNS", "").isdigit() else None


FORMS: Final[Mapping[str, Callable[[str], str]]] = {
    ".svg": as_svg,
    ".html": as_html,
    ".md": as_markdown,
    ".txt": as_text,
    ".json": as_printed,
}
"""What writes each form, by the ending of a file."""
