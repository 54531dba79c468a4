"""Why headers meet the criteria of a binding, or do not, as a RabbitMQ of one version compares."""

from collections.abc import Mapping
from typing import Final

from routing.amqp.topology import AnyBinding, Message
from routing.amqp.values import Value, typed
from routing.amqp.versions import Version, exact_numbers
from routing.rules.matching import (
    as_routed,
    asks_for_presence,
    criteria,
    match_mode,
    meets,
    skipped,
)
from routing.rules.reasons import (
    Criterion,
    Met,
    Milliseconds,
    NoHeader,
    NothingAsked,
    NotMet,
    OtherType,
    OtherValue,
    Reason,
)


def explain_headers(binding: AnyBinding, message: Message, version: Version) -> Reason:
    """Tell which criteria the headers of the message meet, and which names are passed over."""
    wanted, passed_over = criteria(binding), skipped(binding)
    of_any = match_mode(binding).startswith("any")
    if not wanted:
        return NothingAsked(any=of_any, skipped=passed_over, nearness=float(not of_any))
    met = [name for name in wanted if meets(name, wanted[name], message, version)]
    if len(met) == len(wanted) or (of_any and met):
        named = [(name, asks_for_presence(wanted[name])) for name in met]
        return Met(any=of_any, names=named, skipped=passed_over)
    lacking = [lack(name, wanted[name], message, version) for name in wanted if name not in met]
    return NotMet(criteria=lacking, skipped=passed_over, nearness=len(met) / len(wanted))


def lack(name: str, wanted: Value, message: Message, version: Version) -> Criterion:
    """Tell what a header lacks to meet its criterion."""
    headers = message.headers or {}
    if name not in headers:
        return NoHeader(name)
    sent = headers[name]
    if comparable(sent, wanted, version):
        routed = typed(as_routed(sent, version))
        if routed != typed(sent):
            return Milliseconds(name, routed.value, wanted)
        return OtherValue(name, sent, wanted)
    return OtherType(name, sent, kind(sent), wanted, kind(wanted))


KINDS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("longstr", "bytes"), "a string"),
    **dict.fromkeys(("float32", "float64"), "a float"),
    "array": "a list",
    "bool": "a boolean",
    "void": "no value",
}
"""How the types are named whose names are not AMQP's."""

WHOLE: Final = ("an integer", "a timestamp")
"""What is compared as whole numbers, and before 3.13 with floats, too."""


def kind(value: Value) -> str:
    """Name the type of a header value, as far as a student tells types apart."""
    name = typed(value).type
    return "an integer" if "int" in name else KINDS.get(name, f"a {name}")


def comparable(sent: Value, wanted: Value, version: Version) -> bool:
    """Tell whether a value of the type of the one could be the same as the other."""
    numbers = WHOLE if exact_numbers(version) else (*WHOLE, "a float")
    kinds = {kind(sent), kind(wanted)}
    lists = {"a list", "a table"}  # an empty one of either is the same
    one_empty = kinds == lists and not (typed(sent).value and typed(wanted).value)
    return len(kinds) == 1 or kinds.issubset(numbers) or one_empty
