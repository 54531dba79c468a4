"""A teacher with a room, and the class in it: twenty-five programs at once."""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from subprocess import DEVNULL, PIPE, STDOUT, Popen
from threading import Timer

import warm
from nodes import LIMIT
from pika import BlockingConnection, URLParameters
from pika.adapters.blocking_connection import BlockingChannel

from routing.broker.lock import locked
from routing.broker.node.record import Kept, lock_of, recorded
from routing.broker.node.room import Room

ADDRESS = "127.0.0.5"
"""Not the one on which the teacher's own node listens, and no other machine's either."""

STUDENTS = [f"s{number:02}" for number in range(25)]


@dataclass(frozen=True)
class Teacher:
    """Where a teacher has the program installed, and the node with the room."""

    home: Path
    kept: Kept
    room: Room

    def start(self, *words: str) -> "Popen[str]":
        """Start one of the teacher's programs."""
        return Popen(
            [sys.executable, "-m", "routing", *words],
            cwd=self.home,
            env={"PATH": os.environ["PATH"], "XDG_CACHE_HOME": str(self.home / "cache")},
            stdout=PIPE,
            stderr=PIPE,
            text=True,
        )

    def run(self, *words: str) -> tuple[int, str, str]:
        """Run one that ends by itself: status, and what it says on both."""
        with self.start(*words) as program:
            said, error = program.communicate(timeout=LIMIT)
        return program.returncode, said, error

    @contextmanager
    def watching(self) -> Iterator[Callable[[str], list[str]]]:
        """Yield what reads the lines of watch --room, up to one that holds a text."""
        with self.start("watch", "--room") as program, ended_late(program.kill):
            assert program.stdout
            said = program.stdout

            def until(text: str) -> list[str]:
                lines = []
                for line in said:
                    lines.append(line.rstrip().partition("  ")[2])
                    if text in line:
                        return lines
                raise AssertionError(lines)

            until("Ctrl-C")
            try:
                yield until
            except BaseException:
                program.kill()  # it would be waited for without an end
                raise
            program.send_signal(signal.SIGINT)
            assert program.wait(LIMIT) == 0


@contextmanager
def ended_late(end: Callable[[], object]) -> Iterator[None]:
    """End a program after a time, so that nobody reads from it for ever."""
    timer = Timer(2 * LIMIT, end)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


@contextmanager
def student(room: Room, **options: int) -> Iterator[BlockingChannel]:
    """Yield a channel of somebody of the class."""
    parameters = URLParameters(room.url)
    for name, value in options.items():
        setattr(parameters, name, value)
    with closing(BlockingConnection(parameters)) as connection:
        yield connection.channel()


def server_named(channel: BlockingChannel) -> str:
    """Declare a queue of one's own, after which whatever came before has been answered."""
    return str(channel.queue_declare("", exclusive=True).method.queue)


@dataclass(frozen=True)
class Program:
    """A student's program, and what it says."""

    run: warm.Started

    def says(self, text: str) -> str:
        """Read what it says up to a line that holds a text."""
        lines = ""
        for line in self.run.stdout or ():
            lines += line
            if text in line:
                return lines
        raise AssertionError(lines)


@contextmanager
def class_of(room: Room, words: str) -> Iterator[dict[str, Program]]:
    """Yield a program of each student, who are all there at once."""
    command, *options = words.split()
    environ = {"AMQP_URL": room.url, "PYTHONIOENCODING": "utf-8"}
    streams: warm.Streams = {"stdin": DEVNULL, "stdout": PIPE, "stderr": STDOUT}
    with ExitStack() as stack:
        running = {}
        for name in STUDENTS:
            own = [command, "hello", "--class", name, *(each + name for each in options)]
            program = stack.enter_context(warm.started(own, env=environ, **streams))
            stack.callback(program.kill)
            stack.enter_context(ended_late(program.kill))
            running[name] = Program(program)
        yield running


@contextmanager
def held(kept: Kept, folder: Path) -> Iterator[None]:
    """Record a node as its keeper does."""
    with locked(lock_of(folder)), recorded(kept, folder):
        yield
