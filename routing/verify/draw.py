"""Random topologies and messages, of a vocabulary so small that they often match.

All comes from one generator, so that a seed gives the same trials everywhere.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from random import Random

from routing.amqp.names import PREDECLARED, is_by_queues_name, is_reserved, kept
from routing.amqp.topology import (
    DEFAULT_EXCHANGE,
    AnyBinding,
    Binding,
    Exchange,
    ExchangeBinding,
    Message,
    Topology,
)
from routing.amqp.values import Typed, Value, typed, with_pairs
from routing.amqp.versions import MOST_HASHES
from routing.play.together import Trial
from routing.rules.refusal import MATCH_MODES
from routing.verify.faults import FAULTS, spoiled
from routing.verify.vocabulary import (
    ALIKE,
    FURTHER_KEYS,
    HEADERS,
    HUGE,
    KEPT_QUEUES,
    LONG_KEYS,
    LONG_NAME,
    LONG_PATTERNS,
    MOST_STARS,
    NAMES,
    NUMBERS,
    ODD_VALUES,
    PATTERN_WORDS,
    QUEUES,
    TYPES,
    WORDS,
)


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
    with_x: whether the -with-x modes may be drawn, for which old versions refuse all of it.
    """

    random: Random
    near: Sequence[Value]
    queues: Sequence[str]
    real: bool = False
    with_x: bool = False

    def one_in(self, number: int) -> bool:
        """Draw true once in a number of times."""
        return self.random.randrange(number) == 0

    def some(self, most: int) -> range:
        """Draw how many."""
        return range(self.random.randint(0, most))

    def value(self) -> Value:
        """Draw a value near the others, some of them within arrays and tables."""
        if self.one_in(2):
            return self.random.choice(self.near)
        deep = self.random.randrange(4)
        return self.random.choice(ODD_VALUES) if deep == 0 else self.nested(deep)

    def nested(self, deep: int) -> Value:
        """Draw an array or a table, of depth 1 to 3."""
        if deep == 0:
            return self.random.choice(self.near)
        length = self.random.choice((0, 1, 1, 2))
        content = [self.nested(deep - self.random.randint(1, deep)) for _ in range(length)]
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
        return Exchange(name, self.random.choice(TYPES), arguments, self.one_in(8))

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
        mode = self.random.choice((None, *MATCH_MODES[: 4 if self.with_x else 2]))
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
            None if self.one_in(3) else self.headers(topology, exchange),
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

    def headers(self, topology: Topology, exchange: str) -> Mapping[str, Value]:
        """Draw headers, most of them such as a binding asks for; some names come twice."""
        bound = [each for each in topology.bindings if kept(each.source) == exchange]
        near = bound if bound and not self.one_in(4) else topology.bindings
        asked = [pair for binding in near for pair in binding.arguments.items()]
        pairs = [self.header(asked) for _ in self.some(4)]
        names = {name for name, _ in asked}
        keyed = [each for each in ("CC", "BCC") if self.one_in(2 if each in names else 5)]
        pairs += [(name, self.further()) for name in keyed]
        if self.one_in(800) or "huge" in dict(pairs):  # two of it would be more than a frame
            pairs = [*((name, each) for name, each in pairs if name != "huge"), ("huge", HUGE)]
        return with_pairs(pairs) if self.one_in(6) else dict(pairs)

    def header(self, asked: Sequence[tuple[str, Value]]) -> tuple[str, Value]:
        """Draw one header that is not CC or BCC."""
        name, value = self.random.choice(HEADERS), self.value()
        if asked and not self.one_in(4):
            name, wanted = self.random.choice(asked)
            value = self.random.choice((wanted, self.nudged(wanted)))
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
    return replace(binding, binding_key="a") if is_by_queues_name(binding) else binding


def draw_round(seed: str, size: int, *, real: bool) -> list[Trial]:
    """Draw trials that have their queues in common, so that they can be played together.

    real: whether one of them may use the exchanges that every broker has; otherwise none has a
        name that brokers keep for themselves, to which nobody may need a right.
    """
    random = Random(seed)  # noqa: S311 - nothing here is secret
    queues = random.sample(QUEUES, random.randint(0, 6))
    with_real_names = random.randrange(size)
    seeds = [f"{seed}, {number}" for number in range(size)]
    if not real:
        return [draw_unreserved(each, queues) for each in seeds]
    return [
        draw_trial(each, queues, real=number == with_real_names)
        for number, each in enumerate(seeds)
    ]


def draw_unreserved(seed: str, queues: Sequence[str]) -> Trial:
    """Draw one trial after another until each name in it is one that gets a prefix."""
    drawn = (draw_trial(f"{seed}{', again' * times}", queues, real=False) for times in count())
    return next(trial for trial in drawn if all(map(gets_prefix, names_in(trial))))


def gets_prefix(name: str) -> bool:
    """Tell whether a name gets a prefix, or none is given: of line breaks alone nothing stays."""
    return not name or (kept(name) != "" and not is_reserved(name))


def names_in(trial: Trial) -> Iterator[str]:
    """List the names that are declared, bound or published to."""
    yield from trial.topology.queues
    yield from (exchange.name for exchange in trial.topology.exchanges)
    for binding in trial.topology.every_binding:
        yield from (binding.source, binding.destination)
    yield from (message.exchange for message in trial.messages)


def draw_trial(seed: str, queues: Sequence[str], *, real: bool) -> Trial:
    """Draw one trial, its values near one number."""
    random = Random(seed)  # noqa: S311 - nothing here is secret
    near, with_x = ALIKE[random.choice(NUMBERS)], random.randrange(4) == 0
    draw = Draw(random, near, queues, real, with_x)
    return draw.nameless() if draw.one_in(60) else draw.trial()
