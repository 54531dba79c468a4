"""Small topologies at random, and all messages over a few words and values."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import product
from random import Random

from length import first

from routing.amqp.topology import (
    AnyBinding,
    Binding,
    Exchange,
    ExchangeBinding,
    Message,
    Topology,
)
from routing.amqp.values import Typed, Value
from routing.amqp.versions import NEWEST, Version
from routing.analysis.net import Net
from routing.rules.loaded import loaded

SEEDS = first(range(2), range(40))

WORDS = ("a", "b", "u")
"""Two that bindings ask for, and one that none does."""

VALUES: tuple[Value, ...] = (1, 1.0, "x", Typed("timestamp", 1))

NAMES = "hij"

KEYS = [".".join(words) for length in range(5) for words in product(WORDS, repeat=length)]


def drawn_criteria(random: Random) -> dict[str, Value]:
    """Draw the arguments of a binding of a headers exchange."""
    names = random.sample(NAMES, random.randrange(len(NAMES) + 1))
    found = {name: random.choice([1, 1.0, "x", None]) for name in names}
    modes: list[dict[str, Value]] = [{}, {"x-match": "all"}, {"x-match": "any"}]
    return {**found, **random.choice(modes)}


def drawn_topology(random: Random, most: int = 8) -> Topology:
    """Draw up to three exchanges, with alternates and circles, two queues, and some bindings."""
    names = ["x", "y", "z"][: random.randrange(1, 4)]
    kinds = {
        name: random.choice(["topic", "topic", "direct", "fanout", "headers"]) for name in names
    }
    queues = ["p", "q"]
    return Topology(
        exchanges=[drawn_exchange(random, name, kinds[name], names) for name in names],
        queues=queues,
        bindings=[
            drawn_binding(random, kinds, queues) for _ in range(random.randrange(1, most + 1))
        ],
    )


def drawn_exchange(random: Random, name: str, kind: str, names: list[str]) -> Exchange:
    """Draw an exchange, perhaps with an alternate, perhaps an internal one."""
    alternate = {"alternate-exchange": random.choice([*names, "nowhere"])}
    return Exchange(
        name, kind, alternate if random.random() < 0.4 else {}, internal=random.random() < 0.15
    )


def drawn_binding(
    random: Random, kinds: Mapping[str, str], queues: list[str]
) -> Binding | ExchangeBinding:
    """Draw a binding of one of some exchanges."""
    source = random.choice([*kinds])
    key = ".".join(random.choices(["a", "b", "*", "#"], k=random.randrange(3)))
    arguments = drawn_criteria(random) if kinds[source] == "headers" else {}
    if random.random() < 0.35:
        return ExchangeBinding(source, random.choice([*kinds]), key, arguments)
    return Binding(source, random.choice(queues), key, arguments)


def every_message(exchange: str, *topologies: Topology) -> Iterator[Message]:
    """List every message of these words and values, and those by bindings' and queues' own keys.

    Keys are left out where no exchange looks at them, and so are headers.
    """
    own = {each.binding_key for topology in topologies for each in topology.bindings}
    own |= {queue for topology in topologies for queue in topology.queues}
    types = {each.type for topology in topologies for each in topology.exchanges}
    keys = KEYS if types & {"topic", "direct"} else [""]
    values = ["not there", None, *VALUES] if "headers" in types else ["not there"]
    sets = [
        {name: value for name, value in zip(NAMES, each, strict=True) if value != "not there"}
        for each in product(values, repeat=len(NAMES))
    ]
    for key in dict.fromkeys([*keys, *sorted(own)]):
        for headers in sets:
            yield Message(exchange, key, headers or None, mandatory=False)


def net_of(topology: Topology, version: Version = NEWEST) -> Net:
    """Have a topology as a broker of a version has it."""
    return Net(loaded(topology, version).ready)


def changed(random: Random, topology: Topology) -> Topology:
    """Take a binding away, or make another one, or take away alternates; in another order."""
    bindings = [*topology.bindings]
    exchanges = topology.exchanges
    for _ in range(random.randrange(1, 3)):
        what = random.choice(["less", "more", "alternates"])
        if what == "less":
            bindings.pop(random.randrange(len(bindings))) if bindings else None
        elif what == "more":
            bindings += more(random, topology)
        else:
            exchanges = [replace(each, arguments={}) for each in exchanges]
    random.shuffle(bindings)
    return replace(topology, exchanges=exchanges, bindings=bindings)


def more(random: Random, topology: Topology) -> list[AnyBinding]:
    """Draw a binding that fits into a topology."""
    exchange = random.choice([*topology.exchanges])
    key = ".".join(random.choices(["a", "b", "*", "#"], k=random.randrange(3)))
    arguments = drawn_criteria(random) if exchange.type == "headers" else {}
    return [Binding(exchange.name, random.choice([*topology.queues]), key, arguments)]
