"""What is pressed, key by key, on a terminal that is put back as it was, however this ends."""

import os
import re
import select
import signal
import sys
import termios
from codecs import getincrementaldecoder
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, Final

PULSE: Final = 0.5
"""Seconds after which, while somebody thinks, the connection is kept alive."""

ENTER: Final = "\n"
ERASE: Final = "\x7f"
ESCAPE: Final = "\x1b"
RIGHT: Final = "right"
LEFT: Final = "left"
UNKNOWN: Final = ""
RESIZED: Final = "resized"
"""No key: the terminal has another size, or must be drawn anew."""

OVER: Final = "over"
"""No key: the time for a screen is over, or nobody can press any."""

SAVED: Final = "saved"
"""No key: what is walked through has been saved, and may be another."""

END: Final = "\x04"
"""Ctrl-D, or a terminal that is gone."""

SENT: Final = {
    "\r": ENTER,
    "\x08": ERASE,
    **dict.fromkeys(("\x1b[C", "\x1bOC", "\x1b[B", "\x1bOB", "\x1b[6~"), RIGHT),
    **dict.fromkeys(("\x1b[D", "\x1bOD", "\x1b[A", "\x1bOA", "\x1b[5~"), LEFT),
}
"""What a terminal sends for some keys: arrows, and the page keys that a presenter's remote has."""

KEY: Final = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|\x1bO.|.", re.DOTALL)


def is_present() -> bool:
    """Tell whether somebody can press a key."""
    return sys.stdin is not None and sys.stdin.isatty()


@dataclass
class Keyboard:
    """A queue of keys, and what is done again and again while nobody presses any.

    pause: seconds after which a screen is over; None to wait for a key, where there can be one.
    """

    pause: float | None
    meanwhile: Callable[[], None]
    is_saved: Callable[[], bool] = lambda: False
    pressed: deque[str] = field(default_factory=deque)
    woken: tuple[int, int] = field(default_factory=os.pipe)
    decoder: Any = field(default_factory=lambda: getincrementaldecoder("utf-8")("replace"))

    @property
    def present(self) -> bool:
        """Whether somebody can press a key."""
        return is_present()

    def key(self) -> str:
        """Wait for a key; RESIZED, SAVED and OVER come in between."""
        if self.pause is None and not self.present:
            return OVER
        end = None if self.pause is None else monotonic() + self.pause
        while not self.pressed:
            if end is not None and monotonic() >= end:
                return OVER
            left = PULSE if end is None else min(PULSE, max(0, end - monotonic()))
            self.listen(left)
            self.meanwhile()
            if self.is_saved():
                return SAVED
        return self.pressed.popleft()

    def listen(self, seconds: float) -> None:
        """Take what is pressed within so many seconds, or that there is something to draw."""
        stdin = [sys.stdin] if self.present else []
        ready = select.select([*stdin, self.woken[0]], [], [], seconds)[0]
        if self.woken[0] in ready:
            os.read(self.woken[0], 4096)
            self.pressed.append(RESIZED)
        if sys.stdin in ready:
            self.pressed += self.read()

    def read(self) -> list[str]:
        """Read the keys that were pressed; a closed terminal quits."""
        try:
            sent = os.read(sys.stdin.fileno(), 4096)
        except OSError:
            sent = b""
        text = self.decoder.decode(sent) if sent else END
        return [meant(each) for each in KEY.findall(text)]

    @contextmanager
    def held(self) -> Iterator[None]:
        """Have each key at once, and unseen, and hear of another size, as long as this lasts."""
        before = attributes() if self.present else None
        handlers = {
            # A terminal that is closed, and Ctrl-\, end the walk as a signal does that asks for it.
            **dict.fromkeys((signal.SIGHUP, signal.SIGQUIT), signal.getsignal(signal.SIGTERM)),
            signal.SIGWINCH: lambda *_: self.wake(),
            signal.SIGTSTP: lambda *_: self.stop(before),
            signal.SIGCONT: lambda *_: self.go_on(before),
        }
        earlier = {number: signal.signal(number, each) for number, each in handlers.items()}
        try:
            at_once(before)
            yield
        finally:
            put_back(before)
            for number, handler in earlier.items():
                signal.signal(number, handler)

    def wake(self) -> None:
        """Have the screen drawn anew."""
        os.write(self.woken[1], b".")

    def stop(self, before: Any) -> None:
        """Stop as Ctrl-Z asks, with the terminal as the shell knows it."""
        put_back(before)
        handler = signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGTSTP)
        signal.signal(signal.SIGTSTP, handler)
        self.go_on(before)  # where no shell could wake it, nothing has stopped it either

    def go_on(self, before: Any) -> None:
        """Go on after a stop."""
        at_once(before)
        self.wake()


def meant(sent: str) -> str:
    """Tell which key a terminal has sent; UNKNOWN where it is none of ours."""
    known = sent.isprintable() or sent in (ENTER, ERASE, ESCAPE, END)
    return SENT.get(sent) or (sent if known else UNKNOWN)


def attributes() -> Any:
    """Ask how a terminal is set, if it is still there."""
    with suppress(termios.error):
        return termios.tcgetattr(sys.stdin)
    return None


def at_once(before: Any) -> None:
    """Have keys come one by one, and unseen; drop what was pressed while there was no question."""
    if before:
        changed = [*before]
        changed[3] &= ~(termios.ECHO | termios.ICANON)
        changed[6] = [*before[6]]
        changed[6][termios.VMIN], changed[6][termios.VTIME] = 1, 0
        set_terminal(changed)


def put_back(before: Any) -> None:
    """Set a terminal as it was; what was pressed too late is not for the shell."""
    if before:
        set_terminal(before)


def set_terminal(how: Any) -> None:
    """Set a terminal, if it is still there; to wait until it has shown all could take for ever."""
    with suppress(termios.error):
        termios.tcsetattr(sys.stdin, termios.TCSANOW, how)
        termios.tcflush(sys.stdin, termios.TCIFLUSH)
