"""Headers that a binding may take, or nearly take, made from its criteria; the rule decides."""

from collections.abc import Mapping
from typing import Final

from routing.amqp.topology import AnyBinding
from routing.amqp.values import Typed, Value, typed
from routing.amqp.versions import Version, exact_numbers
from routing.match.keys import other_case
from routing.rules.matching import asks_for_presence, criteria, match_mode

Headers = Mapping[str, Value]

MORE: Final[Headers] = {"note": "hello", "size": 3, "draft": True}
"""Headers beside those that are asked for."""


MOST: Final = 2**63
"""A signed number of 64 bits is below it."""

DIGITS: Final = 9
"""So many are a number that fits into every integer of RabbitMQ's."""


def taken_headers(binding: AnyBinding, version: Version) -> list[Headers]:
    """Make headers that the binding may take: what is asked for, one or all of it, and more."""
    asked = all_asked(binding, version)
    one_of = [{name: value} for name, value in asked.items()] if of_any(binding) else []
    more = [name for name in MORE if name not in asked]
    beside = [{name: MORE[name] for name in more[:many]} for many in range(len(more))]
    return [*one_of, *({**asked, **each} for each in beside)]


def near_headers(binding: AnyBinding, version: Version) -> list[list[Headers]]:
    """Make headers that the binding may nearly take, by what is done to one of them.

    Another value, left out, another type, a name in other capitals.
    """
    asked, alone = all_asked(binding, version), of_any(binding)
    changes = (another_value, left_out, another_type, another_name)
    by_change = [[(name, put) for name in asked for put in c(name, asked[name])] for c in changes]
    return [*([changed(asked, *each, alone=alone) for each in kind] for kind in by_change), [MORE]]


def changed(asked: Headers, name: str, put: Headers, *, alone: bool) -> Headers:
    """Put other headers in place of one; alone: without the rest."""
    kept = {each: {} if alone else {each: value} for each, value in asked.items()}
    parts: Mapping[str, Headers] = {**kept, name: put}
    return {n: value for part in parts.values() for n, value in part.items()}


def of_any(binding: AnyBinding) -> bool:
    """Tell whether one criterion that is met is enough."""
    return match_mode(binding).startswith("any")


def all_asked(binding: AnyBinding, version: Version) -> dict[str, Value]:
    """Give headers that meet every criterion.

    From 3.13 on a timestamp is never what another one asks for, but its number is.
    """
    asked: dict[str, Value] = {}
    for name, wanted in criteria(binding).items():
        field = typed(wanted)
        number = field.type == "timestamp" and exact_numbers(version) and field.value < MOST
        given = Typed("int64", field.value) if number else wanted
        asked[name] = "hello" if asks_for_presence(wanted) else given
    return asked


def left_out(_name: str, _value: Value) -> list[Headers]:
    """Send no such header."""
    return [{}]


def another_value(name: str, value: Value) -> list[Headers]:
    """Change the value, within its type."""
    field = typed(value)
    match field.type:
        case "longstr" if isinstance(field.value, str):
            return [{name: other_case(field.value)}, {name: f"{field.value}s"}]
        case "bool":
            return [{name: not field.value}]
        case "float64":
            return [{name: field.value + 0.5}]
    if "int" not in field.type:
        return []
    other = field.value ^ 3  # fits into every size that the number fits into
    return [{name: Typed(field.type, other) if isinstance(value, Typed) else other}]


def another_type(name: str, value: Value) -> list[Headers]:
    """Change the type, and keep what a reader would take for the value."""
    field = typed(value)
    if field.type == "bool":
        return [{name: "true" if field.value else "false"}]
    if field.type == "longstr" and str(field.value).isdecimal() and len(field.value) <= DIGITS:
        return [{name: int(field.value)}]
    return [{name: str(field.value)}] if "int" in field.type or "float" in field.type else []


def another_name(name: str, value: Value) -> list[Headers]:
    """Change the capitals of the name."""
    return [{other_case(name): value}] if other_case(name) != name else []
