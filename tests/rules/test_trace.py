"""Does --why tell every hit and every miss, over whole topologies?"""

from typing import Any

import pytest

from routing.amqp.topology import Binding, Exchange, ExchangeBinding, Message, Topology
from routing.rules.predict import route
from routing.rules.trace import trace

Told = list[tuple[str, list[tuple[bool, str]], list[str]]]


def told(topology: Topology, message: Message) -> Told:
    """Give for each exchange on the way its name, its bindings' reasons, and the notes."""
    return [
        (
            stop.visit.exchange.name,
            [(each.verdict.takes, each.text) for each in stop.reasons],
            stop.notes,
        )
        for stop in trace(route(topology, message), topology)
    ]


def exchanges(*names: str, **arguments: dict[str, Any]) -> list[Exchange]:
    """Declare direct exchanges, some of them with arguments."""
    return [Exchange(name, "direct", arguments.get(name, {})) for name in names]


def test_is_every_binding_judged() -> None:
    """Hits and misses, in the order of declaration."""
    topology = Topology(
        exchanges=[Exchange("x", "topic")],
        queues=["q", "r"],
        bindings=[Binding("x", "q", "a.*"), Binding("x", "r", "b"), Binding("x", "q", "#")],
    )
    assert told(topology, Message("x", "a.b")) == [
        (
            "x",
            [
                (True, "* is b"),
                (False, "word 1: a is not b"),
                (True, "# is a.b; still one copy"),
            ],
            [],
        )
    ]


def test_is_a_cycle_told() -> None:
    """An exchange that comes round again has seen the message already."""
    topology = Topology(
        exchanges=exchanges("a", "b"),
        queues=["q"],
        bindings=[
            ExchangeBinding("a", "b", "k"),
            ExchangeBinding("b", "a", "k"),
            Binding("b", "q", "k"),
        ],
    )
    assert told(topology, Message("a", "k")) == [
        ("a", [(True, "the same key")], []),
        (
            "b",
            [
                (True, "the same key; that exchange has seen it already"),
                (True, "the same key"),
            ],
            [],
        ),
    ]


def test_is_a_diamond_told() -> None:
    """Two ways to one exchange are one visit."""
    topology = Topology(
        exchanges=exchanges("a", "b", "c", "d"),
        queues=["q"],
        bindings=[
            ExchangeBinding("a", "b", "k"),
            ExchangeBinding("a", "c", "k"),
            ExchangeBinding("b", "d", "k"),
            ExchangeBinding("c", "d", "k"),
            Binding("d", "q", "k"),
        ],
    )
    stops = told(topology, Message("a", "k"))
    assert [name for name, _, _ in stops] == ["a", "b", "c", "d"]
    assert stops[2][1] == [(True, "the same key; that exchange has seen it already")]


@pytest.mark.parametrize(
    ("key", "notes"),
    [
        ("other", ["no binding takes the message: on to alternate exchange spare"]),
        ("k", ["alternate exchange spare is not used: a binding takes the message"]),
        (
            "empty",
            [
                "alternate exchange spare is not used: a binding takes the message, "
                "though it leads to no queue"
            ],
        ),
    ],
)
def test_is_the_alternate_told(key: str, notes: list[str]) -> None:
    """It is used only where no binding matches, wherever a binding that matches may lead."""
    topology = Topology(
        exchanges=exchanges("x", "nowhere", "spare", x={"alternate-exchange": "spare"}),
        queues=["q"],
        bindings=[Binding("x", "q", "k"), ExchangeBinding("x", "nowhere", "empty")],
    )
    assert told(topology, Message("x", key))[0][2] == notes


@pytest.mark.parametrize("name", ["gone", ""])
def test_is_an_alternate_that_is_not_there_told(name: str) -> None:
    """A missing alternate, and the default exchange as one, take nothing."""
    topology = Topology(
        exchanges=exchanges("x", x={"alternate-exchange": name}), queues=["q"], bindings=[]
    )
    ((_, judged, notes),) = told(topology, Message("x", "q"))
    assert judged == []
    assert notes[0] == "nothing is bound to this exchange"
    assert notes[1].startswith("no binding takes the message, and there is no alternate exchange")


@pytest.mark.parametrize("header", ["CC", "BCC"])
def test_is_the_key_told_that_did_it(header: str) -> None:
    """Where a further key made a binding match, it is named with its header."""
    topology = Topology(exchanges=exchanges("x"), queues=["q"], bindings=[Binding("x", "q", "k2")])
    message = Message("x", "k1", headers={header: ["k3", "k2"]})
    assert told(topology, message) == [("x", [(True, f"by the {header} key k2: the same key")], [])]
