"""Values as they are written in Python."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from routing.amqp.notation import write_value
from routing.amqp.values import Typed, typed


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
