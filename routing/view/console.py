"""The console that everything is printed on."""

import io
import sys
from typing import NoReturn

from rich.console import Console

from routing.view.command_line import leave_quietly


class Output(Console):
    """A console on which a reader that leaves (`| head -1`) ends the program without a word."""

    def on_broken_pipe(self) -> NoReturn:
        """End the program."""
        leave_quietly()


def stdout_console() -> Console:
    """Open the console; what the terminal's encoding lacks is written as an escape."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    return Output(highlight=False, emoji=False)
