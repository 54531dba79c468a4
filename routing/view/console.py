"""The console that everything is printed on."""

import io
import sys
from collections.abc import Iterator
from typing import Final, NoReturn

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

from routing.view.command_line import WIDTH, harmless, leave_quietly
from routing.view.saved_output import Taken, columns

MOST_COLUMNS: Final = 1000
"""COLUMNS may say more than there is memory for."""


class Output(Console):
    """A console that no text can command, and on which a reader that leaves ends the program."""

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterator[Segment]:
        """Render, with whatever would do something to the terminal escaped."""
        for segment in super().render(renderable, options):
            plain = segment.control or segment.text.isprintable()
            yield segment if plain else Segment(harmless(segment.text), segment.style)

    def on_broken_pipe(self) -> NoReturn:
        """End the program without a word, as in `| head -1`."""
        leave_quietly()


def plain(body: RenderableType) -> str:
    """Write a renderable as a pipe gets it."""
    text = io.StringIO()
    # What the environment says of terminals is not meant.
    console = Output(
        file=text, width=WIDTH, highlight=False, emoji=False, markup=False, _environ={}
    )
    console.print(body)
    return "".join(f"{line.rstrip()}\n" for line in text.getvalue().splitlines())


def stdout_console() -> Console:
    """Open the console; what the terminal's encoding lacks is written as an escape."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    coloured = sys.stdout.coloured if isinstance(sys.stdout, Taken) else None
    console = Output(
        highlight=False,
        emoji=False,
        markup=False,
        width=columns(),
        force_terminal=coloured,
        color_system="256" if coloured else "auto",
        no_color=False if coloured else None,
    )
    # A width that is set no longer follows the terminal's.
    if console.width > MOST_COLUMNS:  # noqa: PLR1730
        console.width = MOST_COLUMNS
    return console
