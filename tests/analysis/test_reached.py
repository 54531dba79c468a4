"""Is it told of every message that reaches a queue, in as few ways as can be?"""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
import warm
from drawn import SEEDS, drawn_topology, every_message, net_of

from routing.amqp.topology import (
    AnyBinding,
    Binding,
    Exchange,
    ExchangeBinding,
    Message,
    Topology,
)
from routing.amqp.versions import NEWEST
from routing.analysis.net import Net
from routing.analysis.reach.both import smallest_reaching
from routing.analysis.reach.reached import Alternative, Reached, reached
from routing.analysis.ways import any_reaches
from routing.rules.matching import RULES
from routing.rules.predict import route_through


def goes(net: Net, each: Alternative, message: Message) -> bool:
    """Tell whether a message goes a way, by asking the rule of each of its steps."""

    def taken(exchange: str, bindings: Sequence[AnyBinding]) -> bool:
        rule = RULES[net.ready.exchanges[exchange].type]
        return any(rule(binding, message, NEWEST) for binding in bindings)

    return all(
        taken(step.exchange, [step.binding])
        if step.binding
        else not taken(step.exchange, net.onward.get(step.exchange, ()))
        for step in each.way
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_does_each_message_that_arrives_go_one_of_the_ways(seed: int) -> None:
    """And no other; each way has an example, and what is like it and does not arrive."""
    topology = drawn_topology(Random(seed))  # noqa: S311
    net = net_of(topology)
    for entry in filter(None, net.entries):
        found = reached(net, entry, "q")
        for message in every_message(entry, topology):
            arrives = "q" in route_through(net.ready, message).queues
            assert arrives is any(goes(net, each, message) for each in found.alternatives)
        for each in found.alternatives:
            assert goes(net, each, each.example)
            other = each.counter_example
            assert other is None or "q" not in route_through(net.ready, other).queues


def of_keys(*keys: str) -> Reached:
    """Tell what reaches a queue that is bound by these keys."""
    topology = Topology(
        exchanges=[Exchange("x", "topic")],
        queues=["q"],
        bindings=[Binding("x", "q", key) for key in keys],
    )
    return reached(net_of(topology), "x", "q")


@pytest.mark.parametrize(
    ("keys", "kept"),
    [
        (["a.#", "a.*", "a"], {"a.#"}),
        (["*.#", "#", ""], {"#"}),
        (["a.*", "*.a"], {"a.*", "*.a"}),
        (["a", "*", "*.*.#", ""], {"*", "*.*.#", ""}),
        (["#.a", "a.#", "#.a.*.#"], {"#.a", "#.a.*.#"}),
    ],
)
def test_are_patterns_left_out_that_others_cover(keys: list[str], kept: set[str]) -> None:
    """One by one, or together."""
    bindings = [way.way[0].binding for way in of_keys(*keys).alternatives]
    assert {each.binding_key for each in bindings if each} == kept


def test_is_an_example_of_its_own_way() -> None:
    """Where there is a message that goes this way alone."""
    ways = of_keys("a.*", "*.a").alternatives
    assert {way.example.routing_key for way in ways} == {"a.eu", "eu.a"}
    assert all(way.counter_example for way in ways)


def test_does_a_message_reach_both() -> None:
    """A small one that does, and none where none can."""
    topology = Topology(
        exchanges=[Exchange("x", "topic"), Exchange("y", "headers")],
        queues=["p", "q", "r"],
        bindings=[
            Binding("x", "p", "order.#"),
            ExchangeBinding("x", "y", "#.eu"),
            Binding("y", "q", "", {"h": 1}),
            Binding("x", "r", "refund"),
        ],
    )
    net = net_of(topology)
    found = smallest_reaching(net, "x", ["p", "q"])
    assert found == Message("x", "order.eu", {"h": 1}, mandatory=False)
    assert smallest_reaching(net, "x", ["p", "r"]) is None


def run(*words: str) -> tuple[int, str]:
    """Call reach."""
    done = warm.run(["reach", *words], env={"PYTHONIOENCODING": "utf-8"})
    return done.returncode, done.stdout + done.stderr


def test_what_is_told_of_a_queue() -> None:
    """Each way with its place, an example, and what is like it and does not arrive."""
    status, said = run("topic", "-q", "billing")
    assert status == 0
    for line in ("queue billing, from exchange orders", "order.*.paid", "such as order.eu.paid"):
        assert line in said
    assert "scenarios/topic.py:" in said
    assert run("headers", "-x", "documents")[0] == 0


def test_what_is_told_of_a_queue_that_nothing_reaches() -> None:
    """Status 4: what is sent to the default exchange does not count."""
    status, said = run("default", "-q", "hello")
    assert status == 4
    assert "queue hello, from default exchange" in said
    status, said = run("default", "--never")
    assert (status, "hello: only what is sent to the default exchange" in said) == (4, True)
    assert run("topic", "--never") == (0, "Something reaches every queue.\n")


def test_what_is_written_for_programs() -> None:
    """Ways step by step, messages in the form of recorded cases."""
    [orders, _] = json.loads(run("topic", "-q", "billing", "--json")[1])
    [way] = orders["ways"]
    assert way["steps"][0]["taken_by"]["routing_key"] == "order.*.paid"
    assert way["example"] == {"exchange": "orders", "routing_key": "order.eu.paid"}
    both = json.loads(run("topic", "--both", "billing", "audit", "--json")[1])
    assert [each["routing_key"] for each in both["messages"]] == ["order.eu.paid"]
    assert "hello" in json.loads(run("default", "--never", "--json")[1])["never"]


def test_is_an_internal_exchange_described_as_others_are() -> None:
    """What comes there is not refused, as a producer's message would be."""
    inner = Topology(
        exchanges=[Exchange("x", "topic", internal=True)],
        queues=["q"],
        bindings=[Binding("x", "q", "#")],
    )
    assert reached(net_of(inner), "x", "q").alternatives[0].counter_example is None


def test_does_a_binding_of_an_exchange_to_itself_reach_nothing() -> None:
    """It leads to where a message is already."""
    topology = Topology(
        exchanges=[Exchange("x", "topic")],
        queues=["q"],
        bindings=[ExchangeBinding("x", "x", "#"), Binding("x", "q", "", {})],
    )
    assert any_reaches(net_of(topology), "x", [(True, "q")])
    never = Binding("x", "q", "", {"x-match": "any"})
    ring = replace(
        topology,
        exchanges=[Exchange("x", "headers")],
        bindings=[ExchangeBinding("x", "x"), never],
    )
    assert not any_reaches(net_of(ring), "x", [(True, "q")])


DEAD = """\
queues = ["work", "dead"]
[[exchanges]]
name = "dlx"
type = "fanout"
internal = true
[[bindings]]
source = "dlx"
destination = "dead"
[arguments.work]
x-dead-letter-exchange = "dlx"
"""


def test_do_dead_letters_reach_a_queue(tmp_path: Path) -> None:
    """From the exchange to which they go, though no producer can publish there."""
    (tmp_path / "dead.toml").write_text(DEAD)
    status, said = run(str(tmp_path / "dead.toml"), "--never")
    assert (status, "dead:" in said, "work:" in said) == (4, False, True)
    status, said = run(str(tmp_path / "dead.toml"), "-q", "dead")
    assert (status, "queue dead, from exchange dlx" in said) == (0, True)


def test_is_what_is_not_there_told() -> None:
    """With what may have been meant."""
    assert run("topic", "-q", "biling")[1].endswith("did you mean billing?\n")
    assert run("topic", "--both", "audit", "nope")[0] == run("topic", "-x", "nope")[0] == 2
    assert run("topic")[0] == run("topic", "-q", "")[0] == 2


def test_does_nothing_come_out_of_an_exchange_without_bindings() -> None:
    """That is told, and is status 4."""
    assert run("topic", "-x", "amq.topic") == (4, "Nothing comes out of it.\n")
    assert run("topic", "-x", "")[0] == 0
