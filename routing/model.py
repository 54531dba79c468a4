"""The nouns: what is declared on a broker, and what is published to it.

Plain data, written by hand in ``scenarios/``; the rest of the package reads it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

Value = (
    None | bool | int | str | bytes | Decimal | datetime | Sequence["Value"] | Mapping[str, "Value"]
)
"""A value of an AMQP field table, as it stands in headers and arguments."""

DEFAULT_EXCHANGE = ""
"""The nameless exchange: every queue is bound to it by its own name (AMQP 0-9-1, 3.1.3.1)."""


@dataclass(frozen=True)
class Exchange:
    """Takes messages from producers and copies them to queues, by the rule of its type.

    type: "direct", "fanout", "topic" or "headers".
    """

    name: str
    type: str


@dataclass(frozen=True)
class Binding:
    """Asks an exchange to copy the messages that match into a queue.

    binding_key: what pika's queue_bind calls routing_key.
    arguments: the criteria of a headers exchange, x-match among them.
    """

    exchange: str
    queue: str
    binding_key: str = ""
    arguments: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True)
class Message:
    """What a producer publishes, and the exchange that it publishes it to.

    headers: None for a message without a headers property.
    """

    exchange: str
    routing_key: str = ""
    headers: Mapping[str, Value] | None = None
    body: str = ""


@dataclass(frozen=True)
class Scenario:
    """A lesson: what to declare, what to publish, and the one sentence to remember."""

    name: str
    lesson: str
    exchanges: Sequence[Exchange]
    queues: Sequence[str]
    bindings: Sequence[Binding]
    messages: Sequence[Message]


@dataclass(frozen=True)
class Observation:
    """What a broker did with one message, counted.

    copies: how many arrived in each queue; a queue without one is left out.
    returned: how often the message came back as unroutable.
    """

    copies: Mapping[str, int]
    returned: int
