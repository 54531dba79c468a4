"""What a broker refuses, to be added to a topology that it accepts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from routing.amqp.names import REPLY_TO
from routing.amqp.topology import AnyBinding, Binding, Exchange, ExchangeBinding, Message, Topology
from routing.amqp.values import Typed, Value
from routing.play.together import Trial


@dataclass(frozen=True)
class Fault:
    """What the broker refuses, added to a topology that it accepts.

    message: the attributes of the message that are other than before.
    """

    exchanges: Sequence[Exchange] = ()
    bindings: Sequence[AnyBinding] = ()
    queues: Sequence[str] = ()
    message: Mapping[str, Any] = field(default_factory=dict)


BAD_KEYS: Final[Sequence[Value]] = ("a", None, 1, False, b"a", {"a": []})
BAD_MODES: Final[Sequence[Value]] = ("some", "", "ALL", None, 1, True, b"any", ["all"])
NO_NUMBERS: Final[Sequence[Value]] = (
    float("nan"),
    Typed("float32", float("inf")),
    [1, {"a": float("-inf")}],
)
REPLY_KEYS: Final = tuple(
    REPLY_TO + end for end in ("", ".", ".a", ".a.b", "..", ".a.b.c", "x.a.b", "..b.c", ".a.")
)

FAULTS: Final = (
    Fault([Exchange("u", "unknown")]),
    Fault([Exchange("", "direct")]),
    Fault([Exchange("", "unknown")]),
    Fault([Exchange("\n", "topic")]),
    Fault([Exchange("x", "direct", {"alternate-exchange": 1})]),
    Fault([Exchange("x", "direct", {"alternate-exchange": "y"})]),
    Fault([Exchange("x", "fanout", internal=True)]),
    Fault([Exchange("u", "topic", {"alternate-exchange": None})]),
    Fault([Exchange("u", "topic", {"alternate-exchange": b"x"})]),
    Fault([Exchange("amq.u", "topic")]),
    Fault([Exchange("amq.u", "unknown")]),
    Fault([Exchange("a\rmq.", "topic", {"alternate-exchange": 1})]),
    Fault([Exchange("amq.topic", "direct")]),
    Fault([Exchange("amq.topic", "topic", internal=True)]),
    Fault([Exchange("amq.topic", "topic", {"alternate-exchange": "x"})]),
    Fault([Exchange("amq.topic", "topic")]),  # as it is, which is accepted
    Fault(queues=["amq.q"]),
    Fault([Exchange("u", "unknown")], queues=["amq."]),
    Fault([], [Binding("x", "missing", "a")]),
    Fault([], [Binding("x", "amq.missing", "a")]),
    Fault([], [Binding("x", "\n", "a")]),
    Fault([], [Binding("x", f"{REPLY_TO}.a.b", "a")]),
    Fault([], [Binding("missing", f"{REPLY_TO}.a", "a")]),
    Fault([], [Binding("missing", "q")]),
    Fault([], [Binding("amq.missing", "q")]),
    Fault([], [Binding("missing", "missing")]),
    Fault([], [ExchangeBinding("x", "missing")]),
    Fault([], [ExchangeBinding("missing", "x")]),
    Fault([], [ExchangeBinding("amq.missing", "x")]),
    Fault([], [Binding("", "q", "q")]),
    Fault([], [Binding("", "missing")]),
    Fault([], [ExchangeBinding("", "x")]),
    Fault([], [ExchangeBinding("x", "")]),
    *(
        Fault([Exchange("u", "headers")], [ExchangeBinding("u", "x", "", {"x-match": mode})])
        for mode in BAD_MODES
    ),
    *(Fault([], [ExchangeBinding("x", "missing", "", {"a": value})]) for value in NO_NUMBERS),
    *(Fault(message={"headers": {"a": value}}) for value in NO_NUMBERS),
    Fault([Exchange("u", "headers")], [Binding("u", "missing", "", {"x-match": "some"})]),
    Fault([Exchange("u", "topic")], [ExchangeBinding("u", "x", "#.#.#")]),
    Fault([Exchange("u", "topic")], [ExchangeBinding("u", "x", "#.a.#.*.#.b.#")]),
    Fault([Exchange("u", "topic")], [Binding("u", "missing", "#.#.#")]),
    Fault(message={"exchange": "missing"}),
    Fault(message={"exchange": "amq.missing"}),
    Fault(message={"exchange": "x\n"}),
    Fault(message={"exchange": "amq.rabbitmq.trace"}),
    *(Fault(message={"exchange": "", "routing_key": key}) for key in REPLY_KEYS),
    *(
        Fault(message={"exchange": "", "routing_key": "q", "headers": {"BCC": [key]}})
        for key in REPLY_KEYS[:4]
    ),
    Fault([Exchange("u", "fanout", internal=True)], message={"exchange": "u"}),
    *(Fault(message={"headers": {"CC": value}}) for value in BAD_KEYS),
    *(Fault(message={"headers": {"BCC": value}}) for value in BAD_KEYS),
)


def spoiled(topology: Topology, message: Message, faults: Sequence[Fault]) -> Trial:
    """Add faults to a topology and its one message."""
    for fault in faults:
        topology = replace(
            topology,
            exchanges=[*topology.exchanges, *fault.exchanges],
            queues=[*topology.queues, *fault.queues],
            bindings=[*topology.bindings, *fault.bindings],
        )
        message = replace(message, **fault.message)
    return Trial(topology, [message])
