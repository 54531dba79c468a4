"""Values as they are written in Python, as far as pika sends them by itself."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from routing.amqp.notation import write_value
from routing.amqp.topology import Value
from routing.amqp.values import Typed, encode, typed
from routing.play.fields import sent_by_pika


class Unsendable(Exception):
    """A value that pika cannot send by itself; the text says which, and of what type it is."""


def literal(value: Any) -> str:
    """Write a value as Python source; one of a type that Python lacks is only named."""
    match value:
        case Typed():
            return write_value(value)
        case str():
            return write_value(value) if value.isprintable() else repr(value)
        case Mapping():
            return "{" + ", ".join(f"{literal(k)}: {literal(v)}" for k, v in value.items()) + "}"
        case list() | tuple():
            return "[" + ", ".join(map(literal, value)) + "]"
        case datetime():
            return f"datetime.datetime.fromtimestamp({typed(value).value}, datetime.timezone.utc)"
        case Decimal():
            return f"decimal.{value!r}"
    return repr(value)


def sendable(table: Mapping[str, Value]) -> dict[str, Any]:
    """Give headers or arguments as pika is to get them.

    Raises Unsendable where one of them cannot be sent.
    """
    return {name: as_pika_sends(name, value) for name, value in table.items()}


def as_pika_sends(name: str, value: Value) -> Any:
    """Give a value in the type of Python that pika sends as just this type of AMQP.

    Raises Unsendable where there is none.
    """
    field = typed(value)
    if field.type == "table" and len(dict(field.value)) == len(field.value):
        return {key: as_pika_sends(name, each) for key, each in field.value}
    if field.type == "array":
        return [as_pika_sends(name, each) for each in field.value]
    given = value.value if isinstance(value, Typed) else value
    if sent_by_pika(given) != encode(value):
        raise Unsendable(f"{name}={write_value(value)}, of type {field.type}")
    return given
