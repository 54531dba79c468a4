"""Topologies and messages as JSON; what is written here can be read again, but for a body.

The names are those of RabbitMQ's definitions files; tests/vectors/README.md tells the form.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from routing.amqp.errors import BadUse
from routing.amqp.topology import AnyBinding, Binding, Exchange, ExchangeBinding, Message, Topology
from routing.amqp.values import LETTERS, Typed, Value, encode, typed, with_pairs

REQUIRED: Final = object()


def read_topology(whole: object) -> Topology:
    """Read exchanges, queues and bindings.

    Raises BadUse where something is missing, or is not what it should be.
    """
    return Topology(
        exchanges=[read_exchange(each) for each in take(whole, "exchanges", list)],
        queues=[of_kind("a queue", queue, str) for queue in take(whole, "queues", list)],
        bindings=[read_binding(each) for each in take(whole, "bindings", list)],
    )


def read_exchange(exchange: object) -> Exchange:
    """Read one exchange."""
    return Exchange(
        name=take(exchange, "name", str),
        type=take(exchange, "type", str),
        arguments=read_table(take(exchange, "arguments", dict, {})),
        internal=take(exchange, "internal", bool, default=False),
    )


def read_binding(binding: object) -> AnyBinding:
    """Read one binding, to a queue or to an exchange."""
    kinds: dict[str, type[Binding] | type[ExchangeBinding]] = {
        "queue": Binding,
        "exchange": ExchangeBinding,
    }
    kind = take(binding, "destination_type", str)
    if kind not in kinds:
        raise BadUse(f"destination_type is {kind!r}, not queue or exchange")
    return kinds[kind](
        take(binding, "source", str),
        take(binding, "destination", str),
        take(binding, "routing_key", str),
        read_table(take(binding, "arguments", dict, {})),
    )


def read_message(publish: object) -> Message:
    """Read what is published."""
    table = take(publish, "headers", dict, None)
    return Message(
        exchange=take(publish, "exchange", str),
        routing_key=take(publish, "routing_key", str),
        headers=None if table is None else read_headers(table),
        mandatory=take(publish, "mandatory", bool, default=False),
    )


def read_headers(table: Mapping[str, object]) -> Mapping[str, Value]:
    """Read headers, which are written as a table of pairs where a name comes more than once."""
    read = typed(read_value(table))
    if read.type != "table":
        raise BadUse(f"headers must be a table, not {read.type}")
    return with_pairs(read.value)


def read_table(table: Mapping[str, object]) -> dict[str, Value]:
    """Read headers or arguments."""
    return {name: read_value(value) for name, value in table.items()}


def read_value(value: object) -> Value:
    """Read a field value: plain JSON, or {"!type": ..., "value": ...} where that is not enough."""
    if isinstance(value, dict) and "!type" in value:
        return read_typed(take(value, "!type", str), value.get("value"))
    if isinstance(value, dict):
        return read_table(value)
    if isinstance(value, list):
        return [read_value(each) for each in value]
    if isinstance(value, float):
        raise BadUse(f'{value} could be a float32 or a float64: write {{"!type": ...}}')
    return value  # type: ignore[return-value]  # all that JSON has left


def read_typed(kind: str, content: Any) -> Typed:
    """Read a value whose type is named."""
    if kind not in LETTERS:
        raise BadUse(f"there is no field type {kind!r}, only {', '.join(LETTERS)}")
    readers: dict[str, Callable[[Any], Any]] = {
        "bytes": bytes.fromhex,
        "decimal": tuple,
        "array": lambda each: [read_value(item) for item in each],
        "table": lambda each: [(name, read_value(item)) for name, item in each],
    }
    try:
        value = Typed(kind, readers.get(kind, lambda each: each)(content))
        encode(value)
    except BadUse:
        raise
    except Exception as error:
        raise BadUse(f"{content!r} is no {kind}") from error
    return value


def take(table: object, name: str, kind: type[Any], default: Any = REQUIRED) -> Any:
    """Take what must be there, and be of this kind, out of a JSON object."""
    entries = of_kind("what holds " + name, table, dict)
    if name not in entries:
        if default is REQUIRED:
            raise BadUse(f"{name} is missing")
        return default
    return of_kind(name, entries[name], kind)


def of_kind(noun: str, value: Any, kind: type[Any]) -> Any:
    """Require that a JSON value is of a kind."""
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        named = {
            dict: "an object",
            list: "a list",
            str: "text",
            bool: "true or false",
            int: "a number",
        }
        raise BadUse(f"{noun} must be {named[kind]}, not {json.dumps(value)[:60]}")
    return value


def topology_as_json(topology: Topology) -> dict[str, Any]:
    """Write exchanges, queues and bindings."""
    return {
        "exchanges": [exchange_as_json(each) for each in topology.exchanges],
        "queues": list(topology.queues),
        "bindings": [binding_as_json(each) for each in topology.bindings],
    }


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


def table_as_json(table: Mapping[str, Value]) -> dict[str, Any]:
    """Write headers or arguments."""
    return {name: value_as_json(value) for name, value in table.items()}


def value_as_json(value: Value) -> Any:
    """Write a value so that it is read as the same type."""
    field = typed(value)
    names = [name for name, _ in field.value] if field.type == "table" else []
    if field.type == "table" and len(set(names)) == len(names) and "!type" not in names:
        return table_as_json(dict(field.value))
    if field.type == "array":
        return [value_as_json(each) for each in field.value]
    if field == typed(field.value) and field.type in ("int32", "int64", "longstr", "bool", "void"):
        return field.value
    if field.type == "table":
        return {"!type": "table", "value": [[k, value_as_json(each)] for k, each in field.value]}
    content = field.value.hex() if field.type == "bytes" else field.value
    return {"!type": field.type, "value": content}
