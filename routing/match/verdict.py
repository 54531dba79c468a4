"""What one binding does with one message, on a RabbitMQ of one version."""

from collections.abc import Mapping
from itertools import chain
from typing import Final

from routing.amqp.errors import BadUse
from routing.amqp.topology import MOST_BYTES, Binding, Exchange, Message, Topology
from routing.amqp.values import Value
from routing.amqp.versions import Version
from routing.rules.predict import Verdict, route
from routing.rules.refusal import refuse_declarations, refuse_message
from routing.rules.validity import require_key

EXCHANGE: Final = "x"
"""Names are of no matter here."""

NOTHING: Final[Mapping[str, Value]] = {}


def bound(binding_key: str, arguments: Mapping[str, Value] = NOTHING) -> Binding:
    """Make the binding that is asked about.

    Raises BadUse where its key cannot be sent.
    """
    require_key("match", "the binding key", binding_key, MOST_BYTES)
    return Binding(EXCHANGE, "q", binding_key, arguments)


def sent(routing_key: str, headers: Mapping[str, Value] | None = None) -> Message:
    """Make the message that is held against it.

    Raises BadUse where its key cannot be sent.
    """
    require_key("match", "the routing key", routing_key, MOST_BYTES)
    return Message(EXCHANGE, routing_key, headers)


def alone(exchange_type: str, binding: Binding) -> Topology:
    """Declare what the binding needs, and nothing else."""
    exchange = Exchange(EXCHANGE, exchange_type)
    return Topology(exchanges=[exchange], queues=[binding.queue], bindings=[binding])


def require_accepted(
    exchange_type: str, binding: Binding, message: Message | None, version: Version
) -> None:
    """Raise BadUse where a RabbitMQ of this version refuses the binding, or the message."""
    exchanges = {EXCHANGE: Exchange(EXCHANGE, exchange_type)}
    published = refuse_message(message, exchanges, version) if message else ()
    declared = refuse_declarations(alone(exchange_type, binding), version)
    if refusal := next(chain(declared, published), None):
        noun = "message" if refusal.at == "publish" else "binding"
        code = f" with {refusal.code}" if refusal.code else ""
        raise BadUse(
            f"RabbitMQ {version} refuses this {noun}{code}: {refusal.why}; give it another."
        )


def verdict_on(exchange_type: str, binding: Binding, message: Message, version: Version) -> Verdict:
    """Tell what the binding does with the message; both are accepted."""
    return route(alone(exchange_type, binding), message, version).verdicts[0]


def is_accepted(exchange_type: str, message: Message, version: Version) -> bool:
    """Tell whether a RabbitMQ of this version takes the message at all."""
    exchanges = {EXCHANGE: Exchange(EXCHANGE, exchange_type)}
    return not any(refuse_message(message, exchanges, version))
