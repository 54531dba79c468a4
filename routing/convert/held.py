"""Values as definitions hold them: what JSON has, read by an import as types of its own choice.

Source: rabbit_misc.erl, to_amqp_table: whole numbers become long ones, others doubles, and a table
gets the order of its names, up to MOST_IN_ORDER of them.
"""

from math import isfinite
from typing import Any, Final

from routing.amqp.notation import write_key, write_value
from routing.amqp.values import Typed, Value, text_of, typed

MOST_IN_ORDER: Final = 32
"""Erlang keeps larger maps in an order of its own."""


class NotHeld(Exception):
    """What definitions cannot hold; the text says why."""


def held_argument(name: str, value: Value) -> Any:
    """Give one argument; raises NotHeld, with its name, where definitions cannot hold it."""
    try:
        return held(typed(value))
    except NotHeld as why:
        raise NotHeld(f"{write_key(name)}={write_value(value)}: {why}") from None


def held(field: Typed, *, within: bool = False) -> Any:
    """Give a value as JSON.

    within: whether it lies in a list or table, where the sizes of numbers are compared, too.
    """
    match field.type:
        case "longstr" if is_unicode(text_of(field)):
            return text_of(field)
        case "bool":
            return bool(field.value)
        case "float64" if isfinite(field.value):
            return float(field.value)
        case "int64" | "int64L":
            return field.value
        case "int32" if not within:
            return field.value
        case "array":
            return [held(typed(each), within=True) for each in field.value]
        case "table":
            require_order([name for name, _ in field.value])
            return {name: held(typed(each), within=True) for name, each in field.value}
    where = " within a list or table" * within
    raise NotHeld(f"definitions have no {said_of(field)}{where}")


def said_of(field: Typed) -> str:
    """Name what there is no such thing of."""
    if field.type == "longstr":
        return "text that is no Unicode"
    return f"{field.value}" if field.type == "float64" else field.type


def is_unicode(text: str) -> bool:
    """Tell whether a text can be written as UTF-8."""
    return not any("\ud800" <= each <= "\udfff" for each in text)


def require_order(names: list[str]) -> None:
    """Raise NotHeld where the names of a table, of which the order is compared, lose it."""
    if names != sorted({*names}) or len(names) > MOST_IN_ORDER:
        raise NotHeld("definitions do not keep the order of names in a table")
