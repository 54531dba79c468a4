"""Ctrl-C, SIGTERM or a closed terminal ask a program that waits for messages to end.

An exception in the middle of a frame would leave a connection that is of no more use, and the
last words to the broker unsaid; so a signal only wakes the wait, which then ends by itself.
"""

import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from time import monotonic

from pika import BlockingConnection
from pika.exceptions import ConnectionWrongStateError

from routing.view.signals import SAME, Interrupted, heard


@dataclass
class Stop:
    """Whether it is time to end.

    signal: the number of the signal that said so.
    """

    signal: int | None = None

    @property
    def status(self) -> int:
        """The exit status: Ctrl-C is the usual way to end such a program."""
        return 0 if self.signal in (None, signal.SIGINT) else 128 + self.signal


@contextmanager
def stopping(connection: BlockingConnection) -> Iterator[Stop]:
    """Yield what tells that a signal came; another one, after a moment, interrupts at once."""
    stop = Stop()
    first = 0.0

    def on_signal(number: int, _frame: object) -> None:
        nonlocal first
        if stop.signal is not None:
            if monotonic() > first + SAME:
                raise Interrupted(number, again=True)
            return
        stop.signal, first = number, monotonic()
        with suppress(ConnectionWrongStateError):
            connection.add_callback_threadsafe(lambda: None)  # wakes a wait for data

    before = {each: signal.signal(each, on_signal) for each in heard()}
    try:
        yield stop
    finally:
        for each, usual in before.items():
            signal.signal(each, usual)
