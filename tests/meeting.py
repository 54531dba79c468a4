"""Programs in terminals of their own, which meet on a broker."""

import os
import secrets
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, Queue
from subprocess import PIPE, STDOUT, CompletedProcess
from threading import Thread
from typing import Any

import pytest
import warm
from conftest import LIMIT
from pika.exceptions import ChannelClosedByBroker

from routing.broker import Broker

ROOT = Path(__file__).parents[1]


@dataclass
class Terminal:
    """A program that runs in a terminal of its own, and what it has said so far."""

    process: warm.Started
    lines: "Queue[str]" = field(default_factory=Queue)
    said: str = ""

    def read(self) -> None:
        """Take what the program says, line by line."""
        assert self.process.stdout
        for line in self.process.stdout:
            self.lines.put(line)

    def await_line(self, text: str) -> str:
        """Wait for a line that holds this text."""
        while True:
            try:
                line = self.lines.get(timeout=LIMIT)
            except Empty:
                raise AssertionError(f"no line with {text!r} in: {self.said}") from None
            self.said += line
            if text in line:
                return line

    def end(self, number: signal.Signals = signal.SIGINT) -> tuple[int, str]:
        """Send a signal, and give the status and all that was said."""
        self.process.send_signal(number)
        status = self.process.wait(LIMIT)
        self.await_line("Ended")
        return status, self.said


def environ(url: str) -> dict[str, str]:
    """Give a program its broker, and what it writes in."""
    return {"AMQP_URL": url, "PATH": os.environ["PATH"], "PYTHONIOENCODING": "utf-8"}


@contextmanager
def terminal(url: str, *arguments: str) -> Iterator[Terminal]:
    """Yield a program that waits for messages."""
    with warm.started(arguments, env=environ(url), stdout=PIPE, stderr=STDOUT) as process:
        opened = Terminal(process)
        reader = Thread(target=opened.read)
        reader.start()
        try:
            opened.await_line("Watching" if "watch" in arguments else "Ctrl-C")
            yield opened
        finally:
            process.kill()
            reader.join()


def run(url: str, *arguments: str, cwd: Path = ROOT) -> "CompletedProcess[str]":
    """Run a program that ends by itself."""
    return warm.run(arguments, env=environ(url), cwd=cwd, timeout=LIMIT)


@pytest.fixture
def group(broker: Broker) -> Iterator[str]:
    """Name a class that no other test has, of which nothing may be left in the end."""
    name = f"t{secrets.token_hex(4)}"
    yield name
    for queue in ("hello", "topic.billing", "topic.audit", "hello (present)", "topic (present)"):
        there = is_there(broker, f"{name}.{queue}")
        if there:
            broker.connection.channel().queue_delete(f"{name}.{queue}")


def is_there(broker: Broker, name: str, kind: str = "queue") -> bool:
    """Ask the broker whether it has a queue, or an exchange, of this name."""
    channel = broker.connection.channel()
    declare: Any = getattr(channel, f"{kind}_declare")
    try:
        declare(name, passive=True)
    except ChannelClosedByBroker:
        return False
    channel.close()
    return True
