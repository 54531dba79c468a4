"""Waiting until a RabbitMQ says that it has started."""

from collections.abc import Sequence
from subprocess import Popen

from routing.broker.node.process import Late, output_of
from routing.broker.way import Unavailable

READY = "completed with"
"""RabbitMQ writes "Starting broker... completed with 0 plugins."."""

TAKEN = ("eaddrinuse", "nodistribution", "dist_port_already_used")
"""What it says of a port that it cannot have."""

LIMIT = 60.0
"""Seconds within which it has to say so."""


class NotReady(Unavailable):
    """A node did not start.

    said: what it has written until then.
    """

    said = ""


class PortTaken(NotReady):
    """Another process took a port before the node did."""


def await_ready(server: Popen[bytes], over: Sequence[int], limit: float = LIMIT) -> None:
    """Wait until a node says that it has started.

    Raises NotReady, with what it said, where it does not.
    """
    said = ""
    try:
        for text in output_of(server, over, limit):
            said += text
            if READY in said:
                return
        failed = failure(said)
    except Late:
        failed = NotReady(f"RabbitMQ did not say that it is ready within {limit:g} s")
    failed.said = said
    raise failed


def failure(said: str) -> NotReady:
    """Say that a node has ended, and whether that was for want of a port."""
    if any(word in said for word in TAKEN):
        return PortTaken("RabbitMQ ended while it started, as another process took its port")
    return NotReady("RabbitMQ ended while it started")
