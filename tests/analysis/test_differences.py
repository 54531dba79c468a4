"""Is every message found that goes elsewhere, and none besides?"""

from collections.abc import Sequence
from dataclasses import replace
from random import Random

import pytest
from drawn import SEEDS, changed, drawn_topology, every_message, net_of

from routing.amqp.topology import Binding, Exchange, ExchangeBinding, Topology
from routing.amqp.versions import NEWEST, TRIED
from routing.analysis.diff.differences import Delta, Difference, Two, differences
from routing.analysis.messages import Asked
from routing.rules.predict import route_through


def deltas(found: Difference) -> set[Delta]:
    """List every queue that is told to get more, or less."""
    return {delta for change in found.changes for delta in change.deltas}


@pytest.mark.parametrize("seed", SEEDS)
def test_is_it_told_of_every_queue_that_gets_other_messages(seed: int) -> None:
    """By all messages over some words and values, on one RabbitMQ or on two."""
    random = Random(seed)  # noqa: S311
    old = drawn_topology(random)
    new = changed(random, old)
    versions = NEWEST, random.choice(TRIED)
    two = Two(net_of(old, versions[0]), net_of(new, versions[1]))
    for found in differences(two):
        if found.relation in ("new", "gone"):
            continue
        told: set[Delta] = set()
        for message in every_message(found.exchange, old, new):
            before, after = (route_through(net.ready, message).queues for net in (two.old, two.new))
            told |= {(queue, False) for queue in before - after}
            told |= {(queue, True) for queue in after - before}
        assert deltas(found) == told
        assert (found.relation == "the same") is (told == set())
        for change in found.changes:
            assert change.before == route_through(two.old.ready, change.message).queues
            assert change.after == route_through(two.new.ready, change.message).queues
            assert change.removed or change.added or change.exchanges


def topic(*keys: str, queue: str = "q") -> Topology:
    """Bind a queue to a topic exchange."""
    return Topology(
        exchanges=[Exchange("x", "topic")],
        queues=["q", "r"],
        bindings=[Binding("x", queue, key) for key in keys],
    )


def of_x(old: Topology, new: Topology, meant: Sequence[Asked] = ()) -> Difference:
    """Tell what differs for the messages to x."""
    found = differences(Two(net_of(old), net_of(new), meant))
    return next(each for each in found if each.exchange == "x")


@pytest.mark.parametrize(
    ("old", "new", "relation"),
    [
        (["a", "b"], ["b", "a"], "the same"),
        (["#.*"], ["*.#"], "the same"),
        (["a.#.#.*"], ["a.*.#"], "the same"),
        (["#"], ["#", "a"], "the same"),
        (["*.a", "#.*.*.a", "a"], ["#.a"], "the same"),
        (["a"], ["a", "b"], "takes more"),
        (["a.#"], ["a.*"], "takes less"),
        (["a.*"], ["*.a"], "otherwise"),
        (["a.*"], ["a.*.*"], "otherwise"),
        (["a.*.#"], ["a.*.*.#"], "takes less"),
    ],
)
def test_is_a_change_told_from_another_spelling(
    old: list[str], new: list[str], relation: str
) -> None:
    """What takes the same messages is the same."""
    assert of_x(topic(*old), topic(*new)).relation == relation


def test_is_a_small_message_told_and_what_made_it() -> None:
    """The queues that get it before and after, and the bindings that are on one side alone."""
    found = of_x(topic("order.#"), topic("order.*.paid", "order.#.late"))
    [change] = found.changes
    assert change.message.routing_key == "order"
    assert (change.before, change.after) == ({"q"}, set())
    assert [each.binding_key for each in change.removed] == ["order.#"]
    assert change.added == []


def test_are_as_few_messages_told_as_say_it_all() -> None:
    """One that two queues get now stands for both."""
    new = replace(topic("a"), bindings=[*topic("a").bindings, *topic("#", queue="r").bindings])
    more = replace(new, bindings=[*new.bindings, Binding("x", "q", "b")])
    [change] = of_x(topic("a"), more).changes
    assert change.message.routing_key == "b"
    assert change.after == {"q", "r"}


def meant(key: str) -> list[Asked]:
    """Mean a change of these keys."""
    return [Asked(Binding("", "", key), "", "topic", NEWEST)]


def test_is_what_was_meant_to_change_told_from_the_rest() -> None:
    """Messages of both kinds, where there are any."""
    old, new = topic("order.#"), topic("order.*", "order")
    assert [each.meant for each in of_x(old, new, meant("order.*.*.#")).changes] == [True]
    both = of_x(old, new, meant("order.*.late")).changes
    assert [each.meant for each in both] == [False, True]
    assert both[1].message.routing_key == "order.eu.late"


def test_is_an_exchange_told_that_is_gone_or_new() -> None:
    """A producer is refused there, whatever its key."""
    old, new = topic("a"), replace(topic("a"), exchanges=[], bindings=[])
    assert of_x(old, new).relation == "gone"
    assert of_x(new, old).relation == "new"
    hidden = replace(old, exchanges=[Exchange("x", "topic", internal=True)])
    assert of_x(old, hidden).relation == "internal"


def test_is_an_exchange_told_that_comes_or_goes_without_bindings() -> None:
    """A message to it was refused, and is lost now, or the other way round."""
    old = topic("a")
    more = replace(old, exchanges=[*old.exchanges, Exchange("news", "fanout")])
    found = {each.exchange: each.relation for each in differences(Two(net_of(old), net_of(more)))}
    assert found["news"] == "new"
    found = {each.exchange: each.relation for each in differences(Two(net_of(more), net_of(old)))}
    assert found["news"] == "gone"


@pytest.mark.parametrize("change", ["key", "arguments", "exchange"])
def test_is_a_change_of_a_plugins_exchange_not_decided(change: str) -> None:
    """Whatever it looks at."""
    old = Topology(
        exchanges=[Exchange("x", "x-consistent-hash")],
        queues=["q"],
        bindings=[Binding("x", "q", "1")],
    )
    changes = {
        "key": replace(old, bindings=[Binding("x", "q", "9")]),
        "arguments": replace(old, bindings=[Binding("x", "q", "1", {"a": 1})]),
        "exchange": replace(old, exchanges=[Exchange("x", "x-consistent-hash", {"a": 1})]),
    }
    assert of_x(old, changes[change]).relation == "not decided"
    assert of_x(old, replace(old)).relation == "the same"


def test_do_dead_letters_count_that_no_producer_could_send() -> None:
    """Of an internal exchange, to which they go with their own key."""
    old = Topology(
        exchanges=[Exchange("dead", "direct", internal=True)],
        queues=["q"],
        bindings=[Binding("dead", "q", "a")],
    )
    nets = net_of(old), net_of(replace(old, bindings=[]))
    [found] = [each for each in differences(Two(*nets, dead=["dead"])) if each.exchange == "dead"]
    assert (found.relation, found.changes[0].before) == ("takes less", {"q"})


def test_is_an_exchange_without_bindings_not_gone() -> None:
    """What is published there goes nowhere, and is not refused."""
    found = of_x(topic("a"), replace(topic("a"), bindings=[]))
    assert (found.relation, deltas(found)) == ("takes less", {("q", False)})


def test_is_an_alternate_a_change() -> None:
    """It is named, as no binding made the difference."""
    lost = [Exchange("lost", "fanout")]
    bindings = [*topic("a").bindings, Binding("lost", "r")]
    old = replace(topic("a"), exchanges=[Exchange("x", "topic"), *lost], bindings=bindings)
    with_it = Exchange("x", "topic", {"alternate-exchange": "lost"})
    new = replace(old, exchanges=[with_it, *lost])
    [change] = of_x(old, new).changes
    assert (change.after, change.exchanges) == ({"r"}, [(old.exchanges[0], with_it)])


def test_does_an_alternate_count_that_gets_what_is_taken_no_longer() -> None:
    """It leads to where the binding led, and elsewhere, too."""
    old = Topology(
        exchanges=[
            Exchange("x", "topic", {"alternate-exchange": "lost"}),
            Exchange("lost", "fanout"),
        ],
        queues=["q", "r"],
        bindings=[Binding("x", "q", "a"), Binding("lost", "q"), Binding("lost", "r")],
    )
    [change] = of_x(old, replace(old, bindings=old.bindings[1:])).changes
    assert change.deltas == {("r", True)}
    assert [each.binding_key for each in change.removed] == ["a"]


def test_does_a_binding_further_on_count() -> None:
    """It is told for each exchange from which it is reached."""
    old = Topology(
        exchanges=[Exchange("x", "topic"), Exchange("y", "headers", internal=True)],
        queues=["q"],
        bindings=[ExchangeBinding("x", "y", "a.#"), Binding("y", "q", "", {"h": 1})],
    )
    new = replace(old, bindings=[old.bindings[0], Binding("y", "q", "", {"h": "1"})])
    found = of_x(old, new)
    assert found.relation == "otherwise"
    assert {(each.message.routing_key, repr(each.message.headers)) for each in found.changes} == {
        ("a", "{'h': 1}"),
        ("a", "{'h': '1'}"),
    }


def test_is_it_told_what_is_not_decided() -> None:
    """Of an exchange of a plugin's type, and not of those beside it."""
    odd = Topology(
        exchanges=[Exchange("x", "topic"), Exchange("odd", "x-delayed-message")],
        queues=["q", "r"],
        bindings=[ExchangeBinding("x", "odd", "b"), Binding("odd", "r"), Binding("x", "q", "a")],
    )
    found = of_x(odd, replace(odd, bindings=[*odd.bindings[1:], Binding("x", "q", "c")]))
    assert deltas(found) == {("q", True)}
    assert found.relation == "takes more"
    less = replace(odd, bindings=[odd.bindings[0], odd.bindings[2]])
    assert of_x(odd, less).relation == "not decided"
    assert len(found.undecided) == 1
    assert "odd" in found.undecided[0]


def test_is_a_way_over_headers_exchanges_seen() -> None:
    """A message needs the headers of all of its bindings."""
    old = Topology(
        exchanges=[Exchange("x", "headers"), Exchange("y", "headers", internal=True)], queues=["q"]
    )
    to_y, to_q = ExchangeBinding("x", "y", "", {"h": 1}), Binding("y", "q", "", {"i": 1})
    old = replace(old, bindings=[Binding("x", "q", "", {"j": 1})])
    [change] = of_x(old, replace(old, bindings=[*old.bindings, to_y, to_q])).changes
    assert change.message.headers == {"h": 1, "i": 1}


def test_are_headers_meant_to_change_told_from_the_rest() -> None:
    """More of them than the binding asks for that was changed."""
    old = Topology(
        exchanges=[Exchange("x", "headers")],
        queues=["q"],
        bindings=[Binding("x", "q", "", {"h": 1})],
    )
    eu = [Asked(Binding("", "", "", {"region": "eu"}), "", "headers", NEWEST)]
    found = of_x(old, replace(old, bindings=[]), eu).changes
    assert [(each.meant, each.message.headers) for each in found] == [
        (False, {"h": 1}),
        (True, {"h": 1, "region": "eu"}),
    ]


def test_are_hundreds_of_headers_compared() -> None:
    """With as few headers as are asked for."""
    exchanges = [Exchange("x", "headers")]
    asked = [Binding("x", "q", "", {f"h{n}": 1, f"h{n + 1}": "a"}) for n in range(300)]
    old = Topology(exchanges=exchanges, queues=["q"], bindings=asked)
    [change] = of_x(old, replace(old, bindings=asked[1:])).changes
    assert change.message.headers == {"h0": 1, "h1": "a"}
    assert of_x(old, replace(old, bindings=[*asked[::-1], asked[7]])).relation == "the same"


@pytest.mark.long
def test_is_a_large_topology_compared_in_time() -> None:
    """What is not changed is not looked at."""
    large = Topology(
        exchanges=[Exchange(f"x{n}", "topic") for n in range(50)],
        queues=[f"q{n}" for n in range(500)],
        bindings=[
            Binding(f"x{n % 50}", f"q{n % 500}", f"*.w{n}.#.{'ab'[n % 2]}") for n in range(10_000)
        ],
    )
    new = replace(large, bindings=[*large.bindings[1:], Binding("x7", "q8", "#.new")])
    found = [each for each in differences(Two(net_of(large), net_of(new))) if each.changes]
    assert [(each.exchange, each.relation) for each in found] == [
        ("x0", "takes less"),
        ("x7", "takes more"),
    ]
