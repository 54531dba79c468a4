"""Sources shown again each time that one of them is saved."""

import signal
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from time import sleep

from routing.amqp.errors import BadUse
from routing.broker import Broker
from routing.files.saved import await_saved, look
from routing.view.command_line import announce
from routing.view.signals import number_of


def follow(
    files: Mapping[str, Path],
    show: Callable[[str], object],
    wait: Callable[[float], object] = sleep,
) -> None:
    """Show every source, and all of them again whenever one is saved, until Ctrl-C.

    files: which each source is read from.
    show: shows one; what is wrong in it is told in its place.
    wait: waits so many seconds.
    """
    from routing.view.console import stdout_console

    console = stdout_console()
    try:
        while True:
            seen = look(files.values())
            console.clear()  # if it is a terminal
            for word in files:
                show_or_tell(word, show)
            sys.stdout.flush()
            if console.is_terminal:
                announce("Shown again when it is saved; Ctrl-C ends it.")
            await_saved(files.values(), seen, wait)
    except KeyboardInterrupt as error:
        if number_of(error) != signal.SIGINT:
            raise
        if console.is_terminal:
            console.print()  # behind ^C


def show_or_tell(word: str, show: Callable[[str], object]) -> None:
    """Show a source, or tell what is wrong in it."""
    try:
        show(word)
    except BadUse as error:
        announce(str(error))


def await_on(broker: Broker, seconds: float) -> None:
    """Wait for so long, and answer the broker meanwhile, which would hang up otherwise.

    Raises NoBroker where it goes away.
    """
    from routing.broker.broken import translated

    if not broker.connection.is_open:  # after a refusal; what is played next opens one
        sleep(seconds)
        return
    with translated(broker.address):
        broker.connection.process_data_events(time_limit=seconds)
