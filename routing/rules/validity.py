"""Is a scenario well written?  Found out before anything is predicted or declared."""

import re
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
    Topology,
)
from routing.amqp.values import Value, encode, typed
from routing.amqp.versions import TRIED, Version
from routing.rules.cost import MOST_VISITS, TOO_COSTLY, cost, tries
from routing.rules.dead_letters import Death
from routing.rules.frames import MOST_IN_TABLE, size_of
from routing.rules.life import lives
from routing.rules.matching import RULES
from routing.rules.queue_arguments import (
    EXCHANGE,
    KEY,
    LENGTHS,
    OVERFLOW,
    TTL,
    number_in,
    refuse_arguments,
    text_in,
    wrong_in,
)
from routing.rules.refusal import (
    MATCH_MODES,
    further_keys,
    keys_in,
    refuse_declarations,
    refuse_message,
)

MOST_NAME_BYTES: Final = 200
"""A name must leave room for the prefix that each run puts before it."""

MOST_QUEUES: Final = 1000
"""So many are played.  To declare, bind, consume from and delete one takes 5 to 10 ms on a quiet
machine, and for some of that a broker says nothing; 10,000 take minutes (seen on 3.10.8, 4.3.6)."""

OF_QUEUE: Final = (EXCHANGE, KEY, TTL, LENGTHS[0], OVERFLOW)
"""The arguments of a queue that a lesson plays."""

NAMES_OF_DEATH: Final = re.compile("x-death|x-(first|last)-death-(queue|exchange)")
"""Headers in which a broker names queues and exchanges."""

LONGEST_TTL: Final = 1000
"""Milliseconds that a message may live in a queue of a lesson."""


def validate(scenario: Scenario, most: int = MOST_NAME_BYTES) -> None:
    """Raise BadUse, with one sentence that names the place, where a scenario cannot be played.

    most: bytes of a name.
    """
    with part("name"):
        if not scenario.name:
            raise BadUse("A scenario has an empty name; give it one.")
    named = [exchange.name for exchange in scenario.exchanges]
    validate_names(scenario, "exchange", named, most)
    validate_names(scenario, "queue", scenario.queues, most)
    for place, exchange in enumerate(scenario.exchanges):
        with part("exchanges", place):
            said = f"Scenario {scenario.name}, exchange {write_key(exchange.name)}"
            require_known(said, "type", exchange.type, RULES)
            require_size(said, "arguments", size_of(exchange.arguments))
            require_key(said, "its alternate", exchange.alternate or "", MOST_NAME_BYTES)
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
    for place, (queue, arguments) in enumerate(scenario.queue_arguments.items()):
        with part("queue_arguments", place):
            said = f"Scenario {scenario.name}, queue_arguments"
            require_key(said, "the name of a queue", queue, MOST_NAME_BYTES)
            require_known(said, "queue", queue, known["queue"])
            validate_queue(f"Scenario {scenario.name}, queue {write_key(queue)}", arguments)
    for place, queue in enumerate(scenario.rejecting):
        with part("rejecting", place):
            require_known(f"Scenario {scenario.name}, rejecting", "queue", queue, known["queue"])
    if scenario.is_deadly:
        require_no_names_in_headers(scenario)


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
    queues = (refuse_arguments(*each, version) for each in scenario.queue_arguments.items())
    refusal = next(chain(refuse_declarations(scenario, version), *queues, *published), None)
    if refusal:
        raise BadUse(
            f"Scenario {scenario.name}: RabbitMQ {version} refuses with {refusal.code}: "
            f"{refusal.why}; change that."
        )
    among, costs = tries(scenario), dict[tuple[str, ...], int]()
    for number, message in enumerate(scenario.messages, 1):
        keys = (message.routing_key, *further_keys(message))
        if keys not in costs:
            costs[keys] = cost(among, message)
        if costs[keys] > MOST_VISITS:
            raise BadUse(f"Scenario {scenario.name}, message {number}: {TOO_COSTLY}.")
    if scenario.is_deadly:
        require_own_hidden_keys(scenario)
    for life in lives(scenario, scenario.messages, version) if scenario.is_deadly else ():
        for _, death in life.deaths:
            require_own_key(f"Scenario {scenario.name}, message {life.place + 1}", scenario, death)


def validate_names(
    scenario: Scenario, noun: str, names: Sequence[str], most: int = MOST_NAME_BYTES
) -> None:
    """Require names that are given once, are not empty, and are not too long."""
    said = f"Scenario {scenario.name}"
    seen: set[str] = set()
    for place, name in enumerate(names):
        with part(f"{noun}s", place):
            require_key(said, f"the name of the {noun}", name, most)
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
    require_size(place, "arguments", size_of(binding.arguments))
    mode = binding.arguments.get("x-match", "all")
    if typed(mode).value not in MATCH_MODES:
        raise BadUse(f"{place}: x-match is {write_value(mode)}, but must be {one_of(MATCH_MODES)}.")


def validate_queue(place: str, arguments: object) -> None:
    """Require arguments of a queue that a lesson plays, within moments and always to one end."""
    if not isinstance(arguments, Mapping):
        raise BadUse(f"{place}: its arguments are {arguments!r}, but must be a table.")
    for name in arguments:
        require_key(place, "the name of an argument", name, MOST_BYTES)
        require_known(place, "argument", name, OF_QUEUE)
    require_values(place, "argument", arguments)
    require_size(place, "arguments", size_of(arguments))
    exchange, key = text_in(arguments, EXCHANGE), text_in(arguments, KEY)
    require_key(place, EXCHANGE, exchange or "", MOST_NAME_BYTES)
    most = MOST_NAME_BYTES if exchange == DEFAULT_EXCHANGE else MOST_BYTES
    require_key(place, KEY, key or "", most)
    if (number_in(arguments, TTL) or 0) > LONGEST_TTL:
        raise BadUse(f"{place}: {TTL} is at most {LONGEST_TTL} ms, as all who see it wait so long.")
    if TTL in arguments and LENGTHS[0] in arguments:
        raise BadUse(f"{place}: with {TTL} and {LENGTHS[0]}, either may come first; keep one.")
    if text_in(arguments, OVERFLOW) == "reject-publish":
        raise BadUse(f"{place}: nothing dies with {OVERFLOW} reject-publish; leave it out.")
    refused = [next(wrong_in(arguments, version), None) for version in TRIED]
    if all(refused):
        raise BadUse(f"{place}: RabbitMQ refuses with 406: {refused[0]}; change that.")


def require_no_names_in_headers(scenario: Scenario) -> None:
    """Require that no header is sent or asked for that names a queue or exchange of a death.

    There it has the prefix that each run puts before it.
    """
    sent = [("message", message.headers or {}) for message in scenario.messages]
    asked = [("binding", binding.arguments) for binding in scenario.bindings]
    for noun, table in (*sent, *asked):
        if found := [name for name in table if NAMES_OF_DEATH.fullmatch(name)]:
            raise BadUse(
                f"Scenario {scenario.name}: a {noun} has {found[0]}, in which RabbitMQ names what "
                "each run calls otherwise; leave it out."
            )


def require_own_key(place: str, scenario: Scenario, death: Death) -> None:
    """Require a new key where a kept one would begin or cease to name a queue.

    A run puts a prefix before the names of queues, and before no other key.
    """
    arguments = scenario.queue_arguments.get(death.copy.queue, {})
    exchange = text_in(arguments, EXCHANGE)
    to_default, from_default = exchange == DEFAULT_EXCHANGE, death.copy.exchange == DEFAULT_EXCHANGE
    if exchange is not None and KEY not in arguments and to_default != from_default:
        raise BadUse(
            f"{place}: its key names a queue for the default exchange alone; give queue "
            f"{write_key(death.copy.queue)} an {KEY}."
        )


def require_own_hidden_keys(scenario: Scenario) -> None:
    """Require that no BCC is a key of a death which a run writes otherwise.

    x-death leaves out what BCC hid; but a prefix stands before what names a queue alone.
    """
    for number, message in enumerate(scenario.messages, 1):
        hidden = keys_in(message.headers or {}, "BCC")
        for arguments in scenario.queue_arguments.values():
            apart = (message.exchange, text_in(arguments, EXCHANGE)).count(DEFAULT_EXCHANGE) == 1
            if apart and text_in(arguments, KEY) in hidden:
                raise BadUse(
                    f"Scenario {scenario.name}, message {number}: its BCC is the {KEY} of a "
                    "queue, of which one names a queue and the other does not; change one."
                )


def validate_message(place: str, message: Message, most: int = MOST_NAME_BYTES) -> None:
    """Require a routing key that fits, and headers and a body that can be sent.

    most: bytes of a key that names a queue.
    """
    longest = most if message.exchange == DEFAULT_EXCHANGE else MOST_BYTES
    require_key(place, "the routing key", message.routing_key, longest)
    require_unicode(place, "the body", message.body)
    if message.headers is not None:
        require_values(place, "header", message.headers)
        require_headers_size(place, message)


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


def require_headers_size(place: str, message: Message) -> None:
    """Require headers that fit into a frame; for the default exchange CC and BCC name queues."""
    headers, further = message.headers or {}, further_keys(message)
    if further and message.exchange == DEFAULT_EXCHANGE:
        size = len(encode(headers)) + len(further) * (MOST_BYTES - MOST_NAME_BYTES)
        require_size(place, "headers, with a prefix before each key in CC and BCC,", size)
    else:
        require_size(place, "headers", size_of(headers))


def require_few_queues(topology: Topology) -> None:
    """Require no more queues than a broker declares, and deletes, in acceptable time."""
    if len(topology.queues) > MOST_QUEUES:
        raise BadUse(
            f"{len(topology.queues)} queues are too many to be played, {MOST_QUEUES} are the most, "
            "as a broker takes minutes for them: leave some out, or ask for the prediction alone."
        )


def require_size(place: str, noun: str, size: int) -> None:
    """Require a table that fits into a frame with all that goes with it."""
    if size > MOST_IN_TABLE:
        raise BadUse(
            f"{place}: the {noun} take {size} bytes, but {MOST_IN_TABLE} is the most, as RabbitMQ "
            "takes them in one frame alone; shorten them."
        )


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
