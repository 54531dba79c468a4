"""A broker on this machine's usual port that accepts guest."""

from collections.abc import Iterator
from contextlib import contextmanager

from routing.broker.way import Report

PORT = 5672


@contextmanager
def local_broker(_: Report, port: int = PORT) -> Iterator[str]:
    """Yield the URL of a local broker; whether one is there is seen by connecting to it."""
    yield f"amqp://guest:guest@localhost:{port}/?socket_timeout=2&stack_timeout=2"
