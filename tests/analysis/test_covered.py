"""May every binding go that is told to be covered, all at once, and no other one?"""

from collections.abc import Iterator, Sequence, Set
from dataclasses import replace
from itertools import product
from random import Random

import pytest
from drawn import KEYS, SEEDS, drawn_topology, every_message, net_of

from routing.amqp.topology import AnyBinding, Binding, Exchange, ExchangeBinding, Message, Topology
from routing.amqp.values import Value
from routing.amqp.versions import NEWEST
from routing.analysis.bound import MOST_STEPS
from routing.analysis.lint.covered import Covered, coverings
from routing.analysis.net import Net, Place, place_of
from routing.rules.matching import RULES
from routing.rules.predict import route_through


def without(topology: Topology, gone: Sequence[AnyBinding]) -> Topology:
    """Take bindings away, these very ones."""
    ids = {*map(id, gone)}
    return replace(topology, bindings=[each for each in topology.bindings if id(each) not in ids])


def opened(topology: Topology) -> Net:
    """Let producers publish everywhere, and take alternates away."""
    exchanges = [Exchange(each.name, each.type) for each in topology.exchanges]
    return net_of(replace(topology, exchanges=exchanges))


def places(net: Net, message: Message) -> Set[Place]:
    """Give the queues and the exchanges to which a message comes."""
    route = route_through(net.ready, message)
    return {(True, queue) for queue in route.queues} | {
        (False, at.exchange.name) for at in route.visits
    }


def is_needed(topology: Topology, binding: AnyBinding) -> bool:
    """Tell whether a message that a binding takes does not come to its place without it.

    One that takes nothing, or leads to where a message is already, is told of otherwise.
    """
    rest = opened(without(topology, [binding]))
    rule = RULES[rest.ready.exchanges[binding.source].type]
    every = every_message(binding.source, topology)
    taken = [message for message in every if rule(binding, message, NEWEST)]
    if not taken or place_of(binding) == (False, binding.source):
        return True
    return any(place_of(binding) not in places(rest, message) for message in taken)


@pytest.mark.parametrize("seed", SEEDS)
def test_are_those_told_that_may_go_and_no_other(seed: int) -> None:
    """By every message over some words and values, from every exchange."""
    topology = drawn_topology(Random(seed))  # noqa: S311
    gone = [each.asked.binding for each in coverings(net_of(topology))]
    kept = without(topology, gone)
    before, after = opened(topology), opened(kept)
    for exchange in topology.exchanges:
        for message in every_message(exchange.name, topology):
            assert places(before, message) == places(after, message)
    assert all(is_needed(kept, each) for each in kept.bindings)


def with_two_keys(exchange: str) -> Iterator[Message]:
    """Make messages with a key and another one in CC."""
    short = [key for key in KEYS if len(key) < len("a.b.a")]
    for one, other in product(short, short):
        yield Message(exchange, one, {"CC": [other]}, mandatory=False)


@pytest.mark.parametrize("seed", SEEDS)
def test_may_they_go_where_messages_have_several_keys(seed: int) -> None:
    """With alternates, which get nothing of which one key is taken."""
    random = Random(f"several keys {seed}")  # noqa: S311
    topology = drawn_topology(random)
    gone = [each.asked.binding for each in coverings(net_of(topology))]
    nets = net_of(topology), net_of(without(topology, gone))
    for entry in filter(None, nets[0].entries):
        for message in with_two_keys(entry):
            before, after = (route_through(net.ready, message).queues for net in nets)
            assert before == after


def found_in(topology: Topology) -> list[tuple[str, list[str], bool]]:
    """Give what is told, by keys."""

    def told(each: Covered) -> tuple[str, list[str], bool]:
        by = [f"{other.exchange} {other.binding.binding_key}" for other in each.by]
        return each.asked.binding.binding_key, by, each.each_alone

    return [told(each) for each in coverings(net_of(topology))]


def test_is_a_binding_covered_by_a_way_over_another_exchange() -> None:
    """By bindings of that to the same queue."""
    topology = Topology(
        exchanges=[Exchange("x", "topic"), Exchange("y", "topic")],
        queues=["q"],
        bindings=[
            Binding("x", "q", "a.b"),
            ExchangeBinding("x", "y", "a.#"),
            Binding("y", "q", "#.b"),
        ],
    )
    assert found_in(topology) == [("a.b", ["y #.b"], True)]
    assert found_in(replace(topology, bindings=topology.bindings[:2])) == []


def test_do_two_not_cover_each_other() -> None:
    """In a circle one of them may go, and then the other one may not."""
    topology = Topology(
        exchanges=[Exchange("x", "fanout"), Exchange("y", "fanout")],
        queues=["q"],
        bindings=[
            Binding("x", "q"),
            Binding("y", "q"),
            ExchangeBinding("x", "y"),
            ExchangeBinding("y", "x"),
        ],
    )
    assert len(found_in(topology)) == 1


def test_does_an_alternate_cover_nothing() -> None:
    """A message with two keys, of which one is taken, is not handed to it."""
    topology = Topology(
        exchanges=[
            Exchange("x", "topic", {"alternate-exchange": "lost"}),
            Exchange("lost", "fanout"),
        ],
        queues=["q", "p"],
        bindings=[Binding("x", "q", "a"), Binding("x", "p", "b"), Binding("lost", "q")],
    )
    assert found_in(topology) == []


def test_does_an_alternate_cover_nothing_further_on() -> None:
    """Nor one of an exchange that is on the way."""
    topology = Topology(
        exchanges=[
            Exchange("x", "topic"),
            Exchange("y", "topic", {"alternate-exchange": "lost"}),
            Exchange("lost", "fanout"),
        ],
        queues=["q", "p"],
        bindings=[
            Binding("x", "q", "a"),
            ExchangeBinding("x", "y", "#"),
            ExchangeBinding("y", "lost", "c"),
            Binding("y", "p", "b"),
            Binding("lost", "q"),
        ],
    )
    assert found_in(topology) == []


def of_headers(*asked: dict[str, Value]) -> list[int]:
    """Tell which of some bindings of a headers exchange may go, by number."""
    topology = Topology(
        exchanges=[Exchange("x", "headers")],
        queues=["q"],
        bindings=[Binding("x", "q", "", each) for each in asked],
    )
    told = [*coverings(net_of(topology))]
    assert not any(each.undecided for each in told)
    found = [each.asked.binding for each in told]
    return [n for n, each in enumerate(topology.bindings) if any(each is one for one in found)]


@pytest.mark.parametrize(
    ("asked", "gone"),
    [
        ([{"a": 1, "b": 1}, {"a": 1}], [0]),
        ([{"x-match": "any", "a": 1, "b": 1}, {"a": 1}, {"b": 1}], [1, 2]),
        ([{"a": 1, "b": 1}, {"x-match": "any", "b": 1, "c": 1}], [0]),
        ([{"a": None}, {"a": 1}], [1]),
        ([{"a": 1}, {"a": None, "b": 1}], []),
        ([{"a": 1}, {"a": "1"}], []),
        ([{}, {"a": 1}, {"x-match": "any", "a": 1}], [1, 2]),
        ([{"x-match": "any", "x-a": 1}, {"a": 1}], []),
    ],
)
def test_are_headers_covered(asked: list[dict[str, Value]], gone: list[int]) -> None:
    """By bindings that ask for less, or for any of it."""
    assert of_headers(*asked) == gone


def test_are_headers_that_have_only_to_be_there_decided() -> None:
    """Whatever values others ask for: one that none asks for tells enough."""
    names = [f"h{number}" for number in range(8)]
    others: list[dict[str, Value]] = [{name: value} for name in names for value in range(10)]
    there: dict[str, Value] = dict.fromkeys(names)
    assert of_headers(there, *others) == []
    assert of_headers(there, *others, {"h3": None}) == [0, *range(31, 41)]


def test_are_hundreds_of_headers_decided() -> None:
    """However many names there are: sets with more headers than are asked for are not looked at."""
    names = [f"h{number}" for number in range(400)]
    assert len(names) ** 2 > MOST_STEPS
    asked: list[dict[str, Value]] = [{name: 1, f"{name}'": 1} for name in names]
    assert of_headers(*asked, {"h7": 1}) == [7]
