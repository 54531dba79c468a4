"""Is a scenario well written?  Found out before anything is predicted or declared."""

import struct
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import chain
from math import isfinite
from typing import Final, get_args

from routing.amqp.errors import BadUse
from routing.amqp.notation import write_key, write_value
from routing.amqp.topology import (
    DEFAULT_EXCHANGE,
    MOST_BYTES,
    AnyBinding,
    ExchangeBinding,
    Message,
    Scenario,
)
from routing.amqp.values import Value, encode, typed
from routing.amqp.versions import Version
from routing.rules.cost import MOST_VISITS, TOO_COSTLY, cost, tries
from routing.rules.matching import RULES
from routing.rules.refusal import MATCH_MODES, refuse_declarations, refuse_message

MOST_NAME_BYTES: Final = 200
"""A name must leave room for the prefix that each run puts before it."""


def validate(scenario: Scenario) -> None:
    """Raise BadUse, with one sentence that names the place, where a scenario cannot be played."""
    with part("name"):
        if not scenario.name:
            raise BadUse("A scenario has an empty name; give it one.")
    named = [exchange.name for exchange in scenario.exchanges]
    validate_names(scenario, "exchange", named)
    validate_names(scenario, "queue", scenario.queues)
    for place, exchange in enumerate(scenario.exchanges):
        with part("exchanges", place):
            said = f"Scenario {scenario.name}, exchange {write_key(exchange.name)}"
            require_known(said, "type", exchange.type, RULES)
    known = {"exchange": dict.fromkeys(named), "queue": dict.fromkeys(scenario.queues)}
    for place, binding in enumerate(scenario.bindings):
        with part("bindings", place):
            validate_binding(f"Scenario {scenario.name}, binding {place + 1}", binding, known)
    entries = dict.fromkeys([DEFAULT_EXCHANGE, *named])
    for place, message in enumerate(scenario.messages):
        with part("messages", place):
            said = f"Scenario {scenario.name}, message {place + 1}"
            require_known(said, "exchange", message.exchange, entries)
            validate_message(said, message)


@contextmanager
def part(field: str, place: int | None = None) -> Iterator[None]:
    """Have an error tell which part of a scenario it is about."""
    try:
        yield
    except BadUse as error:
        error.part = (field, place)
        raise


def accept(scenario: Scenario, version: Version) -> None:
    """Raise BadUse where a RabbitMQ of this version refuses something, or would not be done."""
    exchanges = {exchange.name: exchange for exchange in scenario.exchanges}
    published = (refuse_message(message, exchanges, version) for message in scenario.messages)
    refusal = next(chain(refuse_declarations(scenario, version), *published), None)
    if refusal:
        raise BadUse(
            f"Scenario {scenario.name}: RabbitMQ {version} refuses with {refusal.code}: "
            f"{refusal.why}; change that."
        )
    among = tries(scenario)
    for number, message in enumerate(scenario.messages, 1):
        if cost(among, message) > MOST_VISITS:
            raise BadUse(f"Scenario {scenario.name}, message {number}: {TOO_COSTLY}.")


def validate_names(scenario: Scenario, noun: str, names: Sequence[str]) -> None:
    """Require names that are given once, are not empty, and are not too long."""
    said = f"Scenario {scenario.name}"
    seen: set[str] = set()
    for place, name in enumerate(names):
        with part(f"{noun}s", place):
            require_key(said, f"the name of the {noun}", name, MOST_NAME_BYTES)
            if not name:
                raise BadUse(f"{said}: a {noun} has an empty name; give it one.")
            if set("\r\n") & set(name):
                raise BadUse(
                    f"{said}: RabbitMQ takes line breaks out of names, as of {noun} "
                    f"{write_key(name)}; give it a name without."
                )
            if name in seen:
                raise BadUse(f"{said}: {noun} {write_key(name)} is declared twice; keep one.")
            seen.add(name)


def validate_binding(place: str, binding: AnyBinding, known: Mapping[str, Collection[str]]) -> None:
    """Require ends that are known, a key that fits, and arguments that can be sent and compared."""
    if binding.source == DEFAULT_EXCHANGE:
        raise BadUse(f"{place}: the default exchange cannot be bound; name another exchange.")
    require_known(place, "exchange", binding.source, known["exchange"])
    end = "exchange" if isinstance(binding, ExchangeBinding) else "queue"
    require_known(place, end, binding.destination, known[end])
    require_key(place, "the binding key", binding.binding_key, MOST_BYTES)
    require_values(place, "argument", binding.arguments)
    mode = binding.arguments.get("x-match", "all")
    if typed(mode).value not in MATCH_MODES:
        raise BadUse(f"{place}: x-match is {write_value(mode)}, but must be {one_of(MATCH_MODES)}.")


def validate_message(place: str, message: Message) -> None:
    """Require a routing key that fits, and headers and a body that can be sent."""
    most = MOST_NAME_BYTES if message.exchange == DEFAULT_EXCHANGE else MOST_BYTES
    require_key(place, "the routing key", message.routing_key, most)
    require_unicode(place, "the body", message.body)
    if message.headers is not None:
        require_values(place, "header", message.headers)


def require_known(
    place: str, noun: str, name: str, known: Collection[str], near: Iterable[str] = ()
) -> None:
    """Require that what is named is there, and suggest what may have been meant.

    near: what may have been meant besides; too many to be listed.
    """
    if name in known:
        return
    from difflib import get_close_matches  # seldom needed, and slow to import

    close = get_close_matches(name, [*known, *near])
    advice = f"did you mean {write_key(close[0])}?" if close else f"known: {one_of(known)}."
    raise BadUse(f"{place}: there is no {noun} {write_key(name)}; {advice}")


def require_key(place: str, noun: str, key: str, most: int) -> None:
    """Require text of at most so many bytes as UTF-8."""
    if not isinstance(key, str):
        raise BadUse(f"{place}: {noun} is {key!r}, but must be text.")
    require_unicode(place, noun, key)
    length = len(key.encode())
    if length > most:
        raise BadUse(f"{place}: {noun} has {length} bytes, but {most} is the most; shorten it.")


def require_unicode(place: str, noun: str, text: str) -> None:
    """Require text that can be sent: half of a surrogate pair cannot."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise BadUse(f"{place}: {noun} {text!a} is no Unicode text: {error.reason}.") from error


def require_values(place: str, noun: str, table: Mapping[str, object]) -> None:
    """Require headers or arguments that pika can send, named by text that fits."""
    for name, value in table.items():
        require_key(place, f"the name of a {noun}", name, MOST_BYTES)
        require_value(f"{place}, {noun} {write_key(name)}", value)


def require_value(place: str, value: object) -> None:
    """Require a value that an AMQP field table can hold, all through lists and tables."""
    if isinstance(value, Mapping):
        require_values(place, "entry", value)
    elif isinstance(value, list | tuple):
        for item in value:
            require_value(place, item)
    elif not isinstance(value, get_args(Value)[:-2]):
        kind = type(value).__name__
        raise BadUse(f"{place}: {value!r} is a {kind}, which AMQP does not have; use another type.")
    else:
        require_encodable(place, value)


def require_encodable(place: str, value: Value) -> None:
    """Require that a single value fits its AMQP type; Erlang has no infinity and no NaN."""
    try:
        encode(value)
    except (ValueError, TypeError, KeyError, OverflowError, struct.error) as error:
        raise BadUse(
            f"{place}: {write_value(value)} does not fit its AMQP type: {error}."
        ) from error
    if isinstance(value, float) and not isfinite(value):
        raise BadUse(f"{place}: {value} is no number that RabbitMQ takes; use another.")


def one_of(names: Iterable[str]) -> str:
    """Write the allowed names."""
    return ", ".join(name or "(the default exchange)" for name in names) or "none"
