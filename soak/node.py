"""A RabbitMQ with a room for a class, and what is on it."""

import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Thread
from time import monotonic, sleep
from typing import IO, Final

from routing.broker.listen import Entrance
from routing.broker.node.node import running_node
from routing.broker.node.private import kinds
from routing.broker.node.process import Running, output
from routing.broker.programs.installation import Installation
from routing.broker.way import first, untold

ADDRESS: Final = "127.0.0.1"
"""Where the room is: on no network."""

LIMIT: Final = 60.0
"""Seconds within which what was closed has to be gone from a broker."""

COUNTED: Final = (
    "[length(rabbit_networking:connections()), length(rabbit_channel:list())"
    ", lists:sum([length(rabbit_amqqueue:list(V)) || V <- rabbit_vhost:list_names()])"
    ", lists:sum([length(rabbit_exchange:list(V)) || V <- rabbit_vhost:list_names()])]."
)


@dataclass(frozen=True)
class Held:
    """How much a broker has of each."""

    connections: int
    channels: int
    queues: int
    exchanges: int

    def beyond(self, before: "Held") -> str:
        """Say what there is more than before, or nothing."""
        more = {name: count - vars(before)[name] for name, count in vars(self).items()}
        return ", ".join(f"{count} {name}" for name, count in more.items() if count) or "nothing"


@dataclass(frozen=True)
class Node:
    """A node that is ready."""

    running: Running

    @property
    def url(self) -> str:
        """Its URL, of the vhost that is not the class's."""
        return self.running.url

    def held(self) -> Held:
        """Ask the node itself, over no connection that would count."""
        pairs = Path(f"/proc/{self.running.process.pid}/environ").read_text().split("\0")
        environ = dict(each.split("=", 1) for each in pairs if each)
        ctl = Path(environ["HOME"]) / "rabbitmq/sbin/rabbitmqctl"
        asked = subprocess.run(
            [ctl, "eval", COUNTED], env=environ, capture_output=True, text=True, check=True
        )
        return Held(*map(int, re.findall(r"\d+", asked.stdout)))

    def left(self, before: Held) -> str:
        """Say what is left that was not there before, once all that is closing has closed."""
        limit = monotonic() + LIMIT
        while (left := self.held().beyond(before)) != "nothing" and monotonic() < limit:
            sleep(0.1)  # between two looks; each asks anew
        return left


@contextmanager
def node(installation: Installation | None = None) -> Iterator[Node]:
    """Start a node, and end it.

    installation: what is started; by default what a demo would find.
    """
    with running_node(installation or found(), (), (), Entrance(ADDRESS)) as running:
        said = os.fdopen(os.dup(output(running.process)), "rb")
        Thread(target=read_all, args=(said,), daemon=True).start()
        yield Node(running)


def found() -> Installation:
    """Find, or fetch, a RabbitMQ to start."""
    there = first([(k.name, partial(k.prepare, untold)) for k in kinds()], untold, None)
    assert isinstance(there, Installation), "a RabbitMQ in Docker is not asked from outside"
    return there


def read_all(said: IO[bytes]) -> None:
    """Read what a node writes, so that it does not wait for a reader."""
    with said:
        for _ in said:
            pass
