"""Does a real RabbitMQ do with each message that is told what is told of it?"""

from collections.abc import Iterator, Set
from dataclasses import replace
from random import Random

import pytest
from drawn import changed, drawn_topology, net_of

from routing.amqp.topology import Binding, Exchange, Message, Topology
from routing.analysis.diff.differences import Two, differences
from routing.analysis.lint.found import findings
from routing.analysis.lint.subject import Subject
from routing.analysis.reach.both import smallest_reaching
from routing.analysis.reach.reached import reached
from routing.broker import Broker
from routing.files.source import Source
from routing.play.play import play_refusable

SEEDS = range(6)


def got(broker: Broker, topology: Topology, message: Message) -> Set[str]:
    """Play a message, and name the queues that got it."""
    [seen] = play_refusable(broker, topology, [message])
    assert seen.refusal is None
    return seen.copies.keys()


def random_of(seed: int) -> Random:
    """Give what draws topologies, the same ones for a seed."""
    return Random(f"on a broker {seed}")  # noqa: S311


@pytest.mark.parametrize("seed", SEEDS)
def test_do_messages_that_go_elsewhere(broker: Broker, seed: int) -> None:
    """Before and after, whatever the exchanges, their alternates and bindings between them."""
    random, played = random_of(seed), 0
    while played < 3:
        old = drawn_topology(random)
        new = changed(random, old)
        version = broker.followed
        for found in differences(Two(net_of(old, version), net_of(new, version))):
            for each in found.changes:
                played += 1
                assert got(broker, old, each.message) == each.before
                assert got(broker, new, each.message) == each.after


@pytest.mark.parametrize("seed", SEEDS)
def test_do_messages_reach_a_queue_that_are_to(broker: Broker, seed: int) -> None:
    """Each example of a way does, and no counter-example; nor does any reach a queue in vain."""
    random, played = random_of(seed), 0
    while played < 5:
        topology = drawn_topology(random)
        net = net_of(topology, broker.followed)
        for entry in filter(None, net.entries):
            for way in reached(net, entry, "q").alternatives:
                played += 1
                assert "q" in got(broker, topology, way.example)
                if way.counter_example:
                    assert "q" not in got(broker, topology, way.counter_example)
            both = smallest_reaching(net, entry, ["p", "q"])
            assert both is None or got(broker, topology, both) >= {"p", "q"}


def witnesses(topology: Topology, broker: Broker) -> Iterator[Message]:
    """Give the messages of which lint says that they are lost."""
    subject = Subject(Source("it", topology), broker.followed, every=True)
    for each in findings(subject):
        if each.witness and each.code != "routes-otherwise":
            yield each.witness


@pytest.mark.parametrize("seed", SEEDS)
def test_are_messages_lost_that_are_told_to_be(broker: Broker, seed: int) -> None:
    """No queue gets any; an internal exchange has to be opened, to be published to at all."""
    random, played = random_of(seed), 0
    while played < 4:
        drawn = drawn_topology(random)
        exchanges = [replace(each, internal=False) for each in drawn.exchanges]
        for message in witnesses(drawn, broker):
            played += 1
            assert got(broker, replace(drawn, exchanges=exchanges), message) == set()


def test_does_each_version_route_as_an_upgrade_is_told_to(brokers: list[Broker]) -> None:
    """What one of two versions routes otherwise, it does."""
    topology = Topology(
        exchanges=[Exchange("x", "headers")],
        queues=["q", "r"],
        bindings=[
            Binding("x", "q", "", {"h": 1, "x-match": "any", "i": "a"}),
            Binding("x", "r", "", {"h": 1.0}),
        ],
    )
    told = 0
    for old in brokers:
        for new in brokers:
            two = Two(net_of(topology, old.followed), net_of(topology, new.followed))
            for found in differences(two):
                for each in found.changes:
                    told += 1
                    assert got(old, topology, each.message) == each.before
                    assert got(new, topology, each.message) == each.after
    assert told > len(brokers)
