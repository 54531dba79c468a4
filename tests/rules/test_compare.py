"""Does the comparison see every way in which a broker can differ from the prediction?"""

from collections.abc import Sequence

import pytest

from routing.amqp.topology import (
    AnyBinding,
    Binding,
    Exchange,
    ExchangeBinding,
    Message,
    Observation,
    Topology,
)
from routing.rules.compare import Row, compare, unplayed
from routing.rules.predict import Route, route

SHOP = Topology(
    exchanges=[Exchange("orders", type="direct")],
    queues=["billing", "audit", "idle"],
    bindings=[Binding("orders", "billing", "eu"), Binding("orders", "audit", "eu")],
)
ROUTED, UNROUTABLE = Message("orders", "eu"), Message("orders", "us")


@pytest.fixture
def both() -> list[Route]:
    """Give the routes of the two."""
    return [route(SHOP, ROUTED), route(SHOP, UNROUTABLE)]


@pytest.mark.parametrize(
    ("message", "copies", "returned", "agrees"),
    [
        (ROUTED, {"billing": 1, "audit": 1}, 0, True),
        (ROUTED, {"billing": 1, "audit": 1, "idle": 0}, 0, True),
        (ROUTED, {"billing": 1}, 0, False),
        (ROUTED, {"billing": 2, "audit": 1}, 0, False),
        (ROUTED, {"billing": 1, "audit": 1, "idle": 1}, 0, False),
        (ROUTED, {"billing": 1, "audit": 1}, 1, False),
        (ROUTED, {}, 1, False),
        (UNROUTABLE, {}, 1, True),
        (UNROUTABLE, {}, 0, False),
        (UNROUTABLE, {}, 2, False),
        (UNROUTABLE, {"idle": 1}, 0, False),
    ],
)
def test_does_a_row_agree(
    message: Message, copies: dict[str, int], returned: int, *, agrees: bool
) -> None:
    """Copies are counted, returns too; a missing, an extra or a double one is a difference."""
    assert Row(1, route(SHOP, message), Observation(copies, returned)).agrees is agrees


def test_must_every_message_have_an_observation(both: list[Route]) -> None:
    """A message that was lost between prediction and play is an error, not an agreement."""
    with pytest.raises(ValueError, match="shorter"):
        compare(both, [Observation({"billing": 1, "audit": 1}, 0)])


def test_does_anything_agree_with_what_is_unknown() -> None:
    """Nothing was predicted."""
    unknown = Route(Message("x"), unknown="exchange x is there or not")
    for observed in (Observation({"q": 2}, 1), Observation({}, 0, ("publish", 404))):
        assert Row(1, unknown, observed).agrees


GONE = Message("gone")
DROPPED = Message("", "p", mandatory=False)


@pytest.mark.parametrize(
    ("message", "refusal", "agrees"),
    [
        (GONE, ("publish", 404), True),
        (GONE, ("publish", 403), False),
        (GONE, ("bind", 404), False),
        (GONE, None, False),
        (DROPPED, None, True),
        (DROPPED, ("bind", 404), False),
    ],
)
def test_is_a_refusal_compared(
    message: Message, refusal: tuple[str, int] | None, *, agrees: bool
) -> None:
    """By operation and code, and one that was not predicted is a difference."""
    predicted = route(Topology(queues=["q"]), message)
    assert Row(1, predicted, Observation({}, 0, refusal)).agrees is agrees


HASHED = Topology(
    exchanges=[
        Exchange("x", "fanout"),
        Exchange("hash", "x-modulus-hash"),
        Exchange("nowhere", "fanout"),
    ],
    queues=["a", "b", "c"],
    bindings=[
        Binding("x", "a"),
        ExchangeBinding("x", "hash"),
        Binding("hash", "b"),
        ExchangeBinding("hash", "nowhere"),
    ],
)


@pytest.mark.parametrize(
    ("message", "copies", "returned", "agrees"),
    [
        (Message("x"), {"a": 1}, 0, True),
        (Message("x"), {"a": 1, "b": 1}, 0, True),
        (Message("x"), {"a": 1, "b": 0, "c": 0}, 0, True),
        (Message("x"), {"a": 1, "b": 2}, 0, False),
        (Message("x"), {"a": 1, "c": 1}, 0, False),
        (Message("x"), {"a": 1}, 1, False),
        (Message("hash"), {"b": 1}, 0, True),
        (Message("hash"), {"b": 1}, 1, False),
        (Message("hash"), {}, 1, True),
        (Message("hash"), {}, 0, False),
        (Message("hash", mandatory=False), {}, 0, True),
        (Message("hash", mandatory=False), {}, 1, False),
        (Message("hash", mandatory=False), {"b": 1}, 0, True),
    ],
)
def test_does_what_is_not_decided_agree(
    message: Message, copies: dict[str, int], returned: int, *, agrees: bool
) -> None:
    """With all that may be, and with nothing that cannot."""
    undecided = route(HASHED, message)
    assert undecided.undecided
    assert Row(1, undecided, Observation(copies, returned)).agrees is agrees
    assert not Row(1, undecided, Observation(copies, returned, ("bind", 404))).agrees


def test_how_are_rows_numbered(both: list[Route]) -> None:
    """From one on, and in order, with a broker and without."""
    seen = [Observation({"billing": 1, "audit": 1}, 0), Observation({}, 1)]
    played, alone = compare(both, seen), unplayed(both)
    assert [(row.number, row.route) for row in played] == [*enumerate(both, 1)]
    assert [(row.number, row.route) for row in alone] == [*enumerate(both, 1)]
    assert [row.observed for row in played] == seen
    assert [(row.observed, row.agrees) for row in alone] == [(None, True)] * 2


EITHER = Exchange("x", "x-local-random")
TO_ONE = [Binding("x", "a"), Binding("x", "b")]


def chosen(*exchanges: Exchange, bindings: Sequence[AnyBinding]) -> Topology:
    """Make a topology where behind the first of its exchanges one of several is chosen."""
    queues = ["a", "b", "c", *(f"q{number}" for number in range(100))]
    return Topology(exchanges=exchanges, queues=queues, bindings=bindings)


def entered(topology: Topology) -> Route:
    """Predict a message to the first of its exchanges."""
    return route(topology, Message(topology.exchanges[0].name))


IN_FRONT = chosen(
    Exchange("f", "fanout"),
    EITHER,
    bindings=[Binding("f", "c"), ExchangeBinding("f", "x"), *TO_ONE],
)
TWO_CHOICES = chosen(
    Exchange("f", "fanout"),
    EITHER,
    Exchange("y", "x-local-random"),
    bindings=[
        *(ExchangeBinding("f", name) for name in "xy"),
        *TO_ONE,
        Binding("y", "b"),
        Binding("y", "c"),
    ],
)
ONWARD = chosen(
    Exchange("m", "x-modulus-hash"),
    Exchange("y", "fanout"),
    bindings=[
        Binding("m", "c"),
        ExchangeBinding("m", "y"),
        *(Binding("y", f"q{number}") for number in range(100)),
    ],
)


@pytest.mark.parametrize(
    ("topology", "allowed", "not_allowed"),
    [
        (chosen(EITHER, bindings=TO_ONE), ["a", "b"], ["", "ab", "c"]),
        (IN_FRONT, ["ac", "bc"], ["", "a", "c", "abc"]),
        (TWO_CHOICES, ["ab", "ac", "b", "bc"], ["", "a", "c", "abc"]),
    ],
)
def test_which_queues_may_be_chosen(
    topology: Topology, allowed: Sequence[str], not_allowed: Sequence[str]
) -> None:
    """One for each choice on the way, and all that are certain; nothing else agrees."""
    route = entered(topology)
    assert route.undecided
    for queues, agrees in [*((each, True) for each in allowed), *((e, False) for e in not_allowed)]:
        copies = dict.fromkeys(queues, 1)
        row = Row(1, route, Observation(copies, int(not copies)))
        assert row.agrees is agrees, queues


def test_may_any_queue_get_it_where_a_choice_leads_to_another_exchange() -> None:
    """How many of a hundred do is not asked one set after another."""
    onward = entered(ONWARD)
    for number in (0, 50, 100):
        copies = {f"q{each}": 1 for each in range(number)}
        assert Row(1, onward, Observation(copies, int(not copies))).agrees
    assert not Row(1, onward, Observation({"a": 1}, 0)).agrees


def test_may_a_choice_lead_nowhere_beside_another_one() -> None:
    """It takes the exchange that leads to no queue; the other one still takes a queue."""
    topology = chosen(
        Exchange("f", "fanout"),
        EITHER,
        Exchange("m", "x-modulus-hash"),
        Exchange("nowhere", "fanout"),
        bindings=[
            *(ExchangeBinding("f", name) for name in "xm"),
            *TO_ONE,
            Binding("m", "c"),
            ExchangeBinding("m", "nowhere"),
        ],
    )
    assert Row(1, entered(topology), Observation({"a": 1}, 0)).agrees
