"""Waiting until a RabbitMQ says that it has started."""

import re
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


class PortTaken(Unavailable):
    """Another process took a port before the node did."""


def await_ready(server: Popen[bytes], over: Sequence[int], limit: float = LIMIT) -> None:
    """Wait until a node says that it has started.

    Raises Unavailable, with what it said, where it does not.
    """
    said = ""
    try:
        for text in output_of(server, over, limit):
            said += text
            if READY in said:
                return
    except Late:
        raise Unavailable(f"RabbitMQ did not say that it is ready within {limit:g} s") from None
    kind = PortTaken if any(word in said for word in TAKEN) else Unavailable
    raise kind(f"RabbitMQ ended while it started: {telling_line(said)}")


def telling_line(said: str) -> str:
    """Pick the line that tells most about a failure: the last that speaks of one."""
    lines = [line.strip() for line in said.splitlines() if line.strip()] or ["it said nothing"]
    telling = [
        line for line in lines if re.search("error|fail|not found|cannot|denied", line, re.I)
    ]
    return (telling or lines)[-1][:200]
