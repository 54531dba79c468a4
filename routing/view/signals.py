"""Ctrl-C, SIGTERM and SIGHUP: what they do, from the first moment of a run to its last.

At first there is nothing to clean up: the process ends.  While a command works, they raise, so
that whatever is open is closed and taken away.  Once the status is decided, they change nothing.
Little is imported here, as all that comes before the first of these moments is Python's own.
"""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

SIGNALS = [
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
]

SAME = 1.0
"""Seconds within which a second signal is the first one once more, by way of make, say."""

HAS_TIMER = hasattr(signal, "setitimer")
"""Windows has none."""

LOST = 0.001
"""Seconds after which a signal is delivered again whose exception Python could not raise."""

UNHEARD = 0.05
"""Seconds after which that is done again: what comes just before a wait begins does not end it."""


class Interrupted(KeyboardInterrupt):
    """A signal asks to end.

    number: which.  again: whether one came before, whose cleaning up is cut short by this one.
    """

    def __init__(self, number: int, *, again: bool = False) -> None:
        """Keep which it is."""
        super().__init__(number)
        self.number = number
        self.again = again


def number_of(error: KeyboardInterrupt) -> int:
    """Tell which signal it was; Python's own exception is Ctrl-C."""
    return error.number if isinstance(error, Interrupted) else int(signal.SIGINT)


def heard() -> list[signal.Signals]:
    """List the signals that are not ignored, as nohup has it of SIGHUP, a shell's & of SIGINT."""
    return [each for each in SIGNALS if signal.getsignal(each) is not signal.SIG_IGN]


def at_once(number: int, _frame: object) -> None:
    """End the process without a word."""
    os._exit(128 + number)


def end_at_once() -> None:
    """Make this process the program's own: a signal ends it, as there is nothing to clean up."""
    for each in heard():
        signal.signal(each, at_once)


def settle(status: int) -> None:
    """Let the process end with this status, if it is the program's own: nothing changes it."""
    own = [each for each in SIGNALS if signal.getsignal(each) is at_once]
    for each in own:
        signal.signal(each, signal.SIG_IGN)
    if own and goes_on():
        os._exit(status)


def goes_on() -> bool:
    """Tell whether there is a thread for which Python would wait: one of a lesson."""
    threading = sys.modules.get("threading")
    if threading is None:
        return False
    me = threading.current_thread()
    return any(each is not me and not each.daemon for each in threading.enumerate())


@contextmanager
def raising() -> Iterator[None]:
    """Have a signal raise Interrupted; in the end they do again what they did before."""
    process, since, came = os.getpid(), 0.0, 0

    def on_signal(number: int, frame: object) -> None:
        nonlocal since, came
        if os.getpid() != process:  # a fork has nothing to clean up
            at_once(number, frame)
        if came and monotonic() < since + SAME:
            return
        again, came, since = bool(came), number, monotonic()
        raise Interrupted(number, again=again)

    def once_more(_number: int, _frame: object) -> None:
        signal.setitimer(signal.ITIMER_REAL, 0)
        raise Interrupted(came)

    usual = sys.unraisablehook

    def on_unraisable(unraisable: "sys.UnraisableHookArgs") -> None:
        """Deliver again what came in a callback (of an import, say), where nothing can be raised.

        A timer does so, as from here, too, nothing can be raised.
        """
        if isinstance(unraisable.exc_value, Interrupted) and HAS_TIMER:
            signal.setitimer(signal.ITIMER_REAL, LOST, UNHEARD)
        else:
            usual(unraisable)

    before = {each: signal.signal(each, on_signal) for each in heard()}
    if HAS_TIMER:
        before[signal.SIGALRM] = signal.signal(signal.SIGALRM, once_more)
    sys.unraisablehook = on_unraisable
    try:
        yield
    finally:
        if HAS_TIMER:
            signal.setitimer(signal.ITIMER_REAL, 0)
        for each, handler in before.items():
            signal.signal(each, handler)
        sys.unraisablehook = usual
