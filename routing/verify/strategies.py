"""Random topologies and messages, of a vocabulary so small that they often match.

Everything is picked from lists of less than a hundred, never drawn as text or number: with those
Hypothesis mixes the constants of whatever modules are loaded, and a seed would not give the same
cases everywhere.
"""

import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache, partial
from itertools import chain
from typing import Any, Final, TypeVar

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from routing.amqp.topology import (
    DEFAULT_EXCHANGE,
    AnyBinding,
    Binding,
    Exchange,
    ExchangeBinding,
    Message,
    Topology,
)
from routing.amqp.values import PACKED, Typed, Value, encode
from routing.amqp.versions import MOST_HASHES
from routing.rules.matching import RULES
from routing.rules.refusal import MATCH_MODES
from routing.verify.trial import Trial

Drawn = TypeVar("Drawn")

NAMES: Final = ("x", "y", "z", "w", "v")
"""Exchanges."""

QUEUES: Final = ("q", "a", "a.b", "b", "é.*", "#", ".")
"""Queues; some are called as keys are, which the default exchange looks for."""

WORDS: Final = (*("a", "b") * 5, "*", "#", "", "A", "a*", "##", "é", "日本")
PATTERN_WORDS: Final = (*("a", "b", "*", "#") * 4, "", "A", "a*", "##", "é", "日本")

LONG_KEYS: Final = ("x" * 255, "a." * 20 + "b" * 215, "é" * 127 + "x", "." * 20 + "x" * 235)
"""Of 255 bytes, the most that AMQP carries, but of few words: a topic exchange tries every way
through its trie, and a published `*` or `#` goes two ways where a binding has one.  A key of a
hundred of them keeps a channel busy for ever (seen on 3.10.8, 4.0.5 and 4.3.6)."""

LONG_PATTERNS: Final = (*LONG_KEYS, "#." + "a." * 20 + "b" * 200, "*." * 8 + "#", "#.é" + "é" * 125)

MOST_STARS: Final = 5
"""A published key has no more of these as words."""

FURTHER_KEYS: Final = ("a", "b", "a.b", "", "#", "é.*", "y" * 300)
"""For CC and BCC, where a key is a long string."""

HEADERS: Final = (
    *["a"] * 5,
    "b",
    "b",
    "x-a",
    "X-a",
    "",
    "é",
    "x-match",
    "x-",
    "CC",
    "BCC",
    "n" * 255,
)
"""Names of headers, and of criteria."""

NUMBERS: Final = (1, 0, -1, 127, -128, 255, 2**15, 2**16 - 1, 2**31 - 1, 2**31, -(2**31))
NUMBERS_OF_64_BITS: Final = (2**32 - 1, 2**53 + 1, 2**63 - 1, -(2**63), 2**63, 2**64 - 1)

ODD_VALUES: Final[Sequence[Value]] = (
    None,
    True,
    False,
    "true",
    "",
    b"",
    "é",
    "e\u0301",
    b"\xff",
    "s" * 300,
    -0.0,
    Typed("float32", -0.0),
    0.1,
    Typed("float32", 0.1),
    1.5,
    Typed("float32", 1.5),
    5e-324,
    1.7976931348623157e308,
    Typed("float32", 3.4028234663852886e38),
    Decimal("1.5"),
    Decimal("1.50"),
    Decimal("-0.01"),
    Typed("decimal", (2, 150)),
    Typed("decimal", (255, -(2**31))),
    datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC),
    datetime(2026, 7, 1, 12, tzinfo=UTC),
    Typed("array", []),
    Typed("table", []),
)


@dataclass(frozen=True)
class Fault:
    """What the broker refuses, added to a topology that it accepts.

    message: the attributes of the message that are other than before.
    """

    exchanges: Sequence[Exchange] = ()
    bindings: Sequence[AnyBinding] = ()
    message: Mapping[str, Any] = field(default_factory=dict)


BAD_KEYS: Final[Sequence[Value]] = ("a", None, 1, False, b"a", {"a": []})
BAD_MODES: Final[Sequence[Value]] = ("some", "", "ALL", None, 1, True, b"any", ["all"])

FAULTS: Final = (
    Fault([Exchange("u", "unknown")]),
    Fault([Exchange("", "direct")]),
    Fault([Exchange("x", "direct", {"alternate-exchange": 1})]),
    Fault([Exchange("x", "direct", {"alternate-exchange": "y"})]),
    Fault([Exchange("x", "fanout", internal=True)]),
    Fault([Exchange("u", "topic", {"alternate-exchange": None})]),
    Fault([], [Binding("x", "missing", "a")]),
    Fault([], [Binding("missing", "q")]),
    Fault([], [Binding("missing", "missing")]),
    Fault([], [ExchangeBinding("x", "missing")]),
    Fault([], [ExchangeBinding("missing", "x")]),
    Fault([], [Binding("", "q", "q")]),
    Fault([], [Binding("", "missing")]),
    Fault([], [ExchangeBinding("", "x")]),
    Fault([], [ExchangeBinding("x", "")]),
    *(
        Fault([Exchange("u", "headers")], [ExchangeBinding("u", "x", "", {"x-match": mode})])
        for mode in BAD_MODES
    ),
    Fault([Exchange("u", "headers")], [Binding("u", "missing", "", {"x-match": "some"})]),
    Fault([Exchange("u", "topic")], [ExchangeBinding("u", "x", "#.#.#")]),
    Fault([Exchange("u", "topic")], [ExchangeBinding("u", "x", "#.a.#.*.#.b.#")]),
    Fault([Exchange("u", "topic")], [Binding("u", "missing", "#.#.#")]),
    Fault(message={"exchange": "missing"}),
    Fault([Exchange("u", "fanout", internal=True)], message={"exchange": "u"}),
    *(Fault(message={"headers": {"CC": value}}) for value in BAD_KEYS),
    *(Fault(message={"headers": {"BCC": value}}) for value in BAD_KEYS),
)


def alike(number: int) -> list[Value]:
    """List the values that could be taken for a number, in all types that can hold it."""
    written: list[Value] = [number, float(number), str(number), str(number).encode()]
    typed = [Typed(kind, number) for kind in PACKED if kind != "bool"]
    moved = [Typed("decimal", (0, number)), Typed("decimal", (1, number * 10))]
    late = [Typed("timestamp", number * 1000), Typed("int64", number * 1000)]
    truth: list[Value] = [bool(number)] * 8 if number in {0, 1} else []
    return [each for each in (*written, *truth, *typed, *moved, *late) if can_travel(each)]


def can_travel(value: Value) -> bool:
    """Tell whether a value fits its type."""
    try:
        encode(value)
    except (struct.error, OverflowError):
        return False
    return True


def one_in(number: int) -> SearchStrategy[bool]:
    """Draw true once in a number of times."""
    return st.sampled_from([False] * (number - 1) + [True])


@st.composite
def mixed(
    draw: DrawFn, usual: SearchStrategy[Drawn], odd: SearchStrategy[Drawn], number: int
) -> Drawn:
    """Draw what is odd once in a number of times; one_of would do it half of the time."""
    return draw(odd if draw(one_in(number)) else usual)


def values_near(number: int) -> SearchStrategy[Value]:
    """Draw values that may equal one another, some of them within arrays and tables."""
    near, names = st.sampled_from(alike(number)), st.sampled_from(("a", "b"))
    array = st.lists(near, max_size=2)
    pair = st.tuples(names, near)
    table = st.lists(pair, max_size=2).map(partial(Typed, "table"))
    deep = st.lists(array | table, max_size=2) | st.dictionaries(names, array | table, max_size=2)
    return mixed(near, st.one_of(st.sampled_from(ODD_VALUES), array, table, deep), 3)


PALETTES: Final = [values_near(number) for number in (*NUMBERS, *NUMBERS_OF_64_BITS, *[1, 0] * 8)]
"""For each case another number, around which its values lie; often one that is like a boolean."""


def few_hashes(words: Iterable[str]) -> str:
    """Join words to a binding key that RabbitMQ accepts."""
    kept, hashes = [], 0
    for word in words:
        hashes += word == "#"
        kept.append("*" if word == "#" and hashes > MOST_HASHES else word)
    return ".".join(kept)


KEYS: Final = st.lists(st.sampled_from(WORDS), max_size=3).map(".".join)
PATTERNS: Final = st.lists(st.sampled_from(PATTERN_WORDS), max_size=4).map(few_hashes)
ALL_KEYS: Final = mixed(KEYS, st.sampled_from(LONG_KEYS), 12)
ALL_PATTERNS: Final = mixed(PATTERNS, st.sampled_from(LONG_PATTERNS), 12)
TO_DEFAULT: Final = st.sampled_from(QUEUES) | KEYS
FURTHER: Final[SearchStrategy[Value]] = st.lists(
    st.sampled_from(FURTHER_KEYS) | st.sampled_from((1, b"a", None, ["a"], Typed("longstr", "b"))),
    max_size=3,
)
MODES: Final = st.sampled_from((None, *MATCH_MODES))
TYPES: Final = st.sampled_from(tuple(RULES))
SOME_QUEUES: Final = st.lists(st.sampled_from(QUEUES), max_size=6, unique=True)


def in_batches(each: SearchStrategy[Drawn], size: int) -> SearchStrategy[list[list[Drawn]]]:
    """Draw lists of lists: a quarter of size * size things, where plain lists come out short."""
    return st.lists(st.lists(each, min_size=1, max_size=size), max_size=size)


@cache
def among(names: tuple[str, ...]) -> SearchStrategy[str]:
    """Draw one of some names."""
    return st.sampled_from(names)


@st.composite
def topologies(draw: DrawFn, values: SearchStrategy[Value]) -> Topology:
    """Draw what is to be declared, none of which is refused."""
    names = NAMES[: draw(st.sampled_from((1, 2, 3, 4, 5)))]
    exchanges = [draw(exchange_called(name, names)) for name in names]
    queues = draw(SOME_QUEUES)
    types = {exchange.name: exchange.type for exchange in exchanges}
    binding = bindings_among(types, tuple(queues), values)
    bindings = list(chain.from_iterable(draw(in_batches(binding, 5))))
    again = draw(st.lists(st.sampled_from(bindings), max_size=2)) if bindings else []
    return Topology(exchanges=exchanges, queues=queues, bindings=[*bindings, *again])


@st.composite
def exchange_called(draw: DrawFn, name: str, names: tuple[str, ...]) -> Exchange:
    """Draw an exchange; its alternate may be missing, empty, or the exchange itself."""
    kind = draw(TYPES)
    arguments = {}
    if draw(one_in(2)):
        arguments["alternate-exchange"] = draw(among((*names, *names, "missing", "")))
    return Exchange(name, kind, arguments, internal=draw(one_in(8)))


@st.composite
def bindings_among(
    draw: DrawFn, types: Mapping[str, str], queues: tuple[str, ...], values: SearchStrategy[Value]
) -> AnyBinding:
    """Draw a binding of one of these exchanges, to one of these queues or exchanges."""
    source, key = draw(among(tuple(types))), draw(ALL_PATTERNS)
    # Only a headers exchange looks at arguments, which is worth a try on the others.
    with_arguments = types[source] == "headers" or draw(one_in(8))
    arguments = draw(criteria(values)) if with_arguments else {}
    if queues and draw(st.sampled_from((True, True, True, False, False))):
        return Binding(source, draw(among(queues)), key, arguments)
    return ExchangeBinding(source, draw(among(tuple(types))), key, arguments)


@st.composite
def criteria(draw: DrawFn, values: SearchStrategy[Value]) -> Mapping[str, Value]:
    """Draw the arguments of a headers exchange's binding."""
    mode = draw(MODES)
    asked = st.tuples(st.sampled_from(HEADERS), mixed(values, st.none(), 4))
    keys = st.tuples(st.sampled_from(("CC", "BCC")), st.none() | FURTHER)
    wanted = draw(st.lists(mixed(asked, keys, 6), max_size=3))
    return {name: value for name, value in wanted if name != "x-match"} | (
        {} if mode is None else {"x-match": mode}
    )


@st.composite
def messages_to(draw: DrawFn, topology: Topology, values: SearchStrategy[Value]) -> Message:
    """Draw a message that is not refused."""
    open_to_all = tuple(each.name for each in topology.exchanges if not each.internal)
    exchange = draw(among((*open_to_all * 4, DEFAULT_EXCHANGE)))
    return Message(
        exchange,
        # The default exchange gets keys with a prefix before them, which leaves less room.
        draw(TO_DEFAULT if exchange == DEFAULT_EXCHANGE else keys_for(topology, exchange)),
        None if draw(one_in(3)) else draw(tables_for(topology, values)),
        mandatory=draw(one_in(2)),
    )


def without_hashes(key: str) -> str:
    """Fill in nothing for each `#`."""
    return ".".join(word for word in key.split(".") if word != "#")


def keys_for(topology: Topology, exchange: str) -> SearchStrategy[str]:
    """Draw a key, often a binding key with its wildcards as they are, or filled in."""
    bound = [each.binding_key for each in topology.bindings if each.source == exchange]
    # RabbitMQ looks up each `*` of a published key twice, as a word and as a wildcard, in one
    # and the same place: the binding *.*.* with 40 of them takes such a key for hours.
    asked = [key for key in bound if key.count("*") <= MOST_STARS]
    filled = [key.replace("*", "a").replace("#", "b") for key in bound]
    short = [without_hashes(key).replace("*", "a") for key in bound]
    return mixed(st.sampled_from([*asked, *filled, *short]), ALL_KEYS, 3) if bound else ALL_KEYS


@st.composite
def tables_for(
    draw: DrawFn, topology: Topology, values: SearchStrategy[Value]
) -> Mapping[str, Value]:
    """Draw headers, most of them such as a binding asks for."""
    asked = [pair for binding in topology.bindings for pair in binding.arguments.items()]
    names = {name for name, _ in asked}
    pair = st.tuples(st.sampled_from(HEADERS), values)
    if asked:
        near = st.tuples(st.sampled_from(sorted(names)), values)
        pair = st.sampled_from(asked[:99]) | near | pair
    pairs = draw(st.lists(pair, max_size=4))
    sent: dict[str, Value] = {k: v for k, v in pairs if k not in ("CC", "BCC")}
    for name in ("CC", "BCC"):
        if draw(one_in(2 if name in names else 5)):
            sent[name] = draw(FURTHER)
    return sent


@st.composite
def trials(draw: DrawFn) -> Trial:
    """Draw a topology with messages; in few cases with a fault, and then with one message."""
    values = draw(st.sampled_from(PALETTES))
    topology = draw(topologies(values))
    message = messages_to(topology, values)
    if draw(one_in(12)):
        faults = draw(st.lists(st.sampled_from(FAULTS), min_size=1, max_size=2))
        return spoiled(topology, draw(message), faults)
    return Trial(topology, [draw(message), *chain.from_iterable(draw(in_batches(message, 8)))])


def spoiled(topology: Topology, message: Message, faults: Sequence[Fault]) -> Trial:
    """Add faults to a topology and its one message."""
    for fault in faults:
        topology = replace(
            topology,
            exchanges=[*topology.exchanges, *fault.exchanges],
            bindings=[*topology.bindings, *fault.bindings],
        )
        message = replace(message, **fault.message)
    return Trial(topology, [message])
