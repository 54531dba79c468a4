"""Topologies and messages as JSON; what is written here can be read again, but for a body.

The names are those of RabbitMQ's definitions files; tests/vectors/README.md tells the form.
"""

from collections.abc import Mapping
from typing import Any, Final

from routing.amqp.errors import BadUse
from routing.amqp.json_parts import brief, each_of, require_known, short, take, take_short
from routing.amqp.json_value import read_table, read_value, table_as_json, value_as_json
from routing.amqp.topology import AnyBinding, Binding, Exchange, ExchangeBinding, Message, Topology
from routing.amqp.values import Typed, Value, typed, with_pairs

OF_EXCHANGE: Final = ("name", "type", "arguments", "internal")
OF_BINDING: Final = ("source", "destination", "destination_type", "routing_key", "arguments")
OF_MESSAGE: Final = ("exchange", "routing_key", "headers", "mandatory")
"""The entries that each may have."""

DESTINATIONS: Final[Mapping[str, type[Binding] | type[ExchangeBinding]]] = {
    "queue": Binding,
    "exchange": ExchangeBinding,
}


def read_topology(whole: object) -> Topology:
    """Read exchanges, queues and bindings.

    Raises BadUse where something is missing, is unknown, or is not what it should be.
    """
    return Topology(
        exchanges=[*each_of("exchange", take(whole, "exchanges", list), read_exchange)],
        queues=[short("a queue", queue) for queue in take(whole, "queues", list)],
        bindings=[*each_of("binding", take(whole, "bindings", list), read_binding)],
        unbound=[*each_of("binding", take(whole, "unbound", list, []), read_binding)],
    )


def read_exchange(exchange: object) -> Exchange:
    """Read one exchange."""
    require_known("an exchange", exchange, OF_EXCHANGE)
    return Exchange(
        name=take_short(exchange, "name"),
        type=take_short(exchange, "type"),
        arguments=read_arguments(take(exchange, "arguments", dict, {})),
        internal=take(exchange, "internal", bool, default=False),
    )


def read_binding(binding: object) -> AnyBinding:
    """Read one binding, to a queue or to an exchange."""
    require_known("a binding", binding, OF_BINDING)
    kind = take(binding, "destination_type", str)
    if kind not in DESTINATIONS:
        raise BadUse(f"destination_type is {brief(kind)}, not queue or exchange")
    return DESTINATIONS[kind](
        take_short(binding, "source"),
        take_short(binding, "destination"),
        take_short(binding, "routing_key"),
        read_arguments(take(binding, "arguments", dict, {})),
    )


def read_message(publish: object) -> Message:
    """Read what is published."""
    require_known("a message", publish, OF_MESSAGE)
    table = take(publish, "headers", dict, None)
    return Message(
        exchange=take_short(publish, "exchange"),
        routing_key=take_short(publish, "routing_key"),
        headers=None if table is None else read_headers(table),
        mandatory=take(publish, "mandatory", bool, default=False),
    )


def read_headers(table: Mapping[str, object]) -> Mapping[str, Value]:
    """Read headers, which are written as a table of pairs where a name comes more than once."""
    read = typed(read_value(table))
    if read.type != "table":
        raise BadUse(f"headers must be a table, not {read.type}")
    return with_pairs(read.value)


def read_arguments(table: Mapping[str, object]) -> Mapping[str, Value]:
    """Read arguments, in which no name comes twice."""
    if "!type" in table:
        raise BadUse("arguments are written as an object, and not by their type")
    return read_table(table)


def topology_as_json(topology: Topology) -> dict[str, Any]:
    """Write exchanges, queues and bindings."""
    written: dict[str, Any] = {
        "exchanges": [exchange_as_json(each) for each in topology.exchanges],
        "queues": list(topology.queues),
        "bindings": [binding_as_json(each) for each in topology.bindings],
    }
    if topology.unbound:
        written["unbound"] = [binding_as_json(each) for each in topology.unbound]
    return written


def exchange_as_json(exchange: Exchange) -> dict[str, Any]:
    """Write one exchange."""
    written: dict[str, Any] = {"name": exchange.name, "type": exchange.type}
    if exchange.arguments:
        written["arguments"] = table_as_json(exchange.arguments)
    return written | ({"internal": True} if exchange.internal else {})


def binding_as_json(binding: AnyBinding) -> dict[str, Any]:
    """Write one binding."""
    return {
        "source": binding.source,
        "destination": binding.destination,
        "destination_type": "queue" if isinstance(binding, Binding) else "exchange",
        "routing_key": binding.binding_key,
        "arguments": table_as_json(binding.arguments),
    }


def message_as_json(message: Message) -> dict[str, Any]:
    """Write what is published."""
    written: dict[str, Any] = {"exchange": message.exchange, "routing_key": message.routing_key}
    if message.headers is not None:
        written["headers"] = value_as_json(Typed("table", list(message.headers.items())))
    return written | ({"mandatory": True} if message.mandatory else {})
