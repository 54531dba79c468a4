"""Do a few classes of messages stand for all that there are?"""

import itertools
from random import Random

import pytest
from drawn import SEEDS, drawn_topology, every_message, net_of

from routing.amqp.topology import Binding, Exchange, ExchangeBinding, Topology
from routing.amqp.versions import TRIED
from routing.analysis.bound import Bound, NotDecided
from routing.analysis.messages import Messages
from routing.analysis.net import at_queues
from routing.analysis.ways import ways
from routing.rules.predict import route_through


@pytest.mark.parametrize("seed", SEEDS)
def test_are_all_messages_among_the_classes(seed: int) -> None:
    """What the model says of every message over some words and values, and nothing besides.

    Each class has a message, of which the model says what is said of the class.
    """
    random = Random(seed)  # noqa: S311
    topology, version = drawn_topology(random), random.choice(TRIED)
    net = net_of(topology, version)
    for entry in net.entries:
        found = ways(net, entry, at_queues(topology.queues))
        messages, told = Messages(found.asked), set()
        for each in messages.classes(Bound()):
            arriving = {name for _, name in found.arriving(each.taking)}
            assert route_through(net.ready, messages.message(each, entry)).queues == arriving
            told.add(frozenset(arriving))
        every = every_message(entry, topology)
        assert told == {route_through(net.ready, message).queues for message in every}


def test_does_an_alternate_get_what_no_binding_takes() -> None:
    """Not what one takes, wherever that leads."""
    topology = Topology(
        exchanges=[
            Exchange("x", "topic", {"alternate-exchange": "lost"}),
            Exchange("lost", "fanout"),
        ],
        queues=["p", "q"],
        bindings=[Binding("x", "p", "a"), Binding("lost", "q")],
    )
    found = ways(net_of(topology), "x", at_queues("q"))
    told = {
        bool(found.arriving(each.taking)): "a" in each.words
        for each in Messages(found.asked).classes(Bound())
    }
    assert told == {True: False, False: True}


def test_is_what_is_not_known_of_an_exchange_told() -> None:
    """One of a plugin's type on the way to a queue, and not one beside it."""
    topology = Topology(
        exchanges=[Exchange("x", "topic"), Exchange("odd", "x-delayed-message")],
        queues=["p", "q"],
        bindings=[Binding("x", "p", "a"), ExchangeBinding("x", "odd", "b"), Binding("odd", "q")],
    )
    net = net_of(topology)
    assert ways(net, "x", at_queues("p")).asked
    with pytest.raises(NotDecided, match="odd"):
        ways(net, "x", at_queues("q"))


def test_is_a_header_not_decided_that_adds_keys() -> None:
    """CC is a header as others are, and each of its texts is a routing key besides."""
    topology = Topology(
        exchanges=[Exchange("x", "headers")],
        queues=["q"],
        bindings=[Binding("x", "q", "", {"CC": "a"})],
    )
    with pytest.raises(NotDecided, match="CC"):
        ways(net_of(topology), "x", at_queues("q"))


def test_does_a_long_chain_take_no_stack() -> None:
    """Ten thousand exchanges, one behind the other."""
    names = [f"x{number}" for number in range(10_000)]
    chain = [ExchangeBinding(*pair) for pair in itertools.pairwise(names)]
    topology = Topology(
        exchanges=[Exchange(name, "fanout") for name in names],
        queues=["q"],
        bindings=[*chain, Binding(names[-1], "q")],
    )
    found = ways(net_of(topology), "x0", at_queues("q"))
    assert found.arriving((1 << 10_000) - 1) == at_queues("q")
    assert found.arriving((1 << 10_000) - 2) == set()
