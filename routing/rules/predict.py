"""Where a message goes, by the rules alone: no broker is asked.

The walk is RabbitMQ's (rabbit_exchange.erl, route): from the exchange that the message is
published to, over bindings and alternate exchanges, each exchange once.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from routing.amqp.topology import (
    DEFAULT_EXCHANGE,
    Binding,
    Exchange,
    ExchangeBinding,
    Message,
    Scenario,
    Topology,
)
from routing.amqp.values import typed
from routing.amqp.versions import NEWEST, Version
from routing.rules.matching import RULES
from routing.rules.refusal import Refusal, refused
from routing.rules.why import Reason, explain


@dataclass(frozen=True)
class Verdict:
    """What one binding does with one message.

    message: with the one key that decided, where CC or BCC add keys.
    """

    binding: Binding | ExchangeBinding
    exchange_type: str
    message: Message
    takes: bool
    version: Version

    @cached_property
    def reason(self) -> Reason:
        """Why the binding takes the message or leaves it."""
        return explain(self.exchange_type, self.binding, self.message, self.version)


@dataclass(frozen=True)
class Visit:
    """What becomes of a message at one exchange.

    alternate: the exchange that gets the message because no binding here takes it.
    """

    exchange: Exchange
    verdicts: Sequence[Verdict]
    alternate: str | None = None


@dataclass(frozen=True)
class Route:
    """Where one message goes, exchange by exchange.

    refusal: what the broker refuses, so that nothing goes anywhere.
    """

    message: Message
    visits: Sequence[Visit] = ()
    refusal: Refusal | None = None

    @property
    def verdicts(self) -> list[Verdict]:
        """What every binding of every exchange on the way does with the message."""
        return [verdict for visit in self.visits for verdict in visit.verdicts]

    @property
    def hits(self) -> list[Verdict]:
        """The bindings that put the message into a queue, in the order of the walk."""
        return [v for v in self.verdicts if v.takes and isinstance(v.binding, Binding)]

    @property
    def copies(self) -> Counter[str]:
        """Copies for each queue: one, however many bindings and paths lead there."""
        return Counter({verdict.binding.destination for verdict in self.hits})

    @property
    def returned(self) -> bool:
        """Whether nobody takes the message, so that it comes back if it is mandatory."""
        return self.message.mandatory and not self.hits and self.refusal is None

    @property
    def nearest_miss(self) -> Verdict | None:
        """The binding that came closest to taking the message, as far along the way as may be."""
        misses = [
            (verdict.reason.nearness, depth, verdict)
            for depth, visit in enumerate(self.visits)
            for verdict in visit.verdicts
            if not verdict.takes
        ]
        return max(misses, key=lambda miss: miss[:2], default=(0, 0, None))[2]


def predict(scenario: Scenario, version: Version = NEWEST) -> list[Route]:
    """Predict the route of each message of a scenario, in order."""
    return [route(scenario, message, version) for message in scenario.messages]


def route(topology: Topology, message: Message, version: Version = NEWEST) -> Route:
    """Predict where one message goes, on a RabbitMQ of this version."""
    refusal = refused(topology, message, version)
    return Route(message, () if refusal else list(walk(topology, message, version)), refusal)


def walk(topology: Topology, message: Message, version: Version) -> Iterator[Visit]:
    """Visit every exchange that the message reaches, each of them once."""
    known = {exchange.name: exchange for exchange in topology.exchanges}
    if message.exchange == DEFAULT_EXCHANGE:
        known = {DEFAULT_EXCHANGE: Exchange(DEFAULT_EXCHANGE, "direct")}
    waiting, seen = [message.exchange], {message.exchange}
    for name in waiting:
        at = visit(topology, known[name], message, version)
        yield at
        for onward in exchanges_onward(at):
            if onward in known and onward not in seen:
                seen.add(onward)
                waiting.append(onward)


def exchanges_onward(at: Visit) -> list[str]:
    """List the exchanges that get the message next."""
    bound = [
        verdict.binding.destination
        for verdict in at.verdicts
        if verdict.takes and isinstance(verdict.binding, ExchangeBinding)
    ]
    return bound if at.alternate is None else [at.alternate]


def visit(topology: Topology, exchange: Exchange, message: Message, version: Version) -> Visit:
    """Hold a message against every binding of one exchange."""
    keyed = with_each_key(message)
    verdicts = [
        decide(binding, exchange.type, keyed, version)
        for binding in bindings_of(topology, exchange.name)
    ]
    taken = any(verdict.takes for verdict in verdicts)
    return Visit(exchange, verdicts, None if taken else exchange.alternate)


def decide(
    binding: Binding | ExchangeBinding,
    exchange_type: str,
    keyed: Sequence[Message],
    version: Version,
) -> Verdict:
    """Hold a message against one binding, key by key, until one fits."""
    rule = RULES[exchange_type]
    for message in keyed:
        if rule(binding, message, version):
            return Verdict(binding, exchange_type, message, takes=True, version=version)
    return Verdict(binding, exchange_type, keyed[0], takes=False, version=version)


def with_each_key(message: Message) -> list[Message]:
    """Give the message once for its own key, and once for each that CC and BCC add.

    The exchanges see CC among the headers, but not BCC, which is removed before routing.
    """
    table = message.headers or {}
    visible = {name: value for name, value in table.items() if name != "BCC"}
    seen = message if message.headers is None else replace(message, headers=visible)
    added = [*keys_in(message, "CC"), *keys_in(message, "BCC")]
    return [seen, *(replace(seen, routing_key=key) for key in added)]


def keys_in(message: Message, name: str) -> list[str]:
    """List the routing keys in a CC or BCC header; what is not text in it is skipped."""
    table = message.headers or {}
    fields = [typed(each) for each in typed(table[name]).value] if name in table else []
    return [field.value for field in fields if field.type == "longstr"]


def bindings_of(topology: Topology, exchange: str) -> list[Binding | ExchangeBinding]:
    """List the bindings of an exchange, those of the default exchange included."""
    if exchange == DEFAULT_EXCHANGE:
        return [Binding(DEFAULT_EXCHANGE, queue, binding_key=queue) for queue in topology.queues]
    return [binding for binding in topology.bindings if binding.source == exchange]
