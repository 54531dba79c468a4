"""Why a way to get a broker does not lead to one."""

from routing.amqp.errors import NoBroker

WINDOWS = "it needs Linux or macOS"
"""The reason where Python has no fcntl."""


class Unavailable(NoBroker):
    """A reason, which stands in a list beside the reasons of the other ways."""
