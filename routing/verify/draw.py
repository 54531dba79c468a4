"""Random topologies and messages, of a vocabulary so small that they often match.

All comes from one generator, so that a seed gives the same trials everywhere.
"""

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from random import Random
from typing import Any, Final

from routing.amqp.names import PREDECLARED, REPLY_TO, kept
from routing.amqp.topology import (
    DEFAULT_EXCHANGE,
    AnyBinding,
    Binding,
    Exchange,
    ExchangeBinding,
    Message,
    Topology,
)
from routing.amqp.values import PACKED, Typed, Value, encode, typed, with_pairs
from routing.amqp.versions import MOST_HASHES
from routing.play.together import Trial
from routing.rules.matching import RULES
from routing.rules.refusal import MATCH_MODES

NAMES: Final = (*("x", "y", "z", "w", "v") * 6, "X", "é", "a.b", "#", "amq", "amqx", "x\ny", "\rz")
"""Exchanges; a broker takes line breaks out of names."""

LONG_NAME: Final = "n" * 200
"""With a prefix before it, not far from the most."""

QUEUES: Final = ("q", "a", "a.b", "b", "é.*", "#", ".", "amq", "c\r\nd", "Q", "x-match", "q" * 200)
"""Queues; some are called as keys are, which the default exchange looks for."""

KEPT_QUEUES: Final = (*QUEUES, *map(kept, QUEUES))

WORDS: Final = (*("a", "b") * 5, "*", "#", "", "A", "a*", "##", "é", "日本")
PATTERN_WORDS: Final = (*("a", "b", "*", "#") * 4, "", "A", "a*", "##", "é", "日本")

LONG_KEYS: Final = ("x" * 255, "a." * 20 + "b" * 215, "é" * 127 + "x", "." * 20 + "x" * 235)
"""Of 255 bytes, the most that AMQP carries, but of few words: a topic exchange tries every way
through its trie, and a published `*` or `#` goes two ways where a binding has one.  A key of a
hundred of them keeps a channel busy for ever (seen on 3.10.8, 4.0.5 and 4.3.6)."""

LONG_PATTERNS: Final = (*LONG_KEYS, "#." + "a." * 20 + "b" * 200, "*." * 8 + "#", "#.é" + "é" * 125)

MOST_STARS: Final = 5
"""A published key has no more of these as words."""

FURTHER_KEYS: Final[Sequence[Value]] = (
    *("a", "b", "a.b", "", "#", "é.*", "y" * 300) * 2,
    *(1, b"a", None, ["a"], Typed("longstr", "b")),
)
"""For CC and BCC, where a key is a long string, and what is none is skipped."""

HEADERS: Final = (
    *("a",) * 6,
    *("b", "b", "x-a", "X-a", "", "é", "x-", "CC", "BCC", "n" * 255),
    *("x-match", "x-match-2", "x-matching", "x-match.x", "X-Match", "x_match", "x"),
)
"""Names of headers, and of criteria, some of them near x-match."""

NUMBERS: Final = (
    *(1, 0) * 8,
    *(1, 0, -1, 127, -128, 255, 2**15, 2**16 - 1, 2**31 - 1, 2**31, -(2**31)),
    *(2**32 - 1, 2**53 + 1, 2**63 - 1, -(2**63), 2**63, 2**64 - 1),
)
"""For each trial another one, around which its values lie; often one that is like a boolean."""

ODD_VALUES: Final[Sequence[Value]] = (
    None,
    True,
    False,
    Typed("bool", 2),
    Typed("bool", 255),
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
    Decimal("0.0000000000000000000000000000000000000000000001"),
    Typed("decimal", (2, 150)),
    Typed("decimal", (255, -(2**31))),
    datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC),
    datetime(2026, 7, 1, 12, tzinfo=UTC),
    Typed("array", []),
    Typed("table", []),
)

HUGE: Final = "h" * 100_000
"""With it, a table is not far below the largest frame."""


@dataclass(frozen=True)
class Fault:
    """What the broker refuses, added to a topology that it accepts.

    message: the attributes of the message that are other than before.
    """

    exchanges: Sequence[Exchange] = ()
    bindings: Sequence[AnyBinding] = ()
    queues: Sequence[str] = ()
    message: Mapping[str, Any] = field(default_factory=dict)


BAD_KEYS: Final[Sequence[Value]] = ("a", None, 1, False, b"a", {"a": []})
BAD_MODES: Final[Sequence[Value]] = ("some", "", "ALL", None, 1, True, b"any", ["all"])
NO_NUMBERS: Final[Sequence[Value]] = (
    float("nan"),
    Typed("float32", float("inf")),
    [1, {"a": float("-inf")}],
)
REPLY_KEYS: Final = tuple(
    REPLY_TO + end for end in ("", ".", ".a", ".a.b", "..", ".a.b.c", "x.a.b", "..b.c", ".a.")
)

FAULTS: Final = (
    Fault([Exchange("u", "unknown")]),
    Fault([Exchange("", "direct")]),
    Fault([Exchange("", "unknown")]),
    Fault([Exchange("\n", "topic")]),
    Fault([Exchange("x", "direct", {"alternate-exchange": 1})]),
    Fault([Exchange("x", "direct", {"alternate-exchange": "y"})]),
    Fault([Exchange("x", "fanout", internal=True)]),
    Fault([Exchange("u", "topic", {"alternate-exchange": None})]),
    Fault([Exchange("u", "topic", {"alternate-exchange": b"x"})]),
    Fault([Exchange("amq.u", "topic")]),
    Fault([Exchange("amq.u", "unknown")]),
    Fault([Exchange("a\rmq.", "topic", {"alternate-exchange": 1})]),
    Fault([Exchange("amq.topic", "direct")]),
    Fault([Exchange("amq.topic", "topic", internal=True)]),
    Fault([Exchange("amq.topic", "topic", {"alternate-exchange": "x"})]),
    Fault([Exchange("amq.topic", "topic")]),  # as it is, which is accepted
    Fault(queues=["amq.q"]),
    Fault([Exchange("u", "unknown")], queues=["amq."]),
    Fault([], [Binding("x", "missing", "a")]),
    Fault([], [Binding("x", "amq.missing", "a")]),
    Fault([], [Binding("missing", "q")]),
    Fault([], [Binding("amq.missing", "q")]),
    Fault([], [Binding("missing", "missing")]),
    Fault([], [ExchangeBinding("x", "missing")]),
    Fault([], [ExchangeBinding("missing", "x")]),
    Fault([], [ExchangeBinding("amq.missing", "x")]),
    Fault([], [Binding("", "q", "q")]),
    Fault([], [Binding("", "missing")]),
    Fault([], [ExchangeBinding("", "x")]),
    Fault([], [ExchangeBinding("x", "")]),
    *(
        Fault([Exchange("u", "headers")], [ExchangeBinding("u", "x", "", {"x-match": mode})])
        for mode in BAD_MODES
    ),
    *(Fault([], [ExchangeBinding("x", "missing", "", {"a": value})]) for value in NO_NUMBERS),
    *(Fault(message={"headers": {"a": value}}) for value in NO_NUMBERS),
    Fault([Exchange("u", "headers")], [Binding("u", "missing", "", {"x-match": "some"})]),
    Fault([Exchange("u", "topic")], [ExchangeBinding("u", "x", "#.#.#")]),
    Fault([Exchange("u", "topic")], [ExchangeBinding("u", "x", "#.a.#.*.#.b.#")]),
    Fault([Exchange("u", "topic")], [Binding("u", "missing", "#.#.#")]),
    Fault(message={"exchange": "missing"}),
    Fault(message={"exchange": "amq.missing"}),
    Fault(message={"exchange": "x\n"}),
    Fault(message={"exchange": "amq.rabbitmq.trace"}),
    *(Fault(message={"exchange": "", "routing_key": key}) for key in REPLY_KEYS),
    *(
        Fault(message={"exchange": "", "routing_key": "q", "headers": {"BCC": [key]}})
        for key in REPLY_KEYS[:4]
    ),
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


ALIKE: Final = {number: alike(number) for number in NUMBERS}


def few_hashes(words: Sequence[str]) -> str:
    """Join words to a binding key that RabbitMQ accepts."""
    kept_words, hashes = [], 0
    for word in words:
        hashes += word == "#"
        kept_words.append("*" if word == "#" and hashes > MOST_HASHES else word)
    return ".".join(kept_words)


def without_hashes(key: str) -> str:
    """Fill in nothing for each `#`."""
    return ".".join(word for word in key.split(".") if word != "#")


@dataclass(frozen=True)
class Draw:
    """What draws one trial: a generator, and the values that may come.

    queues: those that there are.
    real: whether the exchanges that every broker has may be used, under their real names.
    """

    random: Random
    near: Sequence[Value]
    queues: Sequence[str]
    real: bool = False

    def one_in(self, number: int) -> bool:
        """Draw true once in a number of times."""
        return self.random.randrange(number) == 0

    def some(self, most: int) -> range:
        """Draw how many."""
        return range(self.random.randint(0, most))

    def value(self) -> Value:
        """Draw a value near the others, some of them within arrays and tables."""
        if not self.one_in(3):
            return self.random.choice(self.near)
        deep = self.random.randrange(4)
        return self.random.choice(ODD_VALUES) if deep == 0 else self.nested(deep)

    def nested(self, deep: int) -> Value:
        """Draw an array or a table, of depth 1 to 3."""
        if deep == 0:
            return self.random.choice(self.near)
        content = [self.nested(deep - self.random.randint(1, deep)) for _ in self.some(2)]
        if self.one_in(2):
            return content
        return Typed("table", [(self.random.choice("ab"), each) for each in content])

    def key(self) -> str:
        """Draw a routing key."""
        if self.one_in(12):
            return self.random.choice(LONG_KEYS)
        return ".".join(self.random.choice(WORDS) for _ in self.some(3))

    def pattern(self) -> str:
        """Draw a binding key."""
        if self.one_in(12):
            return self.random.choice(LONG_PATTERNS)
        return few_hashes([self.random.choice(PATTERN_WORDS) for _ in self.some(4)])

    def further(self) -> list[Value]:
        """Draw the keys of CC or BCC."""
        return [self.random.choice(FURTHER_KEYS) for _ in self.some(3)]

    def names(self) -> list[str]:
        """Draw the names of the exchanges; x is always there."""
        drawn = ["x", *(self.random.choice(NAMES) for _ in self.some(4))]
        drawn += [LONG_NAME] * self.one_in(50)
        return list({kept(name): name for name in drawn}.values())

    def exchange(self, name: str, names: Sequence[str]) -> Exchange:
        """Draw an exchange; its alternate may be missing, empty, or the exchange itself."""
        arguments: dict[str, Value] = {}
        if self.one_in(2):
            real = list(PREDECLARED) * self.real
            alternate = self.random.choice((*names, *names, *real, "missing", ""))
            odd = (Typed("longstr", alternate), Typed("longstr", alternate.encode()))
            arguments["alternate-exchange"] = (
                self.random.choice(odd) if self.one_in(6) else alternate
            )
        return Exchange(name, self.random.choice([*RULES]), arguments, self.one_in(8))

    def binding(self, types: Mapping[str, str]) -> AnyBinding:
        """Draw a binding of one of these exchanges, to a queue or to one of them."""
        source, key = self.random.choice([*types]), self.pattern()
        # Only a headers exchange looks at arguments, which is worth a try on the others.
        with_arguments = types[source] == "headers" or self.one_in(8)
        arguments = self.criteria() if with_arguments else {}
        if self.queues and self.random.randrange(5) < 3:  # noqa: PLR2004 - more often than not
            return Binding(source, self.random.choice(self.queues), key, arguments)
        return ExchangeBinding(source, self.random.choice([*types]), key, arguments)

    def criteria(self) -> dict[str, Value]:
        """Draw the arguments of a headers exchange's binding."""
        mode = self.random.choice((None, *MATCH_MODES))
        wanted = dict(self.criterion() for _ in self.some(3))
        wanted.pop("x-match", None)
        wanted |= {"huge": HUGE} if self.one_in(400) else {}
        return wanted if mode is None else wanted | {"x-match": mode}

    def criterion(self) -> tuple[str, Value]:
        """Draw one criterion; one without a value asks for presence."""
        if self.one_in(6):
            return self.random.choice(("CC", "BCC")), None if self.one_in(2) else self.further()
        return self.random.choice(HEADERS), None if self.one_in(4) else self.value()

    def topology(self) -> Topology:
        """Draw what is to be declared, none of which is refused."""
        names = self.names()
        exchanges = [self.exchange(name, names) for name in names]
        types = {exchange.name: exchange.type for exchange in exchanges}
        if self.real:
            types |= {name: each.type for name, each in PREDECLARED.items()}
        bindings = [self.binding(types) for _ in self.some(12)]
        bindings += [self.variant(self.random.choice(bindings)) for _ in self.some(2) if bindings]
        return Topology(
            exchanges=exchanges,
            queues=self.queues,
            bindings=bindings,
            unbound=self.unbound(types, bindings) if self.one_in(5) else (),
        )

    def variant(self, binding: AnyBinding) -> AnyBinding:
        """Draw a binding again, or with other arguments only."""
        return binding if self.one_in(2) else replace(binding, arguments=self.criteria())

    def unbound(self, types: Mapping[str, str], bindings: Sequence[AnyBinding]) -> list[AnyBinding]:
        """Draw bindings that are taken away again; some of these are bound again."""
        again = [self.random.choice(bindings) for _ in self.some(2) if bindings]
        return [*(self.binding(types) for _ in self.some(3)), *again]

    def message(self, topology: Topology) -> Message:
        """Draw a message that is not refused."""
        there = [*topology.exchanges, *list(PREDECLARED.values()) * self.real]
        open_to_all = [kept(each.name) for each in there if not each.internal]
        exchange = self.random.choice([*open_to_all * 4, DEFAULT_EXCHANGE])
        return Message(
            exchange,
            self.key_for(topology, exchange),
            None if self.one_in(3) else self.headers(topology),
            mandatory=self.one_in(2),
        )

    def key_for(self, topology: Topology, exchange: str) -> str:
        """Draw a key, often a binding key with its wildcards as they are, or filled in."""
        if exchange == DEFAULT_EXCHANGE:
            # The default exchange gets keys with a prefix before them, which leaves less room.
            queue = self.random.choice(KEPT_QUEUES)
            return queue if self.one_in(2) else self.key()[:100]
        bound = [each.binding_key for each in topology.bindings if kept(each.source) == exchange]
        if not bound or self.one_in(3):
            return self.key()
        key = self.random.choice(bound)
        # RabbitMQ looks up each `*` of a published key twice, as a word and as a wildcard, in one
        # and the same place: the binding *.*.* with 40 of them takes such a key for hours.
        asked = [key] if key.count("*") <= MOST_STARS else []
        filled = [key.replace("*", "a").replace("#", "b"), without_hashes(key).replace("*", "a")]
        return self.random.choice([*asked, *filled])

    def headers(self, topology: Topology) -> Mapping[str, Value]:
        """Draw headers, most of them such as a binding asks for; some names come twice."""
        asked = [pair for binding in topology.bindings for pair in binding.arguments.items()]
        pairs = [self.header(asked) for _ in self.some(4)]
        names = {name for name, _ in asked}
        keyed = [each for each in ("CC", "BCC") if self.one_in(2 if each in names else 5)]
        pairs += [(name, self.further()) for name in keyed]
        pairs += [("huge", HUGE)] if self.one_in(800) else []
        return with_pairs(pairs) if self.one_in(6) else dict(pairs)

    def header(self, asked: Sequence[tuple[str, Value]]) -> tuple[str, Value]:
        """Draw one header that is not CC or BCC."""
        name, value = self.random.choice(HEADERS), self.value()
        if asked and not self.one_in(4):
            name, wanted = self.random.choice(asked)
            value = self.random.choice((wanted, self.nudged(wanted), value))
        return ("a" if name in {"CC", "BCC"} else name), value

    def nudged(self, value: Value) -> Value:
        """Draw in the place of a value, or of one within it, one that may be equal."""
        field = typed(value)
        if field.type not in {"array", "table"} or not field.value:
            return self.random.choice(self.near)
        content = list(field.value)
        at = self.random.randrange(len(content))
        if field.type == "array":
            content[at] = self.nudged(content[at])
            return content
        content[at] = (content[at][0], self.nudged(content[at][1]))
        return Typed("table", content)

    def trial(self) -> Trial:
        """Draw a topology with messages; in few cases with a fault, and then with one message."""
        topology = self.topology()
        if self.one_in(12):
            faults = [self.random.choice(FAULTS) for _ in range(self.random.randint(1, 2))]
            return spoiled(topology, self.message(topology), faults)
        count = self.random.randint(1, self.random.choice((8, 24, 56)))
        return Trial(topology, [self.message(topology) for _ in range(count)])

    def nameless(self) -> Trial:
        """Draw a trial with a queue that is declared without a name, and asked for without one."""
        queues = list(self.queues)
        queues.insert(self.random.randint(0, len(queues)), "")
        trial = replace(self, queues=queues).trial()
        bindings = [with_key(each) for each in trial.topology.bindings]
        unbound = [with_key(each) for each in trial.topology.unbound]
        return replace(trial, topology=replace(trial.topology, bindings=bindings, unbound=unbound))


def with_key(binding: AnyBinding) -> AnyBinding:
    """Give a binding without both a key, which would else be the queue's name with a prefix."""
    named = binding.destination or binding.binding_key or isinstance(binding, ExchangeBinding)
    return binding if named else replace(binding, binding_key="a")


def spoiled(topology: Topology, message: Message, faults: Sequence[Fault]) -> Trial:
    """Add faults to a topology and its one message."""
    for fault in faults:
        topology = replace(
            topology,
            exchanges=[*topology.exchanges, *fault.exchanges],
            queues=[*topology.queues, *fault.queues],
            bindings=[*topology.bindings, *fault.bindings],
        )
        message = replace(message, **fault.message)
    return Trial(topology, [message])


def draw_round(seed: str, size: int, *, real: bool) -> list[Trial]:
    """Draw trials that have their queues in common, so that they can be played together.

    real: whether one of them may use the exchanges that every broker has.
    """
    random = Random(seed)  # noqa: S311 - nothing here is secret
    queues = random.sample(QUEUES, random.randint(0, 6))
    with_real_names = random.randrange(size)
    return [
        draw_trial(f"{seed}, {number}", queues, real=real and number == with_real_names)
        for number in range(size)
    ]


def draw_trial(seed: str, queues: Sequence[str], *, real: bool) -> Trial:
    """Draw one trial, its values near one number."""
    random = Random(seed)  # noqa: S311 - nothing here is secret
    draw = Draw(random, ALIKE[random.choice(NUMBERS)], queues, real)
    return draw.nameless() if draw.one_in(60) else draw.trial()
