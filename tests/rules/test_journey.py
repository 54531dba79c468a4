"""Which way does a message go, and what is told of it?"""

import pytest

from routing import Binding, Exchange, ExchangeBinding, Message, Topology, route
from routing.amqp.errors import BadUse
from routing.amqp.values import Value
from routing.rules.predict import bindings_of

ORDERS = Topology(
    exchanges=[Exchange("orders", "topic"), Exchange("eu", "fanout"), Exchange("late", "fanout")],
    queues=["audit", "paid"],
    bindings=[
        ExchangeBinding("orders", "eu", "order.eu"),
        ExchangeBinding("orders", "late", "#.late"),
        Binding("orders", "paid", "order.*.paid"),
        Binding("orders", "audit", "refund.#"),
        Binding("eu", "audit"),
    ],
)


def test_is_it_told_what_is_handed_on() -> None:
    """A binding that leads to an exchange says so, and those of that exchange follow."""
    assert route(ORDERS, Message("orders", "order.eu")).why == [
        "order.eu hands it to exchange eu: the same words",
        "#.late leaves it: last word: eu is not late",
        "order.*.paid leaves it: no word left for paid",
        "refund.# leaves it: word 1: order is not refund",
        "(empty key) takes it for audit: takes every message",
    ]


def test_what_came_nearest() -> None:
    """Of the bindings that leave the message, the one of which the most is met."""
    nearest = route(ORDERS, Message("orders", "order.us.late")).nearest_miss
    assert nearest
    assert nearest.binding == ORDERS.bindings[2]
    assert not nearest.takes


def test_does_a_long_key_come_near() -> None:
    """However often a letter is in it."""
    topology = Topology(
        exchanges=[Exchange("x", "direct")],
        queues=["q"],
        bindings=[Binding("x", "q", "b"), Binding("x", "q", "b" + "a" * 254)],
    )
    nearest = route(topology, Message("x", "a" * 255)).nearest_miss
    assert nearest
    assert nearest.binding == topology.bindings[1]


def test_is_more_met_of_few_criteria_or_of_many() -> None:
    """Two of three are nearer than two of four."""
    few, many = (dict.fromkeys(names, 1) for names in ("abc", "abcd"))
    topology = Topology(
        exchanges=[Exchange("x", "headers")],
        queues=["q"],
        bindings=[Binding("x", "q", "", many), Binding("x", "q", "", few)],
    )
    nearest = route(topology, Message("x", "", {"a": 1, "b": 1})).nearest_miss
    assert nearest
    assert nearest.binding == topology.bindings[1]


def test_is_something_nearest_where_there_is_nothing() -> None:
    """Neither where nothing is bound, nor where every binding takes the message."""
    assert route(ORDERS, Message("late")).nearest_miss is None
    assert route(ORDERS, Message("eu")).nearest_miss is None


def test_in_which_order_are_queues_told() -> None:
    """By name."""
    names = ["f", "b", "d", "a", "c", "e"]
    topology = Topology(
        exchanges=[Exchange("x", "fanout")],
        queues=names,
        bindings=[Binding("x", name) for name in names],
    )
    said = str(route(topology, Message("x")))
    assert said == "x with (empty key): arrives in a, b, c, d, e, f"


def test_may_a_queue_and_an_exchange_have_one_name() -> None:
    """What leads to the one does not lead to the other, and the two are two."""
    topology = Topology(
        exchanges=[
            Exchange("x", "direct"),
            Exchange("y", "fanout"),
            Exchange("h", "x-modulus-hash"),
        ],
        queues=["y", "r"],
        bindings=[
            Binding("x", "y", "queue"),
            ExchangeBinding("x", "y", "exchange"),
            Binding("y", "r"),
            Binding("h", "y"),
            ExchangeBinding("h", "y"),
        ],
    )
    assert route(topology, Message("x", "queue")).queues == {"y"}
    assert route(topology, Message("x", "exchange")).queues == {"r"}
    assert route(topology, Message("h")).undecided


@pytest.mark.parametrize("header", ["CC", "BCC"])
def test_are_only_texts_further_keys(header: str) -> None:
    """What else is in the list is passed over, bytes too."""
    further: list[Value] = [7, "a", b"b", None, ["c"]]
    queues = Topology(queues=["a", "b", "c", "7"])
    assert route(queues, Message("", "d", {header: further})).queues == {"a"}


def test_which_bindings_are_asked_besides_in_4_3_0() -> None:
    """Those of other topic exchanges that are empty, and each binding once."""
    topology = Topology(
        exchanges=[Exchange("x", "topic"), Exchange("y", "topic")],
        queues=["q", "r", "s"],
        bindings=[Binding("x", "q"), Binding("y", "r"), Binding("y", "s", "#")],
    )
    found = route(topology, Message("x"), "4.3.0")
    assert [verdict.binding for verdict in found.verdicts] == [*topology.bindings[:2]]
    assert found.queues == {"q", "r"}


def test_which_bindings_does_an_exchange_have() -> None:
    """Its own in their order, and the default exchange one for each queue."""
    assert bindings_of(ORDERS, "orders") == [*ORDERS.bindings[:4]]
    assert bindings_of(ORDERS, "") == [Binding("", "audit", "audit"), Binding("", "paid", "paid")]


def test_what_must_a_message_be() -> None:
    """A Message, and the sentence says so."""
    with pytest.raises(BadUse) as raised:
        route(ORDERS, "orders")  # type: ignore[arg-type]
    assert str(raised.value) == "message of route is 'orders', but must be a Message."
