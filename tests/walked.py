"""A walk in a pseudo-terminal, and what a person sees there."""

import os
import pty
import re
import secrets
import select
import signal
import subprocess
import termios
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from fcntl import ioctl
from pathlib import Path
from struct import pack
from time import monotonic

import warm

ROOT = Path(__file__).parents[1]
LIMIT = 15.0

FOOT = re.compile(
    r"\? keys.*\x1b\[0m |Esc leave it \x1b\[0m |All of it is taken away|nothing is left behind"
)
"""What every screen ends with."""

CONTROL = re.compile(r"\x1b\[([0-9;?]*)([A-Za-z])|\r|\n|[^\x1b\r\n]+")


@dataclass
class Screen:
    """Rows of a terminal, as far as this program moves about on it."""

    columns: int
    rows: int
    lines: list[str] = field(default_factory=list)
    place: tuple[int, int] = (0, 0)
    lost: int = 0

    def write(self, text: str) -> None:
        """Take what a program writes: text, ends of lines, and the wish for a clear screen."""
        for found in CONTROL.finditer(text):
            if found[0] == "\r":
                self.place = (self.place[0], 0)
            elif found[0] == "\n":
                self.feed()
            elif found[2] == "J":
                self.lines, self.lost = [], 0
            elif found[2] == "H":
                self.place = (0, 0)
            elif found[2] is None:
                self.put(found[0])

    def feed(self) -> None:
        """Go down by a line; at the bottom, the first one is lost."""
        row, column = self.place
        if row + 1 == self.rows:
            self.lines, self.lost, row = self.lines[1:], self.lost + 1, row - 1
        self.place = (row + 1, column)

    def put(self, text: str) -> None:
        """Write some signs, and go on in the next line where this one is full."""
        for sign in text:
            if self.place[1] == self.columns:
                self.place = (self.place[0], 0)
                self.feed()
            row, column = self.place
            self.lines += [""] * (row + 1 - len(self.lines))
            line = self.lines[row].ljust(column)
            self.lines[row] = line[:column] + sign + line[column + 1 :]
            self.place = (row, column + 1)

    @property
    def text(self) -> str:
        """What is seen."""
        return "\n".join(line.rstrip() for line in self.lines)


@dataclass
class Terminal:
    """A program in a terminal; written: what it wrote since the last key."""

    process: "subprocess.Popen[bytes] | warm.Started"
    descriptor: int
    token: str
    screen: Screen
    written: str = ""

    def await_text(self, text: str, limit: float = LIMIT) -> str:
        """Read until a text has been written."""
        end = monotonic() + limit
        while text not in self.written:
            self.read(end, text)
        return self.written

    def seen(self) -> str:
        """Read until a screen is complete, and give what is seen of it; nothing may be lost."""
        end = monotonic() + LIMIT
        while not FOOT.search(self.written.rpartition("\x1b[2J")[2]):
            self.read(end, "a whole screen")
        assert not self.screen.lost, self.screen.text
        return self.screen.text

    def await_seen(self, text: str) -> str:
        """Read until a text is seen on a whole screen, wherever its lines end, and give that."""
        end, words = monotonic() + LIMIT, " ".join(text.split())
        while words not in " ".join(self.screen.text.split()):
            self.read(end, text)
        return self.seen()

    def read(self, end: float, awaited: str) -> None:
        """Read what comes."""
        ready = select.select([self.descriptor], [], [], max(0, end - monotonic()))[0]
        waited = f"waited for {awaited!r}, saw {self.screen.text}"
        assert ready, waited
        assert monotonic() < end, waited
        text = os.read(self.descriptor, 65536).decode()
        self.written += text
        self.screen.write(text)

    def type(self, keys: str) -> None:
        """Press keys, one after the other at once."""
        self.written = ""
        os.write(self.descriptor, keys.encode())

    def press(self, *keys: str) -> str:
        """Press keys, each when the screen is there, and give the last screen."""
        for key in keys:
            self.type(key)
            self.seen()
        return self.screen.text

    def resize(self, columns: int, rows: int) -> str:
        """Give the terminal another size, and give what is seen then."""
        self.written, self.screen = "", Screen(columns, rows)
        ioctl(self.descriptor, termios.TIOCSWINSZ, pack("HHHH", rows, columns, 0, 0))
        return self.seen()

    def unheard(self, seconds: float) -> None:
        """See that for so long the program neither ends nor writes anything."""
        assert not select.select([self.descriptor], [], [], seconds)[0], self.screen.text
        assert self.process.poll() is None

    def leave(self, key: str) -> None:
        """Press a key that ends the walk."""
        self.type(key)
        self.await_text("taken away")

    def cooked(self) -> bool:
        """Tell whether the terminal is as a shell wants it."""
        flags = termios.tcgetattr(self.descriptor)[3]
        return bool(flags & termios.ECHO and flags & termios.ICANON)


WALK = """
import os, sys
token = sys.argv.pop(1)
usual = os.urandom
os.urandom = lambda size: bytes.fromhex(token) if size == 4 else usual(size)
from routing.__main__ import main
sys.exit(main(sys.argv[1:]))
"""
"""A program whose prefix is known."""


def environ(url: str) -> dict[str, str]:
    """Give a process what it needs to run on a broker."""
    return {"AMQP_URL": url, "PATH": os.environ["PATH"], "LANG": "C.UTF-8", "TERM": "xterm"}


@contextmanager
def terminal(
    url: str, words: Sequence[str], columns: int = 80, rows: int = 24
) -> Iterator[Terminal]:
    """Start a program in a terminal of its own; it has ended before this does."""
    token = secrets.token_hex(4)

    def walk(follower: int) -> warm.Started:
        streams = warm.Streams(stdin=follower, stdout=follower, stderr=follower)
        return warm.started(
            [token, *words], env=environ(url), script=WALK, terminal=True, **streams
        )

    with screen_of(walk, columns, rows) as opened:
        opened.token = token
        yield opened
        opened.process.wait(LIMIT)


@contextmanager
def in_terminal(command: Sequence[str], url: str) -> Iterator[Terminal]:
    """Start a command in a terminal that is its own, so that Ctrl-C and a new size reach it."""

    def start(follower: int) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            command,
            cwd=ROOT,
            env=environ(url),
            stdin=follower,
            stdout=follower,
            stderr=follower,
            start_new_session=True,
            preexec_fn=lambda: ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509 - no threads here
        )

    with screen_of(start) as opened:
        yield opened


@contextmanager
def screen_of(
    start: "Callable[[int], subprocess.Popen[bytes] | warm.Started]",
    columns: int = 80,
    rows: int = 24,
) -> Iterator[Terminal]:
    """Yield what is seen of a program that is started with its end of a new terminal."""
    leader, follower = pty.openpty()
    ioctl(follower, termios.TIOCSWINSZ, pack("HHHH", rows, columns, 0, 0))
    process = start(follower)
    opened = Terminal(process, leader, "", Screen(columns, rows))
    os.close(follower)
    try:
        yield opened
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        if opened.descriptor >= 0:
            os.close(opened.descriptor)
