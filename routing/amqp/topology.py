"""The nouns: what is declared on a broker, what is published to it, and what comes of that.

Plain data, written by hand in ``scenarios/``; the rest of the package reads it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, Self

from routing.amqp.errors import BadUse
from routing.amqp.values import Repeated, Value, text_of, typed

DEFAULT_EXCHANGE = ""
"""The nameless exchange: every queue is bound to it by its own name (AMQP 0-9-1, 3.1.3.1)."""

MOST_BYTES: Final = 255
"""An AMQP short string, which names and keys are, has its length in one octet."""


class Noun:
    """What every noun does when it is made: see that its fields are of the kinds they must be."""

    def __post_init__(self) -> None:
        """Raise BadUse, with the name of the field, where one is not."""
        noun = type(self).__name__
        for name, value in vars(self).items():
            if not isinstance(value, KINDS[name][0]):
                require_kind(noun, name, value, KINDS[name])
            if name in WITHIN:
                require_within(noun, name, value)


def require_within(noun: str, name: str, value: Any) -> None:
    """Raise BadUse where a name of arguments comes twice, or a member of a list is of no kind."""
    if name == "arguments":
        if isinstance(value, Repeated):
            raise BadUse(f"arguments of {noun} have a name twice; only headers may.")
        return
    kinds = MEMBERS[name][0]
    for place, member in enumerate(value):
        if not isinstance(member, kinds):
            require_kind(noun, name, member, MEMBERS[name], place)


def require_kind(
    of: str, name: str, value: object, kind: tuple[Any, str], place: int | None = None
) -> None:
    """Raise BadUse where a value, with its name in a noun or a call, is not of a kind.

    place: that in the list of this name.
    """
    kinds, said = kind
    if not isinstance(value, kinds):
        from textwrap import shorten  # seldom needed, and slow to import

        shown = shorten(repr(value), 60, placeholder="...")
        member = "" if place is None else f"[{place}]"
        error = BadUse(f"{name}{member} of {of} is {shown}, but must be {said}.")
        error.part = (name, place)
        raise error


@dataclass(frozen=True)
class Exchange(Noun):
    """Takes messages from producers and copies them to queues, by the rule of its type.

    type: "direct", "fanout", "topic" or "headers".
    arguments: "alternate-exchange" names the exchange that gets what no binding here takes.
    internal: whether only other exchanges can publish to it.
    """

    name: str
    type: str
    arguments: Mapping[str, Value] = field(default_factory=dict)
    internal: bool = False

    @property
    def alternate(self) -> str | None:
        """The exchange that gets what no binding here takes: a long string names it."""
        name = typed(self.arguments.get("alternate-exchange"))
        return text_of(name) if name.type == "longstr" else None


@dataclass(frozen=True)
class Binding(Noun):
    """Asks an exchange to copy the messages that match into a queue.

    binding_key: what pika's queue_bind calls routing_key.
    arguments: the criteria of a headers exchange, x-match among them.
    """

    exchange: str
    queue: str
    binding_key: str = ""
    arguments: Mapping[str, Value] = field(default_factory=dict)

    @property
    def source(self) -> str:
        """The exchange that the binding belongs to."""
        return self.exchange

    @property
    def destination(self) -> str:
        """The queue that it leads to."""
        return self.queue


@dataclass(frozen=True)
class ExchangeBinding(Noun):
    """Asks an exchange to hand the messages that match on to another exchange.

    A RabbitMQ extension of AMQP 0-9-1; the names are those of pika's exchange_bind.
    """

    source: str
    destination: str
    binding_key: str = ""
    arguments: Mapping[str, Value] = field(default_factory=dict)


AnyBinding = Binding | ExchangeBinding


@dataclass(frozen=True)
class Message(Noun):
    """What a producer publishes, and the exchange that it publishes it to.

    headers: None for a message without a headers property; CC and BCC in it are lists of
    further routing keys.
    mandatory: whether the message comes back where no queue takes it.
    """

    exchange: str
    routing_key: str = ""
    headers: Mapping[str, Value] | None = None
    body: str = ""
    mandatory: bool = True


@dataclass(frozen=True, kw_only=True)
class Topology(Noun):
    """All that is declared before anything is published, in the order of declaration.

    unbound: bindings that are made after the others and taken away again, and so play no part; one
    that is among the others as well is there in the end.
    queue_arguments: what pika's queue_declare calls arguments, of the queues that have some.
    rejecting: the queues from which a consumer rejects what it gets, for good.
    """

    exchanges: Sequence[Exchange] = ()
    queues: Sequence[str] = ()
    bindings: Sequence[AnyBinding] = ()
    unbound: Sequence[AnyBinding] = ()
    queue_arguments: Mapping[str, Mapping[str, Value]] = field(default_factory=dict)
    rejecting: Sequence[str] = ()

    @property
    def every_binding(self) -> list[AnyBinding]:
        """All bindings that are made, those that are taken away again included."""
        return [*self.bindings, *self.unbound]

    @property
    def is_deadly(self) -> bool:
        """Whether messages may die in a queue."""
        return bool(self.queue_arguments or self.rejecting)

    @property
    def routing_alone(self) -> Self:
        """The same with queues in which no message dies."""
        return replace(self, queue_arguments={}, rejecting=())


Declaration = Exchange | str | AnyBinding
"""One thing that is declared; a queue is its name."""


def declarations(topology: Topology) -> list[Declaration]:
    """List what is declared, in the order that a newcomer meets it."""
    return [*topology.exchanges, *topology.queues, *topology.bindings]


@dataclass(frozen=True, kw_only=True)
class Scenario(Topology):
    """A lesson: what to declare, what to publish, and the one sentence to remember.

    lesson: that sentence, and perhaps a line or two more that a class must know beforehand.
    """

    name: str
    lesson: str
    messages: Sequence[Message] = ()


TEXT = (str, "text")
TABLE = (Mapping, "a table of names and values")
YES_OR_NO = (bool, "True or False")
LIST = ((list, tuple), "a list, in square brackets")

KINDS: Final[Mapping[str, tuple[Any, str]]] = {
    **dict.fromkeys(("name", "type", "exchange", "queue", "source", "destination"), TEXT),
    **dict.fromkeys(("binding_key", "routing_key", "body", "lesson"), TEXT),
    **dict.fromkeys(("exchanges", "queues", "bindings", "unbound", "messages", "rejecting"), LIST),
    **dict.fromkeys(("internal", "mandatory"), YES_OR_NO),
    "arguments": TABLE,
    "queue_arguments": (Mapping, "a table of queues, each with a table of its arguments"),
    "headers": ((type(None), Mapping), "a table of names and values, or None"),
}
"""What each field must be: a field of one name is of one kind in every noun."""

MEMBERS: Final[Mapping[str, tuple[Any, str]]] = {
    "exchanges": (Exchange, "an Exchange"),
    "queues": (str, "the name of a queue"),
    "rejecting": (str, "the name of a queue"),
    **dict.fromkeys(
        ("bindings", "unbound"), ((Binding, ExchangeBinding), "a Binding or an ExchangeBinding")
    ),
    "messages": (Message, "a Message"),
}
"""What the members of each list must be."""

WITHIN: Final = frozenset({"arguments", *MEMBERS})
"""Fields of which more is asked than the kind."""


@dataclass(frozen=True)
class Resting:
    """A copy as a consumer gets it; headers as JSON, without the times of deaths."""

    queue: str
    exchange: str
    routing_key: str
    headers: Mapping[str, Any]


@dataclass(frozen=True)
class Observation:
    """What a broker did with one message, counted.

    copies: how many arrived in each queue, or where messages die came to rest; a queue without one
    is left out.
    returned: how often the message came back as unroutable.
    refusal: ("declare", "bind" or "publish", reply code) where the broker refused something.
    resting: where messages die, each copy that came to rest, with the place of its message; copies
    of earlier messages, which made room, among them.
    """

    copies: Mapping[str, int]
    returned: int
    refusal: tuple[str, int] | None = None
    resting: Sequence[tuple[int, Resting]] = ()
