"""Is a route exact, quick to find, and told in words?"""

from collections.abc import Callable, Sequence
from functools import partial
from time import thread_time

import pytest

from routing import Binding, Exchange, ExchangeBinding, Message, Scenario, Topology, route
from routing.amqp.errors import BadUse
from routing.amqp.topology import DEFAULT_EXCHANGE
from routing.amqp.versions import NEWEST
from routing.rules import matching, predict
from routing.rules.predict import MANY
from routing.rules.validity import accept, validate

LIMIT = 10.0
"""Seconds of a processor, which others may slow down; what is not linear takes minutes."""

ORDERS = Topology(
    exchanges=[
        Exchange("orders", "topic", {"alternate-exchange": "rest"}),
        Exchange("home", "direct"),
        Exchange("rest", "fanout"),
    ],
    queues=["audit", "billing", "city"],
    bindings=[
        Binding("orders", "audit", "order.#"),
        Binding("orders", "billing", "order.*.paid"),
        ExchangeBinding("orders", "home", "order.home"),
        Binding("home", "city", "order.home"),
    ],
)


def test_what_does_a_route_tell() -> None:
    """Queues as a set, whether it comes back, what refuses it, and each binding with its why."""
    found = route(ORDERS, Message("orders", "order.eu.paid"))
    assert found.queues == frozenset({"audit", "billing"})
    assert (found.returned, found.refusal) == (False, None)
    assert found.why == [
        "order.# takes it for audit: # is eu.paid",
        "order.*.paid takes it for billing: * is eu",
        "order.home leaves it: word 2: eu is not home",
    ]


@pytest.mark.parametrize(
    ("message", "sentence"),
    [
        (
            Message("orders", "order.eu.paid"),
            "orders with order.eu.paid: arrives in audit, billing",
        ),
        (Message("orders", "order.home"), "orders with order.home: arrives in audit, city"),
        (
            Message("home", "order"),
            "home with order: returned, no queue takes it; nearest: "
            "order.home leaves it: order is not order.home",
        ),
        (
            Message("orders", "", mandatory=False),
            "orders with (empty key): dropped, no queue takes it; nearest: "
            "order.# leaves it: no word left for order",
        ),
        (Message("rest"), "rest with (empty key): returned, no queue takes it"),
        (
            Message("order"),
            "order with (empty key): refused at publish with 404: there is no exchange order",
        ),
    ],
)
def test_how_does_a_route_print(message: Message, sentence: str) -> None:
    """As a sentence: queues; or returned or dropped, and what came nearest; or refused, and why."""
    assert str(route(ORDERS, message)) == sentence


def test_what_does_pytest_show_of_a_route() -> None:
    """Its fate, what takes it and then what leaves it, what came nearest at the end."""
    topology = Topology(
        exchanges=[Exchange("orders", "topic")],
        queues=["far", "near", "all", "eu"],
        bindings=[
            Binding("orders", "near", "order.us"),
            Binding("orders", "all", "#"),
            Binding("orders", "far", "a.b.c.d"),
            Binding("orders", "eu", "order.eu"),
        ],
    )
    found = route(topology, Message("orders", "order.eu"))
    reasons = {each.binding.destination: str(each) for each in found.verdicts}
    in_order = [str(found), *(reasons[queue] for queue in ("all", "eu", "far", "near"))]
    assert repr(found) == f"<{'; '.join(in_order)}>"


def test_may_a_version_be_text() -> None:
    """Of somebody who asks from outside, as on the command line."""
    numbers = Topology(
        exchanges=[Exchange("e", "headers")],
        queues=["q"],
        bindings=[Binding("e", "q", arguments={"n": 1})],
    )
    sent = Message("e", headers={"n": 1.0})
    assert route(numbers, sent, "3.12").queues == {"q"}
    assert route(numbers, sent, "3.13").queues == set()
    with pytest.raises(BadUse, match="'new' is not a RabbitMQ version"):
        route(numbers, sent, "new")


def test_is_a_wrong_argument_told() -> None:
    """By its name, as a wrong field is."""
    with pytest.raises(BadUse, match="message of route is 'order"):
        route(ORDERS, "order.eu")  # type: ignore[arg-type]
    with pytest.raises(BadUse, match="topology of route is None, but must be a Topology"):
        route(None, Message("orders"))  # type: ignore[arg-type]
    with pytest.raises(BadUse, match=r"version of route is 4\.3, but must be a text"):
        route(ORDERS, Message("orders"), 4.3)  # type: ignore[arg-type]


def cycle(size: int) -> Scenario:
    """Make exchanges that hand on to one another, round and round, and a queue half way."""
    names = [f"x{number}" for number in range(size)]
    onward = [ExchangeBinding(names[at - 1], names[at]) for at in range(size)]
    return Scenario(
        name="cycle",
        lesson="Each exchange is visited once.",
        exchanges=[Exchange(name, "fanout") for name in names],
        queues=["half way"],
        bindings=[*onward, Binding(names[size // 2], "half way")],
        messages=[Message("x0")],
    )


def chain(size: int) -> Scenario:
    """Make exchanges of which each is the alternate of the one before, and a queue at the end."""
    exchanges = [
        Exchange(f"x{number}", "direct", {"alternate-exchange": f"x{number + 1}"})
        for number in range(size)
    ]
    return Scenario(
        name="chain",
        lesson="What nobody takes goes on.",
        exchanges=[*exchanges, Exchange(f"x{size}", "fanout")],
        queues=["end"],
        bindings=[Binding(f"x{size}", "end")],
        messages=[Message("x0")],
    )


def wide(exchange_type: str, size: int) -> Scenario:
    """Make one exchange with so many bindings, and a hundred messages."""
    keys = [f"a.{number}.*" for number in range(size)]
    sent = [f"a.{number}.*" for number in range(100)]
    return Scenario(
        name="wide",
        lesson="Many bindings.",
        exchanges=[Exchange("x", exchange_type)],
        queues=[f"q{number}" for number in range(size)],
        bindings=[
            Binding("x", f"q{number}", key, {"n": number}) for number, key in enumerate(keys)
        ],
        messages=[Message("x", key, {"n": n}) for n, key in enumerate(sent)],
    )


LARGE: Sequence[tuple[Callable[[], Scenario], int]] = [
    (partial(cycle, 10_000), 1),
    (partial(chain, 10_000), 1),
    (partial(wide, "direct", 10_000), 100),
    (partial(wide, "topic", 10_000), 100),
    (partial(wide, "headers", 10_000), 100),
]


@pytest.mark.parametrize(
    ("made", "copies"), LARGE, ids=["cycle", "chain", "direct", "topic", "headers"]
)
def test_is_a_large_topology_predicted_at_once(made: Callable[[], Scenario], copies: int) -> None:
    """10,000 bindings of one exchange, or as many exchanges one after another."""
    scenario = made()
    began = thread_time()
    routes = predict.predict(scenario)
    took = thread_time() - began
    assert sum(len(each.queues) for each in routes) == copies
    assert took < LIMIT
    began = thread_time()
    validate(scenario)
    accept(scenario, NEWEST)
    assert thread_time() - began < LIMIT


def many(exchange_type: str, size: int) -> Topology:
    """Make one exchange with so many bindings, of which every third takes the key b."""
    return Topology(
        exchanges=[Exchange("x", exchange_type)],
        queues=[f"q{number}" for number in range(size)],
        bindings=[
            Binding("x", f"q{number}", "abc"[number % 3], {"h": number % 3})
            for number in range(size)
        ],
    )


@pytest.mark.parametrize("exchange_type", ["direct", "fanout", "topic", "headers"])
@pytest.mark.parametrize("size", [MANY - 1, MANY, 3 * MANY])
@pytest.mark.parametrize("further", [{}, {"CC": ["a", "b"]}, {"BCC": ["c"]}])
def test_does_the_index_answer_as_the_rules_do(
    exchange_type: str,
    size: int,
    further: dict[str, list[str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """However many bindings there are: the same verdicts in the same order, by the same keys."""
    topology, message = many(exchange_type, size), Message("x", "b", {"h": 1, **further})
    found = route(topology, message)
    monkeypatch.setattr(predict, "MANY", 10**9)
    asked = route(topology, message)
    assert found == asked
    assert found.verdicts == asked.verdicts
    assert [verdict.takes for verdict in found.verdicts].count(True) == len(found.queues)


def test_is_the_index_asked_where_there_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """From 64 bindings on no rule is asked binding by binding, below that each is."""
    asked = []

    def counted(binding: Binding, message: Message, _: object) -> bool:
        asked.append(binding)
        return binding.binding_key == message.routing_key

    monkeypatch.setitem(matching.RULES, "direct", counted)
    route(many("direct", MANY), Message("x", "b"))
    assert not asked
    route(many("direct", MANY - 1), Message("x", "b"))
    assert len(asked) == MANY - 1


def test_does_the_default_exchange_reach_a_queue_among_many() -> None:
    """By its name."""
    topology = Topology(queues=[f"q{number}" for number in range(1_000)])
    assert route(topology, Message(DEFAULT_EXCHANGE, "q7")).queues == {"q7"}
    assert route(topology, Message(DEFAULT_EXCHANGE, "q")).returned
