"""The way of one message, as `route` tells it: each binding that takes it, and why."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from routing.amqp.notation import write_binding, write_sent
from routing.amqp.topology import AnyBinding, Binding
from routing.ask.answer import Answer
from routing.pictures.draw.picture import ALTERNATE, Place, exchange
from routing.rules.trace import told

Way = tuple[Place, Place, str]
"""From where to where, and what stands there."""


@dataclass(frozen=True)
class Lit:
    """The ways that a message goes, each with its reason, and the places that it comes to."""

    ways: Mapping[Way, str] = field(default_factory=dict)
    places: frozenset[Place] = frozenset()
    message: str | None = None
    fate: str | None = None


def lit_by(answer: Answer) -> Lit:
    """Follow a message."""
    ways = dict(ways_of(answer))
    message = answer.route.message
    there = message.exchange in answer.asked.has.ready.exchanges and not answer.route.refusal
    reached = [exchange(message.exchange)] * there + [end for _, end, _ in ways]
    return Lit(ways, frozenset(reached), write_sent(message), answer.fate)


def ways_of(answer: Answer) -> Iterator[tuple[Way, str]]:
    """List the ways, by bindings and by alternates."""
    exchanges = answer.asked.has.ready.exchanges
    for visit in answer.route.visits:
        for verdict in visit.taking:
            yield way_of(verdict.binding, verdict.exchange_type), told(verdict, answer.route)
        onward = visit.alternate
        if onward is not None and onward in exchanges:
            way = exchange(visit.exchange.name), exchange(onward), ALTERNATE
            yield way, "no binding takes it"


def way_of(binding: AnyBinding, exchange_type: str) -> Way:
    """Give the way of a binding."""
    return (
        exchange(binding.source),
        ("queue" if isinstance(binding, Binding) else "exchange", binding.destination),
        write_binding(binding, exchange_type),
    )
